"""What a program may do with the Kubernetes API, and marks by which policies tell its pods."""

from collections.abc import Iterator

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import strings
from platform_compiler.layers.written import entries, is_own, is_true
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span

_API = "kubernetes"
_OURS = frozenset({f"app.kubernetes.io/{word}" for word in ("name", "version", "managed-by")})
_DOMAINS = ("platformc.dev", "istio.io", "pod-security.kubernetes.io", "argoproj.io", "toolkit.fluxcd.io")
"""Domains of keys that decide what selects a pod, whether it is in the mesh, and what the delivery does with it."""
_BELOW = tuple(f".{domain}" for domain in _DOMAINS)


def check_roles(settings: Settings, bag: Bag) -> None:
    """Report rules for everything, and rules that can have no effect: without a token, or without a way to the API."""
    account = at(settings.spec, "serviceAccount")
    rules = at(account, "rules")
    if not isinstance(account, MapNode) or not isinstance(rules, ListNode) or not rules.items:
        return
    for rule in rules.items:
        for word in ("apiGroups", "resources"):
            _report_star(at(rule, word), word, bag)
    if not is_true(account, "automountToken") and not any(at(f, "token") for f in _files(settings.spec)):
        bag.add(
            "PC1325",
            "the program gets no token, so these rules have no effect",
            key_span(account, "rules"),
            help="write `serviceAccount.automountToken: true`",
        )
    if not any(name == _API for name, _ in entries(settings.spec, "calls")):
        bag.add(
            "PC1325",
            "the program may not reach the Kubernetes API, so these rules have no effect",
            key_span(account, "rules"),
            help=f"add it under `calls`: `{_API}: {{}}`",
        )


def _report_star(node: Node | None, word: str, bag: Bag) -> None:
    if node is not None and "*" in strings(node):
        bag.add(
            "PC1326", f"`*` in `{word}` is everything, also what comes later", node.span, help="name what is needed"
        )


def _files(spec: MapNode) -> Iterator[Node]:
    for container in (spec, *(c for _, c in entries(spec, "sidecars"))):
        yield from (node for _, node in entries(container, "files"))


def check_marks(settings: Settings, bag: Bag) -> None:
    """Report labels and annotations of pods that only the platform sets."""
    for part in ("labels", "annotations"):
        _check_marks(at(settings.spec, "pod", part), settings, bag)


def check_labels(settings: Settings, bag: Bag) -> None:
    """Report the same of the document's labels; its annotations are for people, and are not copied."""
    _check_marks(at(settings.manifest.document, "metadata", "labels"), settings, bag)


def _check_marks(marks: Node | None, settings: Settings, bag: Bag) -> None:
    for key, node in entries(marks):
        assert isinstance(marks, MapNode)
        if _is_reserved(key) and isinstance(node, ScalarNode) and is_own(node, settings):
            bag.add(
                "PC1327",
                f"`{key}` is set by the platform alone",
                key_span(marks, key),
                help="remove it; say what it is for in the words of the manifest, such as `mesh`",
            )


def _is_reserved(key: str) -> bool:
    domain = key.rpartition("/")[0]
    return key in _OURS or domain in _DOMAINS or domain.endswith(_BELOW)
