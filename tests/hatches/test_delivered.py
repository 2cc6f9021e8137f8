"""Publishing, freezing and comparing treat a unit of raw resources, and a patch, like anything else."""

from pathlib import Path

from tests.publish.shops import EMAIL, Shop, shop
from tests.repositories import commit

RAW = """\
apiVersion: platformc.dev/v1
kind: RawResources
metadata: {name: greetings}
spec:
  resources:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: greeting}, data: {hello: world}}
"""
MANIFEST = "teams/checkout/greetings.yaml"


def published(tmp_path: Path) -> Shop:
    made = shop(tmp_path)
    commit(made.source, "Greet", 1, {MANIFEST: RAW})
    made.publish()
    return made


def files_of(made: Shop) -> list[str]:
    return [path for path in made.tree() if path.endswith("checkout/greetings/configmap-greeting.yaml")]


def test_raw_resources_are_published_with_a_ledger_of_their_own(tmp_path: Path) -> None:
    made = published(tmp_path)
    assert len(files_of(made)) == 4
    assert [path for path in made.tree() if path.endswith("checkout/greetings.json")]


def test_broken_raw_resources_stay_as_they_were_published_while_others_go_on(tmp_path: Path) -> None:
    made = published(tmp_path)
    before = made.tree()
    made.replace(MANIFEST, "resources:", "resuorces:", 2)
    made.replace(EMAIL, "v0.10.6", "v0.10.9", 3)
    assert "PC8005" in made.publish("--freeze", code=1).stdout
    changed = {path for path, blob in made.tree().items() if before.get(path) != blob}
    assert changed
    assert not any("greetings" in path for path in changed)
    assert before.keys() == made.tree().keys()


def test_a_change_of_raw_resources_is_told_by_diff_at_its_line(tmp_path: Path) -> None:
    made = published(tmp_path)
    made.replace(MANIFEST, "hello: world", "hello: moon", 2)
    done = made.run("diff", "--base", "HEAD~1")
    assert done.code == 1
    assert "checkout/greetings" in done.stdout
    assert f"{MANIFEST}:6" in done.stdout
    assert "moon" in done.stdout


def with_patch(made: Shop, last_day: str) -> str:
    """Return the manifest of the mail service with a patch."""
    patch = (
        "  patches:\n    slow: {target: Deployment/emailservice, merge: {spec: {minReadySeconds: 9}},\n"
        f'      reason: slow caches, expires: "{last_day}"}}\n'
    )
    return (made.source / EMAIL).read_text().replace("\nspec:\n", f"\nspec:\n{patch}")


def test_a_change_of_a_patch_is_told_by_diff_at_its_line(tmp_path: Path) -> None:
    made = published(tmp_path)
    text = with_patch(made, "2026-12-31")
    commit(made.source, "Patch", 2, {EMAIL: text})
    commit(made.source, "Patch more", 3, {EMAIL: text.replace("minReadySeconds: 9", "minReadySeconds: 12")})
    done = made.run("diff", "--base", "HEAD~1")
    line = 1 + next(n for n, found in enumerate(text.splitlines()) if "minReadySeconds" in found)
    assert "minReadySeconds: 9 → 12" in done.stdout
    assert f"{EMAIL}:{line}" in done.stdout


def test_an_expired_patch_leaves_its_application_as_it_was_published(tmp_path: Path) -> None:
    made = published(tmp_path)
    before = made.tree()
    commit(made.source, "Patch", 2, {EMAIL: with_patch(made, "2026-05-01")})
    done = made.publish("--freeze", code=1)
    assert "PC4070" in done.stdout
    assert made.tree() == before
