"""The profile of add-ons: against the definitions that they install, where those are present, and by examples."""

from functools import partial
from typing import Any

import pytest
from jsonschema_rs import validator_for

from platform_compiler.verify.profile.profile import kinds
from platform_compiler.verify.schemas import Judge, Schemas
from platform_compiler.verify.versions import LATEST
from tests.verify.completeness import keys_apart
from tests.verify.crds import FOLDER, crds
from tests.verify.differences import differences, unexplained
from tests.verify.examples import accepts, examples, golden, kind

FOLDERS = ["argo-cd", "flux", "cert-manager", "prometheus-operator"]
GROUPS = ("argoproj.io", "fluxcd.io", "cert-manager.io", "external-secrets.io", "coreos.com", "kustomize.config.k8s.io")
SCHEMAS = Schemas(LATEST)
needs_crds = pytest.mark.skipif(not FOLDER.is_dir(), reason="no ../shared/crds here")

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
}
# Why the profile accepts what the definitions refuse.
LAXER = {
    "parts of pods that few write here": r"podTemplate\.spec\.(affinity|securityContext|tolerations)",
}


def judge(known: tuple[str, str]) -> Judge:
    found = SCHEMAS.judge(*known)
    assert found is not None, known
    return found


def objects() -> list[Any]:
    every = {kind(body): body for body in golden()}
    return [*examples("addons"), *(body for known, body in every.items() if known[0].split("/")[0].endswith(GROUPS))]


def test_every_kind_has_an_example_that_is_accepted() -> None:
    for body in objects():
        assert accepts(judge(kind(body)), body), kind(body)
    ours = {known for known in kinds() if known[0].split("/")[0].endswith(GROUPS)}
    assert ours - {kind(body) for body in objects()} == {
        ("external-secrets.io/v1beta1", name) for name in ("ExternalSecret", "SecretStore", "ClusterSecretStore")
    }


@pytest.mark.parametrize("known", sorted({kind(body) for body in objects()}), ids=" ".join)
def test_one_key_more_is_refused(known: tuple[str, str]) -> None:
    for body in objects():
        if kind(body) == known:
            assert not accepts(judge(known), {**body, "surprise": 1})
            assert "spec" not in body or not accepts(judge(known), {**body, "spec": {**body["spec"], "surprise": 1}})


@needs_crds
@pytest.mark.parametrize("folder", FOLDERS)
def test_definitions_accept_the_same_objects(folder: str) -> None:
    for known, schema in crds(folder).items():
        validator = validator_for(schema)
        for body in objects():
            assert kind(body) != known or validator.is_valid(body), known


def found(*, stricter: bool) -> set[str]:
    places: set[str] = set()
    for folder in FOLDERS:
        for known, schema in crds(folder).items():
            ours, theirs = partial(accepts, judge(known)), validator_for(schema).is_valid
            for body in objects():
                places |= differences(body, ours, theirs, stricter=stricter) if kind(body) == known else set()
    return places


@needs_crds
def test_damage_is_refused_where_definitions_refuse_it() -> None:
    assert unexplained(found(stricter=False), LAXER) == set()


@needs_crds
def test_what_the_profile_alone_refuses_has_a_reason() -> None:
    assert unexplained(found(stricter=True), STRICTER) == set()


@needs_crds
def test_the_profile_knows_the_same_keys() -> None:
    apart: set[str] = set()
    for folder in FOLDERS:
        for known, schema in crds(folder).items():
            apart |= {key for key in keys_apart(judge(known).schema, schema) if not key.startswith("-status")}
    assert unexplained(apart, {}) == set()
