"""Parts of contexts are shared where everything that decides them is equal, and only there."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.checked import Checked
from platform_compiler.context.callers import callers
from platform_compiler.context.once import Once
from platform_compiler.diagnostics import Bag
from platform_compiler.link.model import Target
from platform_compiler.numbers import Numbers
from platform_compiler.pipeline import check
from platform_compiler.source.node import MapNode, plain
from platform_compiler.source.tree import Directory
from tests.small_repository import SmallRepository

DAY = date(2026, 6, 1)
API = {"http": {"port": 80, "targetPort": 8080}, "admin": {"port": 81, "targetPort": 8081}}


def checked(repository: SmallRepository) -> Checked:
    return check(Directory(repository.root), DAY, Bag())


def callers_of(ref: str, found: Checked) -> dict[str, dict[str, Any]]:
    """Return who calls an application, by ref, as one run makes them and as each is made alone."""
    specs = {name: plain(cluster.spec) for name, cluster in found.loaded.clusters.items()}
    target, links = found.linked.targets["prod"][ref], found.linked.links_in["prod", ref]
    together = callers(target, links, (), specs, "strict", Once(), behind=False)
    alone = [record for link in links for record in callers(target, [link], (), specs, "strict", Once(), behind=False)]
    assert together == sorted(alone, key=lambda record: record["ref"])
    return {record["ref"]: record for record in together}


def test_a_rule_opens_the_same_to_all_that_it_names(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    rule = {"from": ["shop/one", "shop/two"], "ports": ["http"], "methods": ["GET"]}
    repository.app("shop/api", ports=API, access={"read": rule})
    for name in ("one", "two"):
        repository.app(f"shop/{name}", calls={"api": {}})
    found = callers_of("shop/api", checked(repository))
    assert found["shop/one"]["rules"] is found["shop/two"]["rules"]


def test_callers_that_ask_for_less_get_less_of_a_rule(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app(
        "shop/api", ports=API, access={"any": {"from": ["shop/one", "shop/two"], "ports": ["http", "admin"]}}
    )
    repository.app("shop/one", calls={"api": {"ports": ["http"]}})
    repository.app("shop/two", calls={"api": {"ports": ["http", "admin"]}})
    found = callers_of("shop/api", checked(repository))
    assert found["shop/one"]["rules"][0]["podPorts"] == ["8080"]
    assert found["shop/two"]["rules"][0]["podPorts"] == ["8080", "8081"]


def test_a_caller_outside_of_the_mesh_opens_no_tunnel_for_those_inside(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app("shop/api", access={"any": {"from": ["shop/one", "shop/two"]}}, mesh={"mtls": "permissive"})
    repository.app("shop/one", calls={"api": {}})
    repository.app("shop/two", calls={"api": {}}, mesh={"member": False})
    found = callers_of("shop/api", checked(repository))
    assert [port["port"] for port in found["shop/one"]["networkPorts"]] == [8080, 15008]
    assert [port["port"] for port in found["shop/two"]["networkPorts"]] == [8080]


def test_a_link_opens_the_ports_of_the_very_callee_that_it_leads_to(tmp_path: Path) -> None:
    def api(name: str, port: int) -> tuple[Checked, Target]:
        repository = SmallRepository(tmp_path / name)
        rule = {"from": ["shop/one", "shop/two"], "ports": ["http"]}
        repository.app("shop/api", ports={"http": {"port": 80, "targetPort": port}}, access={"read": rule})
        for caller in ("one", "two"):
            repository.app(f"shop/{caller}", calls={"api": {}})
        found = checked(repository)
        return found, found.linked.targets["prod"]["shop/api"]

    (found, target), (_, other) = api("first", 8080), api("second", 9090)
    one, two = found.linked.links_in["prod", "shop/api"]
    specs = {name: plain(cluster.spec) for name, cluster in found.loaded.clusters.items()}
    made = callers(target, [one, two._replace(callee=other)], (), specs, "strict", Once(), behind=False)
    assert [caller["rules"][0]["podPorts"] for caller in made] == [["8080"], ["9090"]]


def test_others_see_the_ports_of_an_application_and_nothing_of_its_program(tmp_path: Path) -> None:
    def target(name: str, **spec: Any) -> Target:
        repository = SmallRepository(tmp_path / name)
        repository.app("shop/api", **{"ports": API, **spec})
        return checked(repository).linked.targets["prod"]["shop/api"]

    once = Once()
    first, program = target("first"), target("program", env={"LEVEL": "info"})
    ports = target("ports", ports={**API, "admin": {"port": 81, "targetPort": 9999}})
    assert once.looks(first) == once.looks(program)
    assert once.alike(first) != once.alike(program)
    assert once.looks(first) != once.looks(ports)
    assert once.looks(first) != once.looks(first._replace(interface=first.interface._replace(meshed=False)))


def test_equal_settings_are_the_same_whichever_layers_gave_them_and_a_part_of_them_says_no_more(tmp_path: Path) -> None:
    def spec(name: str, **words: Any) -> MapNode:
        repository = SmallRepository(tmp_path / name)
        repository.app("shop/api", **words)
        return checked(repository).linked.targets["prod"]["shop/api"].spec

    once = Once()
    first, program = spec("first", env={"LEVEL": "info"}), spec("program", env={"LEVEL": "debug"})
    one, other = once.plain(first), once.plain(program)
    assert {word for word in one if one[word] is not other[word]} == {"env"}
    assert once.plain(spec("again", env={"LEVEL": "info"})) is one
    kept = {word: part for word, part in one.items() if word != "env"}
    cut = once.cut(first, kept)
    assert plain(cut) == once.plain(cut) == kept


@pytest.mark.parametrize("length", [1, 31, 32, 33, 255, 256, 257, 5000])
def test_values_of_any_length_have_one_number_if_and_only_if_they_are_equal(length: int) -> None:
    def values() -> list[Any]:
        text = "x" * length
        return [[text], [text + "y"], ["y" + text], [[text]], {"x": text}, text]

    number = Numbers().of
    first = [number(value) for value in values()]
    assert len(set(first)) == len(first)
    assert first == [number(value) for value in values()]
