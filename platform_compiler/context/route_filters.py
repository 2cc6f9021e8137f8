"""Filters of a Gateway API route's rule: what happens to a request and its answer on the way."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.link.edge import Region, rewritten
from platform_compiler.link.model import Route
from platform_compiler.quantities import seconds

Spec = Mapping[str, Any]
Record = dict[str, Any]


def filters_of(route: Route, settings: Spec, group: Iterable[Region], *, sidecar: bool) -> list[Record]:
    """Return the filters of a rule for these regions; the CORS filter is `cors_filter`, for parts that use it."""
    found = []
    for direction, kind in (("request", "RequestHeaderModifier"), ("response", "ResponseHeaderModifier")):
        change = settings.get("setHeaders", {}).get(direction)
        if change:
            found.append({"type": kind, kind[0].lower() + kind[1:]: _headers(change)})
    if route.exposure.redirects:
        return [*found, {"type": "RequestRedirect", "requestRedirect": _redirect(settings["redirect"])}]
    rewrite: Record = {"hostname": route.target.interface.hosts[0]} if sidecar else {}
    if route.exposure.rewrite is not None:
        (region,) = group
        rewrite["path"] = rewrites(route, region)
    return [*found, {"type": "URLRewrite", "urlRewrite": rewrite}] if rewrite else found


def rewrites(route: Route, region: Region) -> Record:
    """Return what replaces the path of a region."""
    to = rewritten(route.exposure, region)
    if region.path.kind == "exact":
        return {"type": "ReplaceFullPath", "replaceFullPath": to.base}
    return {"type": "ReplacePrefixMatch", "replacePrefixMatch": to.base}


def cors_filter(settings: Spec) -> Record | None:
    """Return what pages of other origins may do, as a route's filter."""
    cors = settings.get("cors")
    if cors is None:
        return None
    names = {"methods": "allowMethods", "headers": "allowHeaders", "credentials": "allowCredentials"}
    record: Record = {"allowOrigins": cors["origins"]}
    record |= {there: cors[here] for here, there in names.items() if here in cors}
    return record | ({"maxAge": round(seconds(cors["maxAge"]))} if "maxAge" in cors else {})


def _headers(change: Spec) -> Record:
    record: Record = {
        word: [{"name": name, "value": value} for name, value in sorted(change[word].items())]
        for word in ("set", "add")
        if change.get(word)
    }
    return record | ({"remove": change["remove"]} if change.get("remove") else {})


def _redirect(settings: Spec) -> Record:
    record: Record = {"statusCode": settings.get("code", 308)}
    if "host" in settings:
        record["hostname"] = settings["host"]
    if "path" in settings:
        record["path"] = {"type": "ReplaceFullPath", "replaceFullPath": settings["path"]}
    return record
