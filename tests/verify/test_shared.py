"""What is judged once for several objects is what each of them would hear."""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.objects import a_map, at, containers, template_of
from platform_compiler.schema.store import NOTHING
from platform_compiler.verify.checks import EACH, TOGETHER, WHOLE
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.group import Group, groups_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.shared import Shared
from platform_compiler.verify.verify import faults_of, judge
from platform_compiler.verify.versions import LATEST
from platform_compiler.verify.world import Facts, World
from tests.verify.judged import in_words, tree_of

HERE = Path(__file__).parent
TREES = sorted({file.parent for file in (HERE.parents[1] / "fixtures/reject").glob("PC5*/*/rendered/**/*.yaml")})
OBJECTS = sorted({file.parent for file in (HERE / "objects").glob("**/*.yaml")})


def items_in(folder: Path) -> list[Item]:
    return [item for file in sorted(folder.glob("*.yaml")) for item in items_of(file.name, file.read_bytes(), Bag())]


def heard(items: list[Item]) -> Counter[str]:
    world = World(items, Facts(), whole=False)
    return Counter(in_words(fault) for check in EACH for fault in check(world))


def test_checks_of_one_object_look_at_no_other() -> None:
    seen = 0
    for folder in (*TREES, *OBJECTS):
        items = items_in(folder)
        alone = sum((heard([item]) for item in items), Counter[str]())
        assert heard(items) == alone, folder
        seen += alone.total()
    assert seen > len(EACH)


def asked(shared: Shared, items: list[Item]) -> Counter[str]:
    world = World(items, Facts(), whole=True)
    return Counter(in_words(fault) for fault in shared.together(world, (*TOGETHER, *WHOLE)))


def test_a_check_is_left_out_only_where_it_would_find_nothing() -> None:
    differing = 0
    for folder in TREES:
        items = items_in(folder)
        lacking = [items[:i] + items[i + 1 :] for i in range(len(items))]
        shared = Shared()
        heard_before = [asked(shared, some) for some in (items, *lacking, items)]
        assert heard_before == [asked(Shared(), some) for some in (items, *lacking, items)], folder
        differing += len({frozenset(one.items()) for one in heard_before}) > 1
    assert differing


def without_each_field(item: Item) -> Iterator[Item]:
    """Yield an object as often as its pods have fields, each time without another one."""
    path, _ = template_of(item.body)
    pods = (*path, "spec")
    for place in (
        path,
        (*path, "metadata"),
        (*path, "metadata", "labels"),
        pods,
        *((*pods, *below) for below, _ in containers(a_map(at(item.body, *pods)))),
    ):
        for key in a_map(at(item.body, *place)):
            body = deepcopy(item.body)
            del a_map(at(body, *place))[key]
            yield Item(body, item.cluster, item.place)


def test_a_check_that_looked_at_pods_is_left_out_only_where_what_it_saw_is_the_same() -> None:
    changed = 0
    for folder in TREES:
        items = items_in(folder)
        others = [
            [*items[:i], other, *items[i + 1 :]]
            for i, item in enumerate(items)
            if template_of(item.body)[1]
            for other in without_each_field(item)
        ]
        shared = Shared()
        for some in (items, *others):
            assert asked(shared, some) == asked(Shared(), some), folder
        changed += len(others)
    assert changed > 100


def on_clusters(*several: list[Item]) -> list[Item]:
    return [item for n, items in enumerate(several) for item in on_cluster(f"c{n}", items)]


def on_cluster(name: str, items: list[Item]) -> list[Item]:
    return [Item(item.body, name, item.place) for item in items]


def found_on(items: list[Item]) -> Counter[tuple[str, str]]:
    return found_in(groups_of(items))


def found_in(groups: list[Group]) -> Counter[tuple[str, str]]:
    facts, schemas = dict.fromkeys((group.cluster for group in groups), Facts()), Schemas(LATEST, NOTHING)
    faults, _ = faults_of(groups, facts, lambda _: schemas, tree_of, whole=True)
    return Counter((fault.item.cluster, in_words(fault)) for fault in faults)


def from_another_manifest(item: Item) -> Item:
    body = deepcopy(item.body)
    body.setdefault("metadata", {}).setdefault("annotations", {})["platformc.dev/source"] = "elsewhere.yaml"
    return Item(body, item.cluster, item.place)


def test_what_is_found_on_a_cluster_does_not_depend_on_the_clusters_beside_it() -> None:
    found = 0
    for folder in TREES[::3]:
        items = [item for item in items_in(folder) if isinstance(item.body.get("metadata", {}), dict)]
        elsewhere = [from_another_manifest(item) for item in items]
        several = on_clusters(items, items_in(folder), elsewhere, items[1:], items[:-1], items)
        alone = sum(
            (found_on([i for i in several if i.cluster == f"c{n}"]) for n in range(6)), Counter[tuple[str, str]]()
        )
        assert found_on(several) == alone, folder
        found += alone.total()
    assert found


def test_groups_that_are_alike_hear_what_each_object_hears() -> None:
    found = 0
    for folder in TREES[::3]:
        items, others = items_in(folder), items_in(folder)
        half = len(items) // 2
        lists = [items[:half], items[half:]]
        several = [lists, lists, [others[:half], lists[1]], [lists[0]], lists]
        groups = [
            Group(f"c{n}", like, partial(on_cluster, f"c{n}", like))
            for n, parts in enumerate(several)
            for like in parts
        ]
        alone = [item for n, parts in enumerate(several) for like in parts for item in on_cluster(f"c{n}", like)]
        assert found_in(groups) == found_on(alone), folder
        found += len(alone)
    assert found


@pytest.mark.parametrize("replicas", [2, -1])
def test_a_body_on_two_clusters_is_told_of_both(replicas: int) -> None:
    text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{a: b}}}}
  template:
    metadata: {{labels: {{a: b}}}}
    spec: {{containers: [{{name: web, image: i, resources: {{limits: {{cpu: 1, memory: 1}}}}}}]}}
"""
    (item,) = items_of("web.yaml", text.encode(), Bag())
    twins = [Item(item.body, cluster, item.place) for cluster in ("one", "two")]
    bag = Bag()
    schemas = Schemas(LATEST, NOTHING)
    judge(twins, {"one": Facts(), "two": Facts()}, lambda _: schemas, tree_of, bag, whole=False)
    assert bag.sorted()
    assert {d.notes[0] for d in bag.sorted()} == {"on one, two"}
