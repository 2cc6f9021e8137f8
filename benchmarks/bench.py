"""Resources a second of a cold compile by phase on one core, and peak memory.

    python -m benchmarks.bench [--apps 1000] [--meshed] [--schemas-alone]

Figures depend on the machine; quote the ratios.
"""

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from benchmarks.fleet import CLUSTERS, write_fleet
from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.blueprints.expand import expand
from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.build import build_contexts
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.emit.layout import lay_out
from platform_compiler.layers.resolve import resolve
from platform_compiler.link.link import link
from platform_compiler.load import load
from platform_compiler.schema.store import NOTHING
from platform_compiler.source.node import Node
from platform_compiler.source.tree import Directory
from platform_compiler.verify.compiled import facts_of, items_of, schemas_of, verify
from platform_compiler.verify.item import Item
from platform_compiler.verify.verify import faults_of

_Result = TypeVar("_Result")
ROOT = Path(__file__).parents[1]


def _template(resource: Resource, _: object) -> Span:
    return resource.template


def _asked_of_faults(item: Item) -> Node:
    raise AssertionError(f"{item} does not fit its schema")


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=1000, help="applications in the generated fleet (default 1000)")
    parser.add_argument(
        "--meshed", action="store_true", help="one mesh over both clusters of an environment, and exposed applications"
    )
    parser.add_argument(
        "--schemas-alone", action="store_true", help="leave out what no schema sees, which no compile for people does"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="platformc-bench-") as scratch:
        directory = Path(scratch)
        write_fleet(directory / "fleet", options.apps, meshed=options.meshed)
        if not options.schemas_alone:
            subprocess.run([sys.executable, "-m", "benchmarks.whole", str(directory / "fleet")], cwd=ROOT, check=True)
        compile_by_phase(directory / "fleet", options.apps, shapes_only=options.schemas_alone)


def timed(name: str, phases: dict[str, float], work: Callable[[], _Result]) -> _Result:
    """Run `work` and note its CPU time under `name`."""
    started = time.process_time()
    result = work()
    phases[name] = time.process_time() - started
    return result


def compile_by_phase(fleet: Path, apps: int, *, shapes_only: bool = False) -> None:
    """Compile cold on one core, phase by phase, and print what each takes; perhaps with schemas as the only checks."""
    phases: dict[str, float] = {}
    bag = Bag()
    tree = Directory(fleet)
    gc.collect()
    gc.disable()  # as the command line does
    loaded = timed("load", phases, lambda: load(tree, bag))
    catalog = timed("catalog", phases, lambda: load_catalog(tree, loaded, bag))
    resolved = timed(
        "layers", phases, lambda: resolve(loaded, catalog.defaults, bag, date(2026, 6, 1), catalog.workload)
    )
    linked = timed("link", phases, lambda: link(loaded, resolved, bag))
    if bag.has_errors:
        raise SystemExit("\n".join(str(d) for d in bag.sorted()[:5]))
    contexts = timed("contexts", phases, lambda: list(build_contexts(loaded, resolved, linked, bag)))
    resources = timed("expand", phases, lambda: expand(contexts, catalog, {}, bag))
    facts = facts_of(loaded, linked)
    items = items_of(resources, _template)
    schemas = schemas_of(facts, NOTHING)
    if shapes_only:
        timed(
            "schemas", phases, lambda: faults_of(items, facts, schemas, _asked_of_faults, whole=True, shapes_only=True)
        )
    else:
        timed("verify", phases, lambda: verify(items, facts, schemas, whole=True))
    output = timed("bytes", phases, lambda: lay_out(resources, bag))
    if bag.has_errors:
        raise SystemExit("\n".join(str(d) for d in bag.sorted()[:5]))
    total, count = sum(phases.values()), len(output.files)
    size = sum(map(len, output.files.values()))
    print(f"{apps} applications x {len(CLUSTERS)} clusters: {count:,} resources, {size / 1e6:.1f} MB, one core, cold")
    for name, seconds in phases.items():
        print(f"  {name:<9}{seconds:7.2f} s {seconds / count * 1e6:7.1f} us/resource")
    print(f"  {'total':<9}{total:7.2f} s {total / count * 1e6:7.1f} us/resource = {count / total:,.0f} resources/s")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
