"""How a function is declared: its overloads, with the types they take and give, and the Kubernetes they came with."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

Version: TypeAlias = tuple[int, int]


class Overload(NamedTuple):
    """One way to call a function; types are words such as `string`, `list(dyn)` or `map(string, dyn)`."""

    id: str
    result: str
    parameters: tuple[str, ...]
    member: bool
    call: Callable[..., object]
    since: Version


class Function(NamedTuple):
    """A function by its name."""

    name: str
    overloads: tuple[Overload, ...]
