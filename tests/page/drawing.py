"""Values for what is asked in Node: many at once, and the same ones every time."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

T = TypeVar("T")


def drawn(values: st.SearchStrategy[T], count: int) -> list[T]:
    """Values of a strategy, the same ones every time."""
    found: list[T] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(values)
    def draw(value: T) -> None:
        found.append(value)

    draw()
    return found
