"""Ports in AuthorizationPolicies that none of the pods in question opens: such a rule is met by no request."""

from collections.abc import Iterator

from platform_compiler.objects import number
from platform_compiler.verify.istio.mtls import opened_ports
from platform_compiler.verify.istio.pods import services_of
from platform_compiler.verify.istio.rules import named, policies
from platform_compiler.verify.istio.scope import in_root
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.world import World

_OF_MESH = range(15000, 16000)
"""Ports that the proxies of a mesh open, beside the pod's own containers."""


def check(world: World) -> Iterator[Fault]:
    """Yield ports that nothing listens on; pods that list no port may listen on any."""
    for item, policy in policies(world):
        if not policy.ports or not policy.selection.labels or in_root(world, item):
            continue
        pods = world.carrying(policy.selection.wanted)
        listed = {str(number(port, "containerPort")) for pod in pods for front in pod.fronts for _, port in front.ports}
        if policy.ports <= listed or not pods or not all(any(front.ports for front in pod.fronts) for pod in pods):
            continue
        services = world.once(services_of)
        known = {port for pod in pods for port in opened_ports(pod, services.get(pod, ()))}
        for path, port in named(policy, "ports"):
            if port.isdecimal() and port not in known and int(port) not in _OF_MESH:
                also = (Other(pods[0].item, ("metadata", "name"), "the pods"),)
                message = f"`{port}` never matches: the pods do not open it"
                cure = f"name a port of the pods, not of a Service: {', '.join(sorted(known))}"
                yield Fault("PC5246", item, path, message, cure, also)
