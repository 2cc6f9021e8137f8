"""One cold compile of a repository to bytes in a process of its own, as the command line does it; prints the rate.

python -m benchmarks.whole DIR
"""

import gc
import sys
import time
from datetime import date
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory


def main() -> None:
    """Compile the repository and print resources and CPU seconds."""
    gc.disable()  # as the command line does
    started = time.process_time()
    output = compile_tree(snapshot(Directory(Path(sys.argv[1]))), date(2026, 6, 1), Bag())
    spent = time.process_time() - started
    assert output is not None
    print(f"in one go, a process of its own: {spent:.2f} s = {len(output.files) / spent:,.0f} resources/s")


if __name__ == "__main__":
    main()
