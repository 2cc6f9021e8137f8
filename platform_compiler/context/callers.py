"""Who may call a target, as templates see them, and what each may do there."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.identities import identities, trust_domains
from platform_compiler.context.identities_outside import identity_of
from platform_compiler.context.names import pod_labels
from platform_compiler.context.once import Once
from platform_compiler.context.outside import endpoint_addresses
from platform_compiler.context.outsiders import as_seen_from, gateway_caller, source_callers
from platform_compiler.context.ports import direct, named, network_ports
from platform_compiler.context.rules import rule_record
from platform_compiler.link.model import Interface, Link, RefSource, Route, Target

Record = dict[str, Any]
Specs = Mapping[str, Mapping[str, Any]]
"""The spec of each cluster as plain data: identities depend on its trust domains."""


def callers(  # noqa: PLR0913, PLR0917 -- everybody who may call, and how
    target: Target,
    links: Iterable[Link],
    routes: Iterable[Route],
    specs: Specs,
    mtls: str,
    once: Once,
    *,
    behind: bool,
) -> list[Record]:
    """Return everybody who may call a target, by kind and ref; an application on two clusters is one caller.

    Where the target stands `behind` a waypoint, `networkPorts` are those that callers reach without it.
    """
    found: dict[tuple[str, str, str], Record] = {}
    applications = _Applications(target, specs, mtls, once, behind=behind)
    for link in links:
        is_machine = link.caller.interface.kind == "external"
        _add(found, _machine(link, specs, mtls) if is_machine else applications.record(link), once)
    for route in routes:
        if not route.exposure.redirects:  # nothing of it comes here
            gateway = gateway_caller(route, specs[route.target.cluster], mtls, behind=behind)
            _add(found, as_seen_from(target.cluster, route, gateway), once)
    for rule in target.interface.access:
        if [source for source in rule.sources if not isinstance(source, RefSource)]:  # those have links
            for record in source_callers(rule, target.interface, specs[target.cluster], mtls, behind=behind):
                _add(found, record, once)
    return [found[key] for key in sorted(found)]


def _add(found: dict[tuple[str, str, str], Record], record: Record, once: Once) -> None:
    """Add a caller; one that is known gets more rules, unless it is somebody else on another cluster, with others."""
    key = (record["kind"], record["ref"], "")
    other = found.setdefault(key, record)
    if other is record:
        return
    if other["principals"] != record["principals"] and other["rules"] != record["rules"]:
        key = (record["kind"], record["ref"], " ".join(record["principals"]))
        other = found.setdefault(key, record)
        if other is record:
            return
    found[key] = once.of("callers", (other, record), lambda: _joined(other, record))


def _joined(other: Record, record: Record) -> Record:
    return {
        **record,
        **other,
        **{word: _of_both(word, other, record) for word in ("principals", "addresses") if word in record},
        "networkPorts": sorted(
            {(p["protocol"], p["port"]): p for p in [*other["networkPorts"], *record["networkPorts"]]}.values(),
            key=lambda p: (p["protocol"], p["port"]),
        ),
        "rules": [*other["rules"], *(rule for rule in record["rules"] if rule not in other["rules"])],
    }


def _of_both(word: str, one: Record, other: Record) -> list[str]:
    return list(dict.fromkeys([*one[word], *other[word]]))


class _Applications:
    """The applications that call one target; what it opens is mostly the same to all."""

    def __init__(self, target: Target, specs: Specs, mtls: str, once: Once, *, behind: bool) -> None:
        self._cluster = target.cluster
        self._specs = specs
        self._mtls = mtls
        self._once = once
        self._behind = behind
        self._trust = trust_domains(specs[target.cluster])
        self._opened: dict[tuple[int, int, bool, bool], Record] = {}

    def record(self, link: Link) -> Record:
        """Return one; of one on another cluster no pods are here, and a gateway leads it in."""
        caller, once = link.caller.interface, self._once
        here = link.caller.cluster == self._cluster
        trust = self._trust if here else trust_domains(self._specs[link.caller.cluster])
        key = (once.looks(link.callee), once.equal(link.grants), here, caller.meshed)
        opened = self._opened.get(key) or self._opening(link, key)
        return once(
            ("caller", once.looks(link.caller), trust, here, id(opened)),
            lambda: {**_who_calls(caller, trust, here=here), **opened},
        )

    def _opening(self, link: Link, key: tuple[int, int, bool, bool]) -> Record:
        """Return what a link opens to its caller, whoever that is."""
        _, _, here, meshed = key
        tunnelled, behind = here and meshed and link.callee.interface.meshed, self._behind and meshed
        found = self._opened[key] = self._once(
            ("opened", self._mtls, behind, *key),
            lambda: _opened(link, self._mtls, here=here, behind=behind, tunnelled=tunnelled),
        )
        return found


def _who_calls(caller: Interface, trust: tuple[str, ...], *, here: bool) -> Record:
    return {
        "ref": caller.ref,
        "kind": "app",
        "name": caller.name,
        "namespace": caller.namespace,
        **({"podLabels": pod_labels(caller)} if here else {}),
        "principals": identities(trust, caller.namespace, caller.service_account) if caller.meshed else [],
    }


def _opened(link: Link, mtls: str, *, here: bool, behind: bool, tunnelled: bool) -> Record:
    granted = [(grant, named(link.callee.interface, grant.ports)) for grant in link.grants]
    reached = direct([port for _, ports in granted for port in ports if here], behind=behind)
    return {
        "networkPorts": network_ports(reached, tunnelled=tunnelled),
        "rules": [
            rule_record(grant.rule, ports, mtls=mtls, methods=grant.methods, paths=grant.paths)
            for grant, ports in granted
        ],
    }


def _machine(link: Link, specs: Specs, mtls: str) -> Record:
    """Return machines that call from beside the clusters: they have an identity, and addresses instead of pods."""
    caller, callee = link.caller.interface, link.callee.interface
    granted = [(grant, named(callee, grant.ports)) for grant in link.grants]
    identity = identity_of(link.caller, specs)
    near = link.caller.cluster == link.callee.cluster
    opened = network_ports((port for _, ports in granted for port in ports if near), tunnelled=False)
    return {
        "ref": caller.ref,
        "kind": "machine",
        "name": caller.name,
        **({"namespace": caller.namespace} if caller.meshed else {}),
        "principals": identity["principals"] if identity else [],
        "addresses": endpoint_addresses(link.caller) if near else [],
        "networkPorts": opened,
        "rules": [rule_record(g.rule, ports, mtls=mtls, methods=g.methods, paths=g.paths) for g, ports in granted],
    }
