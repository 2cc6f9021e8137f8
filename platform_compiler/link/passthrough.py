"""Exposures whose connections a gateway passes through: it knows the name that a client asks for, and nothing more."""

from collections.abc import Iterable

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.link.edge import within
from platform_compiler.link.model import Route
from platform_compiler.link.opened import check_opened, setting_span


def check_passthrough(host: str, routes: Iterable[Route], bag: Bag) -> None:
    """Report what cannot hold on a host that is passed through: others that answer it, and paths that are closed."""
    passed, *others = sorted(routes, key=lambda route: not route.exposure.passthrough)
    if not passed.exposure.passthrough:
        return
    for other in others:
        bag.add(
            "PC2308",
            f"`{host}` is passed through to `{passed.target.ref}`, and nobody there can tell its requests apart",
            other.exposure.span,
            also=[Label(passed.exposure.span, "passed through")],
            help="give one of the two a host of its own",
        )
    _check_closed(passed, bag)


def _check_closed(route: Route, bag: Bag) -> None:
    """Report paths that the platform closes and nobody can: whoever exposes them has to say so.

    What is not HTTP below its TLS has no paths, and so none to open.
    """
    exposure = route.exposure
    if route.port.protocol == "tls":
        if exposure.opens:
            bag.add(
                "PC2446",
                f"port `{route.port.name}` speaks tls, which has no paths: there is nothing to open",
                setting_span(route, "opens"),
                help="remove it",
            )
        return
    check_opened(route, bag)
    left = [path.text for path in route.closed if not within(path, exposure.opens)]
    if left:
        bag.add(
            "PC2309",
            f"the platform closes {', '.join(f'`{path}`' for path in left)}, which nobody can where connections are "
            "passed through",
            setting_span(route, "tls"),
            help=f"let the gateway end TLS, or, if all may be seen from outside, write `opens: "
            f"[{', '.join(path.text for path in route.closed)}]`",
        )
