"""Ports that Services lead to, and whether a container opens them."""

from collections.abc import Iterator, Sequence

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, maps, number, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.pods import Opened, opened_by, ports_of, protocol_of
from platform_compiler.verify.kubernetes.selectors import plain_selector, selected
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

_UNKNOWN, _CLOSED = "PC5118", "PC5119"
_TEMPLATES = "inject.istio.io/templates"


def target_ports(world: World) -> Iterator[Fault]:
    """Yield ports of Services that no container behind them opens."""
    opened = world.once(opened_by)
    for item in world.of("", "Service"):
        labels = a_map(item.body, "spec", "selector")
        chosen = selected(world, namespace_of(item), plain_selector(labels)) if labels else []
        if chosen and not any(_TEMPLATES in workload.annotations for workload in chosen):
            for i, port in maps(item.body, "spec", "ports"):
                wanted = port.get("targetPort", port.get("port"))
                if isinstance(wanted, str | int):
                    asked = (protocol_of(port), wanted)
                    if not any(asked in opened[workload] for workload in chosen):
                        yield from _closed(item, i, port, asked, chosen)


def _closed(item: Item, i: int, port: Body, asked: Opened, chosen: Sequence[Workload]) -> Iterator[Fault]:
    protocol, wanted = asked
    told = [list(ports_of(workload)) for workload in chosen]
    path: Path = ("spec", "ports", i, "targetPort" if "targetPort" in port else "port")
    same = [other for ports in told for _, other in ports if protocol_of(other) == protocol]
    place = next(((w, ports[0][0]) for w, ports in zip(chosen, told, strict=True) if ports), None)
    also = (Other(place[0].item, place[1], "what the pods open"),) if place else ()
    if isinstance(wanted, str):
        yield Fault(_UNKNOWN, item, path, *_unknown(wanted, same), also)
    elif all(told):
        message = f"no container behind it opens port {wanted}/{protocol}"
        yield Fault(_CLOSED, item, path, message, _cure(same), also)


def _unknown(wanted: str, ports: Sequence[Body]) -> tuple[str, str]:
    names = sorted({text(port, "name") for port in ports} - {""})
    near = did_you_mean(wanted, names)
    listed = ", ".join(f"`{name}`" for name in names)
    if near:
        cure = f"did you mean `{near}`?"
    elif wanted.isdigit():
        cure = f"write the number without quotes: {wanted}"
    else:
        cure = f"there are {listed}" if names else "name the port in the container, or use its number"
    return f"no container behind it has a port called `{wanted}`", cure


def _cure(ports: Sequence[Body]) -> str:
    numbers = sorted({opened for port in ports if (opened := number(port, "containerPort"))})
    listed = ", ".join(map(str, numbers))
    return f"open are {listed}" if numbers else "declare the port in the container, with the same protocol"
