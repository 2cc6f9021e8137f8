"""The policies of a platform repository: its own below `policies/`, and the built-in ones that its sets name.

Path is identity here too: a policy stands at `policies/<its name>/`, so which ones there are is known without reading
any. A built-in one is read when a set names it, and an own one of the same name wins.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from platform_compiler.blueprints.catalog import BUILT_IN
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.policy.compiled import Compiled, compiled
from platform_compiler.policy.flaws import report_flaws
from platform_compiler.policy.read import Library, read_library
from platform_compiler.shipped import shipped
from platform_compiler.source.tree import Directory, FileTree, Unreadable
from platform_compiler.verify.places import field_span

FOLDER = "policies"
_ENDINGS = (".yaml", ".yml", ".json")
_INSIDE = 2
_NAMES_OWN_GROUP = re.compile(rb"platformc\.dev(?![/\w.])").search
"""Finds our group where a rule names it: not in a version, nor as the prefix of an annotation."""


@dataclass(frozen=True)
class Policies:
    """What a repository's policies are, compiled as far as somebody asked for them."""

    own: Library
    _ready: dict[str, Compiled | None] = field(default_factory=dict)
    _texts: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all policies that a set may name."""
        return frozenset(self.own.policies) | built_in_names()

    def for_manifests(self, names: Iterable[str]) -> frozenset[str]:
        """Return those of some policies that judge manifests, without reading built-in ones that do not."""
        own = (name for name in names if name in self.own.policies and self.own.policies[name].judges_manifests)
        built_in = (name for name in names if name not in self.own.policies and _NAMES_OWN_GROUP(_scanned(name)))
        return frozenset((*own, *built_in))

    def ready(self, names: Iterable[str], bag: Bag) -> dict[str, Compiled]:
        """Return policies by name, ready to judge; report those that do not compile, and leave them out."""
        wanted = sorted(set(names) & self.names)
        missing = [name for name in wanted if name not in self._ready and name not in self.own.policies]
        library = _built_in(missing, bag)
        self._texts.update(library.texts)
        for name in wanted:
            if name not in self._ready:
                policy = self.own.policies.get(name) or library.policies[name]
                made = compiled(policy)
                if not isinstance(made, Compiled):
                    report_flaws(policy, made, self.texts, bag)
                self._ready[name] = made if isinstance(made, Compiled) else None
        return {name: found for name in wanted if (found := self._ready[name]) is not None}

    @property
    def texts(self) -> Mapping[str, bytes]:
        """The bytes of every file that was read."""
        return {**self.own.texts, **self._texts}


def load_policies(tree: FileTree, bag: Bag) -> Policies:
    """Read the policies of a repository; report those that cannot be used, or that stand in another's folder."""
    files: dict[str, bytes] = {}
    for path in tree.paths():
        if path.startswith(f"{FOLDER}/") and path.count("/") >= _INSIDE and path.endswith(_ENDINGS):
            try:
                files[path] = tree.read(path)
            except Unreadable as trouble:
                bag.add("PC1001", f"the file cannot be read: {trouble}", Span(path))
    library = read_library(files, bag)
    for policy in library.policies.values():
        folder = policy.tree.span.path.split("/")[1]
        if folder != policy.name:
            span = field_span(policy.tree, ("metadata", "name"), on_key=False)
            cure = f"write `name: {folder}`, or move it to `{FOLDER}/{policy.name}/`"
            bag.add(
                "PC1202", f"`{policy.name}` is not what the path says", span, f"the path says `{folder}`", help=cure
            )
    policies = Policies(library)
    policies.ready(library.policies, bag)
    return policies


def built_in_names() -> frozenset[str]:
    """Return the names of the policies that travel with the program."""
    return frozenset(folder.name for folder in shipped(FOLDER).iterdir() if folder.is_dir())


def _scanned(name: str) -> bytes:
    return (shipped(FOLDER) / name / "policy.yaml").read_bytes()


def _built_in(names: Iterable[str], bag: Bag) -> Library:
    root = shipped(FOLDER)
    files = {
        f"{BUILT_IN}{FOLDER}/{name}/{path}": Directory(root / name).read(path)
        for name in names
        for path in Directory(root / name).paths()
        if path.endswith(_ENDINGS) and not path.startswith("tests")
    }
    return read_library(files, bag)
