"""What teams own: namespaces, blueprints, and the names of Services in a namespace."""

from collections.abc import Iterable, Mapping

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.facts import entries
from platform_compiler.link.model import Interface, Linked, Target
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import MapNode, at, key_span


def check_teams(loaded: Loaded, bag: Bag) -> None:
    """Report namespaces that two teams claim."""
    claimed: dict[str, tuple[str, Span]] = {}
    for name, team in sorted(loaded.teams.items()):
        namespaces = at(team.spec, "namespaces")
        for namespace in entries(namespaces):
            assert isinstance(namespaces, MapNode)
            span = key_span(namespaces, namespace)
            other, first = claimed.setdefault(namespace, (name, span))
            if other != name:
                bag.add(
                    "PC2402",
                    f"namespace `{namespace}` belongs to team `{other}` too",
                    span,
                    also=[Label(first, f"claimed by `{other}` here")],
                    help="a namespace has one team: rename one of them",
                )


def namespace_of(settings: Settings, loaded: Loaded, bag: Bag) -> str | None:
    """Return a target's namespace without suffix, or None after saying why it has none."""
    manifest = settings.manifest
    team = loaded.teams.get(manifest.team or "")
    if team is None:
        return None
    owned = entries(at(team.spec, "namespaces"))
    where = ("identity", "namespace") if text(settings.spec, "location") == "mesh" else ("namespace",)
    node = at(settings.spec, *where)
    chosen = text(settings.spec, *where) or text(team.spec, "defaultNamespace")
    if chosen is None and len(owned) == 1:
        chosen = next(iter(owned))
    if chosen is None:
        bag.add(
            "PC2405",
            f"`{manifest.ref}` names no namespace, and team `{team.name}` has several",
            _name_span(manifest),
            also=[Label(key_span(team.spec, "namespaces"), "these")],
            help="write `spec.namespace`, or `defaultNamespace` in team.yaml",
        )
        return None
    if chosen not in owned:
        near = did_you_mean(chosen, owned)
        bag.add(
            "PC2401",
            f"namespace `{chosen}` is not one of team `{team.name}`",
            node.span if node else key_span(team.spec, "defaultNamespace"),
            also=[Label(key_span(team.spec, "namespaces"), "the team's namespaces")],
            help=f"did you mean `{near}`?" if near else f"add it to `namespaces` in {team.path}",
        )
        return None
    return chosen


def check_blueprint(settings: Settings, loaded: Loaded, bag: Bag) -> None:
    """Report a blueprint that the team may not use."""
    team = loaded.teams.get(settings.manifest.team or "")
    allowed = at(team.spec, "blueprints") if team else None
    node, used = at(settings.spec, "blueprint"), text(settings.spec, "blueprint")
    if allowed is None or node is None or used is None or used.partition("@")[0] in strings(allowed):
        return
    bag.add(
        "PC2403",
        f"team `{settings.manifest.team}` may not use blueprint `{used}`",
        node.span,
        also=[Label(allowed.span, "what it may use")],
        help="use one of those, or ask the platform team to add it",
    )


def called_so(targets: Mapping[str, Target]) -> dict[tuple[str, str], list[Target]]:
    """Return the applications of a cluster by namespace and name; names that are taken twice are told of."""
    found: dict[tuple[str, str], list[Target]] = {}
    for target in targets.values():
        if target.interface.kind == "app":
            found.setdefault((target.interface.namespace, target.interface.name), []).append(target)
    return found


def check_service_names(interfaces: Iterable[Interface], linked: Linked, bag: Bag) -> None:
    """Report two applications of one cluster whose Services would have one name in one namespace."""
    whose: dict[tuple[str, str], str] = {}
    named = (one for one in interfaces if one.kind == "app")
    if all(whose.setdefault((one.namespace, one.name), one.ref) == one.ref for one in named):
        return
    for targets in linked.targets.values():
        _report_same_names(targets, bag)


def _report_same_names(targets: Mapping[str, Target], bag: Bag) -> None:
    for first, *others in called_so(targets).values():
        for target in others:
            bag.add(
                "PC2404",
                f"`{target.ref}` and `{first.ref}` are both `{target.interface.name}` in namespace "
                f"`{target.interface.namespace}`",
                target.interface.span,
                also=[Label(first.interface.span, "the other one")],
                help="rename one of them, or move it to another namespace",
            )


def _name_span(manifest: Manifest) -> Span:
    node = at(manifest.document, "metadata", "name")
    return node.span if node else manifest.spec.span
