"""Rules within one manifest: what no schema can say, judged on the merged tree of each target.

Each rule stands beside the words that it is about: where none of them is written, it has nothing to say.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.observe import check_observe
from platform_compiler.layers.passthrough_rules import passed_through
from platform_compiler.layers.placement import text
from platform_compiler.layers.traffic_rules import (
    affinity,
    client_certificates,
    failover_pairs,
    idle_retries,
    route_conditions,
    token_words,
    version_names,
    version_ports,
)
from platform_compiler.layers.written import entries
from platform_compiler.quantities import seconds
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at

Rule: TypeAlias = Callable[[MapNode, Bag], None]
Rules: TypeAlias = Mapping[Rule, tuple[str, ...]]
_CONTAINERS = ("init", "sidecars")
_USERS = (("health", "port"), ("expose", "port"), ("env", "self"))
"""Settings below which maps name ports, and by which word."""
_SOURCES = {"secret": "secrets", "configMap": "configMaps", "volume": "volumes"}


def _number(node: Node | None) -> int | None:
    value = node.value if isinstance(node, ScalarNode) else None
    return value if isinstance(value, int) else None


def _min_and_max(spec: MapNode, bag: Bag) -> None:
    low, high = at(spec, "scale", "min"), at(spec, "scale", "max")
    least, most = _number(low), _number(high)
    if low and high and least is not None and most is not None and least > most:
        bag.add(
            "PC1301",
            f"`scale.min` is {least}, above `scale.max`, which is {most}",
            max(low.span, high.span),
            also=[Label(min(low.span, high.span), "the other one is here")],
            help="raise `max` or lower `min`",
        )


def _retries(spec: MapNode, bag: Bag) -> None:
    traffic = at(spec, "traffic")
    _retries_fit(traffic, traffic, bag)
    for _, route in entries(traffic, "routes"):
        if at(route, "timeout") is not None or at(route, "retries") is not None:
            _retries_fit(route, traffic, bag)


def _retries_fit(scope: Node | None, fallback: Node | None, bag: Bag) -> None:
    """(attempts + 1) x perTryTimeout must fit into timeout, or the last tries never happen.

    A route has of all three what it says itself, and the rest from what holds for all requests.
    """
    tries = at(scope, "retries", "perTryTimeout") or at(fallback, "retries", "perTryTimeout")
    timeout = text(scope, "timeout") or text(fallback, "timeout")
    attempts = _number(at(scope, "retries", "attempts") or at(fallback, "retries", "attempts"))
    if not isinstance(tries, ScalarNode) or timeout is None or not attempts or not seconds(timeout):
        return
    per_try = tries.text
    needed = (attempts + 1) * seconds(per_try)
    if needed > seconds(timeout):
        limit = at(scope, "timeout") or at(fallback, "timeout")
        bag.add(
            "PC1302",
            f"{attempts + 1} tries of {per_try} take {needed:g} s, longer than the timeout of {timeout}",
            tries.span,
            also=[Label(limit.span, "the timeout")] if limit else (),
            help="lower `attempts` or `perTryTimeout`, or raise `timeout`",
        )


def _port_numbers(spec: MapNode, bag: Bag) -> None:
    ports = [port for _, port in entries(spec, "ports")]
    for key in ("port", "targetPort") if len(ports) > 1 else ():
        seen: dict[tuple[int, str], Node] = {}
        for port in ports:
            node = at(port, key) or at(port, "port")
            number = _number(node)
            if node is None or number is None or (key == "port" and _is_true(at(port, "internal"))):
                continue
            layer4 = "udp" if text(port, "protocol") == "udp" else "tcp"
            if (first := seen.setdefault((number, layer4), node)) is not node:
                bag.add(
                    "PC1303",
                    f"two ports have the `{key}` {number}",
                    node.span,
                    also=[Label(first.span, "the other one")],
                    help="give one of them another number",
                )


def _is_true(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and node.value is True


def _sources(spec: MapNode, bag: Bag) -> None:
    containers = [spec, *(c for part in _CONTAINERS for _, c in entries(spec, part))]
    for container in containers:
        users = [value for part in ("env", "files") for _, value in entries(container, part)]
        from_sources = at(container, "envFrom")
        users += from_sources.items if isinstance(from_sources, ListNode) else ()
        for user in users:
            for word in user.entries.keys() & _SOURCES.keys() if isinstance(user, MapNode) else ():
                _declared(spec, user, word, _SOURCES[word], bag)


def _declared(spec: MapNode, user: Node, word: str, declared: str, bag: Bag) -> None:
    """Report a secret, config map or volume that is used and not declared, or a key that it does not have."""
    node, key = at(user, word), at(user, "key")
    if not isinstance(node, ScalarNode):
        return
    source = at(spec, declared, node.text)
    if source is None:
        names = [name for name, _ in entries(spec, declared)]
        near = did_you_mean(node.text, names)
        cure = f"did you mean `{near}`?" if near else f"declare it: `{declared}: {{{node.text}: ...}}`"
        bag.add("PC1304", f"`{node.text}` is not declared under `{declared}`", node.span, help=cure)
        return
    keys = at(source, "keys") if word == "secret" else source
    if isinstance(key, ScalarNode) and at(source, "existing") is None and at(keys, key.text) is None:
        names = [name for name, _ in entries(keys)]
        near = did_you_mean(key.text, names)
        bag.add(
            "PC1304",
            f"`{node.text}` has no key `{key.text}`",
            key.span,
            also=[Label(source.span, "declared here")],
            help=f"did you mean `{near}`?" if near else "add the key there",
        )


def _port_names(spec: MapNode, bag: Bag) -> None:
    names = dict(entries(spec, "ports"))
    maps = [(word, one) for part, word in _USERS for _, one in entries(spec, part) if type(one) is MapNode]
    users: list[Node | None] = [one.entries.get(word) for word, one in maps]
    users += [at(spec, "observe", "metrics", "port")]
    for group in ("access", "deny"):
        for _, rule in entries(spec, group):
            listed = at(rule, "ports")
            users += list(listed.items) if isinstance(listed, ListNode) else []
    for user in users:
        if isinstance(user, ScalarNode) and user.text not in names:
            near = did_you_mean(user.text, names)
            cure = (
                f"did you mean `{near}`?"
                if near
                else f"ports are {', '.join(f'`{n}`' for n in names) or 'not declared'}"
            )
            bag.add("PC1305", f"there is no port `{user.text}`", user.span, help=cure)


def _weights(spec: MapNode, bag: Bag) -> None:
    weighed = [(node, _number(node) or 0) for _, v in entries(spec, "versions") if (node := at(v, "weight"))]
    total = sum(weight for _, weight in weighed)
    if total > 100:  # noqa: PLR2004 -- percent
        bag.add(
            "PC1306",
            f"the versions' weights add up to {total} percent",
            weighed[-1][0].span,
            also=[Label(node.span, "and this") for node, _ in weighed[:-1]],
            help="leave something for the stable version, which gets the rest",
        )


def _mirrored_version(spec: MapNode, bag: Bag) -> None:
    node = at(spec, "traffic", "mirror", "version")
    names = [name for name, _ in entries(spec, "versions")]
    if isinstance(node, ScalarNode) and node.text not in names:
        near = did_you_mean(node.text, names)
        bag.add(
            "PC1307",
            f"there is no version `{node.text}`",
            node.span,
            help=f"did you mean `{near}`?" if near else "declare it under `versions`",
        )


RULES: Rules = {
    _min_and_max: ("scale",),
    _retries: ("traffic",),
    _port_numbers: ("ports",),
    _sources: ("env", "envFrom", "files", *_CONTAINERS),
    _port_names: ("access", "deny", "env", "expose", "health", "observe"),
    _weights: ("versions",),
    _mirrored_version: ("traffic",),
    version_names: ("versions",),
    version_ports: ("versions",),
    affinity: ("traffic",),
    failover_pairs: ("resilience",),
    token_words: ("access", "expose"),
    client_certificates: ("expose",),
    passed_through: ("expose",),
    idle_retries: ("traffic",),
    route_conditions: ("traffic",),
    check_observe: ("observe",),
}
_OF_REQUESTS = (token_words, _retries, affinity, failover_pairs, idle_retries, route_conditions)
OUTSIDE: Rules = {rule: RULES[rule] for rule in (_port_names, *_OF_REQUESTS, check_observe)}
"""The rules that are about external services too."""
