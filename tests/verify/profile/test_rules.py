"""What keys of the mesh's objects need, exclude and bound each other to: refused by the profile, told in words."""

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.judged import found

NEWEST = Versions(istio=(9, 9), gateway_api=(9, 9))
GROUPS = {
    "VirtualService": "networking.istio.io/v1",
    "DestinationRule": "networking.istio.io/v1",
    "Gateway": "networking.istio.io/v1",
    "ServiceEntry": "networking.istio.io/v1beta1",
    "Sidecar": "networking.istio.io/v1alpha3",
    "WorkloadEntry": "networking.istio.io/v1",
    "EnvoyFilter": "networking.istio.io/v1alpha3",
    "AuthorizationPolicy": "security.istio.io/v1",
    "PeerAuthentication": "security.istio.io/v1beta1",
    "RequestAuthentication": "security.istio.io/v1",
    "Telemetry": "telemetry.istio.io/v1alpha1",
    "WasmPlugin": "extensions.istio.io/v1alpha1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "GRPCRoute": "gateway.networking.k8s.io/v1",
    "ListenerSet": "gateway.networking.k8s.io/v1",
    "BackendTLSPolicy": "gateway.networking.k8s.io/v1",
    "Backend": "gateway.envoyproxy.io/v1alpha1",
    "BackendTrafficPolicy": "gateway.envoyproxy.io/v1alpha1",
    "ClientTrafficPolicy": "gateway.envoyproxy.io/v1alpha1",
    "SecurityPolicy": "gateway.envoyproxy.io/v1alpha1",
}
PORT = "port: {number: 443, name: a, protocol: TLS}"
LISTENER = "parentRef: {name: a}, listeners: [{name: a, port: 80, "
TARGET = "targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: a}, "
REFUSED = [
    ("VirtualService", "http: [{timeout: 5s}]", "has none of route, redirect, directResponse, delegate"),
    ("VirtualService", "http: [{route: [], redirect: {}}]", "has both route and redirect"),
    ("VirtualService", "http: [{redirect: {}, rewrite: {}}]", "has both redirect and rewrite"),
    ("VirtualService", "http: [{match: [{uri: {exact: a, prefix: b}}], route: []}]", "has both exact and prefix"),
    ("VirtualService", "http: [{route: [], timeout: 0s}]", "timeout cannot be 0s"),
    (
        "VirtualService",
        "http: [{route: [], retries: {attempts: 0, retryOn: 5xx}}]",
        "cannot have retryOn where attempts",
    ),
    ("VirtualService", "hosts: [a_b.example.com]", "an item of hosts cannot be a_b.example.com"),
    ("VirtualService", "http: [{redirect: {redirectCode: 200}}]", "redirectCode is 200"),
    ("DestinationRule", "subsets: []", "spec lacks host"),
    ("DestinationRule", "host: a, trafficPolicy: {tls: {mode: NONE}}", "mode cannot be NONE"),
    ("DestinationRule", "host: a, trafficPolicy: {outlierDetection: {maxEjectionPercent: 101}}", "is 101"),
    (
        "DestinationRule",
        "host: a, trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}",
        "has both simple and consistentHash",
    ),
    ("Gateway", "servers: [{port: {number: 80, name: a, protocol: HTP}, hosts: [a]}]", "protocol cannot be HTP"),
    (
        "Gateway",
        f"servers: [{{{PORT}, hosts: [a], tls: {{credentialName: a, credentialNames: [b]}}}}]",
        "has both credentialName and credentialNames",
    ),
    ("ServiceEntry", "hosts: ['*']", "an item of hosts cannot be *"),
    ("ServiceEntry", "hosts: [a], endpoints: [{address: 1.2.3.4}]", "cannot have endpoints without resolution"),
    ("ServiceEntry", "hosts: [a], resolution: STATIC, endpoints: [{labels: {a: b}}]", "has none of address, network"),
    ("Sidecar", "egress: [{hosts: [istio-system]}]", "an item of hosts cannot be istio-system"),
    ("Sidecar", "workloadSelector: {labels: {app: '*'}}", "app cannot be *"),
    ("WorkloadEntry", "address: 'unix://relative'", "address cannot be unix://relative"),
    ("EnvoyFilter", "workloadSelector: {}, targetRefs: []", "has both workloadSelector and targetRefs"),
    ("EnvoyFilter", "configPatches: [{match: {context: WAYPOINT}}]", "lacks waypoint where context is WAYPOINT"),
    ("AuthorizationPolicy", "action: CUSTOM", "lacks provider where action is CUSTOM"),
    ("AuthorizationPolicy", "provider: {name: a}", "cannot have provider without action"),
    ("AuthorizationPolicy", "selector: {}, targetRef: {kind: A, name: b}", "has both selector and targetRef"),
    ("AuthorizationPolicy", "rules: [{to: [{operation: {ports: ['0']}}]}]", "an item of ports cannot be 0"),
    ("AuthorizationPolicy", "rules: [{when: [{key: source.app, values: [a]}]}]", "key cannot be source.app"),
    (
        "AuthorizationPolicy",
        "rules: [{from: [{source: {serviceAccounts: [a/b], namespaces: [a]}}]}]",
        "cannot have namespaces beside serviceAccounts",
    ),
    ("PeerAuthentication", "portLevelMtls: {'80': {mode: STRICT}}", "lacks selector beside portLevelMtls"),
    ("PeerAuthentication", "selector: {matchLabels: {a: b}}, portLevelMtls: {http: {}}", "a key cannot be http"),
    ("RequestAuthentication", "jwtRules: [{issuer: a, jwks: a, jwksUri: 'https://a'}]", "has both jwksUri and jwks"),
    ("RequestAuthentication", "jwtRules: [{issuer: a, jwksUri: 'ftp://a'}]", "jwksUri cannot be ftp://a"),
    ("Telemetry", "metrics: [{overrides: [{tagOverrides: {a: {}}}]}]", "a lacks value without operation"),
    ("WasmPlugin", "url: 'ftp://a'", "url cannot be ftp://a"),
    ("HTTPRoute", "rules: [{backendRefs: [{name: a}]}]", "lacks port without kind"),
    ("HTTPRoute", "rules: [{matches: [{path: {value: a}}]}]", "cannot be a"),
    ("HTTPRoute", "rules: [{matches: [{path: {value: /a//b}}]}]", "cannot be /a//b"),
    ("HTTPRoute", "rules: [{filters: [{type: URLRewrite}]}]", "lacks urlRewrite where type is URLRewrite"),
    ("HTTPRoute", "rules: [{timeouts: {request: 1.5s}}]", "request cannot be 1.5s"),
    ("GRPCRoute", "rules: [{matches: [{method: {type: Exact}}]}]", "method has none of service, method"),
    ("ListenerSet", LISTENER + "protocol: HTTP, tls: {}}]", "cannot have tls where protocol is HTTP"),
    ("ListenerSet", LISTENER + "protocol: TCP, hostname: a}]", "cannot have hostname where protocol is TCP"),
    ("ListenerSet", LISTENER + "protocol: TLS}]", "lacks tls where protocol is TLS"),
    ("ListenerSet", LISTENER + "protocol: HTTPS, tls: {mode: Passthrough}}]", "mode cannot be Passthrough"),
    ("ListenerSet", LISTENER + "protocol: HTTPS, tls: {}}]", "tls has none of certificateRefs, options"),
    (
        "BackendTLSPolicy",
        "targetRefs: [{group: '', kind: Service, name: a}], validation: {hostname: a}",
        "has none of caCertificateRefs, wellKnownCACertificates",
    ),
    ("Backend", "endpoints: [{zone: a}]", "has none of fqdn, ip, unix"),
    ("Backend", "type: DynamicResolver, endpoints: [{unix: {path: a}}]", "cannot have endpoints where type"),
    ("BackendTrafficPolicy", "{}", "has none of targetRef, targetRefs, targetSelectors"),
    ("BackendTrafficPolicy", TARGET + "loadBalancer: {type: ConsistentHash}", "lacks consistentHash where type"),
    ("ClientTrafficPolicy", TARGET + "clientIPDetection: {}", "has none of xForwardedFor"),
    ("SecurityPolicy", TARGET + "jwt: {providers: [{name: a}]}", "has none of remoteJWKS, localJWKS"),
    ("SecurityPolicy", "targetRef: {group: '', kind: Service, name: a}", "group cannot be "),
]


@pytest.mark.parametrize(("kind", "spec", "words"), REFUSED)
def test_objects_that_break_a_rule_are_refused_in_words(kind: str, spec: str, words: str) -> None:
    spec = spec if spec == "{}" else f"{{{spec}}}"
    text = f"apiVersion: {GROUPS[kind]}\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\nspec: {spec}\n"
    told = found(text, whole=False, versions=NEWEST)
    assert any(message.startswith("PC5002") and words in message for message in told), told
