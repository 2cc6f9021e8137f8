"""What tests write: manifests, policies, objects and requests, from short YAML."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag
from platform_compiler.load import Manifest
from platform_compiler.policy.foreign import subjects
from platform_compiler.policy.model import Policy
from platform_compiler.policy.read import Library, read_library
from platform_compiler.policy.sets import PolicySet, read_sets
from platform_compiler.policy.subject import Subject
from platform_compiler.policy.waivers import Waiver, read_waivers
from platform_compiler.source.node import MapNode, at
from platform_compiler.source.reader import read_yaml
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Item


def manifest(kind: str, name: str, spec: str) -> Manifest:
    """Return a manifest of ours; `spec` is its spec, written in one line."""
    path = f"{kind}/{name}.yaml"
    text = f"apiVersion: platformc.dev/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    bag = Bag()
    document = read_yaml(path, text.encode(), bag)
    assert document is not None, bag.sorted()
    below = at(document, "spec")
    assert isinstance(below, MapNode)
    return Manifest(kind, name, None, path, document, below)


def sets(**specs: str) -> tuple[PolicySet, ...]:
    """Return sets by name."""
    return read_sets({name: manifest("PolicySet", name, spec) for name, spec in specs.items()})


def waivers(**specs: str) -> tuple[Waiver, ...]:
    """Return waivers by name."""
    return read_waivers({name: manifest("Waiver", name, spec) for name, spec in specs.items()})


def waiver_spec(policy: str, match: str, rest: str = "", *, granted: str = "2026-05-01", days: str = "") -> str:
    """Return the spec of a waiver that ends in July 2026 unless `days` says another last day."""
    told = f"reason: old, ticket: T-1, owner: shop/leads, granted: '{granted}', expires: '{days or '2026-07-15'}'"
    return f"{{policy: {policy}, match: {match}, {told}{', ' if rest else ''}{rest}}}"


def policy_text(name: str, rules: str, validations: Iterable[str], more: str = "") -> str:
    """Return a policy as YAML; `rules` is a list of resourceRules, each validation an expression."""
    listed = "".join(f"    - {{expression: {json.dumps(one)}}}\n" for one in validations)
    return (
        "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\n"
        f"metadata: {{name: {name}}}\nspec:\n  failurePolicy: Fail\n  matchConstraints: {{resourceRules: {rules}}}\n"
        f"{more}  validations:\n{listed}"
    )


def library(*texts: str) -> Library:
    """Return what documents hold; every one must be sound."""
    bag = Bag()
    found = read_library({f"policies/{i}.yaml": text.encode() for i, text in enumerate(texts)}, bag)
    assert not bag.sorted(), bag.sorted()
    return found


def policies(*texts: str) -> Mapping[str, Policy]:
    """Return policies by name."""
    return library(*texts).policies


def items(bodies: Iterable[Mapping[str, Any]], cluster: str = "prod") -> list[Item]:
    """Return objects of a cluster."""
    bag = Bag()
    text = yaml.dump_all(list(map(dict, bodies))).encode()
    found = items_of(f"clusters/{cluster}/all.yaml", text, bag)
    assert not bag.sorted(), bag.sorted()
    return found


CLUSTER_SCOPED = frozenset({"Namespace", "ClusterRole"})


def requests(now: Iterable[Item], before: Iterable[Item] = ()) -> list[Subject]:
    """Return the requests that bring objects to what they are now."""
    return list(subjects(list(now), list(before), lambda item: item.kind not in CLUSTER_SCOPED))


def codes(bag: Bag) -> list[str]:
    """Return the codes of all findings, in order."""
    return [one.code for one in bag.sorted()]
