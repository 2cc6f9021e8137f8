"""Small worlds of the mesh for tests, objects in one line each; and what is said of them."""

import json

from platform_compiler.diagnostics import Diagnostic
from platform_compiler.verify import istio
from platform_compiler.verify.item import Fault
from platform_compiler.verify.versions import LATEST, Versions
from tests import plain_yaml
from tests.verify.judged import at_place, diagnostics, faults

_GROUPS = {
    "Secret": "v1",
    "Service": "v1",
    "Namespace": "v1",
    "Deployment": "apps/v1",
    "AuthorizationPolicy": "security.istio.io/v1",
    "PeerAuthentication": "security.istio.io/v1",
    "RequestAuthentication": "security.istio.io/v1",
    "Telemetry": "telemetry.istio.io/v1",
    "WasmPlugin": "extensions.istio.io/v1alpha1",
    "TrafficExtension": "extensions.istio.io/v1alpha1",
    "EnvoyFilter": "networking.istio.io/v1alpha3",
    "Certificate": "cert-manager.io/v1",
    "ExternalSecret": "external-secrets.io/v1",
}
_TRAFFIC = ("PC10", "PC11", "PC500", "PC520", "PC521", "PC522")
_POLICIES = range(5231, 5260)


def shown(text: str, *, whole: bool = True, versions: Versions = LATEST) -> list[Diagnostic]:
    """Return what is said of shapes and of the traffic of a mesh; other checks want worlds with more in them."""
    return [one for one in diagnostics(text, whole=whole, versions=versions) if one.code.startswith(_TRAFFIC)]


def codes(text: str, *, whole: bool = True, versions: Versions = LATEST) -> set[str]:
    """Return the codes of what is said of shapes and of the traffic of a mesh."""
    return {one.code for one in shown(text, whole=whole, versions=versions)}


def bare(text: str) -> set[str]:
    """Return the codes of what is said of the traffic of a mesh where no schema has looked."""
    return {fault.code for fault in faults(istio, text) if fault.code.startswith(_TRAFFIC)}


def of_policies(text: str, *, whole: bool = True) -> list[Fault]:
    """Return what is said of membership, annotations, security, telemetry and patches, sorted by code."""
    found = [fault for fault in faults(istio, text, whole=whole) if int(fault.code[2:]) in _POLICIES]
    return sorted(found, key=lambda fault: fault.code)


def told(text: str, *, whole: bool = True) -> list[str]:
    """Return the same, each as `CODE Kind namespace/name field`."""
    return [at_place(fault) for fault in of_policies(text, whole=whole)]


def thing(kind: str, name: str, spec: str, namespace: str = "shop", **metadata: str) -> str:
    """Return an object; `name` may be `namespace/name`, `spec` and the metadata are YAML in flow style."""
    where, _, own = name.rpartition("/")
    more = "".join(f", {key}: {value}" for key, value in metadata.items())
    return (
        f"---\napiVersion: {_GROUPS.get(kind, 'networking.istio.io/v1')}\nkind: {kind}\n"
        f"metadata: {{name: {own}, namespace: {where or namespace}{more}}}\nspec: {spec}\n"
    )


def policy(kind: str, spec: str, name: str = "p", space: str = "shop", annotations: str = "") -> str:
    """Return an object by its kind and spec; which one it is matters less."""
    return thing(kind, name, spec, space, annotations=f"{{{annotations}}}")


def namespace(labels: str = "istio-injection: enabled", name: str = "shop") -> str:
    """Return a Namespace; in the mesh unless its labels say otherwise."""
    return f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n"


def service(name: str = "cart", ports: str = "{name: http, port: 80}", app: str = "", **metadata: str) -> str:
    """Return a Service that selects `app: <name>`, or another app."""
    filled = [{"targetPort": port["port"], "protocol": "TCP", **port} for port in plain_yaml.read(f"[{ports}]")]
    own = app or name.rpartition("/")[2]
    spec = f"{{type: ClusterIP, selector: {{app: {own}}}, ports: {json.dumps(filled)}}}"
    return thing("Service", name, spec, **metadata)


def deployment(  # noqa: PLR0913 -- the parts of a Deployment that checks look at
    name: str = "cart",
    *,
    app: str = "",
    labels: str = "",
    annotations: str = "",
    own: str = "",
    spec: str = "",
    container: str = "",
) -> str:
    """Return a Deployment whose pods are labelled `app: <name>` or another and more; `own` are its own annotations."""
    app = app or name.rpartition("/")[2]
    more, first = f", {labels}" if labels else "", f"{spec}, " if spec else ""
    inside = f"{first}containers: [{{name: app, image: i{', ' + container if container else ''}}}]"
    pods = f"{{metadata: {{labels: {{app: {app}{more}}}, annotations: {{{annotations}}}}}, spec: {{{inside}}}}}"
    outside = f"{{selector: {{matchLabels: {{app: {app}}}}}, template: {pods}}}"
    return thing("Deployment", name, outside, annotations=f"{{{own}}}")


def secret(name: str) -> str:
    """Return an ExternalSecret that makes a Secret of its name."""
    own = name.rpartition("/")[2]
    store = "refreshInterval: 1h, secretStoreRef: {kind: SecretStore, name: vault}"
    data = f"data: [{{secretKey: tls.key, remoteRef: {{key: {own}, property: key}}}}]"
    return thing("ExternalSecret", name, f"{{{store}, target: {{name: {own}, creationPolicy: Owner}}, {data}}}")


def routes(name: str, rules: str, hosts: str = "web", more: str = "") -> str:
    """Return a VirtualService; `rules` are its HTTP rules, `more` further keys of its spec."""
    return thing("VirtualService", name, f"{{hosts: [{hosts}], http: [{rules}]{more}}}")


def gateway(name: str, servers: str, selector: str = "{app: ingress}") -> str:
    """Return a Gateway for the workload `ingress`."""
    return thing("Gateway", name, f"{{selector: {selector}, servers: [{servers}]}}")


def rule(name: str, spec: str) -> str:
    """Return a DestinationRule."""
    return thing("DestinationRule", name, f"{{{spec}}}")


def entry(name: str, spec: str) -> str:
    """Return a ServiceEntry."""
    return thing("ServiceEntry", name, f"{{{spec}}}")


def sidecar(name: str, spec: str) -> str:
    """Return a Sidecar."""
    return thing("Sidecar", name, f"{{{spec}}}")


WEB = "{route: [{destination: {host: web}}]}"
HTTP = "{port: {number: 80, name: http, protocol: HTTP}, hosts: [%s]}"
HTTPS = "{port: {number: 443, name: https, protocol: HTTPS}, hosts: [%s], tls: {mode: SIMPLE, credentialName: %s}}"
API = (
    "hosts: [api.example.org], location: MESH_EXTERNAL, resolution: %s, ports: [{number: %d, name: p, protocol: %s}]%s"
)


def external(resolution: str = "DNS", port: int = 443, protocol: str = "TLS", more: str = "") -> str:
    """Return a ServiceEntry for `api.example.org`; `more` are further keys of its spec."""
    return entry("api", API % (resolution, port, protocol, more))
