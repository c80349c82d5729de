"""What is shipped is clean."""

from __future__ import annotations

import datetime as dt

import pytest

from b12guide.library import shipped
from b12guide.lint import lint

LATEST = dt.date(2026, 12, 1)
"""After the last day on which a page behind a shipped guideline was read."""

WHOLE = [name for name in sorted(shipped()) if not name.endswith(".examples")]


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_is_found_in_what_is_shipped(name: str) -> None:
    assert [(d.code, d.message) for d in lint(name, on=LATEST)] == []
