"""Rules that admit more callers or requests than their authors are likely to mean.

Source: "Safer Authorization Policy Patterns" and "Customize your system on path normalization" of Istio's security best
practices.
"""

from collections.abc import Iterator

from platform_compiler.blueprints.everyone import ANNOTATION
from platform_compiler.objects import texts
from platform_compiler.verify.istio.literals import portless
from platform_compiler.verify.istio.membership import annotation
from platform_compiler.verify.istio.rules import Part, Policy, Rule
from platform_compiler.verify.item import Fault, Item

_ALL_ADDRESSES = frozenset({"0.0.0.0/0", "::/0"})


def of_policy(item: Item, policy: Policy) -> Iterator[Fault]:
    """Yield what the rules of a policy leave open."""
    admits = policy.action == "ALLOW"
    for rule in policy.rules:
        if admits and _anybody(rule) and not annotation(item, ANNOTATION):
            message = "admits every request of everybody, in or out of the mesh"
            cure = f"name who may call, or say why all may in the annotation `{ANNOTATION}`"
            yield Fault("PC5243", item, rule.path, message, cure)
        for part in (*rule.sources, *rule.operations) if admits else ():
            if next(iter(part.fields), "").startswith("not"):
                yield from _by_exception(item, part)
        for part in rule.operations:
            if "hosts" in part.fields:
                yield from _portless(item, part)


def _anybody(rule: Rule) -> bool:
    if rule.operations or rule.conditions:
        return False
    return not rule.sources or any(
        len(source.body) == 1 and not _ALL_ADDRESSES.isdisjoint(texts(source.body, "ipBlocks"))
        for source in rule.sources
    )


def _by_exception(policy: Item, part: Part) -> Iterator[Fault]:
    """Yield what admits all but some: whatever is added or spelled otherwise is admitted too."""
    if all(field.startswith("not") for field in part.fields):
        first = next(iter(part.fields))
        message = f"admits all that `{first}` does not name, also what is added later"
        cure = "name what is admitted, and let a `DENY` policy name the exceptions"
        yield Fault("PC5252", policy, (*part.path, first), message, cure)


def _portless(policy: Item, part: Part) -> Iterator[Fault]:
    """Yield hosts that a request escapes by naming the port too; one for all of an operation."""
    hosts = texts(part.body, "hosts")
    i = portless(hosts)
    if i is not None:
        message = f"`{hosts[i]}` is not `{hosts[i]}:443`, which clients may send for the same host"
        yield Fault("PC5254", policy, (*part.path, "hosts", i), message, f"add `{hosts[i]}:*`")
