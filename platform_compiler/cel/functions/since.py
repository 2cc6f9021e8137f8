"""Since which Kubernetes everything of the language may be written in a policy, and what it never has.

What a version means here is said in `declare`. Overloads are named as in a checked syntax tree.
"""

from platform_compiler.cel.functions.declare import Function, Version, introduced

_OPTIONALS, _SETS, _TWO_VARIABLES, _LISTS = introduced(28), introduced(29), introduced(32), introduced(34)

_OF_THE_ENGINE: dict[str, Version] = {
    **dict.fromkeys(
        (
            "optional_of",
            "optional_none",
            "optional_ofNonZeroValue",
            "optional_hasValue",
            "optional_value",
            "optional_or_optional",
            "optional_orValue_value",
            "select_optional_field",
            "list_optindex_optional_int",
            "optional_list_optindex_optional_int",
            "map_optindex_optional_value",
            "optional_map_optindex_optional_value",
            "optional_list_index_int",
            "optional_map_index_value",
        ),
        _OPTIONALS,
    ),
    **dict.fromkeys(("list_sets_contains_list", "list_sets_equivalent_list", "list_sets_intersects_list"), _SETS),
    **dict.fromkeys(
        ("list_slice", "list_flatten", "list_flatten_int", "list_range", "list_reverse", "list_distinct"), _LISTS
    ),
    **dict.fromkeys(("@mapInsert_map_map", "@mapInsert_map_key_value"), _TWO_VARIABLES),
    **{
        f"list_{kind}_{function}": _LISTS
        for kind in ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
        for function in ("sort", "sortByAssociatedKeys")
    },
}

MACROS: dict[tuple[str, int], Version] = {
    ("optMap", 2): _OPTIONALS,
    ("optFlatMap", 2): _OPTIONALS,
    ("all", 3): _TWO_VARIABLES,
    ("exists", 3): _TWO_VARIABLES,
    ("existsOne", 3): _TWO_VARIABLES,
    ("exists_one", 3): _TWO_VARIABLES,
    ("transformList", 3): _TWO_VARIABLES,
    ("transformList", 4): _TWO_VARIABLES,
    ("transformMap", 3): _TWO_VARIABLES,
    ("transformMap", 4): _TWO_VARIABLES,
    ("transformMapEntry", 3): _TWO_VARIABLES,
    ("transformMapEntry", 4): _TWO_VARIABLES,
    ("sortBy", 2): _LISTS,
}
"""Macros by name and how many arguments they take: in a syntax tree only their expansions are left."""

NOT_HERE: dict[str, str] = {
    "transformMapEntry": "use `transformMap`, or `map` over the keys",
    "net.IP": "use `isIP()`",
    "net.CIDR": "use `isCIDR()`",
}
"""What Kubernetes has and this engine does not, and what to write instead."""

NEVER: dict[str, str] = {
    "cel.bind": "name the value in `variables` of the policy",
    "cel.block": "name the values in `variables` of the policy",
    **dict.fromkeys(("math.greatest", "math.least"), "write a list, as in `[a, b].max()` or `[a, b].min()`"),
    "math.abs": "write `x < 0 ? -x : x`",
    **dict.fromkeys(
        ("math.ceil", "math.floor", "math.round", "math.trunc"), "`int()` cuts the fraction off; compare with that"
    ),
    "math.sign": "compare with 0",
    **dict.fromkeys(
        (
            "math.sqrt",
            "math.isInf",
            "math.isNaN",
            "math.isFinite",
            "math.bitAnd",
            "math.bitOr",
            "math.bitXor",
            "math.bitNot",
            "math.bitShiftLeft",
            "math.bitShiftRight",
        ),
        "Kubernetes has no `math` functions; the policy cannot tell this",
    ),
    **dict.fromkeys(
        ("base64.encode", "base64.decode"),
        "policies cannot read base64; `format.byte().validate(x)` tells whether a text is base64",
    ),
    **dict.fromkeys(
        ("regex.replace", "regex.extract", "regex.extractAll"), "use `matches()`, `find()`, `findAll()` or `replace()`"
    ),
    **dict.fromkeys(("proto.getExt", "proto.hasExt"), "read the field by its name"),
    **dict.fromkeys(("json.unmarshal", "json.marshal", "yaml.parse"), "policies cannot parse text; read the fields"),
    ".sign": "write `sign(q)`: the method that is documented was declared as a function",
    "mul": "turn the quantity into a number with `asInteger()` or `asApproximateFloat()` and multiply that",
    **dict.fromkeys(
        ("div", "divInt"),
        "turn the quantity into a number with `asInteger()` or `asApproximateFloat()` and divide that",
    ),
    **dict.fromkeys(
        ("image", "isImage", "parseImageReference"),
        "split the text of the image with `split()`, `find()` or `matches()`",
    ),
    "jsonpatch.escapeKey": "only a MutatingAdmissionPolicy has it",
    **dict.fromkeys(
        ("resource.Get", "resource.List", "resource.Post", "http.Get", "http.Post", "globalContext.Get"),
        "only Kyverno has it; a policy sees nothing but the object, its namespace and `params`",
    ),
    **dict.fromkeys(("toLower", "lower"), "write `lowerAscii()`"),
    **dict.fromkeys(("toUpper", "upper"), "write `upperAscii()`"),
    "length": "write `size()`",
    **dict.fromkeys(("len", "count"), "write `size()`"),
    "contains_any": "write `list.exists(x, text.contains(x))`",
    "now": "the clock is no input of a policy",
}
"""What people write and Kubernetes does not have, and what to write instead."""


def overloads(functions: tuple[Function, ...]) -> dict[str, Version]:
    """Return since when each overload may be written: those of Kubernetes, and those that the engine brings."""
    return _OF_THE_ENGINE | {one.id: one.since for function in functions for one in function.overloads}
