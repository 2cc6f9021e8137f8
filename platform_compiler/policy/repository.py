"""The policies of a platform repository: its own below `policies/`, and the built-in ones that its sets name.

Path is identity here too: a policy stands at `policies/<its name>/`, so which ones there are is known without reading
any. A built-in one is read when a set names it, and an own one of the same name wins.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.policy.compiled import Compiled, compiled
from platform_compiler.policy.flaws import report_flaws
from platform_compiler.policy.model import Policy
from platform_compiler.policy.parse import policy_of
from platform_compiler.policy.read import Library, read_library
from platform_compiler.shipped import BUILT_IN, shipped
from platform_compiler.source.node import plain
from platform_compiler.source.stream import read_documents
from platform_compiler.source.tree import FileTree, Unreadable
from platform_compiler.verify.places import field_span

FOLDER = "policies"
_ENDINGS = (".yaml", ".yml", ".json")
_INSIDE = 2
_NAMES_OWN_GROUP = re.compile(rb"platformc\.dev(?![/\w.])").search
"""Finds our group where a rule names it: not in a version, nor as the prefix of an annotation."""


@dataclass(frozen=True)
class Policies:
    """What a repository's policies are, compiled as far as somebody asked for them.

    With `sound` it is known of its own that nothing is wrong with them.
    """

    own: Library
    sound: bool = False
    _read: dict[str, Policy] = field(default_factory=dict)
    _ready: dict[str, Compiled | None] = field(default_factory=dict)
    _texts: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all policies that a set may name."""
        return frozenset(self.own.policies) | built_in_names()

    def for_manifests(self, names: Iterable[str]) -> frozenset[str]:
        """Return those of some policies that judge manifests, without reading built-in ones that do not."""
        own = (name for name in names if name in self.own.policies and self.own.policies[name].judges_manifests)
        built_in = (name for name in names if name not in self.own.policies and _NAMES_OWN_GROUP(_bytes_of(name)))
        return frozenset((*own, *built_in))

    def read(self, names: Iterable[str]) -> Mapping[str, Policy]:
        """Return policies by name, sorted; names that no policy has are left out."""
        wanted = sorted(set(names) & self.names)
        for name in wanted:
            if name not in self._read:
                self._read[name] = self.own.policies.get(name) or self._built_in(name)
        return {name: self._read[name] for name in wanted}

    def ready(self, names: Iterable[str], bag: Bag) -> dict[str, Compiled]:
        """Return policies by name, ready to judge; report those that do not compile, and leave them out.

        Those that are known to be sound, as built-in ones are by their tests, compile when the first object asks them.
        """
        for name, policy in self.read(names).items():
            if name not in self._ready:
                known = self.sound or name not in self.own.policies
                made = Compiled(policy) if known else compiled(policy)
                if not isinstance(made, Compiled):
                    report_flaws(policy, made, self.texts, bag)
                self._ready[name] = made if isinstance(made, Compiled) else None
        return {name: found for name in self.read(names) if (found := self._ready[name]) is not None}

    def _built_in(self, name: str) -> Policy:
        """Read a policy that travels with the program; tests prove that it is sound."""
        path = f"{BUILT_IN}{FOLDER}/{name}/policy.yaml"
        self._texts[path] = _bytes_of(name)
        (tree,) = read_documents(path, self._texts[path], Bag())
        return policy_of(plain(tree), tree)

    @property
    def texts(self) -> Mapping[str, bytes]:
        """The bytes of every file that was read."""
        return {**self.own.texts, **self._texts}


def load_policies(tree: FileTree, bag: Bag, *, sound: bool = False) -> Policies:
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
    policies = Policies(library, sound)
    policies.ready(library.policies, bag)
    return policies


def built_in_names() -> frozenset[str]:
    """Return the names of the policies that travel with the program."""
    return frozenset(folder.name for folder in shipped(FOLDER).iterdir() if folder.is_dir())


def _bytes_of(name: str) -> bytes:
    return (shipped(FOLDER) / name / "policy.yaml").read_bytes()
