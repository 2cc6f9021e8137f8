"""Kapitan from PyPI: Jinja2 input, one target an application, two processes."""

import subprocess
import time
from pathlib import Path

from benchmarks.peers.installed import python_with
from benchmarks.peers.work import Work


def kapitan(work: Work) -> float | None:
    """Compile an inventory of every application; None where Kapitan cannot be installed."""
    python = python_with("kapitan")
    if python is None:
        return None
    for folder in ("inventory/targets", "inventory/classes", "templates"):
        (work.directory / folder).mkdir(parents=True)
    text = work.jinja("inventory.parameters.name", "inventory.parameters.team")
    (work.directory / "templates/app.yaml").write_text(text)
    for name, team in work.names:
        (work.directory / f"inventory/targets/{name}.yml").write_text(
            f"parameters:\n  name: {name}\n  team: {team}\n  kapitan:\n    vars: {{target: {name}}}\n    compile:\n"
            "    - output_path: .\n      input_type: jinja2\n      input_paths: [templates/app.yaml]\n"
        )
    started = time.perf_counter()
    command = [str(Path(python).with_name("kapitan")), "compile", "-p", "2"]
    subprocess.run(command, cwd=work.directory, check=True, capture_output=True)
    return time.perf_counter() - started
