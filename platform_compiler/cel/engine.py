"""The one door to the CEL engine, `cel-expr-python`: languages, expressions, and what goes into and comes out of them.

The library tells some troubles by exceptions and others by values; here both are exceptions, so that no trouble can be
taken for a verdict. Objects must be plain `dict`, `list` and scalars, as the library takes nothing else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from cel_expr_python import cel

from platform_compiler.cel import optionals
from platform_compiler.cel import tree as trees
from platform_compiler.cel.functions import FUNCTIONS
from platform_compiler.cel.functions.declare import Function
from platform_compiler.cel.functions.formats import OPTIONAL
from platform_compiler.cel.tree import Let, Part, Tree

Activation: TypeAlias = Any
"""Values by name, as the engine holds them: made once an object, read by many expressions."""
Type: TypeAlias = Any
"""A type of the language."""

_EXTENSIONS = "name: kubernetes\nextensions:\n" + "".join(
    f"  - name: {name}\n" for name in ("optional", "sets", "lists", "two-var-comprehensions")
)
_PROBLEM = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_NOWHERE = "ERROR: <input>:-1:-1: "
_MAY_GIVE_OPTIONALS = re.compile(r"\bvalidate\b|\bnamed\b")
_KIND = re.compile(r"\A[A-Z_]+: |\s*\[[A-Z_]+\]?\Z")
_REWORDED = (
    (re.compile(r'Key not found in map : "?(.*?)"?\Z'), r"no such key: \1"),
    (re.compile(r"Index error: index=(\S+) size=\S+\Z"), r"index out of bounds: \1"),
    (re.compile(r"No matching overloads found : (.*)\Z"), r"no such overload: \1"),
    (re.compile(r"Applying SELECT to non-message type\Z"), "no fields to read: it is null, or no map"),
    (re.compile(r"Iteration budget exceeded\Z"), "it needs more than 10,000 rounds of loops, as only clusters allow"),
    (re.compile(r".*recursion (?:limit|depth).*\Z"), "it is nested more deeply than 32 levels, as only clusters allow"),
    (re.compile(r"Integer value '(-?\d+)' out of range .*\Z"), r"the integer \1 has more than 64 bits"),
)
"""Words of the engine, and what the API server says instead, or what nobody but us says."""


class Problem(NamedTuple):
    """What is wrong with an expression: words, and the place in its text; lines and columns count from 1."""

    words: str
    line: int
    column: int


class BadExpressionError(Exception):
    """An expression does not compile."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.words for problem in problems))
        self.problems = tuple(problems)


class EvaluationError(Exception):
    """An expression has no value for what it was given; the text says why."""


class Optional(NamedTuple):
    """An optional value, which only the language itself can look into; the text shows it."""

    text: str

    @property
    def present(self) -> bool:
        """Whether it holds a value."""
        return self.text.startswith("optional.of(")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: its text, the type of its value, and how to judge it."""

    text: str
    type: Type
    _compiled: Any

    @property
    def type_name(self) -> str:
        """The type of its value in the language's own words, such as `bool` or `list<dyn>`."""
        name: str = self.type.name()
        return name.lower()

    def value(self, activation: Activation) -> Any:
        """Return the value: plain maps, lists and scalars; what is optional comes as `Optional`.

        Raises:
            EvaluationError: there is none.
        """
        try:
            found = self._compiled.eval(activation)
        except (RuntimeError, ValueError, TypeError) as trouble:
            raise EvaluationError(_reworded(str(trouble))) from trouble
        return _plain(found)

    def holds(self, activation: Activation) -> bool:
        """Whether the value is `true`; neither when it is anything else, nor when there is none."""
        try:
            found = self._compiled.eval(activation)
        except (RuntimeError, ValueError, TypeError):
            return False
        return bool(found.type() == cel.Type.BOOL and found.value())

    def tree(self) -> Tree:
        """Return the checked syntax tree."""
        return trees.read(self._compiled.serialize())


@dataclass(frozen=True, slots=True)
class Language:
    """Names with their types, over the functions that Kubernetes has; expressions are compiled against it."""

    _names: Mapping[str, Type]
    _environment: Any

    def compile(self, text: str) -> Expression:
        """Compile an expression.

        Raises:
            BadExpressionError: it is not one, or reads what there is not.
        """
        try:
            compiled = self._environment.compile(text)
        except (RuntimeError, ValueError) as trouble:
            raise BadExpressionError(_problems(str(trouble))) from trouble
        made = Expression(text, compiled.return_type(), compiled)
        return self._with_optionals(made) if _MAY_GIVE_OPTIONALS.search(text) else made

    def _with_optionals(self, expression: Expression) -> Expression:
        tree = optionals.wrapped(expression.tree(), OPTIONAL)
        return Expression(expression.text, expression.type, self._environment.deserialize(trees.write(tree)))

    def bound(self, expression: Expression, lets: Sequence[tuple[str, Expression]]) -> Expression:
        """Return an expression in which names stand for the values of others, which are worked out when first read."""
        if not lets:
            return expression
        made = trees.bound(expression.tree(), [Let(name, value.tree()) for name, value in lets])
        return Expression(expression.text, expression.type, self._environment.deserialize(trees.write(made)))

    def together(
        self, conditions: Sequence[Expression], several: Sequence[Expression], lets: Sequence[tuple[str, Expression]]
    ) -> Expression | None:
        """Return an expression that is true where all of several are, or else a condition is false.

        Names that several of them read stand for values that are worked out once. Conditions read none of them. None
        where all of that together is nested more deeply than the engine takes.
        """
        made = trees.conjunction([one.tree() for one in several])
        if conditions:
            made = trees.guarded(trees.conjunction([one.tree() for one in conditions]), made)
        made = trees.bound(made, [Let(name, value.tree()) for name, value in lets])
        try:
            return Expression("", cel.Type.BOOL, self._environment.deserialize(trees.write(made)))
        except RuntimeError:
            return None

    def part(self, tree: Tree, part: Part) -> Expression:
        """Return a part of a tree as an expression of its own; the loop variables it reads are names it is given."""
        alone = self._environment.deserialize(trees.write(trees.part_of(tree, part)))
        return Expression("", alone.return_type(), alone)

    def with_tree(self, expression: Expression, tree: Tree) -> Expression:
        """Return an expression that is judged by another tree than its own."""
        return Expression(expression.text, expression.type, self._environment.deserialize(trees.write(tree)))

    def with_names(self, names: Mapping[str, Type]) -> "Language":
        """Return a language that knows more names."""
        return _language({**self._names, **names})


ANY: Type = cel.Type.DYN
"""The type of what nobody knows the type of."""


@cache
def language(*names: str) -> Language:
    """Return a language that knows some names, each of any type."""
    return _language(dict.fromkeys(names, ANY))


def activation(values: Mapping[str, object]) -> Activation:
    """Return values as the engine holds them.

    Raises:
        EvaluationError: a value is nothing that the language knows.
    """
    try:
        return _anything().Activation(dict(values))
    except (RuntimeError, ValueError, TypeError) as trouble:
        raise EvaluationError(_reworded(str(trouble))) from trouble


def _language(names: Mapping[str, Type]) -> Language:
    made = cel.NewEnv(config=_config(), variables=dict(names), extensions=[_extension()])
    return Language(dict(names), made)


@cache
def _config() -> Any:
    return cel.NewEnvConfigFromYaml(_EXTENSIONS)


@cache
def _anything() -> Any:
    return cel.NewEnv(config=_config())


@cache
def _extension() -> Any:
    return cel.CelExtension("kubernetes", [_declared(function) for function in FUNCTIONS])


def _declared(function: Function) -> Any:
    return cel.FunctionDecl(
        function.name,
        [
            cel.Overload(one.id, _type(one.result), list(map(_type, one.parameters)), one.member, impl=one.call)
            for one in function.overloads
        ],
    )


@cache
def _type(words: str) -> Type:
    """Return a type by its words: `list(string)`, `map(string, dyn)`, `int`."""
    if words.startswith("list("):
        return cel.Type.List(_type(words[5:-1]))
    if words.startswith("map("):
        key, _, value = words[4:-1].partition(", ")
        return cel.Type.Map(_type(key), _type(value))
    return getattr(cel.Type, words.upper())


def _plain(found: Any) -> Any:
    """Return a value of the engine; containers one by one, as the engine's own way crashes on an optional in a map."""
    kind = found.type()
    if kind == cel.Type.BOOL:
        return found.value()
    if kind == cel.Type.NULL:
        # Asked for it, the engine gives a `None` that it does not own: after some thousands Python falls over.
        return None
    if kind == cel.Type.ERROR or kind == cel.Type.UNKNOWN:  # noqa: PLR1714 -- a type has no hash
        return _optional(found)
    try:
        value = found.value()
        if isinstance(value, list):
            return [_plain(item) for item in value]
        if isinstance(value, dict):
            # The engine keeps maps in an order of its own, another one each time.
            return {key: _plain(value[key]) for key in sorted(value, key=str)}
        return found.plain_value()
    except (RuntimeError, ValueError, TypeError) as trouble:
        raise EvaluationError(f"a value of type {kind.name()} cannot be shown") from trouble


def _optional(found: Any) -> Optional:
    # The engine calls an optional value an error too, but cannot tell its words.
    try:
        words = str(found.value())
    except TypeError:
        return Optional(str(found))
    raise EvaluationError(_reworded(words))


def _problems(words: str) -> list[Problem]:
    found = [
        Problem(m[3].strip().removesuffix(" (in container '')"), int(m[1]), max(1, int(m[2])))
        for m in _PROBLEM.finditer(words)
    ]
    return found or [Problem(_reworded(words), 1, 1)]


def _reworded(words: str) -> str:
    first = words.splitlines()[0] if words else "it has no value"
    said = _KIND.sub("", first).replace(_NOWHERE, "").strip()
    for pattern, instead in _REWORDED:
        said = pattern.sub(instead, said)
    return said
