"""A generated platform repository of any size: N applications on six clusters, ten resources each.

Manifests look like real ones: every application is called by three others across teams, has probes, resources, an HPA,
settings in the environment, retries and an outlier policy; one in five has an overlay of its own for prod.

Each cluster is a mesh of its own and nothing is exposed, unless the fleet is `meshed`: then both clusters of an
environment are one mesh, and one application in four is exposed at a gateway.
"""

from pathlib import Path

TEAM_SIZE = 25
ENVIRONMENTS = ("dev", "staging", "prod")
REGIONS = ("eu", "us")
CLUSTERS = tuple(f"{environment}-{region}" for environment in ENVIRONMENTS for region in REGIONS)


def team_of(number: int) -> str:
    """Return the team of an application."""
    return f"team-{number // TEAM_SIZE:03d}"


def name_of(number: int) -> str:
    """Return the name of an application."""
    return f"svc-{number:05d}"


def ref_of(number: int) -> str:
    """Return `team/name` of an application."""
    return f"{team_of(number)}/{name_of(number)}"


def callees(number: int, total: int) -> list[int]:
    """Return the applications that this one calls."""
    return sorted({(number * 7 + step * 13 + 1) % total for step in range(3)} - {number})


def write_fleet(directory: Path, total: int, *, meshed: bool = False) -> None:
    """Write a platform repository of `total` applications to `directory`."""
    callers: dict[int, list[int]] = {number: [] for number in range(total)}
    for number in range(total):
        for callee in callees(number, total):
            callers[callee].append(number)
    files = {"platform.yaml": _PLATFORM, "gateways/public.yaml": _GATEWAY}
    for position, environment in enumerate(ENVIRONMENTS):
        after = f"\n  promotion: {{after: {ENVIRONMENTS[position - 1]}}}" if position else ""
        files[f"environments/{environment}.yaml"] = _ENVIRONMENT.format(name=environment, after=after)
        for region in REGIONS:
            name = f"{environment}-{region}"
            facts = {"environment": environment, "region": region, "mesh": _mesh(name, environment, meshed=meshed)}
            files[f"clusters/{name}.yaml"] = _CLUSTER.format(**facts)
    for number in range(total):
        files[f"teams/{team_of(number)}/team.yaml"] = _TEAM.format(name=team_of(number))
        files[f"teams/{team_of(number)}/{name_of(number)}.yaml"] = _application(
            number, total, callers[number], exposed=meshed and number % 4 == 0
        )
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")


def _mesh(cluster: str, environment: str, *, meshed: bool) -> str:
    """Return the mesh of a cluster, and its gateway to the other one in it."""
    if not meshed:
        return f"id: acme-{cluster}"
    return f"id: acme-{environment}, eastWest: {{address: 203.0.113.{CLUSTERS.index(cluster) + 1}}}"


def _application(number: int, total: int, callers: list[int], *, exposed: bool) -> str:
    called = callees(number, total)
    access = (
        "  access:\n    api: {from: ["
        + ", ".join(ref_of(c) for c in callers)
        + "], paths: [/api/*], methods: [GET, POST]}\n"
        if callers
        else ""
    )
    overlay = (
        "  environments:\n    prod: {scale: {min: 4, max: 20}, env: {LOG_LEVEL: warn}}\n" if number % 5 == 0 else ""
    )
    return _APPLICATION.format(
        name=name_of(number),
        version=number % 37,
        port=8080 + number % 7,
        calls="".join(f"    {ref_of(c)}: {{}}\n" for c in called),
        addresses="".join(f"    UPSTREAM_{i}: {{call: {ref_of(c)}, format: url}}\n" for i, c in enumerate(called)),
        access=access,
        expose=f"  expose:\n    web: {{gateway: public, host: {name_of(number)}}}\n" if exposed else "",
        overlay=overlay,
    )


_PLATFORM = """\
apiVersion: platformc.dev/v1
kind: Platform
metadata:
  name: acme
spec:
  labelPrefix: acme.dev
  defaults:
    resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}
"""
_ENVIRONMENT = """\
apiVersion: platformc.dev/v1
kind: Environment
metadata:
  name: {name}
spec:{after}
  defaults:
    scale: {{min: 2, max: 6, cpuPercent: 70}}
  mandates:
    mtls: strict
    minReplicas: 2
"""
_CLUSTER = """\
apiVersion: platformc.dev/v1
kind: Cluster
metadata:
  name: {environment}-{region}
spec:
  environment: {environment}
  region: {region}-west-1
  zones: [{region}-1a, {region}-1b]
  versions: {{kubernetes: "1.33", istio: "1.29"}}
  parts: {{mesh: istio-sidecar@1, ingress: istio-gateway@1}}
  mesh: {{{mesh}, network: {region}, revision: stable, cni: true, nativeSidecars: true}}
  gateways:
    public: {{namespace: istio-ingress, podLabels: {{istio: ingress}}, serviceAccount: ingress}}
  network:
    policies: kubernetes
    dns: {{namespace: kube-system, podLabels: {{k8s-app: kube-dns}}}}
    privateRanges: [10.0.0.0/8]
    clusterDomain: cluster.local
"""
_GATEWAY = """\
apiVersion: platformc.dev/v1
kind: Gateway
metadata:
  name: public
spec:
  visibility: public
  domains: {dev: dev.acme.example, staging: staging.acme.example, prod: acme.example}
  tls: {issuer: letsencrypt, minVersion: "1.2"}
  teams: ["*"]
"""
_TEAM = """\
apiVersion: platformc.dev/v1
kind: Team
metadata:
  name: {name}
spec:
  owners: {{github: [acme/{name}], slack: "#{name}"}}
  namespaces: {{{name}: {{}}}}
  defaultNamespace: {name}
"""
_APPLICATION = """\
apiVersion: platformc.dev/v1
kind: Application
metadata:
  name: {name}
  labels: {{cost-center: shop}}
spec:
  description: One of many services
  blueprint: web-service@1
  image: ghcr.io/acme/{name}:1.{version}.0
  ports:
    http: {{port: 80, targetPort: {port}}}
  health:
    readiness: {{path: /ready}}
    liveness: {{path: /live, period: 20s}}
  env:
    LOG_LEVEL: info
    REGION: "no"
{addresses}  calls:
{calls}{access}{expose}  traffic:
    timeout: 5s
    retries: {{attempts: 2, perTryTimeout: 1s}}
  resilience:
    outlierDetection: {{consecutiveErrors: 5, interval: 10s, ejectFor: 30s, maxEjectionPercent: 50}}
{overlay}"""
