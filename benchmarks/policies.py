"""How fast a generated fleet is judged by twenty built-in policies, and what policies cost that are for nothing in it.

    python -m benchmarks.policies [--apps 1000]

1,000 applications on six clusters are about 60,000 resources. The time is CPU time of one core in one process: reading
and compiling the policies, and judging every resource of every cluster. Figures depend on the machine; nothing else may
run beside them.
"""

import argparse
import gc
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.fleet import write_fleet
from platform_compiler.blueprints.expand import expand
from platform_compiler.context.build import build_contexts
from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import Checked, check
from platform_compiler.policy.stages import convene
from platform_compiler.source.tree import Directory, FileTree, Overlaid
from platform_compiler.verify.compiled import facts_of, items_of, schemas_of
from platform_compiler.verify.item import Item

DAY = date(2026, 6, 1)
TWENTY = (
    "mesh-destination-tls",
    "mesh-no-allow-all",
    "mesh-pod-injection",
    "mesh-strict-mtls",
    "mesh-wildcard-hosts",
    "pod-security-baseline-capabilities",
    "pod-security-baseline-host-namespaces",
    "pod-security-baseline-host-ports",
    "pod-security-baseline-privileged",
    "pod-security-baseline-sysctls",
    "pod-security-restricted-capabilities",
    "pod-security-restricted-privilege-escalation",
    "pod-security-restricted-run-as-non-root",
    "pod-security-restricted-seccomp",
    "pod-security-restricted-volume-types",
    "exposure-services",
    "reliability-resources",
    "supply-chain-image-tag",
    "tenancy-labels",
    "tenancy-service-account",
)
FOR_NOTHING = ("exposure-ingress-tls", "mesh-envoy-filter", "tenancy-rbac-bindings", "tenancy-rbac-wildcards")


def main() -> None:
    """Make the fleet once, then judge it by each set of policies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=1000, help="applications in the generated fleet (default 1000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="platformc-bench-") as scratch:
        write_fleet(Path(scratch), options.apps)
        tree = Directory(Path(scratch))
        bag = Bag()
        checked = check(tree, DAY, bag)
        contexts = build_contexts(checked.loaded, checked.resolved, checked.linked, bag)
        resources = expand(contexts, checked.catalog, {}, bag)
        items = items_of(resources, lambda resource, _: resource.template)
        gc.collect()
        gc.disable()  # as the command line does
        print(f"{len(items):,} resources, one core")
        for name, policies in (("policies for nothing here", FOR_NOTHING), ("twenty policies", TWENTY)):
            seconds, found = judged(tree, checked, items, policies)
            rate, each = len(items) / seconds, seconds / len(items) * 1e6
            print(f"  {name:<26}{seconds:7.2f} s {rate:9,.0f} resources/s {each:7.1f} us/resource, {found:,} findings")


def judged(tree: FileTree, checked: Checked, items: list[Item], policies: tuple[str, ...]) -> tuple[float, int]:
    """Return the CPU seconds of judging, and how many findings there are."""
    named = "".join(f"    {name}: {{}}\n" for name in policies)
    text = (
        "apiVersion: platformc.dev/v1\nkind: PolicySet\nmetadata: {name: bench}\n"
        f"spec:\n  enforce: [{{actions: [Deny]}}]\n  policies:\n{named}"
    )
    overlaid = Overlaid(tree, {"policies/bench.yaml": text.encode()})
    loaded = check(overlaid, DAY, Bag()).loaded
    facts = facts_of(checked.loaded, checked.linked)
    bag = Bag()
    started = time.process_time()
    court = convene(overlaid, loaded, DAY, bag)
    judgement = court.judge_resources(items, checked.linked, schemas_of(facts, checked.schemas))
    court.close([judgement], checked.linked, (), bag, whole=True)
    return time.process_time() - started, len(bag.sorted())


if __name__ == "__main__":
    main()
