"""Fixtures, compiled and explained once a run; what several tests look at is found once."""

import os
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from platform_compiler.blueprints.resource import Resource
from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.pipeline import build, check
from platform_compiler.provenance.explain import Explainer, Explanation, Traced
from platform_compiler.source.tree import Directory, FileTree
from tests.cli.process import FIXTURES

AS_OF = date(2026, 6, 1)
WALKED = {
    "online-boutique": [frozenset({"dev", "prod-eu"})],
    "organisation": [frozenset({"dev", "edge-oslo", "partner-eu"})],
}
"""The clusters of each fixture whose every leaf is explained, unless all are asked for."""
if os.environ.get("PLATFORMC_TEST_WALKS") == "all":  # two minutes more
    WALKED["online-boutique"] = [frozenset({"dev", "staging", "prod-eu", "prod-us"})]
    WALKED["organisation"] += [frozenset({"staging"}), frozenset({"prod-eu", "prod-us"})]


class Compiled(NamedTuple):
    """A repository, and what came of it."""

    checked: Checked
    output: Output

    def of_cluster(self, cluster: str) -> dict[str, Resource]:
        return {path: one for path, one in self.output.resources.items() if one.unit.cluster == cluster}


def compiled(tree: FileTree, cluster: str = "") -> Compiled | None:
    """Return a repository compiled, only one cluster of it if that is named; None where it has errors."""
    bag = Bag()
    checked = check(tree, AS_OF, bag, judged=False)
    if bag.has_errors:
        return None
    output = build(checked, bag, lambda unit: cluster in {"", unit.cluster}, judged=False)
    return None if output is None else Compiled(checked, output)


@cache
def fixture(name: str) -> Compiled:
    """Return a fixture, compiled."""
    found = compiled(Directory(FIXTURES / name))
    assert found is not None
    return found


@cache
def explained(name: str, clusters: frozenset[str]) -> dict[str, Explanation]:
    """Return every resource of some clusters of a fixture, explained: a line they share is said otherwise once."""
    one = fixture(name)
    every = one.output.resources
    resources = {path: resource for path, resource in every.items() if resource.unit.cluster in clusters}
    explainer = Explainer(one.checked, resources.values(), every.values())
    return {path: explainer.explain(resource) for path, resource in resources.items()}


def explanations(name: str, cluster: str) -> dict[str, Explanation]:
    """Return every resource of a cluster of a fixture, explained with the others that are walked."""
    (walked,) = [clusters for clusters in WALKED[name] if cluster in clusters]
    found = explained(name, walked)
    return {path: found[path] for path in fixture(name).of_cluster(cluster)}


def fields(name: str, cluster: str) -> Iterator[tuple[str, Traced]]:
    """Yield every field of every resource of a cluster of a fixture, each with its file."""
    for path, explanation in explanations(name, cluster).items():
        for field in explanation.fields:
            yield path, field
