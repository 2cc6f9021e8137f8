"""The same work by other tools, in the same run: so that a figure is a ratio and not a machine.

Each peer gets the very resources that we compiled for one application on one cluster, as a template over name and team,
and makes them for many applications. Peers check nothing; we do.
"""

import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

import jinja2
import yaml

from benchmarks.fleet import name_of, team_of

Figure = tuple[str, int, float]


def template_text(resources: dict[str, bytes], number: int) -> str:
    """Return one application's resources as a Jinja2 template over `name` and `team`."""
    text = "---\n".join(data.decode() for _, data in sorted(resources.items()))
    text = re.sub(r"\{\{|\{%", lambda m: "{{ '" + m.group() + "' }}", text)
    return text.replace(name_of(number), "{{ name }}").replace(team_of(number), "{{ team }}")


def jinja_and_pyyaml(template: str, total: int) -> Figure:
    """Render, parse and dump with PyYAML's C classes: the usual fast way."""
    compiled = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False).from_string(template)
    count, started = 0, time.perf_counter()
    for number in range(total):
        text = compiled.render(name=name_of(number), team=team_of(number))
        documents = list(yaml.load_all(text, Loader=yaml.CSafeLoader))
        count += len(documents)
        yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False)
    return "Jinja2 + PyYAML (C)", count, time.perf_counter() - started


def kustomize(resources: dict[str, bytes], directory: Path, runs: int) -> Figure | None:
    """`kubectl kustomize`, one run per overlay: a constant base and a name prefix, an easier job."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return None
    base = directory / "base"
    base.mkdir(parents=True)
    for index, data in enumerate(resources.values()):
        (base / f"{index}.yaml").write_bytes(data)
    listed = "".join(f"- {index}.yaml\n" for index in range(len(resources)))
    (base / "kustomization.yaml").write_text(f"resources:\n{listed}")
    started = time.perf_counter()
    for number in range(runs):
        overlay = directory / f"overlay-{number}"
        overlay.mkdir()
        (overlay / "kustomization.yaml").write_text(f"resources: [../base]\nnamePrefix: p{number}-\n")
        subprocess.run([kubectl, "kustomize", str(overlay)], check=True, capture_output=True)
    return "kubectl kustomize", len(resources) * runs, time.perf_counter() - started


def kapitan(template: str, resources: int, directory: Path, targets: int) -> Figure | None:
    """Kapitan from PyPI in an environment of its own, Jinja2 input, one target an application."""
    home = directory / "venv"
    venv.create(home, with_pip=True)
    installed = subprocess.run(
        [str(home / "bin/pip"), "install", "--quiet", "kapitan"], check=False, capture_output=True, text=True
    )
    if installed.returncode:
        print(f"  kapitan could not be installed: {installed.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    work = directory / "work"
    (work / "inventory/targets").mkdir(parents=True)
    (work / "inventory/classes").mkdir()
    (work / "templates").mkdir()
    text = template.replace("{{ name }}", "{{ inventory.parameters.name }}").replace(
        "{{ team }}", "{{ inventory.parameters.team }}"
    )
    (work / "templates/app.yaml").write_text(text)
    for number in range(targets):
        (work / f"inventory/targets/{name_of(number)}.yml").write_text(
            f"parameters:\n  name: {name_of(number)}\n  team: {team_of(number)}\n  kapitan:\n"
            f"    vars: {{target: {name_of(number)}}}\n    compile:\n"
            "    - output_path: .\n      input_type: jinja2\n      input_paths: [templates/app.yaml]\n"
        )
    started = time.perf_counter()
    subprocess.run([str(home / "bin/kapitan"), "compile", "-p", "2"], cwd=work, check=True, capture_output=True)
    return "Kapitan (jinja2 input, 2 processes)", resources * targets, time.perf_counter() - started
