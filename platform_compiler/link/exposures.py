"""What one exposure asks of its gateway makes sense: rewrites, closed paths, tokens, and whose host it is."""

from collections.abc import Iterable, Mapping

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.link.edge import ALL, Region, rewritten, within
from platform_compiler.link.facts import entries
from platform_compiler.link.interface import split_ref
from platform_compiler.link.model import Route
from platform_compiler.link.opened import check_opened, setting_span
from platform_compiler.link.passthrough import check_passthrough
from platform_compiler.link.paths import meet
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, at, key_span


def check_exposures(hosts: Mapping[tuple[str, str], tuple[Route, ...]], loaded: Loaded, bag: Bag) -> None:
    """Report exposures that no gateway can serve as they stand."""
    for (_, host), routes in hosts.items():
        _check_gateways(host, routes, bag)
        check_passthrough(host, routes, bag)
        for route in routes:
            _check_rewrite(route, bag)
            _check_closed(route, bag)
            _check_owner(route, routes, bag)
            _check_delegates(route, loaded, bag)


def _check_gateways(host: str, routes: Iterable[Route], bag: Bag) -> None:
    first, *others = routes
    for other in others:
        if other.gateway != first.gateway:
            bag.add(
                "PC2447",
                f"`{host}` would answer at gateway `{first.gateway}` and at gateway `{other.gateway}`",
                setting_span(other, "gateway"),
                also=[Label(setting_span(first, "gateway"), "the other one")],
                help="a host has one gateway on a cluster: give each gateway a host of its own",
            )


def _check_rewrite(route: Route, bag: Bag) -> None:
    exposure = route.exposure
    if exposure.rewrite is None:
        return
    if exposure.redirects:
        bag.add(
            "PC2443",
            "a request is either redirected or rewritten",
            setting_span(route, "redirect"),
            also=[Label(setting_span(route, "rewrite"), "the rewrite")],
            help="remove one of the two",
        )
    if not exposure.paths:
        bag.add(
            "PC2440",
            "`rewrite` has nothing to replace: the exposure takes every path",
            setting_span(route, "rewrite"),
            help="name what is replaced: `paths: [/api/*]`",
        )


def _check_closed(route: Route, bag: Bag) -> None:
    exposure = route.exposure
    if exposure.redirects or exposure.passthrough:
        return  # of the latter nobody reads paths
    for own in exposure.paths or (ALL,):
        seen = rewritten(exposure, Region(own, "protected", own))
        if within(seen, route.closed) and not any(meet(seen, path) for path in exposure.opens):
            words = f"`{own.text}`" if seen == own else f"`{own.text}`, which the program sees as `{seen.text}`,"
            bag.add(
                "PC2441",
                f"{words} is closed by the platform: no gateway lets it in",
                setting_span(route, "paths"),
                help=f"leave it out, or, if it may be seen from outside, write `opens: [{seen.text}]`",
            )
    check_opened(route, bag)


def _check_owner(route: Route, routes: Iterable[Route], bag: Bag) -> None:
    owner = next(other for other in routes if other.target.ref == route.owner)
    words = ("httpRedirect",) if route.exposure.passthrough else ("httpRedirect", "tls")  # told by its own check
    for word in words:
        if route is not owner and at(route.target.spec, "expose", route.exposure.name, word) is not None:
            bag.add(
                "PC2444",
                f"`{word}` is for all of `{route.host}`, which `{owner.target.ref}` owns by `{owner.exposure.name}`",
                setting_span(route, word),
                also=[Label(owner.exposure.span, "it has the host")],
                help="remove it here, or write it there",
            )


def _check_delegates(route: Route, loaded: Loaded, bag: Bag) -> None:
    """Report paths that are given to an application that there is nowhere."""
    delegate = at(route.target.spec, "expose", route.exposure.name, "delegate")
    for ref in entries(delegate):
        full = "/".join(split_ref(ref, route.target.interface.team))
        if full in loaded.workloads or f"teams/{full}.yaml" in loaded.broken or not isinstance(delegate, MapNode):
            continue
        near = did_you_mean(full, loaded.refs)
        bag.add(
            "PC2476",
            f"there is no `{full}` to expose these paths",
            key_span(delegate, ref),
            help=f"did you mean `{near}`?" if near else f"it would stand in teams/{full}.yaml; or take it out",
        )
