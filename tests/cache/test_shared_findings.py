"""Clusters that share what is merged for them hear their own findings."""

from pathlib import Path

from tests.cache.fleets import Fleet
from tests.cache.test_same_answers import said


def test_each_environment_hears_of_its_own_defaults(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    # The second cluster of an environment repeats what was said of the first, and is like one of another environment.
    for name in ("another-dev", "other-dev"):
        (tmp_path / f"clusters/{name}.yaml").write_text(
            (tmp_path / "clusters/dev.yaml").read_text().replace("name: dev", f"name: {name}")
        )
    for name in ("dev", "prod"):
        fleet.change(f"environments/{name}.yaml", lambda spec: spec.update(defaults={"scale": {"min": 5, "max": 2}}))
    _, found, _ = said(fleet, "validate", "--format", "concise", "--no-cache")
    assert [line.partition(":")[0] for line in found.splitlines() if "PC1301" in line] == [
        "environments/dev.yaml",
        "environments/prod.yaml",
    ]
