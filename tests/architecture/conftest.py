"""What is promised about the source is the same on every database; only the migrations are built on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import DATABASES


@pytest.fixture(params=DATABASES[:1])
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[str]:
    with databases(request.param).fresh() as url:
        yield url
