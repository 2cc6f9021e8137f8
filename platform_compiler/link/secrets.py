"""Where secrets come from: a store that the platform has declared, as soon as it declares any."""

from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.link.facts import entries
from platform_compiler.link.model import Linked, Target
from platform_compiler.load import Loaded
from platform_compiler.source.node import at


def check_secret_stores(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:  # noqa: ARG001 -- a check
    """Report secrets of stores that are not declared; a platform that declares none names them after their objects."""
    secrets = entries(at(target.spec, "secrets"))
    known = entries(at(loaded.platform.spec, "secretStores")) if secrets and loaded.platform else {}
    for secret in secrets.values() if known else ():
        node = at(secret, "store")
        name = getattr(node, "text", "")
        if node is None or name in known:
            continue
        near = did_you_mean(name, known)
        listed = ", ".join(f"`{each}`" for each in sorted(known))
        cure = f"did you mean `{near}`?" if near else f"`secretStores` of platform.yaml are {listed}"
        bag.add("PC2488", f"there is no secret store `{name}`", node.span, help=cure)
