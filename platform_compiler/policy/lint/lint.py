"""Ask every check about every policy that compiles."""

from collections.abc import Iterable, Mapping

from platform_compiler.cel.functions.declare import Version
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.lint.absent import odd_fields
from platform_compiler.policy.lint.functions import too_new
from platform_compiler.policy.lint.kinds import kinds_known, kinds_of
from platform_compiler.policy.lint.operations import absent_objects
from platform_compiler.policy.lint.rules import odd_rules
from platform_compiler.policy.lint.words import missing_words, odd_reads
from platform_compiler.policy.lint.written import sheet_of
from platform_compiler.policy.model import Policy
from platform_compiler.verify.schemas import Schemas


def lint(
    policies: Iterable[Policy],
    texts: Mapping[str, bytes],
    schemas: Schemas,
    versions: Mapping[str, Version],
    bag: Bag,
) -> None:
    """Report what is probably wrong with policies that compile.

    `schemas` know the kinds that rules name; `versions` say, by policy, the oldest Kubernetes that is to take it.
    """
    kinds = kinds_known(schemas)
    for policy in policies:
        sheet = sheet_of(policy, texts.get(policy.tree.span.path, b""))
        if policy.name in versions:
            too_new(sheet, versions[policy.name], bag)
        odd_rules(sheet, kinds, bag)
        odd_fields(sheet, kinds_of(policy, kinds), schemas, bag)
        absent_objects(sheet, bag)
        missing_words(sheet, bag)
        odd_reads(sheet, bag)
