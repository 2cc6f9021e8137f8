"""Services, and ports of them, that Ingresses, webhooks and aggregated APIs are served by."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, at, maps, number, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.elsewhere import may_make
from platform_compiler.verify.kubernetes.references import names_in
from platform_compiler.verify.world import World, namespace_of

_CODE, _OF_WEBHOOK = "PC5136", "PC5142"
_HTTPS = 443
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


class _Backend(NamedTuple):
    item: Item
    path: Path
    namespace: str
    told: Body
    port: Path
    """Where the port stands below the path."""


def backends(world: World) -> Iterator[Fault]:
    """Yield references to Services that do not exist, or that do not have the port."""
    for backend in (*_of_ingresses(world), *_of_cluster(world)):
        item, path, namespace, told, _ = backend
        name = text(told, "name")
        if not name or namespace not in world.populated:
            continue
        service = world.find("", "Service", namespace, name)
        if service is not None:
            yield from _port(backend, service)
        elif not world.exists("", "Service", namespace, name) and not may_make(world, namespace, name):
            near = did_you_mean(name, names_in(world, ("", "Service"), namespace))
            cure = f"did you mean `{near}`?" if near else "add it, or name one that exists"
            yield Fault(_code(item), item, (*path, "name"), f"there is no Service `{namespace}/{name}`", cure)


def _port(backend: _Backend, service: Item) -> Iterator[Fault]:
    wanted = at(backend.told, *backend.port)
    ports = [port for _, port in maps(service.body, "spec", "ports")]
    if wanted is None and backend.item.kind != "Ingress":
        wanted = _HTTPS
    known = {number(port, "port") for port in ports} | {text(port, "name") for port in ports if text(port, "name")}
    if text(service.body, "spec", "type") == "ExternalName" or not isinstance(wanted, int | str) or wanted in known:
        return
    listed = ", ".join(f"{number(port, 'port')} `{text(port, 'name')}`".replace(" ``", "") for port in ports)
    also = (Other(service, ("spec", "ports"), "its ports"),)
    message = f"{service} has no port `{wanted}`"
    yield Fault(
        _code(backend.item), backend.item, (*backend.path, *backend.port), message, f"it has {listed or 'none'}", also
    )


def _code(item: Item) -> str:
    return _OF_WEBHOOK if item.kind in _WEBHOOKS else _CODE


def _of_ingresses(world: World) -> Iterator[_Backend]:
    for item in world.of("networking.k8s.io", "Ingress"):
        paths: list[Path] = [("spec", "defaultBackend", "service")]
        for i, rule in maps(item.body, "spec", "rules"):
            for j, _ in maps(rule, "http", "paths"):
                paths.append(("spec", "rules", i, "http", "paths", j, "backend", "service"))
        for path in paths:
            told = a_map(at(item.body, *path))
            if not _is_action(item, told):
                field = "name" if text(told, "port", "name") else "number"
                yield _Backend(item, path, namespace_of(item), told, ("port", field))


def _is_action(item: Item, told: Body) -> bool:
    """Whether a backend names an annotation of AWS' controller and no Service."""
    action = f"alb.ingress.kubernetes.io/actions.{text(told, 'name')}"
    return action in a_map(item.body, "metadata", "annotations")


def _of_cluster(world: World) -> Iterator[_Backend]:
    for kind in _WEBHOOKS:
        for item in world.of("admissionregistration.k8s.io", kind):
            for i, _ in maps(item.body, "webhooks"):
                yield _of_other(item, ("webhooks", i, "clientConfig", "service"))
    for item in world.of("apiregistration.k8s.io", "APIService"):
        yield _of_other(item, ("spec", "service"))
    for item in world.of("apiextensions.k8s.io", "CustomResourceDefinition"):
        yield _of_other(item, ("spec", "conversion", "webhook", "clientConfig", "service"))


def _of_other(item: Item, path: Path) -> _Backend:
    told = a_map(at(item.body, *path))
    return _Backend(item, path, text(told, "namespace") or "default", told, ("port",))
