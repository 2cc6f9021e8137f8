"""The production evaluator: templates and expressions as closures, made once and called for every target.

It means exactly what `reference.py` means (a property test holds the two equal) but does not know places: whoever gets
an `EvaluationError` asks the reference for the words. Constant subtrees are shared between results and must not be
changed.
"""

from collections.abc import Callable
from collections.abc import Mapping as Map

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints import operations as o
from platform_compiler.blueprints.free import path_of
from platform_compiler.blueprints.operations import EvaluationError, MissingError, Value
from platform_compiler.blueprints.reference import ARITHMETIC, DROPPED, Scope, present
from platform_compiler.blueprints.template import Constant, Leaf, Mapping, Sequence, Template, Text

Closure = Callable[[Scope], Value]
_CONTEXT = "$context"
"""The key of a scope under which the whole context stands, for includes; no expression can name it."""


def compile_template(template: Template, includes: Map[str, Template]) -> Callable[[Scope], list[Value]]:
    """Return a function from a context to the values of a root template."""
    items = _Compiler(includes).items(template)
    if not includes:
        return items

    def run(context: Scope) -> list[Value]:
        scope = {**context}
        scope[_CONTEXT] = scope
        return items(scope)

    return run


class _Compiler:
    """Turns nodes into closures; an included template is compiled once."""

    def __init__(self, includes: Map[str, Template]) -> None:
        self._includes = includes
        self._compiled: dict[str, Closure] = {}

    def items(self, template: Template) -> Callable[[Scope], list[Value]]:
        """Return the closure for what a template contributes to a list."""
        if isinstance(template, Mapping) and template.structure.loop is not None:
            variable = template.structure.loop.variable
            source = compile_expression(template.structure.loop.expression.tree)
            body = self._structured(template)

            def looped(scope: Scope) -> list[Value]:
                inner = {**scope}
                found = []
                for record in o.records(source(scope)):
                    inner[variable] = record
                    value = body(inner)
                    if value is not DROPPED:
                        found.append(value)
                return found

            return looped
        single = self.value(template)

        def one(scope: Scope) -> list[Value]:
            value = single(scope)
            return [] if value is DROPPED else [value]

        return one

    def value(self, template: Template) -> Closure:
        if is_constant(template):
            shared = _constant(template)
            return lambda _: shared
        if isinstance(template, Leaf):
            return _leaf(template)
        if isinstance(template, Text):
            return _text(template)
        if isinstance(template, Sequence):
            return self._sequence(template)
        assert isinstance(template, Mapping)
        return self._structured(template)

    def _sequence(self, template: Sequence) -> Closure:
        parts = [self.items(item) for item in template.items]
        if len(parts) == 1:
            return parts[0]
        return lambda scope: [value for part in parts for value in part(scope)]

    def _structured(self, template: Mapping) -> Closure:
        structure = template.structure
        inner = self._body(template)
        if structure.condition is not None:
            holds = _condition(structure.condition.tree)
            unconditional = inner

            def conditional(scope: Scope) -> Value:
                return unconditional(scope) if holds(scope) else DROPPED

            inner = conditional
        if structure.lets:
            lets = [(name, _present(e.tree)) for name, e in structure.lets]
            body = inner

            def with_lets(scope: Scope) -> Value:
                scope = {**scope}
                for name, closure in lets:
                    scope[name] = closure(scope)
                return body(scope)

            inner = with_lets
        return inner

    def _body(self, template: Mapping) -> Closure:
        structure = template.structure
        if structure.include is not None:
            return self._include(structure.include, [(n, _present(e.tree)) for n, e in structure.arguments])
        if structure.value is not None:
            return _present(structure.value.tree)
        return self._entries(template)

    def _include(self, path: str, arguments: list[tuple[str, Closure]]) -> Closure:
        if path not in self._compiled:
            self._compiled[path] = self.value(self._includes[path])
        included = self._compiled[path]

        def include(scope: Scope) -> Value:
            context = scope[_CONTEXT]
            inner = {**context}
            for name, closure in arguments:
                inner[name] = closure(scope)
            return included(inner)

        return include

    def _entries(self, template: Mapping) -> Closure:
        if all(isinstance(key, Constant) and isinstance(key.value, str) for key, _ in template.entries):
            named = [(key.value, value) for key, value in template.entries if isinstance(key, Constant)]
            constant = {key: _constant(value) for key, value in named if is_constant(value)}
            changing = [(key, self._entry(value)) for key, value in named if not is_constant(value)]

            def with_fixed_keys(scope: Scope) -> Value:
                found = constant.copy()
                for key, closure in changing:
                    value = closure(scope)
                    if value is not DROPPED:
                        found[key] = value
                return found

            return with_fixed_keys
        pairs = [(self.value(key), self._entry(value)) for key, value in template.entries]

        def with_any_keys(scope: Scope) -> Value:
            found: dict[str, Value] = {}
            for key_closure, closure in pairs:
                key = key_closure(scope)
                value = closure(scope) if key is not DROPPED else DROPPED
                if value is not DROPPED:
                    _put(found, key, value)
            return found

        return with_any_keys

    def _entry(self, template: Template) -> Closure:
        if not isinstance(template, Mapping) or template.structure.loop is None:
            return self.value(template)
        items = self.items(template)

        def made(scope: Scope) -> Value:
            found: dict[str, Value] = {}
            for part in items(scope):
                for key, value in part.items():
                    _put(found, key, value)
            return found

        return made


def _put(found: dict[str, Value], key: Value, value: Value) -> None:
    if type(key) is not str:
        raise EvaluationError(f"a key is {o.kind_of(key)}, not text")
    if key in found:
        raise EvaluationError(f"key `{key}` stands twice")
    found[key] = value


def is_constant(template: Template) -> bool:
    """Whether a template has the same value in every context."""
    if isinstance(template, Constant):
        return True
    if isinstance(template, Sequence):
        return all(is_constant(item) for item in template.items)
    if isinstance(template, Mapping):
        s = template.structure
        plain = s.loop is None and not s.lets and s.condition is None and s.include is None and s.value is None
        keys = [key.value for key, _ in template.entries if isinstance(key, Constant)]
        distinct = len(keys) == len(template.entries) == len(set(keys))
        return plain and distinct and all(is_constant(value) for _, value in template.entries)
    return False


def _constant(template: Template) -> Value:
    if isinstance(template, Constant):
        return template.value
    if isinstance(template, Sequence):
        return [_constant(item) for item in template.items]
    assert isinstance(template, Mapping)
    return {key.value: _constant(value) for key, value in template.entries if isinstance(key, Constant)}


def _leaf(template: Leaf) -> Closure:
    tree = template.expression.tree
    return _optional(tree) if template.optional else _present(tree)


def _optional(tree: nodes.Expr) -> Closure:
    """Return what gives the value of an expression, or `DROPPED` where it has none."""
    chain = path_of(tree)
    if chain is not None:
        return _path_if_any(chain)
    closure = _present(tree)

    def optional(scope: Scope) -> Value:
        try:
            return closure(scope)
        except MissingError:
            return DROPPED

    return optional


def _text(template: Text) -> Closure:
    parts = [part if isinstance(part, str) else _leaf(part) for part in template.parts]

    def joined(scope: Scope) -> Value:
        values = [part if type(part) is str else part(scope) for part in parts]  # type: ignore[operator]
        if any(value is DROPPED for value in values):
            return DROPPED
        return o.concatenate(values)

    return joined


def _present(tree: nodes.Expr) -> Closure:
    chain = path_of(tree)
    if chain is not None:
        return _path(chain, needed=True)
    closure = compile_expression(tree)

    def checked(scope: Scope) -> Value:
        value = closure(scope)
        if value is None:
            raise MissingError("the expression has no value")
        return value

    return checked


def _path(chain: tuple[str, ...], *, needed: bool) -> Closure:
    first, rest = chain[0], chain[1:]

    def look_up(scope: Scope) -> Value:
        try:
            value = scope[first]
            for key in rest:
                value = value[key]
        except (KeyError, TypeError):
            raise _astray(chain, scope) from None
        if needed and value is None:
            raise MissingError("the expression has no value")
        return value

    return look_up


def _path_if_any(chain: tuple[str, ...]) -> Closure:
    """Return the same for a path, which is often missing: without an exception that is caught at once."""
    first, rest = chain[0], chain[1:]

    def look_up(scope: Scope) -> Value:
        try:
            value = scope[first]
            for key in rest:
                value = value[key]
        except KeyError:
            return DROPPED
        except TypeError:
            raise _astray(chain, scope) from None
        return DROPPED if value is None else value

    return look_up


def _astray(chain: tuple[str, ...], value: Value) -> EvaluationError:
    """Return why a path leads nowhere."""
    for key in chain:
        if type(value) is not dict:
            return EvaluationError(f"`{key}` is looked up in {o.kind_of(value)}")
        if key not in value:
            return MissingError(f"there is no `{key}`")
        value = value[key]
    raise AssertionError(chain)


_TRUE_OR_FALSE = (nodes.And, nodes.Compare, nodes.Not, nodes.Or, nodes.Test)


def _condition(tree: nodes.Expr) -> Closure:
    """Return the closure of whether an expression holds."""
    closure = compile_expression(tree)
    if isinstance(tree, _TRUE_OR_FALSE):
        return closure
    return lambda scope: o.truth(closure(scope))


def compile_expression(tree: nodes.Expr) -> Closure:  # noqa: C901, PLR0911, PLR0912 -- one branch a form of expression
    """Return the closure of a permitted expression."""
    chain = path_of(tree)
    if chain is not None:
        return _path(chain, needed=False)
    match tree:
        case nodes.Const():
            value = tree.value
            return lambda _: value
        case nodes.Getattr() | nodes.Getitem():
            key = tree.attr if isinstance(tree, nodes.Getattr) else tree.arg.value
            below = compile_expression(tree.node)
            return lambda scope: o.step(below(scope), key)
        case nodes.List():
            items = [_present(item) for item in tree.items]
            return lambda scope: [item(scope) for item in items]
        case nodes.Dict():
            return _dict([(compile_expression(p.key), compile_expression(p.value)) for p in tree.items])
        case nodes.CondExpr():
            assert tree.expr2 is not None
            test, yes, no = _condition(tree.test), compile_expression(tree.expr1), compile_expression(tree.expr2)
            return lambda scope: yes(scope) if test(scope) else no(scope)
        case nodes.And():
            left, right = _condition(tree.left), _condition(tree.right)
            return lambda scope: left(scope) and right(scope)
        case nodes.Or():
            left, right = _condition(tree.left), _condition(tree.right)
            return lambda scope: left(scope) or right(scope)
        case nodes.Not():
            negated = _condition(tree.node)
            return lambda scope: not negated(scope)
        case nodes.Compare():
            sign = tree.ops[0].op
            left, right = compile_expression(tree.expr), compile_expression(tree.ops[0].expr)
            return lambda scope: o.compare(sign, left(scope), right(scope))
        case nodes.Concat():
            joined = [compile_expression(item) for item in tree.nodes]
            return lambda scope: o.concatenate([item(scope) for item in joined])
        case nodes.Filter():
            return _filter(tree)
        case nodes.Test():
            return _test(tree)
    assert not isinstance(tree, nodes.Name)  # it is a path
    operation = ARITHMETIC[type(tree)]
    left, right = compile_expression(tree.left), compile_expression(tree.right)
    return lambda scope: operation(left(scope), right(scope))


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


def _filter(tree: nodes.Filter) -> Closure:
    assert tree.node is not None
    if tree.name == "default":
        found, fallback = _optional(tree.node), compile_expression(tree.args[0])

        def defaulted(scope: Scope) -> Value:
            value = found(scope)
            return fallback(scope) if value is DROPPED else value

        return defaulted
    subject = _present(tree.node)
    function = o.FILTERS[tree.name][0]
    arguments = [_present(argument) for argument in tree.args]
    return lambda scope: function(subject(scope), *[argument(scope) for argument in arguments])


def _test(tree: nodes.Test) -> Closure:
    if tree.name == "defined":
        found = _optional(tree.node)
        return lambda scope: found(scope) is not DROPPED
    function = o.TESTS[tree.name][0]
    present_subject = _present(tree.node)
    if not tree.args:
        return lambda scope: function(present_subject(scope))
    arguments = [_present(argument) for argument in tree.args]
    return lambda scope: function(present_subject(scope), *[argument(scope) for argument in arguments])
