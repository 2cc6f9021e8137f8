"""Small worlds for tests: objects in one line each."""

_GROUPS = {
    "Service": "v1",
    "Secret": "v1",
    "Namespace": "v1",
    "Deployment": "apps/v1",
    "AuthorizationPolicy": "security.istio.io/v1",
    "PeerAuthentication": "security.istio.io/v1",
    "Certificate": "cert-manager.io/v1",
}


def thing(kind: str, name: str, spec: str, namespace: str = "shop", **metadata: str) -> str:
    """Return an object; `name` may be `namespace/name`, and `spec` is YAML in flow style."""
    where, _, own = name.rpartition("/")
    more = "".join(f", {key}: {value}" for key, value in metadata.items())
    return (
        f"apiVersion: {_GROUPS.get(kind, 'networking.istio.io/v1')}\nkind: {kind}\n"
        f"metadata: {{name: {own}, namespace: {where or namespace}{more}}}\nspec: {spec}\n---\n"
    )


def service(name: str, ports: str = "{name: http, port: 80}", more: str = "", **metadata: str) -> str:
    """Return a Service that selects `app: <name>`; `more` are further keys of its spec."""
    own = name.rpartition("/")[2]
    return thing("Service", name, f"{{selector: {{app: {own}}}, ports: [{ports}]{more}}}", **metadata)


def workload(name: str, labels: str = "") -> str:
    """Return a Deployment whose pods have `app: <name>`, and what `labels` add."""
    own = name.rpartition("/")[2]
    labels = f"{{app: {own}{labels}}}"
    pods = f"{{metadata: {{labels: {labels}}}, spec: {{containers: [{{name: main, image: 'example.org/main:1.0'}}]}}}}"
    return thing("Deployment", name, f"{{selector: {{matchLabels: {{app: {own}}}}}, template: {pods}}}")


def secret(name: str) -> str:
    """Return a Secret of a certificate."""
    return thing("Secret", name, "{}").replace("spec: {}", "type: kubernetes.io/tls\ndata: {tls.crt: '', tls.key: ''}")


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
