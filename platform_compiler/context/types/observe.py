"""What can be seen of an application."""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.context.types.parts import MarkSlots


class ReadingRecord(TypedDict):
    """Where Prometheus reads: at the proxy, which merges the program's metrics into its own, else at the program."""

    podPort: Annotated[str, "a port of a container, by name"]
    servicePort: NotRequired[Annotated[str, "a port of the Service, by name"]]
    address: NotRequired[Annotated[int, "the port to read at instead, where no container declares it"]]
    path: Annotated[str, "the path"]
    interval: Annotated[str, "how often"]


class MergedRecord(TypedDict):
    """Where a proxy finds the program's metrics."""

    port: Annotated[str, "the port, as text"]
    path: Annotated[str, "the path"]


class CountingRecord(TypedDict):
    """By which labels the mesh's metrics of requests tell an application from others."""

    reporter: Annotated[str, "who counts: destination, its own proxies, or waypoint"]
    namespaceLabel: Annotated[str, "the label with its namespace"]
    nameLabel: Annotated[str, "the label with its name"]


class TracedRecord(TypedDict):
    """How many requests are traced."""

    samplePercent: Annotated[Any, "the share in percent"]
    provider: Annotated[str, "the collector's name in the mesh's settings"]


class BurnRecord(TypedDict):
    """An alert about how fast an error budget is used up."""

    severity: Annotated[str, "page or ticket"]
    long: Annotated[str, "the window that tells how much is gone"]
    short: Annotated[str, "the window that tells that it still goes on"]
    factor: Annotated[str, "how many times too fast the budget burns"]
    share: Annotated[str, "the percentage of the budget that is gone after the long window"]
    threshold: Annotated[str, "the share of bad answers that is"]


class FailedRecord(TypedDict):
    """Which answers count as failed."""

    label: Annotated[str, "a label of the metric"]
    matches: Annotated[str, "an expression for its value"]


class ObjectiveRecord(TypedDict):
    """One promise of a service level; numbers are text, exact, for expressions."""

    name: Annotated[str, "availability, or latency- and the percentile"]
    kind: Annotated[str, "availability or latency"]
    by: Annotated[str, "who counts: mesh or application"]
    goal: Annotated[str, "good answers in percent"]
    budget: Annotated[str, "the share of answers that may be bad"]
    below: NotRequired[Annotated[str, "how fast good answers are, as written; latency only"]]
    bucket: NotRequired[Annotated[str, "an expression for `le` of the bucket that ends there; latency only"]]
    metric: NotRequired[Annotated[str, "the application's own metric, where it counts"]]
    failed: NotRequired[Annotated[FailedRecord, "which of them are bad; the application's availability only"]]
    windows: Annotated[list[str], "windows that alerts need besides 5m, shortest first"]
    burns: Annotated[list[BurnRecord], "its alerts, fastest first"]


class SloRecord(TypedDict):
    """What users may expect."""

    window: Annotated[str, "over which time"]
    runbook: NotRequired[Annotated[str, "what to do about an alert"]]
    objectives: Annotated[list[ObjectiveRecord], "its promises"]


class ObserveRecord(TypedDict):
    """What can be seen of an application, resolved."""

    reading: NotRequired[Annotated[ReadingRecord, "where its metrics are read; absent: nowhere"]]
    merged: NotRequired[Annotated[MergedRecord, "where its proxy finds the program's metrics"]]
    slo: NotRequired[Annotated[SloRecord, "what users may expect"]]
    counting: NotRequired[Annotated[CountingRecord, "who of the mesh counts requests to it; absent: nobody"]]
    dashboard: Annotated[bool, "whether there is a dashboard"]
    accessLog: NotRequired[Annotated[str, "which requests the proxy logs: none, errors or all"]]
    tracing: NotRequired[Annotated[TracedRecord, "how many requests are traced"]]
    instrument: NotRequired[Annotated[str, "the language whose programs are instrumented"]]
    logs: Annotated[MarkSlots, "marks of pods by which their logs find their destinations"]
