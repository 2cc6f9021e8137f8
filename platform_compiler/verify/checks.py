"""Every check: those that hold of any set of objects, and those that need all of a cluster."""

from platform_compiler.verify import delivery, gateway_api, istio, kubernetes
from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = (*kubernetes.ALONE, *istio.ALONE, *gateway_api.ALONE, *delivery.ALONE)
WHOLE: tuple[Check, ...] = (*kubernetes.WHOLE, *istio.WHOLE, *gateway_api.WHOLE, *delivery.WHOLE)
