"""Who somebody is in the mesh of a cluster."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.link.facts import uses_sidecars
from platform_compiler.link.strangers import namespace_in


def trust_domains(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the trust domains of a cluster's mesh, its own first."""
    mesh = spec.get("mesh", {})
    own, others = mesh.get("trustDomain", "cluster.local"), mesh.get("trustDomainAliases")
    return tuple(dict.fromkeys([own, *others])) if others else (own,)


def identities(domains: Iterable[str], namespace: str, account: str) -> list[str]:
    """Return an identity under each of some trust domains."""
    return [f"{domain}/ns/{namespace}/sa/{account}" for domain in domains]


def principals(spec: Mapping[str, Any], namespace: str, account: str) -> list[str]:
    """Return an identity under every trust domain of a cluster's mesh, its own first."""
    return identities(trust_domains(spec), namespace, account)


def enters_by_sidecar(spec: Mapping[str, Any]) -> bool:
    """Whether a cluster's gateways are foreign to the mesh, and reach it through a sidecar of their own.

    Such a sidecar knows where a request goes by its host name alone, so gateways ask for the Service's.
    """
    parts = spec.get("parts", {})
    return str(parts.get("ingress", "")).startswith("envoy-gateway@") and uses_sidecars(parts.get("mesh"))


def gateway_in_mesh(spec: Mapping[str, Any], gateway: str) -> bool:
    """Whether a gateway's proxies speak for themselves in the mesh: a stranger would be refused by strict mTLS."""
    parts = spec.get("parts", {})
    ingress, mesh = str(parts.get("ingress", "")), str(parts.get("mesh", "none"))
    if mesh == "none" or enters_by_sidecar(spec):
        return True
    kind = str(spec["gateways"][gateway].get("class", "istio"))
    return not ingress.startswith("envoy-gateway@") and (not ingress.startswith("gateway-api@") or kind == "istio")


def is_istios(spec: Mapping[str, Any], gateway: str) -> bool:
    """Whether Istio runs a gateway's proxies, and so reads its policies for them."""
    ingress = str(spec.get("parts", {}).get("ingress", ""))
    kind = str(spec["gateways"][gateway].get("class", "istio"))
    return ingress.startswith("istio-gateway@") or (ingress.startswith("gateway-api@") and kind == "istio")


def namespace_of_identity(identity: str, spec: Mapping[str, Any]) -> str | None:
    """Return the namespace of an identity of a cluster's own mesh; None where it is of another."""
    return namespace_in(trust_domains(spec), identity)
