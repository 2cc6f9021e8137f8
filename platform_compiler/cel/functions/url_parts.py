"""Read a URL the way Go's `net/url` does: strict about hosts and escapes, lax about what a path may hold."""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_PORT = re.compile(r"(?::[0-9]*)?\Z", re.ASCII)
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*\Z", re.ASCII)
_NOT_IN_HOST = re.compile(r"[\x00-\x20#/?@\\^`{|}\x7f]")
_ESCAPED_ASCII = re.compile(r"%(?!25)[0-7][0-9A-Fa-f]")
_ESCAPED_PATH = re.compile(r"[A-Za-z0-9\-_.~$&+,/:;=@!'()*\[\]%]*\Z", re.ASCII)
_PLAIN_IN_PATH = "-_.~$&+,/:;=@"


class Parts(NamedTuple):
    """A URL in pieces; the path is escaped, all else but the query is not."""

    scheme: str = ""
    opaque: str = ""
    user: str = ""
    host: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""


def request(text: str) -> Parts:
    """Return an absolute URL or path; a fragment is no part of it.

    Raises:
        ValueError: it is neither.
    """
    if not text:
        raise ValueError("empty url")
    return _parts(text, request=True)


def parts(text: str) -> Parts:
    """Return a URL with its fragment.

    Raises:
        ValueError: it is none.
    """
    bare, _, fragment = text.partition("#")
    return _parts(bare, request=False)._replace(fragment=_unescaped(fragment))


def _parts(text: str, *, request: bool) -> Parts:
    if _CONTROL.search(text):
        raise ValueError("invalid control character in URL")
    if text == "*":
        return Parts(path="*")
    scheme, rest = _scheme(text)
    rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if scheme:
            return Parts(scheme, rest, query=query)
        if request:
            raise ValueError("invalid URI for request")
    if rest.startswith("//") and (scheme or not (request or rest.startswith("///"))):
        authority, slash, path = rest[2:].partition("/")
        user, host = _authority(authority)
        return Parts(scheme, "", user, host, _path(slash + path), query)
    return Parts(scheme, path=_path(rest), query=query)


def _scheme(text: str) -> tuple[str, str]:
    if text.startswith(":"):
        raise ValueError("missing protocol scheme")
    found = _SCHEME.match(text)
    return (found[1].lower(), text[found.end() :]) if found else ("", text)


def _authority(text: str) -> tuple[str, str]:
    user, _, host = text.rpartition("@")
    if not _USER.match(user):
        raise ValueError("invalid userinfo")
    return _unescaped(user), _host(host)


def _host(host: str) -> str:
    if host.startswith("["):
        inside, bracket, port = host.rpartition("]")
        if not bracket:
            raise ValueError("missing ']' in host")
        inside, zone, name = inside.partition("%25")
        return _checked_host(inside) + (zone and f"%{_unescaped(name)}") + bracket + _port(port)
    colon = host.rfind(":")
    if colon != -1:
        _port(host[colon:])
    return _checked_host(host)


def _port(text: str) -> str:
    if not _PORT.match(text):
        raise ValueError(f'invalid port "{text}" after host')
    return text


def _checked_host(host: str) -> str:
    escape = _ESCAPED_ASCII.search(host)
    if escape:
        raise ValueError(f'invalid URL escape "{escape[0]}"')
    found = _NOT_IN_HOST.search(host)
    if found:
        raise ValueError(f'invalid character "{found[0]}" in host name')
    return _unescaped(host)


def _path(path: str) -> str:
    """Return a path escaped: as it is where it is escaped well, else anew."""
    plain = _unescaped_bytes(path)
    return path if _ESCAPED_PATH.match(path) else quote(plain, safe=_PLAIN_IN_PATH)


def _unescaped(text: str) -> str:
    return _unescaped_bytes(text).decode(errors="replace")


def _unescaped_bytes(text: str) -> bytes:
    bad = _BAD_ESCAPE.search(text)
    if bad:
        raise ValueError(f'invalid URL escape "{bad[0]}"')
    return unquote_to_bytes(text)


def query_values(query: str) -> dict[str, list[str]]:
    """Return what a query says, without the pairs that do not parse."""
    found: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        if ";" in pair or _BAD_ESCAPE.search(pair):
            continue
        name, _, value = pair.replace("+", " ").partition("=")
        found.setdefault(_unescaped(name), []).append(_unescaped(value))
    return found


def host_and_port(host: str) -> tuple[str, str]:
    """Return a host without brackets, and its port."""
    name, colon, port = host.rpartition(":")
    if not colon or not _PORT.match(colon + port):
        name, port = host, ""
    return (name[1:-1] if name.startswith("[") and name.endswith("]") else name), port
