"""What is judged and what is found: an object that knows where its fields stand, and a fault of one of its fields."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from platform_compiler.diagnostics import Label
from platform_compiler.objects import Body, Path, a_map, group_of, kind_of, text


class Place(Protocol):
    """Where an object stands."""

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:
        """Return the place of a field first, described by `words`, then what is behind it."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One object that is judged; two are equal only if they are the same one."""

    body: Body
    cluster: str
    place: Place

    group: str = field(init=False)
    """Its API group, empty for the core group."""
    kind: str = field(init=False)
    namespace: str = field(init=False)
    """Its namespace; empty where it names none."""
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """Find out once what every check asks for."""
        metadata = a_map(self.body, "metadata")
        known = (group_of(self.body), kind_of(self.body), text(metadata, "namespace"), text(metadata, "name"))
        for key, value in zip(("group", "kind", "namespace", "name"), known, strict=True):
            object.__setattr__(self, key, value)

    def __str__(self) -> str:
        name = self.name or f"{text(self.body, 'metadata', 'generateName')}*"
        return f"{self.kind} `{self.namespace}/{name}`" if self.namespace else f"{self.kind} `{name}`"


class Other(NamedTuple):
    """Another place that has to do with a fault, in a few words."""

    item: Item
    path: Path
    words: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of one object; an empty path means the object itself.

    `message` is lower case, one fact, names in backticks, and does not name the object; `help` is the cure. `on_key`
    says that the key is at fault and not its value.
    """

    code: str
    item: Item
    path: Path
    message: str
    help: str
    also: tuple[Other, ...] = ()
    on_key: bool = False
