"""The scalar types of the vocabulary: strings with a pattern, numbers with a range, each with a name and an example."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SEGMENT = r"[^/\s*?#]+"
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(\.{_BYTE}){{3}}"
_IPV6 = r"[0-9a-fA-F:]*:[0-9a-fA-F:.]+"


DnsLabel: TypeAlias = Annotated[
    str, StringConstraints(pattern=rf"^{_LABEL}$", max_length=63), Field(description="a DNS label", examples=["cart"])
]
AppName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=40),
    Field(description="a DNS label of at most 40 characters that starts with a letter", examples=["cart"]),
]
PortName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=15),
    Field(description="a port name: a DNS label of at most 15 characters", examples=["http"]),
]
Ref: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^{_LABEL}(/{_LABEL})?$"),
    Field(description="`name` of my own team or `team/name`", examples=["payments/ledger"]),
]
SourceRef: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^({_LABEL}|{_LABEL}/{_LABEL}|{_LABEL}/\*|\*/\*)$"),
    Field(description="`name`, `team/name`, `team/*` or `*/*`", examples=["shop/cart"]),
]
BlueprintRef: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^{_LABEL}@[0-9]+$"),
    Field(description="a blueprint's name and major version", examples=["web-service@1"]),
]
PartRef: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^(none|{_LABEL}@[0-9]+)$"),
    Field(description="a blueprint's name and major version, or `none`", examples=["istio-sidecar@1"]),
]
Duration: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^(0s|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$", min_length=2),
    Field(
        description="a duration in units of d, h, m, s, ms; `0s` is none",
        examples=["500ms", "2s", "1h30m"],
        json_schema_extra={"x-units": ["ms", "s"]},
    ),
]
Quantity: TypeAlias = (
    Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"),
        Field(description="a Kubernetes quantity", examples=["100m", "128Mi"]),
    ]
    | Annotated[int, Field(ge=0)]
)
Path: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^/({_SEGMENT}(/{_SEGMENT})*(/\*|/)?|\*)?$"),
    Field(description="`/a` exactly, `/a/*` for `/a` and all below it, `/*` for everything", examples=["/cart/*"]),
]
Method: TypeAlias = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
PortNumber: TypeAlias = Annotated[int, Field(ge=1, le=65535, description="a port number", examples=[8080])]
Percent: TypeAlias = Annotated[int, Field(ge=0, le=100, description="a percentage", examples=[10])]
PercentOrCount: TypeAlias = (
    Annotated[
        str,
        StringConstraints(pattern=r"^([0-9]|[1-9][0-9]|100)%$"),
        Field(description="a percentage", examples=["25%"]),
    ]
    | Annotated[int, Field(ge=0)]
)
Count: TypeAlias = Annotated[int, Field(ge=0)]
Positive: TypeAlias = Annotated[int, Field(ge=1)]
Requests: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000_000, description="a number of requests", examples=[100])]
Cidr: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^({_IPV4}/(3[0-2]|[12]?[0-9])|{_IPV6}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$"),
    Field(description="an address range", examples=["10.0.0.0/8"], json_schema_extra={"x-range": True}),
]
IpAddress: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^({_IPV4}|{_IPV6})$"),
    Field(description="an IP address", examples=["169.254.20.10"]),
]
Address: TypeAlias = Annotated[  # no name ends in a number: what does is a mistyped address
    str,
    StringConstraints(pattern=rf"^({_IPV4}|{_IPV6}|({_LABEL}\.)*[a-z]([-a-z0-9]*[a-z0-9])?)$", max_length=253),
    Field(description="an IP address or a DNS name", examples=["10.30.0.5"]),
]
Hostname: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^(\*\.)?({_LABEL}\.)+{_LABEL}$", max_length=253),
    Field(description="a host name, or `*.suffix`", examples=["api.stripe.com"]),
]
ExposedHost: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^(@|({_LABEL}\.)*{_LABEL})$", max_length=253),
    Field(description="no dot: below the gateway's domain; a dot: absolute; `@`: the domain itself", examples=["shop"]),
]
Image: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._/:@-]*$", max_length=512),
    Field(description="a container image", examples=["ghcr.io/acme/cart:1.0.0"]),
]
EnvName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$"),
    Field(description="the name of an environment variable", examples=["LOG_LEVEL"]),
]
FileName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[-._a-zA-Z0-9]+$", max_length=253),
    Field(description="a key of a ConfigMap or Secret", examples=["flags.yaml"]),
]
AbsolutePath: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^/[^\s:]*$"), Field(description="an absolute path", examples=["/etc/app"])
]
FileMode: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^0[0-7]{3}$"), Field(description="a file mode, quoted", examples=["0440"])
]
Cron: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( +\S+){4})$"),
    Field(description="a cron schedule of five fields", examples=["15 3 * * *"]),
]
LabelKey: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"),
    Field(description="a Kubernetes label key", examples=["cost-center"]),
]
LabelValue: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$", max_length=63),
    Field(description="a Kubernetes label value", examples=["shop"]),
]
Labels: TypeAlias = dict[LabelKey, LabelValue]
HeaderName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"), Field(examples=["x-canary"])
]
Glob: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[-a-z0-9*]+$"), Field(description="a name, `*` for any text", examples=["prod-*"])
]
Date: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
    Field(description="a day, quoted", examples=["2027-01-31"]),
]
Version: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?$"),
    Field(description="a version, quoted", examples=["1.33"]),
]
SemVer: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$"), Field(description="a full version", examples=["1.4.2"])
]
Protocol: TypeAlias = Literal["http", "http2", "grpc", "https", "tcp", "tls", "udp"]
MetricName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$"),
    Field(description="the name of a metric", examples=["http_requests_total"]),
]
MetricLabel: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$"),
    Field(description="the name of a metric's label", examples=["code"]),
]
Url: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s{}]+$"),
    Field(description="a web address", examples=["https://runbooks.acme.com/checkout"]),
]
GitBranch: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$"),
    Field(description="the name of a Git branch", examples=["main", "env/prod"]),
]
Slug: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
VersionRange: TypeAlias = Annotated[
    str,
    StringConstraints(
        pattern=r"^(~= *[0-9]+(\.[0-9]+)+|(==|!=|>=|<=|<|>) *[0-9]+(\.[0-9]+)*)"
        r"( *, *(~= *[0-9]+(\.[0-9]+)+|(==|!=|>=|<=|<|>) *[0-9]+(\.[0-9]+)*))*$"
    ),
    Field(description="versions that fit, each clause parted by a comma", examples=["~= 1.4", ">= 1.2, < 3"]),
]
