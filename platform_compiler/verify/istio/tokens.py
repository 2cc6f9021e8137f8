"""Tokens that are checked where they are, and whose absence nobody minds.

Source: RequestAuthentication's reference: a request without a token passes unless an AuthorizationPolicy requires one;
and the page of IST0149.
"""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, a_list, a_map, maps, texts
from platform_compiler.verify.index import grouped
from platform_compiler.verify.istio.rules import Policy, in_force, speaks_of_tokens
from platform_compiler.verify.istio.scope import NETWORKING, SECURITY, in_root, pods_for, selector_of, targets_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_CLAIM = "@request.auth.claims"


def not_required(world: World) -> Iterator[Fault]:
    """Yield authentications that no policy makes anybody pass."""
    readers = world.of(SECURITY, "RequestAuthentication")
    asking = (item for item, policy in in_force(world) if readers and _asks_for_tokens(policy))
    requiring = grouped(asking, namespace_of)
    for item in readers:
        places = requiring if in_root(world, item) else {namespace_of(item), world.facts.root_namespace}
        near = (policy for place in places for policy in requiring.get(place, ()))
        if a_list(item.body, "spec", "jwtRules") and not any(_meet(world, item, policy) for policy in near):
            message = "requests without a token pass: no AuthorizationPolicy requires one here"
            cure = "add a policy whose rules name `requestPrincipals`"
            yield Fault("PC5242", item, ("spec", "jwtRules"), message, cure)


def _asks_for_tokens(policy: Policy) -> bool:
    return policy.action == "CUSTOM" or any(map(speaks_of_tokens, policy.rules))


def _meet(world: World, one: Item, other: Item) -> bool:
    """Whether two policies, whose namespaces meet, may be for the same pods; in doubt they are."""
    mine, theirs = targets_of(one), targets_of(other)
    if mine and theirs:
        return not set(mine).isdisjoint(theirs)
    labels, others = selector_of(one), selector_of(other)
    if not labels or not others:
        return True
    shared = all(others[key] == value for key, value in labels.items() if key in others)
    return shared and (
        labels.items() <= others.items() or others.items() <= labels.items() or _share(world, one, other)
    )


def _share(world: World, one: Item, other: Item) -> bool:
    theirs = set(pods_for(world, other))
    return any(workload in theirs for workload in pods_for(world, one))


def claims_without_tokens(world: World) -> Iterator[Fault]:
    """Yield routes chosen by claims at gateways that read no token."""
    readers = world.of(SECURITY, "RequestAuthentication")
    for item in world.of(NETWORKING, "VirtualService"):
        path = next(_claims(item.body), None) if texts(item.body, "spec", "gateways") else None
        for i, name in enumerate(texts(item.body, "spec", "gateways")) if path else ():
            gateway = _gateway(world, item, name)
            if gateway and path and not any(_reads_at(world, reader, gateway) for reader in readers):
                message = "the route depends on a claim, but nothing reads tokens at the gateway"
                cure = f"add a RequestAuthentication for the pods of Gateway `{gateway.name}`"
                also = (Other(gateway, ("metadata", "name"), f"named in `gateways[{i}]`"),)
                yield Fault("PC5241", item, path, message, cure, also, on_key=True)
                break


def _claims(body: Body) -> Iterator[Path]:
    for i, route in maps(body, "spec", "http"):
        for j, match in maps(route, "match"):
            for field in ("headers", "withoutHeaders"):
                for name in a_map(match, field):
                    if name.startswith(_CLAIM):
                        yield ("spec", "http", i, "match", j, field, name)


def _gateway(world: World, item: Item, name: str) -> Item | None:
    namespace, _, short = name.rpartition("/")
    return world.find(NETWORKING, "Gateway", namespace or item.namespace, short)


def _reads_at(world: World, reader: Item, gateway: Item) -> bool:
    """Whether an authentication is for the pods of a gateway; pods that are not judged may be anywhere."""
    labels = a_map(gateway.body, "spec", "selector")
    pods = [workload for workload in world.workloads if labels.items() <= workload.labels.items()]
    if targets_of(reader):
        return True
    if not pods:
        return selector_of(reader).items() <= labels.items()
    here = [pod for pod in pods if in_root(world, reader) or pod.namespace == namespace_of(reader)]
    return any(selector_of(reader).items() <= pod.labels.items() for pod in here)
