"""The golden tree fits the profile; what does not is refused at its place, and told in words."""

from pathlib import Path

import pytest
import yaml

from platform_compiler.verify.profile.profile import kinds
from tests.verify.judged import diagnostics, found

EXPECTED = Path(__file__).parents[2] / "fixtures/expected/online-boutique/clusters"


def examples() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for path in sorted(EXPECTED.rglob("*.yaml")):
        body = yaml.safe_load(path.read_text())
        found.setdefault((body["apiVersion"], body["kind"]), path.read_text())
    return found


@pytest.mark.parametrize("kind", sorted(examples()), ids=" ".join)
def test_kind_is_accepted_as_it_is_and_refused_with_one_key_more(kind: tuple[str, str]) -> None:
    text = examples()[kind]
    assert found(text, whole=False) == []
    more = diagnostics(f"{text}surprise: 1\n", whole=False)
    assert [d.code for d in more] == ["PC5002"]
    assert more[0].span.line == len(text.splitlines()) + 1


def test_every_kind_of_the_golden_tree_has_a_profile() -> None:
    assert set(examples()) <= kinds()
