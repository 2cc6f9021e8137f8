"""What `observe` asks for on a cluster that cannot give it, told at the line that asks."""

from collections.abc import Iterable, Mapping

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import text
from platform_compiler.link.addresses import primary_port
from platform_compiler.link.alike import Alike
from platform_compiler.link.facts import MeshMode, mesh_mode
from platform_compiler.link.model import Linked, Port, Target
from platform_compiler.link.objectives import Objective, buckets_of, duration_text, nearest, objectives
from platform_compiler.link.observers import (
    PROMETHEUS,
    TRACING,
    collector_port,
    is_observed,
    observer_ref,
)
from platform_compiler.load import Loaded
from platform_compiler.source.node import ListNode, ScalarNode, at, plain
from platform_compiler.source.node import nearest as nearest_span


def check_observe(every: Iterable[Alike], linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report observers that are not there, and what cannot be observed on a cluster."""
    for cluster, by_ref in linked.targets.items():
        for key in (PROMETHEUS, TRACING):
            _check_observer(cluster, key, by_ref, loaded, bag)
        if _mode(cluster, loaded) == "ambient":
            _check_named_reader(cluster, loaded, bag)
    for target in (one for targets in every for one in targets if "observe" in one.spec.entries):
        _check_logs(target, loaded, bag)
        _check_observed(target, linked, loaded, bag)


def _mode(cluster: str, loaded: Loaded) -> MeshMode:
    return mesh_mode(text(loaded.clusters[cluster].spec, "parts", "mesh"))


def _check_observed(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report what a target asks for on its cluster, where somebody reads applications, or proxies those they call."""
    cluster, kind, mode = target.cluster, target.interface.kind, _mode(target.cluster, loaded)
    if kind == "app" and is_observed(cluster, loaded):
        _check_metrics(target, bag)
        _check_slo(target, mode, linked, bag)
    if kind == "external" and (cluster, target.ref) in linked.links_in and mode == "sidecar":
        _check_slo(target, mode, linked, bag)


def metrics_port(target: Target) -> Port | None:
    """Return the port that an application's own metrics are read on, or None where it has none."""
    metrics = at(target.spec, "observe", "metrics")
    if metrics is None:
        return None
    named = text(metrics, "port")
    return target.interface.ports.get(named) if named else primary_port(target.interface)


def through_proxy(target: Target, mode: MeshMode) -> bool:
    """Whether metrics are read at an application's own proxy, which merges the program's into its own."""
    return mode == "sidecar" and target.interface.meshed


def is_counted(target: Target, mode: MeshMode, linked: Linked) -> bool:
    """Whether the mesh counts requests to an application: at its own proxies, or at the waypoint before it."""
    outside = target.interface.kind == "external" and mode == "sidecar"  # at the proxies of its callers
    proxied = outside or through_proxy(target, mode) or (target.cluster, target.ref) in linked.waypoints
    return proxied and any(port.l7 and not port.internal for port in target.interface.ports.values())


def _check_observer(cluster: str, key: str, targets: Mapping[str, Target], loaded: Loaded, bag: Bag) -> None:
    mode = _mode(cluster, loaded)
    ref, node = observer_ref(cluster, key, loaded), at(loaded.clusters[cluster].spec, key, "app")
    if ref is None or node is None or f"teams/{ref}.yaml" in loaded.broken:
        return
    found = targets.get(ref)
    if found is None or found.interface.kind != "app":
        near = did_you_mean(ref, [name for name, target in targets.items() if target.interface.kind == "app"])
        bag.add(
            "PC2484",
            f"no application `{ref}` runs on `{cluster}`",
            node.span,
            help=f"did you mean `{near}`?" if near else "place it here, or say where it runs: `namespace`, `podLabels`",
        )
    elif key == TRACING and collector_port(found.interface) is None:
        bag.add(
            "PC2484",
            f"`{ref}` has no port that takes traces",
            node.span,
            also=[Label(found.interface.span, "this application")],
            help="call its port `otlp`",
        )
    elif key == PROMETHEUS and through_proxy(found, mode):
        _report_meshed_reader(ref, found, node.span, bag)


def _check_named_reader(cluster: str, loaded: Loaded, bag: Bag) -> None:
    """Report a Prometheus of ours on an ambient cluster, where pods let it in by an identity or not at all."""
    node = at(loaded.clusters[cluster].spec, PROMETHEUS, "app")
    if node is not None:
        bag.add(
            "PC2484",
            f"pods on `{cluster}` let Prometheus in by its identity, which `app` does not say",
            node.span,
            help="write `namespace`, `podLabels`, `serviceAccount` and `meshed: true` instead",
        )


def _report_meshed_reader(ref: str, found: Target, span: Span, bag: Bag) -> None:
    bag.add(
        "PC2484",
        f"`{ref}` reads pods by their addresses, which its own proxy does not let out",
        span,
        also=[Label(found.interface.span, "in the mesh")],
        help="take it out of the mesh: `mesh: {member: false}`; policies of the network still guard it",
    )


def _check_logs(target: Target, loaded: Loaded, bag: Bag) -> None:
    listed = at(target.spec, "observe", "logs")
    if listed is None or "platform.yaml" in loaded.broken:
        return
    declared = at(loaded.platform.spec, "logs") if loaded.platform else None
    known = list(plain(declared)) if declared else []
    for item in listed.items if isinstance(listed, ListNode) else ():
        if isinstance(item, ScalarNode) and item.text not in known:
            near = did_you_mean(item.text, known)
            names = ", ".join(f"`{name}`" for name in known) or "none"
            bag.add(
                "PC2483",
                f"the platform has no destination of logs `{item.text}`",
                item.span,
                help=f"did you mean `{near}`?" if near else f"platform.yaml declares {names}",
            )


def _check_metrics(target: Target, bag: Bag) -> None:
    metrics = at(target.spec, "observe", "metrics")
    if metrics is None or text(metrics, "port") is not None:
        return
    port = primary_port(target.interface)
    if port is None or port.protocol != "http":
        bag.add(
            "PC2482",
            f"nobody says on which port the metrics of `{target.ref}` are",
            metrics.span,
            also=[Label(port.span, f"the primary port speaks {port.protocol}")] if port else (),
            help="name one that speaks http: `observe: {metrics: {port: ...}}`",
        )


def _check_slo(target: Target, mode: MeshMode, linked: Linked, bag: Bag) -> None:
    node = at(target.spec, "observe", "slo")
    if node is None:
        return
    slo = plain(node)
    for objective in objectives(slo):
        where = ("latency", objective.name.removeprefix("latency-")) if objective.milliseconds else ("availability",)
        if not objective.own and not is_counted(target, mode, linked):
            _report_unmeasured(target, objective, where, mode, bag)
        elif objective.milliseconds is not None:
            _check_bucket(target, objective, where, bag)


def _report_unmeasured(target: Target, objective: Objective, where: tuple[str, ...], mode: MeshMode, bag: Bag) -> None:
    node = at(target.spec, "observe", "slo")
    assert node is not None
    reasons = {
        "sidecar": "has no port that speaks HTTP or gRPC",
        "ambient": "stands behind no waypoint that reads requests",
    }
    outside = target.interface.kind == "external"
    reason = reasons[mode] if (target.interface.meshed or outside) and mode != "none" else "is in no mesh"
    word, example = (
        ("duration", "http_request_duration_seconds") if objective.milliseconds else ("requests", "http_requests_total")
    )
    bag.add(
        "PC2481",
        f"nothing measures the {where[0]} of `{target.ref}` on `{target.cluster}`",
        nearest_span(node, *where),
        also=[Label(target.interface.span, f"it {reason} there")],
        help="give it a port that speaks http, http2 or grpc, or take the promise out"
        if outside
        else f"name a metric of its own: `slo: {{metric: {{{word}: {example}}}}}`",
    )


def _check_bucket(target: Target, objective: Objective, where: tuple[str, ...], bag: Bag) -> None:
    node = at(target.spec, "observe", "slo")
    assert node is not None
    assert objective.milliseconds is not None
    buckets = buckets_of(plain(node), objective)
    if objective.milliseconds in buckets:
        return
    near = " or ".join(f"`{duration_text(bound)}`" for bound in nearest(objective.milliseconds, buckets))
    whose = "the application's" if objective.own else "the mesh's"
    cure = f"write {near}"
    bag.add(
        "PC2480",
        f"{whose} histogram has no bucket that ends at {duration_text(objective.milliseconds)}",
        nearest_span(node, *where),
        help=(cure, "or list the histogram's own: `metric: {buckets: [...]}`") if objective.own else cure,
    )
