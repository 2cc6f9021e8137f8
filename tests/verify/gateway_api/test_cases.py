"""Every case of the tables tells exactly what it says; every code of this part fires somewhere."""

from pathlib import Path
from typing import Any

import pytest

from platform_compiler.diagnostics import CODES
from tests import plain_yaml
from tests.verify.gateway_api.worlds import AMBIENT, EDGE, edited, told

CASES = Path(__file__).parent / "cases"
TABLES: dict[str, list[dict[str, Any]]] = {
    file.stem: plain_yaml.read(file.read_text()) for file in sorted(CASES.glob("*.yaml"))
}
RELY_ON_THE_WHOLE = {
    *("PC5301", "PC5309", "PC5311", "PC5319", "PC5322", "PC5328", "PC5333", "PC5334", "PC5335", "PC5336", "PC5337"),
}


def world(table: str, case: dict[str, Any]) -> str:
    edits = [(edit["old"], edit["new"]) for edit in case.get("replace", ())]
    base = edited(AMBIENT if table == "ambient" else EDGE, *edits)
    return "---\n".join([base, *([case["add"]] if "add" in case else [])])


ALL = [pytest.param(table, case, id=f"{table}-{case['case']}") for table, cases in TABLES.items() for case in cases]


@pytest.mark.parametrize(("table", "case"), ALL)
def test_case_tells_exactly_what_its_table_says(table: str, case: dict[str, Any]) -> None:
    assert told(world(table, case)) == case["found"]


@pytest.mark.parametrize(("table", "case"), ALL)
def test_part_of_a_cluster_tells_no_more_than_the_whole(table: str, case: dict[str, Any]) -> None:
    found = told(world(table, case), whole=False)
    missing = [line for line in case["found"] if line not in found]
    assert [line for line in found if line not in case["found"]] == []
    assert {line[:6] for line in missing} <= RELY_ON_THE_WHOLE


@pytest.mark.parametrize("base", [EDGE, AMBIENT], ids=["edge", "ambient"])
def test_worlds_themselves_have_no_fault(base: str) -> None:
    assert told(base) == []


def test_every_code_fires_and_every_table_has_near_misses() -> None:
    fired = {line[:6] for cases in TABLES.values() for case in cases for line in case["found"]}
    assert fired == {code for code in CODES if code.startswith("PC53")}
    assert all(any(not case["found"] for case in cases) for cases in TABLES.values())
