"""Names of objects that belong to a host: usual ones are readable, and no two hosts share one."""

from itertools import product

import pytest

from platform_compiler.context.names import label_name, resource_name


@pytest.mark.parametrize(
    ("fqdn", "name"),
    [
        ("shop.acme.example", "shop-acme-example"),
        ("api.v2.shop.acme.example", "api-v2-shop-acme-example"),
        ("*.acme.example", "wildcard-acme-example"),
    ],
)
def test_usual_hosts_give_their_own_name(fqdn: str, name: str) -> None:
    assert resource_name(fqdn) == label_name(fqdn) == name


def test_no_two_hosts_share_a_name() -> None:
    separators = list(product(".-", repeat=4))
    hosts = ["".join(x for pair in zip("abcd", chosen, strict=True) for x in pair) + "com" for chosen in separators]
    hosts += ["*.acme.example", "wildcard.acme.example"]
    for name in (resource_name, label_name):
        assert len({name(host) for host in hosts}) == len(hosts)


def test_hosts_that_differ_in_hyphens_keep_their_start() -> None:
    assert resource_name("a-b.c").startswith("a-b-c-")
    assert resource_name("a.b-c").startswith("a-b-c-")


@pytest.mark.parametrize("last", ["one", "two"])
def test_long_hosts_leave_room_for_what_is_added(last: str) -> None:
    host = ".".join(["x" * 60] * 4)[:249] + f".{last}"
    assert len(f"{resource_name(host)}-tls") <= 253
    assert len(label_name(host)) <= 63
    assert resource_name(host) != resource_name(host.replace(last, "other"))
