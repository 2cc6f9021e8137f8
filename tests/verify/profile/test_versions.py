"""Kinds and fields that a later version brings are told with that version."""

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.judged import found


@pytest.mark.parametrize(
    ("kind", "version", "words"),
    [
        ("admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy", Versions(kubernetes=(1, 29)), "needs 1.30"),
        ("extensions.istio.io/v1alpha1 TrafficExtension", Versions(istio=(1, 29)), "needs 1.30"),
        ("gateway.networking.k8s.io/v1 BackendTLSPolicy", Versions(gateway_api=(1, 3)), "needs 1.4"),
        ("gateway.networking.k8s.io/v1 ListenerSet", Versions(gateway_api=(1, 4)), "needs 1.5"),
    ],
)
def test_a_kind_that_is_too_new_is_told_with_the_version_that_brings_it(
    kind: str, version: Versions, words: str
) -> None:
    group, name = kind.split()
    text = f"apiVersion: {group}\nkind: {name}\nmetadata: {{name: a, namespace: b}}\n"
    assert found(text, whole=False, versions=version) == [f"PC5008 {name} b/a: {name} {words}"]


def test_a_field_that_is_too_new_is_told_with_the_version_that_brings_it() -> None:
    text = (
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: b}\n"
        "spec: {host: a, trafficPolicy: {retryBudget: {percent: 20}}}\n"
    )
    assert found(text, whole=False, versions=Versions(istio=(1, 27))) == []
    assert found(text, whole=False, versions=Versions(istio=(1, 26))) == [
        "PC5008 DestinationRule b/a: retryBudget needs 1.27"
    ]
