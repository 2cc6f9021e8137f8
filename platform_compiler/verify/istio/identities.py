"""Callers named in rules that nothing runs as.

Judged only where the caller's namespace has workloads here, and only in trust domains of this cluster: others are run
by other clusters. A ServiceAccount that is there is enough; what runs as it may be made by a controller.
"""

from collections.abc import Iterator, Mapping

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import text
from platform_compiler.verify.istio.membership import annotation
from platform_compiler.verify.istio.rules import in_force, places_of
from platform_compiler.verify.istio.scope import GATEWAY_API, NETWORKING
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World, namespace_of

_DEFAULT = "default"
_GATEWAY_ACCOUNT = "gateway.istio.io/service-account"


def check(world: World) -> Iterator[Fault]:
    """Yield callers that do not exist."""
    known: Mapping[str, set[str]] | None = None
    domains = {"", *world.facts.trust_domains, world.facts.cluster_domain}
    for item, policy in in_force(world):
        for caller in policy.callers:
            domain, namespace, account = caller
            if domain not in domains:
                continue
            known = _accounts(world) if known is None else known
            here = known.get(namespace, set())
            if account in here or namespace not in world.workloads_of:
                continue
            if not world.exists("", "ServiceAccount", namespace, account):
                near = did_you_mean(account, here)
                message = f"nothing runs as `{account}` in `{namespace}`"
                cure = f"did you mean `{near}`?" if near else "name the service account of the caller's pods"
                for path in places_of(policy, caller):
                    yield Fault("PC5245", item, path, message, cure)


def _accounts(world: World) -> Mapping[str, set[str]]:
    """Return the service accounts by namespace: those that are there, and those that something runs as."""
    found: dict[str, set[str]] = {}
    for namespace, account in _pairs(world):
        found.setdefault(namespace, set()).add(account)
    return found


def _pairs(world: World) -> Iterator[tuple[str, str]]:
    for item in world.of("", "ServiceAccount"):
        yield namespace_of(item), item.name
    for workload in world.workloads:
        yield workload.namespace, workload.face.account or _DEFAULT
    for item in world.of(NETWORKING, "WorkloadEntry"):
        yield namespace_of(item), text(item.body, "spec", "serviceAccount") or _DEFAULT
    for item in world.of(NETWORKING, "WorkloadGroup"):
        yield namespace_of(item), text(item.body, "spec", "template", "serviceAccount") or _DEFAULT
    for item in world.of(GATEWAY_API, "Gateway"):
        for account in (item.name, f"{item.name}-{text(item.body, 'spec', 'gatewayClassName')}"):
            yield namespace_of(item), annotation(item, _GATEWAY_ACCOUNT) or account
