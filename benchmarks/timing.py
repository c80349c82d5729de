"""Rounds that take turns, so that a busy machine slows all contestants alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

__all__ = ["medians", "table"]


def medians(
    contestants: Mapping[str, Callable[[], object]], *, rounds: int, calls: int = 1
) -> dict[str, float]:
    """The median time of each contestant in microseconds, for one of its `calls`."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            start = perf_counter()
            run()
            times[name].append((perf_counter() - start) / calls * 1e6)
    return {name: median(found) for name, found in times.items()}


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """The rows as a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
