"""`make demo`: compile the Online Boutique for three environments and four clusters, and show what came out."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOUTIQUE = ROOT / "fixtures" / "online-boutique"
OUTPUT = ROOT / "demo-output"
SHOWN = OUTPUT / "clusters/prod-eu/checkout/emailservice/authorizationpolicy-emailservice.yaml"


def main() -> int:
    """Compile, count by cluster and kind, show one resource and the manifest behind it."""
    command = [sys.executable, "-m", "platform_compiler", "compile", "--root", str(BOUTIQUE), "-o", str(OUTPUT)]
    print(f"$ platformc compile --root {BOUTIQUE.relative_to(ROOT)} -o {OUTPUT.relative_to(ROOT)}", flush=True)
    if code := subprocess.run(command, check=False).returncode:
        return code
    for cluster in sorted((OUTPUT / "clusters").iterdir()):
        kinds = Counter(path.stem.partition("-")[0] for path in cluster.rglob("*.yaml"))
        listed = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common(6))
        print(f"  {cluster.relative_to(ROOT)}: {sum(kinds.values())} resources ({listed}, ...)")
    for path in (BOUTIQUE / "teams/checkout/emailservice.yaml", SHOWN):
        print(f"\n# {path.relative_to(ROOT)}\n{path.read_text(encoding='utf-8')}", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())  # noqa: TID251 -- a script ends itself
