from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions import ip

GOOD = ["127.0.0.1", "0.0.0.0", "::1", "::", "2001:db8::68", "2001:DB8::68", "fe80::1", "::1.2.3.4"]
BAD = ["", "127.0.0.256", "127.0.0.1.0", "127.0.0", "127.0.0.01", ":::1", "1:2:3:4:5:6:7:8:9", "g::1", "10.0.0.0/8"]
BAD += ["::ffff:1.2.3.4", "::ffff:102:304", "fe80::1%eth0", "1.2.3.4%eth0", "[::1]", " ::1"]
VALUES = [
    ("isIP('::1')", True),
    ("isIP('::ffff:1.2.3.4')", False),
    ("ip('2001:DB8::0:1') == ip('2001:db8::1')", True),
    ("ip('1.2.3.4') == ip('1.2.3.5')", False),
    ("ip.isCanonical('127.0.0.1')", True),
    ("ip.isCanonical('2001:db8::abcd')", True),
    ("ip.isCanonical('2001:DB8::ABCD')", False),
    ("ip.isCanonical('2001:db8::0:0:0:abcd')", False),
    ("ip('1.2.3.4').family()", 4),
    ("ip('::1').family()", 6),
    ("string(ip('2001:DB8::1'))", "2001:db8::1"),
]
TOLD = {
    "isUnspecified": (["0.0.0.0", "::"], ["127.0.0.1", "::1"]),
    "isLoopback": (["127.0.0.1", "127.9.9.9", "::1"], ["128.0.0.1", "2001:db8::1"]),
    "isLinkLocalMulticast": (["224.0.0.1", "ff02::1", "ff12::1"], ["224.0.1.1", "ff05::1", "fd00::1"]),
    "isLinkLocalUnicast": (["169.254.1.1", "fe80::1", "febf::1"], ["192.168.0.1", "fd80::1"]),
    "isGlobalUnicast": (
        ["192.168.0.1", "8.8.8.8", "2001:db8::1", "fd00::1"],
        ["255.255.255.255", "0.0.0.0", "127.0.0.1", "224.0.0.1", "169.254.0.1", "ff00::1", "fe80::1", "::1", "::"],
    ),
}


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_one(text: str) -> None:
    assert ip.is_ip(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address_is_none(text: str) -> None:
    assert not ip.is_ip(text)


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_does_what_kubernetes_does(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize("teller", TOLD)
def test_kinds_of_addresses_are_told(judge: Callable[[str], Any], teller: str) -> None:
    yes, no = TOLD[teller]
    assert [judge(f"ip('{one}').{teller}()") for one in yes + no] == [True] * len(yes) + [False] * len(no)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ip('1.2.3')", '"1.2.3" does not parse'),
        ("ip('::ffff:1.2.3.4')", "IPv4-mapped IPv6 address"),
        ("ip('fe80::1%eth0')", "zone value is not allowed"),
        ("ip.isCanonical('x')", "does not parse"),
        ("cidr('10.0.0.0/8').family()", "no such overload for net.CIDR"),
        ("string(object.map)", "no such overload for map"),
    ],
)
def test_it_fails_where_kubernetes_fails(judge: Callable[[str], Any], text: str, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        judge(text)
