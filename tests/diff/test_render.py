"""D5 and D9: comments fit and stay whole whatever is in them; JSON keeps its schema; annotations stay few."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from platform_compiler.diagnostics import Span
from platform_compiler.diff.fold import Concern, Folded
from platform_compiler.diff.model import Cause, ChangeKind, Family, FieldChange, FieldKind, Identity, Level, Risk
from platform_compiler.diff.render import RENDERERS, render_text
from platform_compiler.diff.render.markdown import BUDGET, MARKER, render_markdown
from platform_compiler.diff.report import Cell, Report
from tests.diff.repositories import NAMES, boutique, let_frontend_call_emailservice, report_between

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/diff.schema.json").read_text())
HOSTILE = [
    "`",
    "``` \n```\n",
    "</details>",
    "<script>alert(1)</script>",
    "<!-- x",
    "@acme/team",
    "#12",
    "GH-12",
    "a|b",
    "**bold**",
    "[link](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "\\",
    "\x1b[31m",
    "\u202eevil",
    "\n\n# heading\n",
    "ä" * 50,
    "🙂" * 50,
    "$x$",
]
_TEXT = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=4).map("".join)


def _change(number: int, text: str = "value", fields: int = 3) -> Folded:
    changed = tuple(
        FieldChange(FieldKind.CHANGED, ("spec", f"field-{n}"), f"{text}-{n}", f"{text}-{n + 1}") for n in range(fields)
    )
    identity = Identity("prod", "apps", "Deployment", "shop", f"app-{number:05d}")
    cause = Cause(Span(f"teams/shop/app-{number:05d}.yaml", 7, 1, 7, 2), "scale.min")
    return Folded(
        ChangeKind.CHANGED,
        identity,
        None,
        f"shop/app-{number:05d}",
        not fields,
        ("prod",),
        changed,
        (cause,),
        "a",
        "a",
        identity[1:],
    )


def _concern(number: int, level: Level = Level.HIGH, text: str = "the selector cannot change") -> Concern:
    risk = Risk("immutable-change", Family.IMMUTABLE, level, ("spec", "selector"), text, "make a new one")
    cause = Cause(Span("teams/shop/web.yaml", number + 1, 1, number + 1, 2), "labels")
    return Concern(risk, f"Deployment shop/app-{number:05d}", "shop/web", ("prod",), (cause,))


def _report(changes: list[Folded], concerns: list[Concern]) -> Report:
    cells = tuple(Cell("prod", change.owner, {ChangeKind.CHANGED: 1}) for change in changes)
    counts = {ChangeKind.CHANGED: len(changes)}
    return Report(NAMES, {"prod": "prod"}, tuple(concerns), tuple(changes), cells, counts)


class _Balance(HTMLParser):
    """Follows `<details>`, and remembers whatever else of HTML there is."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.tags: set[str] = set()
        self.outside: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 -- the parser's signature
        self.tags.add(tag)
        self.depth += tag == "details"
        self._code += tag in {"code", "pre"}

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "details"
        self._code -= tag in {"code", "pre"}
        assert self.depth >= 0

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.outside.append(data)


def _rendered(text: str) -> _Balance:
    """Return what a forge makes of a comment: Markdown with tables and HTML let through."""
    balance = _Balance()
    balance.feed(MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(text))
    balance.close()
    assert balance.depth == 0
    return balance


@pytest.mark.parametrize("number", [10, 1_000, 20_000])
def test_d5_markdown_fits_its_budget_whatever_the_size_and_keeps_every_risk(number: int) -> None:
    changes, concerns = [_change(n) for n in range(number)], [_concern(n) for n in range(100)]
    text = render_markdown(_report(changes, concerns))
    assert len(text.encode()) <= BUDGET
    assert len(text) <= BUDGET
    assert all(f"`Deployment shop/app-{n:05d}`" in text for n in range(100))
    assert text.endswith(f"{MARKER}\n")
    _rendered(text)
    if number > 1_000:
        assert re.search(r"\*[\d,]+ of 20,000 changed resources are shown", text)
    else:
        assert all(f"app-{n:05d}" in text for n in range(min(number, 200)))


@pytest.mark.parametrize("number", [1_000, 20_000])
def test_d5_risks_that_alone_exceed_the_budget_are_counted_by_name_high_ones_first(number: int) -> None:
    concerns = [_concern(n) for n in range(number)] + [_concern(n, Level.LOW) for n in range(5)]
    text = render_markdown(_report([_change(0)], concerns))
    assert len(text.encode()) <= BUDGET
    assert f"- **HIGH** {number:,} of `immutable-change`" in text
    assert text.index("**HIGH**") < text.index("**LOW**")


def test_d5_high_risks_stay_whole_where_only_the_lower_ones_are_too_many() -> None:
    concerns = [_concern(n) for n in range(20)] + [_concern(n, Level.LOW) for n in range(5_000)]
    text = render_markdown(_report([], concerns))
    assert all(f"Deployment shop/app-{n:05d}" in text for n in range(20))
    assert "- **LOW** 5,000 of `immutable-change`" in text


def test_d5_one_change_of_many_long_values_fits() -> None:
    text = render_markdown(_report([_change(0, "ä" * 5_000, fields=500), _change(1)], []))
    assert len(text.encode()) <= BUDGET
    assert "app-00001" in text
    _rendered(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_d5_words_of_users_are_inert_in_markdown(hostile: str) -> None:
    _assert_inert(hostile)


@given(_TEXT)
def test_d5_any_mixture_of_them_is_inert(hostile: str) -> None:
    _assert_inert(hostile)


def _assert_inert(hostile: str) -> None:
    change = _change(0, hostile)
    identity = change.identity._replace(name=f"x{hostile}")
    field = FieldChange(FieldKind.ADDED, ("data", hostile), None, f"one\n{hostile}\ntwo\n")
    cause = Cause(Span(f"teams/{hostile}.yaml", 1, 1, 1, 1), hostile)
    changes = [
        Folded(
            ChangeKind.RENAMED,
            identity,
            identity,
            f"shop/{hostile}",
            hostile == "",
            ("prod",),
            (*change.fields, field),
            (cause,),
            hostile,
            hostile,
            identity[1:],
        ),
        _change(1),
    ]
    concerns = [_concern(0, text=f"the value `{hostile}` and {hostile}")]
    report = _report(changes, concerns)
    text = render_markdown(Report(**{name: getattr(report, name) for name in report.__slots__} | {"notes": (hostile,)}))
    balance = _rendered(text)
    assert balance.tags <= {
        "h3",
        "ul",
        "li",
        "strong",
        "code",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "details",
        "summary",
        "pre",
        "sub",
        "em",
    }
    outside = "".join(balance.outside)
    assert not re.search(r"[@#]\w|\bGH-\d", outside)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_d5_the_boutique_comment_is_short_and_says_the_risk_first(tmp_path: Path) -> None:
    base, head = boutique(tmp_path / "base"), boutique(tmp_path / "head")
    let_frontend_call_emailservice(head)
    text = render_markdown(report_between(base, head))
    verdict, risk = text.split("\n\n")[:2]
    assert verdict == "### platformc diff: 3 environments · 2 applications · \\~28 resources · HIGH: 1 new-reachability"
    assert risk.startswith("- **HIGH** new reachability into another team: `web/frontend` may now call")
    assert "`teams/web/frontend.yaml:32`" in risk
    assert len(text) < 5_000
    assert _rendered(text).tags >= {"table", "details"}


def test_no_change_is_said_and_not_silent() -> None:
    text = render_markdown(_report([], []))
    assert "no effective change" in text
    assert MARKER in text


def test_d9_json_has_the_shape_of_its_schema(tmp_path: Path) -> None:
    base, head = boutique(tmp_path / "base"), boutique(tmp_path / "head")
    let_frontend_call_emailservice(head)
    for report in (report_between(base, head), report_between(base, base), _report([_change(1)], [_concern(1)])):
        document = json.loads(RENDERERS["json"](report))
        jsonschema.validate(document, SCHEMA)
        assert document["schemaVersion"] == 1


def test_d9_two_reports_of_the_same_input_are_the_same_bytes(tmp_path: Path) -> None:
    base, head = boutique(tmp_path / "base"), boutique(tmp_path / "head")
    let_frontend_call_emailservice(head)
    one, two = (report_between(base, head) for _ in range(2))
    assert {name: render(one) for name, render in RENDERERS.items()} == {
        name: render(two) for name, render in RENDERERS.items()
    }


def test_github_annotations_are_at_most_ten_a_type_gravest_first_with_the_rest_counted() -> None:
    concerns = [_concern(n, level) for level in Level for n in range(25)]
    lines = RENDERERS["github"](_report([], concerns)).splitlines()
    kinds = [re.match(r"::(\w+) ", line)[1] for line in lines]  # type: ignore[index]  # every line is a command
    assert kinds == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert "46 more findings" in lines[-1]
    assert lines[0].startswith("::error file=teams/shop/web.yaml,line=1,title=immutable-change::")


def test_github_annotations_keep_a_hostile_message_on_one_line() -> None:
    (line, _) = RENDERERS["github"](_report([], [_concern(0, text="a\n::error::b%\r")])).splitlines()
    assert line.startswith("::error file=")
    assert "\r" not in line
    assert "%0A" in line


def test_text_has_colours_only_when_asked() -> None:
    report = _report([_change(0)], [_concern(0)])
    assert "\x1b[" not in render_text(report)
    assert "\x1b[" in render_text(report, colour=True)


def test_text_shows_control_characters_as_escapes() -> None:
    assert "\x1b" not in render_text(_report([_change(0, "\x1b[31m")], [_concern(0, text="\x1b[31m")]))
