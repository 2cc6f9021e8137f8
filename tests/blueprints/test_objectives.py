"""Service levels as numbers: the SRE workbook's alerts, exact thresholds, and durations that can be measured."""

from decimal import Decimal

import pytest

from platform_compiler.link.objectives import MESH_BUCKETS, Burn, Objective, burns, duration_text, nearest, objectives


def availability(goal: str) -> Objective:
    return Objective("availability", Decimal(goal), None, own=False)


def rows(goal: str, window: str) -> list[tuple[str, str, str, str, str]]:
    return [(b.severity, b.long, b.short, b.factor, b.threshold) for b in burns(availability(goal), window)]


def test_three_nines_over_30_days_have_the_workbooks_alerts() -> None:
    assert rows("99.9", "30d") == [
        ("page", "1h", "5m", "14.4", "0.0144"),
        ("page", "6h", "30m", "6", "0.006"),
        ("ticket", "1d", "2h", "3", "0.003"),
        ("ticket", "3d", "6h", "1", "0.001"),
    ]


def test_the_same_share_of_the_budget_is_gone_whatever_the_window() -> None:
    for window in ("28d", "30d", "90d"):
        assert [burn.share for burn in burns(availability("99.9"), window)][:2] == ["2", "5"]
    assert rows("99.9", "28d")[0][3:] == ("13.44", "0.01344")


def test_no_alert_fires_while_the_budget_would_last() -> None:
    week = burns(availability("99.9"), "7d")
    assert [burn.factor for burn in week] == ["3.36", "1.4", "1", "1"]
    assert week[2].share == "14.28571429"


@pytest.mark.parametrize(
    ("goal", "left"),
    [
        ("99", ["14.4", "6", "3", "1"]),
        ("93.06", ["14.4", "6", "3", "1"]),
        ("93.05", ["6", "3", "1"]),
        ("50", ["1"]),
    ],
)
def test_an_alert_that_could_never_fire_is_left_out(goal: str, left: list[str]) -> None:
    assert [burn.factor for burn in burns(availability(goal), "30d")] == left


def test_thresholds_are_exact() -> None:
    assert rows("99.95", "30d")[0][4] == "0.0072"
    assert rows("99.999", "30d")[3][4] == "0.00001"


def test_what_a_manifest_promises_is_read_with_its_own_metrics() -> None:
    promised = objectives(
        {"availability": 99.5, "latency": {"p99": "2500ms", "p50": "1s"}, "metric": {"duration": "answers_seconds"}}
    )
    assert promised == [
        Objective("availability", Decimal("99.5"), None, own=False),
        Objective("latency-p50", Decimal(50), Decimal(1000), own=True),
        Objective("latency-p99", Decimal(99), Decimal(2500), own=True),
    ]
    assert promised[2].budget == Decimal("0.01")


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("300", ["250ms", "500ms"]), ("3000", ["2500ms", "5s"]), ("7200000", ["1h"]), ("45000", ["30s", "1m"])],
)
def test_the_two_nearest_buckets_are_those_around_a_duration(wanted: str, near: list[str]) -> None:
    assert [duration_text(bound) for bound in nearest(Decimal(wanted), MESH_BUCKETS)] == near


def test_an_alert_says_what_it_means() -> None:
    first = burns(availability("99.9"), "30d")[0]
    assert first == Burn("page", "1h", "5m", factor="14.4", share="2", threshold="0.0144")
