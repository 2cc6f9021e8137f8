"""How little the hook reads: a manifest whose links are as they were is judged by itself."""

from datetime import date
from pathlib import Path

import pytest

from platform_compiler.closure.closure import Part, part_about
from platform_compiler.closure.index import Index, index_of
from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import check
from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import TEAMS, Fleet

AS_OF = date(2026, 6, 1)
API, DB, WEB = "teams/ash/api.yaml", "teams/birch/db.yaml", "teams/ash/web.yaml"


def index(tree: Snapshot) -> Index:
    bag = Bag()
    checked = check(tree, AS_OF, bag)
    found = index_of(tree, checked.loaded, checked.catalog.defaults.values(), bag.sorted(), AS_OF.isoformat())
    assert found is not None
    return found


def part(fleet: Fleet, known: Index, *wanted: str) -> Part | None:
    return part_about(frozenset(wanted), snapshot(Directory(fleet.root)), known, AS_OF.isoformat())


def workloads(part: Part) -> set[str]:
    return {path for path in part.tree.paths() if path.startswith("teams/") and not path.endswith("team.yaml")}


def test_nobody_else_is_read_where_others_hear_nothing_new(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    known = index(snapshot(Directory(fleet.root)))
    for path in (API, DB):
        fleet.change(path, lambda spec: spec.update(image="ghcr.io/acme/a:2.0.0", scale={"min": 3}))
    found = part(fleet, known, API, DB)
    assert found is not None
    assert workloads(found) == found.core == found.documents.keys() == {API, DB}


def test_whoever_is_linked_is_read_where_others_hear_something_new(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    known = index(snapshot(Directory(fleet.root)))
    fleet.change(API, lambda spec: spec.update(image="ghcr.io/acme/a:2.0.0"))
    fleet.change(DB, lambda spec: spec["ports"]["http"].update(port=81))
    found = part(fleet, known, API, DB)
    assert found is not None
    assert found.core == {API, DB}
    assert workloads(found) >= {API, DB, WEB}


def test_only_who_hears_something_new_is_doubtful(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    known = index(snapshot(Directory(fleet.root)))
    fleet.change(DB, lambda spec: spec["ports"]["http"].update(port=81))
    found = part(fleet, known, DB)
    assert found is not None
    assert found.after is not None
    assert not found.after.files[API].clean
    assert found.after.files[WEB].clean == found.after.files[DB].clean == AS_OF.isoformat()


def test_callers_stay_clean_where_they_hear_nothing_new(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    known = index(snapshot(Directory(fleet.root)))
    fleet.change(API, lambda spec: spec.update(image="ghcr.io/acme/a:2.0.0"))
    found = part(fleet, known, API)
    assert found is not None
    assert found.after is not None
    assert {one.clean for one in found.after.files.values()} == {AS_OF.isoformat()}


@pytest.mark.parametrize("others_hear", [False, True])
def test_part_of_an_ambient_mesh_is_believed_where_others_hear_nothing_new(
    tmp_path: Path, *, others_hear: bool
) -> None:
    fleet = Fleet(tmp_path)
    fleet.change("clusters/dev.yaml", lambda spec: spec["parts"].update(mesh="istio-ambient@1"))
    known = index(snapshot(Directory(fleet.root)))
    new = {"ports": {"http": {"port": 81, "targetPort": 8080}}} if others_hear else {"image": "ghcr.io/acme/a:2.0.0"}
    fleet.change(API, lambda spec: spec.update(new))
    assert (part(fleet, known, API) is None) == others_hear


def test_manifest_with_a_finding_is_judged_with_all_it_is_linked_with(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    fleet.change(API, lambda spec: spec["access"].update(more={"from": [f"{TEAMS[4]}/web"]}))
    known = index(snapshot(Directory(fleet.root)))
    assert not known.files[API].clean
    fleet.change(API, lambda spec: spec.update(image="ghcr.io/acme/a:2.0.0"))
    found = part(fleet, known, API)
    assert found is not None
    assert workloads(found) >= {API, DB, WEB}
