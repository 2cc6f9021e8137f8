"""From objects to policies and bindings; the objects' shape was judged before."""

from platform_compiler.objects import Body, Path, a_map, at, maps, text, texts
from platform_compiler.policy.model import Action, Binding, Match, ParamRef, Policy, Rule, Text, Validation
from platform_compiler.source.node import Node

_EXPANDS = "platformc.dev/expand-pod-templates"


def policy_of(body: Body, tree: Node) -> Policy:
    """Return the policy that an object is."""
    spec = a_map(body, "spec")
    kind = a_map(spec, "paramKind")
    annotations = {key: str(value) for key, value in a_map(body, "metadata", "annotations").items()}
    return Policy(
        name=text(body, "metadata", "name"),
        tree=tree,
        body=body,
        ignores_failure=text(spec, "failurePolicy") == "Ignore",
        param_kind=(text(kind, "apiVersion"), text(kind, "kind")) if kind else None,
        match=match_of(a_map(spec, "matchConstraints")),
        conditions=_named(spec, "matchConditions", "name", "expression"),
        variables=_named(spec, "variables", "name", "expression"),
        validations=tuple(_validation(one, ("spec", "validations", i)) for i, one in maps(spec, "validations")),
        audits=_named(spec, "auditAnnotations", "key", "valueExpression"),
        annotations=annotations,
        expands=annotations.get(_EXPANDS) != "false",
    )


def binding_of(body: Body, tree: Node | None = None) -> Binding:
    """Return the binding that an object is."""
    spec = a_map(body, "spec")
    limits = a_map(spec, "matchResources")
    ref = a_map(spec, "paramRef")
    selector = at(ref, "selector")
    params = ParamRef(
        text(ref, "name"),
        text(ref, "namespace"),
        selector if isinstance(selector, dict) else None,
        text(ref, "parameterNotFoundAction") != "Allow",
    )
    return Binding(
        name=text(body, "metadata", "name"),
        policy=text(spec, "policyName"),
        actions=tuple(map(Action, texts(spec, "validationActions"))),
        params=params if ref else None,
        match=match_of(limits) if limits else None,
        body=body,
        tree=tree,
    )


def match_of(body: Body) -> Match:
    """Return what `matchConstraints` or `matchResources` say."""
    return Match(
        rules=tuple(_rule(rule) for _, rule in maps(body, "resourceRules")),
        excluded=tuple(_rule(rule) for _, rule in maps(body, "excludeResourceRules")),
        namespaces=a_map(body, "namespaceSelector"),
        objects=a_map(body, "objectSelector"),
        equivalent=text(body, "matchPolicy") != "Exact",
    )


def _rule(body: Body) -> Rule:
    return Rule(
        groups=tuple(texts(body, "apiGroups")),
        versions=tuple(texts(body, "apiVersions")),
        operations=tuple(texts(body, "operations")),
        resources=tuple(texts(body, "resources")),
        names=tuple(texts(body, "resourceNames")),
        scope=text(body, "scope") or "*",
    )


def _validation(body: Body, path: Path) -> Validation:
    words = text(body, "messageExpression")
    return Validation(
        expression=Text(text(body, "expression"), (*path, "expression")),
        message=text(body, "message"),
        message_expression=Text(words, (*path, "messageExpression")) if words else None,
        reason=text(body, "reason") or "Invalid",
    )


def _named(spec: Body, field: str, name: str, expression: str) -> tuple[tuple[str, Text], ...]:
    return tuple(
        (text(one, name), Text(text(one, expression), ("spec", field, i, expression))) for i, one in maps(spec, field)
    )
