"""How a function is declared: its overloads, the types they take and give, and since which Kubernetes they may be used.

The version recorded is the first Kubernetes whose API server takes the function in a new or changed policy. That is one
minor version after its environment introduced it (`IntroducedVersion` in `apiserver/pkg/cel/environment/base.go`): an
API server holds new expressions to what the version before it knows, so that a cluster can be rolled back. What was
introduced before policies could be shipped at all is recorded as `ALWAYS`.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

Version: TypeAlias = tuple[int, int]

ALWAYS: Version = (1, 0)


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


def introduced(minor: int) -> Version:
    """Return since when what Kubernetes 1.`minor` introduced may be written in a policy."""
    return (1, minor + 1)


def member(
    overload: str, parameters: tuple[str, ...], result: str, call: Callable[..., object], since: Version
) -> Overload:
    """Return an overload that is called on its first parameter."""
    return Overload(overload, result, parameters, True, call, since)  # noqa: FBT003 -- the field's name says it


def free(
    overload: str, parameters: tuple[str, ...], result: str, call: Callable[..., object], since: Version
) -> Overload:
    """Return an overload that stands alone."""
    return Overload(overload, result, parameters, False, call, since)  # noqa: FBT003


def merged(*libraries: tuple[Function, ...]) -> tuple[Function, ...]:
    """Return the functions of all libraries, with one function a name."""
    found: dict[str, tuple[Overload, ...]] = {}
    for function in (one for library in libraries for one in library):
        found[function.name] = found.get(function.name, ()) + function.overloads
    return tuple(Function(name, overloads) for name, overloads in found.items())
