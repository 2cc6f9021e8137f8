"""The kinds that go with policies: where they hold, what is excepted until when, and what they are tested with.

Policies themselves are Kubernetes' own ValidatingAdmissionPolicy, unmodified, and have no model here.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StringConstraints

from platform_compiler.model import words as w
from platform_compiler.model.base import Closed, required, word

Action: TypeAlias = Literal["Deny", "Warn", "Audit"]
PolicyName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253),
    Field(description="a policy's name", examples=["pod-security-restricted-seccomp"]),
]
PolicyGlob: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[-a-z0-9.*]+$"),
    Field(description="a policy's name, `*` for any text", examples=["pod-security-*"]),
]
Sentence: TypeAlias = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]


class Parameters(Closed):
    """Which object a policy takes its parameters from; as `paramRef` of a binding."""

    name: w.Slug | None = word("its name", "registries")
    labels: w.Labels | None = word("labels of objects, each of which is asked in turn", {"for": "registries"})
    namespace: w.DnsLabel | None = word("its namespace; default: that of the object judged", "platform")
    parameterNotFoundAction: Literal["Allow", "Deny"] | None = word("without any such object; default: Deny", "Deny")


class PolicyChoice(Closed):
    """A policy of a set."""

    params: Parameters | None = word("where its parameters are", {"name": "registries", "namespace": "platform"})


class Enforcement(Closed):
    """Where policies hold, and what comes of a violation there."""

    actions: Annotated[list[Action], Field(min_length=1)] = required("what comes of a violation", ["Deny"])
    since: w.Date | None = word("the first day it holds", "2027-01-31")
    environments: list[w.Glob] | None = word("only in these environments", ["prod"])
    clusters: list[w.Glob] | None = word("only on these clusters", ["prod-*"])
    teams: list[w.Glob] | None = word("only for these teams", ["shop"])
    namespaces: list[w.Glob] | None = word("only in these namespaces", ["shop-*"])
    excludeNamespaces: list[w.Glob] | None = word(
        "not in these namespaces; default: kube-system, kube-public, kube-node-lease", ["kube-*"]
    )
    labels: w.Labels | None = word("only objects with these labels", {"tier": "gold"})


class Shipping(Closed):
    """Which clusters get the policies themselves, to judge at admission what others apply."""

    clusters: Annotated[list[w.Glob], Field(min_length=1)] = required("clusters by name", ["prod-*"])


class PolicySetSpec(Closed):
    """Policies that hold together, and where."""

    policies: Annotated[dict[PolicyGlob, PolicyChoice], Field(min_length=1)] = required(
        "policies by name, of the repository or built in", {"pod-security-restricted-*": {}}
    )
    enforce: Annotated[list[Enforcement], Field(min_length=1)] = required(
        "where they hold; an object that several match is judged by all",
        [{"environments": ["prod"], "actions": ["Deny"]}],
    )
    ship: Shipping | None = word("which clusters get them; default: none", {"clusters": ["prod-*"]})


class WaivedObjects(Closed):
    """Which objects a waiver is for; what is not said is any, but a name must be said."""

    name: Annotated[str, StringConstraints(pattern=r"[^*]")] = required("their name, `*` for any text", "legacy-*")
    kind: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$")] = required("their kind", "Deployment")
    namespace: w.Glob | None = word("their namespace; the team, for manifests", "shop")
    environments: list[w.Glob] | None = word("only in these environments", ["dev"])
    clusters: list[w.Glob] | None = word("only on these clusters", ["dev-*"])


class WaiverSpec(Closed):
    """A dated exception to a policy."""

    policy: PolicyName = required("the policy", "pod-security-restricted-run-as-non-root")
    validations: list[w.Count] | None = word("only these of its validations, counted from 0; default: all", [0])
    match: WaivedObjects = required("what is excepted", {"kind": "Deployment", "name": "legacy", "namespace": "shop"})
    reason: Sentence = required("why, for people", "the image runs as root until its rewrite")
    ticket: Sentence = required("where the work towards its end is tracked", "SHOP-1234")
    owner: Sentence = required("who answers for it", "shop/leads")
    granted: w.Date = required("the first day it holds", "2026-11-01")
    expires: w.Date = required("the last day it holds", "2027-01-15")


class WaiverLimits(Closed):
    """How long policies may be waived."""

    maxDays: w.Positive | None = word("days from `granted` to `expires`; default: 90", 90)


class PolicyMetadata(Closed):
    """Which policy is tested."""

    name: PolicyName = required("the policy's name", "pod-security-baseline-host-ports")


class TestNamespace(Closed):
    """The namespace that a test's object is in."""

    labels: w.Labels | None = word("its labels", {"team": "shop"})


class PolicyCase(Closed):
    """One object, and what a policy must say of it."""

    object: dict[str, Any] | None = word("the object; absent when it is deleted", {"kind": "Pod"})
    oldObject: dict[str, Any] | None = word("the object before, for changes and deletions", {"kind": "Pod"})
    operation: Literal["CREATE", "UPDATE", "DELETE"] | None = word("default: what the objects tell", "UPDATE")
    params: dict[str, Any] | None = word("the object of parameters", {"kind": "ConfigMap"})
    namespace: TestNamespace | None = word("the namespace it is in", {"labels": {"team": "shop"}})
    user: str | None = word("who asks", "system:serviceaccount:argocd:argocd-application-controller")
    expect: Literal["pass", "deny", "skip", "error"] = required("what the policy must say", "deny")
    validations: list[w.Count] | None = word("exactly these deny, counted from 0", [0])
    message: str | None = word("what the message must hold", "host port 80")
    field: str | None = word("where it must point in the object", "spec.containers[0].image")


class PolicyTestSpec(Closed):
    """What a policy is tested with."""

    cases: Annotated[dict[w.DnsLabel, PolicyCase], Field(min_length=1)] = required(
        "cases by a name that says what is shown", {"host-port": {"expect": "deny"}}
    )
