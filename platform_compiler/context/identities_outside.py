"""Who stands outside or beside the clusters: identities of machines, and certificates that callers' proxies hold."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from platform_compiler.context.env import source_name
from platform_compiler.context.identities import principals
from platform_compiler.link.externals import originates
from platform_compiler.link.model import Link, Target
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
_HASH = 8


def identity_of(target: Target, specs: Mapping[str, Any]) -> Record | None:
    """Return who an external service is when it calls, under every name that its certificate may bear."""
    node = at(target.spec, "identity")
    if node is None:
        return None
    identity: Record = plain(node)
    if "spiffe" in identity:
        return {"principals": [identity["spiffe"].removeprefix("spiffe://")]}
    interface = target.interface
    namespace = interface.namespace if interface.meshed else identity.get("namespace", interface.namespace)
    account = interface.service_account
    return {"serviceAccount": account, "principals": principals(specs[target.cluster], namespace, account)}


def certificate_folder(target: Target) -> str:
    """Return where callers' proxies find the certificates for an external service."""
    return f"/etc/istio/external/{target.ref}"


def proxy_volumes(target: Target, links: Iterable[Link]) -> Record | None:
    """Return the secrets that an application's proxies read, as the annotations of its pods; None where there are none.

    The program cannot see them. Istio takes volumes and mounts as JSON by name.
    """
    asking = [link.callee for link in links if link.callee.interface.kind == "external" and originates(link.callee)]
    if not asking:
        return None
    secrets = at(target.spec, "secrets")
    declared: Record = plain(secrets) if secrets else {}
    existing = frozenset(("secret", name) for name, secret in declared.items() if secret.get("existing"))
    volumes: Record = {}
    mounts: Record = {}
    for external in asking:
        for word, place in (("ca", "ca"), ("clientCertificate", "client")):
            node = at(external.spec, "tls", word)
            if node is not None:
                callee = external.interface
                name = f"{callee.name}-{place}-{sha256(callee.ref.encode()).hexdigest()[:_HASH]}"
                source = source_name("secret", plain(node), target.interface.name, existing)
                volumes[name] = {"secret": {"secretName": source}}
                mounts[name] = {"mountPath": f"{certificate_folder(external)}/{place}", "readOnly": True}
    if not volumes:
        return None
    return {key: json.dumps(value, sort_keys=True) for key, value in (("volumes", volumes), ("mounts", mounts))}
