"""A publish that remembers writes and says what one does that compiles."""

import json
import re
from pathlib import Path

import pytest

from tests.publish.shops import Shop, fleet
from tests.repositories import commit

_SECONDS = re.compile(r"\(\d+\.\d\d s\)")
WEB = "teams/shop/web.yaml"


@pytest.fixture
def small(tmp_path: Path) -> Shop:
    return fleet(tmp_path, 2)


def said(made: Shop, plan: Path, **variables: str) -> tuple[int, str, str, object]:
    """Return what a dry run says, and its plan."""
    done = made.run("publish", "--dry-run", "--plan", str(plan), variables=variables)
    return done.code, done.stdout, _SECONDS.sub("", done.stderr), json.loads(plan.read_text())


def test_publish_from_the_cache_is_the_publish_that_compiles(small: Shop, tmp_path: Path) -> None:
    cache = {"PLATFORMC_NO_CACHE": "", "PLATFORMC_CACHE_DIR": str(tmp_path / "cache")}
    plan = tmp_path / "plan.json"
    compiled = said(small, plan)
    assert [said(small, plan, **cache) for _ in range(2)] == [compiled] * 2
    assert small.run("publish", variables=cache).code == 0
    published = small.tree()
    assert "unchanged" in small.run("publish").stdout
    assert "unchanged" in small.run("publish", variables=cache).stdout
    text = (small.source / WEB).read_text()
    commit(small.source, "Second", 10, {WEB: text.replace("web:1.0.0", "web:1.0.1")})
    assert said(small, plan, **cache) == said(small, plan)
    assert small.run("publish", variables=cache).code == 0
    assert small.tree() != published
    assert "unchanged" in small.run("publish").stdout


def test_bytes_that_were_driven_out_are_made_again(small: Shop, tmp_path: Path) -> None:
    cache = {"PLATFORMC_NO_CACHE": "", "PLATFORMC_CACHE_DIR": str(tmp_path / "cache")}
    plan = tmp_path / "plan.json"
    compiled = said(small, plan, **cache)
    for blobs in (tmp_path / "cache").glob("*-blobs.entry"):
        blobs.unlink()
    assert said(small, plan, **cache) == compiled
    assert list((tmp_path / "cache").glob("*-blobs.entry"))
