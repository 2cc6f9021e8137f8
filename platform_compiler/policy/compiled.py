"""A policy whose expressions are compiled: ready to judge, and what is wrong with them where they are not.

Variables are bound around every expression that reads them (`cel.tree.bound`), so each is worked out when it is first
read and only then, as the API server does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from platform_compiler.cel.engine import ANY, BadExpressionError, Expression, Language, Problem, language
from platform_compiler.cel.tree import names_in
from platform_compiler.policy.model import Policy, Text

NAMES = ("object", "oldObject", "request", "params", "namespaceObject", "authorizer")
"""What expressions of a policy may read, besides its variables."""
_PREFIX = "variables."


@dataclass(frozen=True, slots=True)
class Compiled:
    """A policy's expressions. Messages are None where there is no expression for them."""

    policy: Policy
    language: Language
    conditions: tuple[tuple[str, Expression], ...]
    validations: tuple[Expression, ...]
    messages: tuple[Expression | None, ...]
    audits: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one expression of a policy."""

    text: Text
    problem: Problem


def compiled(policy: Policy) -> Compiled | tuple[Flaw, ...]:
    """Return a policy ready to judge, or all that is wrong with its expressions."""
    maker = _Maker(policy)
    made = maker.made()
    return tuple(maker.flaws) if maker.flaws else made


class _Maker:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._before = language(*NAMES)
        self._with_variables = self._before
        self._variables: dict[str, Expression] = {}
        self.flaws: list[Flaw] = []

    def made(self) -> Compiled:
        # Conditions are asked before anything else and may read the variables too.
        for name, text in self._policy.variables:
            expression = self._compile(text)
            if expression is not None:
                self._variables[_PREFIX + name] = expression
            kind = expression.type if expression else ANY  # one flaw is told once
            self._with_variables = self._with_variables.with_name(_PREFIX + name, kind)
        conditions = [(name, self._whole(text, "bool")) for name, text in self._policy.conditions]
        validations = [self._whole(one.expression, "bool") for one in self._policy.validations]
        messages = [
            self._whole(one.message_expression, "string") if one.message_expression else None
            for one in self._policy.validations
        ]
        audits = [(name, self._whole(text, "string", "null")) for name, text in self._policy.audits]
        return Compiled(
            self._policy,
            self._with_variables,
            tuple((name, one) for name, one in conditions if one),
            tuple(filter(None, validations)),
            tuple(messages),
            tuple((name, one) for name, one in audits if one),
        )

    def _compile(self, text: Text) -> Expression | None:
        try:
            return self._with_variables.compile(text.text)
        except BadExpressionError as bad:
            self.flaws += [Flaw(text, problem) for problem in bad.problems]
            return None

    def _whole(self, text: Text, *types: str) -> Expression | None:
        """Return an expression with the variables it reads bound around it; its value must be of one of the types."""
        expression = self._compile(text)
        if expression is None:
            return None
        if expression.type_name not in {*types, "dyn"}:
            words = f"the value is {_article(expression.type_name)}, and must be {' or '.join(map(_article, types))}"
            self.flaws.append(Flaw(text, Problem(words, 1, 1)))
            return None
        return self._with_variables.bound(expression, list(self._needed(expression)))

    def _needed(self, expression: Expression) -> Iterator[tuple[str, Expression]]:
        """Yield the variables that an expression reads, and those that they read, in the order they are declared."""
        if not self._variables or "variables" not in expression.text:
            return iter(())
        needed = set(names_in(expression.tree()))
        for name in reversed(self._variables):
            if name in needed:
                needed |= names_in(self._variables[name].tree())
        return ((name, value) for name, value in self._variables.items() if name in needed)


def _article(name: str) -> str:
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def all_compiled(policies: Mapping[str, Policy]) -> tuple[dict[str, Compiled], dict[str, tuple[Flaw, ...]]]:
    """Return the policies that can judge, and the flaws of those that cannot, by name."""
    ready: dict[str, Compiled] = {}
    flawed: dict[str, tuple[Flaw, ...]] = {}
    for name, policy in policies.items():
        made = compiled(policy)
        if isinstance(made, Compiled):
            ready[name] = made
        else:
            flawed[name] = made
    return ready, flawed
