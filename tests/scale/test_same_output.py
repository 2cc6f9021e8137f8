"""However many processes compile, and however they were started: the same bytes, and the same is said."""

import pytest

from platform_compiler.context.unit import Selection
from platform_compiler.diagnostics import Severity
from platform_compiler.scale.local import local
from tests.scale.fleets import alone, assert_same, fleet


@pytest.mark.parametrize(("name", "processes"), [("online-boutique", 3), ("organisation", 2), ("organisation", 3)])
def test_any_number_of_processes_makes_the_same(name: str, processes: int) -> None:
    with local(processes) as engine:
        assert_same(fleet(name).on(engine), alone(name))


def test_processes_that_inherit_nothing_and_are_sent_the_repository_make_the_same() -> None:
    with local(2, "spawn") as engine:
        assert not engine.inherits
        assert_same(fleet("online-boutique").on(engine), alone("online-boutique"))


def test_errors_of_several_clusters_are_told_alike() -> None:
    expected = alone("denied")
    errors = {one.code for one in expected[1] if one.severity is Severity.ERROR}
    assert errors == {"PC5135", "PC7101"}
    with local(2) as engine:
        assert_same(fleet("denied").on(engine), expected)


def test_what_cannot_be_made_on_one_cluster_makes_no_other_whole() -> None:
    expected = alone("unmakeable")
    codes = {one.code for one in expected[1]}
    assert "PC4074" in codes
    assert "PC7101" in codes
    assert codes < {one.code for one in alone("denied")[1]} | {"PC4074"}, "some is only told of a whole"
    with local(3) as engine:
        assert_same(fleet("unmakeable").on(engine), expected)


def test_a_choice_of_clusters_and_applications_is_the_same() -> None:
    wanted = Selection(frozenset({"prod-eu", "prod-us", "dev"}), ("payments/ledger", "shop/cart"))
    with local(2) as engine:
        assert_same(fleet("organisation").on(engine, wanted), fleet("organisation").alone(wanted))
