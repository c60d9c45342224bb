"""What the tests with foreign clients share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _ask_an_index() -> Iterator[None]:
    """What these tests install comes from an index, also where a job lets only the lock's wheels be installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "0")
        yield
