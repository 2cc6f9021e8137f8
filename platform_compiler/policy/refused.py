"""What the API server refuses a policy for, besides its shape and its expressions.

Source: the field documentation of ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1) and what the API server
says to policies that do not keep it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_list, a_map, at, maps, text
from platform_compiler.policy.model import Policy

_IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_RESERVED = frozenset(
    {
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"),
        *("let", "loop", "package", "namespace", "return", "var", "void", "while"),
    }
)
_WILDCARDS: Mapping[str, str] = {"apiGroups": "*", "apiVersions": "*", "operations": "*", "resources": "*/*"}


class Refusal(NamedTuple):
    """A field of a policy that the API server does not take, and why."""

    path: Path
    words: str


def refusals(policy: Policy) -> Iterator[Refusal]:
    """Yield everything that keeps a policy out of a cluster."""
    spec = a_map(policy.body, "spec")
    if not policy.validations and not policy.audits:
        yield Refusal(("spec",), "it has neither `validations` nor `auditAnnotations`")
    kind = at(spec, "paramKind")
    if kind is not None and not all(policy.param_kind or ("",)):
        yield Refusal(("spec", "paramKind"), "`apiVersion` and `kind` of its parameters are needed")
    for i, (name, _) in enumerate(policy.variables):
        if not _IDENTIFIER.fullmatch(name) or name in _RESERVED:
            yield Refusal(("spec", "variables", i, "name"), f"no expression can read a variable named `{name}`")
    for i, one in maps(spec, "validations"):
        yield from _message(one, ("spec", "validations", i, "message"))
    yield from _rules(spec)


def _message(validation: Body, path: Path) -> Iterator[Refusal]:
    if "message" not in validation:
        return
    words = text(validation, "message")
    if words and not words.strip():
        yield Refusal(path, "the message is blank")
    if re.search(r"[\r\n]", words.strip()):
        yield Refusal(path, "the message has more than one line")


def _rules(spec: Body) -> Iterator[Refusal]:
    place = ("spec", "matchConstraints")
    constraints = a_map(spec, "matchConstraints")
    for field in ("resourceRules", "excludeResourceRules"):
        for i, rule in maps(constraints, field):
            for key, wildcard in _WILDCARDS.items():
                values = a_list(rule, key)
                if wildcard in values and len(values) > 1:
                    yield Refusal((*place, field, i, key), f"`{wildcard}` stands for all, and beside it are others")
