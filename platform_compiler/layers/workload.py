"""Does an application fit its workload blueprint? Judged by the contract, on the settings that the team wrote itself.

What comes from defaults of others is not judged: a default number of replicas is meant for those that have replicas.
"""

from collections.abc import Iterator

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.layers.model import Settings, Workload
from platform_compiler.layers.placement import text
from platform_compiler.layers.written import entries, is_own, is_true, number, own_leaves
from platform_compiler.load.shape import params_have_shape
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span, nearest

Path = tuple[str, ...]
_ABOUT_CALLERS = ("expose", "traffic", "resilience")
_AT_ONE_NODE = ("ReadWriteOnce", "ReadWriteOncePod")


def check_workload(settings: Settings, bag: Bag) -> None:
    """Report what an application says that its blueprint cannot make, and what it does not say."""
    workload = settings.workload
    if workload is None:
        return
    _words_of_others(settings, workload, bag)
    _needs(settings, workload, bag)
    _params(settings, workload, bag)
    if not workload.serves:
        _without_service(settings, workload, bag)
    if not workload.has_peers:
        _shared_volumes(settings, workload, bag)


def covers(patterns: frozenset[Path], path: Path) -> bool:
    """Whether one of the patterns stands for a path or something above it; `*` is any key."""
    return any(path[:length] in patterns for length in range(1, len(path) + 1)) or any(
        len(pattern) <= len(path) and all(want in ("*", have) for want, have in zip(pattern, path, strict=False))
        for pattern in patterns
        if "*" in pattern
    )


def owned_by_others(workload: Workload, path: Path) -> list[str]:
    """Return the workload blueprints that honour a setting which this one does not."""
    if path[0] not in workload.foreign or covers(workload.honours, path):
        return []
    return [name for name, honours in workload.elsewhere.items() if covers(honours, path)]


def _words_of_others(settings: Settings, workload: Workload, bag: Bag) -> None:
    told: set[str] = set()
    spec = settings.spec.entries
    words = spec.keys() & workload.foreign
    for path, node in (found for word in words for found in own_leaves(spec[word], settings, (word,))):
        others = owned_by_others(workload, path)
        if not others or path[0] in told:
            continue
        if not _some_honoured(workload, path[0]):
            told.add(path[0])
            path, node = path[:1], at(settings.spec, path[0]) or node  # noqa: PLW2901 -- the whole word, told once
        named = ", ".join(f"`{name}`" for name in others)
        bag.add(
            "PC1310",
            f"`{'.'.join(path)}` means nothing to a `{workload.name}`",
            _key_of(settings.spec, path, node),
            help=f"remove it, or choose another `blueprint`: {named} {'honours' if len(others) == 1 else 'honour'} it",
        )


def _some_honoured(workload: Workload, word: str) -> bool:
    return any(path[0] == word for path in workload.honours)


def _key_of(spec: MapNode, path: Path, node: Node) -> Span:
    above = at(spec, *path[:-1])
    return key_span(above, path[-1]) if isinstance(above, MapNode) else node.span


def _needs(settings: Settings, workload: Workload, bag: Bag) -> None:
    for path in workload.needs:
        if at(settings.spec, *path) is None:
            blueprint = at(settings.spec, "blueprint")
            assert blueprint is not None
            bag.add(
                "PC1311",
                f"a `{workload.name}` needs `{'.'.join(path)}`",
                nearest(settings.spec, *path) if is_own(at(settings.spec, path[0]), settings) else blueprint.span,
                help="add it",
            )


def _params(settings: Settings, workload: Workload, bag: Bag) -> None:
    params = at(settings.spec, "params")
    if params is None:
        return
    if workload.params is None:
        bag.add(
            "PC4030",
            f"blueprint `{workload.name}` takes no parameters",
            key_span(settings.spec, "params"),
            help="remove `params`, or declare them in the blueprint: `params: {type: object, properties: ...}`",
        )
        return
    params_have_shape(workload.params, params, bag)


def _without_service(settings: Settings, workload: Workload, bag: Bag) -> None:
    """Report ports and words about callers of what nobody can call."""
    ports = at(settings.spec, "ports")
    for name, port in entries(ports):
        if is_own(port, settings) and not is_true(port, "internal") and covers(workload.honours, ("ports",)):
            assert isinstance(ports, MapNode)
            bag.add(
                "PC1312",
                f"port `{name}` is open, and a `{workload.name}` has no Service",
                key_span(ports, name),
                help="write `internal: true` if it is for probes and metrics, or choose another `blueprint`",
            )
    words = _ABOUT_CALLERS if ports is not None else (*_ABOUT_CALLERS, "access", "deny")
    for word in words:
        for _, node in _own_below(settings, word):
            bag.add(
                "PC1313",
                f"`{word}` is about callers, and nobody can call a `{workload.name}`",
                node.span if at(settings.spec, word) is None else key_span(settings.spec, word),
                help="remove it, or choose another `blueprint`",
            )
            break
    for name, rule in entries(settings.spec, "access") if ports is not None else ():
        if is_own(rule, settings) and not _opens_internal_port(rule):
            bag.add(
                "PC1313",
                f"rule `{name}` opens nothing: applications cannot call a `{workload.name}`",
                rule.span,
                help="remove it; who is not an application (`principal`, `cidr`, `gateway`) may come to named `ports`",
            )


def _opens_internal_port(rule: Node) -> bool:
    """Whether a rule lets somebody without `calls` in on ports that it names."""
    sources = at(rule, "from")
    strangers = [
        source
        for source in (sources.items if isinstance(sources, ListNode) else ())
        if isinstance(source, MapNode) and "namespaceLabels" not in source.entries
    ]
    return bool(strangers) and at(rule, "ports") is not None


def _own_below(settings: Settings, word: str) -> Iterator[tuple[Path, Node]]:
    node = at(settings.spec, word)
    return own_leaves(node, settings) if node is not None else iter(())


def _shared_volumes(settings: Settings, workload: Workload, bag: Bag) -> None:
    """Report volumes that one node can mount while several pods of them would run."""
    several = _several_pods(settings.spec, workload)
    if several is None:
        return
    reason, node = several
    for name, volume in entries(settings.spec, "volumes"):
        mode = text(volume, "accessMode") or _AT_ONE_NODE[0]
        if at(volume, "size") is not None and mode in _AT_ONE_NODE:
            bag.add(
                "PC1323",
                f"volume `{name}` is mounted on one node at a time (`{mode}`), and {reason}",
                volume.span,
                also=[Label(node.span, "because of this")] if node is not None else (),
                help="use `stateful-service`, where each pod has its own, or `accessMode: ReadWriteMany`, "
                "or let only one pod run at any time",
            )


def _several_pods(spec: MapNode, workload: Workload) -> tuple[str, Node | None] | None:
    """Return why several pods may run at once, and the setting that says so."""
    if workload.ends:
        if (number(spec, "job", "parallelism") or 1) > 1:
            return "several pods run at once", at(spec, "job", "parallelism")
        overlapping = at(spec, "cron", "concurrencyPolicy")
        return ("runs may overlap", overlapping) if text(overlapping) == "Allow" else None
    for key in ("max", "min"):
        if (number(spec, "scale", key) or 0) > 1:
            return "several replicas run", at(spec, "scale", key)
    if at(spec, "versions") is not None:
        return "another version runs beside it", at(spec, "versions")
    recreated = text(spec, "strategy", "type") == "Recreate" or _is_zero(at(spec, "strategy", "maxSurge"))
    return None if recreated else ("a rollout starts the new pod before the old one ends; see `strategy`", None)


def _is_zero(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and str(node.value) in ("0", "0%")
