"""Names: of objects that belong to a host, as readable as the host and never those of another, and of pods."""

from hashlib import sha256

from platform_compiler.link.model import Interface

_HASH = 8
_LONGEST = 240
"""Names of objects end at 253 characters; objects of one host add a few of their own."""
_LABEL = 63


def resource_name(fqdn: str) -> str:
    """Return what objects of a host are called.

    Dots become hyphens, so a host with hyphens of its own could have the name of another; it gets a digest.
    """
    name = fqdn.replace("*", "wildcard").replace(".", "-")
    if "-" in fqdn or fqdn.startswith("wildcard.") or len(name) > _LONGEST:
        return _marked(name, fqdn, _LONGEST)
    return name


def label_name(fqdn: str) -> str:
    """Return the same where a name is a single label."""
    name = resource_name(fqdn)
    return name if len(name) <= _LABEL else _marked(name, fqdn, _LABEL)


def pod_labels(interface: Interface) -> dict[str, str]:
    """Return what selects an application's pods, whatever their version."""
    return {"app.kubernetes.io/name": interface.name}


def _marked(name: str, whole: str, longest: int) -> str:
    """Return a name that ends with a digest of what it stands for."""
    digest = sha256(whole.encode()).hexdigest()[:_HASH]
    return f"{name[: longest - _HASH - 1].rstrip('-')}-{digest}"
