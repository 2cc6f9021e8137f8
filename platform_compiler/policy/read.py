"""Read policies, bindings, their parameters and their tests from YAML that may come from anywhere.

Documents are told apart by their kind; what is none of these kinds may be somebody's parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.load.shape import has_shape
from platform_compiler.objects import Body
from platform_compiler.policy.model import GROUP, OWN_GROUP, Binding, Policy
from platform_compiler.policy.parse import binding_of, policy_of
from platform_compiler.source.node import MapNode, Node
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile, field_span
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.verify import judge
from platform_compiler.verify.versions import LATEST
from platform_compiler.verify.world import Facts

TEST = "PolicyTest"
POLICY = "ValidatingAdmissionPolicy"
BINDING = "ValidatingAdmissionPolicyBinding"


@dataclass(frozen=True, slots=True)
class Test:
    """The tests of a policy, as they were written."""

    policy: str
    body: Body
    tree: Node


@dataclass(frozen=True, slots=True)
class Library:
    """Policies and bindings by name; `params` are other objects that were read, `texts` the bytes of every file."""

    policies: Mapping[str, Policy]
    bindings: Mapping[str, Binding]
    tests: tuple[Test, ...]
    params: tuple[Item, ...]
    texts: Mapping[str, bytes]


def read_library(files: Mapping[str, bytes], bag: Bag) -> Library:
    """Return what files hold; say which documents cannot be used."""
    items = [item for path, data in sorted(files.items()) for item in items_of(path, data, bag)]
    sound = [item for item in items if item.group != GROUP or _is_sound(item, bag)]
    tests = [
        Test(item.name, item.body, tree_of(item))
        for item in sound
        if (item.group, item.kind) == (OWN_GROUP, TEST) and _is_test(item, bag)
    ]
    policies = {item.name: policy_of(item.body, tree_of(item)) for item in _unique(sound, POLICY, bag)}
    bindings = {item.name: binding_of(item.body, tree_of(item)) for item in _unique(sound, BINDING, bag)}
    params = [item for item in sound if item.group not in {GROUP, OWN_GROUP}]
    return Library(policies, bindings, tuple(tests), tuple(params), files)


def _is_test(item: Item, bag: Bag) -> bool:
    tree = tree_of(item)
    assert isinstance(tree, MapNode)
    return has_shape(TEST, tree, bag)


def _is_sound(item: Item, bag: Bag) -> bool:
    """Whether the API server would take a policy or binding; say why not."""
    own = Bag()
    facts = Facts(LATEST)
    judge(
        [item], {"": facts, item.cluster: facts}, lambda _: Schemas(LATEST), tree_of, own, whole=False, shapes_only=True
    )
    bag.extend(own)
    return not own.has_errors


def _unique(items: list[Item], kind: str, bag: Bag) -> list[Item]:
    """Return the objects of a kind, the first of each name; report the others."""
    first: dict[str, Item] = {}
    for item in items:
        if (item.group, item.kind) != (GROUP, kind):
            continue
        known = first.setdefault(item.name, item)
        if known is not item:
            also = [Label(_name_of(known), "first here")]
            cure = "rename one of them: a name means one policy"
            bag.add("PC7003", f"there are two {kind} `{item.name}`", _name_of(item), also=also, help=cure)
    return list(first.values())


def _name_of(item: Item) -> Span:
    return field_span(tree_of(item), ("metadata", "name"), on_key=False)


def tree_of(item: Item) -> Node:
    """Return an object that was read from a file as the nodes it was read from."""
    assert isinstance(item.place, InFile)
    return item.place.tree
