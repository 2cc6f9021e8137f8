"""Small platform repositories with policies: what `platformc init` writes, and what a test adds to it."""

import shutil
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from platform_compiler.cli.main import platformc
from platform_compiler.shipped import shipped
from tests.policy.writing import policy, write

NO_WEB = policy(
    "no-web",
    "object.metadata.name != 'web'",
    rule={
        "apiGroups": ["platformc.dev"],
        "apiVersions": ["v1"],
        "operations": ["CREATE"],
        "resources": ["applications"],
    },
)
"""A policy that the shop's `web` violates, and `cart` does not."""
WEB = {"kind": "Application", "name": "web", "namespace": "shop"}


def shop(directory: Path) -> Path:
    """Write the repository that `platformc init` writes."""
    shutil.copytree(shipped("scaffold"), directory)
    return directory


def add(repository: Path, kind: str, name: str, **spec: Any) -> Path:
    """Add a PolicySet or a Waiver."""
    folder = {"PolicySet": "policies", "Waiver": "waivers"}[kind]
    document = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return write(repository / folder / f"{name}.yaml", document)


def with_policy(repository: Path, policy: dict[str, Any], *actions: str) -> Path:
    """Add a policy, and a set that binds it everywhere."""
    name = policy["metadata"]["name"]
    write(repository / "policies" / name / "policy.yaml", policy)
    add(repository, "PolicySet", "own", policies={name: {}}, enforce=[{"actions": list(actions or ("Deny",))}])
    return repository


def with_waiver(repository: Path, match: dict[str, str], policy: str = "no-web", expires: str = "2026-07-15") -> Path:
    """Add a waiver from May 2026 on."""
    told = {"reason": "old", "ticket": "T-1", "owner": "acme/shop", "granted": "2026-05-01", "expires": expires}
    add(repository, "Waiver", "w", policy=policy, match=match, **told)
    return repository


def platform(*arguments: str) -> Result:
    """Run a verb of `platformc`; what is no exit is raised."""
    result = CliRunner().invoke(platformc, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def codes(result: Result) -> list[str]:
    """Return the codes in output of the format `concise`."""
    return [line.partition("[")[2].partition("]")[0] for line in result.stdout.splitlines()]
