"""Which kinds the rules of a policy name, as far as schemas know them; and what else they may have meant."""

from dataclasses import dataclass

from platform_compiler.load.identity import KINDS, TEAM_KINDS
from platform_compiler.load.shape import schema_for
from platform_compiler.policy.model import OWN_GROUP, Policy, Rule
from platform_compiler.policy.plurals import resource_of
from platform_compiler.schema.walk import Schema
from platform_compiler.verify.schemas import Schemas

ANY = "*"
_NAMESPACE: Schema = {
    "properties": {"namespace": {"type": "string"}},
    "required": ["namespace"],
    "additionalProperties": False,
}
_OF_A_TEAM: Schema = {"properties": {"metadata": _NAMESPACE}, "additionalProperties": False}
"""What a manifest is judged with, though nobody writes it: its team as its namespace."""


@dataclass(frozen=True, slots=True)
class Known:
    """A kind that a schema knows."""

    group: str
    version: str
    kind: str
    resource: str


def kinds_known(schemas: Schemas) -> tuple[Known, ...]:
    """Return every kind that is known, ours among them."""
    found = [Known(*_split(api_version), kind, resource_of(kind)) for api_version, kind in sorted(schemas.known())]
    return (*found, *(Known(OWN_GROUP, "v1", kind, resource_of(kind)) for kind in KINDS))


def _split(api_version: str) -> tuple[str, str]:
    group, _, version = api_version.rpartition("/")
    return group, version


def names_kind(rule: Rule, known: Known) -> bool:
    """Whether a rule names a kind."""
    return (
        _among(known.group, rule.groups)
        and _among(known.version, rule.versions)
        and any(resource in {ANY, "*/*", known.resource} for resource in rule.resources)
    )


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return value in wanted or ANY in wanted


def kinds_of(policy: Policy, kinds: tuple[Known, ...]) -> tuple[Known, ...]:
    """Return the known kinds that a policy is for."""
    return tuple(known for known in kinds if any(names_kind(rule, known) for rule in policy.match.rules))


def schema_of(known: Known, schemas: Schemas) -> Schema | None:
    """Return the schema of a known kind."""
    if known.group == OWN_GROUP:
        schema = schema_for(known.kind)
        return {**schema, "allOf": [_OF_A_TEAM]} if known.kind in TEAM_KINDS else schema
    judge = schemas.judge(f"{known.group}/{known.version}" if known.group else known.version, known.kind)
    return judge.schema if judge else None
