"""Objects of Kubernetes in one line each, and what its checks say of them."""

from platform_compiler.verify import kubernetes
from platform_compiler.verify.places import dotted
from platform_compiler.verify.versions import LATEST, Versions
from platform_compiler.verify.world import Facts
from tests.verify.judged import faults

Promised = frozenset[tuple[str, str, str]]


def told(text: str, *, whole: bool = True, versions: Versions = LATEST, promised: Promised = frozenset()) -> list[str]:
    """Return what the checks of Kubernetes alone find, each as `CODE path: message`."""
    found = faults(kubernetes, text, whole=whole, facts=Facts(versions, promised=promised))
    return [f"{fault.code} {dotted(fault.path)}: {fault.message.replace('`', '')}" for fault in found]


def workload(pod: str, *, kind: str = "Deployment", name: str = "web", labels: str = "app: web", more: str = "") -> str:
    """Return a workload of namespace `shop` in YAML; `pod` and `more` are the insides of flow maps."""
    group = "batch/v1" if kind == "Job" else "apps/v1"
    selector = "" if kind == "Job" else f"selector: {{matchLabels: {{{labels}}}}}, "
    template = f"template: {{metadata: {{labels: {{{labels}}}}}, spec: {{{pod}}}}}"
    rest = f", {more}" if more else ""
    return f"{{apiVersion: {group}, kind: {kind}, metadata: {named(name)}, spec: {{{selector}{template}{rest}}}}}"


def thing(kind: str, inside: str, *, name: str = "web", namespace: str = "shop") -> str:
    """Return an object in YAML: `kind` is its apiVersion and kind, `inside` its other keys in a flow map."""
    api_version, word = kind.split()
    rest = f", {inside}" if inside else ""
    return f"{{apiVersion: {api_version}, kind: {word}, metadata: {named(name, namespace)}{rest}}}"


def named(name: str, namespace: str = "shop") -> str:
    """Return metadata with a name, and a namespace unless it is empty."""
    return f"{{name: {name}, namespace: {namespace}}}" if namespace else f"{{name: {name}}}"


def stream(*objects: str) -> str:
    """Return objects as a stream of documents."""
    return "\n---\n".join(objects)
