"""Label selectors: what they match, and which workloads they pick."""

from collections.abc import Sequence

from platform_compiler.objects import Body, a_map, maps, text
from platform_compiler.verify.labels import meets
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_SET_AT_RUNTIME = frozenset(
    {
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/job-name",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "spilo-role",
        "statefulset.kubernetes.io/pod-name",
        "vault-active",
        "vault-initialized",
        "vault-perf-standby",
        "vault-sealed",
    }
)
"""Labels that controllers put on pods (Kubernetes' reference lists them), or that pods put on themselves."""


def is_empty(selector: Body) -> bool:
    """Whether a selector matches everything."""
    return not (
        a_map(selector, "matchLabels") or ("matchExpressions" in selector and maps(selector, "matchExpressions"))
    )


def plain_selector(labels: Body) -> Body:
    """Return a map of labels, as Services have it, as a selector."""
    return {"matchLabels": labels}


def written(selector: Body) -> Body:
    """Return a selector without the labels that no manifest tells."""
    labels, expressions = a_map(selector, "matchLabels"), maps(selector, "matchExpressions")
    if not _SET_AT_RUNTIME.isdisjoint(labels):
        labels = {key: value for key, value in labels.items() if key not in _SET_AT_RUNTIME}
    kept = [wanted for _, wanted in expressions if text(wanted, "key") not in _SET_AT_RUNTIME]
    return {"matchLabels": labels, "matchExpressions": kept}


def plain_labels(selector: Body) -> Body | None:
    """Return the labels that a selector asks for, None where it asks for more, or for what no manifest tells."""
    labels = a_map(selector, "matchLabels")
    return labels if "matchExpressions" not in selector and _SET_AT_RUNTIME.isdisjoint(labels) else None


def selected(world: World, namespace: str, selector: Body) -> Sequence[Workload]:
    """Return the workloads of a namespace whose pods a selector matches, as far as manifests tell."""
    labels = plain_labels(selector)
    if labels is not None:
        return world.selected(namespace, labels)
    told = written(selector)
    found = world.selected(namespace, told["matchLabels"])
    wanted = told["matchExpressions"]
    return [w for w in found if all(meets(e, w.labels) for e in wanted)] if wanted else found
