"""A small shop that is published once, and a copy of it for each test."""

from pathlib import Path

import pytest

from tests.publish.shops import Shop, copy, shop


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = shop(tmp_path_factory.mktemp("published"))
    made.publish()
    return made


@pytest.fixture
def made(published_once: Shop, tmp_path: Path) -> Shop:
    """A shop that is published already."""
    return copy(published_once, tmp_path)
