"""Cures for a value that was written as another type than its schema takes: each one is tried before it is advised."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from platform_compiler.schema.patterns import matches
from platform_compiler.source.node import ScalarNode
from platform_compiler.source.scalars import resolve, resolve_as_kubectl

_SHARE = re.compile(r"([0-9.]+) *%\Z")
Fits = Callable[[ScalarNode], bool]


def quoted(node: ScalarNode) -> ScalarNode:
    """Return a scalar as its text in quotes would be read."""
    return replace(node, value=node.text, quoted=True)


def bare(node: ScalarNode, text: str) -> ScalarNode:
    """Return a scalar as a text without quotes would be read."""
    return replace(node, value=resolve(text), text=text, quoted=False)


def with_unit(schema: dict[str, Any], text: str) -> str:
    """Say how to write a number that lacks its unit; empty where that is not what is wrong."""
    written = [f"{text}{unit}" for unit in schema.get("x-units", ())]
    right = [f"`{candidate}`" for candidate in written if matches(schema.get("pattern", ""), candidate)]
    return f"write a unit: {' or '.join(right)}" if right else ""


def as_another_type(node: ScalarNode, fits: Fits) -> str:
    """Say how to write a number or a boolean that was written as text or by YAML 1.1; empty where there is no way."""
    if node.quoted and fits(bare(node, node.text)):
        return f"remove the quotes: `{node.text}`"
    if (share := _SHARE.match(node.text)) and fits(bare(node, share[1])):
        return f"write the number alone: `{share[1]}`"
    value = resolve_as_kubectl(node.text)
    if isinstance(value, bool) and fits(replace(node, value=value, quoted=False)):
        return f"write `{str(value).lower()}`"
    return ""
