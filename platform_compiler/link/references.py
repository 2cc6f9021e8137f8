"""Resolving references: from `name` or `team/name` to the target that is meant, or to why there is none."""

from collections.abc import Mapping
from typing import NamedTuple

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import pins_images
from platform_compiler.link.facts import ClusterFacts, one_mesh
from platform_compiler.link.interface import is_machine
from platform_compiler.link.model import Call, Target
from platform_compiler.load import Loaded
from platform_compiler.source.node import at

KUBERNETES = "kubernetes"
"""The built-in callee: the API server of the caller's own cluster."""


class Reach(NamedTuple):
    """The targets of a cluster, and of those of its mesh that ways lead to; the suffix of their namespaces.

    `rank` is how many of the others come before the cluster in the order of their names.
    """

    targets: tuple[Mapping[str, Target], ...]
    suffix: str
    rank: int


class References:
    """Finds callees: by reference on the caller's cluster, and on those of the same mesh that can be reached."""

    def __init__(
        self,
        loaded: Loaded,
        targets: Mapping[str, Mapping[str, Target]],
        facts: Mapping[str, ClusterFacts],
        bag: Bag,
    ) -> None:
        self._loaded = loaded
        self._targets = targets
        self._facts = facts
        self._bag = bag
        self.reach = {name: self._reach_of(name) for name in targets}
        self._formerly = {
            old: (target.ref, target)
            for by_ref in targets.values()
            for target in by_ref.values()
            for old in target.interface.formerly
        }

    def _reach_of(self, cluster: str) -> Reach:
        mine = self._facts[cluster]
        others = [name for name in sorted(self._targets) if name != cluster and one_mesh(mine, self._facts[name])]
        targets = tuple(self._targets[name] for name in (cluster, *others))
        return Reach(targets, mine.namespace_suffix, sum(name < cluster for name in others))

    def find(self, caller: Target, call: Call) -> tuple[Target, ...]:
        """Return the targets of a call, the caller's own cluster first; none after saying why there is none."""
        ref = call.callee
        if ref == caller.ref:
            self._bag.add("PC2005", f"`{ref}` calls itself", call.span, help="remove it: nothing is needed for that")
            return ()
        if ref not in self._loaded.workloads and ref in self._formerly:
            now, target = self._formerly[ref]
            self._bag.add(
                "PC2004",
                f"`{ref}` is called `{now}` now",
                call.span,
                also=[Label(target.interface.span, "its new name")],
                help=f"write `{now}`",
            )
            ref = now
        return self._on_cluster(caller, call, ref)

    def _on_cluster(self, caller: Target, call: Call, ref: str) -> tuple[Target, ...]:
        manifest = self._loaded.workloads.get(ref)
        if manifest is not None and manifest.kind == "RawResources":
            cure = "call an application or an external service; raw resources have no ports and no `access`"
            self._bag.add("PC2001", f"`{ref}` holds raw resources, which nobody can call", call.span, help=cure)
            return ()
        on_mine, *beyond = self.reach[caller.cluster].targets
        here, afar = on_mine.get(ref), [there[ref] for there in beyond if ref in there]
        reached = [target for target in afar if _crosses(caller, target)]
        if here is not None:
            return (here, *reached)
        elsewhere = {cluster: by_ref[ref] for cluster, by_ref in self._targets.items() if ref in by_ref}
        if not elsewhere:
            self._unknown(call, ref)
        elif not reached and self._loaded.knows_clusters:
            environment = self._facts[caller.cluster].environment
            same_stage = {c: t for c, t in elsewhere.items() if self._facts[c].environment == environment}
            self._not_here(caller, call, ref, elsewhere, same_stage)
        return tuple(reached)

    def _not_here(
        self, caller: Target, call: Call, ref: str, elsewhere: Mapping[str, Target], same_stage: Mapping[str, Target]
    ) -> None:
        first = next(iter(elsewhere.values()))
        placed = ", ".join(f"`{cluster}`" for cluster in sorted(elsewhere))
        also = [Label(first.interface.span, f"it runs on {placed}")]
        environment = self._facts[caller.cluster].environment
        if same_stage:
            self._bag.add(
                "PC2003",
                f"`{ref}` cannot be reached from cluster `{caller.cluster}`",
                call.span,
                also=also,
                help=(
                    "clusters reach each other in one `mesh.id` with sidecars, other networks, and `eastWest` on both",
                    "otherwise declare its address as an ExternalService and call that",
                ),
            )
        else:
            stage, owner = self._loaded.environments.get(environment), self._loaded.workloads[ref]
            is_waiting = pins_images(stage) and at(owner.spec, "environments", environment, "image") is None
            cure = f"place it in `{environment}` too"
            if is_waiting:
                cure = f"promote it too: `platformc promote {ref} --to {environment}`"
            self._bag.add(
                "PC2002",
                f"`{ref}` does not run in `{environment}`, where `{caller.ref}` does",
                call.span,
                also=also,
                help=f"{cure}, or remove the call there with an overlay: `{call.ref}: null`",
            )

    def _unknown(self, call: Call, ref: str) -> None:
        machine = ref in self._loaded.workloads and is_machine(self._loaded.workloads[ref].spec)
        if machine and self._loaded.knows_clusters:
            self._bag.add(
                "PC2505",
                f"`{ref}` has no machine anywhere",
                call.span,
                also=[Label(self._loaded.workloads[ref].spec.span, "no endpoints")],
                help="write its `endpoints` with their addresses",
            )
        if f"teams/{ref}.yaml" in self._loaded.broken or ref in self._loaded.workloads:
            return
        known = self._loaded.refs
        near = did_you_mean(ref, known) or next(
            (k for k in sorted(known) if k.endswith(f"/{ref.partition('/')[2]}")), None
        )
        self._bag.add(
            "PC2001",
            f"there is no `{ref}`",
            call.span,
            help=f"did you mean `{near}`?" if near else f"it would stand in teams/{ref}.yaml",
        )


def _crosses(caller: Target, callee: Target) -> bool:
    """Whether a way that leads from one cluster to another is for these two: proxies on both sides know it."""
    return callee.interface.kind == "app" and caller.interface.meshed and callee.interface.meshed
