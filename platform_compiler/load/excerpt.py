"""A part of a repository that is checked by itself, and what is known of it from a check of the whole."""

from collections.abc import Mapping, MutableMapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from platform_compiler.load.model import Manifest
from platform_compiler.source.node import MapNode

Read: TypeAlias = MutableMapping[tuple[str, bytes], Manifest]
"""Manifests in which nothing was found, by path and bytes: what two states of a repository share is read once."""


class Excerpt(NamedTuple):
    """What is known of a part of a repository.

    Manifests that are `unread` are not in it, and nobody is told that they do not exist. Files that are `sound` are as
    they were in a whole without errors: nobody asks again for their shape, nor for that of what they merge to. With
    `core` only what is said of these files of teams is of interest, and nothing is wrong with the policies. What was
    read before is taken from `read`, and what nothing is found in is put there. Of `documents` the text alone was read,
    and nothing was wrong with it.
    """

    unread: frozenset[str] = frozenset()
    sound: frozenset[str] = frozenset()
    core: frozenset[str] | None = None
    read: Read | None = None
    documents: Mapping[str, MapNode] = MappingProxyType({})

    def asks_about(self, path: str) -> bool:
        """Whether it is of interest what is said of a file."""
        return self.core is None or path in self.core


WHOLE = Excerpt()
"""No part but all, of which nothing is known."""
