"""Policies, tests and objects as people write them, for tests of the tools."""

from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from platform_compiler.cli.main import platformc

RULE = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["deployments"]}


def policy(name: str, *expressions: str, rule: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """Return a policy for Deployments whose validations are the expressions."""
    validations = [{"expression": one, "message": f"no {i}"} for i, one in enumerate(expressions)]
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {"matchConstraints": {"resourceRules": [rule or RULE]}, "validations": validations, **spec},
    }


def cases_of(name: str, **cases: Any) -> dict[str, Any]:
    """Return the test of a policy; words of case names are joined by `_` here."""
    named = {case.replace("_", "-"): body for case, body in cases.items()}
    return {
        "apiVersion": "platformc.dev/v1",
        "kind": "PolicyTest",
        "metadata": {"name": name},
        "spec": {"cases": named},
    }


def deployment(replicas: int | None = 1, name: str = "web", **labels: str) -> dict[str, Any]:
    """Return a Deployment."""
    spec: dict[str, Any] = {} if replicas is None else {"replicas": replicas}
    pods = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name, "image": "x:1"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", **({"labels": labels} if labels else {})},
        "spec": {**spec, "selector": {"matchLabels": {"app": name}}, "template": pods},
    }


def write(path: Path, *documents: dict[str, Any]) -> Path:
    """Write documents into a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return path


def run(*arguments: str) -> Result:
    """Run a verb of `platformc policy`; what is no exit is raised."""
    result = CliRunner().invoke(platformc, ["policy", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
