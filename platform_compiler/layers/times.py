"""Times that clusters refuse: windows of autoscalers, lives of tokens, periods of checks, schedules."""

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import text
from platform_compiler.layers.written import entries
from platform_compiler.quantities import seconds
from platform_compiler.schedules import ScheduleError, check_schedule
from platform_compiler.source.node import Node, at

_OF_SCALE = ("scaleDownAfter", "scaleUpAfter")
_OF_PROBES = ("period", "timeout")
_HOUR = 3600
_TEN_MINUTES = 600


def check_times(settings: Settings, bag: Bag) -> None:
    """Report times that are too long or too short, and schedules that cannot be kept."""
    spec = settings.spec
    for holder in (spec, *(version for _, version in entries(spec, "versions"))):
        for word, node in entries(holder, "scale"):
            if word in _OF_SCALE:
                _at_most_an_hour(node, word, bag)
    for container in (spec, *(c for part in ("init", "sidecars") for _, c in entries(spec, part))):
        for _, source in entries(container, "files"):
            _at_least_ten_minutes(at(source, "token", "expires"), bag)
        for _, probe in entries(container, "health"):
            for word, node in entries(probe):
                if word in _OF_PROBES:
                    _some_time(node, word, bag)
    _schedule(at(spec, "cron", "schedule"), bag)


def _at_most_an_hour(node: Node, word: str, bag: Bag) -> None:
    duration = text(node)
    if duration is not None and seconds(duration) > _HOUR:
        bag.add(
            "PC1316", f"`{word}` is {duration}; an autoscaler remembers one hour", node.span, help="write at most `1h`"
        )


def _at_least_ten_minutes(node: Node | None, bag: Bag) -> None:
    duration = text(node)
    if node is not None and duration is not None and seconds(duration) < _TEN_MINUTES:
        bag.add("PC1316", f"a token lives at least ten minutes, not {duration}", node.span, help="write at least `10m`")


def _some_time(node: Node, word: str, bag: Bag) -> None:
    duration = text(node)
    if duration is not None and not seconds(duration):
        cure = "write at least `1s`, or leave it out"
        bag.add("PC1316", f"a health check cannot have a `{word}` of {duration}", node.span, help=cure)


def _schedule(node: Node | None, bag: Bag) -> None:
    schedule = text(node)
    if node is None or schedule is None:
        return
    try:
        check_schedule(schedule)
    except ScheduleError as wrong:
        bag.add(
            "PC1328",
            f"the schedule `{schedule}` cannot be kept: {wrong}",
            node.span,
            help="write minute, hour, day of the month, month and day of the week (0 is Sunday): `30 2 * * 1-5`",
        )
