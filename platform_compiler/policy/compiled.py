"""A policy whose expressions are compiled: ready to judge, and what is wrong with them where they are not.

Variables are bound around every expression that reads them (`cel.tree.bound`), so each is worked out when it is first
read and only then, as the API server does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

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


@dataclass(frozen=True, eq=False)
class Compiled:
    """A policy with its expressions, each of which is compiled when somebody first asks for it.

    `flaws` are what was wrong with those; `compiled` asks for all.
    """

    policy: Policy
    flaws: list["Flaw"] = field(default_factory=list, repr=False)

    @cached_property
    def language(self) -> Language:
        """What its expressions may name."""
        return language(*self._known, _AUTHORIZER)

    @cached_property
    def conditions(self) -> tuple[tuple[str, Expression], ...]:
        """Its conditions by name; the API server refuses those that read a variable."""
        made = [(name, self._condition(text)) for name, text in self.policy.conditions]
        return tuple((name, one) for name, one in made if one)

    @cached_property
    def validations(self) -> tuple[Expression, ...]:
        """Its validations."""
        return tuple(map(self._whole, self._rules))

    @cached_property
    def messages(self) -> tuple[Expression | None, ...]:
        """For each validation the expression of its message."""
        texts = [one.message_expression for one in self.policy.validations]
        made = [self._typed(self._variables.of_messages, text, "string") if text else None for text in texts]
        return tuple(self._whole(one) if one else None for one in made)

    @cached_property
    def audits(self) -> tuple[tuple[str, Expression], ...]:
        """What it notes, by name."""
        made = [(name, self._typed(self._variables.scope, text, "string", "null")) for name, text in self.policy.audits]
        return tuple((name, self._whole(one)) for name, one in made if one)

    @cached_property
    def in_order(self) -> Expression | None:
        """What is true where nothing is wrong: the policy does not judge, or else all validations hold.

        It works a variable out once for all of them. Where it is not true, or has no value, only asking them tells why.
        None where more decides than one request, or where a cluster notes something.
        """
        if self.policy.audits or self.policy.param_kind or not self.policy.validations:
            return None
        conditions = [one for _, one in self.conditions]
        return self.language.together(conditions, self._rules, list(self._needed(*self._rules)))

    @cached_property
    def reads(self) -> frozenset[str]:
        """What of a request decides whether it is in order."""
        return names_in(self.in_order.tree()) if self.in_order else frozenset()

    @cached_property
    def _rules(self) -> tuple[Expression, ...]:
        """Its validations, without the variables that they read."""
        made = [self._typed(self._variables.scope, one.expression, "bool") for one in self.policy.validations]
        return tuple(filter(None, made))

    @cached_property
    def _variables(self) -> "_Variables":
        # Messages are for everybody, so the API server does not let them tell what somebody may do.
        found = _Variables(_Scope(self.language), _Scope(language(*self._known)))
        for name, text in self.policy.variables:
            found.learn(_PREFIX + name, self._compile(found.scope, text))
        return found

    @property
    def _known(self) -> tuple[str, ...]:
        return (*_NAMES, _PARAMS) if self.policy.param_kind else _NAMES

    def _compile(self, of: "_Scope", text: Text) -> Expression | None:
        try:
            expression = of.language_for(text.text).compile(text.text)
        except BadExpressionError as bad:
            self.flaws.extend(Flaw(text, problem) for problem in bad.problems)
            return None
        unknown = [Flaw(text, problem) for problem in _unknown(expression)]
        self.flaws.extend(unknown)
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
        expression = self._typed(_Scope(self.language), text, "bool")
        if expression is None or _NAMESPACE not in text.text:
            return expression
        return self.language.bound(expression, [(_NAMESPACE, self.language.compile("null"))])

    def _is_vague(self, expression: Expression) -> bool:
        """Whether the API server may know a type that the engine does not: that of the least one of some strings."""
        if expression.type_name != _DYN:
            return False
        needed = [expression, *(value for _, value in self._needed(expression))]
        lost = self._variables.lost
        if lost and any(lost & names_in(one.tree()) for one in needed):
            return True  # one flaw is told once
        return any(name in _VAGUE for one in needed for name, _, _ in overloads_in(one.tree()))

    def _whole(self, expression: Expression) -> Expression:
        """Return an expression with the variables it reads bound around it."""
        return self.language.bound(expression, list(self._needed(expression)))

    def _needed(self, *expressions: Expression) -> Iterator[tuple[str, Expression]]:
        """Yield the variables that expressions read, and those that they read, in the order they are declared."""
        readers = [one for one in expressions if "variables" in one.text]
        known = self._variables.known if readers else {}
        needed = {name for one in readers if known for name in names_in(one.tree())}
        for name in reversed(known):
            if name in needed:
                needed |= names_in(known[name].tree())
        return ((name, value) for name, value in known.items() if name in needed)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one expression of a policy."""

    text: Text
    problem: Problem


def compiled(policy: Policy) -> Compiled | tuple[Flaw | Refusal, ...]:
    """Return a policy ready to judge, or all that the API server would refuse it for."""
    made = Compiled(policy)
    _ = made.conditions, made.validations, made.messages, made.audits
    wrong: tuple[Flaw | Refusal, ...] = (*refusals(policy), *made.flaws)
    return wrong or made


@dataclass(frozen=True, slots=True)
class _Variables:
    """The variables of a policy by name, and the languages that know them; `lost` are those that do not compile."""

    scope: "_Scope"
    of_messages: "_Scope"
    known: dict[str, Expression] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def learn(self, name: str, expression: Expression | None) -> None:
        if expression is None:
            self.lost.add(name)
        else:
            self.known[name] = expression
        for scope in (self.scope, self.of_messages):
            scope.learn(name, expression.type if expression else ANY)


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
