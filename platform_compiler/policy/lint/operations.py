"""Objects that there are not in every request: the one before when something is made, the one after when it goes."""

import re
from collections.abc import Iterator

from platform_compiler.cel.tree import Part, parts
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.lint.written import Sheet, Written

_ABSENT = {"oldObject": "CREATE", "object": "DELETE"}
_ANY = "*"


def absent_objects(sheet: Sheet, bag: Bag) -> None:
    """Report reads of an object that is null in some requests, where nothing asks which request it is."""
    operations = {operation for rule in sheet.policy.match.rules for operation in rule.operations}
    for name, operation in _ABSENT.items():
        if not operations & {operation, _ANY}:
            continue
        for written in sheet.of("validation"):
            used = list(_used(sheet, written))
            if any(_asks(name, one.text.text) for one in (*sheet.of("condition"), *used)):
                continue
            found = next(((one, part) for one in used for part in _reads(one, name)), None)
            if found:
                words = f"there is no `{name}` in a {operation} request, which the rules match"
                cure = f"write `{name} == null ||` before it, or leave {operation} out of `operations`"
                bag.add("PC7007", words, sheet.span(*found), help=cure)


def _used(sheet: Sheet, written: Written) -> Iterator[Written]:
    """Yield an expression and the variables that it reads."""
    yield written
    names = sheet.names(written)
    yield from (variable for name, variable in sheet.variables.items() if name in names)


def _asks(name: str, text: str) -> bool:
    """Whether an expression asks for the object itself or for the operation."""
    compared = rf"\b{name}\s*[!=]=\s*null\b|\bnull\s*[!=]=\s*{name}\b"
    return re.search(rf"{compared}|\brequest\.\??operation\b", text) is not None


def _reads(written: Written, name: str) -> Iterator[Part]:
    return (part for part in parts(written.tree.expr) if part.HasField("ident_expr") and part.ident_expr.name == name)
