"""A small fleet that a test edits at random: teams that call each other, and words that reach over files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from platform_compiler.shipped import shipped

TEAMS = ("ash", "birch", "cedar", "dogwood", "elm", "fig", "ginkgo", "hazel")
APPS = ("api", "db", "web")
OUTWARD = ("ash", "elm")
"""Teams with an external service `bank`."""
REFS = tuple(f"{team}/{app}" for team in TEAMS for app in APPS)
Spec = dict[str, Any]
Edit = Callable[["Fleet"], str]
"""Changes a fleet; returns the path that changed."""


class _Plain(yaml.SafeDumper):
    """Writes out what occurs twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the base class's
        return True


class Fleet:
    """The repository at `root`: each team's `web` calls its `api`, which calls the next team's `db`.

    Two teams also call what is outside, by way of an egress gateway.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._shared("platform.yaml", "Platform", "acme", {})
        for name in ("dev", "prod"):
            self._shared(f"environments/{name}.yaml", "Environment", name, {})
            self._shared(f"clusters/{name}.yaml", "Cluster", name, _cluster(name))
        domains = {"dev": "dev.acme.example", "prod": "acme.example"}
        gateway = {"visibility": "public", "domains": domains, "tls": {"issuer": "le"}, "teams": ["*"]}
        self._shared("gateways/public.yaml", "Gateway", "public", gateway)
        for position, team in enumerate(TEAMS):
            self._shared(f"teams/{team}/team.yaml", "Team", team, _team(team))
            after = TEAMS[(position + 1) % len(TEAMS)]
            before = TEAMS[position - 1]
            calls: Spec = {"api": {}, **({"bank": {}} if team in OUTWARD else {})}
            self.put(f"{team}/web", {"calls": calls, "expose": {"web": {"gateway": "public", "host": f"{team}"}}})
            self.put(f"{team}/api", {"calls": {f"{after}/db": {}}, "access": {"web": {"from": ["web"]}}})
            self.put(f"{team}/db", {"access": {"api": {"from": [f"{before}/api"]}}})

        for team in OUTWARD:
            self.write(f"teams/{team}/bank.yaml", _external(f"{team}/bank", f"{team}.example", "gateway"))

    def _shared(self, path: str, kind: str, name: str, spec: Spec) -> str:
        return self.write(
            path, {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        )

    def put(self, ref: str, spec: Spec) -> str:
        ports = {"http": {"port": 80, "targetPort": 8080}}
        whole = {"blueprint": "web-service@1", "image": "ghcr.io/acme/a:1.0.0", "ports": ports, **spec}
        return self._shared(f"teams/{ref}.yaml", "Application", ref.partition("/")[2], whole)

    def write(self, path: str, document: Spec) -> str:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(yaml.dump(document, Dumper=_Plain, sort_keys=False))
        return path

    def change(self, path: str, change: Callable[[Spec], object]) -> str:
        """Change the spec of a document, where it is one."""
        file = self.root / path
        if file.exists():
            document = yaml.safe_load(file.read_text().replace("&", "")) if b"\t" not in file.read_bytes() else None
            if document is not None:
                change(document["spec"])
                self.write(path, document)
        return path


def _cluster(environment: str) -> Spec:
    return {
        "environment": environment,
        "region": "eu-west-1",
        "versions": {"kubernetes": "1.33", "istio": "1.29"},
        "parts": {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1"},
        "mesh": {"egress": {"namespace": "istio-egress"}},
        "gateways": {
            "public": {"namespace": "istio-ingress", "podLabels": {"istio": "ingress"}, "serviceAccount": "ingress"}
        },
    }


def _team(name: str) -> Spec:
    return {"owners": {"slack": f"#{name}"}, "namespaces": {name: {}}}


def _set(*path: str, value: Any) -> Callable[[Spec], object]:
    def change(spec: Spec) -> None:
        for key in path[:-1]:
            spec = spec.setdefault(key, {})
        if value is None:
            spec.pop(path[-1], None)
        else:
            spec[path[-1]] = value

    return change


_ref = st.sampled_from(REFS)
_name = st.sampled_from((*REFS, *APPS, "ash/*", "*/*", "elm/old", "oak/api"))
_host = st.sampled_from(("ash", "birch", "shop", "@", "ash.acme.example", "www.other.example", "dev.acme.example"))
_harmless = st.tuples(st.just("image"), st.integers(1, 9)).map(
    lambda pair: _set("image", value=f"ghcr.io/acme/a:{pair[1]}.0")
)
_of_its_own = st.sampled_from(
    (
        _set("scale", value={"min": 2, "max": 4}),
        _set("scale", value={"min": 4, "max": 2}),
        _set("scale", value=None),
        _set("resources", value={"requests": {"cpu": "2"}}),
        _set("health", value={"readiness": {"path": "/ready", "port": "htp"}}),
        _set("health", value={"readiness": {"path": "/ready"}}),
        _set("environments", "prod", "scale", value={"min": 5}),
        _set("environments", "prod", value={"image": "ghcr.io/acme/a:3.0", "calls": {"birch/db": {}}}),
        _set("environments", "prod", "image", value="ghcr.io/acme/a:4.0"),
        _set("environments", "prod", "image", value=None),
        _set("environments", value=None),
        _set("env", "LEVEL", value="info"),
        _set("env", "LEVEL", value="debug"),
        _set("env", "LEVEL", value={"call": "api"}),
        _set("environments", "prod", "env", value={"LEVEL": None}),
        _set("description", value="ash/db"),
        _set("versions", "v2", "image", value="ghcr.io/acme/a:2.1"),
        _set("pod", value={"annotations": {"a": "b"}}),
        _set("sidecars", "agent", value={"image": "ghcr.io/acme/agent:1.0"}),
    )
)
_changes = st.one_of(
    _harmless,
    _harmless,
    _of_its_own,
    _of_its_own,
    _name.map(lambda name: _set("calls", name, value={})),
    _name.map(lambda name: _set("calls", name, value=None)),
    st.tuples(st.sampled_from(("api", "web", "more")), st.lists(_name, min_size=1, max_size=2)).map(
        lambda pair: _set("access", pair[0], value={"from": pair[1]})
    ),
    st.sampled_from(("api", "web", "more")).map(lambda rule: _set("access", rule, value=None)),
    _host.map(lambda host: _set("expose", "web", value={"gateway": "public", "host": host})),
    st.just(_set("expose", value=None)),
    _name.map(lambda name: _set("expose", "web", "delegate", value={name: ["/part/*"]})),
    st.sampled_from((["elm/old"], ["old"], None)).map(lambda old: _set("formerly", value=old)),
    st.just(_set("imege", value="typo")),
    st.just(_set("imege", value=None)),
    st.sampled_from(("ash", "birch", None)).map(lambda name: _set("namespace", value=name)),
    st.just(_set("ports", "http", value={"port": 80, "targetPort": 8080, "internal": True})),
    st.just(_set("ports", "http", value={"port": 80, "targetPort": 8080})),
    st.sampled_from((["prod"], ["dev"], None)).map(
        lambda only: _set("placement", value=only and {"environments": only})
    ),
    st.sampled_from((False, None)).map(
        lambda member: _set("mesh", value=None if member is None else {"member": member})
    ),
    st.just(_set("versions", "v2", value={"image": "ghcr.io/acme/a:2.0"})),
    st.just(_set("access", "web", "paths", value=["/a/*"])),
    _ref.map(lambda ref: _set("traffic", "mirror", value={"to": ref, "percent": 5})),
)


_bodies = st.builds(
    lambda head, name, words: {**head, "metadata": {"name": name}, **words},
    st.sampled_from(({"apiVersion": "v1", "kind": "ConfigMap"}, {"apiVersion": "v1", "kind": "Service"})),
    st.sampled_from((*APPS, "one", "two", "db-peers")),
    st.sampled_from(
        ({}, {"data": {"a": "b"}}, {"spec": {"selector": {"a": "b"}, "ports": [{"name": "b", "port": 1}]}})
    ),
)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Return an edit: most are of one manifest, some of files as a whole, some of what the platform owns."""
    ref = draw(_ref)
    path = f"teams/{ref}.yaml"
    kind = draw(st.sampled_from(("change",) * 8 + ("new", "external", "raw", "delete", "rename", "break", "shared")))
    if kind == "change":
        change = draw(_changes)
        return lambda fleet: fleet.change(path, change)
    if kind == "new":
        name = draw(st.sampled_from((*REFS, "elm/old", "oak/api", "ash/web-v2", "ash/api-peers")))
        callee = draw(_ref)
        return lambda fleet: fleet.put(name, {"calls": {callee: {}}})
    if kind == "external":
        host = draw(st.sampled_from(("ash.example", "elm.example", "other.example")))
        where = draw(st.sampled_from((ref, "ash/bank", "elm/bank")))
        egress = draw(st.sampled_from(("direct", "gateway")))
        return lambda fleet: fleet.write(f"teams/{where}.yaml", _external(where, host, egress))
    if kind == "raw":
        where, body = f"{ref}-raw", draw(_bodies)
        return lambda fleet: fleet.write(f"teams/{where}.yaml", _raw(where, body))
    if kind == "shared":
        return draw(st.one_of(_shared_edits(), _shared_edits(), _policy_edits(), _blueprint_edits()))

    def whole(fleet: Fleet) -> str:
        file = fleet.root / path
        if file.exists() and kind == "delete":
            file.unlink()
        elif file.exists() and kind == "rename":
            file.rename(file.with_name("old.yaml"))
        elif file.exists():
            file.write_text(file.read_text() + "\t- broken\n")
        return path

    return whole


def _external(ref: str, host: str, egress: str) -> Spec:
    spec = {
        "hosts": [host],
        "ports": {"https": {"port": 443, "protocol": "https"}},
        "egress": egress,
    }
    name = ref.partition("/")[2]
    return {"apiVersion": "platformc.dev/v1", "kind": "ExternalService", "metadata": {"name": name}, "spec": spec}


def _raw(ref: str, body: Spec) -> Spec:
    name = ref.partition("/")[2]
    head = {"apiVersion": "platformc.dev/v1", "kind": "RawResources", "metadata": {"name": name}}
    return {**head, "spec": {"resources": [body]}}


@st.composite
def _shared_edits(draw: st.DrawFn) -> Edit:
    team, other = draw(st.sampled_from(TEAMS)), draw(st.sampled_from(TEAMS))
    path, change = draw(
        st.sampled_from(
            (
                ("platform.yaml", _set("defaults", "calls", value={f"{other}/db": {}})),
                ("platform.yaml", _set("defaults", value=None)),
                ("environments/prod.yaml", _set("defaults", value={"scale": {"min": 3}})),
                ("environments/prod.yaml", _set("mandates", value={"minReplicas": 3})),
                ("environments/prod.yaml", _set("promotion", value={"pinImage": True})),
                ("environments/prod.yaml", _set("promotion", value=None)),
                (f"teams/{team}/team.yaml", _set("domains", value=["*.other.example"])),
                (f"teams/{team}/team.yaml", _set("namespaces", other, value={})),
                (f"teams/{team}/team.yaml", _set("quota", value={"pods": 3, "requests.cpu": 5})),
                (f"teams/{team}/team.yaml", _set("defaults", "access", value={"all": {"from": [f"{other}/*"]}})),
                (f"teams/{team}/team.yaml", _set("defaults", "access", value={"short": {"from": ["web"]}})),
                (f"teams/{team}/team.yaml", _set("defaults", value=None)),
                ("clusters/prod.yaml", _set("parts", "mesh", value="istio-ambient@1")),
                ("clusters/prod.yaml", _set("parts", "mesh", value="istio-sidecar@1")),
            )
        )
    )
    return lambda fleet: fleet.change(path, change)


_POLICY = "policies/replicas/policy.yaml"
_BLUEPRINT = "blueprints/own-service/1.0.0"


def _policy(least: int) -> Spec:
    """Return a policy of our own: so many replicas at least."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "replicas"},
        "spec": {
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": ["apps"],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE", "UPDATE"],
                        "resources": ["deployments"],
                    }
                ]
            },
            "validations": [
                {
                    "expression": f"object.spec.?replicas.orValue(1) >= {least}",
                    "message": f"fewer than {least} replicas",
                }
            ],
        },
    }


def _policy_set(policies: Spec, action: str) -> Spec:
    spec = {"policies": policies, "enforce": [{"actions": [action]}]}
    return {"apiVersion": "platformc.dev/v1", "kind": "PolicySet", "metadata": {"name": "all"}, "spec": spec}


def _waiver(until: str) -> Spec:
    spec = {
        "policy": "replicas",
        "match": {"kind": "Deployment", "namespace": "ash", "name": "api"},
        "reason": "it may be one",
        "ticket": "A-1",
        "owner": "ash/api",
        "granted": "2026-05-01",
        "expires": until,
    }
    return {"apiVersion": "platformc.dev/v1", "kind": "Waiver", "metadata": {"name": "one"}, "spec": spec}


@st.composite
def _policy_edits(draw: st.DrawFn) -> Edit:
    """Return an edit of policies: what one demands, which hold and how, and whom they forgive."""
    kind = draw(st.sampled_from(("policy", "set", "waiver", "none")))
    least, action = draw(st.integers(0, 2)), draw(st.sampled_from(("Deny", "Warn", "Audit")))
    until = draw(st.sampled_from(("2026-05-20", "2026-06-20", "2026-07-20")))
    chosen: Spec = draw(st.sampled_from(({"replicas": {}}, {"cost-*": {}}, {"manifests-tier": {}})))

    def change(fleet: Fleet) -> str:
        fleet.write(_POLICY, _policy(least if kind == "policy" else 1))
        if kind == "set":
            return fleet.write("policies/all.yaml", _policy_set(dict(chosen), action))
        if kind == "waiver":
            return fleet.write("waivers/one.yaml", _waiver(until))
        if kind == "none":
            for path in ("policies/all.yaml", "waivers/one.yaml"):
                (fleet.root / path).unlink(missing_ok=True)
        return _POLICY

    return change


@st.composite
def _blueprint_edits(draw: st.DrawFn) -> Edit:
    """Return an edit of a blueprint of our own, which is copied from a built-in one the first time."""
    ref, number = draw(_ref), draw(st.integers(1, 3))
    defaults = draw(st.booleans())

    def change(fleet: Fleet) -> str:
        if not (fleet.root / _BLUEPRINT).exists():
            source = Path(shipped("blueprints")) / "web-service/1.0.0"
            for file in filter(Path.is_file, source.rglob("*")):
                copy = fleet.root / _BLUEPRINT / file.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(file.read_text().replace("web-service", "own-service"))
        fleet.change(f"teams/{ref}.yaml", lambda spec: spec.update(blueprint="own-service@1"))
        path = f"{_BLUEPRINT}/{'blueprint' if defaults else 'app/service-account'}.yaml"
        file = fleet.root / path
        if defaults:
            own = {"blueprint": "own-service@1", "image": "ghcr.io/acme/a:1.0.0", "scale": {"min": number}}
            return fleet.change(path, lambda spec: spec.update(defaults=own))
        file.write_text(f"# {number}\n{file.read_text()}")
        return path

    return change
