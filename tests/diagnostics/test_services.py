"""Reports for services: SARIF, GitLab's code quality, JUnit, and the order of GitHub's annotations."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.diagnostics import CODES, Diagnostic, Label, Severity, Span
from platform_compiler.diagnostics.render import RENDERERS, render_junit
from platform_compiler.diagnostics.render.fingerprint import fingerprints
from tests.diagnostics.strategies import DIAGNOSTICS

FORMATS = Path(__file__).parent / "formats"
SCHEMAS = {name: json.loads((FORMATS / f"{name}.schema.json").read_text()) for name in ("sarif", "gitlab")}
WEB, CART = "teams/shop/web.yaml", "teams/shop/cart.yaml"


def finding(severity: Severity = Severity.ERROR, line: int = 2, message: str = "no such thing") -> Diagnostic:
    labels = (Label(Span(WEB, line, 3, line, 7), "here"), Label(Span(CART, line, 1, line, 2), "and there"))
    return Diagnostic("PC2104", severity, message, labels, ("do this",))


def document(name: str, found: Sequence[Diagnostic]) -> Any:
    read = json.loads(RENDERERS[name](found, {}))
    jsonschema_rs.validate(SCHEMAS[name], read)
    return read


def junit(found: Sequence[Diagnostic], **texts: bytes) -> ET.Element:
    """Return the report's root after judging its structure as the schema of JUnit files does."""
    root = ET.fromstring(render_junit(found, texts))
    assert root.tag == "testsuites"
    (suite,) = root
    assert suite.tag == "testsuite"
    cases = list(suite)
    assert {case.tag for case in cases} <= {"testcase"}
    for case in cases:
        assert set(case.attrib) == {"name", "classname"}
        assert [child.tag for child in case] in ([], ["failure"], ["system-out"], ["failure", "system-out"])
        for failure in case.iter("failure"):
            assert set(failure.attrib) == {"message", "type"}
            assert failure.text
    for counted in (root, suite):
        assert int(counted.attrib["tests"]) == len(cases)
        assert int(counted.attrib["failures"]) == len(list(suite.iter("failure")))
        assert counted.attrib["errors"] == "0"
    assert len({case.attrib["name"] for case in cases}) == len(cases)
    return suite


@pytest.mark.parametrize("name", ["sarif", "gitlab"])
def test_v4_report_without_findings_fits_its_schema(name: str) -> None:
    document(name, [])


def test_v4_junit_has_a_case_for_each_file_and_fails_those_with_errors() -> None:
    found = [
        finding(),
        finding(line=9),
        finding(Severity.WARNING),
        finding(Severity.NOTE)._replace(labels=(Label(Span(CART)),)),
    ]
    cases = {case.attrib["name"]: case for case in junit(found, **{"platform.yaml": b"", WEB: b"a\nb"})}
    assert list(cases) == ["platform.yaml", CART, WEB]
    assert not list(cases["platform.yaml"])
    assert [child.tag for child in cases[CART]] == ["system-out"]
    assert [child.tag for child in cases[WEB]] == ["failure", "system-out"]
    assert cases[WEB][0].attrib == {"message": "no such thing (and 1 more)", "type": "PC2104"}


def test_v4_junit_names_only_what_was_checked() -> None:
    root = ET.fromstring(render_junit([], {WEB: b"", CART: b""}, [WEB]))
    assert [case.attrib["name"] for case in root.iter("testcase")] == [WEB]


def test_v4_sarif_points_at_the_manifest_first_and_relates_the_other_labels() -> None:
    (run,) = document("sarif", [finding()])["runs"]
    (result,) = run["results"]
    primary = result["locations"][0]["physicalLocation"]
    assert primary["artifactLocation"]["uri"] == WEB
    assert primary["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 7}
    assert [x["physicalLocation"]["artifactLocation"]["uri"] for x in result["relatedLocations"]] == [CART]
    assert result["message"]["text"] == "no such thing\nhelp: do this"


def test_v4_sarif_rule_is_the_page_of_its_code_and_names_no_address() -> None:
    found = [finding()._replace(code=code) for code in CODES]
    rules = document("sarif", found)["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(CODES)
    for rule in rules:
        page = (Path(__file__).parents[2] / f"docs/codes/{rule['id']}.md").read_text()
        assert rule["help"]["text"] == page
        assert rule["fullDescription"]["text"] in page
        assert "http://" not in json.dumps({**rule, "help": {}, "fullDescription": {}})
        assert "https://" not in json.dumps({**rule, "help": {}, "fullDescription": {}})


def test_v4_sarif_of_too_many_findings_keeps_the_errors_and_says_how_many_are_left_out() -> None:
    notes = [finding(Severity.NOTE, line=n + 1) for n in range(25_000)]
    (run,) = document("sarif", [*notes, finding(), finding(line=3)])["runs"]
    assert len(run["results"]) == 25_000
    assert [result["level"] for result in run["results"][:3]] == ["error", "error", "note"]
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("2 more findings")


def test_v4_sarif_finding_with_very_many_labels_keeps_to_the_limit() -> None:
    labels = tuple(Label(Span(WEB, n, 1, n, 2)) for n in range(1, 1_500))
    document("sarif", [finding()._replace(labels=labels)])


def test_v4_sarif_message_reads_as_written_once_placeholders_and_links_are_resolved() -> None:
    (run,) = document("sarif", [finding(message="write `{a: {b}}`, not {0}, see [x](1)")])["runs"]
    shown = run["results"][0]["message"]["text"].replace("{{", "{").replace("}}", "}")
    assert shown.startswith("write `{a: {b}}`, not {0}, see [x] (1)\n")


def test_v4_path_of_any_bytes_becomes_a_uri() -> None:
    odd = finding()._replace(labels=(Label(Span("teams/a b/\udcff.yaml", 1, 1, 1, 2)),))
    (run,) = document("sarif", [odd])["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "teams/a%20b/%FF.yaml"
    assert document("gitlab", [odd])[0]["location"]["path"] == "teams/a b/\\udcff.yaml"


def test_v4_gitlab_severities_and_the_line_of_a_whole_file() -> None:
    whole = finding()._replace(labels=(Label(Span(WEB)),))
    found = document("gitlab", [whole, finding(Severity.WARNING), finding(Severity.NOTE)])
    assert [entry["severity"] for entry in found] == ["major", "minor", "info"]
    assert found[0]["location"] == {"path": WEB, "lines": {"begin": 1}}


def test_v4_github_shows_errors_first() -> None:
    printed = RENDERERS["github"]([finding(Severity.NOTE), finding(Severity.WARNING), finding()], {})
    assert [line.partition(" ")[0] for line in printed.splitlines()] == ["::error", "::warning", "::notice"]


@given(st.lists(DIAGNOSTICS, max_size=4), st.binary(max_size=200))
def test_v4_any_finding_fits_every_format(found: list[Diagnostic], data: bytes) -> None:
    document("sarif", found)
    document("gitlab", found)
    junit(found, **{"a.yaml": data, "c.yaml": data})
    commands = RENDERERS["github"](found, {})
    assert len(commands.splitlines()) == len(found)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in commands.splitlines())


@given(st.lists(DIAGNOSTICS, max_size=4), st.binary(max_size=200))
def test_v4_reports_are_the_same_bytes_again_and_hold_nothing_invisible(found: list[Diagnostic], data: bytes) -> None:
    texts = {"a.yaml": data}
    for name in ("sarif", "gitlab", "junit"):
        printed = RENDERERS[name](found, texts)
        assert printed == RENDERERS[name](found, texts)
        assert printed.isascii()
        assert all(character.isprintable() or character == "\n" for character in printed)


@given(st.lists(DIAGNOSTICS, max_size=4), st.integers(1, 50))
def test_v4_fingerprints_are_unique_and_stay_when_lines_move(found: list[Diagnostic], lines: int) -> None:
    twice = [*found, *found]
    names = fingerprints(twice)
    assert len(set(names)) == len(twice)
    moved = [
        d._replace(labels=tuple(x._replace(span=x.span._replace(line=x.span.line + lines)) for x in d.labels))
        for d in twice
    ]
    assert fingerprints(moved) == names


def test_v4_fingerprint_tells_files_codes_and_messages_apart() -> None:
    one = finding()
    others = [
        one._replace(code="PC2001"),
        one._replace(message="another"),
        one._replace(labels=(Label(Span(CART, 2, 3, 2, 7), "here"), one.labels[1])),
    ]
    assert len(set(fingerprints([one, *others]))) == 4
    assert all(fingerprints([one]) != fingerprints([other]) for other in others)
