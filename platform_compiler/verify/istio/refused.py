"""AuthorizationPolicies that Istio's admission refuses although their schema takes them.

Source: the validation of AuthorizationPolicy in Istio's webhook; without the webhook such a policy is ignored.
"""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import Path, a_list, a_map, text
from platform_compiler.verify.istio.rules import REQUEST_AUTH, Rule, action_of
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
_IDENTITY_KEYS = ("source.namespace", "source.serviceAccount", "source.principal")


def two_targets(world: World) -> Iterator[Fault]:
    """Yield policies that say twice what they are for."""
    for kind in _ATTACHED:
        for item in world.of(*kind):
            spec = a_map(item.body, "spec")
            named = [field for field in ("selector", "targetRef", "targetRefs") if spec.get(field)]
            if len(named) > 1:
                message = f"both `{named[0]}` and `{named[1]}` say what it is for"
                yield _fault(item, ("spec", named[1]), message, "keep one of them")


def of_rules(policy: Item, rules: Sequence[Rule]) -> Iterator[Fault]:
    """Yield what is refused of the action and the rules of a policy."""
    yield from _action(policy)
    custom = action_of(policy) == "CUSTOM"
    for rule in rules:
        yield from _emptiness(rule)
        yield from _mixed_identities(rule)
        if custom:
            yield from _custom(rule)


def _fault(item: Item, path: Path, message: str, cure: str) -> Fault:
    return Fault("PC5251", item, path, message, cure)


def _action(item: Item) -> Iterator[Fault]:
    spec, action = a_map(item.body, "spec"), action_of(item)
    path = ("spec", "action")
    if action in ("CUSTOM", "DENY") and not a_list(spec, "rules"):
        cure = "add a rule; the empty one, `{}`, is for every request"
        yield _fault(item, path, f"`{action}` without rules never applies", cure)
    elif action == "CUSTOM" and not text(spec, "provider", "name"):
        yield _fault(item, path, "`CUSTOM` needs a provider to ask", "set `provider.name`")
    if action != "CUSTOM" and spec.get("provider"):
        yield _fault(item, ("spec", "provider"), f"a provider does not go with `{action}`", "set `action: CUSTOM`")


def _emptiness(rule: Rule) -> Iterator[Fault]:
    for field in ("from", "to"):
        if rule.body.get(field) == []:
            cure = "remove it if all are meant, else name some"
            yield _fault(rule.policy, (*rule.path, field), f"`{field}` is empty", cure)
    for path, body in (*rule.sources, *rule.operations):
        if not any(body.values()):
            yield _fault(rule.policy, path, f"`{path[-1]}` is empty", "remove it if all are meant, else name some")


def _mixed_identities(rule: Rule) -> Iterator[Fault]:
    for path, body in rule.sources:
        accounts = next((field for field in ("serviceAccounts", "notServiceAccounts") if body.get(field)), "")
        others = ("principals", "notPrincipals", "namespaces", "notNamespaces")
        other = next((field for field in others if body.get(field)), "")
        if accounts and other:
            message = f"`{accounts}` does not go with `{other}`"
            yield _fault(rule.policy, (*path, accounts), message, "keep one of them")


def _custom(rule: Rule) -> Iterator[Fault]:
    cure = "let `CUSTOM` rules name ports, hosts, paths and methods alone"
    for path, body in rule.sources:
        for field in _OF_IDENTITIES:
            if body.get(field):
                yield _fault(rule.policy, (*path, field), f"`{field}` does not go with `CUSTOM`", cure)
    for path, body in rule.conditions:
        key = text(body, "key")
        if key in _IDENTITY_KEYS or key.startswith(REQUEST_AUTH):
            yield _fault(rule.policy, (*path, "key"), f"`{key}` does not go with `CUSTOM`", cure)
