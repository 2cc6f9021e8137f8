"""The Service that gives the pods of a StatefulSet their names."""

from collections.abc import Iterator

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import text
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.world import World, namespace_of

_CODE = "PC5131"


def governing_services(world: World) -> Iterator[Fault]:
    """Yield StatefulSets whose Service does not exist or has an address of its own: their pods get no names."""
    for item in world.of("apps", "StatefulSet"):
        name, namespace = text(item.body, "spec", "serviceName"), namespace_of(item)
        if not name:
            continue
        path = ("spec", "serviceName")
        service = world.find("", "Service", namespace, name)
        if service is not None and text(service.body, "spec", "clusterIP") != "None":
            message = f"its pods get no names: Service `{name}` is not headless"
            also = (Other(service, ("spec",), "has an address of its own"),)
            yield Fault(_CODE, item, path, message, "name a Service with `clusterIP: None`", also)
        elif service is None and not world.exists("", "Service", namespace, name):
            near = did_you_mean(name, (s.name for s in world.of("", "Service") if namespace_of(s) == namespace))
            cure = f"did you mean `{near}`?" if near else "add a Service with `clusterIP: None`"
            yield Fault(_CODE, item, path, f"there is no Service `{name}` to name its pods", cure)
