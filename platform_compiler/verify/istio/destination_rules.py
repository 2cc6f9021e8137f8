"""DestinationRules by themselves: one speaks for a host, no setting is lost, servers are verified, failover works."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.hosts import matching
from platform_compiler.verify.index import grouped
from platform_compiler.verify.istio.reading import (
    EVERYWHERE,
    cluster_service,
    has,
    judged,
    promised,
    scopes,
)
from platform_compiler.verify.istio.references import near_host, rules_of_hosts
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_SETTINGS = ("connectionPool", "loadBalancer", "outlierDetection", "tls")
_TOP: Path = ("spec", "trafficPolicy")
_OWN_CAS = (1, 21)
"""Since this version, servers are verified by the system's authorities where a rule names none."""


def hosts_exist(world: World) -> Iterator[Fault]:
    """A DestinationRule is for a host that something declares (IST0174)."""
    if promised(world, "ServiceEntry"):
        return
    for item, host in world.once(rules_of_hosts):
        if host and host not in world.hosts and not matching(world.hosts, host) and not _is_elsewhere(world, host):
            cure = near_host(world, host, "name a host that exists, or remove the rule")
            yield Fault("PC5207", item, ("spec", "host"), f"nothing declares `{host}`", cure)


def _is_elsewhere(world: World, host: str) -> bool:
    """Whether a host may exist without being judged: in the mesh's own namespace, say, or below a wildcard."""
    domain = world.facts.cluster_domain
    service = cluster_service(host, domain)
    if service is not None:
        return not judged(world, service[0]) or world.exists("", "Service", *service)
    return host.startswith("*") and (host == EVERYWHERE or host.endswith((f".{domain}", ".local")))


def rules_do_not_compete(world: World) -> Iterator[Fault]:
    """DestinationRules of one host and namespace are merged: of what two of them set, one is lost."""
    everyone = grouped(world.once(rules_of_hosts), lambda rule: (namespace_of(rule[0]), rule[1]))
    for (_, host), same in everyone.items():
        rules = [item for item, _ in same if not has(item.body, "spec", "workloadSelector")] if len(same) > 1 else []
        first: dict[str, tuple[Item, Path]] = {}
        for item in rules:
            for what, path in _set_by(item):
                other, place = first.setdefault(what, (item, path))
                if other is not item and _meet(other, item):
                    also = (Other(other, place, "also here"),)
                    message = f"another DestinationRule sets the {what} of `{host}` too"
                    yield Fault("PC5221", item, path, message, "put both into one of them", also, on_key=True)


def _set_by(item: Item) -> Iterator[tuple[str, Path]]:
    if a_map(item.body, "spec", "trafficPolicy"):
        yield "`trafficPolicy`", ("spec", "trafficPolicy")
    for i, subset in maps(item.body, "spec", "subsets"):
        yield f"subset `{text(subset, 'name')}`", ("spec", "subsets", i)


def _meet(one: Item, other: Item) -> bool:
    return EVERYWHERE in scopes(one) | scopes(other) or bool(scopes(one) & scopes(other))


def settings_are_kept(world: World) -> Iterator[Fault]:
    """Say what a subset or port drops: what it sets replaces the same setting above, not only the keys it names."""
    for item, _, path, own, above in world.once(policies):
        if path == _TOP:
            continue
        if path[-1] != "trafficPolicy" and path[1] == "trafficPolicy":
            top = a_map(item.body, "spec", "trafficPolicy")
            lost = [key for key in _SETTINGS if top.get(key) and key not in own]
            yield from _dropped(item, path, "the whole host", lost)
        for setting in _SETTINGS[:3] if above else ():
            lost = _lost(a_map(above, setting), a_map(own, setting)) if own.get(setting) else []
            yield from _dropped(item, (*path, setting), f"`{setting}` above", lost)


def _dropped(item: Item, path: Path, what: str, lost: list[str]) -> Iterator[Fault]:
    if lost:
        listed = ", ".join(f"`{key}`" for key in lost)
        message = f"drops {listed} that {what} sets"
        yield Fault("PC5222", item, path, message, "repeat here what should stay", on_key=True)


def _lost(above: Body, own: Body) -> list[str]:
    """Return the keys, one level below `tcp` and `http`, that are set above and not here."""
    if "simple" in own or "consistentHash" in own:
        above = {key: value for key, value in above.items() if key not in ("simple", "consistentHash")}
    return sorted(
        chain(
            (key for key in above if key not in own),
            (
                f"{key}.{below}"
                for key in ("tcp", "http")
                if isinstance(own.get(key), Mapping)
                for below in a_map(above, key)
                if below not in own[key]
            ),
        )
    )


class Policy(NamedTuple):
    """Settings of a DestinationRule, where they stand, and those above that hold beside them."""

    item: Item
    host: str
    path: Path
    body: Body
    above: Body


def policies(world: World) -> Sequence[Policy]:
    """Return all settings of DestinationRules: for whole hosts, for subsets, for ports."""
    found = []
    for item, host in world.once(rules_of_hosts):
        spec = a_map(item.body, "spec")
        top = a_map(spec, "trafficPolicy")
        places: list[tuple[Path, Body, Body]] = [(_TOP, top, {})]
        for i, subset in maps(spec, "subsets"):
            if own := a_map(subset, "trafficPolicy"):
                places.append((("spec", "subsets", i, "trafficPolicy"), own, top))
        for path, policy, _ in tuple(places):
            ports = maps(policy, "portLevelSettings") if "portLevelSettings" in policy else ()
            places += [((*path, "portLevelSettings", j), port, {}) for j, port in ports]
        found += [Policy(item, host, *place) for place in places if place[1]]
    return found


def servers_are_verified(world: World) -> Iterator[Fault]:
    """TLS that a rule starts names the authority of the server's certificate (IST0128, IST0129)."""
    for item, host, path, policy, _ in world.once(policies):
        tls = a_map(policy, "tls") if "tls" in policy else {}
        if text(tls, "mode") in ("SIMPLE", "MUTUAL") and (why := _unverified(world, host, tls)):
            yield Fault("PC5223", item, (*path, "tls", "mode"), why, "set `caCertificates` or `credentialName`")


def _unverified(world: World, host: str, tls: Body) -> str:
    """Return why the server's certificate is not verified; empty if it is."""
    if tls.get("insecureSkipVerify") is True:
        return "the certificate of the server is not verified"
    if text(tls, "caCertificates") or text(tls, "credentialName"):
        return ""
    if world.facts.versions.istio < _OWN_CAS:
        return "the certificate of the server is not verified without `caCertificates`"
    if cluster_service(host, world.facts.cluster_domain):
        return "no public authority vouches for a Service of the cluster, and no other is named"
    return ""


def failover_detects_outliers(world: World) -> Iterator[Fault]:
    """Requests go to another locality only if `outlierDetection` tells that the nearest one fails."""
    for item, _, path, policy, above in world.once(policies):
        locality = a_map(policy, "loadBalancer", "localityLbSetting")
        key = next((key for key in ("failover", "failoverPriority") if locality.get(key)), None)
        if key and locality.get("enabled") is not False and not (_detects(policy) or _detects(above)):
            message = f"`{key}` has no effect without `outlierDetection`"
            place = (*path, "loadBalancer", "localityLbSetting", key)
            yield Fault("PC5224", item, place, message, "add `outlierDetection` beside `loadBalancer`", on_key=True)


def _detects(policy: Body) -> bool:
    return has(policy, "outlierDetection")
