"""No check raises, whatever stands where no schema looks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_compiler.diagnostics import Span
from platform_compiler.source.node import ScalarNode
from platform_compiler.verify import checks, delivery, gateway_api, istio, kubernetes
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile
from platform_compiler.verify.world import Facts, World
from tests.verify.judged import Checks, all_faults, faults
from tests.verify.mutations import places, put

REJECT = Path(__file__).parents[2] / "fixtures/reject"
PACKAGES: Mapping[str, Checks] = {"PC51": kubernetes, "PC52": istio, "PC53": gateway_api, "PC54": delivery}
OF_SHAPE = "PC5102"  # told while shapes are judged
OF_FILES = "PC54"  # told by where files lie, which bodies alone do not say
CASES = [
    case
    for family in PACKAGES
    for case in sorted(REJECT.glob(f"{family}*/*"))
    if (case / "rendered").is_dir() and not case.parent.name.startswith(OF_SHAPE)
]
NOWHERE = InFile(ScalarNode(None, Span(""), "null", quoted=False))
Steps = tuple[str | int, ...]
ENOUGH = 3
ODD: tuple[Any, ...] = (
    None,
    7,
    True,
    "",
    "odd",
    [],
    {},
    [None],
    [[]],
    [{}],
    ["*"],
    {"name": 7},
    {"a": [None]},
    ["a", 1, {}],
)


def name_of(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def family(case: Path) -> Checks:
    return PACKAGES[case.parent.name[:4]]


def text(case: Path) -> str:
    return "\n---\n".join(file.read_text() for file in sorted((case / "rendered").rglob("*.yaml")))


def bodies(case: Path) -> list[dict[str, Any]]:
    return [body for body in yaml.load_all(text(case), yaml.CSafeLoader) if body]


def never_raises(package: Checks, judged: list[dict[str, Any]]) -> None:
    items = [Item(body, "", NOWHERE) for body in judged]
    for fault in all_faults(package, World(items, Facts(), whole=True)):
        assert fault.item in items
        assert fault.message
        assert fault.help
        assert all(isinstance(step, str | int) for step in fault.path)


def fields(body: dict[str, Any]) -> Iterator[Steps]:
    """Yield the path of every field and item of an object but those that choose its kind."""
    yield from (path for path, _ in places(body) if path not in {(), ("apiVersion",), ("kind",)})


def rarely_seen() -> Mapping[Path, list[tuple[int, Steps]]]:
    """Return fields by document and path; what most examples have, such as names, only of the first few."""
    seen = Counter[tuple[str, ...]]()
    found: dict[Path, list[tuple[int, Steps]]] = {case: [] for case in CASES}
    for case in CASES:
        for number, body in enumerate(bodies(case)):
            for path in fields(body):
                field = (
                    case.parent.name[:4],
                    body["kind"],
                    *("[]" if isinstance(step, int) else step for step in path),
                )
                seen[field] += 1
                found[case] += [(number, path)] if seen[field] <= ENOUGH else []
    return found


FIELDS = rarely_seen()


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_no_check_raises_when_any_one_field_holds_anything(case: Path) -> None:
    judged = bodies(case)
    for number, path in FIELDS[case]:
        for odd in ODD:
            never_raises(family(case), [*judged[:number], put(judged[number], path, odd), *judged[number + 1 :]])


@pytest.mark.parametrize("case", [case for case in CASES if not case.parent.name.startswith(OF_FILES)], ids=name_of)
def test_rejected_example_is_found_without_a_schema_too(case: Path) -> None:
    assert case.parent.name[:6] in {fault.code for fault in faults(family(case), text(case))}


EVERYTHING = [body for case in CASES for body in bodies(case)]
KINDS = sorted({(body["apiVersion"], body["kind"]) for body in EVERYTHING})
WORDS = sorted({key for body in EVERYTHING for path, _ in places(body) for key in path[-1:] if isinstance(key, str)})
TEXTS = sorted({value for body in EVERYTHING for _, value in places(body) if isinstance(value, str)})
EXTREMES = ("", "$(A)", "0 0 31 2 *", "-1", "1e999999999", "::/0", "x" * 70)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | st.sampled_from(TEXTS) | st.sampled_from(EXTREMES),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(WORDS), below, max_size=5),
    max_leaves=25,
)
BODIES = st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=4))


@given(st.lists(BODIES, max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_check_raises_on_bodies_of_any_shape(drawn: list[tuple[tuple[str, str], dict[str, Any]]]) -> None:
    never_raises(checks, [{**body, "apiVersion": kind[0], "kind": kind[1]} for kind, body in drawn])


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_check_raises_when_fields_of_real_objects_hold_anything(data: st.DataObject) -> None:
    judged = bodies(data.draw(st.sampled_from(CASES)))
    never_raises(
        checks, [put(body, data.draw(st.sampled_from(list(fields(body)))), data.draw(VALUES)) for body in judged]
    )
