"""A policy whose expressions are compiled: ready to judge, and what is wrong with them where they are not.

Variables are bound around every expression that reads them (`cel.tree.bound`), so each is worked out when it is first
read and only then, as the API server does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from platform_compiler.cel.engine import ANY, BadExpressionError, Expression, Language, Problem, Type, language
from platform_compiler.cel.tree import names_in, overloads_in
from platform_compiler.policy.fields import unknown_fields
from platform_compiler.policy.model import Policy, Text
from platform_compiler.policy.refused import Refusal, refusals

_NAMESPACE = "namespaceObject"
_NAMES = ("object", "oldObject", "request", _NAMESPACE)
"""What every expression of a policy may read."""
_PARAMS = "params"
_AUTHORIZER = "authorizer"
NAMES = (*_NAMES, _PARAMS, _AUTHORIZER)
"""What some expression of some policy may read, besides its variables."""
_PREFIX = "variables."
_DYN = "dyn"
_VAGUE = frozenset({"min", "max", "sum"})
"""Functions whose value has the type of the items, which the engine cannot be told."""


class Expressions(NamedTuple):
    """The expressions of a policy. Messages are None where there is no expression for them."""

    language: Language
    conditions: tuple[tuple[str, Expression], ...]
    validations: tuple[Expression, ...]
    messages: tuple[Expression | None, ...]
    audits: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Compiled:
    """A sound policy. Its expressions are compiled once somebody asks for one, where they were not `given`."""

    policy: Policy
    given: Expressions | None = None

    @property
    def is_plain(self) -> bool:
        """Whether its validations are all there is: neither conditions, nor parameters, nor anything to note."""
        policy = self.policy
        return not (policy.conditions or policy.audits or policy.param_kind) and bool(policy.validations)

    @property
    def language(self) -> Language:
        """What its expressions may name."""
        return self._expressions.language

    @property
    def conditions(self) -> tuple[tuple[str, Expression], ...]:
        """Its conditions by name."""
        return self._expressions.conditions

    @property
    def validations(self) -> tuple[Expression, ...]:
        """Its validations."""
        return self._expressions.validations

    @property
    def messages(self) -> tuple[Expression | None, ...]:
        """For each validation the expression of its message."""
        return self._expressions.messages

    @property
    def audits(self) -> tuple[tuple[str, Expression], ...]:
        """What it notes, by name."""
        return self._expressions.audits

    @cached_property
    def _expressions(self) -> Expressions:
        return self.given or _Maker(self.policy).made()


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one expression of a policy."""

    text: Text
    problem: Problem


def compiled(policy: Policy) -> Compiled | tuple[Flaw | Refusal, ...]:
    """Return a policy ready to judge, or all that the API server would refuse it for."""
    maker = _Maker(policy)
    made = maker.made()
    wrong: tuple[Flaw | Refusal, ...] = (*refusals(policy), *maker.flaws)
    return wrong or Compiled(policy, made)


class _Maker:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        # Messages are for everybody, so the API server does not let them tell what somebody may do.
        known = (*_NAMES, _PARAMS) if policy.param_kind else _NAMES
        self._before = language(*known, _AUTHORIZER)
        self._scope = _Scope(self._before)
        self._message_scope = _Scope(language(*known))
        self._variables: dict[str, Expression] = {}
        self._lost: set[str] = set()
        self.flaws: list[Flaw] = []

    def made(self) -> Expressions:
        # Conditions are asked before anything else, and the API server refuses those that read a variable.
        conditions = [(name, self._condition(text)) for name, text in self._policy.conditions]
        for name, text in self._policy.variables:
            expression = self._compile(self._scope, text)
            if expression is None:
                self._lost.add(_PREFIX + name)
            else:
                self._variables[_PREFIX + name] = expression
            for scope in (self._scope, self._message_scope):
                scope.learn(_PREFIX + name, expression.type if expression else ANY)
        validations = [self._whole(one.expression, "bool") for one in self._policy.validations]
        messages = [
            self._whole(one.message_expression, "string", of=self._message_scope) if one.message_expression else None
            for one in self._policy.validations
        ]
        audits = [(name, self._whole(text, "string", "null")) for name, text in self._policy.audits]
        return Expressions(
            self._before,
            tuple((name, one) for name, one in conditions if one),
            tuple(filter(None, validations)),
            tuple(messages),
            tuple((name, one) for name, one in audits if one),
        )

    def _compile(self, of: "_Scope", text: Text) -> Expression | None:
        try:
            expression = of.language_for(text.text).compile(text.text)
        except BadExpressionError as bad:
            self.flaws += [Flaw(text, problem) for problem in bad.problems]
            return None
        unknown = [Flaw(text, problem) for problem in _unknown(expression)]
        self.flaws += unknown
        return None if unknown else expression

    def _typed(self, of: "_Scope", text: Text, *types: str) -> Expression | None:
        """Return an expression whose value is known to be of one of the types, as the API server demands."""
        expression = self._compile(of, text)
        if expression is None or expression.type_name in types or self._is_vague(expression):
            return expression
        self.flaws.append(Flaw(text, Problem(_mistyped(expression.type_name, types), 1, 1)))
        return None

    def _condition(self, text: Text) -> Expression | None:
        """Return a condition; the API server compiles those that read the namespace, and then gives them none."""
        expression = self._typed(_Scope(self._before), text, "bool")
        if expression is None or _NAMESPACE not in text.text:
            return expression
        return self._before.bound(expression, [(_NAMESPACE, self._before.compile("null"))])

    def _is_vague(self, expression: Expression) -> bool:
        """Whether the API server may know a type that the engine does not: that of the least one of some strings."""
        if expression.type_name != _DYN:
            return False
        needed = [expression, *(value for _, value in self._needed(expression))]
        if self._lost and any(self._lost & names_in(one.tree()) for one in needed):
            return True  # one flaw is told once
        return any(name in _VAGUE for one in needed for name, _, _ in overloads_in(one.tree()))

    def _whole(self, text: Text, *types: str, of: "_Scope | None" = None) -> Expression | None:
        """Return an expression with the variables it reads bound around it; its value must be of one of the types."""
        expression = self._typed(of or self._scope, text, *types)
        if expression is None:
            return None
        return self._before.bound(expression, list(self._needed(expression)))

    def _needed(self, expression: Expression) -> Iterator[tuple[str, Expression]]:
        """Yield the variables that an expression reads, and those that they read, in the order they are declared."""
        if not self._variables or "variables" not in expression.text:
            return iter(())
        needed = set(names_in(expression.tree()))
        for name in reversed(self._variables):
            if name in needed:
                needed |= names_in(self._variables[name].tree())
        return ((name, value) for name, value in self._variables.items() if name in needed)


class _Scope:
    """A language that comes to know variables one after the other.

    Making a language takes longer than compiling with it, so it is made anew only for who reads a variable.
    """

    def __init__(self, base: Language) -> None:
        self._base = base
        self._known: dict[str, Type] = {}
        self._made = base
        self._of = 0

    def learn(self, name: str, kind: Type) -> None:
        self._known[name] = kind

    def language_for(self, text: str) -> Language:
        if _PREFIX.rstrip(".") not in text:
            return self._base
        if self._of < len(self._known):
            self._made, self._of = self._base.with_names(self._known), len(self._known)
        return self._made


def _mistyped(kind: str, types: Sequence[str]) -> str:
    must = " or ".join(map(_article, types))
    if kind == _DYN:
        return f"nobody can tell before that the value is {must}: compare it with something"
    return f"the value is {_article(kind)}, and must be {must}"


def _unknown(expression: Expression) -> Iterator[Problem]:
    text = expression.text
    if "request" in text or _NAMESPACE in text:
        for name, offset in unknown_fields(expression.tree()):
            before = text[:offset]
            yield Problem(f"there is no field `{name}`", before.count("\n") + 1, offset - before.rfind("\n"))


def _article(name: str) -> str:
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def all_compiled(policies: Mapping[str, Policy]) -> tuple[dict[str, Compiled], dict[str, tuple[Flaw | Refusal, ...]]]:
    """Return the policies that can judge, and the flaws of those that cannot, by name."""
    ready: dict[str, Compiled] = {}
    flawed: dict[str, tuple[Flaw | Refusal, ...]] = {}
    for name, policy in policies.items():
        made = compiled(policy)
        if isinstance(made, Compiled):
            ready[name] = made
        else:
            flawed[name] = made
    return ready, flawed
