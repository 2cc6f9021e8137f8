"""Pods that get in the way of their own proxy.

Source: the pages of IST0144, IST0146 and IST0147. The proxy runs as user 1337, whose traffic is let through as it is;
`image: auto` is a placeholder that only the injector fills in.
"""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, a_map, maps
from platform_compiler.verify.istio.membership import PROXY, Membership, find_membership, membership
from platform_compiler.verify.item import Fault
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_PROXY_USER = 1337
_USER: Path = ("securityContext", "runAsUser")
_OF_THE_MESH = (PROXY, "istio-init", "istio-validation")


def runs_as_proxy(world: World) -> Iterator[Fault]:
    """Yield containers that run as the user of the proxy: their calls leave the pod around it."""
    for workload in world.workloads:
        paths = list(_as_proxy_user(workload))
        if paths and membership(world, workload) is Membership.SIDECAR:
            message = f"runs as user {_PROXY_USER}, whose traffic goes around the proxy"
            yield Fault("PC5234", workload.item, paths[0], message, "choose another user")


def _as_proxy_user(workload: Workload) -> Iterator[Path]:
    if _user(workload.pod) == _PROXY_USER:
        yield (*workload.spec_path, *_USER)
    for path, container, *_ in workload.containers:
        if _user(container) == _PROXY_USER and "containers" in path and container.get("name") not in _OF_THE_MESH:
            yield (*path, *_USER)


def _user(told: Body) -> object:
    return a_map(told, "securityContext").get("runAsUser")


def placeholder_image(world: World) -> Iterator[Fault]:
    """Yield proxies whose image nobody fills in."""
    for workload in world.workloads:
        if PROXY not in [front.name for front in workload.fronts]:
            continue
        for i, container in maps(workload.pod, "containers"):
            if container.get("name") == PROXY and container.get("image") == "auto" and _is_left_alone(world, workload):
                message = "`image: auto` stays as it is, as the pods are not injected"
                cure = 'label the pods `sidecar.istio.io/inject: "true"`'
                path = (*workload.spec_path, "containers", i, "image")
                yield Fault("PC5235", workload.item, path, message, cure)


def _is_left_alone(world: World, workload: Workload) -> bool:
    """Whether nothing asks for injection, leaving aside that the pods name a proxy themselves."""
    return find_membership(world, workload, bare=True) in (Membership.OUT, Membership.UNSAID, Membership.AMBIENT)
