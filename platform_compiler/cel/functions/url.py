"""URLs, absolute or paths: what they are made of."""

from collections.abc import Callable
from typing import Any

from platform_compiler.cel.functions import url_parts
from platform_compiler.cel.functions.declare import ALWAYS, Function, free, member
from platform_compiler.cel.functions.url_parts import Parts
from platform_compiler.cel.functions.values import tagged


def url(text: str) -> dict[str, Any]:
    """Return the URL that a text says.

    It must be good for a request, and is then read again: only the other way of reading knows of fragments.
    """
    try:
        url_parts.request(text)
        return {"@url": dict(url_parts.parts(text)._asdict())}
    except ValueError as trouble:
        raise ValueError(f'URL parse error during conversion from string: parse "{text}": {trouble}') from trouble


def is_url(text: str) -> bool:
    """Tell whether a text is an absolute URL or path."""
    try:
        url_parts.request(text)
    except ValueError:
        return False
    return True


def get_scheme(value: dict[str, Any]) -> str:
    """Return what stands before `://`."""
    return _parts(value).scheme


def get_host(value: dict[str, Any]) -> str:
    """Return the host with its port."""
    return _parts(value).host


def get_hostname(value: dict[str, Any]) -> str:
    """Return the host without a port or brackets."""
    return url_parts.host_and_port(_parts(value).host)[0]


def get_port(value: dict[str, Any]) -> str:
    """Return the port, or an empty text."""
    return url_parts.host_and_port(_parts(value).host)[1]


def get_escaped_path(value: dict[str, Any]) -> str:
    """Return the path, escaped."""
    return _parts(value).path


def get_query(value: dict[str, Any]) -> dict[str, list[str]]:
    """Return the values of each name in the query."""
    return url_parts.query_values(_parts(value).query)


def _parts(value: dict[str, Any]) -> Parts:
    return Parts(**tagged(value, "@url"))


_MAP = "map(string, dyn)"
_GETTERS: tuple[tuple[str, str, str, Callable[[dict[str, Any]], object]], ...] = (
    ("getScheme", "url_get_scheme", "string", get_scheme),
    ("getHost", "url_get_host", "string", get_host),
    ("getHostname", "url_get_hostname", "string", get_hostname),
    ("getPort", "url_get_port", "string", get_port),
    ("getEscapedPath", "url_get_escaped_path", "string", get_escaped_path),
    ("getQuery", "url_get_query", "map(string, list(string))", get_query),
)
FUNCTIONS = (
    Function("url", (free("string_to_url", ("string",), _MAP, url, ALWAYS),)),
    Function("isURL", (free("is_url_string", ("string",), "bool", is_url, ALWAYS),)),
    *(Function(name, (member(one, (_MAP,), result, call, ALWAYS),)) for name, one, result, call in _GETTERS),
)
