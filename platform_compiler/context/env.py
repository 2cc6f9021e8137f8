"""Environment variables in Kubernetes' own shape, each after those it refers to."""

import re
from collections.abc import Mapping
from typing import Any

Addresses = Mapping[tuple[str, str, str | None, str], str]
_REFERENCE = r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)"


def env_list(env: Mapping[str, Any], app: str, existing: frozenset[tuple[str, str]], addresses: Addresses) -> list[Any]:
    """Return `env` as a list: sorted by name, but `$(NAME)` after NAME.

    `existing` are the secrets and config maps that keep their own name; `addresses` are the texts of address values;
    a variable whose address has no text (an optional call that was not granted) is left out.
    """
    kept: dict[str, Any] = {}
    for name, value in env.items():
        key = _address_of(value) if type(value) is dict else None
        if key is None:
            kept[name] = value
        elif key in addresses:
            kept[name] = addresses[key]
    return [
        {"name": name, "value": value} if type(value) is str else _entry(name, value, app, existing)
        for name, value in _ordered(kept).items()
    ]


def _ordered(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return variables by name, but each behind those that it refers to."""
    refers = [name for name, value in kept.items() if type(value) is str and "$(" in value]
    if not refers:
        return dict(sorted(kept.items()))
    ordered: dict[str, Any] = {}
    for name in sorted(kept):
        _put(name, kept, ordered, ())
    return ordered


def _put(name: str, kept: Mapping[str, Any], ordered: dict[str, Any], waiting: tuple[str, ...]) -> None:
    """Put a variable behind those that it refers to; those that are `waiting` refer to it themselves."""
    if name in ordered or name in waiting:
        return
    value = kept[name]
    if isinstance(value, str) and "$(" in value:
        for other in re.findall(_REFERENCE, value):
            if other in kept:
                _put(other, kept, ordered, (*waiting, name))
    ordered[name] = value


def source_name(word: str, name: str, app: str, existing: frozenset[tuple[str, str]]) -> str:
    """Return the resource's name of a secret or config map: the application's own carry its name in front."""
    return name if (word, name) in existing else f"{app}-{name}"


def _entry(name: str, value: Any, app: str, existing: frozenset[tuple[str, str]]) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"name": name, "value": str(value)}
    return {"name": name, "valueFrom": _source(value, app, existing)}


def _source(value: Mapping[str, Any], app: str, existing: frozenset[tuple[str, str]]) -> dict[str, Any]:
    for word in ("secret", "configMap"):
        if word in value:
            chosen = {"name": source_name(word, value[word], app, existing), "key": value["key"]}
            if "optional" in value:
                chosen["optional"] = value["optional"]
            return {f"{word}KeyRef": chosen}
    if "field" in value:
        return {"fieldRef": {"fieldPath": value["field"]}}
    return {"resourceFieldRef": {"resource": value["resource"]}}


def _address_of(value: Mapping[str, Any]) -> tuple[str, str, str | None, str] | None:
    """Return what decides the text of an address (as `Address.key`), or None for a value that is none."""
    for kind in ("call", "self", "expose"):
        if kind in value:
            port = value["self"] if kind == "self" else value.get("port")
            return kind, value[kind], port, value.get("format", "url")
    return None


def env_from(sources: list[Any], app: str, existing: frozenset[tuple[str, str]]) -> list[Any]:
    """Return whole sources of variables; later ones win."""
    found = []
    for source in sources:
        word = "secret" if "secret" in source else "configMap"
        entry: dict[str, Any] = {f"{word}Ref": {"name": source_name(word, source[word], app, existing)}}
        found.append({"prefix": source["prefix"], **entry} if "prefix" in source else entry)
    return found
