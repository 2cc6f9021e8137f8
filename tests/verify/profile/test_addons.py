"""The profile of add-ons: against the definitions that they install, where those are present, and by examples."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from platform_compiler.verify.profile.profile import kinds
from tests.verify.completeness import keys_apart, takes_any_key
from tests.verify.crds import crds, needs_crds
from tests.verify.differences import Accepts, Differences, accepting, differences, unexplained
from tests.verify.examples import examples, golden_of_each_kind, kind
from tests.verify.mutations import mutations
from tests.verify.profile.ours import ours, profile

FOLDERS = ["argo-cd", "flux", "cert-manager", "prometheus-operator"]
GROUPS = ("argoproj.io", "fluxcd.io", "cert-manager.io", "external-secrets.io", "coreos.com", "kustomize.config.k8s.io")
REAL = {known: schema for folder in FOLDERS for known, schema in crds(folder).items()}

# Why the profile refuses what the definitions accept: controllers and webhooks demand more than schemas say.
STRICTER = {
    "an object has a name": r"^removed \w+ metadata(\.name)?$",
    "an object without its spec says nothing": r"^removed \w+ spec$",
    "an application has a source": r"^removed Application spec\.source$",
    "an application goes to one cluster": r"^removed Application spec\.destination\.(name|server)$",
    "a source has a path, a chart or a name": r"^removed Application (spec|operation\.sync)\.source(s\[\])?\.path$",
    "one way to reach a cluster": r"^removed Kustomization spec\.kubeConfig\.\w+$",
    "a certificate is for somebody": r"^removed Certificate spec\.(literalSubject|dnsNames)$",
    "an issuer is of one type": r"^removed (Cluster)?Issuer spec\.(acme|ca|selfSigned|vault|venafi)(\.\w+)*$",
    "a solver solves in one way": r"^removed Issuer spec\.acme\.solvers\[\]\.(http01|dns01)(\.\w+)?$",
    "a reference has a name": r"^removed Issuer .*\.imagePullSecrets\[\]\.name$",
    "a rule alerts or records": r"^removed PrometheusRule spec\.groups\[\]\.rules\[\]\.(alert|record)$",
    "a number of things is not negative": r"^low (Application|Certificate) .*(\.count|HistoryLimit|Percentage)$",
    "a port or a quantity is not negative": r"^low \w+ .*(\.targetPort|\.cpu|BucketFactor)$",
}
# Parts of pods that few write here, which the profile leaves open.
_OPEN = r"podTemplate\.spec\.(affinity|securityContext|tolerations)\b"
# Why the profile accepts what the definitions refuse.
LAXER = {
    "left open": _OPEN,
    "quantities are numbers too, as in pods": r"^number \w+ .*(\.cpu|BucketFactor)$",
}
KEYS_APART = {
    "left open": _OPEN,
    "no harm: a status is dropped": r"^[+-]status\b",
    "what managers wrote is the server's": r"\.managedFields\[\]\.\?$",
}


def objects() -> list[Any]:
    of_ours = [body for body in golden_of_each_kind() if kind(body)[0].split("/")[0].endswith(GROUPS)]
    return [*examples("addons"), *of_ours]


def test_every_kind_has_an_example_that_is_accepted() -> None:
    for body in objects():
        assert ours(kind(body))(body), kind(body)
    known = {known for known in kinds() if known[0].split("/")[0].endswith(GROUPS)}
    assert known - {kind(body) for body in objects()} == {
        ("external-secrets.io/v1beta1", name) for name in ("ExternalSecret", "SecretStore", "ClusterSecretStore")
    }


@pytest.mark.parametrize("known", sorted({kind(body) for body in objects()}), ids=" ".join)
def test_no_place_takes_another_key(known: tuple[str, str]) -> None:
    for body in objects():
        for damage in mutations(body) if kind(body) == known else ():
            if damage.done == "unknown" and ours(known)(damage.body):
                assert takes_any_key(profile(known), damage.path), damage.place


@cache
def theirs(known: tuple[str, str]) -> Accepts:
    return accepting(REAL[known])


@needs_crds
def test_definitions_accept_the_same_objects() -> None:
    for body in objects():
        assert kind(body) not in REAL or theirs(kind(body))(body), kind(body)


@cache
def found() -> Differences:
    return differences(pairs())


def pairs() -> Iterator[tuple[Any, Accepts, Accepts]]:
    for body in objects():
        if kind(body) in REAL:
            yield body, ours(kind(body)), theirs(kind(body))


@needs_crds
def test_damage_is_refused_where_definitions_refuse_it() -> None:
    assert unexplained(found().laxer, LAXER) == set()


@needs_crds
def test_what_the_profile_alone_refuses_has_a_reason() -> None:
    assert unexplained(found().stricter, STRICTER) == set()


@needs_crds
def test_the_profile_knows_the_same_keys() -> None:
    apart = {key for known, schema in REAL.items() for key in keys_apart(profile(known), schema)}
    assert unexplained(apart, KEYS_APART) == set()
