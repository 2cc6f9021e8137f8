"""What is wrong with waivers: those for nothing, those that last too long, and those whose time is over or near."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.load import Manifest
from platform_compiler.load.days import check_day
from platform_compiler.objects import number
from platform_compiler.policy.globs import fits
from platform_compiler.policy.model import Policy
from platform_compiler.policy.waivers import State, Waiver, Weighed
from platform_compiler.policy.where import Where
from platform_compiler.source.node import at, plain
from platform_compiler.verify.places import field_span

_MOST_DAYS = 90
_SOON = 14


def most_days(platform: Manifest | None) -> int:
    """Return how many days a waiver may last."""
    return number(plain(platform.spec) if platform else {}, "waivers", "maxDays") or _MOST_DAYS


def check_days(manifests: Mapping[str, Manifest], bag: Bag) -> None:
    """Report days of waivers that no calendar has."""
    for manifest in manifests.values():
        for key in ("granted", "expires"):
            check_day(manifest.document, bag, "spec", key)


def check_waivers(  # noqa: PLR0913, PLR0917 -- what waivers speak of, and the limits they are held to
    waivers: Iterable[Waiver],
    names: Collection[str],
    policies: Mapping[str, Policy],
    places: Iterable[Where] | None,
    longest: int,
    as_of: date,
    bag: Bag,
) -> tuple[Waiver, ...]:
    """Report waivers for what there is not, that last too long, or whose days are over, near their end, or to come.

    `names` are all policies that there are, `policies` those that were read; `places` are None where nobody knows all
    clusters. Returns the waivers without an error.
    """
    listed = None if places is None else list(places)
    sound: list[Waiver] = []
    for waiver in waivers:
        own = Bag()
        _check_policy(waiver, names, policies, own)
        _check_length(waiver, longest, own)
        if listed is not None:
            _check_globs(waiver, "environments", "environment", {where.environment for where in listed}, own)
            _check_globs(waiver, "clusters", "cluster", {where.cluster for where in listed}, own)
        if not own.has_errors:
            sound.append(waiver)
            _check_state(waiver, as_of, own)
        bag.extend(own)
    return tuple(sound)


def _check_policy(waiver: Waiver, names: Collection[str], policies: Mapping[str, Policy], bag: Bag) -> None:
    span = _span(waiver, "policy")
    if waiver.policy not in names:
        near = did_you_mean(waiver.policy, names)
        cure = f"did you mean `{near}`?" if near else "`platformc policy list` shows what there is"
        bag.add("PC7201", f"waiver `{waiver.name}` is for `{waiver.policy}`, which is no policy", span, help=cure)
        return
    policy = policies.get(waiver.policy)
    if policy is None:
        return
    count = len(policy.validations)
    for i, index in enumerate(plain(node) if (node := at(waiver.document, "spec", "validations")) else ()):
        if index >= count:
            where = _span(waiver, "validations", i)
            words = f"policy `{policy.name}` has no validation {index}"
            bag.add("PC7202", words, where, help=f"they are counted from 0: the last is {count - 1}")


def _check_length(waiver: Waiver, longest: int, bag: Bag) -> None:
    days = (waiver.expires - waiver.granted).days
    span = _span(waiver, "expires")
    if days < 0:
        words = f"waiver `{waiver.name}` expires on {waiver.expires}, before it is granted"
        bag.add("PC7203", words, span, help=f"write a day from {waiver.granted} on")
    elif days > longest:
        words = f"waiver `{waiver.name}` lasts {days} days, and {longest} are allowed"
        cure = f"write {date.fromordinal(waiver.granted.toordinal() + longest)} or a day before"
        bag.add("PC7204", words, span, help=cure, notes="`spec.waivers.maxDays` of platform.yaml is the limit")


def _check_globs(waiver: Waiver, key: str, word: str, known: Collection[str], bag: Bag) -> None:
    listed = at(waiver.document, "spec", "match", key)
    for i, glob in enumerate(plain(listed) if listed else ()):
        if not any(fits(name, glob) for name in known):
            near = did_you_mean(glob, known)
            cure = f"did you mean `{near}`?" if near else f"there are {', '.join(sorted(known)) or 'none'}"
            words = f"waiver `{waiver.name}` is for {word} `{glob}`, and there is none"
            bag.add("PC7205", words, _span(waiver, "match", key, i), help=cure)


def _check_state(waiver: Waiver, as_of: date, bag: Bag) -> None:
    span, left = _span(waiver, "expires"), (waiver.expires - as_of).days
    match waiver.state(as_of):
        case State.EXPIRED:
            words = f"waiver `{waiver.name}` expired on {waiver.expires}"
            bag.add("PC7206", words, span, help="remove it, or have it granted anew")
        case State.NOT_YET:
            words = f"waiver `{waiver.name}` holds from {waiver.granted} on"
            bag.add("PC7207", words, _span(waiver, "granted"), help="nothing is excepted before that day")
        case State.IN_FORCE if left <= _SOON:
            words = f"waiver `{waiver.name}` expires on {waiver.expires}, {_in_days(left)}"
            bag.add("PC7209", words, span, help=f"mend what it excepts; the work is tracked in `{waiver.ticket}`")
        case _:
            pass


def _in_days(left: int) -> str:
    return "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"


def check_used(
    used: Collection[str],
    waivers: Iterable[Waiver],
    is_there: Callable[[Waiver], bool],
    as_of: date,
    bag: Bag,
) -> None:
    """Report waivers in force that no violation needs; ask only when everything was judged, on every cluster.

    `used` are the names of those that some violation needs (`names_used`). `is_there` says whether there is any object
    that a waiver names: a waiver for nothing is a mistake, one for what was mended is only of no use any more.
    """
    for waiver in waivers:
        if waiver.name in used or waiver.state(as_of) is not State.IN_FORCE:
            continue
        span = _span(waiver, "match", "name")
        if is_there(waiver):
            words = f"waiver `{waiver.name}` excepts nothing: no object that it names violates `{waiver.policy}`"
            bag.add("PC7208", words, span, help="remove it")
        else:
            words = f"waiver `{waiver.name}` is for nothing: there is no such {waiver.kind}"
            bag.add("PC7211", words, span, help="correct `match`, or remove it")


def names_used(weighed: Iterable[Weighed]) -> frozenset[str]:
    """Return the waivers that something would come of violations without."""
    return frozenset(one.waiver.name for one in weighed if one.waiver and one.is_waived)


def _span(waiver: Waiver, *path: str | int) -> Span:
    return field_span(waiver.document, ("spec", *path), on_key=False)
