"""Raw resources once they are made: what only the schema of a kind, or the parts of a cluster, can tell."""

from collections.abc import Callable, Iterable

from platform_compiler.blueprints.catalog import Catalog
from platform_compiler.blueprints.everyone import opens_to_everyone
from platform_compiler.blueprints.resource import Resource
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.placement import environment_of, text
from platform_compiler.link.raws import allowed_kinds, refuse
from platform_compiler.load import Loaded
from platform_compiler.objects import group_of, kind_of
from platform_compiler.source.node import at
from platform_compiler.verify.schemas import Schemas

_OWNING = ("namespace", "mesh", "ingress", "delivery")
"""Parts whose kinds are nobody else's; what workloads and observability make, others may have too."""
_EVERYBODYS = frozenset({"ConfigMap", "Service", "ServiceAccount"})


def check_raw_resources(
    resources: Iterable[Resource], loaded: Loaded, catalog: Catalog, schemas: Callable[[str], Schemas], bag: Bag
) -> None:
    """Report raw resources in no namespace, of kinds that a part of their cluster owns, and that match everyone."""
    allowed = allowed_kinds(loaded)
    for resource in resources:
        if resource.unit.scope == "raw" and (hand := resource.hand_behind(("kind",))) and hand.pointer:
            word = "/".join(filter(None, (group_of(resource.body), kind_of(resource.body))))
            cluster = resource.unit.cluster
            if not _has_namespace(resource, schemas(cluster)):
                cure = "remove it: a team's raw resources stay in its namespaces"
                bag.add("PC4081", f"`{word}` is in no namespace", hand.span, help=cure)
            elif word not in allowed and (part := _owner(kind_of(resource.body), cluster, loaded, catalog)):
                refuse(word, f"the {part} part owns it", hand.span, bag)
            elif where := opens_to_everyone(resource.body):
                bag.add("PC4302", f"the {kind_of(resource.body)} matches everyone: {where}", hand.span)


def _has_namespace(resource: Resource, schemas: Schemas) -> bool:
    """Whether a kind is in namespaces; one that no schema knows is told by verification."""
    judge = schemas.usable(resource.body["apiVersion"], resource.body["kind"])
    return judge is None or judge.kind.namespaced


def _owner(kind: str, cluster: str, loaded: Loaded, catalog: Catalog) -> str | None:
    """Return the part of a cluster whose blueprint makes a kind."""
    manifest = loaded.clusters[cluster]
    for part in _OWNING:
        name = text(at(manifest.spec, "parts"), part) or ""
        blueprint = catalog.pick(name, environment_of(manifest)) if name else None
        if blueprint and kind in blueprint.contract.emits - _EVERYBODYS:
            return part
    return None
