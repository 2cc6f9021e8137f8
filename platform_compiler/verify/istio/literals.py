"""Values of rules that nothing ever equals, so that such an `ALLOW` admits nobody, or not all that it seems to name.

Source: `Source` and `Operation` of AuthorizationPolicy's reference: a value is exact, or has one `*` as its first or
last character. Namespaces may have more, and the two parts of a request principal one each.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_PRINCIPAL = re.compile(r"[^/]+/ns/[^/]+/sa/[^/]+\Z")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
_IDENTITY = "write it as `<trust domain>/ns/<namespace>/sa/<service account>`"


@lru_cache(maxsize=4096)
def why_never(field: str, value: str) -> tuple[str, str] | None:
    """Return why nothing equals a value of a field, and the cure; None where something may."""
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


def portless(hosts: Sequence[str]) -> int | None:
    """Return the place of the first host that is listed without its ports, None where none is."""
    return next((i for i, host in enumerate(hosts) if not ("*" in host or ":" in host or f"{host}:*" in hosts)), None)


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
