"""One team's mistake never changes a byte of another's output: what is broken stays as it was published."""

from pathlib import Path

import pytest

from platform_compiler.emit.ledger import ROOT as LEDGER
from tests.publish.shops import EMAIL, Shop, copy, delivered, shop
from tests.repositories import BOUTIQUE, commit, git

MANIFESTS = sorted(
    path.relative_to(BOUTIQUE).as_posix() for path in BOUTIQUE.glob("teams/*/*.yaml") if path.name != "team.yaml"
)
SHARED = ["platform.yaml", "environments/dev.yaml", "clusters/dev.yaml", "gateways/public.yaml", "teams/cart/team.yaml"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = shop(tmp_path_factory.mktemp("published"), whole=True)
    made.publish()
    return made


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_c8_a_broken_manifest_changes_no_byte_of_anybody(published: Shop, tmp_path: Path, manifest: str) -> None:
    made = copy(published, tmp_path)
    before = made.tree()
    made.replace(manifest, "blueprint:", "blueprnt:", 1)
    done = made.publish("--freeze", code=1)
    assert "PC8005" in done.stdout
    assert made.tree() == before


@pytest.mark.parametrize("shared", SHARED)
def test_a_broken_shared_file_publishes_nothing(published: Shop, tmp_path: Path, shared: str) -> None:
    made = copy(published, tmp_path)
    before = made.refs()
    made.replace(shared, "spec:", "spce:", 1)
    assert "PC1101" in made.publish("--freeze", code=1).stdout
    assert made.refs() == before


def test_others_go_on_while_one_is_broken(published: Shop, tmp_path: Path) -> None:
    made = copy(published, tmp_path)
    before = made.tree()
    made.replace("teams/catalog/adservice.yaml", "v0.10.6", "v0.10.9", 1)
    made.replace(EMAIL, "blueprint:", "blueprnt:", 2)
    made.publish("--freeze", code=1)
    changed = {path for path, blob in made.tree().items() if before.get(path) != blob}
    assert changed
    assert all("/adservice" in path for path in changed)


def test_an_unreadable_manifest_is_not_taken_for_a_deleted_one(published: Shop, tmp_path: Path) -> None:
    made = copy(published, tmp_path)
    before = made.tree()
    (made.source / EMAIL).write_text("{ not yaml\n")
    commit(made.source, "Break it", 1)
    made.publish("--freeze", code=1)
    assert made.tree() == before


def test_whoever_names_something_never_published_is_frozen_with_it(published: Shop, tmp_path: Path) -> None:
    made = copy(published, tmp_path)
    before = made.tree()
    new = (made.source / EMAIL).read_text().replace("name: emailservice", "name: smsservice")
    (made.source / "teams/checkout/smsservice.yaml").write_text(new.replace("blueprint:", "blueprnt:"))
    made.replace("teams/checkout/checkoutservice.yaml", "  calls:\n", "  calls:\n    smsservice: {}\n", 1)
    done = made.publish("--freeze", code=1)
    assert "`checkout/smsservice` stays unpublished" in done.stdout
    assert "`checkout/checkoutservice` stays as it was published" in done.stdout
    assert made.tree() == before


def test_a_frozen_unit_is_not_deleted_with_its_ledger(published: Shop, tmp_path: Path) -> None:
    made = copy(published, tmp_path)
    made.replace(EMAIL, "blueprint:", "blueprnt:", 1)
    made.publish("--freeze", code=1)
    assert [path for path in made.tree() if path.startswith(LEDGER) and path.endswith("/emailservice.json")]
    made.replace(EMAIL, "blueprnt:", "blueprint:", 2)
    made.publish()
    assert git(made.remote, "rev-list", "--count", "main") == "1"


def test_whoever_gets_the_folder_of_a_frozen_unit_waits_for_it(tmp_path: Path) -> None:
    fleet, made = delivered(tmp_path, "argocd")
    here = ("--repository", f"env={made.remote}")
    fleet.put("ash/new", {})
    commit(made.source, "Add it", 1)
    made.publish(*here)
    before = {path: blob for path, blob in made.tree().items() if "/ash/new" in path}
    fleet.change("teams/ash/team.yaml", lambda spec: spec.update(namespaces={"oak": {}}, defaultNamespace="oak"))
    fleet.change("teams/birch/team.yaml", lambda spec: spec.update(namespaces={"birch": {}, "ash": {}}))
    fleet.change("teams/birch/team.yaml", lambda spec: spec.update(defaultNamespace="birch"))
    fleet.change("teams/ash/new.yaml", lambda spec: spec.update(blueprnt="worker@1"))
    fleet.put("birch/new", {"namespace": "ash"})
    commit(made.source, "Hand the namespace over", 2)
    done = made.publish(*here, "--freeze", "--max-deletes", "999", "--adopt", "--force", code=1)
    assert "the file is another unit's, which is frozen" in done.stdout
    assert before
    assert {path: blob for path, blob in made.tree().items() if "/ash/new" in path} == before
