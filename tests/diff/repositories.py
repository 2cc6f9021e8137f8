"""What the tests of `diff` share: copies of fixtures, real Git repositories, and sides made of bodies."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from platform_compiler.context.unit import Unit
from platform_compiler.diff.model import Body, Identity, Placed, identity_of
from platform_compiler.diff.render.lines import lines_of
from platform_compiler.diff.report import Names, Report, report_on
from platform_compiler.diff.sides import Side, compiled
from platform_compiler.source.tree import Directory

ROOT = Path(__file__).parents[2]
BOUTIQUE = ROOT / "fixtures" / "online-boutique"
AS_OF = date(2026, 6, 1)
NAMES = Names("base", "head", "platformc diff --base main", "platformc test")
_IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(directory), *_IDENTITY, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=clean_environment(),
    )
    return done.stdout


def commit_all(directory: Path, message: str) -> str:
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(directory, "rev-parse", "HEAD").strip()


def boutique(directory: Path) -> Path:
    shutil.copytree(BOUTIQUE, directory)
    return directory


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new))


def let_frontend_call_emailservice(repository: Path) -> None:
    edit(
        repository / "teams/web/frontend.yaml",
        "    checkout/checkoutservice: {}\n",
        "    checkout/checkoutservice: {}\n    checkout/emailservice: {}\n",
    )
    rule = "    web: {from: [web/frontend], paths: [/hipstershop.EmailService/SendOrderConfirmation]}\n"
    edit(repository / "teams/checkout/emailservice.yaml", "  env: {PORT", f"{rule}  env: {{PORT")


def side_of(repository: Path) -> Side:
    side = compiled(Directory(repository), AS_OF)
    assert not side.has_errors, side.findings
    return side


@cache
def side_of_boutique() -> Side:
    """Return the Boutique as it is, compiled once for all tests."""
    return side_of(BOUTIQUE)


def report_between(base: Path, head: Path) -> Report:
    return report_on(NAMES, side_of(base), side_of(head))


def placed(body: Body, cluster: str = "prod", folder: str = "shop/web") -> Placed:
    metadata = body["metadata"]
    path = f"clusters/{cluster}/{folder}/{body['kind'].lower()}-{metadata['name']}.yaml"
    unit = Unit(cluster, "app", folder, f"clusters/{cluster}/{folder}")
    return Placed(body, path, unit, repr(body).encode())


def resources(*all_placed: Placed) -> dict[Identity, Placed]:
    return {identity_of(one.unit.cluster, one.body): one for one in all_placed}


def resource(kind: str = "ConfigMap", name: str = "web", **rest: Any) -> Body:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **rest}


def report_of(before: Mapping[Identity, Placed], after: Mapping[Identity, Placed]) -> Report:
    return report_on(NAMES, Side(before), Side(after))


def shown(report: Report) -> list[str]:
    """Return every line of every field of a report."""
    return [text for change in report.changes for field in change.fields for _, text in lines_of(field)]
