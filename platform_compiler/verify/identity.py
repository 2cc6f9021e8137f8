"""Which object is which to a cluster: several that are the same one, and kinds that are in no namespace."""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import a_map
from platform_compiler.verify.item import Fault, Item, Other

LOCAL_GROUPS = frozenset({"kustomize.config.k8s.io"})
"""Groups whose kinds no cluster ever sees: their `metadata.namespace` means what their tool says."""
_CURE = "keep one of them; where a tool makes one of the two, verify what it gives (`kustomize build`), not its sources"


def twice(items: Sequence[Item]) -> Iterator[Fault]:
    """Yield every object whose group, kind, namespace and name an earlier one has."""
    first: dict[tuple[str, str, str, str], Item] = {}
    for item in items:
        if not item.name:
            continue
        known = first.setdefault((item.group, item.kind, item.namespace or "default", item.name), item)
        if known is not item:
            also = (Other(known, ("metadata", "name"), "first here"),)
            yield Fault("PC5005", item, ("metadata", "name"), "the same object again", _CURE, also)


def needless_namespace(item: Item) -> Fault:
    """Return the fault of an object that names a namespace though its kind has none."""
    message = f"a {item.kind} is in no namespace: `{item.namespace}` is dropped"
    return Fault("PC5102", item, ("metadata", "namespace"), message, "remove `namespace`")


def without_namespace(item: Item) -> Item:
    """Return an object as the API server keeps it where its kind has no namespaces."""
    kept = {key: value for key, value in a_map(item.body, "metadata").items() if key != "namespace"}
    return Item({**item.body, "metadata": kept}, item.cluster, item.place)
