"""Which folder of which branch each environment is published to, in promotion order."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.placement import text
from platform_compiler.link.destinations import Destination, destination_of, is_remote
from platform_compiler.load import Loaded, Manifest
from platform_compiler.publish.plan import Site


def sites_of(
    loaded: Loaded, root: Path, wanted: Iterable[str], overrides: Mapping[str, str], bag: Bag
) -> tuple[Site, ...]:
    """Return every site that the wanted environments go to, the first to be promoted first.

    Environments that share a folder share a site. A repository that is a path is taken from `root`; `overrides` are
    other URLs for named repositories.
    """
    platform = loaded.platform.name if loaded.platform else ""
    found: dict[Destination, list[str]] = {}
    for environment in in_promotion_order(loaded):
        if environment.name in wanted:
            destination = destination_of(environment, loaded, bag, overrides)
            if destination is not None:
                found.setdefault(destination, []).append(f"{platform}/{environment.name}")
    return tuple(
        Site(to.repository, _reachable(to.url, root), to.branch, to.prefix, tuple(owners))
        for to, owners in found.items()
    )


def _reachable(url: str, root: Path) -> str:
    return url if is_remote(url) else str((root / Path(url).expanduser()).resolve())


def in_promotion_order(loaded: Loaded) -> list[Manifest]:
    """Return the environments, each behind the one that it is promoted after; by name where that leaves a choice."""

    def before(name: str | None) -> Iterator[str]:
        seen = set()
        while name is not None and name in loaded.environments and name not in seen:
            seen.add(name)
            yield name
            name = text(loaded.environments[name].spec, "promotion", "after")

    return sorted(loaded.environments.values(), key=lambda e: (sum(1 for _ in before(e.name)), e.name))
