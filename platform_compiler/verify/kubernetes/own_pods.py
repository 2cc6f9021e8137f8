"""Workloads whose selector does not match the pods that they make: the API server refuses them."""

from collections.abc import Iterator

from platform_compiler.objects import a_map, at
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.kubernetes.selectors import is_empty
from platform_compiler.verify.labels import unmet
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_CODE = "PC5113"
_SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def own_pods(world: World) -> Iterator[Fault]:
    """Yield every requirement of a selector that the workload's own pods do not meet."""
    for workload in world.workloads:
        if workload.item.kind in _SELECTING:
            yield from _selector(workload)
        elif workload.item.kind == "Job":
            yield from _job(workload)


def _selector(workload: Workload) -> Iterator[Fault]:
    selector = at(workload.item.body, "spec", "selector")
    if not isinstance(selector, dict):
        return
    if is_empty(selector):
        message = "an empty selector would take every pod of the namespace"
        cure = "name labels of the pod template under `matchLabels`"
        yield Fault(_CODE, workload.item, ("spec", "selector"), message, cure, on_key=True)
    labels = (*workload.path, "metadata", "labels")
    for field, step, words in unmet(selector, workload.labels):
        message = f"its own pods do not meet `{words}`, which it selects"
        also = (Other(workload.item, labels, "the labels of its pods"),)
        cure = "let selector and labels of the template agree"
        yield Fault(_CODE, workload.item, ("spec", "selector", field, step), message, cure, also)


def _job(workload: Workload) -> Iterator[Fault]:
    """Yield what is wrong with a Job's selector: it is made by the server, unless the Job says that it is not."""
    spec = a_map(workload.item.body, "spec")
    if spec.get("manualSelector") is True:
        yield from _selector(workload)
    elif a_map(spec, "selector") and not a_map(workload.item.body, "metadata").get("uid"):
        message = "a Job gets its selector from the server"
        cure = "remove `selector`; with `manualSelector: true` you answer for it yourself"
        yield Fault(_CODE, workload.item, ("spec", "selector"), message, cure, on_key=True)
