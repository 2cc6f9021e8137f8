"""Which blueprints there are: those of the platform repository, and the built-in ones that travel with the program.

Both lie at `blueprints/<name>/<version>/`, versions side by side; the repository's win over built-in ones of the same
version. Only contracts are read here, so that a hook needs no template and no Jinja2.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from platform_compiler.blueprints.contract import Contract, read_contract
from platform_compiler.blueprints.kept_contract import kept
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.model import Workload
from platform_compiler.layers.placement import environment_of
from platform_compiler.load import Loaded
from platform_compiler.load.shape import defaults_have_shape
from platform_compiler.shipped import BUILT_IN, shipped_files
from platform_compiler.source.node import Node, ScalarNode, at, plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.snapshot import Snapshot
from platform_compiler.source.tree import FileTree, Unreadable

NONE = "none"


class Blueprint(NamedTuple):
    """A blueprint: its contract and its files by path inside its folder; `prefix` makes them paths for people."""

    contract: Contract
    files: Mapping[str, bytes]
    libraries: Mapping[str, bytes]
    prefix: str

    @property
    def folder(self) -> str:
        """Where it lies, for people."""
        return f"{self.prefix}blueprints/{self.contract.name}/{self.contract.version}"

    def library_file(self, path: str) -> str:
        """Return where a library that it may include stands: what a repository does not have is built in."""
        is_shipped = _shipped().libraries.get(path) == self.libraries[path]
        return f"{BUILT_IN if is_shipped else self.prefix}blueprints/{path}"


class Catalog(NamedTuple):
    """Blueprints by name, lowest version first; `pins` are versions by environment and name.

    `defaults` are the layers they add, by `name@major`; `broken` the names of those that cannot be used; `texts` the
    files of the repository's own, for showing lines.
    """

    blueprints: Mapping[str, tuple[Blueprint, ...]]
    pins: Mapping[str, Mapping[str, str]]
    defaults: Mapping[str, Any]
    broken: frozenset[str]
    texts: Mapping[str, bytes]

    def pick(self, reference: str, environment: str) -> Blueprint | None:
        """Return the blueprint that `name@major` means in an environment: the pinned version, else the highest."""
        name, _, major = reference.partition("@")
        fitting = [b for b in self.blueprints.get(name, ()) if b.contract.major == major]
        pinned = self.pins.get(environment, {}).get(name)
        if pinned is not None and pinned.partition(".")[0] == major:
            fitting = [b for b in fitting if b.contract.version == pinned]
        return fitting[-1] if fitting else None

    def workload(self, reference: str, environment: str) -> Workload | None:
        """Return what the contract of a workload blueprint says, or None where there is no such blueprint."""
        blueprint = self.pick(reference, environment)
        if blueprint is None or blueprint.contract.part != "workload":
            return None
        contract = blueprint.contract
        others = {name: versions[-1].contract for name, versions in self.blueprints.items() if name != contract.name}
        elsewhere = {name: _paths(other) for name, other in sorted(others.items()) if other.part == "workload"}
        whole = {path[0] for path in _paths(contract) if len(path) == 1}
        return Workload(
            contract.name,
            contract.emits,
            _paths(contract),
            contract.needs,
            contract.params,
            elsewhere,
            frozenset(path[0] for paths in elsewhere.values() for path in paths) - whole,
        )


def _paths(contract: Contract) -> frozenset[tuple[str, ...]]:
    return frozenset(honour.path for honour in contract.honours)


def load_catalog(tree: FileTree, loaded: Loaded, bag: Bag) -> Catalog:
    """Read every contract, and report references to blueprints that are not there or play another part."""
    shipped_ones = _shipped()
    bag.extend(shipped_ones.bag)
    own = _read(tree, "blueprints/", "", shipped_ones.libraries)
    bag.extend(own.bag)
    texts = {f"blueprints/{path}": data for path, data in own.files.items()}
    found = {**shipped_ones.blueprints, **own.blueprints}
    by_name: dict[str, list[Blueprint]] = {}
    for (name, _), blueprint in sorted(found.items(), key=lambda item: (item[0][0], _order(item[0][1]))):
        by_name.setdefault(name, []).append(blueprint)
    blueprints = {name: tuple(versions) for name, versions in by_name.items()}
    defaults = {
        f"{name}@{b.contract.major}": b.contract.defaults
        for name, versions in blueprints.items()
        for b in versions
        if b.contract.defaults is not None
    }
    catalog = Catalog(blueprints, _pins(loaded), defaults, shipped_ones.broken | own.broken, texts)
    check_references(catalog, loaded, bag)
    return catalog


class _Folder(NamedTuple):
    """A folder of blueprints as it was read, and what is wrong with it."""

    files: Mapping[str, bytes]
    libraries: Mapping[str, bytes]
    blueprints: Mapping[tuple[str, str], Blueprint]
    broken: frozenset[str]
    bag: Bag


def built_in() -> Iterable[Blueprint]:
    """Return the built-in blueprints, in all their versions."""
    return _shipped().blueprints.values()


@cache
def _shipped() -> _Folder:
    """Return the built-in blueprints, read once a process, since they travel with the program."""
    return _read(Snapshot(shipped_files("blueprints")), "", BUILT_IN, {})


def _read(source: FileTree, root: str, prefix: str, libraries: Mapping[str, bytes]) -> _Folder:
    """Read the blueprints below a folder, which may include what is in a library of others."""
    bag = Bag()
    files, unreadable = _files(source, root, bag)
    # A new mapping: what a repository puts into its library is not for the built-in blueprints.
    libraries = {**libraries, **{path: data for path, data in files.items() if path.startswith("lib/")}}
    blueprints: dict[tuple[str, str], Blueprint] = {}
    broken: set[str] = set()
    for (name, version), own in sorted(_by_blueprint({**files, **dict.fromkeys(unreadable, b"")}).items()):
        whole = not any(path.startswith(f"{name}/{version}/") for path in unreadable)
        blueprint = _blueprint(name, version, own, libraries, prefix, bag) if whole else None
        if blueprint is None:
            broken.add(name)
        else:
            blueprints[name, version] = blueprint
    return _Folder(files, libraries, blueprints, frozenset(broken), bag)


def _files(source: FileTree, root: str, bag: Bag) -> tuple[dict[str, bytes], set[str]]:
    """Return the files below `root`, and the paths of those that cannot be read, which are reported."""
    found: dict[str, bytes] = {}
    unreadable: set[str] = set()
    for path in source.paths():
        if path.startswith(root):
            try:
                found[path[len(root) :]] = source.read(path)
            except Unreadable as trouble:
                bag.add("PC1001", f"the file cannot be read: {trouble}", Span(path))
                unreadable.add(path[len(root) :])
    return found, unreadable


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _by_blueprint(files: Mapping[str, bytes]) -> dict[tuple[str, str], dict[str, bytes]]:
    """Return files by blueprint: `name/version/path`; libraries and loose files belong to none."""
    found: dict[tuple[str, str], dict[str, bytes]] = {}
    for path, data in files.items():
        parts = path.split("/", 2)
        if len(parts) == 3 and parts[0] != "lib":  # noqa: PLR2004 -- name, version and the path inside
            found.setdefault((parts[0], parts[1]), {})[parts[2]] = data
    return found


def _blueprint(  # noqa: PLR0913, PLR0917 -- one blueprint, from everything found of it
    name: str, version: str, files: Mapping[str, bytes], libraries: Mapping[str, bytes], prefix: str, bag: Bag
) -> Blueprint | None:
    path = f"{prefix}blueprints/{name}/{version}/blueprint.yaml"
    if "blueprint.yaml" not in files:
        bag.add("PC4003", f"`{name}/{version}` has no blueprint.yaml", Span(path))
        return None

    def read() -> Contract | None:
        document = read_yaml(path, files["blueprint.yaml"], bag)
        return read_contract(name, version, document, bag) if document is not None else None

    contract = kept(path, read)
    if contract is None:
        return None
    if contract.defaults is not None and not prefix and not defaults_have_shape(contract.defaults, bag):
        return None
    return Blueprint(contract, files, libraries, prefix)


def _pins(loaded: Loaded) -> dict[str, dict[str, str]]:
    everywhere = at(loaded.platform.spec, "blueprints") if loaded.platform else None
    pins = {}
    for name, environment in loaded.environments.items():
        own = at(environment.spec, "blueprints")
        pins[name] = {**(plain(everywhere) if everywhere else {}), **(plain(own) if own else {})}
    return pins


def check_references(catalog: Catalog, loaded: Loaded, bag: Bag) -> None:
    """Report references to blueprints that are not there or play another part."""
    for manifest in loaded.workloads.values():
        node = at(manifest.spec, "blueprint")
        if manifest.kind == "Application" and node is not None:
            for environment in loaded.environments:
                _check(catalog, node, "workload", environment, bag)
    for cluster in loaded.clusters.values():
        parts = at(cluster.spec, "parts")
        for part, node in getattr(parts, "entries", {}).items():
            _check(catalog, node, part, environment_of(cluster), bag)


def _check(catalog: Catalog, node: Node, part: str, environment: str, bag: Bag) -> None:
    assert isinstance(node, ScalarNode)
    if node.text == NONE or node.text.partition("@")[0] in catalog.broken:
        return
    blueprint = catalog.pick(node.text, environment)
    if blueprint is None:
        bag.add(
            "PC4001",
            f"there is no blueprint `{node.text}`",
            node.span,
            help=_cure(catalog, node.text, part, environment),
        )
    elif blueprint.contract.part != part:
        bag.add(
            "PC4002",
            f"`{node.text}` is a {blueprint.contract.part} blueprint and cannot be the {part}",
            node.span,
            help=f"there are {_listed(_playing(catalog, part)) or 'none for this part yet'}",
        )


def _cure(catalog: Catalog, reference: str, part: str, environment: str) -> str:
    pinned = catalog.pins.get(environment, {}).get(reference.partition("@")[0])
    if pinned is not None:
        return f"`{environment}` pins it to {pinned}, which is not there"
    playing = _playing(catalog, part)
    near = did_you_mean(reference, playing)
    return f"did you mean `{near}`?" if near else f"for the {part} there are {_listed(playing) or 'none yet'}"


def _playing(catalog: Catalog, part: str) -> list[str]:
    contracts = (b.contract for versions in catalog.blueprints.values() for b in versions)
    return sorted({f"{c.name}@{c.major}" for c in contracts if c.part == part})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
