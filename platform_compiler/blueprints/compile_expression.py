"""Expressions as closures: what `reference.evaluate` works out by walking, made ready once.

Each form of expression costs as few calls as it can, since a template asks the same for every target.
"""

from collections.abc import Callable

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints import operations as o
from platform_compiler.blueprints.free import Path, path_of
from platform_compiler.blueprints.look_up import Closure, any_at, at, empty_at, holds_at, present_at
from platform_compiler.blueprints.operations import EvaluationError, MissingError, Value
from platform_compiler.blueprints.reference import ARITHMETIC, DROPPED, Scope, present

CONTEXT = "$context"
"""The key under which the context stands in the scope of a place with names of its own; no expression can name it."""
_TRUE_OR_FALSE = (nodes.And, nodes.Compare, nodes.Not, nodes.Or, nodes.Test)
_NEVER_NOTHING = (*_TRUE_OR_FALSE, nodes.BinExpr, nodes.Concat, nodes.Dict, nodes.List)


class Expressions:
    """Compiles the expressions of one place of a template: of its names some are its `own`, all others the context's.

    The scope that closures are called with is the context, or where `nested` a small map of the own names, which holds
    the context: to copy the whole context for one name more would cost more than most templates.
    """

    def __init__(self, own: frozenset[str] = frozenset(), *, nested: bool = False) -> None:
        self._own = own
        self.nested = nested

    def nest(self, *names: str) -> "Expressions":
        """Return the same for a nested scope, with more names of its own."""
        return Expressions(self._own.union(names), nested=True)

    def path(self, tree: nodes.Expr) -> Path | None:
        """Return where a scope has what an expression that is a path stands for; None for other expressions."""
        path = path_of(tree)
        return (CONTEXT, *path) if path is not None and self.nested and path[0] not in self._own else path

    def surely_have(self, path: Path) -> bool:
        """Whether something surely stands at a path of a scope."""
        return not path or (len(path) == 1 and (path[0] in self._own or path[0] == CONTEXT))

    def present(self, tree: nodes.Expr) -> Closure:
        """Return the closure of an expression that must have a value."""
        path = self.path(tree)
        if path is not None:
            return present_at(path)
        closure = self.value(tree)
        sure = isinstance(tree, _NEVER_NOTHING) or (isinstance(tree, nodes.Const) and tree.value is not None)
        return closure if sure else _needed(closure)

    def not_empty(self, tree: nodes.Expr) -> Path | None:
        """Return the path of which an expression asks whether it is not empty; None for other expressions."""
        test = tree.node if isinstance(tree, nodes.Not) else None
        return self.path(test.node) if isinstance(test, nodes.Test) and test.name == "empty" else None

    def optional(self, tree: nodes.Expr) -> Closure:
        """Return what gives the value of an expression, or `DROPPED` where it has none."""
        path = self.path(tree)
        if path is not None:
            return any_at(path)
        closure = self.present(tree)

        def optional(scope: Scope) -> Value:
            try:
                return closure(scope)
            except MissingError:
                return DROPPED

        return optional

    def condition(self, tree: nodes.Expr) -> Closure:
        """Return the closure of whether an expression holds."""
        path = self.path(tree)
        if path is not None:
            return holds_at(path)
        closure = self.value(tree)
        if isinstance(tree, _TRUE_OR_FALSE):
            return closure
        return lambda scope: o.truth(closure(scope))

    def value(self, tree: nodes.Expr) -> Closure:  # noqa: C901, PLR0911, PLR0912 -- one branch a form of expression
        """Return the closure of a permitted expression, which may have no value (`None`)."""
        path = self.path(tree)
        if path is not None:
            return at(path)
        match tree:
            case nodes.Const():
                value = tree.value
                return lambda _: value
            case nodes.Getattr() | nodes.Getitem():
                key = tree.attr if isinstance(tree, nodes.Getattr) else tree.arg.value
                below = self.value(tree.node)
                return lambda scope: o.step(below(scope), key)
            case nodes.List():
                items = [self.present(item) for item in tree.items]
                return lambda scope: [item(scope) for item in items]
            case nodes.Dict():
                return _dict([(self.value(p.key), self.value(p.value)) for p in tree.items])
            case nodes.CondExpr():
                test = self.condition(tree.test)
                yes, no = self.value(tree.expr1), self.value(tree.expr2)
                return lambda scope: yes(scope) if test(scope) else no(scope)
            case nodes.And():
                left, right = self.condition(tree.left), self.condition(tree.right)
                return lambda scope: left(scope) and right(scope)
            case nodes.Or():
                left, right = self.condition(tree.left), self.condition(tree.right)
                return lambda scope: left(scope) or right(scope)
            case nodes.Not():
                negated = self.condition(tree.node)
                return lambda scope: not negated(scope)
            case nodes.Compare():
                sign = tree.ops[0].op
                left, right = self.value(tree.expr), self.value(tree.ops[0].expr)
                return lambda scope: o.compare(sign, left(scope), right(scope))
            case nodes.Concat():
                joined = [self.value(item) for item in tree.nodes]
                return lambda scope: o.concatenate([item(scope) for item in joined])
            case nodes.Filter():
                return self._filter(tree)
            case nodes.Test():
                return self._test(tree)
        assert not isinstance(tree, nodes.Name)  # it is a path
        operation = ARITHMETIC[type(tree)]
        left, right = self.value(tree.left), self.value(tree.right)
        return lambda scope: operation(left(scope), right(scope))

    def _filter(self, tree: nodes.Filter) -> Closure:
        if tree.name == "default":
            found, fallback = self.optional(tree.node), self.value(tree.args[0])

            def defaulted(scope: Scope) -> Value:
                value = found(scope)
                return fallback(scope) if value is DROPPED else value

            return defaulted
        return self._called(o.FILTERS[tree.name][0], tree)

    def _test(self, tree: nodes.Test) -> Closure:
        path = self.path(tree.node) if tree.name == "empty" else None
        if path is not None:
            return empty_at(path)
        if tree.name == "defined":
            found = self.optional(tree.node)
            return lambda scope: found(scope) is not DROPPED
        return self._called(o.TESTS[tree.name][0], tree)

    def _called(self, function: Callable[..., Value], tree: nodes.Filter | nodes.Test) -> Closure:
        """Return what calls a filter or a test with its subject and its arguments."""
        subject = self.present(tree.node)
        arguments = [self.present(argument) for argument in tree.args]
        if not arguments:
            return lambda scope: function(subject(scope))
        if len(arguments) == 1:
            only = arguments[0]
            return lambda scope: function(subject(scope), only(scope))
        return lambda scope: function(subject(scope), *[argument(scope) for argument in arguments])


def _needed(closure: Closure) -> Closure:
    """Return the same where there must be a value."""

    def checked(scope: Scope) -> Value:
        value = closure(scope)
        if value is None:
            raise MissingError("there is no value")
        return value

    return checked


def _dict(pairs: list[tuple[Closure, Closure]]) -> Closure:
    def made(scope: Scope) -> Value:
        found = {}
        for key_closure, closure in pairs:
            key, value = key_closure(scope), closure(scope)
            if type(key) is not str:
                raise EvaluationError(f"a key is {o.kind_of(key)}, not text")
            found[key] = present(value)
        return found

    return made
