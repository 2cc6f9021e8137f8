"""`docs/built-in-policies.md`: every policy that travels with the program, by category, made from the policies."""

from collections.abc import Iterator

from platform_compiler.policy.model import OWN_GROUP, Policy, Rule
from platform_compiler.policy.read import Library
from platform_compiler.policy.repository import Policies, built_in_names

_HEAD = """\
# Built-in policies

{count} policies that a PolicySet may name, each of them one control. They are ValidatingAdmissionPolicies like any
other, with their tests beside them in `policies/`; an own policy of the same name takes the place of one.
[Policies](policies.md) tells how they are bound, waived and shipped. The numbers before messages are those by which
waivers and tests name validations. This page is generated from the policies.
"""

_CATEGORIES = {
    "pod-security": "Pod security",
    "mesh": "Zero trust in the mesh",
    "exposure": "Exposure",
    "tenancy": "Tenancy",
    "supply-chain": "Supply chain",
    "reliability": "Reliability",
    "cost": "Cost",
    "manifests": "Manifests",
}


def policies_page() -> str:
    """Return the page as Markdown."""
    policies = Policies(Library({}, {}, (), (), {})).read(built_in_names()).values()
    parts = [_HEAD.format(count=len(policies))]
    for category, title in _CATEGORIES.items():
        parts.append(f"\n## {title}\n")
        parts += [_section(policy) for policy in policies if _said(policy, "category") == category]
    return "".join(parts)


def _said(policy: Policy, key: str) -> str:
    return policy.annotations.get(f"{OWN_GROUP}/{key}", "")


def _section(policy: Policy) -> str:
    return f"\n### {policy.name}\n\n{_said(policy, 'description')}\n\n" + "".join(
        f"- {line}\n" for line in _facts(policy)
    )


def _facts(policy: Policy) -> Iterator[str]:
    yield f"judges {', '.join(dict.fromkeys(one for rule in policy.match.rules for one in _resources(rule, policy)))}"
    if policy.param_kind:
        yield f"takes parameters from a {policy.param_kind[1]}"
    for i, validation in enumerate(policy.validations):
        yield f"`{i}`: {validation.message}"
    yield f"cure: {policy.remediation}"
    yield f"standard: {_said(policy, 'standard')}"


def _resources(rule: Rule, policy: Policy) -> Iterator[str]:
    for group in rule.groups:
        for resource in rule.resources:
            if group == OWN_GROUP:
                yield f"manifests of {resource}"
            else:
                yield f"`{resource}.{group}`" if group else f"`{resource}`"
            if (group, resource) == ("", "pods") and policy.expands:
                yield "pod templates of workloads"
