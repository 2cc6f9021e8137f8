"""Is every binding one that the API server takes, for a policy that there is?"""

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Path
from platform_compiler.policy.model import Action, Binding
from platform_compiler.policy.read import Library
from platform_compiler.verify.places import field_span


def check_bindings(library: Library, bag: Bag) -> None:
    """Report bindings that bind nothing, and those that no API server takes."""
    for binding in library.bindings.values():
        if binding.policy not in library.policies:
            near = did_you_mean(binding.policy, set(library.policies))
            cure = f"did you mean `{near}`?" if near else "add the policy, or remove the binding"
            place = _span(binding, ("spec", "policyName"))
            bag.add("PC7010", f"there is no policy `{binding.policy}` to bind", place, help=cure)
        if {Action.DENY, Action.WARN} <= set(binding.actions):
            place = _span(binding, ("spec", "validationActions"))
            words = f"binding `{binding.name}` both denies and warns, which no API server takes"
            bag.add("PC7011", words, place, help="remove `Warn`: who is denied is told why")


def _span(binding: Binding, path: Path) -> Span:
    assert binding.tree is not None
    return field_span(binding.tree, path, on_key=False)
