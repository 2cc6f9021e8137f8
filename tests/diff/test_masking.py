"""D7: what is secret stays hidden in every format, and that it changed is seen all the same."""

from typing import Any

import pytest

from platform_compiler.diff.masking import sounds_secret
from platform_compiler.diff.render import RENDERERS
from tests.diff.repositories import placed, report_of, resource, resources, shown


def _secret(**data: Any) -> dict[str, Any]:
    return resource("Secret", "db", **data)


def _deployment(*env: dict[str, Any], **container: Any) -> dict[str, Any]:
    spec = {"template": {"spec": {"containers": [{"name": "web", "env": list(env), **container}]}}}
    return resource("Deployment", "web", spec=spec)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_secret(data={"key": "b2xk-hush"}), _secret(data={"key": "bmV3-hush"})),
        (_secret(stringData={"key": "old-hush"}), _secret(stringData={"key": "new-hush", "other": "more-hush"})),
        (_secret(), _secret(data={"key": "hush"}, stringData={"a": "hush"})),
        (_secret(stringData={"conf": "a: hush\nb: 1\n"}), _secret(stringData={"conf": "a: hush2\nb: 1\n"})),
        (
            _deployment({"name": "DB_PASSWORD", "value": "hush-1"}),
            _deployment({"name": "DB_PASSWORD", "value": "hush-2"}),
        ),
        (_deployment(), _deployment({"name": "API_KEY", "value": "hush"}, {"name": "GITHUB_TOKEN", "value": "hush"})),
        (_deployment(args=["--db-password=hush-1"]), _deployment(args=["--db-password=hush-2", "--x"])),
        (
            _deployment({"name": "DB", "value": "pg://me:hush-1@db/x"}),
            _deployment({"name": "DB", "value": "pg://me:hush@db/y"}),
        ),
        (resource(data={"PASSWORD": "hush-1"}), resource(data={"PASSWORD": "hush-2", "TOKEN": "hush"})),
        (
            resource(data={"c": '{"secret":"hush 1 hush", "b": 1}'}),
            resource(data={"c": '{"secret":"hush 1 hush", "b": 2}'}),
        ),
        (resource(data={"c": "password: hush-1\nb: 1\n"}), resource(data={"c": "password: hush-2\nb: 2\n"})),
        (resource(data={"c": '{"db": {"secret": "hush-1"}}'}), resource(data={"c": '{"db": {"secret": "hush-2"}}'})),
        (
            resource(data={"k": "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n"}),
            resource(data={"k": ""}),
        ),
    ],
)
@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_d7_no_format_prints_a_secret_value(form: str, old: Any, new: Any) -> None:
    report = report_of(resources(placed(old)), resources(placed(new)))
    assert report.changes
    assert "hush" not in RENDERERS[form](report)


def test_d7_masks_differ_where_values_differ() -> None:
    report = report_of(resources(placed(_secret(data={"k": "YQ=="}))), resources(placed(_secret(data={"k": "Yg=="}))))
    assert shown(report) == ["data.k: (hidden, before) → (hidden, after)"]


def test_d7_keys_of_a_secret_are_shown() -> None:
    report = report_of(resources(placed(_secret(data={"a": "YQ=="}))), resources(placed(_secret(data={"b": "YQ=="}))))
    assert shown(report) == ["data.a: (hidden)", "data.b: (hidden)"]


def test_d7_where_a_secret_comes_from_is_no_secret() -> None:
    reference = {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-credentials", "key": "password"}}}
    report = report_of(resources(placed(_deployment())), resources(placed(_deployment(reference))))
    text = "\n".join(shown(report))
    assert "db-credentials" in text
    assert "hidden" not in text


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "db-pass", "API_KEY", "ApiKey", "GITHUB_TOKEN", "client_secret", "PGPWD"]
)
def test_names_that_sound_secret(name: str) -> None:
    assert sounds_secret(name)


@pytest.mark.parametrize("name", ["PORT", "TOKEN_URL", "secretName", "PASSENGERS", "AUTH_SERVICE_ADDR", "KEYBOARD"])
def test_names_that_do_not(name: str) -> None:
    assert not sounds_secret(name)
