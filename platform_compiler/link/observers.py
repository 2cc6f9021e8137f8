"""Who reads metrics and collects traces on a cluster, and which links follow from that without anybody writing them."""

from collections.abc import Iterable

from platform_compiler.layers.placement import text
from platform_compiler.link.addresses import primary_port
from platform_compiler.link.facts import mesh_mode
from platform_compiler.link.handshake import PLATFORM_TEAM
from platform_compiler.link.interface import split_ref
from platform_compiler.link.model import Call, Grant, Interface, Link, Port, Target
from platform_compiler.load import Loaded
from platform_compiler.source.node import ScalarNode, at

PROMETHEUS, TRACING = "prometheus", "tracing"
_PORTS = ("otlp", "grpc")
"""How the port of a collector is called where it has several."""


def observer_ref(cluster: str, key: str, loaded: Loaded) -> str | None:
    """Return `team/name` of the application of ours that observes a cluster; None where it is something else."""
    named = text(loaded.clusters[cluster].spec, key, "app")
    return "/".join(split_ref(named, PLATFORM_TEAM)) if named else None


def is_observed(cluster: str, loaded: Loaded) -> bool:
    """Whether a part of a cluster makes Prometheus read applications."""
    spec = loaded.clusters[cluster].spec
    return (text(spec, "parts", "observability") or "none") != "none" and at(spec, PROMETHEUS) is not None


def sends_traces(target: Target, *, instrumented: bool, known: bool) -> bool:
    """Whether an application's program or proxy sends traces.

    Programs do where a part instruments them (`instrumented`), proxies beside them where the mesh has the collector
    among its providers (`known`).
    """
    observe = at(target.spec, "observe")
    if instrumented and at(observe, "instrument") is not None:
        return True
    share = at(observe, "tracing", "samplePercent")
    return known and isinstance(share, ScalarNode) and bool(share.value) and target.interface.meshed


def _sends_traces(target: Target, loaded: Loaded) -> bool:
    spec = loaded.clusters[target.cluster].spec
    part = text(spec, "parts", "observability") or "none"
    beside = mesh_mode(text(spec, "parts", "mesh")) == "sidecar"
    return sends_traces(target, instrumented=part != "none", known=beside)


def collector_port(interface: Interface) -> Port | None:
    """Return the port that takes traces: the one called so, else the primary one."""
    return next((interface.ports[name] for name in _PORTS if name in interface.ports), primary_port(interface))


def collector_call(caller: Target, collector: Target | None, links: Iterable[Link], loaded: Loaded) -> Call | None:
    """Return the call of a collector of ours, which every application that sends traces makes."""
    if collector is None or collector is caller or not _sends_traces(caller, loaded):
        return None
    if any(link.callee.ref == collector.ref for link in links):
        return None
    port, callee = collector_port(collector.interface), collector.interface
    if port is None:
        return None
    span = caller.interface.span
    return Call(callee.ref, callee.ref, (port.name,), (), (), optional=False, span=span)


def collector_link(caller: Target, collector: Target, call: Call) -> Link:
    """Return the link that follows from such a call, whatever the collector's `access` says."""
    return Link(caller, collector, call, (Grant("tracing", call.ports or (), (), ()),))
