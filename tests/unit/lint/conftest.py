"""The shipped vocabulary is parsed once for all these tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from b12guide.syntax.parse import parse_bytes


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("b12guide.written.parse_bytes", lru_cache(64)(parse_bytes))
        yield
