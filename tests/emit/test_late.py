"""A late mapping calls its function when it is first asked for anything, and once."""

from collections.abc import Mapping

from platform_compiler.emit.late import Late


def test_a_late_mapping_is_made_when_it_is_asked_and_once() -> None:
    calls = []

    def make() -> Mapping[str, int]:
        calls.append("made")
        return {"a": 1, "b": 2}

    late = Late(make)
    assert calls == []
    assert late["a"] == 1
    assert (list(late), len(late), late.get("c")) == (["a", "b"], 2, None)
    assert late == {"a": 1, "b": 2}
    assert calls == ["made"]
