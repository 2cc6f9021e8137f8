"""References to objects that do not exist: accounts, roles, claims, and what an autoscaler scales."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Path, a_map, maps, text
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.kubernetes.elsewhere import SYSTEM, makers
from platform_compiler.verify.kubernetes.pods import claims_of
from platform_compiler.verify.kubernetes.scalers import scalers_of
from platform_compiler.verify.world import World, namespace_of

_CODE = "PC5135"
_RBAC = "rbac.authorization.k8s.io"
_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_SCALABLE = frozenset({("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "ReplicaSet")})


def accounts(world: World) -> Iterator[Fault]:
    """Yield pods that run as a ServiceAccount that does not exist: none of them starts."""
    for workload in world.workloads:
        told = workload.face.account
        name, field = (told, "serviceAccountName") if told else (text(workload.pod, "serviceAccount"), "serviceAccount")
        judged = name not in ("", "default") and workload.namespace not in world.charted
        if judged and not world.exists("", "ServiceAccount", workload.namespace, name):
            path = (*workload.spec_path, field)
            yield _missing(world, workload.item, path, ("", "ServiceAccount"), workload.namespace, name)


def roles(world: World) -> Iterator[Fault]:
    """Yield bindings of Roles that do not exist."""
    for item in world.of(_RBAC, "RoleBinding"):
        namespace, name = namespace_of(item), text(item.body, "roleRef", "name")
        judged = text(item.body, "roleRef", "kind") == "Role" and namespace not in SYSTEM | world.charted
        if judged and not world.exists(_RBAC, "Role", namespace, name):
            yield _missing(world, item, ("roleRef", "name"), (_RBAC, "Role"), namespace, name)


def subjects(world: World) -> Iterator[Fault]:
    """Yield bindings to ServiceAccounts that do not exist, in namespaces whose accounts or workloads are judged."""
    known = {namespace_of(item) for item in world.of("", "ServiceAccount")} | world.workloads_of.keys()
    for kind in _BINDINGS:
        for item in world.of(_RBAC, kind):
            for i, subject in maps(item.body, "subjects"):
                namespace, name = text(subject, "namespace") or item.namespace, text(subject, "name")
                judged = namespace in known and namespace not in SYSTEM | world.charted and name != "default"
                is_account = text(subject, "kind") == "ServiceAccount"
                if judged and is_account and not world.exists("", "ServiceAccount", namespace, name):
                    path = ("subjects", i, "name")
                    yield _missing(world, item, path, ("", "ServiceAccount"), namespace, name)


def claims(world: World) -> Iterator[Fault]:
    """Yield volumes whose PersistentVolumeClaim does not exist."""
    made = {
        (workload.namespace, f"{text(claim, 'metadata', 'name')}-{workload.item.name}-")
        for workload in world.workloads
        for _, claim in claims_of(workload)
    }
    foreign = world.charted | {namespace_of(item) for item in world.once(makers)}
    for workload in world.workloads:
        for i, volume in maps(workload.pod, "volumes"):
            name = text(a_map(volume, "persistentVolumeClaim"), "claimName")
            of_set = (workload.namespace, name.rstrip("0123456789")) in made
            judged = name and not of_set and workload.namespace not in foreign
            if judged and not world.exists("", "PersistentVolumeClaim", workload.namespace, name):
                path = (*workload.spec_path, "volumes", i, "persistentVolumeClaim", "claimName")
                yield _missing(world, workload.item, path, ("", "PersistentVolumeClaim"), workload.namespace, name)


def scale_targets(world: World) -> Iterator[Fault]:
    """Yield autoscalers of workloads that do not exist."""
    for scaler in world.once(scalers_of):
        group, kind, name = scaler.target
        judged = scaler.workload is None and (group, kind) in _SCALABLE and scaler.namespace not in world.charted
        if judged and not world.exists(group, kind, scaler.namespace, name):
            path = ("spec", "scaleTargetRef", "name")
            yield _missing(world, scaler.item, path, (group, kind), scaler.namespace, name)
        elif group == "apps" and (group, kind) not in _SCALABLE:
            near = did_you_mean(kind, {known for _, known in _SCALABLE})
            cure = f"did you mean `{near}`?" if near else "name a Deployment, a StatefulSet or a ReplicaSet"
            path = ("spec", "scaleTargetRef", "kind")
            yield Fault(_CODE, scaler.item, path, f"no `{kind}` of group `apps` can be scaled", cure)


def _missing(  # noqa: PLR0913, PLR0917 -- what is missing, and where it is named
    world: World, item: Item, path: Path, kind: tuple[str, str], namespace: str, name: str
) -> Fault:
    message = f"there is no {kind[1]} `{namespace}/{name}`"
    near = did_you_mean(name, names_in(world, kind, namespace))
    cure = f"did you mean `{near}`?" if near else "add it, or name one that exists"
    return Fault(_CODE, item, path, message, cure)


def names_in(world: World, kind: tuple[str, str], namespace: str) -> AbstractSet[str]:
    """Return the names of the objects of a kind in a namespace."""
    return world.once(_names).get((kind, namespace), frozenset())


def _names(world: World) -> Mapping[tuple[tuple[str, str], str], AbstractSet[str]]:
    found: defaultdict[tuple[tuple[str, str], str], set[str]] = defaultdict(set)
    for item in world.items:
        found[(item.group, item.kind), namespace_of(item)].add(item.name)
    return found
