"""The forms of a path agree: an AuthorizationPolicy, a VirtualService and an HTTPRoute take the same requests."""

import pytest

from platform_compiler.context.paths import path_record
from platform_compiler.link.model import PathPattern
from platform_compiler.link.paths import matches

REQUESTS = ("/", "/a", "/a/", "/ab", "/a/b", "//a", "/a%2Fb", "/b")


def by_authorization(form: str, path: str) -> bool:
    return path.startswith(form[:-1]) if form.endswith("*") else path == form


def by_virtual_service(form: dict[str, str], path: str) -> bool:
    return path == form["exact"] if "exact" in form else path.startswith(form["prefix"])


def by_http_route(form: dict[str, str], path: str) -> bool:
    if form["type"] == "Exact":
        return path == form["value"]
    base = form["value"].rstrip("/")
    return path == base or path.startswith(f"{base}/")


@pytest.mark.parametrize("text", ["/a", "/a/*", "/*", "/a/b"])
@pytest.mark.parametrize("path", REQUESTS)
def test_forms_of_a_path_take_the_same_requests(text: str, path: str) -> None:
    pattern = PathPattern(text)
    record = path_record(pattern)
    expected = matches(pattern, path)
    assert any(by_authorization(form, path) for form in record["authz"]) == expected
    assert any(by_virtual_service(form, path) for form in record["virtualService"]) == expected
    assert by_http_route(record["httpRoute"], path) == expected
