"""docs/policies.md: every file that it shows works in the Online Boutique, and so does every command."""

import shutil
from pathlib import Path

from tests.docs.test_commands import fences, run

ROOT = Path(__file__).parents[2]
PAGE = "docs/policies.md"


def test_policies_page_works_as_written(tmp_path: Path) -> None:
    repository = shutil.copytree(ROOT / "fixtures/online-boutique", tmp_path / "shop")
    for shown in fences(PAGE, "yaml"):
        path = shown.splitlines()[0].removeprefix("# ")
        if shown.startswith("# ") and path.endswith(".yaml"):
            (repository / path).parent.mkdir(parents=True, exist_ok=True)
            (repository / path).write_text(shown)
    baseline = repository / "policies/baseline.yaml"
    baseline.write_text(
        baseline.read_text().replace("    pod-security-*: {}", "    pod-security-*: {}\n    no-host-network: {}")
    )
    tested = run("platformc policy test", repository)
    assert tested.returncode == 0, tested.stdout
    assert "no-host-network: 2 cases, 1 of 1 validation covered" in tested.stdout
    done = run("platformc compile -o ../env --as-of 2027-02-01 --format concise", repository)
    assert (done.returncode, [line.partition("[")[2][:6] for line in done.stdout.splitlines()]) == (0, ["PC7210"])
    for command in fences(PAGE, "console")[0].splitlines():
        assert run(command, repository).returncode == 0, command


def test_part_of_a_policy_is_that_of_the_fixture() -> None:
    (part,) = (shown for shown in fences(PAGE, "yaml") if shown.splitlines()[0].endswith(", a part"))
    path, _, text = part.partition("\n")
    whole = (ROOT / "fixtures/online-boutique" / path.removeprefix("# ").removesuffix(", a part")).read_text()
    assert text in whole


def test_parameters_are_those_of_the_fixture() -> None:
    (shown,) = (one for one in fences(PAGE, "yaml") if "ConfigMap" in one)
    path, _, text = shown.partition("\n")
    assert text in (ROOT / "fixtures/online-boutique" / path.removeprefix("# ")).read_text()
