"""What the mesh would misread, decided from manifests; the numbers of `istioctl analyze` are aliases of our codes."""

from platform_compiler.verify.istio.fields import fields
from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = (fields,)
WHOLE: tuple[Check, ...] = ()
