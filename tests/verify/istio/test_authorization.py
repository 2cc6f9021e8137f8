"""Rules of AuthorizationPolicies: too open, never met, refused; and tokens that nobody requires."""

import pytest

from tests.verify.istio.worlds import deployment, namespace, of_policies, policy, service, told

WEB = "cluster.local/ns/shop/sa/web"


def rules(rule: str, action: str = "ALLOW", more: str = "") -> str:
    return policy("AuthorizationPolicy", f"{{{more}action: {action}, rules: [{rule}]}}")


def source(fields: str, action: str = "ALLOW") -> str:
    return rules(f"{{from: [{{source: {{{fields}}}}}]}}", action)


def operation(fields: str, action: str = "ALLOW", more: str = "") -> str:
    who = f"from: [{{source: {{principals: [{WEB}]}}}}], " if action != "CUSTOM" else ""
    return rules(f"{{{who}to: [{{operation: {{{fields}}}}}]}}", action, more)


PLACE = "AuthorizationPolicy shop/p spec.rules[0]"


@pytest.mark.parametrize("rule", ["{}", "{from: [{source: {ipBlocks: [0.0.0.0/0]}}]}"])
def test_rule_that_admits_everybody_is_told_unless_somebody_says_why(rule: str) -> None:
    assert told(rules(rule)) == [f"PC5243 {PLACE}"]
    why = "platformc.dev/matches-everyone: 'the front door'"
    assert told(policy("AuthorizationPolicy", f"{{rules: [{rule}]}}", annotations=why)) == []


@pytest.mark.parametrize(
    "text",
    [
        policy("AuthorizationPolicy", "{}"),
        policy("AuthorizationPolicy", "{action: ALLOW, rules: []}"),
        rules("{}", "DENY"),
        rules("{to: [{operation: {paths: [/healthz]}}]}"),
        rules("{when: [{key: source.ip, values: [10.0.0.0/8]}]}"),
        source("ipBlocks: [10.0.0.0/8]"),
        policy("AuthorizationPolicy", "{rules: [{}]}", annotations="istio.io/dry-run: 'true'"),
    ],
)
def test_rule_that_admits_some_or_nobody_is_fine(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (operation("notPaths: [/admin]"), "to[0].operation.notPaths"),
        (operation("notMethods: [DELETE], notPorts: ['9090']"), "to[0].operation.notMethods"),
        (source("notNamespaces: [other]"), "from[0].source.notNamespaces"),
    ],
)
def test_rule_that_admits_all_but_some_is_told(text: str, field: str) -> None:
    assert told(text) == [f"PC5252 {PLACE}.{field}"]


@pytest.mark.parametrize(
    "text",
    [operation("notPaths: [/admin]", "DENY"), operation("paths: [/*], notPaths: [/admin]"), operation("paths: [/a]")],
)
def test_exceptions_to_what_is_named_or_denied_are_fine(text: str) -> None:
    assert told(text) == []


def test_host_without_its_port_is_noted_once_an_operation() -> None:
    assert told(operation("hosts: [a.example, b.example]")) == [f"PC5254 {PLACE}.to[0].operation.hosts[0]"]
    assert told(operation("hosts: [a.example, 'b.example:*', 'a.example:*', b.example]")) == []
    assert told(operation("hosts: ['*.example', 'a.example:443']")) == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (source("principals: ['spiffe://cluster.local/ns/shop/sa/web']"), "from[0].source.principals[0]"),
        (source("principals: ['spiffe://cluster.local/*']"), "from[0].source.principals[0]"),
        (source(f"principals: [{WEB}, shop/web]"), "from[0].source.principals[1]"),
        (source("principals: [cluster.local/ns/*/sa/web]"), "from[0].source.principals[0]"),
        (source("notPrincipals: [web]", "DENY"), "from[0].source.notPrincipals[0]"),
        (source("requestPrincipals: [issuer]"), "from[0].source.requestPrincipals[0]"),
        (operation("paths: [a/b]"), "to[0].operation.paths[0]"),
        (operation("paths: ['/a?x=1']"), "to[0].operation.paths[0]"),
        (operation("paths: [/users/*/orders]"), "to[0].operation.paths[0]"),
        (operation("methods: [GET, post]"), "to[0].operation.methods[1]"),
        (operation("hosts: ['*.example:*']"), "to[0].operation.hosts[0]"),
        (operation("hosts: ['a.example b.example:80']"), "to[0].operation.hosts[0]"),
    ],
)
def test_value_that_nothing_equals_is_told(text: str, field: str) -> None:
    assert told(text, whole=False) == [f"PC5246 {PLACE}.{field}"]


@pytest.mark.parametrize(
    "text",
    [
        source(f"principals: [{WEB}, '*', 'cluster.local/*', '*/sa/web']"),
        source("requestPrincipals: ['*', issuer/subject, 'issuer/*', '*.example/*']"),
        source("namespaces: ['sh*op']"),
        operation("paths: [/a, /a/*, '*/b', '*', '/users/{*}/orders', '/x/{**}']"),
        operation("methods: [GET, PROPFIND, grpc]"),
    ],
)
def test_value_that_something_may_equal_is_fine(text: str) -> None:
    assert told(text, whole=False) == []


def test_cure_of_a_value_that_nothing_equals_is_the_value_meant() -> None:
    assert of_policies(operation("paths: [a/b]"))[0].help == "write `/a/b`"
    assert of_policies(operation("methods: [post]"))[0].help == "write `POST`"
    assert of_policies(source(f"principals: ['spiffe://{WEB}']"))[0].help == f"write `{WEB}`"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (rules("{}", "CUSTOM"), "spec.action"),
        (policy("AuthorizationPolicy", "{action: CUSTOM, provider: {name: p}}"), "spec.action"),
        (policy("AuthorizationPolicy", "{action: DENY}"), "spec.action"),
        (operation("paths: [/a]", more="provider: {name: p}, "), "spec.provider"),
        (rules("{from: []}", "DENY"), "spec.rules[0].from"),
        (rules("{to: [{operation: {}}]}"), "spec.rules[0].to[0].operation"),
        (source("serviceAccounts: [web], namespaces: [shop]"), "spec.rules[0].from[0].source.serviceAccounts"),
        (
            rules("{when: [{key: 'request.auth.claims[a]', values: [b]}]}", "CUSTOM", "provider: {name: p}, "),
            "spec.rules[0].when[0].key",
        ),
        (
            rules(f"{{from: [{{source: {{principals: [{WEB}]}}}}]}}", "CUSTOM", "provider: {name: p}, "),
            "spec.rules[0].from[0].source.principals",
        ),
        (
            policy(
                "AuthorizationPolicy", "{selector: {matchLabels: {app: a}}, targetRefs: [{kind: Gateway, name: g}]}"
            ),
            "spec.targetRefs",
        ),
    ],
)
def test_policy_that_admission_refuses_is_told(text: str, field: str) -> None:
    assert told(text, whole=False) == [f"PC5251 AuthorizationPolicy shop/p {field}"]


@pytest.mark.parametrize(
    "text",
    [
        operation("paths: [/a]", "CUSTOM", "provider: {name: p}, "),
        rules("{}", "CUSTOM", "provider: {name: p}, "),
        rules("{from: [{source: {serviceAccounts: [web], ipBlocks: [10.0.0.0/8]}}]}"),
        policy("AuthorizationPolicy", "{targetRefs: [{kind: Gateway, name: g}]}"),
    ],
)
def test_policy_that_admission_takes_is_fine(text: str) -> None:
    assert told(text, whole=False) == []


TCP = "{name: tcp-db, port: 5432, targetPort: 5432}"
HTTP = "{name: http, port: 80, targetPort: 8080}"
CART = "selector: {matchLabels: {app: cart}}, "


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        (TCP, operation("methods: [GET]", more=CART)),
        (TCP, operation("methods: [GET]")),
        (f"{TCP}, {HTTP}", operation("methods: [GET], ports: ['5432']", more=CART)),
        (f"{TCP}, {HTTP}", operation("methods: [GET]", "DENY", CART)),
    ],
)
def test_rule_about_requests_on_a_port_without_them_is_told(ports: str, text: str) -> None:
    world = namespace() + service(ports=ports) + deployment() + deployment("other") + text
    assert f"PC5244 {PLACE}.to[0].operation.methods" in told(world)


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        (HTTP, operation("methods: [GET]", more=CART)),
        ("{name: something, port: 5432}", operation("methods: [GET]", more=CART)),
        (f"{TCP}, {HTTP}", operation("methods: [GET]", more=CART)),
        (f"{TCP}, {HTTP}", operation("methods: [GET], ports: ['8080']", "DENY", CART)),
        (TCP, operation("ports: ['5432']", more=CART)),
        (TCP, operation("methods: [GET]", more="targetRefs: [{kind: Service, name: cart}], ")),
        (TCP, operation("methods: [GET]", more="selector: {matchLabels: {app: other}}, ")),
    ],
)
def test_rule_about_requests_where_there_may_be_some_is_fine(ports: str, text: str) -> None:
    world = namespace() + service(ports=ports) + deployment() + deployment("other") + text
    assert "PC5244" not in "".join(told(world))


def test_gateway_sees_requests_on_its_port_named_https() -> None:
    world = service(ports="{name: https, port: 443}") + deployment() + operation("methods: [GET]", more=CART)
    gateway = policy("Gateway", "{selector: {app: cart}, servers: []}")
    assert "PC5244" in "".join(told(world))
    assert "PC5244" not in "".join(told(world + gateway))


def test_named_port_of_a_service_leads_to_the_port_of_that_name() -> None:
    pods = deployment(container="ports: [{name: db, containerPort: 6000}]")
    text = operation("methods: [GET], ports: ['6000']", more=CART)
    ports = "{name: tcp-db, port: 5432, targetPort: db}, " + HTTP
    assert "PC5244" in "".join(told(service(ports=ports) + pods + text))


ACCOUNT = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n"


def test_caller_that_nothing_runs_as_is_told_with_the_nearest_one() -> None:
    runs_as_webb = deployment(spec="serviceAccountName: webb")
    (fault,) = of_policies(runs_as_webb + source(f"principals: [{WEB}]"))
    assert (fault.code, fault.help) == ("PC5245", "did you mean `webb`?")
    assert told(runs_as_webb + source("serviceAccounts: [shop/web]")) == [
        f"PC5245 {PLACE}.from[0].source.serviceAccounts[0]"
    ]
    assert told(runs_as_webb + source("serviceAccounts: [web]")) != []


@pytest.mark.parametrize(
    "world",
    [
        deployment(spec="serviceAccountName: web"),
        deployment() + ACCOUNT,
        deployment("elsewhere/cart"),
        deployment() + policy("WorkloadGroup", "{template: {serviceAccount: web}}"),
        deployment() + policy("WorkloadEntry", "{address: 10.0.0.1, serviceAccount: web}"),
    ],
)
def test_caller_that_runs_or_whose_namespace_runs_nothing_here_is_fine(world: str) -> None:
    assert told(world + source(f"principals: [{WEB}]")) == []


def test_caller_of_another_trust_domain_or_of_a_part_of_a_cluster_is_not_judged() -> None:
    assert told(deployment() + source("principals: [other.domain/ns/shop/sa/web]")) == []
    assert told(deployment() + source(f"principals: [{WEB}]"), whole=False) == []


def test_gateway_of_the_gateway_api_runs_as_an_account_named_after_it() -> None:
    gateway = (
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
        "metadata: {name: edge, namespace: shop}\nspec: {gatewayClassName: istio, listeners: []}\n"
    )
    caller = source("principals: [cluster.local/ns/shop/sa/edge-istio]")
    assert told(deployment() + gateway + caller) == []
    assert told(deployment() + caller) != []


JWT = policy("RequestAuthentication", "{selector: {matchLabels: {app: cart}}, jwtRules: [{issuer: i}]}")
REQUIRES = "{from: [{source: {requestPrincipals: ['*']}}]}"
DENIES = "{from: [{source: {notRequestPrincipals: ['*']}}]}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        operation("paths: [/a]", more=CART),
        rules(REQUIRES, more="selector: {matchLabels: {app: other}}, "),
        policy("AuthorizationPolicy", f"{{rules: [{REQUIRES}]}}", space="other"),
    ],
)
def test_token_that_nobody_requires_is_told(text: str) -> None:
    assert told(JWT + text) == ["PC5242 RequestAuthentication shop/p spec.jwtRules"]


@pytest.mark.parametrize(
    "text",
    [
        rules(REQUIRES, more=CART),
        rules(REQUIRES),
        rules(DENIES, "DENY"),
        rules("{when: [{key: 'request.auth.claims[group]', values: [a]}]}"),
        policy("AuthorizationPolicy", f"{{rules: [{REQUIRES}]}}", space="istio-system"),
        rules("{}", "CUSTOM", "provider: {name: p}, "),
        deployment(labels="tier: a") + rules(REQUIRES, more="selector: {matchLabels: {tier: a}}, "),
    ],
)
def test_token_that_a_policy_requires_is_fine(text: str) -> None:
    assert told(JWT + text) == []


def test_token_is_required_at_what_both_are_attached_to() -> None:
    at = "targetRefs: [{kind: Gateway, name: %s}], "
    token = policy("RequestAuthentication", f"{{{at % 'edge'} jwtRules: [{{issuer: i}}]}}")
    assert told(token + rules(REQUIRES, more=at % "edge")) == []
    assert told(token + rules(REQUIRES, more=at % "other")) != []


def test_token_is_not_judged_where_policies_may_be_missing() -> None:
    assert told(JWT, whole=False) == []


GATEWAY = policy("Gateway", "{selector: {istio: edge}, servers: []}", "edge")
CLAIM = "{headers: {'@request.auth.claims.group': {exact: a}}}"
ROUTE = policy("VirtualService", "{hosts: [h], gateways: [%s], http: [{match: [%s]}]}")
EDGE_POD = deployment("edge", labels="istio: edge")


def reads(selector: str, space: str = "shop") -> str:
    spec = f"{{{selector}jwtRules: [{{issuer: i}}]}}"
    token = policy("RequestAuthentication", spec, space=space)
    return token + policy("AuthorizationPolicy", f"{{rules: [{REQUIRES}]}}", space=space)


@pytest.mark.parametrize(
    "text", ["", EDGE_POD, EDGE_POD + reads("", "other"), reads("selector: {matchLabels: {istio: other}}, ")]
)
def test_route_by_a_claim_at_a_gateway_that_reads_no_token_is_told(text: str) -> None:
    field = "spec.http[0].match[0].headers.@request.auth.claims.group"
    assert told(GATEWAY + ROUTE % ("edge", CLAIM) + text) == [f"PC5241 VirtualService shop/p {field}"]


@pytest.mark.parametrize(
    "text",
    [
        GATEWAY + ROUTE % ("edge", CLAIM) + reads("selector: {matchLabels: {istio: edge}}, "),
        GATEWAY + ROUTE % ("edge", CLAIM) + EDGE_POD + reads(""),
        GATEWAY + ROUTE % ("edge", CLAIM) + EDGE_POD + reads("", "istio-system"),
        GATEWAY + ROUTE % ("edge", "{headers: {group: {exact: a}}}"),
        ROUTE % ("edge", CLAIM),
        GATEWAY + ROUTE % ("mesh", CLAIM),
    ],
)
def test_route_by_a_claim_where_tokens_are_read_is_fine(text: str) -> None:
    assert told(text) == []


def listening(container: str, ports: str, selector: str = "app: cart") -> str:
    spec = f"{{selector: {{matchLabels: {{{selector}}}}}, rules: [{{to: [{{operation: {{ports: [{ports}]}}}}]}}]}}"
    behind = service(ports="{name: http, port: 80, targetPort: 8080}")
    return namespace() + deployment(container=container) + behind + policy("AuthorizationPolicy", spec)


@pytest.mark.parametrize("port", ["'8081'", "'80'"])
def test_port_that_the_pods_do_not_open_is_told(port: str) -> None:
    text = listening("ports: [{containerPort: 8080}]", port)
    assert "PC5246 AuthorizationPolicy shop/p spec.rules[0].to[0].operation.ports[0]" in told(text)


@pytest.mark.parametrize(
    "text",
    [
        listening("ports: [{containerPort: 8080}]", "'8080'"),
        listening("ports: [{containerPort: 8080}]", "'15020'"),
        listening("", "'8081'"),
        listening("ports: [{containerPort: 8080}]", "'8081'", "app: other"),
    ],
)
def test_port_that_pods_may_open_is_fine(text: str) -> None:
    assert not [line for line in told(text) if line.startswith("PC5246")]
