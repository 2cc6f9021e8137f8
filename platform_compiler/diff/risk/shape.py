"""What two sides of a workload have in common: its pods, and which container became which."""

from collections.abc import Iterator

from platform_compiler.objects import Body, Path, a_map, at, containers, template_of, text


def container_pairs(old: Body, new: Body) -> Iterator[tuple[Path, Body, Body]]:
    """Yield each container of the new pod spec with the one it was: of its name, else the renamed one of its place."""
    before = {(p[0], text(c, "name")): c for p, c in containers(old)}
    kept = {(p[0], text(c, "name")) for p, c in containers(new)}
    for pointer, container in containers(new):
        was = before.get((pointer[0], text(container, "name")))
        if was is None:
            other = a_map(at(old, *pointer))
            was = {} if (pointer[0], text(other, "name")) in kept else other
        yield pointer, was, container


def pods(old: Body, new: Body) -> tuple[Path, Body, Body]:
    """Return where the pod spec of a workload stands, the old one and the new one."""
    pointer, template = template_of(new or old)
    before = a_map(at(old, *pointer)) if old else {}
    return (*pointer, "spec"), a_map(before, "spec"), a_map(template if new else {}, "spec")


def named(count: int, values: list[str]) -> str:
    """Return at most `count` values in code marks, and how many more there are."""
    shown = ", ".join(f"`{value}`" for value in values[:count])
    return f"{shown} and {len(values) - count} more" if len(values) > count else shown
