"""AuthorizationPolicies that Istio's admission refuses although their schema takes them.

Source: the validation of AuthorizationPolicy in Istio's webhook; without the webhook such a policy is ignored.
"""

from collections.abc import Iterator

from platform_compiler.objects import Path, a_list, a_map, text
from platform_compiler.verify.istio.rules import REQUEST_AUTH, Part, Policy, Rule
from platform_compiler.verify.istio.scope import EXTENSIONS, SECURITY, TELEMETRY
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_ATTACHED = (
    (SECURITY, "AuthorizationPolicy"),
    (SECURITY, "RequestAuthentication"),
    (TELEMETRY, "Telemetry"),
    (EXTENSIONS, "WasmPlugin"),
    (EXTENSIONS, "TrafficExtension"),
)
_IDENTITIES = ("principals", "requestPrincipals", "namespaces", "serviceAccounts")
_OF_IDENTITIES = (*_IDENTITIES, *(f"not{field[0].upper()}{field[1:]}" for field in _IDENTITIES))
_ACCOUNTS = frozenset({"serviceAccounts", "notServiceAccounts"})
_NO_ACCOUNTS = ("principals", "notPrincipals", "namespaces", "notNamespaces")
_IDENTITY_KEYS = ("source.namespace", "source.serviceAccount", "source.principal")


def two_targets(world: World) -> Iterator[Fault]:
    """Yield policies that say twice what they are for."""
    for kind in _ATTACHED:
        for item in world.of(*kind):
            spec = a_map(item.body, "spec")
            if "targetRef" not in spec and "targetRefs" not in spec:
                continue
            named = [field for field in ("selector", "targetRef", "targetRefs") if spec.get(field)]
            if len(named) > 1:
                message = f"both `{named[0]}` and `{named[1]}` say what it is for"
                yield _fault(item, ("spec", named[1]), message, "keep one of them")


def of_policy(item: Item, policy: Policy) -> Iterator[Fault]:
    """Yield what is refused of the action and the rules of a policy."""
    yield from _action(item, policy)
    for rule in policy.rules:
        yield from _emptiness(item, rule)
        for source in rule.sources:
            if not _ACCOUNTS.isdisjoint(source.fields):
                yield from _mixed_identities(item, source)
        if policy.action == "CUSTOM":
            yield from _custom(item, rule)


def _fault(item: Item, path: Path, message: str, cure: str) -> Fault:
    return Fault("PC5251", item, path, message, cure)


def _action(item: Item, policy: Policy) -> Iterator[Fault]:
    spec, action, path = a_map(item.body, "spec"), policy.action, ("spec", "action")
    if action in ("CUSTOM", "DENY") and not a_list(spec, "rules"):
        cure = "add a rule; the empty one, `{}`, is for every request"
        yield _fault(item, path, f"`{action}` without rules never applies", cure)
    elif action == "CUSTOM" and not text(spec, "provider", "name"):
        yield _fault(item, path, "`CUSTOM` needs a provider to ask", "set `provider.name`")
    if action != "CUSTOM" and spec.get("provider"):
        yield _fault(item, ("spec", "provider"), f"a provider does not go with `{action}`", "set `action: CUSTOM`")


def _emptiness(item: Item, rule: Rule) -> Iterator[Fault]:
    for field in ("from", "to"):
        if rule.body.get(field) == []:
            cure = "remove it if all are meant, else name some"
            yield _fault(item, (*rule.path, field), f"`{field}` is empty", cure)
    for path, _, fields in (*rule.sources, *rule.operations):
        if not fields:
            yield _fault(item, path, f"`{path[-1]}` is empty", "remove it if all are meant, else name some")


def _mixed_identities(policy: Item, source: Part) -> Iterator[Fault]:
    accounts = "serviceAccounts" if "serviceAccounts" in source.fields else "notServiceAccounts"
    other = next((field for field in _NO_ACCOUNTS if field in source.fields), "")
    if other:
        message = f"`{accounts}` does not go with `{other}`"
        yield _fault(policy, (*source.path, accounts), message, "keep one of them")


def _custom(item: Item, rule: Rule) -> Iterator[Fault]:
    cure = "let `CUSTOM` rules name ports, hosts, paths and methods alone"
    for path, _, fields in rule.sources:
        for field in _OF_IDENTITIES:
            if field in fields:
                yield _fault(item, (*path, field), f"`{field}` does not go with `CUSTOM`", cure)
    for path, body, _ in rule.conditions:
        key = text(body, "key")
        if key in _IDENTITY_KEYS or key.startswith(REQUEST_AUTH):
            yield _fault(item, (*path, "key"), f"`{key}` does not go with `CUSTOM`", cure)
