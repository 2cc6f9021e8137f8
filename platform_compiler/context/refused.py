"""What settings of gateways ask for and no part of a cluster can make, told before contexts are made."""

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.placement import text
from platform_compiler.load import Loaded
from platform_compiler.source.node import at, plain


def refuse(loaded: Loaded, bag: Bag) -> None:
    """Report gateways that ask for a newer TLS than Gateway API's listeners can."""
    for cluster in loaded.clusters.values():
        ingress = text(cluster.spec, "parts", "ingress") or ""
        for name, gateway in loaded.gateways.items() if ingress.startswith("gateway-api@") else ():
            least = at(gateway.spec, "tls", "minVersion")
            if least is not None and plain(least) != "1.2" and at(cluster.spec, "gateways", name) is not None:
                bag.add(
                    "PC4303",
                    f"`tls.minVersion` of a Gateway has no effect on cluster `{cluster.name}`",
                    least.span,
                    help=f"remove it: listeners of the Gateway API, which `{ingress}` makes, have no such setting",
                )
