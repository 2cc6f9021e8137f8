"""What plain scalars mean: the YAML 1.2 core schema, and the places where readers of YAML 1.1 disagree with it."""

import re
from functools import lru_cache

from platform_compiler.source.node import ScalarValue

WORDS: dict[str, ScalarValue] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
NUMERIC_START = frozenset("0123456789+-.")
_NUMERIC_END = frozenset("0123456789abcdefABCDEF.")
_INT = re.compile(r"[-+]?[0-9]+\Z").match
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z").match
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z").match
_MAX_DIGITS = 300
_MAX_WORD = len("false")
"""What begins with a letter and is longer is no word of any reader's, and no number."""

_TRUE_1_1 = frozenset({"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE_1_1 = frozenset({"n", "N", "no", "No", "NO", "off", "Off", "OFF"})
_BINARY = re.compile(r"0b[01]+\Z").match
_YAML_1_1_BOOLEAN = re.compile(r"(?:y|n|yes|no|on|off)\Z", re.IGNORECASE).match
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z").match
_OCTAL = re.compile(r"0[0-7_]+\Z").match
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?\Z").match
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*\Z").match


def resolve(text: str) -> ScalarValue:
    """Return what a plain scalar means by the YAML 1.2 core schema.

    Infinities, not-a-number and numbers of absurd length stay text: no setting of ours takes them.
    """
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMERIC_START or text[-1] not in _NUMERIC_END or len(text) > _MAX_DIGITS:
        return text
    if _INT(text):
        return int(text)
    if _BASED(text):
        return int(text, 0)
    if _FLOAT(text):
        number = float(text)
        return text if number in (float("inf"), float("-inf")) else number
    return text


def resolve_as_kubectl(text: str) -> ScalarValue:
    """Return what a plain scalar means to `kubectl`, which reads booleans and numbers by YAML 1.1 but no dates."""
    if text in _TRUE_1_1 or text in _FALSE_1_1:
        return text in _TRUE_1_1
    if text[:1] not in NUMERIC_START:
        return resolve(text)
    if _OCTAL(text) and (digits := text.replace("_", "")).strip("01234567") == "":
        return int(digits, 8)
    if _BINARY(text):
        return int(text, 0)
    return resolve(text.replace("_", "")) if _UNDERSCORED(text) else resolve(text)


@lru_cache(maxsize=4096)
def ambiguity(text: str) -> str | None:  # noqa: PLR0911 -- one return a way to be misread
    """Say in plain words what readers make of a plain scalar where a string was meant; None when all read the text."""
    if len(text) > _MAX_WORD and text[0].isalpha():
        return None
    if _YAML_1_1_BOOLEAN(text):
        return f"`{text}` without quotes is a boolean to many YAML readers"
    if _SEXAGESIMAL(text):
        return f"`{text}` without quotes is a number in base 60 to many YAML readers"
    if _OCTAL(text):
        return f"`{text}` without quotes is an octal number to many YAML readers and a decimal one to others"
    if _DATE(text):
        return f"`{text}` without quotes is a date to many YAML readers"
    if _UNDERSCORED(text) or _BINARY(text):
        return f"`{text}` without quotes is a number to many YAML readers"
    value = resolve(text)
    if value is None:
        return f"`{text}` without quotes is null" if text else "nothing stands here, which is null"
    if isinstance(value, bool):
        return f"`{text}` without quotes is a boolean"
    if isinstance(value, int | float):
        return f"`{text}` without quotes is the number {value}"
    return None
