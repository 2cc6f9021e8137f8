"""Judge objects of any origin by policies of any origin: what `platformc policy check` does."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from platform_compiler.objects import Body
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.kinds import Kinds
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import Action, Binding
from platform_compiler.policy.params import known
from platform_compiler.policy.read import Library
from platform_compiler.policy.sent import as_sent
from platform_compiler.policy.subject import DEFAULT_USER, Subject, admitted, subject_of
from platform_compiler.verify.item import Item

Identity = tuple[str, str, str, str]


def benches(
    library: Library,
    compiled: Mapping[str, Compiled],
    items: Sequence[Item],
    is_namespaced: Callable[[Item], bool] = lambda item: bool(item.namespace),
) -> Callable[[str], Bench]:
    """Return the bench of each cluster; a policy that nothing binds denies everywhere."""
    bound = {binding.policy for binding in library.bindings.values()}
    unbound = [Binding(name, name, (Action.DENY,), None, None, {}) for name in library.policies if name not in bound]
    bindings = [*library.bindings.values(), *unbound]
    made: dict[str, Bench] = {}

    def bench(cluster: str) -> Bench:
        if cluster not in made:
            # Policies may come from another cluster's folder; what stands beside them is theirs wherever they judge.
            near = [*library.params, *(item for item in items if item.cluster in {"", cluster})]
            bodies = (_parameters(item, namespaced=is_namespaced(item)) for item in near)
            made[cluster] = Bench(compiled, bindings, known(bodies))
        return made[cluster]

    return bench


def subjects(
    items: Sequence[Item],
    before: Sequence[Item],
    is_namespaced: Callable[[Item], bool],
    user: str = DEFAULT_USER,
    *,
    kinds: Kinds | None = None,
) -> Iterator[Subject]:
    """Yield the request that brings every object to what it is now, in the form that the server gets it.

    What `before` holds too is changed, and what only `before` holds is deleted.
    """
    items, before = list(map(as_sent, items)), list(map(as_sent, before))
    namespaces = {(item.cluster, item.name): item.body for item in (*before, *items) if _is_namespace(item)}

    def subject(item: Item, old: Body | None = None, *, deleted: bool = False) -> Subject:
        namespaced = is_namespaced(item)
        name = item.namespace or "default"
        namespace = namespace_named(name, namespaces.get((item.cluster, name))) if namespaced else None
        return subject_of(
            item,
            namespace,
            namespaced=namespaced,
            resource=kinds.resource(item) if kinds else "",
            old=old,
            deleted=deleted,
            user=user,
            versions=kinds.versions(item) if kinds else None,
        )

    def key(item: Item) -> Identity:
        return identity(item, namespaced=is_namespaced(item))

    old = {key(item): item for item in before}
    for item in items:
        was = old.pop(key(item), None)
        yield subject(item, was.body if was else None)
    for item in old.values():
        yield subject(item, deleted=True)


def _parameters(item: Item, *, namespaced: bool) -> Body:
    """Return an object that may be parameters; like any other, it is in the namespace `default` if it names none."""
    body = as_sent(item).body
    return admitted(body, item.namespace or "default") if namespaced else body


def identity(item: Item, *, namespaced: bool) -> Identity:
    """Return what makes an object the same one, whatever the version it is written in."""
    return item.cluster, f"{item.kind}.{item.group}", item.namespace or ("default" if namespaced else ""), item.name


def _is_namespace(item: Item) -> bool:
    return item.kind == "Namespace" and not item.group


def judged(subjects: Sequence[Subject], bench: Callable[[str], Bench]) -> Iterator[Verdict]:
    """Yield what every policy says of every request."""
    for subject in subjects:
        yield from bench(subject.item.cluster).judge(subject)
