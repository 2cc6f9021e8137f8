"""What is judged and what is found: an object that knows where its fields stand, and a fault of one of its fields."""

from typing import Final, NamedTuple, Protocol

from platform_compiler.diagnostics import Label
from platform_compiler.objects import Body, Path, a_map, group_of, kind_of, text


class Place(Protocol):
    """Where an object stands."""

    @property
    def file(self) -> str:
        """The file it was read from, empty where it was read from none."""
        ...

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:
        """Return the place of a field first, described by `words`, then what is behind it."""
        ...


class Item:
    """One object that is judged, with what every check asks for; two are equal only if they are the same one.

    `group` is empty for the core group, and `namespace` where the object names none.
    """

    __slots__ = ("body", "cluster", "group", "kind", "name", "namespace", "place")

    def __init__(self, body: Body, cluster: str, place: Place, like: "Item | None" = None) -> None:
        """Take an object; `like` is another of the very same body."""
        metadata = {} if like else a_map(body, "metadata")
        self.body: Final = body
        self.cluster: Final = cluster
        self.place: Final = place
        self.group: Final[str] = like.group if like else group_of(body)
        self.kind: Final[str] = like.kind if like else kind_of(body)
        self.namespace: Final[str] = like.namespace if like else text(metadata, "namespace")
        self.name: Final[str] = like.name if like else text(metadata, "name")

    def __str__(self) -> str:
        name = self.name or (f"{start}*" if (start := text(self.body, "metadata", "generateName")) else "")
        if not name:
            return self.kind
        return f"{self.kind} `{self.namespace}/{name}`" if self.namespace else f"{self.kind} `{name}`"


class Other(NamedTuple):
    """Another place that has to do with a fault, in a few words."""

    item: Item
    path: Path
    words: str


class Fault(NamedTuple):
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
