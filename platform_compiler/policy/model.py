"""Policies and bindings as values; every text keeps where it stands in its document."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from platform_compiler.objects import Body, Path
from platform_compiler.source.node import Node

GROUP = "admissionregistration.k8s.io"
OWN_GROUP = "platformc.dev"
"""The group of our own manifests: policies for it judge what teams write."""


class Action(StrEnum):
    """What comes of a violation, in the words of a binding's `validationActions`."""

    DENY = "Deny"
    WARN = "Warn"
    AUDIT = "Audit"


class Text(NamedTuple):
    """An expression, and where it stands in its document."""

    text: str
    path: Path


@dataclass(frozen=True, slots=True)
class Rule:
    """Which requests a rule is for; `*` stands for any, and `scope` is `Cluster`, `Namespaced` or `*`."""

    groups: tuple[str, ...]
    versions: tuple[str, ...]
    operations: tuple[str, ...]
    resources: tuple[str, ...]
    names: tuple[str, ...]
    scope: str


@dataclass(frozen=True, slots=True)
class Match:
    """`matchConstraints` of a policy, or `matchResources` of a binding; label selectors that are empty match all.

    `equivalent` says that rules are for all versions of a kind and not only for those that they name.
    """

    rules: tuple[Rule, ...]
    excluded: tuple[Rule, ...]
    namespaces: Body
    objects: Body
    equivalent: bool = True


class Validation(NamedTuple):
    """What must be true, and what is said where it is not."""

    expression: Text
    message: str
    message_expression: Text | None
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A ValidatingAdmissionPolicy.

    `ignores_failure` is `failurePolicy: Ignore`; `param_kind` an apiVersion and kind. `expands` says that a rule for
    pods also judges the pods that workloads will make.
    """

    name: str
    tree: Node
    body: Body
    ignores_failure: bool
    param_kind: tuple[str, str] | None
    match: Match
    conditions: tuple[tuple[str, Text], ...]
    variables: tuple[tuple[str, Text], ...]
    validations: tuple[Validation, ...]
    audits: tuple[tuple[str, Text], ...]
    annotations: Mapping[str, str]
    expands: bool

    @property
    def judges_manifests(self) -> bool:
        """Whether it is for manifests of ours, and not for objects of clusters."""
        return any(OWN_GROUP in rule.groups for rule in self.match.rules)

    @property
    def remediation(self) -> str:
        """How to mend a violation, in the policy's own words."""
        return self.annotations.get("platformc.dev/remediation", "")


class ParamRef(NamedTuple):
    """Which objects a binding takes parameters from: one by name, or all that a selector matches."""

    name: str
    namespace: str
    selector: Body | None
    denies_without: bool


@dataclass(frozen=True, slots=True)
class Binding:
    """A ValidatingAdmissionPolicyBinding; `tree` is None where it was made from a PolicySet."""

    name: str
    policy: str
    actions: tuple[Action, ...]
    params: ParamRef | None
    match: Match | None
    body: Body
    tree: Node | None = None
