"""Where the output of each environment goes: a repository by its URL, a branch, a folder in it."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import at, key_span, plain

_REMOTE = r"(https?|ssh|git|file)://[^\s]+|[\w.-]+@[\w.-]+:[^\s]+"
_CREDENTIAL = r"https?://[^/]*@|\w+://[^/@]*:[^/]*@"
_LOCAL = r"[\w./~][^\s:]*"


class Destination(NamedTuple):
    """A folder of a branch; `prefix` is empty or ends with a slash, `url` may be a path of this machine."""

    repository: str
    url: str
    branch: str
    prefix: str


def is_remote(url: str) -> bool:
    """Whether an address means the same everywhere, unlike a path of this machine."""
    return re.fullmatch(_REMOTE, url) is not None


_REFUSED: tuple[tuple[Callable[[str], object], str, str], ...] = (
    (
        partial(re.match, _CREDENTIAL),
        "holds a credential",
        "take it out of the URL: Git's own credential helpers hold it",
    ),
    (
        lambda url: not is_remote(url) and not re.fullmatch(_LOCAL, url),
        "is no URL that output can be pushed to",
        "write https://, ssh://, file://, user@host:path, or a path",
    ),
)
"""What a declared URL must not be: it is printed into what Argo CD and Flux apply, and handed to Git."""


def repositories(loaded: Loaded) -> dict[str, str]:
    """Return the URLs of the environment repositories by name."""
    known = at(loaded.platform.spec, "delivery", "repositories") if loaded.platform else None
    return plain(known) if known else {}


def destination_of(
    environment: Manifest, loaded: Loaded, bag: Bag, overrides: Mapping[str, str] | None = None
) -> Destination | None:
    """Return where an environment goes, or None after saying what is wrong; `overrides` are other URLs by name."""
    node = at(environment.spec, "destination")
    if node is None:
        bag.add(
            "PC8001",
            f"environment `{environment.name}` has no destination",
            key_span(environment.document, "spec"),
            help="say where its output goes: `destination: {repository: env}`",
        )
        return None
    destination = plain(node)
    name = destination["repository"]
    url = (overrides or {}).get(name) or _declared(name, environment, loaded, bag)
    if url is None:
        return None
    folder = destination.get("path", "").strip("/")
    if any(part in {"..", ".git"} for part in folder.split("/")):
        bag.add("PC8001", f"`{folder}` is no folder of a repository", node.span, help="write a path below its root")
        return None
    return Destination(name, url, destination.get("branch", "main"), f"{folder}/" if folder else "")


def _declared(name: str, environment: Manifest, loaded: Loaded, bag: Bag) -> str | None:
    known = repositories(loaded)
    place = at(environment.spec, "destination", "repository")
    assert place is not None
    if name not in known:
        near = did_you_mean(name, known)
        cure = f"did you mean `{near}`?" if near else "add it to `delivery.repositories` of platform.yaml"
        bag.add("PC8001", f"there is no repository `{name}`", place.span, help=cure)
        return None
    url = known[name]
    refused = next(((message, cure) for fault, message, cure in _REFUSED if fault(url)), None)
    if refused is None:
        return url
    assert loaded.platform is not None
    node = at(loaded.platform.spec, "delivery", "repositories", name)
    assert node is not None
    bag.add("PC8002", f"`{name}` {refused[0]}", node.span, also=[Label(place.span, "used here")], help=refused[1])
    return None
