"""Addresses, ranges and numbers of requests: what nobody could read is refused where it is typed."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from platform_compiler.model import words

ADDRESSES = (
    "10.30.0.5",
    "255.255.255.255",
    "::1",
    "2001:db8::10",
    "::ffff:10.0.0.1",
    "db",
    "db.shop.internal",
    "a1.b-2c",
)


def accepts(word: Any, value: object) -> bool:
    try:
        TypeAdapter(word).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_and_names_are_addresses(address: str) -> None:
    assert accepts(words.Address, address)


@pytest.mark.parametrize(
    "typed", ["10.30.0.300", "10.30.5", "10.30.0.5/32", "10.30.0.5:80", "db.4", "-db", "a..b", "http://db"]
)
def test_no_name_ends_in_a_number_so_a_mistyped_address_is_no_name(typed: str) -> None:
    assert not accepts(words.Address, typed)


@pytest.mark.parametrize("text", ["10.0.0.0/8", "0.0.0.0/0", "10.1.2.3/32", "::/0", "2001:db8::/128"])
def test_ranges_are_ranges(text: str) -> None:
    assert accepts(words.Cidr, text)


@pytest.mark.parametrize(
    "typed", ["10.0.0.0/33", "10.0.0.256/8", "10.0.0/8", "10.0.0.1", "::/129", "10.0.0.0/08", "db/8"]
)
def test_a_range_that_is_none_is_no_range(typed: str) -> None:
    assert not accepts(words.Cidr, typed)


def test_a_limit_fits_into_the_number_that_proxies_count_with() -> None:
    assert accepts(words.Requests, 10**9)  # as much as the bucket of a host holds, which is never empty
    assert not accepts(words.Requests, 10**9 + 1)
    assert not accepts(words.Requests, 0)
