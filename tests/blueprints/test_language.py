"""The language means what the reference says, and the production closures mean exactly the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_compiler.blueprints import reference
from platform_compiler.blueprints.compile import compile_template
from platform_compiler.blueprints.kept import as_bytes, from_bytes
from platform_compiler.blueprints.operations import EvaluationError
from platform_compiler.blueprints.template import Template, parse_template
from platform_compiler.diagnostics import Bag
from platform_compiler.source.reader import read_tree

Evaluator = Callable[[], list[Any]]
CONTEXT: dict[str, Any] = {
    "app": {
        "name": "web",
        "items": 3,
        "scale": {"min": 1, "max": 4},
        "flag": True,
        "ratio": 1.5,
        "none": {},
        "null": None,
    },
    "ports": {"http": {"name": "http", "port": 80}, "admin": {"name": "admin", "port": 9901}},
    "labels": {"b": "2", "a": "1"},
    "list": [3, 1, 2],
    "words": ["x", "y"],
}


def parsed(source: str) -> Template:
    bag = Bag()
    root = read_tree("t.yaml", source.encode(), bag)
    template = parse_template(root, bag) if root is not None else None
    assert template is not None, [d.message for d in bag.sorted()]
    return template


INCLUDES = {
    "lib.yaml": parsed("of: ${{? app.name }}\nx: ${{? x }}\nv: ${{? v }}\nl: ${{? labels }}"),
    "loop.yaml": parsed("- {$for: x in list, $let: {v: x}, n: '${{ app.items + v }}'}\n- $include: lib.yaml"),
}


def both(template: Template) -> tuple[object, object]:
    """Return what each evaluator says: the values, or that there are none."""
    evaluators: tuple[Evaluator, ...] = (
        lambda: reference.expand(template, CONTEXT, INCLUDES),
        lambda: compile_template(template, INCLUDES)(CONTEXT),
    )
    outcomes: list[object] = []
    for run in evaluators:
        try:
            outcomes.append(json.dumps(run(), sort_keys=True))
        except (EvaluationError, reference.TemplateError):
            outcomes.append("error")
    return outcomes[0], outcomes[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a: ${{ app.name }}", {"a": "web"}),
        ("a: ${{ app['items'] }}", {"a": 3}),
        ("a: x-${{ app.name }}-${{ app.items }}-${{ app.flag }}", {"a": "x-web-3-true"}),
        ("a: $${{ app.name }}", {"a": "${{ app.name }}"}),
        ("a: ${{? app.missing.deeper }}\nb: 1", {"b": 1}),
        ("a: ${{ app.missing | default('d') }}", {"a": "d"}),
        ("a: ${{ app.scale.max > app.scale.min }}", {"a": True}),
        ("a: ${{ 7 // 2 + 7 % 2 }}", {"a": 4}),
        ("a: ${{ labels }}", {"a": {"b": "2", "a": "1"}}),
        ("a:\n- $for: port in ports\n  n: ${{ port.name }}", {"a": [{"n": "admin"}, {"n": "http"}]}),
        ("a:\n  $for: l in labels\n  ${{ l.name }}: ${{ l.value }}", {"a": {"a": "1", "b": "2"}}),
        ("a:\n- $for: n in list\n  $if: n > 1\n  $value: n * 2", {"a": [6, 4]}),
        ("a:\n  $let: {x: app.items}\n  b: ${{ x }}", {"a": {"b": 3}}),
        ("a:\n  $if: false\n  b: 1\nc: 2", {"c": 2}),
        ("a: ${{ words | join('+') }}", {"a": "x+y"}),
        ("a: |\n  ${{ app.items }}\n", {"a": 3}),
        ("a: ${{ app.ratio is defined and not (list is empty) }}", {"a": True}),
        ("a: ${{ ports | where('port', 80) | pluck('name') }}", {"a": ["http"]}),
        ("a: ${{ [1, 'port', words, app.none] | where('port', 80) }}", {"a": []}),
        ("a: ${{? app.null }}\nb: ${{ app.null | default(2) }}", {"b": 2}),
        (
            "$let: {app: labels, b: app.b}\na: ${{ app.a }}\nb: ${{ b }}\nw: ${{ words }}",
            {"a": "1", "b": "2", "w": ["x", "y"]},
        ),
        (
            "a:\n- $for: app in words\n  $let: {n: app}\n  ${{ n }}: ${{ list }}",
            {"a": [{"x": [3, 1, 2]}, {"y": [3, 1, 2]}]},
        ),
    ],
)
def test_meaning(source: str, expected: object) -> None:
    template = parsed(source)
    assert reference.expand(template, CONTEXT, {}) == [expected]
    assert compile_template(template, {})(CONTEXT) == [expected]


@pytest.mark.parametrize(
    "source",
    [
        "a: ${{ app.missing }}",
        "a: x${{ app.ratio }}",
        "a: x${{ labels }}",
        "a: ${{ app.name == 3 }}",
        "a: ${{ 'x' | int }}",
        "a: ${{ app.name + 1 }}",
        "a: ${{ 1 // 0 }}",
        "a:\n- $for: x in app.items\n  $value: x",
        "a:\n  $for: l in list\n  ${{ app.name }}: ${{ l }}",
    ],
)
def test_what_has_no_meaning_is_an_error_in_both(source: str) -> None:
    assert both(parsed(source)) == ("error", "error")


PATHS = ("app.name", "app.items", "app.scale.min", "app.flag", "app.ratio", "app.missing", "app.none", "labels", "list")
OWN = ("(x | default(1))", "(v | default(app.name))", "(x.name | default('n'))", "(app.null | default(2))", "app.null")
"""Names that templates give, wherever they stand, and what is there and nothing."""
ATOMS = st.sampled_from((*PATHS, *OWN, "words", "ports", "labels.a", "1", "0", "'x'", "''", "true", "[]", "{}", "1.5"))
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "//", "%", "~", "and", "or"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["==", "!=", "<", ">=", "in"]), inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds(
            "({} | {})".format, inner, st.sampled_from(["length", "first", "sort", "string", "int", "keys", "json"])
        ),
        st.builds("({} | default({}))".format, inner, inner),
        st.builds("({} is {})".format, inner, st.sampled_from(["defined", "empty", "startingwith('w')"])),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{'k': {}}}".format, inner),
    ),
    max_leaves=6,
)
LEAVES = st.one_of(
    st.builds("${{{{ {} }}}}".format, EXPRESSIONS),
    st.builds("${{{{? {} }}}}".format, EXPRESSIONS),
    st.builds("a-${{{{ {} }}}}-${{{{? {} }}}}".format, EXPRESSIONS, EXPRESSIONS),
    st.sampled_from(["plain", "$${{ x }}"]),
)
_FIELD_PATHS = (
    *("app.name", "app.items", "app.none", "app.null", "app.missing", "labels", "labels.a", "v", "x.n"),
    *("app.missing.a", "app.missing.b", "missing.a", "missing.b"),
)
FIELDS = st.dictionaries(
    st.sampled_from(["k", "l", "m", "n"]),
    st.sampled_from(_FIELD_PATHS)
    .map(lambda path: (f"${{{{ {path} }}}}", f"${{{{? {path} }}}}", {"$if": f"not {path} is empty", "$value": path}))
    .flatmap(st.sampled_from),
    min_size=2,
)
"""Mappings of which several entries may be fields of one record, be it there or not."""


def _tree(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["k", "l", "m"])
    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keys, inner, max_size=3),
        FIELDS,
        st.builds(lambda e, d: {"$if": e, **d}, EXPRESSIONS, st.dictionaries(keys, inner, max_size=2)),
        st.builds(lambda e: {"$value": e}, EXPRESSIONS),
        st.builds(
            lambda n, e, d: {"$let": {n: e}, **d},
            st.sampled_from(["v", "labels"]),
            EXPRESSIONS,
            st.dictionaries(keys, inner, max_size=2),
        ),
        st.builds(
            lambda path, given: {"$include": path, **({"$with": given} if given else {})},
            st.sampled_from(sorted(INCLUDES)),
            st.dictionaries(st.sampled_from(["x", "v", "labels"]), EXPRESSIONS, max_size=2),
        ),
        st.builds(
            lambda e, d: [{"$for": f"x in {e}", "n": "${{? x }}", **d}], EXPRESSIONS, st.dictionaries(keys, inner)
        ),
    )


TREES = st.dictionaries(st.sampled_from(["a", "b"]), st.recursive(LEAVES, _tree, max_leaves=6), min_size=1)


@given(TREES)
def test_template_that_was_kept_is_the_one_that_was_parsed(tree: dict[str, Any]) -> None:
    root = read_tree("t.yaml", json.dumps(tree).encode(), Bag())
    assert root is not None
    template = parse_template(root, Bag())
    assert repr(from_bytes(as_bytes(template), "t.yaml")) == repr(template)  # which also tells the kinds of nodes


@settings(max_examples=400)
@given(st.one_of(TREES, FIELDS.map(lambda fields: {"$let": {"v": "labels", "x": "{'n': []}"}, **fields})))
def test_both_evaluators_agree_on_random_templates(tree: dict[str, Any]) -> None:
    bag = Bag()
    root = read_tree("t.yaml", json.dumps(tree).encode(), bag)
    assert root is not None
    template = parse_template(root, bag)
    if template is not None:
        expected, produced = both(template)
        assert produced == expected
