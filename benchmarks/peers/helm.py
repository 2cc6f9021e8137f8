"""`helm template`, one release an application, where helm is installed."""

import shutil
import subprocess
import time

from benchmarks.peers.work import Work


def helm(work: Work) -> float | None:
    """Render a chart of all resources for every application; None where there is no helm."""
    program = shutil.which("helm")
    if program is None:
        return None
    chart = work.directory / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: app\nversion: 1.0.0\n")
    (chart / "templates/all.yaml").write_text(
        work.jinja(".Values.name", ".Values.team").replace("{{ '", '{{ "').replace("' }}", '" }}')
    )
    started = time.perf_counter()
    for name, team in work.names:
        made = subprocess.run(
            [program, "template", name, str(chart), "--set", f"name={name},team={team}"],
            check=True,
            capture_output=True,
        )
        (work.directory / f"{name}.yaml").write_bytes(made.stdout)
    return time.perf_counter() - started
