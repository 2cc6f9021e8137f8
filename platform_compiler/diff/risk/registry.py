"""Every risk a change of resources may carry, with one sentence each; docs/risks.md says more."""

from dataclasses import dataclass

from platform_compiler.diff.model import Family, Level, Risk
from platform_compiler.source.node import Pointer


@dataclass(frozen=True, slots=True)
class RiskClass:
    """One row: its usual level, what it means in one sentence, and what to do."""

    family: Family
    level: Level
    sentence: str
    advice: str = ""


_HIGH, _MEDIUM, _LOW = Level.HIGH, Level.MEDIUM, Level.LOW
_DELETION, _SECURITY, _MESH = Family.DELETION, Family.SECURITY, Family.MESH
_EXPOSURE, _AVAILABILITY = Family.EXPOSURE, Family.AVAILABILITY

RISKS: dict[str, RiskClass] = {
    "delete-object": RiskClass(
        _DELETION,
        _MEDIUM,
        "an object goes, and with it what hangs on it",
        "make sure that nothing needs it any more, and that its data is kept elsewhere",
    ),
    "delete-application-cascade": RiskClass(
        _DELETION,
        _HIGH,
        "an Application of Argo CD or a Kustomization of Flux goes and takes every object it manages along",
        "drop the finalizer first if the objects shall stay",
    ),
    "rename-recreate": RiskClass(
        _DELETION,
        _MEDIUM,
        "an object gets another name: the old one is deleted and a new one is made",
        "make the new one first, move over, then drop the old one",
    ),
    "namespace-changed": RiskClass(
        _DELETION,
        _MEDIUM,
        "an object goes to another namespace: the old one is deleted and a new one is made",
        "make the new one first, move over, then drop the old one",
    ),
    "move-between-roots": RiskClass(
        _DELETION,
        _MEDIUM,
        "an object is applied by another Application or Kustomization: the old one may delete it first",
        "keep the old root from pruning it, and publish the move in two steps",
    ),
    "crd-required-added": RiskClass(
        _DELETION,
        _MEDIUM,
        "a custom resource definition requires a field that it did not",
        "give the field a default, or set it in every object first",
    ),
    "immutable-change": RiskClass(
        Family.IMMUTABLE,
        _HIGH,
        "the API server refuses this change of an existing object",
        "delete it and make it again, at a time when it may be away",
    ),
    "privileged-added": RiskClass(
        _SECURITY, _HIGH, "a container becomes privileged", "add the one capability that it needs instead"
    ),
    "host-namespace": RiskClass(
        _SECURITY, _HIGH, "pods share a namespace of their node", "leave the node its own network, processes and memory"
    ),
    "host-path-added": RiskClass(
        _SECURITY, _HIGH, "pods mount a folder of their node", "use a volume that belongs to the pod"
    ),
    "capabilities-added": RiskClass(
        _SECURITY, _MEDIUM, "a container gets more Linux capabilities", "add only what the program fails without"
    ),
    "root-allowed": RiskClass(
        _SECURITY, _MEDIUM, "a container may run as root", "make the image run as a numbered user"
    ),
    "writable-root": RiskClass(
        _SECURITY, _MEDIUM, "a container may write to its root file system", "mount an emptyDir where it writes"
    ),
    "escalation-allowed": RiskClass(
        _SECURITY,
        _MEDIUM,
        "a container may gain more rights than it started with",
        "keep allowPrivilegeEscalation: false",
    ),
    "seccomp-removed": RiskClass(
        _SECURITY, _MEDIUM, "a container runs without a filter of system calls", "keep the profile RuntimeDefault"
    ),
    "token-mounted": RiskClass(
        _SECURITY,
        _MEDIUM,
        "pods get a token for the API server",
        "mount it only where the program calls the API server",
    ),
    "pod-security-weakened": RiskClass(
        _SECURITY, _HIGH, "a namespace admits pods that it refused", "exempt the one workload instead of the namespace"
    ),
    "rbac-widened": RiskClass(_SECURITY, _MEDIUM, "a role allows more", "name the verbs and resources that are needed"),
    "rbac-subject-added": RiskClass(
        _SECURITY, _MEDIUM, "somebody gets the rights of a role", "check that it needs all of them"
    ),
    "image-unpinned": RiskClass(
        _SECURITY, _MEDIUM, "an image is no longer named by its digest", "name the digest beside the tag"
    ),
    "image-registry-changed": RiskClass(
        _SECURITY,
        _MEDIUM,
        "an image comes from another registry",
        "check that the registry is trusted and that the clusters may pull from it",
    ),
    "network-policy-removed": RiskClass(
        _SECURITY,
        _HIGH,
        "a network policy goes and nothing else restricts its pods",
        "replace the policy before this one goes",
    ),
    "network-policy-widened": RiskClass(
        _SECURITY, _MEDIUM, "a network policy lets more traffic through", "name the peers and ports that are needed"
    ),
    "mtls-weakened": RiskClass(
        _MESH,
        _HIGH,
        "requests without mutual TLS are accepted again",
        "find who still calls in plain text and move them first",
    ),
    "tls-weakened": RiskClass(
        _MESH, _HIGH, "calls leave with weaker TLS or in plain text", "keep the mode, and fix the certificates instead"
    ),
    "tls-verify-skipped": RiskClass(
        _MESH,
        _HIGH,
        "the certificate of the other side is no longer checked",
        "trust its authority with caCertificates instead",
    ),
    "deny-removed": RiskClass(
        _MESH, _HIGH, "what a policy refused is no longer refused", "check that no allowing policy lets it through now"
    ),
    "allow-widened": RiskClass(
        _MESH,
        _MEDIUM,
        "an authorization policy allows more callers or more requests",
        "name the callers, paths and methods that are needed",
    ),
    "mesh-left": RiskClass(
        _MESH,
        _HIGH,
        "pods leave the mesh, or take requests past it: none of its policies holds for them",
        "keep them in, and allow what they need by a policy",
    ),
    "jwt-check-removed": RiskClass(
        _MESH, _HIGH, "tokens of end users are no longer checked", "remove the rules that rely on them first"
    ),
    "last-policy-removed": RiskClass(
        _MESH,
        _HIGH,
        "a workload has no allowing policy left and is open to everybody",
        "keep one policy, or an empty one that allows nothing",
    ),
    "sidecar-egress-widened": RiskClass(
        _MESH, _MEDIUM, "pods know more hosts of the mesh", "name the hosts that are called"
    ),
    "export-widened": RiskClass(
        _MESH, _LOW, "more namespaces see a part of the mesh", "export it to the namespaces that use it"
    ),
    "subset-without-pods": RiskClass(
        _MESH,
        _HIGH,
        "a subset of a destination has no pods: its requests fail",
        "move the routes away from the subset first",
    ),
    "service-exposed": RiskClass(
        _EXPOSURE, _HIGH, "a service is reachable from outside the cluster", "expose it through a gateway"
    ),
    "source-ranges-widened": RiskClass(
        _EXPOSURE, _HIGH, "more addresses may call a load balancer", "name the ranges that need it"
    ),
    "internal-balancer-dropped": RiskClass(
        _EXPOSURE, _HIGH, "a load balancer gets a public address", "keep the annotation"
    ),
    "host-added": RiskClass(
        _EXPOSURE, _MEDIUM, "one more host is served at the edge", "check that it shall be reachable from outside"
    ),
    "gateway-attached": RiskClass(
        _EXPOSURE, _MEDIUM, "a route is served at one more gateway", "check who can reach that gateway"
    ),
    "listener-without-tls": RiskClass(
        _EXPOSURE, _HIGH, "a listener takes requests without TLS", "add a certificate, or only redirect to HTTPS"
    ),
    "tls-passed-through": RiskClass(
        _EXPOSURE,
        _HIGH,
        "a gateway stops reading the requests of a host and passes its connections to the program",
        "check that the program itself refuses what gateway and proxy refused: paths, methods, tokens",
    ),
    "allowed-routes-all": RiskClass(
        _EXPOSURE, _MEDIUM, "routes of every namespace may use a listener", "select the namespaces by label"
    ),
    "cors-any-origin": RiskClass(
        _EXPOSURE, _MEDIUM, "pages of every origin may call from a browser", "name the origins"
    ),
    "external-service-added": RiskClass(
        _EXPOSURE, _MEDIUM, "the mesh may call a host outside", "check that data may leave to it"
    ),
    "replicas-zero": RiskClass(_AVAILABILITY, _HIGH, "no pod is left", "check that nobody calls it any more"),
    "replicas-dropped": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "fewer than half of the pods are left, or only one",
        "lower it in steps and watch the load",
    ),
    "autoscaler-floor-lowered": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "an autoscaler may go below its old minimum",
        "check that the new minimum carries a sudden load",
    ),
    "replicas-with-autoscaler": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "a workload sets replicas though an autoscaler does too",
        "leave replicas out: each sync would undo the autoscaler",
    ),
    "disruption-budget-removed": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "a node drain may stop all pods at once",
        "keep a budget while there is more than one pod",
    ),
    "disruption-blocked": RiskClass(
        _AVAILABILITY, _MEDIUM, "nodes cannot be drained while these pods run", "allow at least one pod to go"
    ),
    "probe-removed": RiskClass(
        _AVAILABILITY, _MEDIUM, "a container is no longer checked", "keep the probe, and loosen its thresholds instead"
    ),
    "strategy-recreate": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "a new version means a time without pods",
        "use RollingUpdate unless two versions must never run together",
    ),
    "resources-removed": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "a container may starve or starve others",
        "keep requests for cpu and memory, and a limit for memory",
    ),
    "limit-halved": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "a container gets half of a limit or less",
        "compare with what it used in the last weeks",
    ),
    "grace-lowered": RiskClass(
        _AVAILABILITY, _LOW, "pods get less time to finish their work", "check how long the longest request takes"
    ),
    "topology-spread-removed": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "pods may all land on one node or in one zone",
        "keep the constraint, with ScheduleAnyway if it blocks",
    ),
    "selector-orphans": RiskClass(
        _AVAILABILITY, _MEDIUM, "a selector finds no pods any more", "change labels and selectors together"
    ),
    "weights-not-100": RiskClass(
        _AVAILABILITY, _MEDIUM, "the weights of a route do not sum to 100", "make them sum to 100"
    ),
    "route-weight-moved": RiskClass(
        _AVAILABILITY, _MEDIUM, "a large share of the requests goes elsewhere", "move it in smaller steps"
    ),
    "timeout-removed": RiskClass(_AVAILABILITY, _MEDIUM, "requests may wait for ever", "keep a timeout"),
    "retry-removed": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "a single failed try fails the request",
        "keep retries for requests that may be repeated",
    ),
    "way-in-moved": RiskClass(
        _AVAILABILITY,
        _MEDIUM,
        "requests to a service take another way, and fail until all of it is ready",
        "bring the waypoint first, by a service that may fail for a moment, then this one",
    ),
    "pods-restart": RiskClass(_AVAILABILITY, _LOW, "every pod is replaced"),
    "refused-by-policy": RiskClass(
        Family.POLICY,
        _HIGH,
        "a policy of the repository refuses this change or deletion of an object or a manifest",
        "make the change in steps that the policy allows, or have it waived",
    ),
}


def risk(name: str, pointer: Pointer, message: str, level: Level | None = None, advice: str = "") -> Risk:
    """Return a risk by the row of its name; a level or advice given here goes before the row's."""
    row = RISKS[name]
    return Risk(name, row.family, level or row.level, pointer, message, advice or row.advice)
