"""Which schema judges a kind: what was imported from the user's own clusters, else the profile."""

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from platform_compiler.schema.kind import Kind
from platform_compiler.schema.store import NOTHING, BadSchemaError, Store, path_of
from platform_compiler.schema.unique import Way, ways_of
from platform_compiler.schema.walk import Schema
from platform_compiler.verify.accepting import Accepting
from platform_compiler.verify.metadata import Metadata
from platform_compiler.verify.profile.profile import kind_in_profile, kinds, metadata
from platform_compiler.verify.versions import Versions

if TYPE_CHECKING:
    from platform_compiler.verify.rules import Rules


class Judge(NamedTuple):
    """A kind's schema, ready to judge."""

    kind: Kind
    accepting: Accepting
    ways: Way | None
    """To the lists whose items must differ."""
    rules: "Rules | None"
    """In CEL; None where the kind has none."""
    apart: bool = False
    """Whether the validator leaves `metadata` to `Metadata`."""

    @property
    def schema(self) -> Schema:
        """The schema itself, for words."""
        return self.kind.schema


class Schemas:
    """The schemas of one cluster."""

    def __init__(self, versions: Versions, imported: Store = NOTHING) -> None:
        self.versions: Final = versions
        self.imported: Final = imported
        self._judges: dict[tuple[str, str], Judge | None] = {}
        self.metadata: Final = Metadata()

    def judge(self, api_version: str, kind: str) -> Judge | None:
        """Return who judges a kind, or None when nobody knows it.

        Raises:
            BadSchemaError: the schema was imported and cannot be used.
        """
        key = (api_version, kind)
        if key not in self._judges:
            known = self._imported(*key)
            self._judges[key] = _judge(known, path_of(*key)) if known else _of_profile(*key, self.versions)
        return self._judges[key]

    def usable(self, api_version: str, kind: str) -> Judge | None:
        """Return who judges a kind, None also where its schema cannot be used: verification tells that."""
        try:
            return self.judge(api_version, kind)
        except BadSchemaError:
            return None

    def _imported(self, api_version: str, kind: str) -> Kind | None:
        """Return what was imported of a kind; an object's metadata is the same for all kinds."""
        found = self.imported.get(api_version, kind)
        if found is None:
            return None
        properties = {**found.schema["properties"], "metadata": metadata()}
        return Kind({**found.schema, "properties": properties}, found.namespaced)

    def known(self) -> frozenset[tuple[str, str]]:
        """Return every apiVersion and kind that can be judged."""
        return kinds() | self.imported.known()


@cache
def _of_profile(api_version: str, kind: str, versions: Versions) -> Judge | None:
    """Return who judges a kind by the profile: made once a process, since the profile travels with the program.

    It holds no rules in CEL: what they would say of built-in kinds, checks say.
    """
    known = kind_in_profile(api_version, kind, versions)
    if known is None:
        return None
    properties = known.schema["properties"]
    apart = properties["metadata"] == metadata()
    judged = {**known.schema, "properties": {**properties, "metadata": {"type": "object"}}} if apart else known.schema
    return Judge(known, Accepting(judged), ways_of(known.schema), None, apart)


def _judge(kind: Kind, path: str) -> Judge:
    from jsonschema_rs import validator_for  # noqa: PLC0415 -- takes a while, and few repositories import schemas

    try:
        accepting = Accepting(kind.schema, validator_for(kind.schema))
        return Judge(kind, accepting, ways_of(kind.schema), _rules(kind.schema, path))
    except ValueError as wrong:
        raise BadSchemaError(path) from wrong


def _rules(schema: Schema, path: str) -> "Rules | None":
    from platform_compiler.schema.imported import rules_in  # noqa: PLC0415 -- few repositories import schemas

    if not rules_in(schema):
        return None
    from platform_compiler.verify.rules import rules  # noqa: PLC0415 -- brings the engine, which few kinds need

    return rules(path.rpartition("/")[2].removesuffix(".json"), schema, path)
