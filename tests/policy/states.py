"""Policies about states that follow each other, as the tests of `diff` and `publish` put them into a repository."""

from collections.abc import Mapping
from pathlib import Path

_HEAD = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {name}, annotations: {{platformc.dev/remediation: "{cure}"}}}}
spec:
  matchConstraints:
    resourceRules:
    - {{apiGroups: ["{group}"], apiVersions: [v1], operations: [{operations}], resources: [{resources}]}}
"""


def policy(name: str, rule: tuple[str, str, str], rest: str, cure: str = "ask the platform team") -> str:
    """Return a policy for a group, operations and resources; `rest` is what stands below `spec`."""
    group, operations, resources = rule
    return _HEAD.format(name=name, group=group, operations=operations, resources=resources, cure=cure) + rest


KEEP_TIER = policy(
    "keep-tier",
    ("apps", "UPDATE", "deployments"),
    """\
  validations:
  - expression: object.metadata.labels[?'platformc.dev/tier'] == oldObject.metadata.labels[?'platformc.dev/tier']
    message: the tier of an application may not change
""",
    "make a new application, move over, and let the old one go",
)
KEEP_DATA = policy(
    "keep-data",
    ("", "DELETE", "namespaces, persistentvolumeclaims"),
    """\
  validations:
  - expression: "false"
    messageExpression: "'`' + oldObject.metadata.name + '` holds data and may not go'"
""",
)
HALVE_REPLICAS = policy(
    "halve-replicas",
    ("platformc.dev", "UPDATE", "applications"),
    """\
  variables:
  - {name: before, expression: "oldObject.spec.?scale.?min.orValue(1)"}
  - {name: now, expression: "object.spec.?scale.?min.orValue(1)"}
  validations:
  - expression: variables.now * 2 >= variables.before
    messageExpression: "'from ' + string(variables.before) + ' to ' + string(variables.now) + ' replicas'"
""",
)
HALVE_PODS = policy(
    "halve-pods",
    ("apps", "UPDATE", "deployments"),
    """\
  validations:
  - expression: >-
      !has(oldObject.spec.replicas) || !has(object.spec.replicas) ||
      object.spec.replicas * 2 >= oldObject.spec.replicas
    message: at most half of the pods may go at once
""",
)
KEEP_REGISTRY = policy(
    "keep-registry",
    ("apps", '"*"', "deployments"),
    """\
  validations:
  - expression: >-
      oldObject == null || object == null || object.spec.template.spec.containers.all(c,
        c.image.split('/')[0] in oldObject.spec.template.spec.containers.map(o, o.image.split('/')[0]))
    message: images stay in their registry
""",
)
STATES = {
    "keep-tier": KEEP_TIER,
    "keep-data": KEEP_DATA,
    "halve-replicas": HALVE_REPLICAS,
    "halve-pods": HALVE_PODS,
    "keep-registry": KEEP_REGISTRY,
}


def policies(actions: Mapping[str, str], places: str = "") -> dict[str, str]:
    """Return the files of a repository that hold policies with what comes of a violation, `Deny`, `Warn` or `Audit`."""
    files = {f"policies/{name}/policy.yaml": STATES[name] for name in actions}
    for action in sorted(set(actions.values())):
        names = ", ".join(f"{name}: {{}}" for name in sorted(actions) if actions[name] == action)
        files[f"policies/{action.lower()}.yaml"] = (
            f"apiVersion: platformc.dev/v1\nkind: PolicySet\nmetadata: {{name: {action.lower()}}}\n"
            f"spec:\n  policies: {{{names}}}\n  enforce:\n  - {{actions: [{action}]{places}}}\n"
        )
    return files


def waiver(name: str, policy: str, match: str, expires: str = "2026-07-01") -> dict[str, str]:
    """Return the file of a waiver that was granted on 2026-05-01."""
    text = (
        f"apiVersion: platformc.dev/v1\nkind: Waiver\nmetadata: {{name: {name}}}\nspec:\n  policy: {policy}\n"
        f"  match: {{{match}}}\n  reason: it moves once\n  ticket: OPS-1\n  owner: ops\n"
        f'  granted: "2026-05-01"\n  expires: "{expires}"\n'
    )
    return {f"waivers/{name}.yaml": text}


def write(repository: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
