"""Columns for every fact of a guideline, with values near its thresholds and cells left out."""

from __future__ import annotations

from random import Random
from typing import Any

import pyarrow as pa

from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.condition import Compare
from b12guide.values.term import Kind
from tests.strategies.cohorts import column_type


def everything(
    random: Random, evaluator: Evaluator, rows: int, unknown: float
) -> pa.Table:
    """Patients with a column for each fact; some contradict implications."""
    graph = evaluator.graph
    bounds: dict[str, set[float]] = {}
    for node in evaluator.program.nodes:
        leaf = node.leaf
        if isinstance(leaf, Compare):
            ends = {
                float(leaf.low),
                float(leaf.high),
                float((leaf.low + leaf.high) / 2),
            }
            bounds.setdefault(leaf.fact, set()).update(ends)
    columns = {}
    for name, fact in graph.vocabulary.facts.items():
        offered: list[Any] = [False, False, True]
        if fact.kind is Kind.CHOICE:
            offered = [*fact.values]
        elif fact.kind is Kind.MEASURE:
            low, high = map(float, fact.plausible or (0, 1000))
            near = [b + d for b in sorted(bounds.get(name, {low})) for d in (-1, 0, 1)]
            offered = [value for value in near if low <= value <= high] or [low]
            offered.append(high * 2 + 1)  # not to be believed
        cells = [
            None if random.random() < unknown else random.choice(offered)
            for _ in range(rows)
        ]
        columns[name] = pa.array(cells, column_type(graph, name))
    return pa.table(columns)
