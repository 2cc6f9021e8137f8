"""KCL from PyPI (`kcl-lib`): one program over all applications, in a process of its own, its YAML in one file."""

import json
import subprocess
import time

from benchmarks.peers.installed import python_with
from benchmarks.peers.work import NAME, TEAM, Work

_RUN = """\
import sys
from kcl_lib import api
result = api.API().exec_program(api.ExecProgramArgs(k_filename_list=[sys.argv[1]]))
assert not result.err_message, result.err_message
open(sys.argv[2], "w").write(result.yaml_result)
"""


def kcl(work: Work) -> float | None:
    """Evaluate a program that makes every resource; None where KCL cannot be installed."""
    python = python_with("kcl-lib")
    if python is None:
        return None
    program = work.directory / "main.k"
    program.write_text(_program(work))
    started = time.perf_counter()
    command = [python, "-c", _RUN, str(program), str(work.directory / "out.yaml")]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def _program(work: Work) -> str:
    apps = ",\n".join(f'    {{name = "{name}", team = "{team}"}}' for name, team in work.names)
    made = ",\n".join(_literal(body) for body in work.bodies)
    return f"apps = [\n{apps}\n]\nitems = [[\n{made}\n] for app in apps]\n"


def _literal(body: str) -> str:
    """Return JSON as KCL writes it: its own constants, and names in `${}`."""

    def written(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{written(key)} = {written(below)}" for key, below in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(written, value)) + "]"
        if value is None or isinstance(value, bool):
            return str(value)
        text = json.dumps(value).replace("${", "$${")
        return text.replace(NAME, "${app.name}").replace(TEAM, "${app.team}")

    return written(json.loads(body))
