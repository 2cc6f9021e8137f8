"""The golden tree fits the profile; what does not is refused at its place, and told in words."""

import pytest
import yaml

from platform_compiler.verify.profile.profile import kinds
from tests.verify.examples import golden_of_each_kind, kind
from tests.verify.judged import diagnostics, found

EXAMPLES = {kind(body): yaml.safe_dump(body, sort_keys=False) for body in golden_of_each_kind()}


@pytest.mark.parametrize("known", sorted(EXAMPLES), ids=" ".join)
def test_kind_is_accepted_as_it_is_and_refused_with_one_key_more(known: tuple[str, str]) -> None:
    text = EXAMPLES[known]
    assert found(text, whole=False) == []
    more = diagnostics(f"{text}surprise: 1\n", whole=False)
    assert [d.code for d in more] == ["PC5002"]
    assert more[0].span.line == len(text.splitlines()) + 1


def test_every_kind_of_the_golden_tree_has_a_profile() -> None:
    assert set(EXAMPLES) <= kinds()
