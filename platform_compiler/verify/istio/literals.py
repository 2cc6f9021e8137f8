"""Values of rules that nothing ever equals: such an `ALLOW` admits nobody, and such a `DENY` denies nothing.

Source: `Source` and `Operation` of AuthorizationPolicy's reference: a value is exact, or has one `*` as its first or
last character. Namespaces may have more, and the two parts of a request principal one each.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from platform_compiler.verify.istio.rules import Policy
from platform_compiler.verify.item import Fault

_PRINCIPAL = re.compile(r"[^/]+/ns/[^/]+/sa/[^/]+\Z")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
_IDENTITY = "write it as `<trust domain>/ns/<namespace>/sa/<service account>`"
_FIELDS = {
    name: field
    for field in ("principals", "requestPrincipals", "hosts", "methods", "paths")
    for name in (field, f"not{field[0].upper()}{field[1:]}")
}


def of_policy(policy: Policy) -> Iterator[Fault]:
    """Yield values that never match."""
    for path, _, fields in policy.parts:
        for name, values in fields.items():
            field = _FIELDS.get(name)
            for i, value in enumerate(values) if field else ():
                if isinstance(value, str) and (found := _why_never(field, value)):
                    why, cure = found
                    yield Fault("PC5246", policy.item, (*path, name, i), f"`{value}` never matches: {why}", cure)


@lru_cache(maxsize=4096)
def _why_never(field: str, value: str) -> tuple[str, str] | None:
    """Return why nothing equals a value, and the cure; None where something may."""
    if field == "principals" and value.startswith("spiffe://"):
        return "principals have no scheme", f"write `{value.removeprefix('spiffe://')}`"
    if field == "hosts" and re.search(r"[\s/]", value):
        return "no host has spaces or slashes in it", "write the host alone"
    if field == "paths" and "{" in value:
        return None
    starred = field != "requestPrincipals" and "*" in value.removeprefix("*")
    if starred and not _ends_in_its_only_star(value):
        return (
            "`*` stands for more only as the first or the last character",
            "list the values, or shorten it to one `*`",
        )
    return _wrong_form(field, value) if "*" not in value else None


def _ends_in_its_only_star(value: str) -> bool:
    return value.endswith("*") and value.count("*") == 1


def _wrong_form(field: str, value: str) -> tuple[str, str] | None:
    if field == "principals" and not _PRINCIPAL.match(value):
        return "it is no identity of the mesh", _IDENTITY
    if field == "requestPrincipals" and "/" not in value:
        return "it has no `/` between issuer and subject", "write it as `<issuer>/<subject>`"
    if field == "paths" and not value.startswith("/"):
        return "paths begin with `/`", f"write `/{value}`"
    if field == "paths" and "?" in value:
        return "the query is no part of the path", f"write `{value.partition('?')[0]}`"
    if field == "methods" and value not in _METHODS and value.upper() in _METHODS:
        return "methods are upper case", f"write `{value.upper()}`"
    return None
