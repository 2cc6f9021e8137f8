"""The fields that made an expression false are told as places of the object, the most telling first."""

from typing import Any, NamedTuple

import pytest

from platform_compiler.cel.blame import MOST
from platform_compiler.cel.engine import EvaluationError, activation, language
from platform_compiler.cel.reasons import failed_at, reasons
from platform_compiler.cel.tree import Tree
from platform_compiler.objects import Path

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "shop",
        "namespace": "shop-prod",
        "labels": {"app": "shop", "tier": "gold"},
        "annotations": {},
    },
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "shop"}},
        "template": {
            "metadata": {"labels": {"app": "shopper"}},
            "spec": {
                "hostNetwork": True,
                "securityContext": {"sysctls": [{"name": "kernel.shm_rmid_forced"}, {"name": "kernel.msgmax"}]},
                "volumes": [{"name": "data", "emptyDir": {}}, {"name": "root", "hostPath": {"path": "/"}}],
                "initContainers": [
                    {
                        "name": "prepare",
                        "image": "docker.io/busybox",
                        "securityContext": {"privileged": True, "capabilities": {"drop": []}},
                    }
                ],
                "containers": [
                    {
                        "name": "main",
                        "image": "registry.internal/shop:1",
                        "ports": [{"containerPort": 80}, {"containerPort": 81, "hostPort": 81}],
                        "resources": {"limits": {"memory": "1Gi"}},
                        "securityContext": {
                            "runAsNonRoot": True,
                            "capabilities": {"add": ["CHOWN", "NET_ADMIN"], "drop": ["ALL"]},
                        },
                    },
                    {
                        "name": "side",
                        "image": "docker.io/side:latest",
                        "securityContext": {"runAsNonRoot": False, "seccompProfile": {"type": "Unconfined"}},
                        "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}],
                    },
                ],
            },
        },
    },
}
VALUES: dict[str, Any] = {
    "object": DEPLOYMENT,
    "oldObject": None,
    "request": {"operation": "CREATE", "userInfo": {"username": "flux"}},
    "namespaceObject": {"metadata": {"labels": {"tier": "silver"}}},
    "params": {
        "registries": ["registry.internal/", "ghcr.io/shop/"],
        "required": ["app", "owner"],
        "maxReplicas": 0,
        "forbidden": {"tier": "gold"},
        "none": [],
    },
}
POD = "object.spec.template.spec"
CONTAINERS = f"{POD}.containers"
VARIABLES = {
    "pod": "object.spec.template.spec",
    "containers": "variables.pod.containers",
    "all": "variables.containers + variables.pod.?initContainers.orValue([]) "
    "+ variables.pod.?ephemeralContainers.orValue([])",
    "foreign": "variables.all.filter(c, !params.registries.exists(r, c.image.startsWith(r)))",
    "foreignNames": "variables.foreign.map(c, c.name)",
    "contexts": "variables.all.map(c, c.?securityContext.orValue({}))",
    "privileged": "variables.all.exists(c, c.?securityContext.?privileged.orValue(false))",
    "images": "variables.all.map(c, c.image)",
    "broken": "object.spec.nothing.here",
}
LANGUAGE = language(*VALUES, *(f"variables.{name}" for name in VARIABLES))

CASES: dict[str, tuple[str, ...]] = {
    # Fields by themselves.
    "object.spec.replicas >= 2": ("spec.replicas",),
    "2 <= object.spec.replicas": ("spec.replicas",),
    "object.spec.replicas <= params.maxReplicas": ("spec.replicas",),
    "!object.spec.template.spec.hostNetwork": ("spec.template.spec.hostNetwork",),
    "object.spec.template.spec.hostNetwork == false": ("spec.template.spec.hostNetwork",),
    "object['spec']['replicas'] == 2": ("spec.replicas",),
    "dyn(object.spec).replicas == 2": ("spec.replicas",),
    "string(object.spec.replicas) == '2'": ("spec.replicas",),
    "object.metadata.name.startsWith('team-')": ("metadata.name",),
    "object.metadata.labels['app'] == 'x'": ("metadata.labels.app",),
    "object.metadata.labels.app == object.spec.template.metadata.labels.app": (
        "metadata.labels.app",
        "spec.template.metadata.labels.app",
    ),
    "object.metadata.labels.tier == namespaceObject.metadata.labels.tier": ("metadata.labels.tier",),
    "object.metadata.labels[?object.spec.selector.matchLabels.app + 'x'].orValue('') == 'x'": (
        "metadata.labels.shopx",
    ),
    # What is absent.
    "has(object.spec.template.spec.nodeSelector)": ("spec.template.spec.nodeSelector",),
    "!has(object.spec.template.spec.hostNetwork)": ("spec.template.spec.hostNetwork",),
    "object.spec.?strategy.?type.orValue('') == 'Recreate'": ("spec.strategy.type",),
    "object.?spec.template.spec.hostPID.orValue(true) == false": ("spec.template.spec.hostPID",),
    "object.spec.?strategy.hasValue()": ("spec.strategy",),
    "object.metadata.?annotations['owner'].orValue('') != ''": ("metadata.annotations.owner",),
    "object.metadata.annotations[?'owner'].hasValue()": ("metadata.annotations.owner",),
    "'owner' in object.metadata.labels": ("metadata.labels.owner",),
    "!('tier' in object.metadata.labels)": ("metadata.labels.tier",),
    f"{CONTAINERS}[?7].?name.hasValue()": ("spec.template.spec.containers",),
    # Logic.
    "object.spec.replicas >= 2 && object.kind == 'Deployment'": ("spec.replicas",),
    "object.kind == 'Deployment' && (object.spec.replicas >= 2 && has(object.status))": ("spec.replicas", "status"),
    "object.kind != 'Deployment' || object.spec.replicas >= 2": ("spec.replicas", "kind"),
    "object.metadata.namespace.startsWith('kube-') || object.spec.replicas > 1 || has(object.spec.paused)": (
        "spec.replicas",
        "spec.paused",
        "metadata.namespace",
    ),
    "!(object.kind == 'Deployment' && object.spec.replicas == 1)": ("spec.replicas", "kind"),
    "!(object.kind == 'Pod' || object.spec.replicas == 1)": ("spec.replicas",),
    "!!(object.spec.replicas > 1)": ("spec.replicas",),
    "(object.spec.replicas > 1) == true": ("spec.replicas",),
    "false != (object.spec.replicas > 1)": ("spec.replicas",),
    "has(object.spec.replicas) ? object.spec.replicas > 1 : true": ("spec.replicas",),
    "object.kind == 'Deployment' ? has(object.spec.paused) : has(object.spec.suspend)": ("spec.paused",),
    "has(object.spec.paused) ? true : false": ("spec.paused",),
    f"!has({POD}.securityContext) || !has({POD}.securityContext.sysctls) || {POD}.securityContext.sysctls.all(s, "
    "s.name in ['kernel.shm_rmid_forced'])": ("spec.template.spec.securityContext.sysctls[1].name",),
    # A way out that the object does not take tells less than what is wrong, or nearly there.
    f"{POD}.?os.?name.orValue('') == 'windows' || {CONTAINERS}.all(c, c.image.endsWith(':1'))": (
        "spec.template.spec.containers[1].image",
        "spec.template.spec.os.name",
    ),
    f"{POD}.?os.?name.orValue('') == 'windows' || {CONTAINERS}.all(c, has(c.securityContext.readOnly))": (
        "spec.template.spec.containers[0].securityContext.readOnly",
        "spec.template.spec.containers[1].securityContext.readOnly",
        "spec.template.spec.os.name",
    ),
    # Loops.
    f"{CONTAINERS}.all(c, c.image.startsWith('registry.internal/'))": ("spec.template.spec.containers[1].image",),
    f"{CONTAINERS}.all(c, has(c.resources) && has(c.resources.limits))": (
        "spec.template.spec.containers[1].resources",
    ),
    f"{CONTAINERS}.all(c, c.?resources.?limits.?cpu.hasValue())": (
        "spec.template.spec.containers[0].resources.limits.cpu",
        "spec.template.spec.containers[1].resources.limits.cpu",
    ),
    f"{CONTAINERS}.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0))": (
        "spec.template.spec.containers[0].ports[1].hostPort",
    ),
    f"{CONTAINERS}.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))": (
        "spec.template.spec.containers[0].ports[1].hostPort",
    ),
    f"{CONTAINERS}.all(c, c.?securityContext.?capabilities.?drop.orValue([]).exists(d, d == 'ALL'))": (
        "spec.template.spec.containers[1].securityContext.capabilities.drop",
    ),
    f"{CONTAINERS}.all(c, !(c.?securityContext.?capabilities.?add.orValue([]).exists(a, a == 'NET_ADMIN')))": (
        "spec.template.spec.containers[0].securityContext.capabilities.add[1]",
    ),
    f"{CONTAINERS}.all(c, !('NET_ADMIN' in c.?securityContext.?capabilities.?add.orValue([])))": (
        "spec.template.spec.containers[0].securityContext.capabilities.add[1]",
    ),
    f"{CONTAINERS}.all(c, 'ALL' in c.?securityContext.?capabilities.?drop.orValue([]))": (
        "spec.template.spec.containers[1].securityContext.capabilities.drop",
    ),
    f"{CONTAINERS}.exists(c, c.name == 'proxy')": ("spec.template.spec.containers",),
    f"!{CONTAINERS}.exists(c, c.name == 'side')": ("spec.template.spec.containers[1].name",),
    f"!{CONTAINERS}.all(c, has(c.name))": ("spec.template.spec.containers",),
    f"{CONTAINERS}.exists_one(c, c.name == 'proxy')": ("spec.template.spec.containers",),
    f"{CONTAINERS}[1].env.exists_one(e, e.name == 'A')": (
        "spec.template.spec.containers[1].env[0].name",
        "spec.template.spec.containers[1].env[1].name",
    ),
    f"{CONTAINERS}.all(i, c, i == 0 || c.image.endsWith(':1'))": ("spec.template.spec.containers[1].image",),
    f"{CONTAINERS}.all(i, c, i == 0)": ("spec.template.spec.containers[1]",),
    f"{CONTAINERS}.exists(i, c, c.image == 'x')": ("spec.template.spec.containers",),
    f"{CONTAINERS}.existsOne(i, c, has(c.name))": (
        "spec.template.spec.containers[0].name",
        "spec.template.spec.containers[1].name",
    ),
    f"{CONTAINERS}.all(c, c.name == 'main' ? true : false)": ("spec.template.spec.containers[1].name",),
    f"{CONTAINERS}.all(c, false)": ("spec.template.spec.containers[0]", "spec.template.spec.containers[1]"),
    f"{POD}.volumes.all(v, !has(v.hostPath))": ("spec.template.spec.volumes[1].hostPath",),
    "object.metadata.labels.all(k, k != 'tier')": ("metadata.labels.tier",),
    "object.metadata.labels.all(k, v, v != 'gold')": ("metadata.labels.tier",),
    "object.metadata.labels.exists(k, k == 'owner')": ("metadata.labels",),
    "['a', 'b'].exists(x, x == object.metadata.name)": ("metadata.name",),
    "[object.metadata.labels.app, object.metadata.labels.tier].all(x, x == 'shop')": ("metadata.labels.tier",),
    # Parameters.
    "params.required.all(k, k in object.metadata.labels)": ("metadata.labels.owner",),
    "params.required.all(k, has(object.metadata.labels) && object.metadata.labels[?k].orValue('') != '')": (
        "metadata.labels.owner",
    ),
    f"{CONTAINERS}.all(c, params.registries.exists(r, c.image.startsWith(r)))": (
        "spec.template.spec.containers[1].image",
    ),
    "params.none.exists(n, n == object.metadata.namespace)": ("metadata.namespace",),
    "params.forbidden.all(k, object.metadata.labels[?k].orValue('') != params.forbidden[k])": ("metadata.labels.tier",),
    "object.metadata.namespace in params.registries": ("metadata.namespace",),
    "sets.contains(['a'], [object.metadata.name])": ("metadata.name",),
    "params.maxReplicas > 0": (),
    # Lists that were made.
    f"({CONTAINERS} + {POD}.initContainers).all(c, c.?securityContext.?privileged.orValue(false) == false)": (
        "spec.template.spec.initContainers[0].securityContext.privileged",
    ),
    f"{CONTAINERS}.filter(c, c.name == 'side').all(c, c.securityContext.runAsNonRoot)": (
        "spec.template.spec.containers[1].securityContext.runAsNonRoot",
    ),
    f"{CONTAINERS}.map(c, c.image).all(i, i.contains('internal'))": ("spec.template.spec.containers[1].image",),
    f"{CONTAINERS}.map(c, c.name == 'side', c.securityContext).all(s, s.runAsNonRoot)": (
        "spec.template.spec.containers[1].securityContext.runAsNonRoot",
    ),
    f"{CONTAINERS}.transformList(i, c, i > 0, c.image).all(i, i.contains('internal'))": (
        "spec.template.spec.containers[1].image",
    ),
    f"size({CONTAINERS}.filter(c, c.image.endsWith(':latest'))) == 0": ("spec.template.spec.containers[1].image",),
    f"{CONTAINERS}.filter(c, c.image.endsWith(':latest')).size() < 1": ("spec.template.spec.containers[1].image",),
    f"!({CONTAINERS}.filter(c, c.image.endsWith(':latest')).size() > 0)": ("spec.template.spec.containers[1].image",),
    f"{CONTAINERS}.filter(c, c.image.endsWith(':latest')) == []": ("spec.template.spec.containers[1].image",),
    f"{CONTAINERS}.filter(c, c.name == 'proxy').size() == 1": ("spec.template.spec.containers",),
    f"size({CONTAINERS}) <= 1": ("spec.template.spec.containers",),
    f"[?{POD}.?nothing, ?{POD}.?securityContext].all(s, has(s.runAsNonRoot))": (
        "spec.template.spec.securityContext.runAsNonRoot",
    ),
    "{'x': object.spec.replicas}.x > 1": ("spec.replicas",),
    "(has(object.spec.paused) ? [] : object.spec.template.spec.containers).all(c, c.name != 'side')": (
        "spec.template.spec.containers[1].name",
    ),
    # Optional values.
    f"{POD}.?securityContext.optMap(s, s.sysctls.all(x, x.name != 'kernel.msgmax')).orValue(true)": (
        "spec.template.spec.securityContext.sysctls[1].name",
    ),
    f"{POD}.?affinity.optMap(a, has(a.podAntiAffinity)).orValue(false)": ("spec.template.spec.affinity",),
    f"{CONTAINERS}[?1].optFlatMap(c, c.?securityContext.?runAsNonRoot).orValue(false)": (
        "spec.template.spec.containers[1].securityContext.runAsNonRoot",
    ),
    f"{POD}.?hostPID.or({POD}.?hostNetwork).orValue(false) == false": ("spec.template.spec.hostNetwork",),
    "object.spec.?replicas.value() > 1": ("spec.replicas",),
    # The items of a list of optional values cannot be judged alone: each is told as far as it is known.
    f"{CONTAINERS}.map(c, c.?ports).all(p, p.hasValue())": (
        "spec.template.spec.containers[0].ports",
        "spec.template.spec.containers[1].ports",
    ),
    # Variables.
    "variables.containers.all(c, c.image.contains('internal'))": ("spec.template.spec.containers[1].image",),
    "variables.all.all(c, c.?securityContext.?runAsNonRoot.orValue(false))": (
        "spec.template.spec.containers[1].securityContext.runAsNonRoot",
        "spec.template.spec.initContainers[0].securityContext.runAsNonRoot",
    ),
    "variables.foreign.size() == 0": (
        "spec.template.spec.containers[1].image",
        "spec.template.spec.initContainers[0].image",
    ),
    "size(variables.foreignNames) == 0": (
        "spec.template.spec.containers[1].image",
        "spec.template.spec.initContainers[0].image",
    ),
    "!variables.privileged": ("spec.template.spec.initContainers[0].securityContext.privileged",),
    "variables.contexts.all(s, s.?seccompProfile.?type.orValue('') != 'Unconfined')": (
        "spec.template.spec.containers[1].securityContext.seccompProfile.type",
    ),
    "variables.images.all(i, i.contains(':1'))": (
        "spec.template.spec.containers[1].image",
        "spec.template.spec.initContainers[0].image",
    ),
    "variables.pod.?hostPID.orValue(false) || !variables.pod.hostNetwork": (
        "spec.template.spec.hostNetwork",
        "spec.template.spec.hostPID",
    ),
    # Nothing to tell, and the whole object.
    "false": (),
    "request.userInfo.username == 'admin'": (),
    "object == oldObject": ("",),
}


class Judged(NamedTuple):
    """An expression with the variables around it, and what it gives: a value, or none."""

    tree: Tree
    value: Any
    error: str


def _judged(text: str, values: dict[str, Any] = VALUES) -> Judged:
    expression = LANGUAGE.compile(text)
    lets = [(f"variables.{name}", LANGUAGE.compile(value)) for name, value in VARIABLES.items()]
    whole = LANGUAGE.bound(expression, lets)
    try:
        return Judged(whole.tree(), whole.value(activation(values)), "")
    except EvaluationError as trouble:
        return Judged(whole.tree(), None, str(trouble))


def _shown(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


@pytest.mark.parametrize("text", CASES)
def test_what_made_an_expression_false_is_told(text: str) -> None:
    judged = _judged(text)
    assert (judged.value, judged.error) == (False, "")
    assert tuple(map(_shown, reasons(LANGUAGE, judged.tree, VALUES))) == CASES[text]


FAILURES: dict[str, tuple[str, ...]] = {
    "object.spec.paused": ("spec.paused",),
    "object.spec.strategy.type == 'Recreate'": ("spec.strategy",),
    "has(object.spec.strategy.type)": ("spec.strategy",),
    f"{CONTAINERS}[7].name == 'x'": ("spec.template.spec.containers",),
    f"{CONTAINERS}.all(c, c.resources.limits.memory != '')": ("spec.template.spec.containers[1].resources",),
    f"{CONTAINERS}.map(c, c.ports.size()).size() > 0": ("spec.template.spec.containers[1].ports",),
    f"{CONTAINERS}.filter(c, has(c.ports)).all(c, c.ports[0].hostPort > 0)": (
        "spec.template.spec.containers[0].ports[0].hostPort",
    ),
    "object.spec.replicas > 0 && object.spec.paused": ("spec.paused",),
    "object.spec.paused ? true : false": ("spec.paused",),
    "object.spec.replicas > 0 ? object.spec.paused : object.nothing": ("spec.paused",),
    "object.spec.replicas + object.metadata.name == 1": ("spec.replicas", "metadata.name"),
    "int(object.metadata.name) == 1": ("metadata.name",),
    "object.metadata.name.all(c, c == 1)": ("metadata.name",),
    "variables.broken == 1": ("spec.nothing",),
    "variables.all.all(c, c.resources.limits.memory != '')": (
        "spec.template.spec.containers[1].resources",
        "spec.template.spec.initContainers[0].resources",
    ),
    "object.metadata.labels['owner'] == 'x'": ("metadata.labels.owner",),
    "params.missing == object.spec.replicas": ("spec.replicas",),
}


@pytest.mark.parametrize("text", FAILURES)
def test_what_could_not_be_read_is_told(text: str) -> None:
    judged = _judged(text)
    assert judged.error
    assert tuple(map(_shown, failed_at(LANGUAGE, judged.tree, VALUES))) == FAILURES[text]
    assert tuple(map(_shown, reasons(LANGUAGE, judged.tree, VALUES))) == FAILURES[text]


def test_places_of_another_name_can_be_asked_for() -> None:
    tree = _judged("object.spec.replicas <= params.maxReplicas && request.operation == 'DELETE'").tree
    assert reasons(LANGUAGE, tree, VALUES, "params") == (("maxReplicas",),)
    assert reasons(LANGUAGE, tree, VALUES, "request") == (("operation",),)
    assert reasons(LANGUAGE, tree, VALUES, "oldObject") == ()


def test_what_was_changed_is_told_of_both_objects() -> None:
    values = {**VALUES, "oldObject": {"spec": {"replicas": 3}}}
    judged = _judged("object.spec.replicas == oldObject.spec.replicas", values)
    assert reasons(LANGUAGE, judged.tree, values) == reasons(LANGUAGE, judged.tree, values, "oldObject")


def test_no_more_places_are_told_than_anybody_reads() -> None:
    values = {**VALUES, "object": {"items": [{"n": i} for i in range(300)]}}
    judged = _judged("object.items.all(i, i.n < 0)", values)
    found = reasons(LANGUAGE, judged.tree, values)
    assert found == tuple(("items", i, "n") for i in range(MOST))


def test_an_expression_that_would_take_too_long_still_tells_what_it_reads() -> None:
    values = {**VALUES, "object": {"items": [{"n": i} for i in range(100)], "more": 1}}
    loops = "object.items.all(a, object.items.all(b, object.items.all(c, a.n + b.n + c.n >= 0))) && object.more > 1"
    judged = _judged(f"({loops}) || object.items.exists_one(a, object.items.exists_one(b, a == b))", values)
    assert ("more",) in reasons(LANGUAGE, judged.tree, values)


def test_variables_that_read_each_other_twice_are_followed_once() -> None:
    names = [f"v{i}" for i in range(25)]
    grown = language("object", *names)
    lets = [("v0", grown.compile("object.spec.replicas"))]
    lets += [(names[i], grown.compile(f"v{i - 1} + v{i - 1}")) for i in range(1, 25)]
    whole = grown.bound(grown.compile("v24 == 0"), lets)
    assert reasons(grown, whole.tree(), VALUES) == (("spec", "replicas"),)


@pytest.mark.parametrize(
    "broken", [None, [], "x", {}, {"spec": None}, {"spec": {"template": {"spec": {"containers": 3}}}}]
)
@pytest.mark.parametrize("text", [*CASES, *FAILURES])
def test_an_object_of_any_shape_is_no_trouble(text: str, broken: Any) -> None:
    values = {**VALUES, "object": broken}
    judged = _judged(text, values)
    reasons(LANGUAGE, judged.tree, values)
    failed_at(LANGUAGE, judged.tree, values)
