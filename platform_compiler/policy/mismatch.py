"""Why a policy is not for a request: the rule or the selector that does not meet it, in words for people."""

from collections.abc import Iterator

from platform_compiler.objects import Body
from platform_compiler.policy.match import differences, labels_of, matches, namespace_labels
from platform_compiler.policy.model import Match, Policy
from platform_compiler.policy.subject import Subject, pods_in
from platform_compiler.verify.labels import unmet


def why_not(policy: Policy, subject: Subject) -> tuple[str, ...]:
    """Return why a policy is neither for a request nor for the pod that it will make; empty where it is for one."""
    asked = [subject, *(pods_in(subject) if policy.expands else ())]
    if any(matches(policy.match, one) for one in asked):
        return ()
    # A rule for pods says of a workload only that it is none; what comes nearest tells more.
    nearest = min(asked, key=lambda one: _distance(policy.match, one))
    return tuple(why_unmatched(policy.match, nearest))


def _distance(match: Match, subject: Subject) -> int:
    return min((len(differences(rule, subject)) for rule in match.rules), default=0)


def why_unmatched(match: Match, subject: Subject, *, needs_rule: bool = True) -> Iterator[str]:
    """Yield what keeps a policy or binding from being for a request; nothing where it is for it."""
    wrong = [differences(rule, subject) for rule in match.rules]
    if (wrong and all(wrong)) or (not wrong and needs_rule):
        # With many rules, only the nearest can be the one that was meant.
        nearest = min(wrong, key=len, default=("there is none",))
        yield f"no rule of `resourceRules` is for it: {', and '.join(nearest)}"
    if any(not differences(rule, subject) for rule in match.excluded):
        yield "a rule of `excludeResourceRules` is for it"
    bodies = [body for body in (subject.body, subject.old) if body is not None]
    yield from _unselected("objectSelector", match.objects, [labels_of(body) for body in bodies], "the object's labels")
    labels = namespace_labels(subject)
    if labels is not None:
        yield from _unselected("namespaceSelector", match.namespaces, [labels], "the namespace's labels")


def _unselected(field: str, selector: Body, labels: list[Body], whose: str) -> Iterator[str]:
    missed = [[words for _, _, words in unmet(selector, one)] for one in labels]
    if missed and all(missed):
        yield f"`{field}` is not for it: {whose} do not meet {', '.join(f'`{words}`' for words in missed[0])}"
