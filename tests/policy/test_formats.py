"""A violation by a manifest is told at the line that causes it, in every format."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from platform_compiler.cli.exits import Exit
from tests.policy.shops import NO_WEB, platform, shop, with_policy
from tests.policy.writing import policy

LINE = 5
"""Of `name: web` in the manifest."""
FILE = "teams/shop/web.yaml"
WORDS = "no 0 (policy `no-web`)"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    repository = with_policy(shop(tmp_path / "shop"), NO_WEB)
    assert (repository / FILE).read_text().splitlines()[LINE - 1] == "  name: web"
    monkeypatch.chdir(repository)
    return repository


def said(output_format: str) -> str:
    result = platform("validate", "--format", output_format, "--as-of", "2026-06-01")
    assert result.exit_code == Exit.FINDINGS
    return result.stdout


@pytest.mark.usefixtures("repository")
def test_text_shows_the_line_and_the_clusters() -> None:
    shown = said("text")
    assert f"{FILE}:{LINE}:9" in shown
    assert WORDS in shown
    assert "on dev, prod" in shown


@pytest.mark.usefixtures("repository")
def test_json() -> None:
    (found,) = json.loads(said("json"))["diagnostics"]
    place = found["labels"][0]
    assert (found["code"], place["path"], place["line"]) == ("PC7101", FILE, LINE)
    assert WORDS in found["message"]


@pytest.mark.usefixtures("repository")
def test_sarif() -> None:
    (run,) = json.loads(said("sarif"))["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert result["ruleId"] == "PC7101"
    assert result["level"] == "error"
    assert place["artifactLocation"]["uri"].endswith(FILE)
    assert place["region"]["startLine"] == LINE
    assert WORDS in result["message"]["text"]


@pytest.mark.usefixtures("repository")
def test_github() -> None:
    (line,) = said("github").splitlines()
    assert line.startswith(f"::error file={FILE},line={LINE},")
    assert WORDS in line


@pytest.mark.usefixtures("repository")
def test_gitlab() -> None:
    (found,) = json.loads(said("gitlab"))
    assert (found["check_name"], found["severity"]) == ("PC7101 policy-violation", "major")
    assert found["location"]["path"] == FILE
    assert found["location"]["lines"]["begin"] == LINE
    assert WORDS in found["description"]


@pytest.mark.usefixtures("repository")
def test_junit() -> None:
    failures = ET.fromstring(said("junit")).findall(".//failure")
    assert len(failures) == 1
    assert f"{FILE}:{LINE}" in "".join(failures[0].itertext()) + str(failures[0].attrib)


def test_services_are_shown_the_manifest_where_a_built_in_blueprint_made_the_field(repository: Path) -> None:
    with_policy(repository, policy("once", "object.spec.?replicas.orValue(2) > 1"))
    places = {name: _first_place(name) for name in ("github", "gitlab", "sarif", "junit")}
    assert set(places.values()) == {"teams/shop/cart.yaml"}, places


def _first_place(output_format: str) -> str:
    """Return the file that a report on the compile shows for its first violation."""
    shown = platform("compile", "--check", "--format", output_format, "--as-of", "2026-06-01").stdout
    match output_format:
        case "github":
            return shown.partition("file=")[2].partition(",")[0]
        case "gitlab":
            return str(json.loads(shown)[0]["location"]["path"])
        case "sarif":
            place = json.loads(shown)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
            return str(place["artifactLocation"]["uri"])
        case _:
            case = next(one for one in ET.fromstring(shown).iter("testcase") if one.find("failure") is not None)
            return str(case.get("name"))


def test_fingerprints_stay_when_lines_move(repository: Path) -> None:
    (before,) = json.loads(said("gitlab"))
    manifest = repository / FILE
    manifest.write_text(f"# a comment\n{manifest.read_text()}")
    (after,) = json.loads(said("gitlab"))
    assert after["location"]["lines"]["begin"] == LINE + 1
    assert after["fingerprint"] == before["fingerprint"]
