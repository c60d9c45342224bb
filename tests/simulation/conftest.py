"""Stories see a virtual machine; the tests after them see this one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.story import begin, end


@pytest.fixture(autouse=True)
def _stories() -> Iterator[None]:
    begin()
    yield
    end()
