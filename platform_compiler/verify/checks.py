"""Every check: those of one object, those that hold of any set of objects, and those that need all of a cluster."""

from platform_compiler.verify import delivery, gateway_api, istio, kubernetes
from platform_compiler.verify.world import Check

EACH: tuple[Check, ...] = (*kubernetes.EACH, *istio.EACH)
"""What is wrong with an object by itself; so a body that stands on several clusters is judged once."""
ALONE: tuple[Check, ...] = (*kubernetes.ALONE, *istio.ALONE, *gateway_api.ALONE, *delivery.ALONE)
"""What holds whatever else exists, `EACH` among it."""
WHOLE: tuple[Check, ...] = (*kubernetes.WHOLE, *istio.WHOLE, *gateway_api.WHOLE, *delivery.WHOLE)
TOGETHER: tuple[Check, ...] = tuple(check for check in ALONE if check not in EACH)
"""What holds whatever else exists, and is about several objects."""
