"""The authorizer: known by its words so that expressions compile, but only a live cluster can answer it."""

from platform_compiler.cel.functions.declare import ALWAYS, Function, Version, introduced, member

AUTHORIZER = {"@authorizer": "cluster", "requestResource": {"@authorizer": "request"}}
"""What stands for the variable `authorizer`, and for the check of the resource that is requested."""

OFFLINE = "the authorizer needs a live cluster: not evaluated offline"
"""What every question to it is answered with."""

_MAP = "map(string, dyn)"
_ROWS: tuple[tuple[str, str, int, str, Version], ...] = (
    ("path", "authorizer_path", 1, _MAP, ALWAYS),
    ("group", "authorizer_group", 1, _MAP, ALWAYS),
    ("serviceAccount", "authorizer_serviceaccount", 2, _MAP, ALWAYS),
    ("resource", "groupcheck_resource", 1, _MAP, ALWAYS),
    ("subresource", "resourcecheck_subresource", 1, _MAP, ALWAYS),
    ("namespace", "resourcecheck_namespace", 1, _MAP, ALWAYS),
    ("name", "resourcecheck_name", 1, _MAP, ALWAYS),
    ("check", "check", 1, _MAP, ALWAYS),
    ("allowed", "decision_allowed", 0, "bool", ALWAYS),
    ("reason", "decision_reason", 0, "string", ALWAYS),
    ("errored", "decision_errored", 0, "bool", ALWAYS),
    ("error", "decision_error", 0, "string", ALWAYS),
    ("fieldSelector", "authorizer_fieldselector", 1, _MAP, introduced(31)),
    ("labelSelector", "authorizer_labelselector", 1, _MAP, introduced(31)),
)


class OfflineError(ValueError):
    """A question that only a live cluster can answer."""

    def __init__(self) -> None:
        super().__init__(OFFLINE)


def ask(*_asked: object) -> object:
    """Answer any question.

    Raises:
        OfflineError: always.
    """
    raise OfflineError


FUNCTIONS = tuple(
    Function(name, (member(overload, (_MAP, *("string",) * texts), result, ask, since),))
    for name, overload, texts, result, since in _ROWS
)
