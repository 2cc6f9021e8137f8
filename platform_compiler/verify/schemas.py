"""Which schema judges a kind: what was imported from the user's own clusters, else the profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema_rs import validator_for

from platform_compiler.schema.walk import Schema
from platform_compiler.verify.profile.profile import Kind, kind_in_profile, kinds
from platform_compiler.verify.versions import Versions


@dataclass(frozen=True, slots=True)
class Judge:
    """A kind's schema, ready to judge."""

    kind: Kind
    validator: Any

    @property
    def schema(self) -> Schema:
        """The schema itself, for words."""
        return self.kind.schema


@dataclass(frozen=True)
class Schemas:
    """The schemas of one cluster; `imported` by apiVersion and kind, all of them whole objects."""

    versions: Versions
    imported: Mapping[tuple[str, str], Kind] = field(default_factory=dict)
    _judges: dict[tuple[str, str], Judge | None] = field(default_factory=dict)

    def judge(self, api_version: str, kind: str) -> Judge | None:
        """Return who judges a kind, or None when nobody knows it."""
        key = (api_version, kind)
        if key not in self._judges:
            known = self.imported.get(key) or kind_in_profile(api_version, kind, self.versions)
            self._judges[key] = Judge(known, validator_for(known.schema)) if known else None
        return self._judges[key]

    def known(self) -> frozenset[tuple[str, str]]:
        """Return every apiVersion and kind that can be judged."""
        return kinds() | self.imported.keys()
