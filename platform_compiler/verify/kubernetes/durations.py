"""Durations that contradict each other within one object."""

import re
from collections.abc import Iterator

from platform_compiler.objects import maps, text
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.world import World

_CODE = "PC5108"
_PART = r"([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|y|w|d|h|m|s)"
_WHOLE = rf"(?:{_PART})+\Z"
_SECONDS = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000,
}  # fmt: skip
_MONITORS = (("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints"))
_CERTIFICATE = 90 * 86400.0
_LEAST_CERTIFICATE = 3600
_LONGEST = 64


def seconds(duration: str) -> float | None:
    """Return a duration of Go or of Prometheus in seconds, or None when it is none."""
    if len(duration) > _LONGEST or not re.match(_WHOLE, duration):
        return None
    return sum(float(count) * _SECONDS[unit] for count, unit in re.findall(_PART, duration))


def scrapes(world: World) -> Iterator[Fault]:
    """Yield scrapes that may take longer than the time between them: Prometheus' operator refuses these."""
    for kind, field in _MONITORS:
        for item in world.of("monitoring.coreos.com", kind):
            for i, endpoint in maps(item.body, "spec", field):
                path = ("spec", field, i)
                timeout, interval = text(endpoint, "scrapeTimeout"), text(endpoint, "interval")
                longest, between = seconds(timeout), seconds(interval)
                if longest and between and longest > between:
                    message = f"a scrape may take `{timeout}`, but the next begins after `{interval}`"
                    also = (Other(item, (*path, "interval"), "the time between scrapes"),)
                    yield Fault(_CODE, item, (*path, "scrapeTimeout"), message, "make it shorter than `interval`", also)


def certificates(world: World) -> Iterator[Fault]:
    """Yield certificates that are renewed before they are made, or that hold for less than cert-manager takes."""
    for item in world.of("cert-manager.io", "Certificate"):
        told, before = text(item.body, "spec", "duration"), text(item.body, "spec", "renewBefore")
        lasts, early = seconds(told) if told else _CERTIFICATE, seconds(before)
        if lasts is not None and lasts < _LEAST_CERTIFICATE:
            message = f"a certificate holds for an hour at least, not for `{told}`"
            yield Fault(_CODE, item, ("spec", "duration"), message, "write `1h` or more")
        elif lasts is not None and early is not None and early >= lasts:
            message = f"it is renewed `{before}` before its end, but holds for `{told or '2160h'}` only"
            yield Fault(_CODE, item, ("spec", "renewBefore"), message, "renew it later, or let it hold for longer")
