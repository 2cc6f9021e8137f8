"""`make golden`: write every generated file that is checked in again. Review the difference like code.

Schemas and pages come from the models; expected output and expected messages from running the compiler on its fixtures.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from platform_compiler.blueprints import known  # noqa: E402 -- after the path is set
from platform_compiler.blueprints.export import expressions_file  # noqa: E402
from platform_compiler.context.document import context_page  # noqa: E402
from platform_compiler.diagnostics.document import codes_page  # noqa: E402
from platform_compiler.diff.risk.document import risks_page  # noqa: E402
from platform_compiler.model.document import manifests_page  # noqa: E402
from platform_compiler.model.export import schema_files  # noqa: E402
from platform_compiler.policy.document import policies_page  # noqa: E402
from tests.cli.reject_cases import cases, run  # noqa: E402

FIXTURES = ROOT / "fixtures"
COMPILED = ("online-boutique", "organisation")
"""The fixtures whose output is checked in."""


class _Chdir:
    """Changes the working directory for a case, as pytest's monkeypatch does in the tests."""

    def chdir(self, directory: Path) -> None:
        os.chdir(directory)


def main() -> int:
    """Write everything; return the exit code of the compile."""
    for name, text in schema_files().items():
        (ROOT / "schemas" / name).write_text(text, encoding="utf-8")
    known.FILE.write_text(expressions_file(), encoding="utf-8")
    (ROOT / "docs" / "blueprint-context.md").write_text(context_page(), encoding="utf-8")
    (ROOT / "docs" / "built-in-policies.md").write_text(policies_page(), encoding="utf-8")
    (ROOT / "docs" / "codes.md").write_text(codes_page(), encoding="utf-8")
    (ROOT / "docs" / "manifests.md").write_text(manifests_page(), encoding="utf-8")
    (ROOT / "docs" / "risks.md").write_text(risks_page(), encoding="utf-8")
    for case in cases():
        with tempfile.TemporaryDirectory() as scratch:
            outcome = run(case, Path(scratch) / "repository", _Chdir())
            os.chdir(ROOT)
        (case / "expect.txt").write_text(outcome.stdout, encoding="utf-8")
    return max(_compile(name) for name in COMPILED)


def _compile(name: str) -> int:
    expected = FIXTURES / "expected" / name
    shutil.rmtree(expected, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "platform_compiler",
        "compile",
        "--root",
        str(FIXTURES / name),
        "-o",
        str(expected),
    ]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())  # noqa: TID251 -- a script ends itself
