"""Which namespaces a Gateway lets in: `from: Same`, `All`, `None` or a selector over their labels."""

from collections.abc import Mapping

from platform_compiler.objects import Body, a_map, maps, text, texts
from platform_compiler.verify.world import World

_NAME = "kubernetes.io/metadata.name"


def labels_of(world: World, namespace: str) -> Mapping[str, str] | None:
    """Return a namespace's labels, or None when its object is not judged."""
    item = world.namespaces.get(namespace)
    if item is None:
        return None
    return {**{key: str(value) for key, value in a_map(item.body, "metadata", "labels").items()}, _NAME: namespace}


def lets_in(world: World, allowed: Body, default: str, own: str, namespace: str) -> bool:
    """Whether objects of `namespace` may attach to an object of `own`; what nobody can know is allowed."""
    match text(allowed, "from") or default:
        case "Same":
            return namespace == own
        case "None":
            return False
        case "Selector":
            return _selected(world, a_map(allowed, "selector"), namespace)
    return True


def _selected(world: World, selector: Body, namespace: str) -> bool:
    labels = labels_of(world, namespace)
    if labels is None:
        keys = {*a_map(selector, "matchLabels"), *(text(e, "key") for _, e in maps(selector, "matchExpressions"))}
        if keys != {_NAME}:
            return True
        labels = {_NAME: namespace}
    return matches(selector, labels)


def matches(selector: Body, labels: Mapping[str, str]) -> bool:
    """Whether a Kubernetes label selector fits labels."""
    exact = all(labels.get(key) == value for key, value in a_map(selector, "matchLabels").items())
    return exact and all(_holds(expression, labels) for _, expression in maps(selector, "matchExpressions"))


def _holds(expression: Body, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(text(expression, "key")), texts(expression, "values")
    match text(expression, "operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return True
