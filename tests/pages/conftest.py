"""`pytest tests/pages --renew` rewrites the pages; then read the difference."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew",
        action="store_true",
        help="rewrite the pages under tests/pages; then read the difference",
    )


@pytest.fixture(scope="session")
def renew(request: pytest.FixtureRequest) -> bool:
    """Whether pages are to be rewritten instead of compared."""
    return bool(request.config.getoption("--renew", default=False))
