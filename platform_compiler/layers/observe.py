"""What `observe` may say inside one manifest: promises that can be kept, measured often enough, on readable ports."""

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.placement import text
from platform_compiler.quantities import seconds
from platform_compiler.source.node import MapNode, ScalarNode, at, key_span

_SHORTEST, _LONGEST = "7d", "90d"
_OFTEN = "1m"
"""Rates are taken over five minutes: they need several readings in that time."""


def check_observe(spec: MapNode, bag: Bag) -> None:
    """Judge what a merged tree says under `observe`."""
    _slo(spec, bag)
    _metrics(spec, bag)
    _instrument(spec, bag)


def _slo(spec: MapNode, bag: Bag) -> None:
    observe, slo = at(spec, "observe"), at(spec, "observe", "slo")
    if not isinstance(slo, MapNode) or not isinstance(observe, MapNode):
        return
    latency = at(slo, "latency")
    if at(slo, "availability") is None and not (isinstance(latency, MapNode) and latency.entries):
        bag.add(
            "PC1350",
            "the service level promises nothing",
            key_span(observe, "slo"),
            help="say what users may expect: `availability: 99.9`, or `latency: {p99: 250ms}`",
        )
    _window(slo, bag)
    _own_metric(spec, slo, bag)


def _window(slo: MapNode, bag: Bag) -> None:
    node, window = at(slo, "window"), text(slo, "window")
    if node and window and not seconds(_SHORTEST) <= seconds(window) <= seconds(_LONGEST):
        bag.add(
            "PC1351",
            f"a service level cannot be kept over {window}",
            node.span,
            help=f"choose a window from {_SHORTEST} to {_LONGEST}; alerts look back up to three days",
        )


def _own_metric(spec: MapNode, slo: MapNode, bag: Bag) -> None:
    metric = at(slo, "metric")
    if not isinstance(metric, MapNode):
        return
    for word, others, promise in (
        ("requests", ("failed",), "availability"),
        ("duration", ("buckets",), "latency"),
    ):
        node = at(metric, word)
        if node and at(slo, promise) is None:
            bag.add(
                "PC1353",
                f"`{word}` measures `{promise}`, which nothing is promised of",
                node.span,
                help=f"promise it: `{promise}: ...`, or remove the metric",
            )
        for other in others:
            if node is None and at(metric, other) is not None:
                bag.add(
                    "PC1353",
                    f"`{other}` says more of `{word}`, which is not named",
                    key_span(metric, other),
                    help=f"name the metric: `{word}: ...`, or remove `{other}`",
                )
    if at(spec, "observe", "metrics") is None:
        bag.add(
            "PC1353",
            "the service level is measured by the application's own metric, and nobody reads its metrics",
            key_span(slo, "metric"),
            help="say where they are: `observe: {metrics: {port: ...}}`",
        )


def _metrics(spec: MapNode, bag: Bag) -> None:
    name = text(spec, "observe", "metrics", "port")
    place, port = at(spec, "observe", "metrics", "port"), at(spec, "ports", name or "")
    protocol = text(port, "protocol") or "http"
    if place and port and protocol != "http":
        bag.add(
            "PC1352",
            f"metrics are read over plain HTTP, and port `{name}` speaks {protocol}",
            place.span,
            also=[Label(port.span, "this port")],
            help="name a port with `protocol: http`; one for metrics alone may be `internal: true`",
        )
    node, interval = at(spec, "observe", "metrics", "interval"), text(spec, "observe", "metrics", "interval")
    if node is None or interval is None:
        return
    if seconds(interval) < 1:
        bag.add("PC1354", f"metrics cannot be read every {interval}", node.span, help="write `1s` or more")
    elif at(spec, "observe", "slo") is not None and seconds(interval) > seconds(_OFTEN):
        slo = at(spec, "observe", "slo")
        bag.add(
            "PC1354",
            f"metrics that are read every {interval} do not tell the rate over five minutes",
            node.span,
            also=[Label(slo.span, "which this is measured by")] if slo else (),
            help=f"write `{_OFTEN}` or less",
        )


def _instrument(spec: MapNode, bag: Bag) -> None:
    node = at(spec, "observe", "instrument")
    if isinstance(node, ScalarNode) and node.value == "go":
        bag.add(
            "PC1355",
            "Go programs are instrumented by a privileged container, which no namespace of a team admits",
            node.span,
            help="link OpenTelemetry's library into the program, and remove this line",
        )
