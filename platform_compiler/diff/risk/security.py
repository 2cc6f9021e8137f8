"""What a change lets pods and identities do that they could not: privileges, tokens, rights, images, network peers."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from platform_compiler.diff.model import Level, Risk
from platform_compiler.diff.risk.covers import all_covered
from platform_compiler.diff.risk.network_policy import NETWORK_POLICY_RULES
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import APPEARS, WORKLOADS, Rule
from platform_compiler.diff.risk.shape import container_pairs, named, pods
from platform_compiler.objects import Body, a_map, at, kind_of, maps, text, texts
from platform_compiler.source.node import Pointer

_Weaker: TypeAlias = Callable[[Any, Any], bool]

_RBAC = "rbac.authorization.k8s.io"
_ENFORCE = "pod-security.kubernetes.io/enforce"
_STRICTNESS = {"baseline": 1, "restricted": 2}


def _given_up(old: Any, new: Any) -> bool:
    return old is True and new is not True


def _allowed_again(old: Any, new: Any) -> bool:
    return old is False and new is not False


def _granted(old: Any, new: Any) -> bool:
    return new is True and old is not True


def _unconfined(old: Any, new: Any) -> bool:
    return (new == "Unconfined" and old != "Unconfined") or (old in ("RuntimeDefault", "Localhost") and new is None)


def _becomes_root(old: Any, new: Any) -> bool:
    return type(new) is int and new == 0 and old != 0


# Fields of a container's securityContext; what it leaves open is the pod's.
_CONTEXT: tuple[tuple[str, Pointer, _Weaker, str], ...] = (
    ("privileged-added", ("privileged",), _granted, "becomes privileged: it has the rights of its node's root user"),
    ("root-allowed", ("runAsNonRoot",), _given_up, "may run as root"),
    ("root-allowed", ("runAsUser",), _becomes_root, "runs as root"),
    ("writable-root", ("readOnlyRootFilesystem",), _given_up, "may write to its root file system"),
    ("escalation-allowed", ("allowPrivilegeEscalation",), _allowed_again, "may gain more rights than it started with"),
    ("seccomp-removed", ("seccompProfile", "type"), _unconfined, "runs without a filter of system calls"),
)


def _contexts(old: Body, new: Body) -> Iterator[Risk]:
    base, before, after = pods(old, new)
    for place, was, container in container_pairs(before, after):
        name = text(container, "name")
        for risk_name, path, weaker, what in _CONTEXT:
            if weaker(_effective(was, before, path), _effective(container, after, path)):
                pointer = (*base, *place, "securityContext", *path)
                yield risk(risk_name, pointer, f"container `{name}` {what}")
        added = set(texts(container, "securityContext", "capabilities", "add"))
        more = sorted(added - set(texts(was, "securityContext", "capabilities", "add")))
        if more:
            pointer = (*base, *place, "securityContext", "capabilities", "add")
            yield risk("capabilities-added", pointer, f"container `{name}` gets the capabilities {named(5, more)}")


def _effective(container: Body, pod: Body, path: Pointer) -> Any:
    """Return a container's setting, else its pod's; a container that was not there has none."""
    own = at(container, "securityContext", *path)
    return at(pod, "securityContext", *path) if own is None and container else own


def _host(old: Body, new: Body) -> Iterator[Risk]:
    base, before, after = pods(old, new)
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if _granted(before.get(field), after.get(field)):
            yield risk("host-namespace", (*base, field), f"pods share their node's namespace: `{field}` is on")
    known = {text(volume, "hostPath", "path") for _, volume in maps(before, "volumes")}
    for i, volume in maps(after, "volumes"):
        path = text(volume, "hostPath", "path")
        if path and path not in known:
            yield risk("host-path-added", (*base, "volumes", i, "hostPath"), f"pods mount `{path}` of their node")


def _token(old: Body, new: Body) -> Iterator[Risk]:
    field = "automountServiceAccountToken"
    account = kind_of(new) == "ServiceAccount"
    base, before, after = ((), old, new) if account else pods(old, new)
    was, now = before.get(field), after.get(field)
    if _allowed_again(was, now) or (_granted(was, now) and not (account and before)):
        yield risk("token-mounted", (*base, field), "pods get a token for the API server")


def _images(old: Body, new: Body) -> Iterator[Risk]:
    base, before, after = pods(old, new)
    for place, was, container in container_pairs(before, after):
        image, former = text(container, "image"), text(was, "image")
        if not image or not former or image == former:
            continue
        pointer, what = (*base, *place, "image"), f"`{former}` becomes `{image}`"
        if "@" in former and "@" not in image:
            yield risk("image-unpinned", pointer, f"the image is no longer named by its digest: {what}")
        if _registry(former) != _registry(image):
            yield risk("image-registry-changed", pointer, f"the image comes from another registry: {what}")


def _registry(image: str) -> str:
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"


def _admission(old: Body, new: Body) -> Iterator[Risk]:
    before, after = (str(a_map(body, "metadata", "labels").get(_ENFORCE, "")) for body in (old, new))
    if _STRICTNESS.get(after, 0) < _STRICTNESS.get(before, 0):
        message = f"the namespace enforces `{after or 'nothing'}` where it enforced `{before}`"
        yield risk("pod-security-weakened", ("metadata", "labels", _ENFORCE), message)


_RIGHTS = ("apiGroups", "resources", "verbs", "nonResourceURLs")
_GRAVE = frozenset({"*", "secrets", "escalate", "bind", "impersonate"})


def _rights(old: Body, new: Body) -> Iterator[Risk]:
    before = [rule for _, rule in maps(old, "rules")]
    for i, rule in maps(new, "rules"):
        if not _rights_within(before, rule):
            words = [word for field in _RIGHTS for word in texts(rule, field)]
            level = Level.HIGH if _GRAVE.intersection(words) else None
            what = (
                f"{named(5, texts(rule, 'verbs'))} on {named(5, [*texts(rule, 'resources'), *texts(rule, _RIGHTS[3])])}"
            )
            yield risk("rbac-widened", ("rules", i), f"the role allows more: {what}", level)


def _rights_within(old: list[Body], new: Body) -> bool:
    """Whether the old rules allow each verb on each resource of the new one."""
    urls = texts(new, "nonResourceURLs")
    singles = [
        {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
        for group in texts(new, "apiGroups")
        for resource in texts(new, "resources")
        for verb in texts(new, "verbs")
    ]
    singles += [{"nonResourceURLs": [url], "verbs": [verb]} for url in urls for verb in texts(new, "verbs")]
    names = texts(new, "resourceNames")
    return all(any(_right_covers(rule, single, names) for rule in old) for single in singles)


def _right_covers(old: Body, single: Body, names: list[str]) -> bool:
    only = texts(old, "resourceNames")
    if only and (not names or not set(names) <= set(only)):
        return False
    return all(all_covered(texts(old, field), values) for field, values in single.items())


def _subjects(old: Body, new: Body) -> Iterator[Risk]:
    known = [_subject(subject) for _, subject in maps(old, "subjects")]
    for i, subject in maps(new, "subjects"):
        if _subject(subject) not in known:
            who = "/".join(part for part in _subject(subject) if part)
            role = text(new, "roleRef", "name")
            yield risk("rbac-subject-added", ("subjects", i), f"`{who}` gets the rights of role `{role}`")


def _subject(subject: Body) -> tuple[str, str, str]:
    return text(subject, "kind"), text(subject, "namespace"), text(subject, "name")


RULES = (
    Rule(_contexts, WORKLOADS, APPEARS),
    Rule(_host, WORKLOADS, APPEARS),
    Rule(_token, (*WORKLOADS, ("", "ServiceAccount")), APPEARS),
    Rule(_images, WORKLOADS),
    Rule(_admission, (("", "Namespace"),)),
    Rule(_rights, ((_RBAC, "Role"), (_RBAC, "ClusterRole")), APPEARS),
    Rule(_subjects, ((_RBAC, "RoleBinding"), (_RBAC, "ClusterRoleBinding")), APPEARS),
    *NETWORK_POLICY_RULES,
)
