"""What is judged once for several objects is what each of them would hear."""

from collections import Counter
from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.schema.store import NOTHING
from platform_compiler.verify.checks import EACH, TOGETHER, WHOLE
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.shared import Shared
from platform_compiler.verify.verify import judge
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
