"""What compiling a crowd of small manifests on one cluster tells: of each, its own files or its errors."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.pipeline import build, check
from platform_compiler.source.tree import Unreadable
from tests.vocabulary.around import TEAM, texts
from tests.vocabulary.values import Spec

AS_OF = date(2026, 6, 1)


@dataclass(frozen=True)
class Files:
    """Files in memory."""

    texts: Mapping[str, bytes]

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        return tuple(sorted(self.texts))

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        if path not in self.texts:
            raise Unreadable(path)
        return self.texts[path]


@dataclass(frozen=True)
class Crowd:
    """What compiling told: the files that each one is compiled to, and the codes of errors in its own manifest."""

    files: Mapping[str, Mapping[str, bytes]]
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def compiled(cluster: str, kind: str, specs: Mapping[str, Spec]) -> Crowd:
    """Compile manifests by name; those with an error are told, and the rest is compiled without them."""
    errors: dict[str, tuple[str, ...]] = {}
    left = dict(specs)
    while True:
        bag = Bag()
        checked = check(Files(texts(cluster, kind, left)), AS_OF, bag)
        output = None if bag.has_errors else build(checked, bag, judged=False)
        if output is not None:
            return Crowd(_by_name(output.files, left), errors)
        found = _errors(bag, left)
        assert found, [f"{d.code} {d.span} {d.message}" for d in bag.sorted() if d.severity is Severity.ERROR]
        errors |= found
        left = {name: spec for name, spec in left.items() if name not in found}


def _errors(bag: Bag, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the codes of errors that point into a manifest, with the place first or beside another."""
    paths = {f"teams/{TEAM}/{name}.yaml": name for name in names}
    found: dict[str, list[str]] = defaultdict(list)
    for told in bag.sorted():
        if told.severity is Severity.ERROR and told.span.path in paths:
            found[paths[told.span.path]].append(told.code)
    return {name: tuple(sorted(set(codes))) for name, codes in found.items()}


def _by_name(files: Mapping[str, bytes], names: Iterable[str]) -> dict[str, dict[str, bytes]]:
    """Return the files that are one's own: its name stands in their path."""
    own: dict[str, dict[str, bytes]] = {name: {} for name in names}
    for path, text in files.items():
        for word in set(path.replace(".yaml", "").replace("/", "-").replace(".", "-").split("-")) & own.keys():
            own[word][path] = text
        if path.startswith("clusters/prod/payments/ledger/authorizationpolicy-"):
            for rule in yaml.safe_load(text)["spec"].get("rules", []):
                _let_in(rule, own)
    return own


def _let_in(rule: Any, own: Mapping[str, dict[str, bytes]]) -> None:
    """Note what the application that everybody calls lets somebody do."""
    principals = {one for source in rule["from"] for one in source["source"].get("principals", ())}
    for name in {principal.rpartition("/")[2] for principal in principals} & own.keys():
        own[name].setdefault("let in", b"")
        own[name]["let in"] += str(rule.get("to")).encode()
