"""The program of an application as its templates see it: its settings, its pods, and the addresses in its variables."""

from collections.abc import Iterable
from typing import Any

from platform_compiler.context.env import Addresses
from platform_compiler.context.peers import peers_service
from platform_compiler.context.pod import Pods
from platform_compiler.context.ports import port_record
from platform_compiler.context.probes import probe_ports
from platform_compiler.context.runs import runs
from platform_compiler.context.surroundings import Surroundings
from platform_compiler.link.addresses import address_text, primary_port
from platform_compiler.link.model import Link, Linked, Target

Record = dict[str, Any]
OF_PROGRAMS = frozenset(
    {
        *("description", "image", "command", "args", "env", "envFrom", "configMaps", "files", "volumes", "health"),
        *("resources", "scale", "strategy", "disruption", "scheduling", "shutdown", "security", "serviceAccount"),
        *("init", "sidecars", "pod"),
    }
)
"""Settings that nothing else of a context is made from; they are what differs most between environments."""


def program_record(target: Target, around: Surroundings, presence: str) -> Record:
    """Return `app`, all settings of an application with what its pods become, and `params`."""
    once, spec = around.once, around.once.plain(target.spec)
    out = around.linked.links_out.get((target.cluster, target.ref), ())
    addresses = _addresses(target, out, around.linked)
    app = once(
        ("app", once.alike(target), presence, *addresses.items()),
        lambda: _app(target, spec, Pods(spec, target.interface, addresses, around.stores, once), presence),
    )
    return {"app": app, "params": spec.get("params", {})}


def _app(target: Target, spec: Record, pods: Pods, presence: str) -> Record:
    interface, mtls = target.interface, spec["mesh"]["mtls"]
    ports = {name: port_record(port, mtls) for name, port in sorted(interface.ports.items())}
    record = {
        **spec,
        "name": interface.name,
        "team": interface.team,
        "ref": interface.ref,
        "ports": ports,
        "servicePorts": [port for port in ports.values() if not port["internal"]],
        "versions": pods.versions,
        "pod": pods.pod,
        "configMaps": pods.config_maps,
        "secrets": pods.secrets,
        "digests": pods.digests,
        "probePorts": probe_ports([*[version["container"] for version in pods.versions], *pods.pod["sidecars"]]),
        "claims": pods.claims,
        "runs": runs(spec),
        "roleRules": [dict(sorted(rule.items())) for rule in spec["serviceAccount"].get("rules", [])],
        "peersService": peers_service(interface.name),
        "peerPorts": [port for port in ports.values() if port["internal"]],
        "mesh": {**spec["mesh"], "member": interface.meshed},
        "presence": presence,
    }
    primary = primary_port(interface)
    if primary is not None:
        record["primaryPort"] = ports[primary.name]
    return record


def _addresses(target: Target, links: Iterable[Link], linked: Linked) -> Addresses:
    """Return the text of each address, by what decides it."""
    found: dict[tuple[str, str, str | None, str], str] = {}
    if not target.interface.addresses:
        return found
    by_ref = {link.call.ref: link for link in links}
    hosts = {route.exposure.name: route.host for route in linked.routes.get((target.cluster, target.ref), ())}
    for address in target.interface.addresses:
        if address.kind == "expose":
            host = hosts.get(address.ref, "")
            form = address.format
            found[address.key] = {
                "url": f"https://{host}",
                "hostport": f"{host}:443",
                "host": host,
                "port": "443",
            }[form]
            continue
        if address.kind == "call" and address.ref not in by_ref:
            continue  # an optional call that was not granted
        interface = target.interface if address.kind == "self" else by_ref[address.ref].callee.interface
        name = address.ref if address.kind == "self" else address.port
        port = interface.ports[name] if name else primary_port(interface)
        assert port is not None, "linking has refused an unclear port"
        found[address.key] = address_text(interface.hosts[0], port, address.format)
    return found
