from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions import cidr

GOOD = ["192.168.0.0/16", "192.168.0.1/24", "0.0.0.0/0", "1.2.3.4/32", "::/0", "2001:db8::/32", "::1/128"]
BAD = ["", "192.168.0.0", "192.168.0.0/33", "::1/129", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/", "/8", "10.0.0/8"]
BAD += ["10.0.0.0/255.0.0.0", "::ffff:1.2.3.0/120", "fe80::1%eth0/64", "10.0.0.0/8/8", "10.00.0.0/8"]
VALUES = [
    ("isCIDR('10.0.0.0/8')", True),
    ("isCIDR('10.0.0.0')", False),
    ("cidr('192.168.0.0/24').containsIP('192.168.0.1')", True),
    ("cidr('192.168.0.0/24').containsIP(ip('192.168.1.1'))", False),
    ("cidr('192.168.0.9/24').containsIP('192.168.0.1')", True),
    ("cidr('0.0.0.0/0').containsIP('::1')", False),
    ("cidr('2001:db8::/32').containsIP('2001:db8::1')", True),
    ("cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24')", True),
    ("cidr('192.168.0.0/16').containsCIDR(cidr('192.168.0.0/16'))", True),
    ("cidr('192.168.0.0/24').containsCIDR('192.168.0.0/16')", False),
    ("cidr('192.168.1.0/24').containsCIDR('192.168.2.0/24')", False),
    ("cidr('0.0.0.0/0').containsCIDR('::/0')", False),
    ("cidr('192.168.0.1/24').ip() == ip('192.168.0.1')", True),
    ("cidr('::1/128').ip().family()", 6),
    ("cidr('192.168.0.1/24').masked() == cidr('192.168.0.0/24')", True),
    ("cidr('192.168.0.1/24') == cidr('192.168.0.0/24')", False),
    ("cidr('2001:DB8::/32') == cidr('2001:db8::/32')", True),
    ("cidr('192.168.0.0/16').prefixLength()", 16),
    ("string(cidr('192.168.0.1/24'))", "192.168.0.1/24"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_network_is_one(text: str) -> None:
    assert cidr.is_cidr(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_network_is_none(text: str) -> None:
    assert not cidr.is_cidr(text)


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_does_what_kubernetes_does(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cidr('10.0.0.0')", "does not parse"),
        ("cidr('10.0.0.0/33')", "prefix that is too long"),
        ("cidr('10.0.0.0/8').containsIP('x')", "does not parse"),
        ("cidr('10.0.0.0/8').containsCIDR('10.0.0.1')", "does not parse"),
        ("cidr('10.0.0.0/8').containsIP(cidr('10.0.0.0/8'))", "no such overload for net.CIDR"),
        ("ip('10.0.0.1').masked()", "no such overload for net.IP"),
    ],
)
def test_it_fails_where_kubernetes_fails(judge: Callable[[str], Any], text: str, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        judge(text)
