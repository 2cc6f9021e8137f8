"""Exposures as routes of the Gateway API: rules that each stand for requests that are treated alike.

Order is Gateway API's own: exact before longer before shorter, then methods and headers. So no rule may hold a path
that lies in another region (closed, public, protected) than its name says: `link.edge` cuts them apart.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.exposed import exposed_methods
from platform_compiler.context.paths import path_record
from platform_compiler.context.route_filters import filters_of
from platform_compiler.context.traffic import asked_for, both_headers, ordered_routes, weights
from platform_compiler.context.versions import version_service
from platform_compiler.link.edge import ALL, Region, regions
from platform_compiler.link.facts import entries
from platform_compiler.link.interface import patterns
from platform_compiler.link.model import PathPattern, Route
from platform_compiler.link.paths import meet
from platform_compiler.quantities import seconds
from platform_compiler.source.node import at

Spec = Mapping[str, Any]
Record = dict[str, Any]
_MOST_RULES = 16
_MOST_MATCHES = 64
_MOST_MATCHES_OF_ROUTE = 128
_RETRY_ON = ("connect-failure", "refused-stream", "unavailable", "cancelled")


def route_rules(route: Route, spec: Spec, *, grpc: bool, sidecar: bool) -> list[Record]:
    """Return the rules of one exposure; no two of them take the same requests."""
    exposure = route.exposure
    settings = spec["expose"][exposure.name]
    closing = (sidecar or not route.target.interface.meshed) and not exposure.redirects
    found = regions(route, closing=closing)
    if not wants_token(settings):
        found = tuple(Region(r.path, "protected" if r.guard == "public" else r.guard, r.within) for r in found)
    rules: list[Record] = []
    seen: set[str] = set()
    for version, name, conditions, traffic in _kinds_of_requests(route, spec, split=not sidecar):
        for guard in ("closed", "public", "protected"):
            mine = [region for region in found if region.guard == guard]
            for part, group in enumerate(_alike(mine, exposure.rewrite)):
                matches = _unseen(_matches(route, group, conditions, grpc=grpc, closed=guard == "closed"), seen)
                for piece, some in enumerate(_chunks(matches, _MOST_MATCHES)):
                    rules.append(
                        {
                            "name": _rule_name(name, guard, part, piece),
                            "guard": guard,
                            "matches": some,
                            "filters": [] if guard == "closed" else filters_of(route, settings, group, sidecar=sidecar),
                            "backends": _backends(route, spec, version, split=not sidecar),
                            "traffic": traffic,
                        }
                    )
    return rules


def connection_rules(route: Route) -> list[Record]:
    """Return the one rule of an exposure that is passed through: all connections go to the program."""
    service = {"name": route.target.interface.name, "port": route.port.port}
    asked: Record = {"matches": [], "filters": [], "traffic": {"timeout": "0s"}}
    return [{"name": route.port.name, "guard": "protected", "backends": [service], **asked}]


def wants_token(settings: Spec) -> bool:
    """Whether the gateway must see a token; where one may be absent, only the program can judge."""
    auth = settings.get("auth", {})
    return "jwt" in auth and auth.get("required") is not False


def pieces(name: str, rules: list[Record]) -> list[Record]:
    """Return rules by route object: one holds at most sixteen of them."""
    found: list[list[Record]] = [[]]
    for rule in rules:
        many = sum(max(1, len(other["matches"])) for other in found[-1]) + max(1, len(rule["matches"]))
        if len(found[-1]) == _MOST_RULES or many > _MOST_MATCHES_OF_ROUTE:
            found.append([])
        found[-1].append(rule)
    return [
        {"name": name if position == 0 else f"{name}.{position + 1}", "rules": some}
        for position, some in enumerate(found)
    ]


def speaks_grpc(route: Route) -> bool:
    """Whether a GRPCRoute can say all of an exposure: services and methods, nothing else of HTTP."""
    exposure = route.exposure
    return (
        route.port.protocol == "grpc"
        and not (exposure.methods or exposure.rewrite or exposure.redirects or exposure.cors)
        and all(_is_call(region.path) for region in regions(route, closing=not route.target.interface.meshed))
        and all(
            _is_call(path)
            for name in entries(at(route.target.spec, "traffic", "routes"))
            for path in _paths(route, name)
        )
    )


def gateway_duration(text: str) -> str:
    """Return a duration in Gateway API's words: at most five digits a unit."""
    whole, rest = divmod(round(seconds(text) * 1000), 1000)
    hours, whole = divmod(whole, 3600) if whole > 99999 else (0, whole)  # noqa: PLR2004 -- five digits
    found = "".join(f"{number}{unit}" for number, unit in ((hours, "h"), (whole, "s"), (rest, "ms")) if number)
    return found or "0s"


def _kinds_of_requests(route: Route, spec: Spec, *, split: bool) -> Iterable[tuple[str, str, Record, Record]]:
    """Yield version, name, conditions and behaviour: requests that ask for a version by header, then all others.

    Whoever asks for a version still gets the behaviour of a traffic rule. The path counts before headers, so each rule
    stands once for every version.
    """
    behaviours = list(_behaviours(route, spec))
    if route.exposure.redirects:
        yield ("", *behaviours[-1])
        return
    port = route.port.name
    for version, wanted in [*(asked_for(spec) if split else ()), ("", {})]:
        for name, conditions, traffic in behaviours:
            headers = both_headers(conditions["headers"], wanted)
            if headers is not None:
                named = f"{port}.{version}{name.removeprefix(port)}" if version else name
                yield version, named, {**conditions, "headers": headers}, traffic


def _behaviours(route: Route, spec: Spec) -> Iterable[tuple[str, Record, Record]]:
    """Yield name, conditions and behaviour of each traffic rule, most specific first."""
    traffic, port = spec["traffic"], route.port.name
    for name, own in ordered_routes(route.target, traffic.get("routes", {})):
        conditions = {
            "paths": _paths(route, name),
            "methods": own.get("methods", []),
            "headers": own.get("headers", {}),
        }
        yield f"{port}-{name}", conditions, _behaviour({**traffic, **own})
    yield port, {"paths": (ALL,), "methods": [], "headers": {}}, _behaviour(traffic)


def _paths(route: Route, name: str) -> tuple[PathPattern, ...]:
    return patterns(at(route.target.spec, "traffic", "routes", name, "paths")) or (ALL,)


def _behaviour(traffic: Spec) -> Record:
    retries = traffic["retries"]
    record: Record = {"timeout": gateway_duration(traffic["timeout"])}
    if retries.get("attempts", 0):
        chosen = [str(word) for word in retries.get("retryOn", _RETRY_ON)]
        retry: Record = {"numRetries": retries["attempts"], "retryOn": {}}
        codes = sorted(int(word) for word in chosen if word.isdigit())
        triggers = [word for word in chosen if not word.isdigit()]
        if codes:
            retry["retryOn"]["httpStatusCodes"] = codes
            triggers.append("retriable-status-codes")
        retry["retryOn"]["triggers"] = list(dict.fromkeys(triggers))
        if seconds(retries.get("perTryTimeout", "0s")):
            retry["perRetry"] = {"timeout": gateway_duration(retries["perTryTimeout"])}
        record["retry"] = retry
    if "fault" in traffic:
        record["fault"] = _fault(traffic["fault"])
    return record


def _fault(fault: Spec) -> Record:
    record: Record = {}
    if "abort" in fault:
        record["abort"] = {"httpStatus": fault["abort"]["status"], "percentage": fault["abort"].get("percent", 100)}
    if "delay" in fault:
        delay = fault["delay"]
        record["delay"] = {
            "fixedDelay": gateway_duration(delay["duration"]),
            "percentage": delay.get("percent", 100),
        }
    return record


def _alike(found: list[Region], rewrite: str | None) -> list[list[Region]]:
    """Return regions that may share a rule: what replaces a path belongs to the rule, so each has its own."""
    if rewrite is None:
        return [found] if found else []
    return [[region] for region in found]


def _matches(route: Route, group: Iterable[Region], conditions: Record, *, grpc: bool, closed: bool) -> list[Record]:
    exposure = route.exposure
    own = () if closed else exposed_methods(exposure)
    asked = conditions["methods"]
    methods: list[str | None] = sorted({*own} & {*asked} if own and asked else {*own} or {*asked}) or [None]
    if own and asked and methods == [None]:
        return []
    headers = {key.lower(): value for key, value in exposure.headers} if not closed else {}
    for key, value in conditions["headers"].items():
        if headers.setdefault(key.lower(), value) != value:
            return []
    listed = [{"type": "Exact", "name": key, "value": value} for key, value in sorted(headers.items())]
    paths = {both for region in group for path in conditions["paths"] if (both := meet(region.path, path)) is not None}
    found = []
    for path in sorted(paths):
        for method in methods:
            match: Record = {"headers": listed} if listed else {}
            if grpc:
                found.append({**_call(path), **match})
            else:
                found.append({"path": path_record(path)["httpRoute"]} | ({"method": method} if method else {}) | match)
    return found


def _unseen(matches: Iterable[Record], seen: set[str]) -> list[Record]:
    """Return matches that no earlier rule has."""
    found = []
    for match in matches:
        key = repr(match)
        if key not in seen:
            seen.add(key)
            found.append(match)
    return found


def _chunks(items: list[Record], most: int) -> list[list[Record]]:
    return [items[start : start + most] for start in range(0, len(items), most)]


def _rule_name(name: str, guard: str, part: int, piece: int) -> str:
    words = [name, *([] if guard == "protected" else [guard])]
    return "-".join([*words, *(str(number + 1) for number in (part, piece) if number)])


def _is_call(path: PathPattern) -> bool:
    """Whether a path is a gRPC service or method."""
    words = path.base.strip("/").split("/") if path.base != "/" else []
    return path.kind == "all" or len(words) == (2 if path.kind == "exact" else 1)


def _call(path: PathPattern) -> Record:
    if path.kind == "all":
        return {}
    service, _, method = path.base.strip("/").partition("/")
    return {"method": {"type": "Exact", "service": service} | ({"method": method} if method else {})}


def _backends(route: Route, spec: Spec, version: str, *, split: bool) -> list[Record]:
    """Return where requests go: to a version that was asked for, else to each version by its share."""
    if route.exposure.redirects:
        return []
    name, port, shares = route.target.interface.name, route.port.port, weights(spec)
    if version:
        return [{"name": version_service(name, version), "port": port}]
    if not split or len(shares) == 1:
        return [{"name": name, "port": port}]
    return [{"name": version_service(name, each), "port": port, "weight": share} for each, share in shares.items()]


__all__ = ["connection_rules", "gateway_duration", "pieces", "route_rules", "speaks_grpc", "wants_token"]
