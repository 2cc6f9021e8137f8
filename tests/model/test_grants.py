"""What a rule grants is what it and the call both name, whoever else asked the same rule before."""

from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.link.model import PathPattern
from platform_compiler.pipeline import check
from platform_compiler.source.tree import Directory
from tests.small_repository import SmallRepository

PORTS = {"http": {"port": 80, "targetPort": 8080}, "admin": {"port": 81, "targetPort": 8081}}
CALLS: tuple[dict[str, Any], ...] = ({}, {"ports": ["http"]}, {"paths": ["/a"]}, {"methods": ["GET"]})


@pytest.mark.parametrize("calls", [*permutations(CALLS, 2)])
def test_callers_of_one_rule_are_granted_what_each_asks_for(tmp_path: Path, calls: tuple[dict[str, Any], ...]) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app("shop/api", ports=PORTS, access={"read": {"from": ["shop/one", "shop/two"]}})
    for name, asked in zip(("one", "two"), calls, strict=True):
        repository.app(f"shop/{name}", calls={"api": asked})
    linked = check(Directory(repository.root), date(2026, 6, 1), Bag()).linked
    links = linked.links_in["prod", "shop/api"]
    assert [link.caller.ref for link in links] == ["shop/one", "shop/two"]
    for link, asked in zip(links, calls, strict=True):
        (grant,) = link.grants
        assert list(grant.ports) == asked.get("ports", sorted(PORTS))
        assert list(grant.methods) == asked.get("methods", [])
        assert list(grant.paths) == [PathPattern(path) for path in asked.get("paths", ())]
