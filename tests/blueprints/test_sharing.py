"""What is made once for several units is what each of them would get."""

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_compiler.blueprints.agreement import Reads
from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.blueprints.compile import compile_template
from platform_compiler.blueprints.expand import expand
from platform_compiler.blueprints.free import Path as Read
from platform_compiler.blueprints.free import free_paths
from platform_compiler.blueprints.operations import EvaluationError
from platform_compiler.blueprints.resource import Batch, Resource, resources_in
from platform_compiler.blueprints.sharing import First, Sharing
from platform_compiler.blueprints.template import Template, parse_template
from platform_compiler.context.build import build_contexts
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.resolve import resolve
from platform_compiler.link.link import link
from platform_compiler.load import load
from platform_compiler.source.reader import read_tree
from platform_compiler.source.tree import Directory
from tests.blueprints.small import AS_OF, compiled, document, write

CONTEXT: dict[str, Any] = {
    "app": {"name": "web", "scale": {"min": 1}},
    "cluster": {"name": "one", "mesh": {"part": "ambient"}, "zones": [{"name": "a"}, {"name": "b"}]},
    "rows": [{"name": "a", "ports": [{"port": 80}], "at": "one"}, {"name": "b", "ports": [], "at": "two"}],
    "keyed": {"x": {"name": "x", "port": 1}},
}


def varied(value: Any) -> Iterator[Any]:
    """Yield every value that differs in one leaf: another one, one of another type, or none at all."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: other} for other in varied(below))
    elif isinstance(value, list):
        yield value[:-1]
        for i, below in enumerate(value):
            yield from ([*value[:i], other, *value[i + 1 :]] for other in varied(below))
    else:
        yield "other"
        yield True
        yield None


OTHERS = [copy.deepcopy(other) for other in varied(CONTEXT)]


def as_one(value: Any, first: Any) -> Any:
    """Return a value in which all that equals what stands there in the first one is the very same."""
    if repr(value) == repr(first):
        return first
    if isinstance(value, dict) and isinstance(first, dict):
        return {key: as_one(below, first.get(key)) for key, below in value.items()}
    if isinstance(value, list) and isinstance(first, list):
        return [as_one(below, other) for below, other in zip_longest(value, first)][: len(value)]
    return value


NAMES = st.sampled_from(
    ["app", "app.name", "app.scale.min", "cluster.name", "cluster.mesh.part", "rows", "row", "row.name", "row.ports"]
)
VALUES = st.one_of(
    st.builds("${{{{? {} }}}}".format, NAMES),
    st.builds("${{{{ {} | default('none') | json }}}}".format, NAMES),
    st.builds("${{{{ 'y' if {} is {} else 'n' }}}}".format, NAMES, st.sampled_from(["defined", "empty"])),
    st.sampled_from(
        [f"${{{{ 'y' if ({of} | where('name', 'a')) is empty else 'n' }}}}" for of in ("rows", "keyed", "row")]
    ),
)
SOURCES = st.sampled_from(
    ["rows", "keyed", "row", "row.ports", "rows | where('name', 'a')", "[app.name]", "cluster.zones", "cluster.mesh"]
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(["k", "l"]), inner, min_size=1, max_size=2),
        st.builds(lambda source, below: [{"$for": f"row in {source}", "v": below}], SOURCES, inner),
        st.builds(lambda name, below: {"$let": {"row": name}, "v": below}, NAMES, inner),
        st.builds(lambda name: {"$include": "lib.yaml", "$with": {"row": name}}, NAMES),
    ),
    max_leaves=5,
)
INCLUDED = {"lib.yaml": "row: ${{? row.name }}\napp: ${{? app.name }}\n"}


def parsed(source: str) -> Template | None:
    root = read_tree("t.yaml", source.encode(), Bag())
    return parse_template(root, Bag()) if root is not None else None


def made(template: Template, includes: dict[str, Template], context: dict[str, Any]) -> str:
    try:
        return json.dumps(compile_template(template, includes)(context))
    except EvaluationError:
        return "error"


def besides(make: Callable[[], Any]) -> Callable[[First[Any], tuple[str, ...]], Any]:
    """Return what makes the same without the first at hand."""
    return lambda _, __: make()


def expanded(root: Path) -> list[Resource]:
    return resources_in(batches(root))


def batches(root: Path) -> list[Batch]:
    bag, tree = Bag(), Directory(root)
    loaded = load(tree, bag)
    catalog = load_catalog(tree, loaded, bag)
    resolved = resolve(loaded, catalog.defaults, bag, AS_OF, catalog.workload)
    contexts = build_contexts(loaded, resolved, link(loaded, resolved, bag), bag)
    made = expand(contexts, catalog, {}, bag)
    assert not bag.sorted()
    return made


def the_same(sharing: Sharing, reads: Reads, context: dict[str, Any], make: Callable[[], Any]) -> Any:
    key = (reads, sharing.number_of_facts(context, reads))
    return sharing.once_for_the_same(key, reads.values(context), make)


@pytest.mark.parametrize(
    ("paths", "apart"),
    [
        ([("app", "name"), ("cluster", "name")], []),
        ([("calls", "*", "name"), ("app",)], []),
        ([("calls", "*", "name"), ("calls", "*", "clusters")], ["calls"]),
        ([("calls",)], ["calls"]),
        ([("calls", "*")], ["calls"]),
        ([("across", "*", "name"), ("env", "*", "name")], ["across", "env"]),
        ([("env", "?"), ("calls", "[]")], ["calls", "env"]),
        ([("calls", "[]"), ("calls", "*", "name")], []),
        ([("env", "name"), ("across", "into", "*", "namespace"), ("delivery", "wave")], ["across", "delivery", "env"]),
    ],
)
def test_of_what_contexts_share_only_what_is_apart_is_looked_at(paths: list[Read], apart: list[str]) -> None:
    reads = Reads(paths)
    scope = {name: object() for name in ("app", "across", "calls", "cluster", "delivery", "env")}
    shared = {"app": scope["app"]}
    assert reads.values(scope, shared) == [shared, *(scope[name] for name in apart)]


@pytest.mark.parametrize(("path", "known"), [(("app", "name"), True), (("slots", "pod"), False), (("across",), False)])
def test_only_what_stands_in_a_shared_record_is_known_by_it(path: Read, known: bool) -> None:  # noqa: FBT001
    sharing, reads = Sharing(Bag()), Reads([path])
    shared = {"app": {"name": "web"}}
    scopes = [{**shared, "slots": {"pod": n}, "across": {"out": [n]}} for n in range(2)]
    keys = {sharing.key(reads, scope, shared) for scope in scopes}
    assert (len(keys) == 1) is known
    same = [sharing.once_for_equal(reads, "web", s, partial(str, s), besides(partial(str, s)), shared) for s in scopes]
    assert (same[0] == same[1]) is known


def agree(sharing: Sharing, reads: Reads, one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two contexts agree on all that is read: comparing them says what their keys say."""
    facts = {sharing.number_of_facts(context, reads) for context in (one, other)}
    keys = {sharing.key(reads, context) for context in (one, other)}
    assert (not reads.differing(one, other) and len(facts) == 1) is (len(keys) == 1)
    return len(keys) == 1


@settings(max_examples=400)
@given(TREES, st.sampled_from(OTHERS))
def test_contexts_that_agree_on_what_is_read_give_the_same(tree: Any, other: dict[str, Any]) -> None:
    template = parsed(json.dumps({"root": tree}))
    includes = {name: found for name, text in INCLUDED.items() if (found := parsed(text))}
    if template is None:
        return
    sharing, reads = Sharing(Bag()), Reads(free_paths(template, includes))
    if "cluster" not in other and reads.wide:
        return
    if agree(sharing, reads, CONTEXT, other):
        assert made(template, includes, CONTEXT) == made(template, includes, other)


@settings(max_examples=400)
@given(TREES, st.sampled_from(OTHERS))
def test_what_is_made_once_is_what_each_would_get(tree: Any, other: dict[str, Any]) -> None:
    template = parsed(json.dumps({"root": tree}))
    includes = {name: found for name, text in INCLUDED.items() if (found := parsed(text))}
    if template is None:
        return
    sharing, reads = Sharing(Bag()), Reads(free_paths(template, includes))
    if "cluster" not in other and reads.wide:
        return
    for context in (CONTEXT, as_one(other, CONTEXT), other):
        make = partial(made, template, includes, context)
        assert the_same(sharing, reads, context, make) == make()
        assert sharing.once_for_equal(reads, "web", context, make, besides(make)) == make()


@pytest.mark.parametrize(
    ("source", "other", "same"),
    [
        ("a: ${{ app.name }}", {"rows": []}, True),
        ("a: ${{ app.name }}", {"app": {"name": "web", "scale": {"min": 2}}}, True),
        ("a: ${{ app.name }}", {"app": {"scale": {"min": 1}}}, False),
        ("a: ${{ app | json }}", {"app": {"name": "web", "scale": {"min": 2}}}, False),
        ("a: ${{ cluster.mesh.part }}", {"cluster": {"name": "two", "mesh": {"part": "ambient"}}}, True),
        ("a: ${{ cluster.name }}", {"cluster": {"name": "two"}}, False),
        ("- {$for: row in rows, n: '${{ row.name }}'}", {"rows": [{"name": "a"}, {"name": "b", "at": "three"}]}, True),
        ("- {$for: row in rows, n: '${{ row.at }}'}", {"rows": [{"name": "a"}, {"name": "b"}]}, False),
        ("- {$for: row in rows, n: one}", {"rows": [{"name": "c"}]}, False),
        ("- {$for: row in cluster.zones, n: '${{ row.name }}'}", {"cluster": {"zones": [{"name": "c"}]}}, False),
        ("- {$for: row in cluster.zones, n: one}", {"cluster": {"zones": []}}, False),
        ("a: ${{ app.scale.min }}", {"app": {"name": "web", "scale": {"min": True}}}, False),
        ("a: ${{ 1 if rows is empty else 2 }}", {"rows": [{"name": "c"}]}, True),
        ("a: ${{ 1 if rows is empty else 2 }}", {"rows": []}, False),
        ("a: ${{ 1 if rows is empty else 2 }}", {"rows": 1}, False),
        ("a: ${{ 1 if app is empty else app['[]'] }}", {"app": {"[]": False}}, False),
        ("a: ${{ 1 if app['?'] is defined else 2 }}", {"app": {"?": 1}}, False),
        ("a: ${{ 1 if app.scale is defined else 2 }}", {"app": {"name": "web", "scale": {}}}, True),
        ("a: ${{ 1 if app.scale is defined else 2 }}", {"app": {"name": "web"}}, False),
        ("a: ${{ 1 if app.scale is defined else 2 }}", {"app": {"name": "web", "scale": None}}, False),
        ("a: ${{ 1 if (rows | where('name', 'a')) is empty else 2 }}", {"rows": [{"name": "a"}, {"name": "b"}]}, True),
        ("a: ${{ 1 if (rows | where('name', 'a')) is empty else 2 }}", {"rows": [{"name": "a"}, {}]}, False),
        ("a: ${{ 1 if (rows | where('name', 'a')) is empty else 2 }}", {"rows": [{"name": "a"}]}, False),
        (
            "- {$for: row in rows, n: [{$for: each in row, m: '${{? each.value }}'}]}",
            {"rows": [{"at": "two"}, {}]},
            False,
        ),
        (
            "- {$for: row in rows, n: \"${{ 1 if (row | where('value', 'one')) is empty else 2 }}\"}",
            {"rows": [{}, {}]},
            False,
        ),
    ],
)
def test_only_what_is_read_tells_contexts_apart(source: str, other: dict[str, Any], same: bool) -> None:  # noqa: FBT001
    template = parsed(source)
    assert template is not None
    sharing, reads = Sharing(Bag()), Reads(free_paths(template, {}))
    assert agree(sharing, reads, CONTEXT, {**CONTEXT, **other}) is same
    runs: list[Any] = []
    for context in (CONTEXT, {**CONTEXT, **other}):
        make = partial(runs.append, context)
        sharing.once_for_equal(reads, "web", context, make, besides(make))
    assert (len(runs) == 1) is same


@pytest.mark.parametrize(
    ("to", "same"),
    [
        ({"name": "a", "hosts": ["y"]}, True),
        ({"name": "b", "hosts": ["x"]}, False),
        ({"hosts": ["x"]}, False),
        (1, False),
    ],
)
def test_of_what_an_item_leads_to_only_what_is_read_counts(to: Any, same: bool) -> None:  # noqa: FBT001
    reads = Reads([("rows", "*", ""), ("rows", "*", "to", "name")])
    one, other = ({"rows": [{"to": said}]} for said in ({"name": "a", "hosts": ["x"]}, to))
    assert agree(Sharing(Bag()), reads, one, other) is same
    assert not agree(Sharing(Bag()), reads, one, {"rows": [*one["rows"], *other["rows"]]})


@pytest.mark.parametrize("key", ["?", "[]"])
def test_key_on_the_way_is_no_question_whatever_it_is_called(key: str) -> None:
    in_part, in_items = Reads([("app", key, "name")]), Reads([("rows", "*", ""), ("rows", "*", key, "name")])
    assert not agree(Sharing(Bag()), in_part, {"app": "text"}, {"app": {"other": 1}})
    assert agree(Sharing(Bag()), in_part, {"app": {"another": 2}}, {"app": {"other": 1}})
    assert agree(Sharing(Bag()), in_items, {"rows": [{"another": 2}]}, {"rows": [{"other": 1}]})


def test_what_is_the_same_for_all_that_is_read_is_made_once() -> None:
    sharing, reads = Sharing(Bag()), Reads([("app", "name"), ("rows", "*", "name"), ("cluster", "mesh")])
    rows = [{**row, "at": "elsewhere"} for row in CONTEXT["rows"]]
    others = [
        {**CONTEXT, "keyed": {}, "rows": rows},
        {**CONTEXT, "app": {**CONTEXT["app"]}},
        {**CONTEXT, "rows": rows[:1]},
    ]
    runs: list[Any] = []
    for context in (CONTEXT, *others):
        the_same(sharing, reads, context, partial(runs.append, context))
    assert runs == [CONTEXT, *others[1:]]


def test_nothing_is_kept_of_which_something_was_reported() -> None:
    bag = Bag()
    sharing, runs = Sharing(bag), []

    def wrong() -> None:
        runs.append(1)
        bag.add("PC4201", f"wrong, for the {len(runs)}th time", parsed("a: 1").span)  # type: ignore[union-attr]

    reads = Reads([("app",)])
    for _ in range(2):
        sharing.once(("key",), wrong)
        the_same(sharing, reads, CONTEXT, wrong)
        sharing.once_for_equal(reads, "web", CONTEXT, wrong, besides(wrong))
    assert len(runs) == len(bag) == 6


@given(TREES, st.sampled_from(OTHERS))
def test_a_template_agrees_with_the_first_only_where_it_makes_the_same(tree: Any, other: dict[str, Any]) -> None:
    template = parsed(json.dumps({"root": tree}))
    includes = {name: found for name, text in INCLUDED.items() if (found := parsed(text))}
    if template is None or "cluster" not in other:
        return
    reads = Reads(free_paths(template, includes))
    whole, sharing = Reads([(name,) for name in CONTEXT]), Sharing(Bag())
    one, another = (made(template, includes, context) for context in (CONTEXT, other))

    def remade(first: First[str], names: tuple[str, ...]) -> str:
        return first.made if sharing.agree(reads, first, other, names) else another

    assert sharing.once_for_equal(whole, "web", CONTEXT, lambda: one, remade) == one
    assert sharing.once_for_equal(whole, "web", other, lambda: another, remade) == another


def test_what_was_made_for_different_reasons_and_is_equal_is_one(tmp_path: Path) -> None:
    spec = {"blueprint": "web-service@1", "image": "ghcr.io/acme/web:1", "scale": {"min": 2, "max": 4}}
    changes = {"staging": {"env": {"A": "x"}, "scale": {"max": 8}}, "test": {"env": {"A": "x"}, "scale": {"max": 9}}}
    root = write(tmp_path, {"web": {**spec, "environments": changes}})
    for name in changes:
        (root / f"environments/{name}.yaml").write_text(document("Environment", name, {}))
        (root / f"clusters/{name}.yaml").write_text((root / "clusters/prod.yaml").read_text().replace("prod", name))
    bodies = {(r.unit.cluster, r.body["kind"]): r.body for r in expanded(root) if r.unit.scope == "app"}
    for kind, several in (("HorizontalPodAutoscaler", 3), ("Deployment", 2), ("ServiceAccount", 1)):
        assert len({id(bodies[cluster, kind]) for cluster in ("prod", "staging", "test")}) == several
    assert bodies["staging", "Deployment"] is bodies["test", "Deployment"]


def test_what_an_environment_does_not_change_is_the_same_object_there(tmp_path: Path) -> None:
    sizes = {"scale": {"min": 2, "max": 4}, "environments": {"test": {"scale": {"max": 8}}}}
    root = write(tmp_path, {"web": {"blueprint": "web-service@1", "image": "ghcr.io/acme/web:1", **sizes}})
    (root / "environments/test.yaml").write_text(document("Environment", "test", {}))
    (root / "clusters/test.yaml").write_text((root / "clusters/prod.yaml").read_text().replace("prod", "test"))
    bodies: dict[str, list[dict[str, Any]]] = {}
    for resource in expanded(root):
        if resource.unit.scope == "app":
            bodies.setdefault(resource.body["kind"], []).append(resource.body)
    assert {kind for kind, (one, other) in bodies.items() if one is not other} == {"HorizontalPodAutoscaler"}


def test_units_that_are_made_alike_have_one_list_and_resources_of_their_own(tmp_path: Path) -> None:
    root = write(tmp_path, {"web": {"blueprint": "web-service@1", "image": "ghcr.io/acme/web:1"}})
    for name in ("staging", "test"):
        (root / f"environments/{name}.yaml").write_text(document("Environment", name, {}))
        (root / f"clusters/{name}.yaml").write_text((root / "clusters/prod.yaml").read_text().replace("prod", name))
    apps = [batch for batch in batches(root) if batch.unit.scope == "app"]
    assert len(apps) == 3
    assert len({id(batch.like) for batch in apps}) == 1
    for batch in apps:
        assert [(one.unit, one.body) for one in batch.resources] == [(batch.unit, one.body) for one in batch.like]


def test_what_was_reported_before_is_not_nothing_reported() -> None:
    bag = Bag()
    sharing, runs = Sharing(bag), []

    def wrong() -> None:
        runs.append(1)
        bag.add("PC4201", "wrong", parsed("a: 1").span)  # type: ignore[union-attr]

    for _ in range(3):
        sharing.once(("key",), wrong)
    assert (len(runs), len(bag)) == (3, 1)


def test_parts_whose_templates_read_the_same_make_each_their_own(tmp_path: Path) -> None:
    template = (
        "apiVersion: v1\nkind: {}\nmetadata: {{name: '${{{{ app.name }}}}', namespace: '${{{{ namespace.name }}}}'}}"
    )
    parts = {"workload": "ServiceAccount", "observability": "Secret"}
    for part, kind in parts.items():
        contract = {"part": part, "version": "1.0.0", "context": 1, "description": part, "emits": [kind]}
        folder = tmp_path / "blueprints" / f"own-{part}" / "1.0.0"
        (folder / "app").mkdir(parents=True)
        (folder / "blueprint.yaml").write_text(document("Blueprint", f"own-{part}", {**contract, "honours": ["image"]}))
        (folder / "app/one.yaml").write_text(template.format(kind))
    application = {"image": "ghcr.io/acme/web:1", "blueprint": "own-workload@1"}
    cluster = {"parts": {"mesh": "none", "observability": "own-observability@1"}}
    objects = compiled(write(tmp_path, {"web": application}, cluster=cluster))
    assert {kind for kind in parts.values() if (kind, "web") in objects} == set(parts.values())
