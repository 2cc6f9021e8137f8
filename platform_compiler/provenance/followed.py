"""Words of one manifest that others repeat: a port that callers name, a network of machines, a domain of hosts.

Said otherwise alone such a word leads nowhere, or takes away what it is about; so here those who repeat it follow.
"""

from collections.abc import Iterator

from platform_compiler.layers.explain import winning_layer
from platform_compiler.layers.model import Settings
from platform_compiler.provenance.decision import Line, dotted
from platform_compiler.provenance.vary import following
from platform_compiler.provenance.world import World, renamed_at
from platform_compiler.source.node import MapNode, Node, Pointer, ScalarNode, at


def callers_following(world: World, cluster: str, ref: str, word: str) -> Iterator[Settings]:
    """Yield those whose calls and environment name a port of a target, as they name it when it is called otherwise."""
    team, _, name = ref.partition("/")
    for settings in world.resolved.by_cluster[cluster].values():
        meant = {ref, name} if settings.manifest.team == team else {ref}
        spec = settings.spec
        for pointer in _references(spec, meant):
            spec = _followed_at(spec, pointer, word)
        if spec is not settings.spec:
            yield settings._replace(spec=spec)


def machines_following(world: World, network: str) -> Iterator[Settings]:
    """Yield the external services with machines in a network, in which these are in the one it is called now."""
    for targets in world.resolved.by_cluster.values():
        for settings in targets.values():
            endpoints = at(settings.spec, "endpoints")
            found = endpoints.entries if isinstance(endpoints, MapNode) else {}
            spec = settings.spec
            for name in found:
                if getattr(at(spec, "endpoints", name, "network"), "value", None) == network:
                    spec = _followed_at(spec, ("endpoints", name), network)
            if spec is not settings.spec:
                yield settings._replace(spec=spec)


def _references(spec: MapNode, meant: set[str]) -> Iterator[Pointer]:
    for ref in meant:
        if isinstance(at(spec, "calls", ref), MapNode):
            yield "calls", ref
    env = at(spec, "env")
    for name, said in env.entries.items() if isinstance(env, MapNode) else ():
        called = at(said, "call")
        if isinstance(called, ScalarNode) and called.value in meant:
            yield "env", name


def hosts_following(world: World, team: str, domain: str, other: str) -> tuple[list[Settings], list[Line]]:
    """Return the applications of a team that expose a host which its domains name, now called otherwise; and where."""
    changed, said = [], []
    for targets in world.resolved.by_cluster.values():
        for settings in targets.values():
            exposed = at(settings.spec, "expose") if settings.manifest.team == team else None
            spec = settings.spec
            for name in exposed.entries if isinstance(exposed, MapNode) else ():
                host = at(spec, "expose", name, "host")
                if isinstance(host, ScalarNode) and host.value == domain:
                    pointer = ("expose", name, "host")
                    said.append(Line(host.span, winning_layer(settings, pointer, host), dotted(pointer)))
                    spec = renamed_at(spec, pointer, domain, other)
            if spec is not settings.spec:
                changed.append(settings._replace(spec=spec))
    return changed, said


def _followed_at(tree: MapNode, pointer: Pointer, word: str) -> MapNode:
    """Return a tree in which, below a pointer, a word is what it is called now."""
    key, *rest = pointer
    child: Node = tree.entries[str(key)]
    assert isinstance(child, MapNode)
    now = _followed_at(child, tuple(rest), word) if rest else following(child, word, f"{word}x")
    return MapNode({**tree.entries, str(key): now}, tree.keys, tree.span)
