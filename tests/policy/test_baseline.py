"""`platformc policy baseline`: what was there is noted, what is new counts, and the file only shrinks."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policy.writing import deployment, policy, run, write

TWO = "object.spec.?replicas.orValue(1) >= 2"
IMAGE = "object.spec.template.spec.containers.all(c, !c.image.endsWith(':1'))"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "policies" / "two.yaml", policy("two", TWO))
    write(tmp_path / "rendered" / "web.yaml", deployment(1))
    write(tmp_path / "rendered" / "api.yaml", deployment(1, "api"))
    return tmp_path


def baseline(*options: str) -> tuple[int, list[dict[str, Any]]]:
    """Write the baseline; return the exit code and the entries that are in the file then."""
    result = run("baseline", "rendered", "--policies", "policies", *options)
    return result.exit_code, json.loads(Path("policy-baseline.json").read_text())["entries"]


def check(*files: str) -> tuple[int, list[str]]:
    """Check files with the baseline; return the exit code and the codes told."""
    arguments = ("--policies", "policies", "--baseline", "policy-baseline.json", "--format", "concise")
    result = run("check", *(files or ("rendered",)), *arguments)
    return result.exit_code, [line.partition("[")[2].partition("]")[0] for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("folder")
def test_what_was_there_is_noted_and_counted() -> None:
    assert baseline()[0] == 0
    assert check() == (0, ["PC7292", "PC7292"])
    arguments = ("--policies", "policies", "--baseline", "policy-baseline.json")
    told = run("check", "rendered", *arguments).stderr
    assert "judged 2 objects by 1 policy; 2 violations known since the baseline" in told


@pytest.mark.usefixtures("folder")
def test_the_file_has_one_sorted_line_an_entry_and_no_lines_of_files() -> None:
    baseline()
    assert Path("policy-baseline.json").read_text() == (
        '{"version": 1, "entries": [\n'
        '  {"policy": "two", "validation": 0, "object": "Deployment.apps shop/api", "field": "spec.replicas"},\n'
        '  {"policy": "two", "validation": 0, "object": "Deployment.apps shop/web", "field": "spec.replicas"}\n'
        "]}\n"
    )


def test_moved_lines_and_another_file_change_nothing(folder: Path) -> None:
    baseline()
    (folder / "rendered" / "web.yaml").unlink()
    moved = write(folder / "rendered" / "other.yaml", deployment(1))
    moved.write_text("# a comment\n\n" + moved.read_text())
    assert check() == (0, ["PC7292", "PC7292"])


def test_a_new_violation_counts(folder: Path) -> None:
    baseline()
    write(folder / "rendered" / "new.yaml", deployment(1, "new"))
    assert check() == (1, ["PC7292", "PC7101", "PC7292"])


def test_another_field_of_the_same_object_is_new(folder: Path) -> None:
    write(folder / "policies" / "image.yaml", policy("image", IMAGE))
    write(folder / "rendered" / "web.yaml", deployment(2))
    write(folder / "rendered" / "api.yaml", deployment(2, "api"))
    baseline()
    assert check() == (0, ["PC7292", "PC7292"])
    body = deployment(2)
    body["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "y:1"})
    write(folder / "rendered" / "web.yaml", body)
    assert check()[0] == 1


def test_a_container_before_the_known_one_makes_nothing_new(folder: Path) -> None:
    write(folder / "policies" / "two.yaml", policy("image", IMAGE))
    baseline()
    body = deployment(2)
    body["spec"]["template"]["spec"]["containers"].insert(0, {"name": "side", "image": "y:2"})
    write(folder / "rendered" / "web.yaml", body)
    assert check() == (0, ["PC7292", "PC7292"])


def test_writing_again_drops_what_is_gone_and_adds_nothing(folder: Path) -> None:
    baseline()
    write(folder / "rendered" / "api.yaml", deployment(2, "api"))
    write(folder / "rendered" / "new.yaml", deployment(1, "new"))
    code, entries = baseline()
    assert (code, [entry["object"] for entry in entries]) == (1, ["Deployment.apps shop/web"])
    code, entries = baseline("--init")
    assert (code, [entry["object"] for entry in entries]) == (
        0,
        ["Deployment.apps shop/new", "Deployment.apps shop/web"],
    )


def test_an_entry_that_is_gone_is_told_where_everything_was_judged(folder: Path) -> None:
    baseline()
    write(folder / "rendered" / "api.yaml", deployment(2, "api"))
    assert check() == (0, ["PC7291", "PC7292"])
    assert check("rendered/web.yaml") == (0, ["PC7292"])
    assert check("rendered/api.yaml") == (0, ["PC7291"])


def test_nothing_is_written_where_something_cannot_be_read(folder: Path) -> None:
    baseline()
    before = (folder / "policy-baseline.json").read_bytes()
    (folder / "rendered" / "broken.yaml").write_text("a: [")
    assert run("baseline", "rendered", "--policies", "policies").exit_code == 1
    assert (folder / "policy-baseline.json").read_bytes() == before


def test_a_broken_baseline_is_not_taken_for_none(folder: Path) -> None:
    (folder / "policy-baseline.json").write_text("{}")
    assert run("baseline", "rendered", "--policies", "policies").exit_code == 1
    assert (folder / "policy-baseline.json").read_text() == "{}"


def test_no_violation_makes_an_empty_baseline(folder: Path) -> None:
    write(folder / "rendered" / "web.yaml", deployment(2))
    write(folder / "rendered" / "api.yaml", deployment(2, "api"))
    assert baseline() == (0, [])
    assert check() == (0, [])
