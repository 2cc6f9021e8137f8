"""What a policy should say and does not, and what no file can tell."""

from platform_compiler.cel.tree import parts
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.lint.written import Sheet
from platform_compiler.verify.places import field_span

_OF_THE_REQUEST = {"object", "oldObject", "request", "namespaceObject", "authorizer"}


def missing_words(sheet: Sheet, bag: Bag) -> None:
    """Report validations without a message, and policies without a cure."""
    policy = sheet.policy
    for index, validation in enumerate(policy.validations):
        if not validation.message.strip() and validation.message_expression is None:
            span = field_span(policy.tree, ("spec", "validations", index), on_key=True)
            words = f"validation {index} has no message, so people will read its expression"
            bag.add("PC7020", words, span, help="say in `message` what is wrong with an object that it denies")
    if not policy.remediation.strip():
        span = field_span(policy.tree, ("metadata", "name"), on_key=False)
        words = f"policy `{policy.name}` does not say how to mend what it denies"
        bag.add("PC7023", words, span, help="say it in the annotation `platformc.dev/remediation`")


def odd_reads(sheet: Sheet, bag: Bag) -> None:
    """Report validations that say the same of every object, and those that ask what only a cluster knows."""
    for written in sheet.of("validation"):
        if not sheet.names(written) & _OF_THE_REQUEST:
            words = f"validation {written.name} reads nothing of the object, so it says the same of all"
            bag.add("PC7021", words, sheet.span_at(written), help="read `object`, or take the validation away")
    for written in sheet.all:
        used = [p for p in parts(written.tree.expr) if p.HasField("ident_expr") and p.ident_expr.name == "authorizer"]
        for part in used[:1]:
            words = "`authorizer` asks what a user may do, which only a cluster knows"
            cure = "the expression has no value before that; keep such a policy in clusters, or read the object"
            bag.add("PC7009", words, sheet.span(written, part), help=cure)
