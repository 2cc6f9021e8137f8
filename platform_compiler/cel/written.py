"""The text of a tree: what somebody may have written, with the macros that the engine has taken apart.

The engine keeps no ranges of the source, so that a part's own text is not to be had. Variables that are bound around a
tree are left out: they are read by their names.
"""

import re
from collections.abc import Sequence

from platform_compiler.cel.shapes import Loop, chain, constant, function_of, kind_of, loop_of, optional_map
from platform_compiler.cel.tree import Part

_CHOICE, _OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _MEMBER = range(1, 9)
_LOGICAL = {"_||_": (" || ", _OR), "_&&_": (" && ", _AND)}
_BINARY = {
    **{f"_{sign}_": (sign, _RELATION) for sign in ("==", "!=", "<", "<=", ">", ">=")},
    "@in": ("in", _RELATION),
    **{f"_{sign}_": (sign, _SUM) for sign in ("+", "-")},
    **{f"_{sign}_": (sign, _PRODUCT) for sign in ("*", "/", "%")},
}
_PREFIXES = {"!_": "!", "-_": "-"}
_INDEXES = {"_[_]": "[", "_[?_]": "[?"}
_PLAIN = re.compile(r"\A[A-Za-z_][A-Za-z0-9_]*\Z")
_KEYWORDS = frozenset({"in", "true", "false", "null"})
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def written(part: Part) -> str:
    """Return the text of a part; compiled again, it gives an equal tree."""
    return _text(part, _CHOICE)


def written_item(whole: Part, key: str | int) -> str:
    """Return the text that reads one item of what a part is: `object.spec.containers[0]`."""
    return f"{_text(whole, _MEMBER)}[{written_key(key)}]"


def written_key(key: str | int) -> str:
    """Return the text of a key of a map or a list."""
    return _quoted(key) if isinstance(key, str) else str(key)


def _text(part: Part, least: int) -> str:
    """Return a part's text, in parentheses where it binds less than its place asks for."""
    text, strength = _WRITERS[kind_of(part)](part)
    return text if strength >= least else f"({text})"


def _nothing(_part: Part) -> tuple[str, int]:
    return "...", _MEMBER


def _const(part: Part) -> tuple[str, int]:
    value = constant(part)
    if value is None:
        return "null", _MEMBER
    if isinstance(value, bool):
        return str(value).lower(), _MEMBER
    if isinstance(value, str):
        return _quoted(value), _MEMBER
    if isinstance(value, bytes):
        return "b'" + "".join(f"\\x{byte:02x}" if not _readable(byte) else chr(byte) for byte in value) + "'", _MEMBER
    unsigned = "u" if part.const_expr.WhichOneof("kind") == "uint64_value" else ""
    text = f"{value!r}{unsigned}"
    return text, _UNARY if text.startswith("-") else _MEMBER


def _readable(byte: int) -> bool:
    return 32 <= byte < 127 and chr(byte) not in "'\\"  # noqa: PLR2004 -- the printable characters of ASCII


def _quoted(value: str) -> str:
    quote = '"' if "'" in value and '"' not in value else "'"
    return quote + "".join(_escaped(char, quote) for char in value) + quote


def _escaped(char: str, quote: str) -> str:
    if char in _ESCAPES or char == quote:
        return _ESCAPES.get(char, f"\\{char}")
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _ident(part: Part) -> tuple[str, int]:
    return str(part.ident_expr.name), _MEMBER


def _select(part: Part) -> tuple[str, int]:
    select = part.select_expr
    text = f"{_text(select.operand, _MEMBER)}.{_field(select.field)}"
    return (f"has({text})" if select.test_only else text), _MEMBER


def _field(name: str) -> str:
    return name if _PLAIN.match(name) and name not in _KEYWORDS else f"`{name}`"


def _call(part: Part) -> tuple[str, int]:
    return _CALLS.get(function_of(part), _function)(part)


def _function(part: Part) -> tuple[str, int]:
    target = f"{_text(part.call_expr.target, _MEMBER)}." if part.call_expr.HasField("target") else ""
    return f"{target}{function_of(part)}({_several(part.call_expr.args)})", _MEMBER


def _binary(part: Part) -> tuple[str, int]:
    sign, strength = _BINARY[function_of(part)]
    left, right = part.call_expr.args
    return f"{_text(left, strength)} {sign} {_text(right, strength + 1)}", strength


def _prefix(part: Part) -> tuple[str, int]:
    return f"{_PREFIXES[function_of(part)]}{_prefixed(part.call_expr.args[0])}", _UNARY


def _index(part: Part) -> tuple[str, int]:
    whole, index = part.call_expr.args
    return f"{_text(whole, _MEMBER)}{_INDEXES[function_of(part)]}{written(index)}]", _MEMBER


def _optional_select(part: Part) -> tuple[str, int]:
    whole, field = part.call_expr.args
    return f"{_text(whole, _MEMBER)}.?{_field(str(constant(field)))}", _MEMBER


def _prefixed(part: Part) -> str:
    # A number would take the sign as its own.
    number = type(constant(part)) in {int, float}
    return f"({written(part)})" if number else _text(part, _MEMBER)


def _logical(part: Part) -> tuple[str, int]:
    """Return a chain: flat where the engine groups its members alike, and with its own parentheses where not."""
    name = function_of(part)
    sign, strength = _LOGICAL[name]
    members = list(chain(part, name))
    if not _grouped_alike(part, members, name):
        members = list(part.call_expr.args)
    return sign.join(_text(member, strength + 1) for member in members), strength


def _grouped_alike(part: Part, members: Sequence[Part], name: str) -> bool:
    """Whether a chain has the balanced shape that the engine gives to members without parentheses."""
    if len(members) == 1:
        return function_of(part) != name
    if function_of(part) != name:
        return False
    middle = len(members) // 2 if len(members) % 2 == 0 else len(members) // 2 + 1
    left, right = part.call_expr.args
    return _grouped_alike(left, members[:middle], name) and _grouped_alike(right, members[middle:], name)


def _conditional(part: Part) -> tuple[str, int]:
    found = optional_map(part)
    if found is not None:
        return f"{_text(found.target, _MEMBER)}.{found.macro}({found.name}, {written(found.body)})", _MEMBER
    condition, one, other = part.call_expr.args
    return f"{_text(condition, _OR)} ? {_text(one, _OR)} : {_text(other, _CHOICE)}", _CHOICE


def _list(part: Part) -> tuple[str, int]:
    optional = set(part.list_expr.optional_indices)
    items = (f"{'?' * (i in optional)}{written(one)}" for i, one in enumerate(part.list_expr.elements))
    return f"[{', '.join(items)}]", _MEMBER


def _struct(part: Part) -> tuple[str, int]:
    struct = part.struct_expr
    entries = (f"{'?' * entry.optional_entry}{_key(entry)}: {written(entry.value)}" for entry in struct.entries)
    return f"{struct.message_name}{{{', '.join(entries)}}}", _MEMBER


def _key(entry: Part) -> str:
    return written(entry.map_key) if entry.HasField("map_key") else str(entry.field_key)


def _comprehension(part: Part) -> tuple[str, int]:
    found = loop_of(part)
    return ("...", _MEMBER) if found is None else (_macro(found), _MEMBER)


def _macro(loop: Loop) -> str:
    parts = [written(part) for part in (loop.test, loop.made) if part is not None]
    return f"{_text(loop.range, _MEMBER)}.{loop.macro}({', '.join([*loop.names, *parts])})"


def _binding(part: Part) -> tuple[str, int]:
    return _WRITERS[kind_of(part.comprehension_expr.result)](part.comprehension_expr.result)


def _several(items: Sequence[Part]) -> str:
    return ", ".join(map(written, items))


_WRITERS = {
    "": _nothing,
    "const": _const,
    "ident": _ident,
    "select": _select,
    "call": _call,
    "list": _list,
    "struct": _struct,
    "comprehension": _comprehension,
    "binding": _binding,
}
_CALLS = {
    **dict.fromkeys(_LOGICAL, _logical),
    **dict.fromkeys(_BINARY, _binary),
    **dict.fromkeys(_PREFIXES, _prefix),
    **dict.fromkeys(_INDEXES, _index),
    "_?._": _optional_select,
    "_?_:_": _conditional,
}
