"""`make golden`: write the expected output of the Online Boutique again. Review the difference like code."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOUTIQUE = ROOT / "fixtures" / "online-boutique"
EXPECTED = ROOT / "fixtures" / "expected" / "online-boutique"


def main() -> int:
    """Compile the fixture into the golden tree, from scratch."""
    shutil.rmtree(EXPECTED, ignore_errors=True)
    command = [sys.executable, "-m", "platform_compiler", "compile", "--root", str(BOUTIQUE), "-o", str(EXPECTED)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())  # noqa: TID251 -- a script ends itself
