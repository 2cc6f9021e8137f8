"""What the API server's schemas do not see of Kubernetes' own objects."""

from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = ()
WHOLE: tuple[Check, ...] = ()
