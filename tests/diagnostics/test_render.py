"""How findings look: to people, editors, programs and GitHub."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.diagnostics import Bag, Diagnostic, Label, Severity, Span
from platform_compiler.diagnostics.render import RENDERERS, render_text
from tests.diagnostics.strategies import DIAGNOSTICS

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/diagnostics.schema.json").read_text())
TEXTS = {"teams/shop/web.yaml": b"a: 1\nports:\n  htpp: {port: 80}\n", "b.yaml": "x: \U0001f600 y\n".encode()}
SPAN = Span("teams/shop/web.yaml", 3, 3, 3, 7)
ONE = Diagnostic(
    "PC1101",
    Severity.ERROR,
    "`spec` has no key `htpp`",
    (Label(SPAN, "here"), Label(Span("teams/shop/web.yaml", 2, 1, 2, 6), "in this"), Label(Span("b.yaml", 1, 6, 1, 7))),
    ("did you mean `http`?", "or add:\n  a: b"),
    ("a note",),
)


def test_text_shows_lines_marks_help_and_notes() -> None:
    assert render_text([ONE], TEXTS, colour=False, unicode=False) == (
        "error[PC1101]: `spec` has no key `htpp`\n"
        " --> teams/shop/web.yaml:3:3\n"
        "  |\n"
        "2 | ports:\n"
        "  | ----- in this\n"
        "3 |   htpp: {port: 80}\n"
        "  |   ^^^^ here\n"
        " --> b.yaml:1:6\n"
        "  |\n"
        "1 | x: \U0001f600 y\n"
        "  |       -\n"
        "  = help: did you mean `http`?\n"
        "  = help: or add:\n"
        "       a: b\n"
        "  = note: a note\n"
    )


def test_credentials_in_a_shown_line_are_starred_out_in_their_place() -> None:
    line = 'url: "https://bot:s3cret@git.acme.com/env.git"  # mail a@b.c'
    finding = Diagnostic("PC8002", Severity.ERROR, "no", (Label(Span("p.yaml", 1, 6, 1, 47)),), (), ())
    shown = render_text([finding], {"p.yaml": line.encode()}, colour=False, unicode=False)
    assert 'url: "https://**********@git.acme.com/env.git"  # mail a@b.c\n  |      ^^^^' in shown


def test_colours_are_there_only_when_asked_for() -> None:
    assert "\x1b[1;31merror[PC1101]\x1b[0m" in render_text([ONE], TEXTS, colour=True, unicode=True)
    assert "\x1b" not in render_text([ONE], TEXTS, colour=False, unicode=True)


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    bag = Bag()
    bag.add("PC1101", "no key `\x1b[2J`", Span("a.yaml", 1, 1, 1, 2))
    for printed in (
        render_text(bag.sorted(), {"a.yaml": b"\x1b[2J\x07"}, colour=False, unicode=True),
        RENDERERS["concise"](bag.sorted(), {}),
    ):
        assert "\x1b" not in printed
        assert "\\x1b[2J" in printed


def test_concise_is_one_line() -> None:
    assert RENDERERS["concise"]([ONE], TEXTS) == "teams/shop/web.yaml:3:3: error[PC1101] `spec` has no key `htpp`\n"


def test_file_as_a_whole_has_no_line() -> None:
    bag = Bag()
    bag.add("PC1004", "too large", Span("a.yaml"))
    assert RENDERERS["concise"](bag.sorted(), {}) == "a.yaml: error[PC1004] too large\n"


def test_github_command_is_escaped() -> None:
    bag = Bag()
    bag.add("PC1101", "50% of a\nb", Span("a,b:c.yaml", 1, 2, 1, 4), help="do: it")
    assert RENDERERS["github"](bag.sorted(), {}) == (
        "::error file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=2,endColumn=4,title=PC1101 unknown-key::"
        "50%25 of a%0Ab%0Ahelp: do: it\n"
    )


def test_json_fits_its_schema_and_counts() -> None:
    document = json.loads(RENDERERS["json"]([ONE], TEXTS))
    jsonschema_rs.validate(SCHEMA, document)
    assert document["summary"] == {"errors": 1, "warnings": 0, "notes": 0}
    assert document["diagnostics"][0]["labels"][0]["endColumn"] == 7


@given(st.lists(DIAGNOSTICS, max_size=3), st.binary(max_size=400))
def test_any_finding_over_any_bytes_is_rendered(found: list[Diagnostic], data: bytes) -> None:
    texts = {"a.yaml": data}
    for colour in (False, True):
        assert isinstance(render_text(found, texts, colour=colour, unicode=True), str)
    for renderer in RENDERERS.values():
        assert isinstance(renderer(found, texts), str)
    document: Any = json.loads(RENDERERS["json"](found, texts))
    jsonschema_rs.validate(SCHEMA, document)


@pytest.mark.parametrize("first", [0, 1])
def test_bag_sorts_by_place_and_keeps_a_finding_once(first: int) -> None:
    bag = Bag()
    spans = [Span("a.yaml", 2, 1, 2, 2), Span("a.yaml", 1, 1, 1, 2)]
    for span in (spans[first], spans[1 - first], spans[first]):
        bag.add("PC1101", "x", span)
    assert [d.span.line for d in bag.sorted()] == [1, 2]
