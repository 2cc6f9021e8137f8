"""A manifest that takes the place of another kind's: what is published then is what a new repository would show."""

from pathlib import Path
from typing import Any

import pytest

from tests.cache.fleets import Fleet
from tests.publish.shops import Done, Shop, delivered, tree
from tests.repositories import bare, commit

_PORTS = {"https": {"port": 443, "protocol": "https"}}
_BODY = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "new"}}
_APPLICATION = {
    "blueprint": "web-service@1",
    "image": "ghcr.io/acme/a:1.0.0",
    "ports": {"http": {"port": 80}},
    "access": {"web": {"from": ["web"]}},
}
_MANIFESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "application": ("Application", _APPLICATION),
    "external": ("ExternalService", {"hosts": ["new.example"], "ports": _PORTS, "egress": "direct"}),
    "raw": ("RawResources", {"resources": [_BODY]}),
}
_WAYS = [(one, other) for one in _MANIFESTS for other in _MANIFESTS if one != other]


def _put(fleet: Fleet, name: str) -> None:
    kind, spec = _MANIFESTS[name]
    head = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": "new"}}
    fleet.write("teams/ash/new.yaml", {**head, "spec": spec})
    fleet.change("teams/ash/web.yaml", lambda web: web["calls"].pop("new", None))
    if name != "raw":
        fleet.change("teams/ash/web.yaml", lambda web: web["calls"].update(new={}))


@pytest.fixture(params=["argocd", "flux"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Fleet, Shop]:
    """Return a fleet that Argo CD or Flux delivers, and where it is published."""
    return delivered(tmp_path, request.param)


def _published(shop: Shop, second: int, *words: str, code: int = 0) -> Done:
    commit(shop.source, "Change", second)
    return shop.publish("--max-deletes", "999", "--repository", f"env={shop.remote}", *words, code=code)


def _shows_what_a_new_one_does(shop: Shop, scratch: Path) -> bool:
    fresh = bare(scratch / "fresh.git")
    shop.publish("--repository", f"env={fresh}")
    return shop.tree() == tree(fresh)


@pytest.mark.parametrize(("one", "other"), _WAYS)
def test_another_kind_of_the_same_name_is_published_whole(
    shop: tuple[Fleet, Shop], tmp_path: Path, one: str, other: str
) -> None:
    fleet, made = shop
    _put(fleet, one)
    _published(made, 1)
    _put(fleet, other)
    _published(made, 2)
    assert _shows_what_a_new_one_does(made, tmp_path)


def _same(before: dict[str, str], after: dict[str, str], part: str) -> bool:
    """Whether the files that have a part in their path are the same."""
    return {p: b for p, b in before.items() if part in p} == {p: b for p, b in after.items() if part in p}


def test_where_somebody_edited_the_old_neither_goes_nor_the_new_comes(shop: tuple[Fleet, Shop]) -> None:
    fleet, made = shop
    _put(fleet, "raw")
    _published(made, 1)
    path = "clusters/dev/ash/new/serviceaccount-new.yaml"
    made.edit("By hand", {path: "kind: Mine\n"})
    before = made.tree()
    _put(fleet, "application")
    done = _published(made, 2, code=1)
    assert "PC6102" in done.stdout
    assert _same(before, made.tree(), "dev/ash/new")
    assert _same(before, made.tree(), "dev.ash.new")
    assert not _same(before, made.tree(), "prod/ash/new")
    _published(made, 3, "--force")
    assert made.tree()[path] != before[path]
