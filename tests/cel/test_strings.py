from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions import strings

VALUES = [
    ("'héllo'.charAt(1)", "é"),
    ("'ab'.charAt(2)", ""),
    ("'héllo'.indexOf('l')", 2),
    ("'héllo'.indexOf('')", 0),
    ("'héllo'.indexOf('', 3)", 3),
    ("'abab'.indexOf('ab', 1)", 2),
    ("'abab'.indexOf('ab', 9)", -1),
    ("'abab'.indexOf('x')", -1),
    ("''.indexOf('x')", -1),
    ("'abab'.lastIndexOf('ab')", 2),
    ("'abab'.lastIndexOf('ab', 1)", 0),
    ("'abab'.lastIndexOf('ab', 3)", 2),
    ("'abab'.lastIndexOf('')", 4),
    ("'abab'.lastIndexOf('', 1)", 1),
    ("'a'.lastIndexOf('abc')", -1),
    ("'abab'.lastIndexOf('a', 9)", -1),
    ("''.lastIndexOf('a')", -1),
    ("['a', 'b'].join()", "ab"),
    ("['a', 'b'].join('/')", "a/b"),
    ("[].join('/')", ""),
    ("object.words.join('-')", "b-a-b"),
    ("'ÀBc'.lowerAscii()", "Àbc"),
    ("'àBc'.upperAscii()", "àBC"),
    ("'aaa'.replace('a', 'b')", "bbb"),
    ("'aaa'.replace('a', 'b', 2)", "bba"),
    ("'aaa'.replace('a', 'b', 0)", "aaa"),
    ("'aaa'.replace('a', 'b', -7)", "bbb"),
    ("'ab'.replace('', '-')", "-a-b-"),
    ("'ab'.replace('', '-', 2)", "-a-b"),
    ("'a,b,c'.split(',')", ["a", "b", "c"]),
    ("'a,b,c'.split(',', 0)", []),
    ("'a,b,c'.split(',', 1)", ["a,b,c"]),
    ("'a,b,c'.split(',', 2)", ["a", "b,c"]),
    ("'a,b,c'.split(',', -1)", ["a", "b", "c"]),
    ("'aéb'.split('')", ["a", "é", "b"]),
    ("'aéb'.split('', 2)", ["a", "éb"]),
    ("'ab'.split('', 9)", ["a", "b"]),
    ("''.split('')", []),
    ("''.split(',')", [""]),
    ("'héllo'.substring(1)", "éllo"),
    ("'héllo'.substring(1, 3)", "él"),
    ("'ab'.substring(2)", ""),
    ("' \\t a b\\u00a0\\n'.trim()", "a b"),
    ("'\\u200ba'.trim()", "\u200ba"),
    ("object.text.charAt(0)", "h"),
    ("strings.quote('a\"b\\\\\\n\\t')", r'"a\"b\\\n\t"'),
]
TROUBLES = [
    ("'ab'.charAt(-1)", "index out of range: -1"),
    ("'ab'.charAt(3)", "index out of range: 3"),
    ("'ab'.indexOf('a', -1)", "index out of range: -1"),
    ("'ab'.lastIndexOf('a', -1)", "index out of range: -1"),
    ("'ab'.substring(3)", "index out of range: 3"),
    ("'ab'.substring(-1)", "index out of range: -1"),
    ("'ab'.substring(0, 3)", "index out of range: 3"),
    ("'ab'.substring(2, 1)", "start 2, end 1"),
    ("object.mixed.join(',')", "invalid input of type int"),
    ("object.whole.charAt(0)", "no such overload"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_does_what_kubernetes_does(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize(("text", "words"), TROUBLES)
def test_it_fails_where_kubernetes_fails(judge: Callable[[str], Any], text: str, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        judge(text)


def test_white_space_is_what_unicode_says() -> None:
    assert strings.trim("\x1ca\u3000") == "\x1ca"
