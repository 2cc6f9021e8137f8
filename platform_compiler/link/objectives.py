"""Service levels as numbers: which answers count, how fast a budget may burn, and which durations can be measured.

The alerts are the multi-window, multi-burn-rate ones of the SRE workbook: each row says which share of the budget is
gone after its long window, and its short window says that it still burns.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from platform_compiler.quantities import seconds

WINDOW = "30d"
"""The window of an objective that names none."""
_ROWS = (
    ("page", "1h", "5m", Decimal("0.02")),
    ("page", "6h", "30m", Decimal("0.05")),
    ("ticket", "1d", "2h", Decimal("0.10")),
    ("ticket", "3d", "6h", Decimal("0.10")),
)
"""Severity, long and short window, and the share of the budget that is gone after the long one."""
_MINUTE = 60_000
MESH_BUCKETS = tuple(
    Decimal(bound)
    for bound in (
        *("0.5", 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000),
        *(_MINUTE // 2, _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, 60 * _MINUTE),
    )
)
"""Upper bounds of the mesh's histogram of durations in milliseconds: Envoy's own, which Istio keeps."""
CLIENT_BUCKETS = tuple(map(Decimal, (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000)))
"""Bounds in milliseconds that all of Prometheus' client libraries have where nobody chose others."""


class Burn(NamedTuple):
    """One alert: how fast the budget burns (`factor`), and which share of failures that is (`threshold`)."""

    severity: str
    long: str
    short: str
    factor: str
    share: str
    threshold: str


class Objective(NamedTuple):
    """One promise: `goal` percent of answers are good; `milliseconds` is how fast good ones are, for latency."""

    name: str
    goal: Decimal
    milliseconds: Decimal | None
    own: bool

    @property
    def budget(self) -> Decimal:
        """The share of answers that may be bad."""
        return (100 - self.goal) / 100


def objectives(slo: Mapping[str, Any]) -> list[Objective]:
    """Return what a manifest's `slo` promises, availability first; `own`: measured by the application's own metric."""
    metric = slo.get("metric", {})
    found = []
    if "availability" in slo:
        found.append(Objective("availability", Decimal(str(slo["availability"])), None, "requests" in metric))
    for percentile, duration in sorted(slo.get("latency", {}).items()):
        goal = Decimal(percentile.removeprefix("p"))
        found.append(Objective(f"latency-{percentile}", goal, milliseconds(duration), "duration" in metric))
    return found


def milliseconds(duration: str) -> Decimal:
    """Return a duration of the vocabulary in milliseconds, exactly."""
    return Decimal(round(seconds(duration) * 1000))


def burns(objective: Objective, window: str) -> list[Burn]:
    """Return the alerts of an objective; one that could never fire is left out.

    A budget of 10 percent cannot burn 14.4 times as fast as it may: nothing is worse than all answers. In a short
    window the shares lead to factors below 1, at which the budget would last: 1 is the least.
    """
    found = []
    for severity, long, short, share in _ROWS:
        factor = max(Decimal(1), share * Decimal(seconds(window)) / Decimal(seconds(long)))
        threshold = factor * objective.budget
        if threshold < 1:
            spent = factor * Decimal(seconds(long)) / Decimal(seconds(window)) * 100
            found.append(Burn(severity, long, short, number(factor), number(spent), number(threshold)))
    return found


def number(value: Decimal) -> str:
    """Return a number as text without an exponent, to ten digits that count."""
    rounded = Decimal(f"{value:.10g}").normalize()
    return f"{rounded:f}"


def buckets_of(slo: Mapping[str, Any], objective: Objective) -> tuple[Decimal, ...]:
    """Return the bounds in milliseconds that a latency objective can be measured at."""
    if not objective.own:
        return MESH_BUCKETS
    declared = slo["metric"].get("buckets")
    return tuple(sorted(map(milliseconds, declared))) if declared else CLIENT_BUCKETS


def nearest(wanted: Decimal, buckets: Iterable[Decimal]) -> list[Decimal]:
    """Return the bounds just below and just above a duration."""
    ordered = sorted(buckets)
    below = [bound for bound in ordered if bound < wanted]
    above = [bound for bound in ordered if bound > wanted]
    return below[-1:] + above[:1]


def duration_text(value: Decimal) -> str:
    """Return milliseconds in the words of a manifest."""
    if value % 3_600_000 == 0:
        return f"{number(value / 3_600_000)}h"
    if value % 60_000 == 0:
        return f"{number(value / 60_000)}m"
    return f"{number(value / 1000)}s" if value % 1000 == 0 else f"{number(value)}ms"
