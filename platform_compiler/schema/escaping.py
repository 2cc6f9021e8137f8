"""Names of fields as the rules of a kind write them: what is no identifier of the language is escaped.

Source: "Validation rules" of CustomResourceDefinition.
"""

import re

_RESERVED = re.compile(
    "(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return"
    r"|var|void|while)\Z"
).match
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_ESCAPED = re.compile(r"__|[-./]")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z").match
_WRITABLE = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*\Z").match


def escaped(name: str) -> str:
    """Return the name that a rule uses for a field; as it is where no rule can name it."""
    if _RESERVED(name):
        return f"__{name}__"
    if _PLAIN(name) or not _WRITABLE(name):
        return name
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], name)
