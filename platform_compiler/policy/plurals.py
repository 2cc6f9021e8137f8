"""What rules call kinds: the plural that the API server serves them under."""

from functools import cache

_UNLIKE = {
    "Endpoints": "endpoints",
    "NetworkPolicy": "networkpolicies",
    "EnvoyProxy": "envoyproxies",
    "RawResources": "rawresources",
}


@cache
def resource_of(kind: str) -> str:
    """Return the plural of a kind, as custom and built-in kinds form it: `Pod` is `pods`, `Policy` is `policies`."""
    if kind in _UNLIKE:
        return _UNLIKE[kind]
    word = kind.lower()
    if word.endswith("y") and word[-2:-1] not in {*"aeiou"}:
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
