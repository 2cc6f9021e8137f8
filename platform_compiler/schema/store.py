"""Schemas that were imported from a user's own clusters, at `schemas/<group>/<version>/<Kind>.json`.

The path is the identity, so nothing is read before it is asked for. The core group, which has no name, is `core`.
"""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from platform_compiler.schema.kind import Kind
from platform_compiler.source.tree import FileTree, Unreadable

FOLDER = "schemas"
_PATH = rf"{FOLDER}/(?P<group>[^/]+)/(?P<version>[^/]+)/(?P<kind>[^/]+)\.json\Z"
_CORE = "core"


class BadSchemaError(Exception):
    """A file of `schemas/` is not what `platformc schemas import` writes; the text is its path."""


class Store:
    """The imported schemas of a platform repository."""

    def __init__(self, tree: FileTree | None = None) -> None:
        self.tree: Final = tree

    @cached_property
    def _paths(self) -> Mapping[tuple[str, str], str]:
        paths = self.tree.paths() if self.tree else ()
        found = ((path, re.match(_PATH, path)) for path in paths if path.startswith(FOLDER))
        return {(_api_version(match["group"], match["version"]), match["kind"]): path for path, match in found if match}

    def known(self) -> frozenset[tuple[str, str]]:
        """Return every apiVersion and kind that was imported."""
        return frozenset(self._paths)

    def get(self, api_version: str, kind: str) -> Kind | None:
        """Return what was imported of a kind, or None.

        Raises:
            BadSchemaError: the file is there, and is not what an import wrote.
        """
        path = self._paths.get((api_version, kind))
        if path is None or self.tree is None:
            return None
        try:
            document: Any = json.loads(self.tree.read(path))
            known: dict[str, Any] = document["schema"]["properties"]
            return Kind({**document["schema"], "properties": {**known}}, document["namespaced"])
        except (Unreadable, ValueError, KeyError, TypeError) as wrong:
            raise BadSchemaError(path) from wrong


NOTHING = Store()
"""Where nothing was imported."""


def path_of(api_version: str, kind: str) -> str:
    """Return where the schema of a kind is kept."""
    group, _, version = api_version.rpartition("/")
    return f"{FOLDER}/{group or _CORE}/{version}/{kind}.json"


def text_of(kind: Kind) -> str:
    """Return the content of a kind's file: the same schema gives the same bytes, one line a top-level field."""
    return json.dumps({"namespaced": kind.namespaced, "schema": kind.schema}, sort_keys=True, ensure_ascii=False) + "\n"


def _api_version(group: str, version: str) -> str:
    return version if group == _CORE else f"{group}/{version}"
