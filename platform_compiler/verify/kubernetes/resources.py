"""Requests and limits that are refused, or that can hardly be meant."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Path, a_map, maps
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.quantity import amount
from platform_compiler.verify.world import World

_REFUSED, _ODD = "PC5105", "PC5106"
_STANDARD = ("cpu", "memory", "ephemeral-storage")
_LEAST_CPU = Decimal("0.001")
_MOST_CPU = 1000
_LEAST_MEMORY = 1 << 20
_BOUNDS = ("min", "defaultRequest", "default", "max")


def resources(world: World) -> Iterator[Fault]:
    """Yield requests and limits of containers that the API server refuses."""
    yield from _each_size_once(world, _refusals)


def odd_quantities(world: World) -> Iterator[Fault]:
    """Yield quantities that are taken, but whose unit can hardly be meant."""
    yield from _each_size_once(world, _oddities)


def limit_ranges(world: World) -> Iterator[Fault]:
    """Yield LimitRanges whose bounds exclude each other: from the least over the defaults to the most, none above."""
    for item in world.of("", "LimitRange"):
        for i, limit in maps(item.body, "spec", "limits"):
            for j, low in enumerate(_BOUNDS):
                for high in _BOUNDS[j + 1 :]:
                    path = ("spec", "limits", i)
                    yield from _ordered(item, (path, low, high), a_map(limit, low), a_map(limit, high))


def _each_size_once(world: World, find: Callable[[Item, Path, Any], Iterator[Fault]]) -> Iterator[Fault]:
    """Yield what is wrong with what containers ask for; a size that is in order is most often asked for again."""
    in_order: set[str] = set()
    for workload in world.workloads:
        for path, container, *_ in workload.containers:
            told = container.get("resources")
            size = repr(told)
            if size not in in_order:
                found = list(find(workload.item, (*path, "resources"), told))
                yield from found
                if not found:
                    in_order.add(size)


def _refusals(item: Item, path: Path, told: Any) -> Iterator[Fault]:
    requests, limits = a_map(told, "requests"), a_map(told, "limits")
    for field, quantities in (("requests", requests), ("limits", limits)):
        for name, quantity in quantities.items():
            yield from _refused(item, (*path, field, name), name, quantity)
    yield from _above(item, path, requests, limits)


def _oddities(item: Item, path: Path, told: Any) -> Iterator[Fault]:
    for field in ("requests", "limits"):
        for name, quantity in a_map(told, field).items():
            value = amount(quantity)
            if value and value > 0 and (odd := _odd(name, str(quantity), value)):
                yield Fault(_ODD, item, (*path, field, name), *odd)


def _refused(item: Item, path: Path, name: str, quantity: object) -> Iterator[Fault]:
    if name not in _STANDARD and "/" not in name and not name.startswith("hugepages-"):
        near = did_you_mean(name, _STANDARD)
        cure = f"did you mean `{near}`?" if near else "resources of devices have a domain: `example.com/gpu`"
        yield Fault(_REFUSED, item, path, f"there is no resource `{name}`", cure, on_key=True)
    value = amount(quantity)
    if value is not None and value < 0:
        yield Fault(_REFUSED, item, path, f"`{name}` is below zero", "name what is needed, or remove it")
    if value is not None and "/" in name and value % 1:
        yield Fault(_REFUSED, item, path, f"`{name}` is no whole number", "devices are only given whole")


def _above(item: Item, path: Path, requests: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _ordered(item, (path, "requests", "limits"), requests, limits)
    for name in requests.keys() - set(_STANDARD):
        least, most = amount(requests[name]), amount(limits.get(name))
        if least is not None and (most is None or least < most) and ("/" in name or name.startswith("hugepages-")):
            message = f"`{name}` must be requested as it is limited"
            cure = "such resources are not shared: give `requests` and `limits` the same value"
            yield Fault(_REFUSED, item, (*path, "requests", name), message, cure)


def _ordered(
    item: Item, fields: tuple[Path, str, str], lows: Mapping[str, Any], highs: Mapping[str, Any]
) -> Iterator[Fault]:
    path, low, high = fields
    for name, quantity in lows.items():
        least, most = amount(quantity), amount(highs.get(name))
        if least is not None and most is not None and least > most:
            message = f"`{low}` of `{name}` ({quantity}) is above `{high}` ({highs[name]})"
            also = (Other(item, (*path, high, name), f"the {high}"),)
            yield Fault(_REFUSED, item, (*path, low, name), message, f"raise `{high}` or lower `{low}`", also)


def _odd(name: str, written: str, value: Decimal) -> tuple[str, str] | None:
    """Return what is odd about a quantity, and the cure."""
    if name == "cpu":
        if value < _LEAST_CPU:
            return f"`{written}` of `cpu` is below the least step of `1m`", "write at least `1m`"
        if value >= _MOST_CPU or written.endswith("i"):
            return f"`{written}` of `cpu` is {value:,} cores", f"did you mean `{written.rstrip('KMGTi')}m`?"
    if name in _STANDARD and name != "cpu" and value < _LEAST_MEMORY:
        meant = f"{written.rstrip('m')}Mi" if written.rstrip("m").isdigit() else "a unit such as `Mi`"
        return f"`{written}` of `{name}` is {_bytes(value)}", f"did you mean `{meant}`?"
    return None


def _bytes(value: Decimal) -> str:
    return "less than a byte" if value < 1 else f"{int(value):,} bytes"
