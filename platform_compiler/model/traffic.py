"""Application, part two: who talks to whom, and how requests behave."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from platform_compiler.model import words as w
from platform_compiler.model.base import Closed, required, word
from platform_compiler.model.workload import Env, Resources, Scale

Paths = Annotated[list[w.Path], Field(min_length=1)]
Methods = Annotated[list[w.Method], Field(min_length=1)]
PortNames = Annotated[list[w.PortName], Field(min_length=1)]
Texts = Annotated[list[w.Slug], Field(min_length=1)]
"""Lists that narrow: an empty one would look like nothing and mean everything."""


class Call(Closed):
    """What I call; an empty mapping is every port that its access offers me."""

    ports: PortNames | None = word("only these of its ports", ["grpc"])
    paths: Paths | None = word("only these paths", ["/charge/*"])
    methods: Methods | None = word("only these methods", ["POST"])
    optional: bool | None = word("whether I work without it; then a missing grant is only a note", True)


class NamespaceLabelsSource(Closed):
    """Every workload of the namespaces that carry these labels."""

    one_of: ClassVar[bool] = True
    namespaceLabels: Annotated[w.Labels, Field(min_length=1)] = required("labels of the namespaces", {"tier": "web"})


class GatewayNameSource(Closed):
    """A gateway's identity."""

    one_of: ClassVar[bool] = True
    gateway: w.DnsLabel = required("a Gateway", "public")


class PrincipalNameSource(Closed):
    """An identity outside the platform repository."""

    one_of: ClassVar[bool] = True
    principal: Annotated[str, Field(pattern=r"^[^\s*]+$")] = required("an identity", "cluster.local/ns/legacy/sa/erp")
    cidr: w.Cidr | None = word("where it connects from, for network policies", "10.8.0.0/16")


class CidrRangeSource(Closed):
    """An address range."""

    one_of: ClassVar[bool] = True
    cidr: w.Cidr = required("an address range", "10.0.0.0/8")


AccessSource = w.SourceRef | NamespaceLabelsSource | GatewayNameSource | PrincipalNameSource | CidrRangeSource


class Access(Closed):
    """Whom I let in; it opens something only where a caller's `calls` meets it."""

    from_: Annotated[list[AccessSource], Field(min_length=1)] = Field(
        alias="from", description="who may call", examples=[["frontend", "search/*"]]
    )
    ports: PortNames | None = word("only these of my ports; default: all that are not internal", ["http"])
    paths: Paths | None = word("only these paths", ["/cart", "/api/*"])
    methods: Methods | None = word("only these methods", ["GET", "POST"])
    jwt: w.DnsLabel | None = word("a token of this identity provider is needed", "acme-idp")
    audiences: Texts | None = word("the token must be for one of these", ["checkout"])
    claims: dict[w.Slug, Texts] | None = word("the token must carry one of these values", {"scope": ["cart"]})


class Deny(Closed):
    """What nobody may do, whatever `access` and `expose` say."""

    from_: Annotated[list[AccessSource], Field(min_length=1)] | None = Field(
        default=None, alias="from", description="who may not; default: everybody", examples=[["search/*"]]
    )
    ports: PortNames | None = word("on these ports", ["http"])
    paths: Paths | None = word("on these paths", ["/admin/*"])
    methods: Methods | None = word("with these methods", ["DELETE"])


class TokenFrom(Closed):
    """Where a token is found."""

    one_of: ClassVar[bool] = True
    header: w.HeaderName | None = word("in this header", "x-token")
    cookie: w.Slug | None = word("in this cookie", "session")
    query: w.Slug | None = word("in this query parameter", "token")


class Auth(Closed):
    """Who may use an exposure."""

    jwt: w.DnsLabel | None = word("a token of this identity provider is needed", "acme-idp")
    audiences: Texts | None = word("the token must be for one of these", ["checkout"])
    claims: dict[w.Slug, Texts] | None = word("the token must carry one of these values", {"scope": ["cart"]})
    publicPaths: list[w.Path] | None = word("paths that need no token", ["/healthz"])
    required: bool | None = word("whether a request without a token is refused; default: true", True)
    external: w.DnsLabel | None = word("an external authorizer of the platform", "opa")
    tokenFrom: TokenFrom | None = word("where the token is; default: the Authorization header", {"cookie": "session"})


class Cors(Closed):
    """What pages of other origins may do."""

    origins: list[w.Slug] = required("origins", ["https://shop.acme.com"])
    methods: Methods | None = word("methods", ["GET"])
    headers: list[w.HeaderName] | None = word("request headers", ["authorization"])
    credentials: bool | None = word("whether cookies are sent", False)
    maxAge: w.Duration | None = word("how long the answer may be kept", "24h")


class Rewrite(Closed):
    """What the program sees instead of the path that was asked for."""

    prefix: Annotated[str, Field(pattern=r"^/\S*$")] = required("replaces the matched `/a/*`", "/")


class Redirect(Closed):
    """Where the request is sent instead."""

    host: w.Hostname | None = word("another host", "www.acme.com")
    path: Annotated[str, Field(pattern=r"^/\S*$")] | None = word("another path", "/new")
    code: Literal[301, 302, 303, 307, 308] | None = word("the status; default: 308", 308)


class HeaderChange(Closed):
    """How headers change."""

    add: dict[w.HeaderName, str] | None = word("appended", {"x-edge": "1"})
    set: dict[w.HeaderName, str] | None = word("replaced", {"x-frame-options": "DENY"})
    remove: list[w.HeaderName] | None = word("removed", ["server"])


class SetHeaders(Closed):
    """How headers change on the way in and out."""

    request: HeaderChange | None = word("of the request", {"add": {"x-edge": "1"}})
    response: HeaderChange | None = word("of the response", {"remove": ["server"]})


CountedBy = Annotated[str, Field(pattern=r"^(client|service|header:[A-Za-z0-9-]+)$")]


class Rate(Closed):
    """How many requests pass."""

    requests: w.Requests = required("how many", 100)
    per: w.Duration = required("in which time", "1s")


class ReplicaLimit(Rate):
    """How many requests pass at a replica."""

    burst: w.Requests | None = word("how many at once; default: `requests`", 200)


class ExposeLimit(Rate):
    """How many requests pass for an exposure."""

    burst: w.Requests | None = word("how many at once; default: `requests`", 200)
    by: CountedBy | None = word("counted for the service as a whole (default), by client, or by a header", "client")


class GatewayLimit(Rate):
    """How many requests pass for each exposure of a gateway."""

    by: CountedBy | None = word("counted for the exposure as a whole (default), by client, or by a header", "client")


class ExposeTls(Closed):
    """How a connection from outside is secured."""

    mode: Literal["terminate", "passthrough", "mutual"] | None = word("where TLS ends; default: terminate", "terminate")
    secret: w.DnsLabel | None = word("a certificate of my own in the gateway's namespace", "own-cert")
    clientCA: w.DnsLabel | None = word("who signs client certificates, for mutual", "partners-ca")


class Expose(Closed):
    """What a gateway lets in from outside."""

    gateway: w.DnsLabel = required("a Gateway", "public")
    host: w.ExposedHost | None = word("the host; default: my name", "checkout")
    port: w.PortName | None = word("one of my ports; default: the primary one", "http")
    paths: Paths | None = word("only these paths; default: all", ["/*"])
    methods: Methods | None = word("only these methods; default: all", ["GET", "POST"])
    headers: dict[w.HeaderName, str] | None = word("only requests that carry these headers", {"x-api": "2"})
    auth: Auth | None = word("who may use it", {"jwt": "acme-idp"})
    cors: Cors | None = word("what pages of other origins may do", {"origins": ["https://shop.acme.com"]})
    rewrite: Rewrite | None = word("what the program sees instead of the path", {"prefix": "/"})
    redirect: Redirect | None = word("where the request is sent instead", {"path": "/new"})
    setHeaders: SetHeaders | None = word("how headers change", {"response": {"remove": ["server"]}})
    rateLimit: ExposeLimit | None = word("how many requests the gateway lets pass", {"requests": 100, "per": "1s"})
    sourceRanges: Annotated[list[w.Cidr], Field(min_length=1)] | None = word(
        "only clients of these addresses", ["10.0.0.0/8"]
    )
    tls: ExposeTls | None = word("how the connection is secured", {"mode": "terminate"})
    httpRedirect: bool | None = word("whether plain http is redirected to https; default: true", False)
    opens: list[w.Path] | None = word("exceptions to the platform's closed paths", ["/metrics"])
    delegate: dict[w.Ref, Paths] | None = word(
        "paths of this host that others may expose", {"search/search-ui": ["/search/*"]}
    )


class Retries(Closed):
    """What happens when a request fails."""

    attempts: Annotated[int, Field(ge=0, le=10)] | None = word("how often it is tried again; 0 = not at all", 2)
    perTryTimeout: w.Duration | None = word("how long one try may take", "500ms")
    retryOn: (
        list[
            Annotated[int, Field(ge=400, le=599)]
            | Literal[
                "connect-failure",
                "refused-stream",
                "unavailable",
                "cancelled",
                "deadline-exceeded",
                "internal",
                "resource-exhausted",
                "5xx",
                "gateway-error",
                "reset",
                "reset-before-request",
                "retriable-4xx",
                "retriable-status-codes",
                "envoy-ratelimited",
            ]
        ]
        | None
    ) = word("when: Istio's words and status numbers", ["connect-failure", 503])


class Affinity(Closed):
    """What sends a client to the same replica again."""

    cookie: w.Slug | None = word("a cookie that the proxy sets", "sid")
    ttl: w.Duration | None = word("how long the cookie lives", "1h")
    header: w.HeaderName | None = word("a request header", "x-user")


class LoadBalancer(Closed):
    """Which replica gets a request."""

    policy: Literal["leastRequest", "roundRobin", "random"] | None = word("how it is chosen", "leastRequest")
    affinity: Affinity | None = word("what keeps a client with its replica", {"cookie": "sid", "ttl": "1h"})


class Mirror(Closed):
    """A copy of requests for another version."""

    version: w.DnsLabel = required("a key of `versions`", "canary")
    percent: w.Percent | None = word("how many of the requests; default: 100", 5)


class Delay(Closed):
    """Answers that come late on purpose."""

    duration: w.Duration = required("how late", "2s")
    percent: w.Percent | None = word("for how many of the requests; default: 100", 10)


class Abort(Closed):
    """Answers that fail on purpose."""

    status: Annotated[int, Field(ge=200, le=599)] = required("the status", 503)
    percent: w.Percent | None = word("for how many of the requests; default: 100", 1)


class Fault(Closed):
    """Faults on purpose, to see whether callers bear them."""

    delay: Delay | None = word("late answers", {"duration": "2s", "percent": 10})
    abort: Abort | None = word("failed answers", {"status": 503, "percent": 1})


class TrafficRoute(Closed):
    """Requests that behave otherwise than the rest."""

    paths: Paths | None = word("which paths", ["/export/*"])
    methods: Methods | None = word("which methods", ["GET"])
    headers: dict[w.HeaderName, str] | None = word("which headers", {"x-batch": "1"})
    timeout: w.Duration | None = word("how long an answer may take", "60s")
    retries: Retries | None = word("what happens when it fails", {"attempts": 0})
    fault: Fault | None = word("faults on purpose", {"abort": {"status": 503}})


class OutsideTraffic(Closed):
    """How requests behave, whoever answers them."""

    timeout: w.Duration | None = word("how long an answer may take; 0s = for ever", "2s")
    retries: Retries | None = word("what happens when it fails", {"attempts": 2, "perTryTimeout": "500ms"})
    loadBalancer: LoadBalancer | None = word("which replica gets a request", {"policy": "leastRequest"})
    fault: Fault | None = word("faults on purpose", {"abort": {"status": 503, "percent": 1}})
    routes: dict[w.DnsLabel, TrafficRoute] | None = word(
        "requests that behave otherwise", {"export": {"timeout": "60s"}}
    )


class Traffic(OutsideTraffic):
    """How requests to me behave, from the mesh and from gateways alike."""

    mirror: Mirror | None = word("a copy of requests for another version", {"version": "canary", "percent": 5})


class CircuitBreaker(Closed):
    """How much is let through to one application at once."""

    maxConnections: w.Positive | None = word("connections", 200)
    maxPendingRequests: w.Positive | None = word("requests that wait for a connection", 100)
    maxRequests: w.Positive | None = word("requests under way", 1000)
    maxRequestsPerConnection: w.Count | None = word("requests on one connection; 0 = no limit", 0)


class OutlierDetection(Closed):
    """When a replica that fails is left alone for a while."""

    consecutiveErrors: w.Positive | None = word("failures in a row", 5)
    interval: w.Duration | None = word("how often it is looked at", "10s")
    ejectFor: w.Duration | None = word("how long it is left alone", "30s")
    maxEjectionPercent: w.Percent | None = word("how many of the replicas at most", 50)


class Failover(Closed):
    """Where requests go when a region fails."""

    to: dict[w.DnsLabel, w.DnsLabel] = required("from region: to region", {"eu-west-1": "us-east-1"})


class OutsideResilience(Closed):
    """What protects callers from failure, whoever fails."""

    circuitBreaker: CircuitBreaker | None = word("how much is let through at once", {"maxConnections": 200})
    outlierDetection: OutlierDetection | None = word("when a failing replica is left alone", {"consecutiveErrors": 5})
    failover: Failover | None = word("where requests go when a region fails", {"to": {"eu-west-1": "us-east-1"}})


class Resilience(OutsideResilience):
    """What protects me and my callers from failure."""

    rateLimit: ReplicaLimit | None = word(
        "how many requests one replica lets pass at each of its HTTP ports that are not internal",
        {"requests": 500, "per": "1s"},
    )


class VersionMatch(Closed):
    """Requests that go to a version whatever its weight."""

    headers: Annotated[dict[w.HeaderName, str], Field(min_length=1)] = required("headers they carry", {"x-canary": "1"})


class ApplicationVersion(Closed):
    """Another version beside the stable one, which is the spec itself and gets the rest of the requests."""

    image: w.Image = required("its image", "ghcr.io/acme/checkout:1.5.0")
    weight: w.Percent | None = word("its share of the requests in percent; default: 0", 10)
    match: VersionMatch | None = word("requests that always go to it", {"headers": {"x-canary": "1"}})
    scale: Scale | None = word("how many replicas; default: as the stable one", {"min": 1})
    env: Env | None = word("variables beyond the stable ones", {"NEW": "1"})
    resources: Resources | None = word("what it asks for; default: as the stable one", {})


class Rollout(Closed):
    """Who moves the weights."""

    weightsBy: Literal["platformc", "argo-rollouts", "flagger"] = required("who owns the weights", "platformc")
