"""What policies of Istio decide about one request, for those who can read it and for those who know connections alone.

It is written from the documentation of Istio, and knows nothing of the compiler.
"""

from dataclasses import dataclass
from typing import Any

from tests.reachability.simulator import Token

Body = dict[str, Any]
_OF_CONNECTIONS = {"principals", "notPrincipals", "namespaces", "notNamespaces", "ipBlocks", "notIpBlocks"}
_PORTS = {"ports", "notPorts"}


@dataclass(frozen=True)
class Asked:
    """A request as it arrives: from whom, with which token that was read and found good, and what it says."""

    principal: str
    port: str
    method: str
    path: str
    host: str
    token: Token | None = None

    @property
    def namespace(self) -> str:
        """Where the caller runs; empty for strangers."""
        return self.principal.split("/ns/")[1].split("/")[0] if self.principal else ""


def readable(authentications: list[Body], token: Token | None) -> bool:
    """Whether a proxy with these RequestAuthentications takes a token: none is fine, a bad one is not."""
    if token is None:
        return True
    rules = [rule for spec in authentications for rule in spec["jwtRules"]]
    return any(_reads(rule, token) for rule in rules) or not any(_finds(rule, token) for rule in rules)


def read(authentications: list[Body], token: Token | None) -> Token | None:
    """Return the token as far as a proxy with these RequestAuthentications knows it."""
    rules = [rule for spec in authentications for rule in spec["jwtRules"]]
    return token if token and any(_reads(rule, token) for rule in rules) else None


def _finds(rule: Body, token: Token) -> bool:
    places = [header["name"] for header in rule.get("fromHeaders", [])]
    return token.bearer in [*places, *rule.get("fromCookies", []), *rule.get("fromParams", [])]


def _reads(rule: Body, token: Token) -> bool:
    known = rule["issuer"] == token.issuer and token.audience in rule.get("audiences", [token.audience])
    return known and _finds(rule, token)


def decided(policies: list[Body], asked: Asked, *, reads: bool) -> bool:
    """Whether policies let a request pass: a DENY wins, and where any ALLOW is, one has to fit.

    Who cannot read requests never finds an ALLOW about them fitting, and takes a DENY for what is left of it.
    """
    denies = [p for p in policies if p.get("action") == "DENY"]
    allows = [p for p in policies if p.get("action", "ALLOW") == "ALLOW"]
    if any(_fits(rule if reads else _left_of(rule), asked) for p in denies for rule in p.get("rules", [])):
        return False
    known = [rule for p in allows for rule in p.get("rules", []) if reads or _left_of(rule) == rule]
    return not allows or any(_fits(rule, asked) for rule in known)


def _left_of(rule: Body) -> Body:
    """Return what of a rule is about connections."""
    sources = [{k: v for k, v in item["source"].items() if k in _OF_CONNECTIONS} for item in rule.get("from", [])]
    operations = [{k: v for k, v in item["operation"].items() if k in _PORTS} for item in rule.get("to", [])]
    left: Body = {}
    if all(sources) and sources:
        left["from"] = [{"source": source} for source in sources]
    if all(operations) and operations:
        left["to"] = [{"operation": operation} for operation in operations]
    return left


def _fits(rule: Body, asked: Asked) -> bool:
    sources, operations = rule.get("from", []), rule.get("to", [])
    return (
        (not sources or any(_source_fits(item["source"], asked) for item in sources))
        and (not operations or any(_all_fit(item["operation"], _facts(asked)) for item in operations))
        and all(_says(condition, asked.token) for condition in rule.get("when", []))
    )


def _facts(asked: Asked) -> dict[str, str]:
    return {"ports": asked.port, "methods": asked.method, "paths": asked.path, "hosts": asked.host}


def _source_fits(source: Body, asked: Asked) -> bool:
    signed = f"{asked.token.issuer}/someone" if asked.token else ""
    facts = {"principals": asked.principal, "namespaces": asked.namespace, "requestPrincipals": signed}
    by_address = {"ipBlocks", "remoteIpBlocks"}.intersection(source)  # nobody here comes from outside
    return not by_address and _all_fit(source, facts)


def _all_fit(wanted: Body, facts: dict[str, str]) -> bool:
    for key, patterns in wanted.items():
        excluded = key.startswith("not")
        fact = facts[key[3].lower() + key[4:]] if excluded else facts[key]
        if any(_matches(pattern, fact) for pattern in patterns) == excluded:
            return False
    return True


def _says(condition: Body, token: Token | None) -> bool:
    if token is None:
        return False
    name = condition["key"].removeprefix("request.auth.claims[").removesuffix("]")
    said = token.audience if condition["key"] == "request.auth.audiences" else dict(token.claims).get(name, "")
    return any(_matches(pattern, part) for pattern in condition["values"] for part in said.split())


def _matches(pattern: str, text: str) -> bool:
    return bool(text) and text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
