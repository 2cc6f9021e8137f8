"""Damage done to the text of an object, before there are any values."""

import re
from collections.abc import Iterator


def repeated_key(text: str) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    for i, line in enumerate(lines):
        if re.match(r" *[a-zA-Z]+: \S", line):
            yield "".join([*lines[: i + 1], line, *lines[i + 1 :]])


def tab_for_spaces(text: str) -> Iterator[str]:
    for line in re.findall(r"^  +\S.*$", text, re.MULTILINE):
        yield text.replace(line, f"\t{line.lstrip()}", 1)


def lost_quotes(text: str) -> Iterator[str]:
    """Text that is something else without its quotes."""
    for quoted in re.findall(r'(?<!pods)(?<!requests.cpu): "(?:true|false|[0-9]+)"$', text, re.MULTILINE):
        yield text.replace(quoted, quoted.replace('"', ""), 1)


def ambiguous_scalar(text: str) -> Iterator[str]:
    """Words that a reader of YAML 1.1 takes for something else, where a label's text belongs."""
    label = "app.kubernetes.io/managed-by: platformc"
    for word in () if label not in text else ("yes", "off", "012", "1_000"):
        yield text.replace(label, f"app.kubernetes.io/managed-by: {word}", 1)


def open_quote(text: str) -> Iterator[str]:
    for line in re.findall(r"^ +[a-z]+: [a-z].*$", text, re.MULTILINE):
        yield text.replace(line, line.replace(": ", ': "', 1), 1)


def open_bracket(text: str) -> Iterator[str]:
    for line in re.findall(r"^ +[a-z]+: [a-z].*$", text, re.MULTILINE):
        yield text.replace(line, line.replace(": ", ": [", 1), 1)


def lost_colon(text: str) -> Iterator[str]:
    for line in re.findall(r"^ +[a-z]+:$", text, re.MULTILINE):
        yield text.replace(f"{line}\n", f"{line[:-1]}\n", 1)


def lost_space(text: str) -> Iterator[str]:
    for line in re.findall(r"^ +[a-z]+: [a-z].*$", text, re.MULTILINE):
        yield text.replace(line, line.replace(": ", ":", 1), 1)


def lost_indentation(text: str) -> Iterator[str]:
    """One of several keys of a map a column to the left; a lone key would mean the same there."""
    lines = text.splitlines(keepends=True)
    for i in range(1, len(lines) - 1):
        near = {_indent(lines[i - 1]), _indent(lines[i + 1])}
        if re.match(r"  +[a-zA-Z]+: \S", lines[i]) and _indent(lines[i]) in near:
            yield "".join([*lines[:i], lines[i][1:], *lines[i + 1 :]])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def alias_of_nothing(text: str) -> Iterator[str]:
    for value in re.findall(r"^ +[a-z]+: ([a-z].*)$", text, re.MULTILINE):
        yield text.replace(f": {value}\n", ": *nothing\n", 1)


def foreign_tag(text: str) -> Iterator[str]:
    for value in re.findall(r"^ +[a-z]+: ([a-z].*)$", text, re.MULTILINE):
        yield text.replace(f": {value}\n", f": !secret {value}\n", 1)


def control_character(text: str) -> Iterator[str]:
    yield text.replace("\n  name: ", "\n  name: \x07", 1)


def conflict_markers(text: str) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    for i in range(3, len(lines)):
        yield "".join(
            [*lines[:i], "<<<<<<< HEAD\n", lines[i], "=======\n", lines[i], ">>>>>>> main\n", *lines[i + 1 :]]
        )


def lost_separator(text: str) -> Iterator[str]:
    yield text + text


def template_left_over(text: str) -> Iterator[str]:
    """A placeholder that nobody filled in."""
    for value in re.findall(r"^ +name: ([a-z].*)$", text, re.MULTILINE):
        yield text.replace(f"name: {value}\n", "name: {{ .Values.name }}\n", 1)


def half_a_file(text: str) -> Iterator[str]:
    """A file cut off in the middle of a key."""
    lines = text.splitlines(keepends=True)
    for i in range(4, len(lines)):
        if re.match(r" +[a-zA-Z]{4,}:", lines[i]):
            yield "".join([*lines[:i], lines[i].rstrip()[: len(lines[i]) - len(lines[i].lstrip()) + 3], "\n"])
