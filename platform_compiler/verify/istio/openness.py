"""Rules that admit more callers or requests than their authors are likely to mean.

Source: "Safer Authorization Policy Patterns" and "Customize your system on path normalization" of Istio's security best
practices.
"""

from collections.abc import Iterator, Sequence

from platform_compiler.blueprints.everyone import ANNOTATION
from platform_compiler.objects import Body, texts
from platform_compiler.verify.istio.membership import annotation
from platform_compiler.verify.istio.rules import Part, Rule, action_of
from platform_compiler.verify.item import Fault, Item

_ALL_ADDRESSES = ("0.0.0.0/0", "::/0")


def of_rules(policy: Item, rules: Sequence[Rule]) -> Iterator[Fault]:
    """Yield what the rules of a policy leave open."""
    admits = action_of(policy) == "ALLOW"
    meant = not admits or annotation(policy, ANNOTATION)
    for rule in rules:
        if not meant and not rule.operations and not rule.conditions and _anybody(rule):
            message = "admits every request of everybody, in or out of the mesh"
            cure = f"name who may call, or say why all may in the annotation `{ANNOTATION}`"
            yield Fault("PC5243", policy, rule.path, message, cure)
        for part in (*rule.sources, *rule.operations) if admits else ():
            yield from _by_exception(policy, part)
        for part in rule.operations:
            yield from _portless(policy, part)


def _anybody(rule: Rule) -> bool:
    return not rule.sources or any(
        any(address in _ALL_ADDRESSES for address in texts(source.body, "ipBlocks")) and len(source.body) == 1
        for source in rule.sources
    )


def _by_exception(policy: Item, part: Part) -> Iterator[Fault]:
    """Yield what admits all but some: whatever is added or spelled otherwise is admitted too."""
    if field := _only_exceptions(part.body):
        message = f"admits all that `{field}` does not name, also what is added later"
        cure = "name what is admitted, and let a `DENY` policy name the exceptions"
        yield Fault("PC5252", policy, (*part.path, field), message, cure)


def _only_exceptions(body: Body) -> str:
    """Return the first field of a source or an operation that names exceptions and nothing else."""
    named = [field for field, values in body.items() if values]
    return named[0] if named and all(field.startswith("not") for field in named) else ""


def _portless(policy: Item, part: Part) -> Iterator[Fault]:
    """Yield hosts that a request escapes by naming the port too; one for all of an operation."""
    hosts = texts(part.body, "hosts")
    for i, host in enumerate(hosts):
        if "*" not in host and ":" not in host and f"{host}:*" not in hosts:
            message = f"`{host}` is not `{host}:443`, which clients may send for the same host"
            path = (*part.path, "hosts", i)
            yield Fault("PC5254", policy, path, message, f"add `{host}:*`")
            return
