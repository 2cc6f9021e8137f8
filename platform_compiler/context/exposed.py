"""What Istio's gateway does with an exposure: rules for the VirtualService of its host."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.limits import exposure_limit
from platform_compiler.context.traffic import duration, matches, port_rules
from platform_compiler.context.versions import by_services
from platform_compiler.link.edge import own_paths, regions
from platform_compiler.link.model import Exposure, PathPattern, Route

Spec = Mapping[str, Any]
Record = dict[str, Any]


def host_rules(route: Route, spec: Spec) -> list[Record]:
    """Return what a gateway does with one exposure: the target's own rules, cut to the exposure's requests.

    Where nothing of its paths differs they stay together; else each path has rules of its own, so that their order is
    the order of how specific they are.
    """
    exposure, settings = route.exposure, spec["expose"][route.exposure.name]
    name = f"{route.target.interface.name}-{exposure.name}"
    if exposure.redirects:
        return [
            _exposed(f"{name}-redirect", exposure, own_paths(exposure), {"redirect": _redirect(settings["redirect"])})
        ]
    changes = _changes(settings)
    counted = exposure_limit(route, settings)
    found = regions(route, closing=not route.target.interface.meshed)
    closed = [region.path for region in found if region.guard == "closed"]
    rules = [
        {"name": f"{name}-closed", "match": matches([path], (), {}, None), "destinations": [], **_CLOSED}
        for path in closed
    ]
    whole = exposure.rewrite is None and not closed
    for region in found[:1] if whole else found:
        if region.guard == "closed":
            continue
        paths = own_paths(exposure) if whole else () if region.path.kind == "all" else (region.path,)
        for rule in _rules_of_port(route, spec):
            cut = _cut(rule, matches(paths, exposed_methods(exposure), dict(exposure.headers), None))
            if cut is not None:
                named = {**cut, "name": f"{name}-{rule['name']}", **changes}
                if counted is not None:  # its name is looked for, and must be the only one
                    named |= {"name": f"{counted}/{rule['name']}", "limit": counted}
                rules += [named] if exposure.rewrite is None else _rewritten(named, exposure.rewrite, region.within)
    return rules


def _rules_of_port(route: Route, spec: Spec) -> list[Record]:
    rules = port_rules(route.target, spec, route.port)
    interface = route.target.interface
    return rules if interface.meshed else [by_services(rule, interface.hosts[0]) for rule in rules]


_CLOSED = {"directResponse": {"status": 403}}


def exposed_methods(exposure: Exposure) -> tuple[str, ...]:
    """Return the methods an exposure takes; browsers ask with OPTIONS before they use a foreign origin."""
    asked = {"OPTIONS"} if exposure.cors and exposure.methods else set()
    return tuple(sorted({*exposure.methods, *asked}))


def _exposed(name: str, exposure: Exposure, paths: Iterable[PathPattern], does: Record) -> Record:
    found = matches(paths, exposed_methods(exposure), dict(exposure.headers), None)
    return {"name": name, **({} if found == [{}] else {"match": found}), "destinations": [], **does}


def _cut(rule: Record, exposed: list[Record]) -> Record | None:
    """Return a rule for those of its requests that an exposure takes too; None when there are none."""
    own = [{key: value for key, value in match.items() if key != "port"} for match in rule["match"]]
    met = [both for mine in own for theirs in exposed if (both := _meet(mine, theirs)) is not None]
    if not met:
        return None
    others = {key: value for key, value in rule.items() if key != "match"}
    return {**others, **({} if met == [{}] else {"match": met})}


def _rewritten(rule: Record, prefix: str, own: PathPattern) -> list[Record]:
    """Return a rule for each path form, since what replaces it differs: `/a` becomes `/x`, `/a/` becomes `/x/`."""
    found = []
    for match in rule["match"]:
        text = match["uri"].get("exact") or match["uri"]["prefix"]
        uri = prefix.rstrip("/") + text[len(own.base) :] or "/"
        found.append({**rule, "match": [match], "rewrite": {"uri": uri}})
    return found


def _redirect(settings: Spec) -> Record:
    names = {"host": "authority", "path": "uri"}
    return {there: settings[here] for here, there in names.items() if here in settings} | {
        "redirectCode": settings.get("code", 308)
    }


def _changes(settings: Spec) -> Record:
    """Return how a gateway changes headers and answers pages of other origins, in a VirtualService's shape."""
    record: Record = {"headers": settings["setHeaders"]} if settings.get("setHeaders") else {}
    if "cors" not in settings:
        return record
    cors = settings["cors"]
    policy: Record = {"allowOrigins": [_origin(origin) for origin in cors["origins"]]}
    names = {"methods": "allowMethods", "headers": "allowHeaders", "credentials": "allowCredentials"}
    policy |= {there: cors[here] for here, there in names.items() if here in cors}
    if "maxAge" in cors:
        policy["maxAge"] = duration(cors["maxAge"])
    return {**record, "cors": policy}


def _origin(text: str) -> Record:
    if "*" not in text:
        return {"exact": text}
    return {"regex": ".*".join(re.escape(part) for part in text.split("*"))}


def _meet(one: Record, other: Record) -> Record | None:
    """Return the requests that two matches both take, or None."""
    both = {**one, **other}
    if "uri" in one and "uri" in other:
        uri = _narrower(one["uri"], other["uri"])
        if uri is None:
            return None
        both["uri"] = uri
    if "method" in one and "method" in other:
        common = sorted(set(_methods(one["method"])) & set(_methods(other["method"])))
        if not common:
            return None
        both["method"] = {"exact": common[0]} if len(common) == 1 else {"regex": "|".join(common)}
    if "headers" in one and "headers" in other:
        if any(
            one["headers"][name] != other["headers"][name] for name in one["headers"].keys() & other["headers"].keys()
        ):
            return None
        both["headers"] = {**one["headers"], **other["headers"]}
    return both


def _methods(match: Mapping[str, str]) -> list[str]:
    return [match["exact"]] if "exact" in match else match["regex"].split("|")


def _narrower(one: Record, other: Record) -> Record | None:
    for wide, narrow in ((one, other), (other, one)):
        inside = str(narrow.get("exact") or narrow.get("prefix"))
        if wide == narrow or ("prefix" in wide and inside.startswith(wide["prefix"])):
            return narrow
    return None
