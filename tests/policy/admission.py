"""Policies, bindings and objects for tests, and `platformc policy check` as people run it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import yaml
from click.testing import CliRunner

from platform_compiler.cli.main import platformc

Body = dict[str, Any]
NEVER = "false"
_GROUP = "admissionregistration.k8s.io/v1"


class Answer(NamedTuple):
    """What a run said: its exit code, the entries, and the codes of the findings."""

    exit: int
    entries: list[Body]
    codes: set[str]
    text: str

    @property
    def results(self) -> list[str]:
        """What each entry says, in order."""
        return [entry["result"] for entry in self.entries]

    @property
    def messages(self) -> list[str]:
        """The words of each entry, in order."""
        return [entry["message"] for entry in self.entries]


def check(policies: Sequence[Body], objects: Sequence[Body] | str, old: Sequence[Body] | None = None) -> Answer:
    """Judge objects by policies."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        arguments = ["--policies", _written(root / "policies.yaml", policies), _written(root / "objects.yaml", objects)]
        if old is not None:
            arguments += ["--old", _written(root / "old.yaml", old)]
        done = CliRunner().invoke(platformc, ["policy", "check", "--format", "json", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    told = json.loads(done.stdout) if done.exit_code < 2 else {"entries": [], "diagnostics": []}
    return Answer(done.exit_code, told["entries"], {one["code"] for one in told["diagnostics"]}, done.output)


def _written(path: Path, bodies: Sequence[Body] | str) -> str:
    path.write_text(bodies if isinstance(bodies, str) else "---\n".join(json.dumps(body) + "\n" for body in bodies))
    return str(path)


def says(expression: str, objects: Sequence[Body] | str | None = None, **spec: Any) -> str:
    """Return what one expression says of one object."""
    answer = check([policy(expression, **spec)], [config_map()] if objects is None else objects)
    assert len(answer.entries) == 1, answer.text
    result: str = answer.entries[0]["result"]
    return result


def rule(text: str = "configmaps", **more: Any) -> Body:
    """Return a rule from `group/version resource`, of which the first part may be missing."""
    where, _, resource = text.rpartition(" ")
    group, _, version = where.rpartition("/")
    of = {"apiGroups": [group], "apiVersions": [version or "v1"], "operations": ["*"], "resources": [resource]}
    return {**of, **more}


def policy(*validations: str | Body, rules: Sequence[Body] = (), match: Body | None = None, **spec: Any) -> Body:
    """Return a policy called `p`, for every request about ConfigMaps if not said otherwise."""
    told = [{"expression": one} if isinstance(one, str) else one for one in validations]
    constraints = {"resourceRules": list(rules) or [rule()], **(match or {})}
    return {
        "apiVersion": _GROUP,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "p"},
        "spec": {"matchConstraints": constraints, **({"validations": told} if told else {}), **spec},
    }


def binding(*actions: str, name: str = "b", of: str = "p", **spec: Any) -> Body:
    """Return a binding of the policy `p`."""
    return {
        "apiVersion": _GROUP,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": of, "validationActions": list(actions or ["Deny"]), **spec},
    }


def thing(kind: str, name: str = "a", spec: Any = None, **metadata: Any) -> Body:
    """Return an object of a kind that is given as `apiVersion Kind`."""
    version, _, word = kind.rpartition(" ")
    body: Body = {"apiVersion": version or "v1", "kind": word, "metadata": {"name": name, **metadata}}
    return body if spec is None else {**body, "spec": spec}


def config_map(name: str = "a", data: Mapping[str, Any] | None = None, **metadata: Any) -> Body:
    """Return a ConfigMap."""
    return {**thing("ConfigMap", name, **metadata), "data": dict(data or {"a": "x"})}


def yaml_text(*lines: str) -> str:
    """Return a ConfigMap as YAML, with lines below its name."""
    text = "\n".join(["apiVersion: v1", "kind: ConfigMap", "metadata: {name: a}", *lines, ""])
    assert yaml.compose(text)
    return text
