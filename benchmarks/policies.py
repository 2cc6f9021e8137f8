"""How fast a generated fleet is judged by twenty built-in policies, and what policies cost that are for nothing in it.

    python -m benchmarks.policies [--apps 1000] [--jobs 1,2]

1,000 applications on six clusters are about 60,000 resources. The time is CPU time of one core in one process: reading
and compiling the policies, and judging every resource of every cluster. With `--jobs` the whole way from files to bytes
is timed instead, by so many processes, without policies and with twenty: what the clock says, and the CPU time that
nobody can do without, which is that of this process and of the slowest other one. Figures depend on the machine;
nothing else may run beside them.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.fleet import write_fleet
from platform_compiler.blueprints.expand import expand
from platform_compiler.checked import Checked
from platform_compiler.context.build import build_contexts
from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import build, check
from platform_compiler.policy.stages import convene
from platform_compiler.scale.build import build_on
from platform_compiler.scale.local import local
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory, FileTree, Overlaid
from platform_compiler.verify.compiled import facts_of, items_of, schemas_of
from platform_compiler.verify.group import items_in
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
    parser.add_argument("--jobs", help="time whole compiles by so many processes, such as `1,2`")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="platformc-bench-") as scratch:
        write_fleet(Path(scratch), options.apps)
        tree = Directory(Path(scratch))
        if options.jobs:
            for twenty in (False, True):
                for jobs in map(int, options.jobs.split(",")):
                    in_a_process_of_its_own(Path(scratch), TWENTY if twenty else (), jobs)
            return
        bag = Bag()
        checked = check(tree, DAY, bag)
        contexts = build_contexts(checked.loaded, checked.resolved, checked.linked, bag)
        resources = expand(contexts, checked.catalog, {}, bag)
        items = items_in(items_of(resources, lambda resource, _: resource.template))
        gc.collect()
        gc.disable()  # as the command line does
        print(f"{len(items):,} resources, one core")
        for name, policies in (("policies for nothing here", FOR_NOTHING), ("twenty policies", TWENTY)):
            seconds, found = judged(tree, checked, items, policies)
            rate, each = len(items) / seconds, seconds / len(items) * 1e6
            print(f"  {name:<26}{seconds:7.2f} s {rate:9,.0f} resources/s {each:7.1f} us/resource, {found:,} findings")


def judged(tree: FileTree, checked: Checked, items: list[Item], policies: tuple[str, ...]) -> tuple[float, int]:
    """Return the CPU seconds of judging, and how many findings there are."""
    overlaid = Overlaid(tree, {"policies/bench.yaml": _set_of(policies)})
    loaded = check(overlaid, DAY, Bag()).loaded
    facts = facts_of(checked.loaded, checked.linked)
    bag = Bag()
    started = time.process_time()
    court = convene(overlaid, loaded, DAY, bag)
    judgement = court.judge_resources(items, checked.linked, schemas_of(facts, checked.schemas))
    court.close([judgement], checked.linked, (), bag, whole=True)
    return time.process_time() - started, len(bag.sorted())


def _set_of(policies: tuple[str, ...]) -> bytes:
    named = "".join(f"    {name}: {{}}\n" for name in policies)
    return (
        "apiVersion: platformc.dev/v1\nkind: PolicySet\nmetadata: {name: bench}\n"
        f"spec:\n  enforce: [{{actions: [Deny]}}]\n  policies:\n{named}"
    ).encode()


def in_a_process_of_its_own(fleet: Path, policies: tuple[str, ...], jobs: int) -> None:
    """Compile the fleet from files to bytes by so many processes, and print the rate."""
    pid = os.fork()
    if pid == 0:
        gc.disable()
        compiled(fleet, policies, jobs)
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(pid, 0)


def compiled(fleet: Path, policies: tuple[str, ...], jobs: int) -> None:
    """Compile the fleet, and print how fast that was."""
    started, own = time.perf_counter(), time.process_time()
    bag = Bag()
    tree = snapshot(Directory(fleet))
    if policies:
        tree = tree.overlaid({"policies/bench.yaml": _set_of(policies)})
    checked = check(tree, DAY, bag)
    slowest = 0.0
    if jobs == 1:
        output = build(checked, bag)
    else:
        with local(jobs) as engine:
            executor = Timed(engine.executor)
            output = build_on(replace(engine, executor=executor), tree, DAY, checked, bag)
            slowest = executor.slowest()
    wall, cpu = time.perf_counter() - started, time.process_time() - own + slowest
    assert output is not None, bag.sorted()[:3]
    count = len(output.files)
    print(f"{count:,} resources, {len(policies):2} policies, -j {jobs}:", end=" ")
    print(f"{wall:6.2f} s {count / wall:9,.0f} resources/s;", end=" ")
    print(f"CPU {cpu:6.2f} s {count / cpu:9,.0f} resources/s", flush=True)


class Timed(Executor):
    """An executor that knows how much CPU time each of its jobs took."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner
        self._took: list[Future[float]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do as the inner one does, with the time besides."""
        outer: Future[Any] = Future()
        took: Future[float] = Future()
        self._took.append(took)

        def done(found: Future[tuple[Any, float]]) -> None:
            result, seconds = found.result()
            took.set_result(seconds)
            outer.set_result(result)

        self._inner.submit(timed, fn, *args, **kwargs).add_done_callback(done)
        return outer

    def slowest(self) -> float:
        """Return the CPU seconds of the slowest job."""
        return max(took.result() for took in self._took)


def timed(work: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    """Return what comes of some work, and the CPU seconds that it took."""
    started = time.process_time()
    result = work(*args)
    return result, time.process_time() - started


if __name__ == "__main__":
    main()
