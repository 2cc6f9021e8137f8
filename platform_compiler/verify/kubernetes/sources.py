"""ConfigMaps and Secrets that are used: do they exist, and have they the entries that are asked for?"""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.elsewhere import SYSTEM, everywhere, made, may_make
from platform_compiler.verify.kubernetes.references import names_in
from platform_compiler.verify.workloads import Container, Workload
from platform_compiler.verify.world import World, namespace_of

_MISSING, _NO_ENTRY = "PC5137", "PC5138"
_NEEDED = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


class Use(NamedTuple):
    """Where an object uses a ConfigMap or a Secret, and the entries that it asks for, with their places."""

    item: Item
    path: Path
    kind: str
    name: str
    entries: tuple[tuple[Path, str], ...] = ()


def sources(world: World) -> Iterator[Fault]:
    """Yield uses of ConfigMaps and Secrets that are not among what is judged, and that nothing judged makes."""
    for use in world.once(uses):
        namespace = namespace_of(use.item)
        if world.exists("", use.kind, namespace, use.name) or (use.kind, namespace, use.name) in world.once(made):
            continue
        if (
            namespace in SYSTEM | world.charted
            or everywhere(use.kind, use.name, world)
            or may_make(world, namespace, use.name)
        ):
            continue
        near = did_you_mean(use.name, names_in(world, ("", use.kind), namespace))
        cure = f"did you mean `{near}`?" if near else "add it; this is fine where something else makes it"
        message = f"{use.kind} `{namespace}/{use.name}` is not among what is judged"
        yield Fault(_MISSING, use.item, use.path, message, cure)


def entries(world: World) -> Iterator[Fault]:
    """Yield entries that are asked for but that the ConfigMap or Secret does not have: the pod does not start."""
    for use in world.once(uses):
        source = world.find("", use.kind, namespace_of(use.item), use.name) if use.entries else None
        if source is None or _grows(source):
            continue
        known = _keys(source)
        for path, key in use.entries:
            if key and key not in known:
                near = did_you_mean(key, known)
                cure = f"did you mean `{near}`?" if near else f"add it to {source}"
                also = (Other(source, ("data",), "what it holds"),)
                yield Fault(_NO_ENTRY, use.item, path, f"{source} has no entry `{key}`", cure, also)


def types_of_secrets(world: World) -> Iterator[Fault]:
    """Yield Secrets that lack an entry that their type needs."""
    for item in world.of("", "Secret"):
        for key in _NEEDED.get(text(item.body, "type"), ()):
            if key not in _keys(item) and not _grows(item):
                message = f"type `{text(item.body, 'type')}` needs an entry `{key}`"
                yield Fault(_NO_ENTRY, item, ("type",), message, "add it, or leave out the type")


def uses(world: World) -> list[Use]:
    """Return every use that is not optional."""
    return list(_uses(world))


def _uses(world: World) -> Iterator[Use]:
    for workload in world.workloads:
        for container in workload.containers:
            yield from _of_container(workload.item, container)
        yield from _of_pod(workload)
    for item in world.of("", "ServiceAccount"):
        for i, secret in maps(item.body, "imagePullSecrets") if "imagePullSecrets" in item.body else ():
            yield from _use(item, ("imagePullSecrets", i), "Secret", secret)
    for item in world.of("networking.k8s.io", "Ingress"):
        for i, tls in maps(item.body, "spec", "tls"):
            yield from _use(item, ("spec", "tls", i), "Secret", tls, "secretName")


def _of_container(item: Item, container: Container) -> Iterator[Use]:
    path = container.path
    for i, _, entry in container.env:
        if "valueFrom" not in entry:
            continue
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            told = a_map(entry, "valueFrom", field)
            place = (*path, "env", i, "valueFrom", field)
            yield from _use(item, place, kind, told, entries=(((*place, "key"), text(told, "key")),))
    for i, entry in maps(container.body, "envFrom"):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            yield from _use(item, (*path, "envFrom", i, field), kind, a_map(entry, field))


def _of_pod(workload: Workload) -> Iterator[Use]:
    item, above = workload.item, workload.spec_path
    for i, secret in maps(workload.pod, "imagePullSecrets"):
        yield from _use(item, (*above, "imagePullSecrets", i), "Secret", secret)
    for i, volume in maps(workload.pod, "volumes"):
        path = (*above, "volumes", i)
        yield from _volume(item, path, volume, "secretName")
        for j, part in maps(volume, "projected", "sources") if "projected" in volume else ():
            yield from _volume(item, (*path, "projected", "sources", j), part, "name")


def _volume(item: Item, path: Path, volume: Body, secret: str) -> Iterator[Use]:
    for field, kind, name in (("configMap", "ConfigMap", "name"), ("secret", "Secret", secret)):
        told = a_map(volume, field) if field in volume else {}
        if not told:
            continue
        wanted = tuple(((*path, field, "items", i, "key"), text(entry, "key")) for i, entry in maps(told, "items"))
        yield from _use(item, (*path, field), kind, told, name, wanted)


def _use(  # noqa: PLR0913, PLR0917 -- where, and what of it
    item: Item, path: Path, kind: str, told: Body, field: str = "name", entries: tuple[tuple[Path, str], ...] = ()
) -> Iterator[Use]:
    if text(told, field) and told.get("optional") is not True:
        yield Use(item, (*path, field), kind, text(told, field), entries)


def _keys(source: Item) -> set[str]:
    fields = ("data", "binaryData" if source.kind == "ConfigMap" else "stringData")
    return {key for field in fields for key in a_map(source.body, field)}


def _grows(source: Item) -> bool:
    """Whether somebody else fills it: it is empty, or annotations ask a controller to copy or inject."""
    return not _keys(source) or bool(a_map(source.body, "metadata").get("ownerReferences"))
