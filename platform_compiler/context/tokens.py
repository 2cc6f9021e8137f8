"""Tokens: what an application's own proxy asks of requests, wherever they come from.

A proxy that reads tokens refuses bad ones only; that there is one is for the rules of the AuthorizationPolicy to say.
So both come from the same conditions. Rules are alternatives: none may let in without a token what another protects.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple

from platform_compiler.context.paths import authz_paths, path_records
from platform_compiler.link.edge import seen_protected, seen_public
from platform_compiler.link.model import AccessRule, PathPattern, Route, Target
from platform_compiler.link.paths import meet
from platform_compiler.link.protection import TokenRule, carved_out, token_rule_of, token_rules
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
Providers = Mapping[str, Record]
_BEARER = {"name": "Authorization", "prefix": "Bearer "}


def with_tokens(
    callers: Iterable[Record], target: Target, routes: Iterable[Route], providers: Providers
) -> list[Record]:
    """Return the callers with what each of their rules asks of tokens."""
    exposed = {route.exposure.name: route for route in routes}
    access = {rule.name: rule for rule in target.interface.access if rule.jwt}
    if not exposed and not access:
        return list(callers)
    found = []
    for caller in callers:
        rules = [
            asked
            for rule in caller["rules"]
            for asked in (
                _exposed(rule, exposed[rule["name"]], tuple(exposed.values()), providers)
                if caller["kind"] == "gateway" and rule["hosts"]
                else [_granted(rule, access.get(rule["name"]), providers)]
            )
        ]
        same = len(rules) == len(caller["rules"]) and all(map(is_, rules, caller["rules"]))
        found.append(caller if same else {**caller, "rules": rules})
    return found


def _granted(rule: Record, access: AccessRule | None, providers: Providers) -> Record:
    if access is None or access.jwt is None:
        return rule
    return {**rule, **_asks(TokenRule(access.jwt, access.audiences, access.claims), providers)}


def _exposed(rule: Record, route: Route, others: tuple[Route, ...], providers: Providers) -> list[Record]:
    """Return an exposure's rule, cut into what is public and what needs a token, by the paths that the program sees.

    Paths that another exposure of the same host holds more specifically, under other conditions, are that one's alone.
    """
    carved = carved_out(route, others)
    wanted = token_rule_of(route)
    if wanted is None:
        return [{**rule, "notAuthzPaths": authz_paths(carved)}]
    asked = _asks(wanted, providers)
    if not wanted.required:
        spared = {**rule, "notAuthzPaths": authz_paths(carved)}
        return [{**spared, "notRequestPrincipals": ["*"]}, {**spared, **asked}]
    public, kept = seen_public(route.exposure), seen_protected(route.exposure)
    found = []
    if public:
        found.append({**_on(rule, public), "notAuthzPaths": authz_paths(carved)})
    if kept:
        shut = (path for path in public if any(meet(path, own) == path for own in kept))
        where = _on(rule, kept) if route.exposure.paths else rule
        found.append({**where, "notAuthzPaths": authz_paths(sorted({*carved, *shut})), **asked})
    return found


def _on(rule: Record, paths: tuple[PathPattern, ...]) -> Record:
    return {**rule, "paths": path_records(paths), "authzPaths": authz_paths(paths)}


def _asks(wanted: TokenRule, providers: Providers) -> Record:
    """Return the conditions of a rule on a token: who signed it, for whom, and what it says."""
    provider = providers[wanted.provider]
    conditions = [{"key": f"request.auth.claims[{claim}]", "values": list(values)} for claim, values in wanted.claims]
    audiences = {"key": "request.auth.audiences", "values": _audiences(wanted, provider)}
    return {"requestPrincipals": [f"{provider['issuer']}/*"], "conditions": [audiences, *conditions]}


def _audiences(wanted: TokenRule, provider: Record) -> list[str]:
    found: list[str] = list(wanted.audiences) or provider.get("audiences", [])
    return found


class _Reading(NamedTuple):
    """What one provider's tokens are read from, over all rules that want them."""

    audiences: set[str]
    places: list[Record]


def token_records(target: Target, routes: Sequence[Route], providers: Providers) -> list[Record]:
    """Return the tokens that the application's proxy reads, one a provider; each is passed on to the program."""
    if not routes and not [rule for rule in target.interface.access if rule.jwt is not None]:
        return []
    found: dict[str, _Reading] = {}
    for wanted, name in token_rules(target.interface.access, routes):
        reading = found.setdefault(wanted.provider, _Reading(set(), []))
        reading.audiences.update(_audiences(wanted, providers[wanted.provider]))
        place = at(target.spec, "expose", name, "auth", "tokenFrom") if name else None
        where: Record = plain(place) if place else {"header": "Authorization"}
        if where not in reading.places:
            reading.places.append(where)
    return [_token(providers[name], reading) for name, reading in sorted(found.items())]


def _token(provider: Record, reading: _Reading) -> Record:
    record: Record = {
        "issuer": provider["issuer"],
        "jwksUri": provider["jwksUri"],
        "audiences": sorted(reading.audiences),
    }
    by_kind = {
        kind: [place[kind] for place in reading.places if kind in place] for kind in ("header", "cookie", "query")
    }
    headers = [_BEARER if name.lower() == "authorization" else {"name": name} for name in by_kind["header"]]
    named = {"headers": headers, "cookies": by_kind["cookie"], "parameters": by_kind["query"]}
    return {**record, **{key: places for key, places in named.items() if places}}
