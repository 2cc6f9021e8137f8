"""Client presence: applications on clusters where their callers are and their pods are not.

Without a Service of the same name there is no address to dial there, and without the rules of its owner no subset and
no timeout.
"""

from collections.abc import Mapping

from platform_compiler.link.model import Link, Linked, Target

Clients = Mapping[str, tuple[Target, tuple[Link, ...]]]


def clients_of(cluster: str, linked: Linked) -> Clients:
    """Return by ref the applications that are only called on a cluster, as the first of their clusters has them."""
    here = linked.targets[cluster]
    found: dict[str, tuple[Target, tuple[Link, ...]]] = {}
    for ref in here if linked.reached.get(cluster) else ():  # else nobody calls beyond the cluster
        for link in linked.links_out.get((cluster, ref), ()):
            callee = link.callee
            if callee.ref not in here:
                target, links = found.get(callee.ref, (callee._replace(cluster=cluster), ()))
                found[callee.ref] = (target, (*links, link))
    return dict(sorted(found.items()))
