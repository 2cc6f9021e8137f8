"""When CronJobs run: their schedule and its time zone."""

from collections.abc import Iterator
from functools import cache, lru_cache

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import text
from platform_compiler.schedules import ScheduleError, check_schedule
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_CODE = "PC5107"
_SURE = "Etc/UTC"
"""A machine that does not know this zone has no list of zones, and none is judged on it."""
_ZONE_INSIDE = ("TZ=", "CRON_TZ=")


def schedules(world: World) -> Iterator[Fault]:
    """Yield CronJobs whose schedule or time zone the API server refuses, or that never run."""
    for item in world.of("batch", "CronJob"):
        yield from _schedule(item, text(item.body, "spec", "schedule"))
        yield from _zone(item, text(item.body, "spec", "timeZone"))


def _schedule(item: Item, schedule: str) -> Iterator[Fault]:
    path = ("spec", "schedule")
    if schedule.startswith(_ZONE_INSIDE):
        cure = "name the zone in `timeZone`, and begin with the minute here"
        yield Fault(_CODE, item, path, "a schedule holds no time zone", cure)
        return
    try:
        check_schedule(schedule)
    except ScheduleError as wrong:
        cure = "write minute, hour, day of the month, month and day of the week (0 is Sunday): `30 2 * * 1-5`"
        yield Fault(_CODE, item, path, f"the schedule `{schedule}` cannot be kept: {wrong}", cure)


def _zone(item: Item, zone: str) -> Iterator[Fault]:
    if zone and not _known(zone) and _known(_SURE):
        near = did_you_mean(zone, _zones())
        cure = f"did you mean `{near}`?" if near else "zones are named as in `Europe/Berlin`, or `Etc/UTC`"
        yield Fault(_CODE, item, ("spec", "timeZone"), f"there is no time zone `{zone}`", cure)


@cache
def _zones() -> frozenset[str]:
    from zoneinfo import available_timezones  # noqa: PLC0415 -- looks for its data as it is imported

    return frozenset(available_timezones())


@lru_cache(maxsize=256)
def _known(zone: str) -> bool:
    if zone == "Local":
        return False
    from zoneinfo import ZoneInfo  # noqa: PLC0415 -- as above

    try:
        return ZoneInfo(zone).key == zone
    except (LookupError, ValueError, OSError):
        return False
