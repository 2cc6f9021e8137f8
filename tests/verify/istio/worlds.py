"""Small worlds for tests: objects in one line each."""

import json

import yaml

from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.verify import istio
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.versions import LATEST, Versions
from platform_compiler.verify.world import Facts, World
from tests.verify.judged import diagnostics

_GROUPS = {
    "Secret": "v1",
    "Service": "v1",
    "Namespace": "v1",
    "Deployment": "apps/v1",
    "AuthorizationPolicy": "security.istio.io/v1",
    "PeerAuthentication": "security.istio.io/v1",
    "Certificate": "cert-manager.io/v1",
    "ExternalSecret": "external-secrets.io/v1",
}
_OWN = ("PC10", "PC11", "PC500", "PC520", "PC521", "PC522")
_USER = "runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, seccompProfile: {type: RuntimeDefault}"
_CLOSED = "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, readOnlyRootFilesystem: true"
_MAIN = f"{{name: main, image: 'example.org/main:1.0', securityContext: {{{_CLOSED}}}}}"
_POD = (
    f"{{serviceAccountName: default, automountServiceAccountToken: false, securityContext: {{{_USER}}}, "
    f"containers: [{_MAIN}]}}"
)


def told(text: str, *, whole: bool = True, versions: Versions = LATEST) -> list[Diagnostic]:
    """Return what is said of shapes and of the traffic of a mesh; other checks want worlds with more in them."""
    found = diagnostics(text, whole=whole, versions=versions)
    return [one for one in found if one.code.startswith(_OWN)]


def codes(text: str, *, whole: bool = True, versions: Versions = LATEST) -> set[str]:
    """Return the codes of what is said of shapes and of the traffic of a mesh."""
    return {one.code for one in told(text, whole=whole, versions=versions)}


def bare(text: str) -> set[str]:
    """Return the codes of what the mesh's checks find where no schema has looked."""
    world = World(items_of("bare.yaml", text.encode(), Bag()), Facts(), whole=True)
    found = {fault.code for check in (*istio.ALONE, *istio.WHOLE) for fault in check(world)}
    return {code for code in found if code.startswith(_OWN)}


def thing(kind: str, name: str, spec: str, namespace: str = "shop", **metadata: str) -> str:
    """Return an object; `name` may be `namespace/name`, and `spec` is YAML in flow style."""
    where, _, own = name.rpartition("/")
    more = "".join(f", {key}: {value}" for key, value in metadata.items())
    return (
        f"apiVersion: {_GROUPS.get(kind, 'networking.istio.io/v1')}\nkind: {kind}\n"
        f"metadata: {{name: {own}, namespace: {where or namespace}{more}}}\nspec: {spec}\n---\n"
    )


def service(name: str, ports: str = "{name: http, port: 80}", app: str = "", **metadata: str) -> str:
    """Return a Service that selects `app: <name>`, or another app."""
    filled = [{"targetPort": port["port"], "protocol": "TCP", **port} for port in yaml.safe_load(f"[{ports}]")]
    own = app or name.rpartition("/")[2]
    spec = f"{{type: ClusterIP, selector: {{app: {own}}}, ports: {json.dumps(filled)}}}"
    return thing("Service", name, spec, **metadata)


def workload(name: str, labels: str = "", app: str = "") -> str:
    """Return a Deployment whose pods have `app: <name>`, or another app, and what `labels` add."""
    own = app or name.rpartition("/")[2]
    pods = f"{{metadata: {{labels: {{app: {own}{labels}}}}}, spec: {_POD}}}"
    strategy = "strategy: {type: Recreate}"
    return thing("Deployment", name, f"{{selector: {{matchLabels: {{app: {own}}}}}, {strategy}, template: {pods}}}")


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
