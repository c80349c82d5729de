"""What is shipped is clean."""

from __future__ import annotations

import pytest

from b12guide.library import shipped
from b12guide.lint import lint
from tests.unit.lint.linting import DAY

WHOLE = [name for name in sorted(shipped()) if not name.endswith(".examples")]


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_is_found_in_what_is_shipped(name: str) -> None:
    assert [(d.code, d.message) for d in lint(name, on=DAY)] == []
