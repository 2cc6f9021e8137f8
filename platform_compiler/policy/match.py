"""Is a request one that a policy or a binding is for? As the API server decides it.

Source: `matchConstraints` and `matchResources` of admissionregistration.k8s.io/v1. With `matchPolicy: Equivalent` a
rule is for all versions of a kind, as the server converts objects; nobody can here, so policies then cannot tell.
"""

from platform_compiler.objects import Body, a_map
from platform_compiler.policy.model import GROUP, Match, Rule
from platform_compiler.policy.subject import Subject
from platform_compiler.verify.labels import fits

_ANY = "*"
_EXEMPT = frozenset(
    f"{who}admission{what}" for who in ("validating", "mutating") for what in ("policies", "policybindings")
)
_NAME_LABEL = "kubernetes.io/metadata.name"


def matches(match: Match, subject: Subject, *, needs_rule: bool = True) -> bool:
    """Whether a request meets rules and selectors; without any rule it meets them if none is needed.

    A rule for another version is met too where `matchPolicy` is `Equivalent`; see `needs_conversion`.
    """
    if _is_exempt(subject):
        return False
    named = any(_meets(match, rule, subject) for rule in match.rules) or (not match.rules and not needs_rule)
    return named and not any(_meets(match, rule, subject) for rule in match.excluded) and _selected(match, subject)


def needs_conversion(match: Match, subject: Subject) -> bool:
    """Whether all rules that a request meets are for other versions, so that a policy is shown another object."""
    return not any(_among(subject.version, rule.versions) for rule in match.rules if _meets(match, rule, subject))


def of_kind(match: Match, subject: Subject) -> bool:
    """Whether some request for objects of this kind could meet the rules, whatever its name, labels and namespace."""
    return any(_is_for(match, rule, subject) for rule in match.rules)


def names_kind(match: Match, group: str, resource: str) -> bool:
    """Whether a rule names a kind, whatever its version and what is done to it."""
    return any(_among(group, rule.groups) and _has(rule, resource) for rule in match.rules)


def _is_exempt(subject: Subject) -> bool:
    """Whether no policy is asked about objects of a kind, so that nobody locks everybody out."""
    return subject.group == GROUP and subject.resource in _EXEMPT


def _has(rule: Rule, resource: str) -> bool:
    """Whether a rule names a resource itself: `pods`, `*`, and also `pods/*`, but not `pods/status`."""
    return any(wanted.removesuffix("/*") in {_ANY, resource} for wanted in rule.resources)


def _meets(match: Match, rule: Rule, subject: Subject) -> bool:
    return _is_for(match, rule, subject) and (not rule.names or subject.name in rule.names)


def _is_for(match: Match, rule: Rule, subject: Subject) -> bool:
    return (
        _among(subject.group, rule.groups)
        and (_among(subject.version, rule.versions) or (match.equivalent and _is_served(rule, subject)))
        and _among(subject.operation, rule.operations)
        and _has(rule, subject.resource)
        and _has_scope(rule, subject)
    )


def _is_served(rule: Rule, subject: Subject) -> bool:
    """Whether a kind is also served in a version that a rule names; a rule that names its group thinks so."""
    if subject.versions is None:
        return _ANY not in rule.groups
    return not subject.versions.isdisjoint(rule.versions)


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return value in wanted or _ANY in wanted


def differences(rule: Rule, subject: Subject) -> tuple[str, ...]:
    """Return what of a request a rule is not for, in words; empty where it is for the request."""
    said = (
        (_among(subject.group, rule.groups), f"`apiGroups` do not name {_quoted(subject.group)}"),
        (_among(subject.version, rule.versions), f"`apiVersions` do not name {_quoted(subject.version)}"),
        (_among(subject.operation, rule.operations), f"`operations` do not name {_quoted(subject.operation)}"),
        (_has(rule, subject.resource), f"`resources` do not name {_quoted(subject.resource)}"),
        (_has_scope(rule, subject), f"`scope` is `{rule.scope}`"),
        (not rule.names or subject.name in rule.names, f"`resourceNames` do not name {_quoted(subject.name)}"),
    )
    return tuple(words for meets, words in said if not meets)


def _quoted(word: str) -> str:
    return f"`{word}`" if word else '`""`'


def _has_scope(rule: Rule, subject: Subject) -> bool:
    return rule.scope in {_ANY, "Namespaced" if subject.namespaced else "Cluster"}


def _selected(match: Match, subject: Subject) -> bool:
    if match.objects and not any(
        fits(match.objects, labels_of(body)) for body in (subject.body, subject.old) if body is not None
    ):
        return False
    if not match.namespaces:
        return True
    labels = namespace_labels(subject)
    return labels is None or fits(match.namespaces, labels)


def namespace_labels(subject: Subject) -> Body | None:
    """Return the labels that a namespace selector looks at; None where it matches whatever it says."""
    if subject.kind == "Namespace" and not subject.group:
        return labels_of(subject.some) | {_NAME_LABEL: subject.name}
    return labels_of(subject.namespace or {}) if subject.namespaced else None


def labels_of(body: Body) -> Body:
    """Return an object's labels."""
    return a_map(body, "metadata", "labels")


def namespace_named(name: str, body: Body | None = None) -> Body:
    """Return a Namespace object as the API server keeps it: with its name as a label."""
    metadata = a_map(body, "metadata")
    labels = {**a_map(metadata, "labels"), _NAME_LABEL: name}
    given = {"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
    known = {"apiVersion": "v1", "kind": "Namespace", **given, **(body or {})}
    return {**known, "metadata": {**metadata, "name": name, "labels": labels}}
