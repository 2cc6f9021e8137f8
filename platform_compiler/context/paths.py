"""One path in every form that a part needs; the forms agree on what they match."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from platform_compiler.link.model import PathPattern


@cache
def path_record(pattern: PathPattern) -> dict[str, Any]:
    """Return the forms of a path (MODEL: `/a/*` is `/a` and everything below it by segment)."""
    base = pattern.base
    if pattern.kind == "all":
        forms = {
            "authz": ["/*"],
            "virtualService": [{"prefix": "/"}],
            "httpRoute": {"type": "PathPrefix", "value": "/"},
        }
    elif pattern.kind == "exact":
        forms = {"authz": [base], "virtualService": [{"exact": base}], "httpRoute": {"type": "Exact", "value": base}}
    else:
        forms = {
            "authz": [base, f"{base}/*"],
            "virtualService": [{"exact": base}, {"prefix": f"{base}/"}],
            "httpRoute": {"type": "PathPrefix", "value": base},
        }
    return {"text": pattern.text, "kind": pattern.kind, **forms}


def path_records(patterns: Iterable[PathPattern]) -> list[dict[str, Any]]:
    """Return the records of several paths."""
    return [path_record(pattern) for pattern in patterns]


def authz_paths(patterns: Iterable[PathPattern]) -> list[str]:
    """Return several paths as an AuthorizationPolicy lists them."""
    return [form for pattern in patterns for form in path_record(pattern)["authz"]]
