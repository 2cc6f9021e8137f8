"""Applications of Argo CD and the projects that say what they may do; without its leave an Application does nothing.

Source: "Projects" of Argo CD's user guide, and `spec` of AppProject: `*` stands for any text, `!` in front for no.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, maps, text, texts
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World

ARGO = "argoproj.io"
_DEFAULT = "default"
_HERE = {"name": "in-cluster", "server": "https://kubernetes.default.svc"}
"""What Argo CD calls the cluster that it runs on."""


def projects(world: World) -> Iterator[Fault]:
    """Yield Applications of projects that do not exist, where projects are judged at all."""
    known = world.once(_projects)
    for item in world.of(ARGO, "Application"):
        name = text(item.body, "spec", "project")
        if known and name not in known and name not in ("", _DEFAULT) and not _promised(world, name):
            near = did_you_mean(name, known)
            cure = f"did you mean `{near}`?" if near else "add the AppProject, or name one that exists"
            yield Fault("PC5401", item, ("spec", "project"), f"there is no AppProject `{name}`", cure)


def permissions(world: World) -> Iterator[Fault]:
    """Yield what the project of an Application does not allow: where it goes, and where it comes from."""
    known = world.once(_projects)
    for item in world.of(ARGO, "Application"):
        project = known.get(text(item.body, "spec", "project"))
        if project is not None:
            yield from _repositories(item, project)
            yield from _destination(item, project)


def _projects(world: World) -> Mapping[str, Item]:
    return {item.name: item for item in world.of(ARGO, "AppProject")}


def _promised(world: World, name: str) -> bool:
    return any(kind == "AppProject" and known == name for kind, _, known in world.facts.promised)


def sources_of(item: Item) -> Iterator[tuple[Path, Body]]:
    """Yield the sources of an Application with their places."""
    if source := a_map(item.body, "spec", "source"):
        yield ("spec", "source"), source
    yield from ((("spec", "sources", i), source) for i, source in maps(item.body, "spec", "sources"))


def _repositories(item: Item, project: Item) -> Iterator[Fault]:
    allowed = texts(project.body, "spec", "sourceRepos")
    for path, source in sources_of(item):
        told = text(source, "repoURL")
        if told and not _is_allowed(_plain(told), [_plain(one) for one in allowed]):
            yield _forbidden(item, project, (*path, "repoURL"), f"`{told}`", "sourceRepos")


def _plain(repository: str) -> str:
    """Return the address of a repository as Argo CD compares it: `.git` and case say nothing."""
    return repository.lower().removesuffix("/").removesuffix(".git")


def _is_allowed(value: str, patterns: Sequence[str]) -> bool:
    refused = any(fnmatchcase(value, one[1:]) for one in patterns if one.startswith("!"))
    return not refused and any(fnmatchcase(value, one) for one in patterns if not one.startswith("!"))


def _destination(item: Item, project: Item) -> Iterator[Fault]:
    told = a_map(item.body, "spec", "destination")
    allowed = [body for _, body in maps(project.body, "spec", "destinations")]
    clusters = [one for one in allowed if _may_be(told, one)]
    if not clusters:
        field = "name" if told.get("name") else "server"
        shown = f"cluster `{text(told, field)}`"
        yield _forbidden(item, project, ("spec", "destination", field), shown, "destinations")
        return
    space = text(told, "namespace")
    if space and not _is_allowed(space, [text(one, "namespace") for one in clusters]):
        shown = f"namespace `{space}`"
        yield _forbidden(item, project, ("spec", "destination", "namespace"), shown, "destinations")


def _may_be(told: Body, allowed: Body) -> bool:
    """Whether a destination may be the cluster of another; one by its name and one by its server may be the same."""
    if text(allowed, "server").startswith("!") or text(allowed, "name").startswith("!"):
        return True
    both = [field for field in _HERE if text(told, field) and text(allowed, field)]
    if both:
        return any(fnmatchcase(text(told, field), text(allowed, field)) for field in both)
    return not (_is_here(told) and _is_named(allowed)) or _is_here(allowed)


def _is_here(destination: Body) -> bool:
    return any(text(destination, field) == own for field, own in _HERE.items())


def _is_named(destination: Body) -> bool:
    return not any("*" in text(destination, field) for field in _HERE) and any(map(destination.get, _HERE))


def _forbidden(item: Item, project: Item, path: Path, shown: str, field: str) -> Fault:
    also = (Other(project, ("spec", field), "what it allows"),)
    message = f"its project `{project.name}` does not allow {shown}"
    return Fault("PC5402", item, path, message, f"add it to `{field}` of the project, or correct it", also)
