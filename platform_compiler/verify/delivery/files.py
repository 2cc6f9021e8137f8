"""Files that a `kustomization.yaml` lists: each is there, and what lies beside it is not forgotten altogether."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import texts
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_GROUP = "kustomize.config.k8s.io"
_ENDINGS = (".yaml", ".yml", ".json")
_LISTS = ("resources", "bases", "components", "patchesStrategicMerge")
_MAKING = ("configMapGenerator", "secretGenerator", "helmCharts", "generators", "helmChartInflationGenerator")


def listed(world: World) -> Iterator[Fault]:
    """Yield files that are listed and not there: kustomize stops at them."""
    for item in world.of(_GROUP, "Kustomization"):
        folder, beside = _folder(item), _beside(world, item)
        for i, named in enumerate(texts(item.body, "resources") if beside else ()):
            path = PurePosixPath(named)
            if "://" in named or path.is_absolute() or ".." in path.parts or path.suffix not in _ENDINGS:
                continue
            if str(folder / path) not in world.facts.files:
                near = did_you_mean(named, beside)
                cure = f"did you mean `{near}`?" if near else "remove the line, or add the file"
                yield Fault("PC5405", item, ("resources", i), f"there is no file `{named}` with objects", cure)


def nothing_listed(world: World) -> Iterator[Fault]:
    """Yield files that list nothing and make nothing though objects lie beside them."""
    for item in world.of(_GROUP, "Kustomization"):
        if not any(item.body.get(field) for field in (*_LISTS, *_MAKING)) and (beside := _beside(world, item)):
            count = f"{len(beside)} files lie" if len(beside) > 1 else f"`{min(beside)}` lies"
            yield Fault("PC5406", item, (), f"it lists nothing though {count} beside it", "list them in `resources`")


def _folder(item: Item) -> PurePosixPath:
    return PurePosixPath(item.place.file).parent


def _beside(world: World, item: Item) -> set[str]:
    """Return the names of the other files in the folder."""
    files = world.once(_files).get(str(_folder(item)), set()) if item.place.file else set()
    return files - {PurePosixPath(item.place.file).name}


def _files(world: World) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in world.facts.files:
        path = PurePosixPath(file)
        found.setdefault(str(path.parent), set()).add(path.name)
    return found
