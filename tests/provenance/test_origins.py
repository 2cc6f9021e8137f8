"""Every leaf of the golden trees has an origin, and it is the right one: said otherwise, the leaf is another.

`PLATFORMC_TEST_WALKS=all` walks the clusters too that would take too long every time: `staging` and the two of prod of
the organisation, and those of the Boutique that are like the ones walked.
"""

import random
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import Any

import pytest

from platform_compiler.diagnostics import Span
from platform_compiler.provenance.explain import LISTS, MARKS, Traced
from platform_compiler.source.node import Pointer
from platform_compiler.source.tree import Directory
from tests.cli.process import FIXTURES, ROOT
from tests.provenance.edited import edits, files_of
from tests.provenance.explained import WALKED, compiled, explanations, fields, fixture

CLUSTERS = sorted((name, cluster) for name, groups in WALKED.items() for group in groups for cluster in group)
COMPUTED = {
    # what a port, a probe, a route, an ejection or an alert is where nobody says it
    "TCP", 15008, 15012, 18000, 8081, "POST", "http", "https", 10, 1, 3, 300, "10s", "30s", "/", "Exact", "PathPrefix",
    "cpu", "ContainerResource", "Deployment", "HTTPRoute", "ListenerSet", "1.2", "SIMPLE", "latency-p95",
    "page", "ticket",
    *(word for hours in ("30m", "1h", "2h", "6h", "1d", "3d") for word in (hours, f"app:slo_errors:ratio_rate{hours}")),
    "/stats/prometheus", "http-envoy-prom", "$1:15020", "MESH_EXTERNAL", "URLRewrite", "RequestHeaderModifier",
    "ResponseHeaderModifier", 5, 308, 80, 443, "tls-443", "TLS", "HTTP", "DNS", "Global", "Second", "Distinct", "true",
    "Service", "ReadWriteOnce", "controller-revision-hash", "token", "request.auth.audiences", "Authorization",
    "connection.sni", "Bearer ", "http-public", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "kube-dns", "default",
    # our own names
    "platformc", "stable", "tmp", "/tmp", "pod-template-hash", "http-closed", "-1", "-2", ".", False,
    # where meshes, gateways and deliverers live by default
    "istio-system", "istio-system/*", "istiod", "argocd", "flux-system", "in-cluster", "main", "refs/heads/main",
    "envoy-gateway-system", "envoy-gateway", "envoy-ratelimit", "kube-system", "restricted", "alpine",
    "dev", "dev.root", "resources-finalizer.argocd.argoproj.io",
}  # fmt: skip
"""What no line of a manifest says, where the context fills it in: the template line alone stands behind it."""
PLACES = (
    # where a value is computed in some places, and said by a line in others
    "* metadata.name egress", "Service metadata.labels.app.kubernetes.io/name egress",
    "*.istio eastwestgateway", "NetworkPolicy spec.egress.#.ports.#.port 15443",
    "DestinationRule spec.subsets.#.trafficPolicy.tls.mode ISTIO_MUTUAL", "VirtualService spec.gateways.# mesh",
    "Gateway spec.servers.#.tls.minProtocolVersion TLSV1_2", "ServiceEntry spec.resolution STATIC",
    "EnvoyFilter *.typed_config.token_bucket.* 1000000000", "EnvoyFilter *.typed_config.token_bucket.fill_interval 1s",
    "HorizontalPodAutoscaler spec.metrics.#.containerResource.name memory",
    "*.tolerations.#.operator Equal", "*.initContainers.#.restartPolicy Always", "HTTPRoute *.timeouts.request 0s",
    "HTTPRoute *.type RequestRedirect", "HTTPRoute *.requestRedirect.path.type ReplaceFullPath",
    "PodMonitor spec.podMetricsEndpoints.#.path /metrics", "ConfigMap metadata.labels.grafana_dashboard 1",
    # a waypoint is called the same everywhere, and is as big
    "* metadata.name waypoint", "*/gateway-name waypoint", "*.istio.io/use-waypoint waypoint",
    "Gateway metadata.labels.istio.io/waypoint-for service", "Gateway spec.infrastructure.parametersRef.name waypoint",
    "ConfigMap data.deployment spec:*",
    # a port that speaks TLS is passed through or not exposed, so that the line may say nothing else
    "Gateway spec.servers.#.tls.mode PASSTHROUGH",
    # a team of this name may do more than others: called otherwise, it would be another kind of team
    "* metadata.annotations.platformc.dev/source teams/platform/team.yaml",
)  # fmt: skip
"""As `COMPUTED`, but only there: a pattern of the kind, the field with `#` for positions, and the value."""
KEYS = {"bulk"}
"""What a port is called where a whole resource is made for it: told at the resource's head."""


def leaves(value: Any, pointer: Pointer = ()) -> list[Pointer]:
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [leaf for step, child in pairs for leaf in leaves(child, (*pointer, step))] if pairs else [pointer]


def exists(span: Span, name: str) -> bool:
    """Whether a line stands in a fixture, or in what travels with the program."""
    if span.path == "built-in":
        return True
    root = ROOT if span.path.startswith("built-in/") else FIXTURES / name
    lines = (root / span.path.removeprefix("built-in/")).read_text().splitlines()
    return 0 < span.line <= len(lines) and bool(lines[span.line - 1].strip())


def is_computed(kind: str, field: Traced) -> bool:
    """Whether the context fills in a value at this place."""
    place = ".".join("#" if isinstance(step, int) else step for step in field.pointer)
    return any(fnmatchcase(f"{kind} {place} {field.value}", pattern) for pattern in PLACES)


@pytest.mark.parametrize(("name", "cluster"), CLUSTERS)
def test_every_leaf_of_a_golden_tree_has_an_origin(name: str, cluster: str) -> None:
    resources = fixture(name).of_cluster(cluster)
    spans: set[Span] = set()
    for path, explanation in explanations(name, cluster).items():
        assert [field.pointer for field in explanation.fields] == leaves(resources[path].body), path
        spans |= {line.span for line in explanation.made_for}
    for path, field in fields(name, cluster):
        assert field.written is not None or field.by in {LISTS, MARKS}, (path, field)
        spans |= {line.span for line in (*field.value_from, *field.there_for)}
        spans |= {field.written} if field.written else set()
        said = field.value_from or field.there_for or field.constant or field.by
        kind = resources[path].body["kind"]
        assert said or field.value == {} or field.value in COMPUTED | KEYS or is_computed(kind, field), (path, field)
    assert [span for span in sorted(spans) if not exists(span, name)] == []


def test_a_constant_of_a_template_names_no_line_of_a_manifest() -> None:
    constants = [
        field
        for _, field in fields("online-boutique", "prod-eu")
        if field.constant and field.by == "" and field.written
    ]
    assert len(constants) > 1000
    assert all(not one.value_from for one in constants if one.written and "blueprints/" in one.written.path)


GONE = object()


def value_at(body: Any, pointer: Pointer) -> Any:
    for step in pointer:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return GONE
    return body


@pytest.mark.parametrize(
    ("name", "cluster", "sampled", "sound"),
    [
        ("online-boutique", "prod-eu", 12, 8),
        ("organisation", "dev", 12, 8),
        ("organisation", "edge-oslo", 4, 2),
        ("organisation", "partner-eu", 6, 3),
    ],
)
def test_saying_a_named_line_otherwise_changes_every_field_that_names_it(
    name: str, cluster: str, sampled: int, sound: int
) -> None:
    """Most lines can be said otherwise alone; those of calls and grants need their counterpart."""
    claimed: dict[Span, list[tuple[str, Traced]]] = defaultdict(list)
    for path, field in fields(name, cluster):
        for line in field.value_from:
            if line.span.path != "built-in" and not line.span.path.startswith("built-in/"):
                claimed[line.span].append((path, field))
    assert len(claimed) > sampled
    files = files_of(Directory(FIXTURES / name))
    changed = 0
    for span in random.Random(6).sample(sorted(claimed), sampled):
        unchanged: list[list[tuple[str, Traced]]] = []
        for edited in edits(files, span):
            after = compiled(edited, cluster)
            if after is None:
                continue  # its author would be told why
            now = after.of_cluster(cluster)
            unchanged.append(
                [
                    (path, field)
                    for path, field in claimed[span]
                    if path in now and value_at(now[path].body, field.pointer) == field.value
                ]
            )
            if not unchanged[-1]:
                break
        assert not unchanged or min(unchanged, key=len) == [], span
        changed += bool(unchanged)
    assert changed >= sound
