"""The profile of Kubernetes' own kinds against the schemas that Kubernetes publishes."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from platform_compiler.verify.profile.profile import kind_in_profile, kinds
from platform_compiler.verify.versions import Versions
from tests.verify.completeness import keys_apart
from tests.verify.differences import Accepts, Differences, accepting, differences, unexplained
from tests.verify.examples import examples, golden, golden_of_each_kind, kind
from tests.verify.profile.ours import ours, profile
from tests.verify.published import names, published

EVERY_MINOR = range(25, 38)
NEWEST = 37

# Why the profile refuses what the published schemas accept. Those schemas leave out what the server's code demands.
STRICTER = {
    "an object has a name": r"^removed \w+ metadata(\.name)?$|volumeClaimTemplates\[\]\.metadata$",
    "an object without its spec or template says nothing": r"^removed .*(\.|\b)(spec|template|volumeClaimTemplate)$",
    "a Service with an address has ports": r"^removed Service spec\.ports$",
    "a container has an image": r"ontainers\[\]\.image$",
    "a reference has a name": r"^removed .*(Ref|configMap|secret|imagePullSecrets\[\])\.(name|secretName)$",
    "a CSI driver's secret has a namespace": r"^removed PersistentVolume spec\.csi\.\w+SecretRef\.namespace$",
    "In and NotIn need values": r"^removed .*\.(matchExpressions|matchFields)\[\]\.values$",
    "one source of a variable": r"^removed Pod .*\.(env\[\]\.valueFrom\.\w+|envFrom\[\]\.\w+)$",
    "one way to probe or to handle": r"^removed \w+ .*(Probe|postStart|preStop)\.(exec|grpc|httpGet|tcpSocket|sleep)$",
    "a command is not empty": r"^removed Pod .*\.exec\.command$",
    "Localhost names a profile": r"^removed Pod .*\.localhostProfile$",
    "restart rules look at exit codes": r"^removed Pod .*\.restartPolicyRules\[\]\.exitCodes(\.values)?$",
    "an option has a name": r"^removed Pod spec\.dnsConfig\.options\[\]\.name$",
    "one source of a volume": r"^removed Pod .*\.(sources\[\]\.\w+|flocker\.\w+|items\[\]\.\w+Ref)$",
    "a trust bundle is named or signed": r"^removed Pod .*\.clusterTrustBundle\.(name|signerName)$",
    "resources of no container in particular": r"^removed Pod .*\.resourceFieldRef\.containerName$",
    "a claim says how much and for whom": r"^removed .*spec\.(accessModes|resources(\.requests(\.storage)?)?)$",
    "a volume has a size": r"^removed PersistentVolume spec\.capacity(\.storage)?$",
    "one source of a persistent volume": r"^removed PersistentVolume spec\.[a-z]\w+(\.datasetUUID)?$",
    "jobs end": r"^removed (Job|CronJob) .*\.restartPolicy$",
    "a rule looks at one thing": r"^removed Job spec\.podFailurePolicy\.rules\[\]\.(onExitCodes|onPodConditions)$",
    "a metric is of its type": r"^removed HorizontalPodAutoscaler spec\.metrics\[\]\.\w+$",
    "a target has a value": r"^removed HorizontalPodAutoscaler .*\.target\.\w+$",
    "one backend, one port": r"^removed Ingress .*\.(resource|service|port|port\.name|port\.number)$",
    "a peer is somebody": r"^removed NetworkPolicy spec\.(egress\[\]\.to|ingress\[\]\.from)\[\]\.\w+$",
    "a range begins with a port": r"^removed NetworkPolicy spec\.egress\[\]\.ports\[\]\.port$",
    "a rule names resources or URLs": r"^removed (Cluster)?Role rules\[\]\.\w+$",
    "accounts live in namespaces": r"^removed ClusterRoleBinding subjects\[\]\.namespace$",
    "one way to a webhook": r"^removed .*\.(clientConfig(\.service|\.url)?|conversion\.webhook)$",
    "webhooks and policies match whole rules": r"^removed (Valid|Mutat)\w+ .*ules\[\]\.\w+$",
    "a policy says something": r"^removed ValidatingAdmissionPolicy spec\.validations$",
    "a policy matches something": r"^removed ValidatingAdmissionPolicy spec\.matchConstraints(\.resourceRules)?$",
    "a kind of parameters is named in full": r"^removed ValidatingAdmissionPolicy spec\.paramKind\.\w+$",
    "parameters are named or selected": r"^removed ValidatingAdmissionPolicyBinding spec\.paramRef\.\w+$",
    "v1 definitions have a schema": r"^removed Custom\w+ spec\.versions\[\]\.schema(\.openAPIV3Schema)?$",
    "a service is named in full": r"^removed APIService spec\.service\.\w+$",
    "a class has its value, zero or not": r"^removed PriorityClass value$",
    "text that is no quantity, percentage or port": r"^type .*(\.averageValue|\.cpu|\.maxUnavailable|\.port)$",
    "schemas within schemas are closed and typed": r"^\w+ CustomResourceDefinition .*openAPIV3Schema\.properties\.",
    "the published schemas bound no numbers": r"^low ",
}
# Why the profile accepts what the published schemas refuse.
LAXER = {
    "status is the server's": r"\bstatus\b",
    "what managers wrote is the server's": r"\.managedFields\b",
    "1.37 brought it; nobody writes it yet": r"^(unknown|map) Job spec\.scheduling$",
}
# The same for required keys of older versions, which the server fills in or reads as empty.
LAXER_BEFORE = {
    **LAXER,
    "the group is filled in": r"^removed \w*RoleBinding roleRef\.apiGroup$",
    "absence is an empty list": r"^removed EndpointSlice endpoints$",
    "absence is an empty selector": r"^removed NetworkPolicy spec\.podSelector$",
}
# Keys that the published schemas know and the profile does not (`-`), or the other way round (`+`).
KEYS_APART = {
    "no harm: a status is dropped": r"^\+status(\.\?)?$|^\+spec\..*\.status\.\?$",
    "what managers wrote is the server's": r"\.managedFields\[\]\.\?$",
    "1.37 brought it; nobody writes it yet": r"^\+spec(\.jobTemplate\.spec)?\.scheduling\.\?$",
    "schemas within schemas are closed": r"^-spec\.versions\[\]\.schema\.openAPIV3Schema\.(items|additional\w+)\.\?$",
    "refused when a pod is made": r"\.ephemeralContainers$|^-spec\.ephemeralContainers$",
    "refused for readiness": r"readinessProbe\.terminationGracePeriodSeconds$",
    "refused in roles of one namespace": r"^-rules\[\]\.nonResourceURLs$",
    "refused before 1.34 outside init containers": r"\bcontainers\[\]\.restartPolicy$",
    "a form of 1.26 that 1.31 dropped": r"resourceClaims\[\]\.source$",
    "there by mistake until 1.29": r"spec\.resources\.claims$",
    "only ever in 1.35": r"spec\.workloadRef$",
}


def at(minor: int) -> Versions:
    return Versions(kubernetes=(1, minor))


@cache
def theirs(minor: int, known: tuple[str, str]) -> Accepts:
    return accepting(published(minor, known))


def both_know(minor: int) -> list[tuple[str, str]]:
    return sorted(known for known in kinds() & names(minor).keys() if kind_in_profile(*known, at(minor)))


def known_to(minor: int, objects: list[Any]) -> list[Any]:
    return [body for body in objects if kind(body) in names(minor)]


def test_every_kind_of_the_profile_has_an_example() -> None:
    assert {kind(body) for body in examples("kubernetes")} == set(both_know(NEWEST))


def test_examples_use_every_key_of_the_profile() -> None:
    written = {key for body in examples("kubernetes") for key in keys_of(body)}
    for known in both_know(NEWEST):
        assert keys_in(profile(known, at(NEWEST))) - written == set(), known


def keys_of(value: Any) -> Iterator[str]:
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_of(below)
    yield from value if isinstance(value, dict) else ()


def keys_in(schema: Any) -> set[str]:
    own: dict[str, Any] = schema.get("properties", {})
    items = [schema["items"]] if "items" in schema else []
    below = [*own.values(), *schema.get("anyOf", ()), *items]
    return set(own).union(*map(keys_in, below))


@pytest.mark.parametrize("minor", [29, 33])
def test_what_we_generate_is_accepted_by_both_or_by_neither(minor: int) -> None:
    for body in known_to(minor, golden()):
        assert ours(kind(body), at(minor))(body) is theirs(minor, kind(body))(body), body


@pytest.mark.parametrize("minor", [25, 29, 33, NEWEST])
def test_examples_are_accepted_by_both_or_by_neither(minor: int) -> None:
    for body in known_to(minor, examples("kubernetes")):
        if minor < 35 and kind(body) == ("batch/v1", "Job"):
            continue  # before, the published schemas demanded keys that the server does not
        assert ours(kind(body), at(minor))(body) is theirs(minor, kind(body))(body), kind(body)


def test_every_example_is_accepted_by_the_newest_version() -> None:
    for body in examples("kubernetes"):
        assert ours(kind(body), at(NEWEST))(body), kind(body)


@cache
def found(minor: int) -> Differences:
    return differences(pairs(minor))


def pairs(minor: int) -> Iterator[tuple[Any, Accepts, Accepts]]:
    for body in known_to(minor, [*examples("kubernetes"), *golden_of_each_kind()]):
        yield body, ours(kind(body), at(minor)), theirs(minor, kind(body))


def test_damage_is_refused_where_the_published_schemas_refuse_it() -> None:
    assert unexplained(found(NEWEST).laxer, LAXER) == set()


def test_damage_that_the_published_schemas_refused_before_is_refused_then_too() -> None:
    laxer = {reason: pattern for reason, pattern in LAXER_BEFORE.items() if "1.37" not in reason}
    assert unexplained(found(33).laxer, laxer) == set()


def test_what_the_profile_alone_refuses_has_a_reason() -> None:
    assert unexplained(found(NEWEST).stricter, STRICTER) == set()


def test_the_profile_knows_the_same_keys_in_every_version() -> None:
    apart: set[str] = set()
    for minor in EVERY_MINOR:
        for known in both_know(minor):
            apart |= keys_apart(profile(known, at(minor)), published(minor, known))
    assert unexplained(apart, KEYS_APART) == set()


def test_kinds_are_known_since_the_version_that_brought_them() -> None:
    ours = {known for known in kinds() if known in names(NEWEST)}
    for minor in EVERY_MINOR:
        assert set(both_know(minor)) == ours & names(minor).keys()
