"""Where each environment goes: repository, branch and folder, in promotion order."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import text
from platform_compiler.load import Loaded, Manifest
from platform_compiler.publish.model import Site
from platform_compiler.source.node import at, key_span, plain

_REMOTE = re.compile(r"(https?|ssh|git|file)://[^\s]+|[\w.-]+@[\w.-]+:[^\s]+")
_LOCAL = re.compile(r"[\w./~][^\s:]*")


def sites_of(
    loaded: Loaded, root: Path, wanted: Iterable[str], overrides: Mapping[str, str], bag: Bag
) -> tuple[Site, ...]:
    """Return every site that the wanted environments go to, the first to be promoted first.

    Environments that share a folder share a site. A repository that is a path is taken from `root`; `overrides` are
    other URLs for named repositories.
    """
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for environment in in_promotion_order(loaded):
        if environment.name in wanted:
            key = _destination(environment, loaded, root, overrides, bag)
            if key is not None:
                platform = loaded.platform.name if loaded.platform else ""
                found.setdefault(key, []).append(f"{platform}/{environment.name}")
    return tuple(Site(*key, tuple(owners)) for key, owners in found.items())


def repositories(loaded: Loaded) -> dict[str, str]:
    """Return the URLs of the environment repositories by name."""
    known = at(loaded.platform.spec, "delivery", "repositories") if loaded.platform else None
    return plain(known) if known else {}


def in_promotion_order(loaded: Loaded) -> list[Manifest]:
    """Return the environments, each behind the one that it is promoted after; by name where that leaves a choice."""

    def depth(name: str | None) -> Iterator[str]:
        seen = set()
        while name is not None and name in loaded.environments and name not in seen:
            seen.add(name)
            yield name
            name = text(loaded.environments[name].spec, "promotion", "after")

    return sorted(loaded.environments.values(), key=lambda e: (sum(1 for _ in depth(e.name)), e.name))


def _destination(
    environment: Manifest, loaded: Loaded, root: Path, overrides: Mapping[str, str], bag: Bag
) -> tuple[str, str, str, str] | None:
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
    url = overrides.get(name) or _declared(name, environment, loaded, bag)
    if url is None:
        return None
    folder = destination.get("path", "").strip("/")
    if any(part in {"..", ".git"} for part in folder.split("/")):
        bag.add("PC8001", f"`{folder}` is no folder of a repository", node.span, help="write a path below its root")
        return None
    where = url if _REMOTE.fullmatch(url) else str((root / Path(url).expanduser()).resolve())
    return name, where, destination.get("branch", "main"), f"{folder}/" if folder else ""


def _declared(name: str, environment: Manifest, loaded: Loaded, bag: Bag) -> str | None:
    known = at(loaded.platform.spec, "delivery", "repositories") if loaded.platform else None
    node = at(known, name)
    place = at(environment.spec, "destination", "repository")
    assert place is not None
    if node is None:
        choices: dict[str, str] = plain(known) if known else {}
        near = did_you_mean(name, choices)
        cure = f"did you mean `{near}`?" if near else "add it to `delivery.repositories` of platform.yaml"
        bag.add("PC8001", f"there is no repository `{name}`", place.span, help=cure)
        return None
    url = str(plain(node))
    if not _REMOTE.fullmatch(url) and not _LOCAL.fullmatch(url):
        bag.add(
            "PC8002",
            f"`{name}` is no URL that output can be pushed to",
            node.span,
            also=[Label(place.span, "used here")],
            help="write https://, ssh://, file://, user@host:path, or a path",
        )
        return None
    return url
