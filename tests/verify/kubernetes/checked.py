"""Running the checks of Kubernetes alone: no schema has a say, so that a case holds only what it is about."""

from platform_compiler.diagnostics import Bag
from platform_compiler.verify import kubernetes
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Fault
from platform_compiler.verify.places import dotted
from platform_compiler.verify.versions import LATEST, Versions
from platform_compiler.verify.world import Facts, World

Promised = frozenset[tuple[str, str, str]]


def faults(
    text: str, *, whole: bool = True, versions: Versions = LATEST, promised: Promised = frozenset()
) -> list[Fault]:
    """Return what the checks find in a stream of YAML."""
    world = World(items_of("checked.yaml", text.encode(), Bag()), Facts(versions, promised=promised), whole)
    checks = (*kubernetes.ALONE, *(kubernetes.WHOLE if whole else ()))
    return [fault for check in checks for fault in check(world)]


def told(text: str, *, whole: bool = True, versions: Versions = LATEST, promised: Promised = frozenset()) -> list[str]:
    """Return what is found as `CODE path: message`."""
    found = faults(text, whole=whole, versions=versions, promised=promised)
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
