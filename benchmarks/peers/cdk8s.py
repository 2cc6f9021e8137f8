"""cdk8s from npm: a chart an application with an ApiObject a resource, synthesised to files."""

import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

from benchmarks.peers.work import Work

_PACKAGES = ("cdk8s@2", "constructs@10")
_MAIN = """\
const {App, Chart, ApiObject} = require("cdk8s");
const {texts, names} = require("./work.json");
const app = new App({outdir: "dist"});
for (const [name, team] of names) {
  const chart = new Chart(app, name);
  texts.forEach((text, index) => {
    const body = JSON.parse(text.replaceAll("zz-name-zz", name).replaceAll("zz-team-zz", team));
    new ApiObject(chart, String(index), body);
  });
}
app.synth();
"""


def cdk8s(work: Work) -> float | None:
    """Synthesise every application; None where Node or cdk8s is missing."""
    modules = _installed()
    if modules is None:
        return None
    import json  # noqa: PLC0415 -- only for this peer

    (work.directory / "main.js").write_text(_MAIN)
    (work.directory / "work.json").write_text(json.dumps({"texts": work.bodies, "names": work.names}))
    (work.directory / "node_modules").symlink_to(modules)
    started = time.perf_counter()
    subprocess.run(["node", "main.js"], cwd=work.directory, check=True, capture_output=True)
    return time.perf_counter() - started


@cache
def _installed() -> Path | None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None
    home = Path(tempfile.mkdtemp(prefix="platformc-peer-cdk8s-"))
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", *_PACKAGES]
    done = subprocess.run(command, cwd=home, check=False, capture_output=True)
    return home / "node_modules" if done.returncode == 0 else None
