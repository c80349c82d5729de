"""The validators that run in Node, started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fhir import validators


@pytest.fixture(scope="session")
def node() -> Iterator[validators.Node | None]:
    """The Node process; None where it cannot be had, and a test may still ask the others."""
    if not validators.has_node():
        yield None
        return
    with validators.node() as process:
        yield process
