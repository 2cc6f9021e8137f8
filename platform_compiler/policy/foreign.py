"""Judge objects of any origin by policies of any origin: what `platformc policy check` does."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from platform_compiler.objects import Body
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import Action, Binding
from platform_compiler.policy.params import known
from platform_compiler.policy.read import Library
from platform_compiler.policy.subject import DEFAULT_USER, Subject, subject_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.shape import without_nulls

Identity = tuple[str, str, str, str]


def benches(library: Library, compiled: Mapping[str, Compiled], items: Sequence[Item]) -> Callable[[str], Bench]:
    """Return the bench of each cluster; a policy that nothing binds denies everywhere."""
    bound = {binding.policy for binding in library.bindings.values()}
    own = [Binding(name, name, (Action.DENY,), None, None, {}) for name in library.policies if name not in bound]
    bindings = [*library.bindings.values(), *own]
    made: dict[str, Bench] = {}

    def bench(cluster: str) -> Bench:
        if cluster not in made:
            near = [item.body for item in (*library.params, *items) if item.cluster in {"", cluster}]
            # Policies may come from another cluster's folder; what stands beside them is theirs wherever they judge.
            made[cluster] = Bench(compiled, bindings, known([*near, *(item.body for item in library.params)]))
        return made[cluster]

    return bench


def subjects(
    items: Sequence[Item],
    before: Sequence[Item],
    is_namespaced: Callable[[Item], bool],
    user: str = DEFAULT_USER,
) -> Iterator[Subject]:
    """Yield the request that brings every object to what it is now; null fields are left out, as the server does.

    What `before` holds too is changed, and what only `before` holds is deleted.
    """
    items, before = list(map(_without_nulls, items)), list(map(_without_nulls, before))
    namespaces = {(item.cluster, item.name): item.body for item in (*before, *items) if _is_namespace(item)}

    def subject(item: Item, old: Body | None = None, *, deleted: bool = False) -> Subject:
        namespaced = is_namespaced(item)
        name = item.namespace or "default"
        namespace = namespace_named(name, namespaces.get((item.cluster, name))) if namespaced else None
        return subject_of(item, namespace, namespaced=namespaced, old=old, deleted=deleted, user=user)

    old = {identity(item): item for item in before}
    for item in items:
        was = old.pop(identity(item), None)
        yield subject(item, was.body if was else None)
    for item in old.values():
        yield subject(item, deleted=True)


def _without_nulls(item: Item) -> Item:
    return Item(without_nulls(item.body), item.cluster, item.place)


def identity(item: Item) -> Identity:
    """Return what makes an object the same one, whatever the version it is written in."""
    return item.cluster, f"{item.kind}.{item.group}", item.namespace, item.name


def _is_namespace(item: Item) -> bool:
    return item.kind == "Namespace" and not item.group


def judged(subjects: Sequence[Subject], bench: Callable[[str], Bench]) -> Iterator[Verdict]:
    """Yield what every policy says of every request."""
    for subject in subjects:
        yield from bench(subject.item.cluster).judge(subject)
