"""One small organisation on three clusters: with sidecars, in ambient mode, and without a mesh."""

from pathlib import Path
from typing import Any

from tests.platforms import app, cluster, write
from tests.reachability.world import Mode

MODES: dict[str, Mode] = {"sidecar": "sidecar", "ambient": "ambient", "meshless": "none"}
CLUSTERS = {
    "sidecar": cluster("istio-sidecar@1"),
    "ambient": cluster("istio-ambient@1", mesh={"dnsCapture": True}),
    "meshless": cluster("none"),
}
GRPC = {"grpc": {"port": 7000, "protocol": "grpc"}}
SMTP = {"smtp": {"port": 25, "targetPort": 2525, "protocol": "tcp"}, "http": {"port": 80, "targetPort": 8080}}
ISSUER, PARTNERS = "https://idp.acme.com/", "https://partners.example"
PLATFORM: dict[str, Any] = {
    "closedPaths": ["/metrics"],
    "identityProviders": {
        "acme-idp": {"issuer": ISSUER, "jwksUri": f"{ISSUER}keys"},
        "partners": {"issuer": PARTNERS, "jwksUri": f"{PARTNERS}/keys"},
    },
}
TOKEN: dict[str, Any] = {"jwt": "acme-idp", "audiences": ["accounts"], "claims": {"scope": ["read"]}}
IN_A_MESH = {"placement": {"clusters": ["sidecar", "ambient"]}}
"""Where tokens and denials can be asked for: without a mesh they are refused."""


TEAMS = {
    "shop": {
        "web": app(
            calls={"cart": {}, "pay/ledger": {}, "mail/relay": {}},
            expose={"web": {"gateway": "public"}},
            clusters={key: {"calls": {"pay/accounts": {}, "pay/vault": {}}} for key in ("sidecar", "ambient")},
        ),
        "cart": app(
            calls={"redis": {}, "mail/old": {}},
            access={"web": {"from": ["web"], "paths": ["/cart/*"], "methods": ["GET", "POST"]}},
            deny={"admin": {"paths": ["/cart/admin/*"]}},
            expose={"api": {"gateway": "public", "host": "api", "paths": ["/v1/*"]}},
            clusters={
                "meshless": {"access": {"web": {"paths": None, "methods": None}}, "deny": None},
            },
        ),
        "redis": app(ports={"redis": {"port": 6379, "protocol": "tcp"}}, access={"cart": {"from": ["cart"]}}),
    },
    "pay": {
        "ledger": app(
            ports=GRPC,
            access={"shop": {"from": ["shop/web"], "paths": ["/pay.Ledger/Charge"]}},
            clusters={
                "meshless": {"access": {"shop": {"paths": None}}},
                "ambient": {"traffic": {"timeout": "2s"}},
            },
        ),
        "batch": app(
            calls={"mail/relay": {}},
            clusters={key: {"calls": {"accounts": {}, "vault": {}}} for key in ("sidecar", "ambient")},
        ),
        "accounts": app(
            **IN_A_MESH,
            calls={"bank": {}},
            expose={
                "api": {
                    "gateway": "public",
                    "host": "accounts",
                    "paths": ["/v1/*", "/healthz"],
                    "auth": {**TOKEN, "publicPaths": ["/healthz"]},
                }
            },
            access={
                "all": {"from": ["shop/*", "pay/*"], "paths": ["/read/*"]},
                "partner": {
                    "from": ["shop/web"],
                    "paths": ["/partner/*"],
                    "jwt": "partners",
                    "audiences": ["accounts"],
                },
                "signed": {"from": ["shop/web"], "paths": ["/write/*"], **TOKEN},
            },
            deny={"batch": {"from": ["batch"], "paths": ["/read/secret/*"]}},
            observe={"accessLog": "errors"},
        ),
        "vault": app(
            **IN_A_MESH,
            ports={"keys": {"port": 8200, "protocol": "tcp"}, "more": {"port": 8201, "protocol": "tcp"}},
            access={"all": {"from": ["shop/*", "pay/*"]}},
            deny={"batch": {"from": ["batch"], "ports": ["keys"]}},
        ),
        "bank": {
            "hosts": ["api.bank.example"],
            "ports": {"http": {"port": 80, "targetPort": 443}},
            "tls": {"origin": "mesh"},
        },
    },
    "mail": {
        "relay": app(
            ports=SMTP,
            access={
                "mail": {"from": ["shop/web", "pay/*"], "ports": ["smtp"]},
                "status": {"from": ["pay/batch"], "ports": ["http"], "paths": ["/status"]},
            },
            clusters={"meshless": {"access": {"status": {"paths": None}}}},
        ),
        "old": app(mesh={"member": False}, access={"cart": {"from": ["shop/cart"]}}),
    },
}


def organisation(root: Path) -> Path:
    """Write the organisation's repository."""
    return write(root, CLUSTERS, TEAMS, platform=PLATFORM)
