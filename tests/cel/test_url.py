from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions import url

GOOD = ["https://user:pass@example.com:80/path?query=val#fragment", "/absolute-path", "http://h", "//host/path"]
GOOD += [
    "mailto:a@b.c",
    "*",
    "https://[::1]:80/",
    "https://h:/",
    "http://h/a b",
    "HTTP://H",
    "http://h/%41",
    "a+b-c.d:x",
]
GOOD += ["http://[fe80::1%25en0]/", "http://h/?%zz", "http://ü/", "http://h%C3%BC/"]
BAD = [
    "",
    "../relative",
    "relative",
    "https://a:b:c/",
    ":x",
    "1http://h",
    "http://h:80a",
    "http://[::1",
    "http://h/%zz",
]
BAD += ["http://h\\n", "http://a b/", "http://h#f/", "http://us er@h/", "http://%41/", "http://h/%4", "http://[::1]x/"]
GETTERS = {
    "https://user:pass@Example.com:80/a b?x=1#f": ("https", "Example.com:80", "Example.com", "80", "/a%20b"),
    "https://[::1]:80/": ("https", "[::1]:80", "::1", "80", "/"),
    "https://[::1]": ("https", "[::1]", "::1", "", ""),
    "https://h:/": ("https", "h:", "h", "", "/"),
    "/path": ("", "", "", "", "/path"),
    "//host/path": ("", "host", "host", "", "/path"),
    "///path": ("", "", "", "", "///path"),
    "mailto:a@b.c": ("mailto", "", "", "", ""),
    "http://h/%41": ("http", "h", "h", "", "/%41"),
    "http://h/%2F(a)": ("http", "h", "h", "", "/%2F(a)"),
    "http://h/é": ("http", "h", "h", "", "/%C3%A9"),
    "http://h/a#b?c": ("http", "h", "h", "", "/a"),
    "*": ("", "", "", "", "*"),
}
QUERIES = [
    ("https://h/p?k1=a&k2=b&k2=c", {"k1": ["a"], "k2": ["b", "c"]}),
    ("https://h/p?a b=c d", {"a b": ["c d"]}),
    ("https://h/p?a+b=%41", {"a b": ["A"]}),
    ("https://h/p?a", {"a": [""]}),
    ("https://h/p?a=b=c", {"a": ["b=c"]}),
    ("https://h/p?&&", {}),
    ("https://h/p?", {}),
    ("https://h/p", {}),
    ("https://h/p?a;b=1&c=%zz&d=2", {"d": ["2"]}),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_url_is_one(text: str) -> None:
    assert url.is_url(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_url_is_none(text: str) -> None:
    text = text.replace("\\n", "\n")
    assert not url.is_url(text)
    with pytest.raises(ValueError, match="URL parse error"):
        url.url(text)


@pytest.mark.parametrize("text", GETTERS)
def test_a_url_is_taken_apart(judge: Callable[[str], Any], text: str) -> None:
    names = ("getScheme", "getHost", "getHostname", "getPort", "getEscapedPath")
    assert tuple(judge(f"url('{text}').{name}()") for name in names) == GETTERS[text]


@pytest.mark.parametrize(("text", "values"), QUERIES)
def test_a_query_is_taken_apart(judge: Callable[[str], Any], text: str, values: dict[str, list[str]]) -> None:
    assert judge(f"url('{text}').getQuery()") == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("isURL('https://h')", True),
        ("isURL('h')", False),
        ("url('https://h') == url('HTTPS://h')", True),
        ("url('https://h') == url('https://h/')", False),
    ],
)
def test_it_does_what_kubernetes_does(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


def test_a_bad_url_is_an_error(judge: Callable[[str], Any]) -> None:
    with pytest.raises(EvaluationError, match="invalid URI for request"):
        judge("url('../a')")
    with pytest.raises(EvaluationError, match=r"no such overload for net\.IP"):
        judge("ip('::1').getHost()")
