"""Judge expressions by the real engine."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from platform_compiler.cel import engine
from platform_compiler.cel.functions.authorizer import AUTHORIZER

Judge: TypeAlias = Callable[[str], Any]

OBJECT = {
    "text": "héllo",
    "whole": 3,
    "half": 0.5,
    "numbers": [3, 1, 2],
    "halves": [0.5, 1.5],
    "words": ["b", "a", "b"],
    "mixed": [1, "a"],
    "nothing": [],
    "unset": None,
    "map": {"a": 1},
}


@pytest.fixture(scope="session")
def language() -> engine.Language:
    return engine.language("object", "authorizer")


@pytest.fixture(scope="session")
def judge(language: engine.Language) -> Judge:
    given = engine.activation({"object": OBJECT, "authorizer": AUTHORIZER})
    return lambda text: language.compile(text).value(given)
