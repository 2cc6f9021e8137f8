"""Rules that can match nothing, or less than they seem to."""

from collections.abc import Collection, Iterable, Iterator

from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Path, text
from platform_compiler.policy.lint.kinds import ANY, Known, names_kind
from platform_compiler.policy.lint.written import Sheet
from platform_compiler.policy.model import Policy, Rule
from platform_compiler.verify.places import field_span

_RULES: Path = ("spec", "matchConstraints", "resourceRules")


def odd_rules(sheet: Sheet, kinds: Iterable[Known], bag: Bag) -> None:
    """Report what rules name and no schema knows, and what they leave out."""
    kinds = tuple(kinds)
    for index, rule in enumerate(sheet.policy.match.rules):
        path: Path = (*_RULES, index)
        _report_unknown(sheet.policy, rule, path, kinds, bag)
        _report_versions(sheet.policy, rule, path, kinds, bag)
    _report_subresources(sheet.policy, bag)


def _report_unknown(policy: Policy, rule: Rule, path: Path, kinds: tuple[Known, ...], bag: Bag) -> None:
    known_groups = {known.group for known in kinds}
    for i, group in enumerate(rule.groups):
        near = did_you_mean(group, list(known_groups)) if group not in {*known_groups, ANY} else None
        if near:
            span = field_span(policy.tree, (*path, "apiGroups", i), on_key=False)
            bag.add("PC7008", f"no kind is known in the group `{group}`", span, help=f"did you mean `{near}`?")
    if ANY in rule.groups or not known_groups.issuperset(rule.groups):
        return  # somebody else's kinds, which may be called anything
    for i, resource in enumerate(rule.resources):
        plurals = {known.resource for known in kinds if known.group in rule.groups}
        main = resource.partition("/")[0]
        if main in {*plurals, ANY}:
            continue
        span = field_span(policy.tree, (*path, "resources", i), on_key=False)
        words = f"no kind of {_groups(rule.groups)} is served as `{main}`"
        bag.add("PC7008", words, span, help=_plural_cure(main, plurals, kinds))
    for i, version in enumerate(rule.versions):
        meant = [known for known in kinds if known.group in rule.groups and _serves(rule, known)]
        if meant and version not in {ANY, *(known.version for known in meant)}:
            span = field_span(policy.tree, (*path, "apiVersions", i), on_key=False)
            served = " or ".join(f"`{one}`" for one in sorted({known.version for known in meant}))
            words = f"no kind of {_groups(rule.groups)} that the rule names has the version `{version}`"
            bag.add("PC7008", words, span, help=f"write {served}")


def _groups(groups: Collection[str]) -> str:
    return " or ".join(f"the group `{group}`" if group else "the core group" for group in groups)


def _plural_cure(resource: str, plurals: Collection[str], kinds: Iterable[Known]) -> str:
    near = did_you_mean(resource, list(plurals))
    if near:
        return f"did you mean `{near}`?"
    elsewhere = sorted({known.group for known in kinds if known.resource == resource})
    if elsewhere:
        return f"`{resource}` are of {' or '.join(_groups([group]) for group in elsewhere)}"
    return "name what `kubectl api-resources` lists; `platformc schemas import` makes your own kinds known"


def _serves(rule: Rule, known: Known) -> bool:
    return known.resource in rule.resources or ANY in rule.resources


def _report_versions(policy: Policy, rule: Rule, path: Path, kinds: tuple[Known, ...], bag: Bag) -> None:
    """Report versions of the kinds that a rule leaves out: the API server converts objects, and we do not."""
    exact = text(policy.body, "spec", "matchConstraints", "matchPolicy") == "Exact"
    left = sorted({f"{known.group}/{known.version}" for known in _left_out(policy, rule, kinds)})
    if not left or not any(names_kind(rule, known) for known in kinds):
        return
    span = field_span(policy.tree, (*path, "apiVersions"), on_key=True)
    versions = ", ".join(f"`{one}`" for one in left)
    words = (
        f"objects of {versions} are judged by nobody"
        if exact
        else f"objects of {versions} are judged in clusters alone"
    )
    cure = "name these versions too, if the expressions are right for them"
    bag.add("PC7022", words, span, help=cure)


def _left_out(policy: Policy, rule: Rule, kinds: tuple[Known, ...]) -> Iterator[Known]:
    for known in kinds:
        here = known.group in rule.groups and _serves(rule, known)
        if here and not any(names_kind(other, known) for other in policy.match.rules):
            yield known


def _report_subresources(policy: Policy, bag: Bag) -> None:
    resources = [resource for rule in policy.match.rules for resource in rule.resources]
    if resources and all("/" in resource and not resource.startswith(ANY) for resource in resources):
        span = field_span(policy.tree, _RULES, on_key=True)
        words = "the policy is for subresources alone, which no file holds: only clusters judge by it"
        bag.add("PC7022", words, span, help="name what it is to judge before anything is applied too")
