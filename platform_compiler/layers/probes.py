"""Health checks: does each word fit the kind of check, and is there a port to ask?"""

from collections.abc import Mapping

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import text
from platform_compiler.layers.written import entries, is_true, number
from platform_compiler.source.node import MapNode, Node, ScalarNode, key_span

_BY_PROTOCOL = {"http": "http", "http2": "http", "https": "http", "grpc": "grpc"}
_WORDS = {"path": "http", "headers": "http", "service": "grpc", "command": "exec"}
"""Words that only one kind of check knows."""
_ONCE = ("startup", "liveness")


def check_probes(settings: Settings, bag: Bag) -> None:
    """Report checks of ports that are not there, and words that their kind of check ignores."""
    ports = dict(entries(settings.spec, "ports"))
    _check_scope(settings.spec, None, ports, bag)
    for container, sidecar in entries(settings.spec, "sidecars"):
        _check_scope(sidecar, container, ports, bag)


def _check_scope(scope: Node, container: str | None, ports: Mapping[str, Node], bag: Bag) -> None:
    """Judge the checks of a sidecar, or of the program, which is no `container` beside it."""
    probes = [(name, probe) for name, probe in entries(scope, "health") if type(probe) is MapNode]
    meant = _meant(ports, container) if probes else None
    for name, probe in probes:
        named = probe.entries.get("port")
        port = _named(named, ports, container, bag) if isinstance(named, ScalarNode) else meant
        kind = text(probe.entries.get("type")) or _kind(probe, port)
        if kind is not None:
            _fits(name, probe, kind, port, bag)
        if kind != "exec" and port is None and named is None:
            bag.add(
                "PC1320",
                f"the {name} check has no port to ask: there is none that is meant where none is named",
                probe.span,
                help="name one: `port: ...`, or run a program: `command: [...]`",
            )


def _named(named: ScalarNode, ports: Mapping[str, Node], container: str | None, bag: Bag) -> Node | None:
    if named.text not in ports and container is not None:  # the program's own were judged with its other words
        near = did_you_mean(named.text, ports)
        bag.add(
            "PC1305",
            f"there is no port `{named.text}`",
            named.span,
            help=f"did you mean `{near}`?" if near else "declare it under `ports`",
        )
    return ports.get(named.text)


def _meant(ports: Mapping[str, Node], container: str | None) -> Node | None:
    """Return the port that is meant where none is named: a sidecar's only one, else the primary one."""
    own = [port for port in ports.values() if text(port, "container") == container] if container is not None else ()
    if len(own) == 1:
        return own[0]
    opened = {name: port for name, port in ports.items() if not is_true(port, "internal")}
    if len(opened) == 1:
        return next(iter(opened.values()))
    return opened.get("http") or opened.get("grpc")


def _kind(probe: MapNode, port: Node | None) -> str | None:
    if "command" in probe.entries:
        return "exec"
    return _BY_PROTOCOL.get(text(port, "protocol") or "http", "tcp") if port is not None else None


def _fits(name: str, probe: MapNode, kind: str, port: Node | None, bag: Bag) -> None:
    for word in probe.entries:
        only = _WORDS.get(word, kind)
        if kind != only:
            cure = f"write `type: {only}`" if text(probe, "type") is None else f"remove it, or write `type: {only}`"
            _report(f"`{word}` is for checks of type {only}, and this one is {kind}", probe, word, cure, bag)
    if kind == "exec" and "command" not in probe.entries:
        _report("an exec check runs a `command`, and there is none", probe, "type", "add `command: [...]`", bag)
    if kind == "exec" and "port" in probe.entries:
        _report("`port` is for checks that ask a port, and this one is exec", probe, "port", "remove it", bag)
    if name in _ONCE and (number(probe, "successThreshold") or 1) != 1:
        _report(f"a {name} check succeeds at once", probe, "successThreshold", "remove it", bag)
    if kind != "exec" and text(port, "protocol") == "udp" and port is not None:
        bag.add(
            "PC1319",
            "nothing can check a UDP port",
            probe.span,
            also=[Label(port.span, "this port")],
            help="name another `port`, or run a program: `command: [...]`",
        )


def _report(message: str, probe: MapNode, word: str, cure: str, bag: Bag) -> None:
    bag.add("PC1319", message, key_span(probe, word), help=cure)
