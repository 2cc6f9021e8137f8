"""Is every binding one that the API server takes, for a policy that there is?"""

from collections.abc import Collection

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Path
from platform_compiler.policy.model import Action, Binding
from platform_compiler.policy.read import Library
from platform_compiler.verify.places import field_span


def check_bindings(library: Library, names: Collection[str], bag: Bag) -> None:
    """Report bindings that bind nothing, which nobody would see, and those that no API server takes.

    `names` are all policies that there are.
    """
    for binding in library.bindings.values():
        if binding.policy not in names:
            near = did_you_mean(binding.policy, names)
            cure = f"did you mean `{near}`?" if near else "`platformc policy list` shows what there is"
            place = _span(binding, ("spec", "policyName"))
            words = f"binding `{binding.name}` is for `{binding.policy}`, which is no policy"
            bag.add("PC7010", words, place, help=cure)
        if {Action.DENY, Action.WARN} <= set(binding.actions):
            place = _span(binding, ("spec", "validationActions"))
            words = f"binding `{binding.name}` both denies and warns, which no API server takes"
            bag.add("PC7011", words, place, help="remove `Warn`: who is denied is told why")


def _span(binding: Binding, path: Path) -> Span:
    assert binding.tree is not None
    return field_span(binding.tree, path, on_key=False)
