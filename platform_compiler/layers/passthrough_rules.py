"""Rules within one manifest about exposures that are passed through: what needs requests to be read cannot hold."""

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.placement import strings, text
from platform_compiler.layers.traffic_rules import entries
from platform_compiler.source.node import MapNode, Node, at, key_span

_OF_REQUESTS = (
    "methods",
    "headers",
    "auth",
    "cors",
    "rewrite",
    "redirect",
    "setHeaders",
    "rateLimit",
    "delegate",
)


def passed_through(spec: MapNode, bag: Bag) -> None:
    """Report settings that a gateway could keep only if it read requests, beside `mode: passthrough`."""
    for exposure in entries(at(spec, "expose")).values():
        mode = at(exposure, "tls", "mode")
        if mode is None or text(exposure, "tls", "mode") != "passthrough":
            continue
        for span, told, cure in _unread(exposure):
            bag.add("PC1390", told, span, also=[Label(mode.span, "passed through")], help=cure)


def _unread(exposure: Node) -> list[tuple[Span, str, str]]:
    found = []
    for word in _OF_REQUESTS:
        if at(exposure, word) is not None:
            told = f"`{word}` needs requests that the gateway reads, and it passes connections through"
            found.append((_key(exposure, word), told, "take it out, or let the gateway end TLS"))
    if at(exposure, "paths") is not None and "/*" not in strings(at(exposure, "paths")):
        told = "the gateway sees no paths of connections that it passes through"
        found.append((_key(exposure, "paths"), told, "take `paths` out, or let the gateway end TLS"))
    if getattr(at(exposure, "httpRedirect"), "value", None) is True:
        told = "plain http is not redirected where connections are passed through"
        found.append((_key(exposure, "httpRedirect"), told, "take it out: the program itself may answer there"))
    if at(exposure, "tls", "secret") is not None:
        told = "nobody shows this certificate: the program shows its own"
        found.append((_key(at(exposure, "tls"), "secret"), told, "take it out, and give it to the program instead"))
    return found


def _key(node: Node | None, word: str) -> Span:
    assert isinstance(node, MapNode)
    return key_span(node, word)
