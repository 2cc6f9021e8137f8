"""What is said of plain scalars agrees with what other readers make of them."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from platform_compiler.source.scalars import ambiguity

WORDS = st.sampled_from(["yes", "No", "ON", "off", "true", "False", "NULL", "null", "False1", "offer", "nullify"])


@given(st.from_regex(r"[a-zA-Zà-ž][\w./:-]{0,9}\w", fullmatch=True) | WORDS)
@example("False")
@example("falsely")
def test_a_word_that_is_called_clear_is_text_to_a_reader_of_yaml_1_1(word: str) -> None:
    if ambiguity(word) is None:
        assert isinstance(yaml.safe_load(word), str)
