"""An expression that is only a path means what the grammar makes of it."""

from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.blueprints.expressions import parse_expression
from platform_compiler.blueprints.nodes import ExpressionError

_WORDS = (
    *("a", "app", "_x", "B2", "not", "and", "or", "if", "else", "in", "is", "true", "False", "none", "None", "TRUE"),
    *("for", "import", "with", "block", "loop", "self", "defined", "recursive", "set", "call", "filter"),
)


def parsed(source: str) -> object:
    try:
        return parse_expression(source).tree
    except ExpressionError as wrong:
        return wrong.code


@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4), st.sampled_from(("", " ", "\n")))
def test_a_path_is_what_the_grammar_says_of_it(words: list[str], space: str) -> None:
    path = ".".join(words)
    # Whatever stands in brackets is left to the grammar.
    assert parsed(f"{space}{path}{space}") == parsed(f"({path})")
