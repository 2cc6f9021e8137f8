"""What happens to a request from outside, read from compiled resources alone: at the gateway, then at the program.

Gateways choose as their documentation says: Istio the first fitting rule of the host's VirtualService, Gateway API the
most specific match. Then the program's own proxy judges, where it has policies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.edge.shops import Body, of

GATEWAY = "cluster.local/ns/edge-{0}/sa/edge-{0}"


@dataclass(frozen=True)
class Request:
    """What a client asks for."""

    host: str
    path: str
    method: str = "GET"


def outcome(found: dict[str, Body], request: Request) -> str:
    """Return `app path` of the program that gets the request, `redirected`, or `refused`."""
    gone = _by_gateway_api(found, request) if of(found, "HTTPRoute") else _by_istio(found, request)
    if gone is None or isinstance(gone, str):
        return gone or "refused"
    app, seen = gone
    return f"{app} {seen.path}" if _allowed(found, app, seen, request) else "refused"


def _by_istio(found: dict[str, Body], request: Request) -> tuple[str, Request] | str | None:
    for body in of(found, "VirtualService"):
        if body["spec"]["hosts"] != [request.host] or "gateways" not in body["spec"]:
            continue
        for rule in body["spec"]["http"]:
            match = next((m for m in rule.get("match", [{}]) if _fits_istio(m, request)), None)
            if match is None:
                continue
            if "directResponse" in rule:
                return None
            if "redirect" in rule:
                return "redirected"
            app = rule["route"][0]["destination"]["host"].partition(".")[0]
            return app, Request(request.host, _rewritten(match, rule, request.path), request.method)
    return None


def _fits_istio(match: Body, request: Request) -> bool:
    uri, method = match.get("uri", {}), match.get("method", {})
    return (
        match.get("port", 443) == 443
        and request.path == uri.get("exact", request.path)
        and request.path.startswith(uri.get("prefix", ""))
        and request.method in (method.get("exact") or method.get("regex") or request.method).split("|")
    )


def _rewritten(match: Body, rule: Body, path: str) -> str:
    if "rewrite" not in rule:
        return path
    uri: str = rule["rewrite"]["uri"]
    return uri if "exact" in match["uri"] else uri + path[len(match["uri"]["prefix"]) :]


def _by_gateway_api(found: dict[str, Body], request: Request) -> tuple[str, Request] | str | None:
    candidates = []
    for route in of(found, "HTTPRoute"):
        sections = [parent["sectionName"] for parent in route["spec"]["parentRefs"]]
        if request.host not in route["spec"]["hostnames"] or any(s == "http" or s.endswith(".http") for s in sections):
            continue
        for position, rule in enumerate(route["spec"]["rules"]):
            for match in rule["matches"]:
                if _fits_gateway_api(match, request):
                    exact = match["path"]["type"] == "Exact"
                    rank = (exact, len(match["path"]["value"]), "method" in match)
                    candidates.append((rank, -position, match["path"], rule, route))
    if not candidates:
        return None
    *_, path, rule, route = max(candidates, key=lambda one: (one[0], one[1]))
    if _denied_at_gateway(found, route["metadata"]["name"], rule):
        return None
    filters = {one["type"]: one for one in rule.get("filters", [])}
    if "RequestRedirect" in filters:
        return "redirected"
    rewrite = filters.get("URLRewrite", {}).get("urlRewrite", {})
    seen = Request(rewrite.get("hostname", request.host), _replaced(path, rewrite, request.path), request.method)
    return rule["backendRefs"][0]["name"], seen


def _fits_gateway_api(match: Body, request: Request) -> bool:
    kind, value = match["path"]["type"], match["path"]["value"]
    fits = request.path == value or (kind == "PathPrefix" and (value == "/" or request.path.startswith(f"{value}/")))
    return fits and match.get("method", request.method) == request.method


def _replaced(match: Body, rewrite: Body, path: str) -> str:
    how = rewrite.get("path")
    if how is None:
        return path
    if how["type"] == "ReplaceFullPath":
        return str(how["replaceFullPath"])
    rest = path[len(match["value"]) :].lstrip("/")
    return "/".join([how["replacePrefixMatch"].rstrip("/"), rest]) if rest else how["replacePrefixMatch"]


def _denied_at_gateway(found: dict[str, Body], route: str, rule: Body) -> bool:
    for policy in of(found, "SecurityPolicy"):
        for ref in policy["spec"]["targetRefs"]:
            if (ref["name"], ref["sectionName"]) == (route, rule.get("name")):
                return bool(policy["spec"].get("authorization") == {"defaultAction": "Deny"})
    return False


def _allowed(found: dict[str, Body], app: str, seen: Request, asked: Request) -> bool:
    policies = [p for p in of(found, "AuthorizationPolicy") if p["metadata"]["name"] in {app, f"{app}-deny"}]
    if not of(found, "PeerAuthentication"):
        return True
    gateway = GATEWAY.format("internal" if ".internal." in asked.host else "public")
    fitting = {
        policy["spec"]["action"]
        for policy in policies
        for rule in policy["spec"]["rules"]
        if any(gateway in source["source"]["principals"] for source in rule["from"])
        and any(_operation(to["operation"], seen) for to in rule["to"])
    }
    return fitting == {"ALLOW"}


def _operation(operation: Body, seen: Request) -> bool:
    return (
        _any(operation.get("paths", ["*"]), seen.path)
        and not _any(operation.get("notPaths", []), seen.path)
        and _any(operation.get("hosts", ["*"]), seen.host)
        and not _any(operation.get("notHosts", []), seen.host)
        and seen.method in operation.get("methods", [seen.method])
    )


def _any(patterns: Iterable[Any], text: str) -> bool:
    return any(text.startswith(p[:-1]) if p.endswith("*") else text == p for p in patterns)
