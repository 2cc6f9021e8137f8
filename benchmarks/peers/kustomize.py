"""`kubectl kustomize`, one run per overlay over one base: an easier job, since the base is the same for all."""

import shutil
import subprocess
import time

from benchmarks.peers.work import Work


def kustomize(work: Work) -> float | None:
    """Build an overlay with a name prefix for every application; None where there is no kubectl."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return None
    base = work.directory / "base"
    base.mkdir(parents=True)
    for index, text in enumerate(work.texts):
        (base / f"{index}.yaml").write_text(text.replace("zz-name-zz", "app").replace("zz-team-zz", "team"))
    listed = "".join(f"- {index}.yaml\n" for index in range(len(work.texts)))
    (base / "kustomization.yaml").write_text(f"resources:\n{listed}")
    for name, _ in work.names:
        (work.directory / name).mkdir()
        (work.directory / name / "kustomization.yaml").write_text(f"resources: [../base]\nnamePrefix: {name}-\n")
    started = time.perf_counter()
    for name, _ in work.names:
        made = subprocess.run([kubectl, "kustomize", str(work.directory / name)], check=True, capture_output=True)
        (work.directory / f"{name}.yaml").write_bytes(made.stdout)
    return time.perf_counter() - started
