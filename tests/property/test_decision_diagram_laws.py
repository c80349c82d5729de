"""What diagrams say of a cohort is what each patient is told alone, and what patterns say.

Guidelines are drawn by number, alike each time. `test_reference_laws` holds columns of advice to
the reference evaluator; here are the parts that no column shows, the two ways beside each other,
and the shipped guideline with a column for every fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

import pytest

from b12guide import load
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import Compare
from b12guide.graph.model import Decision
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.values.term import Kind
from tests.strategies import graphs as make

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import numpy as np
import pyarrow as pa

from b12guide.cohort import decision_diagram
from b12guide.cohort.answerer import Answerer
from b12guide.cohort.batch import Batch, Prepared
from b12guide.cohort.columns import match_columns
from b12guide.cohort.group_answer import Decisions
from b12guide.cohort.options import Options
from b12guide.cohort.signature import PatternAnswerer
from tests.strategies.cohorts import table_of

SHIPPED = load("mecobalamin_im").evaluator
GUIDELINES = 500
SHARDS = 5

Row = Mapping[str, FactValue | None]
Said = list[dict[Any, Any]]


def prepared(evaluator: Evaluator, table: pa.Table, otherwise: Otherwise) -> Prepared:
    ignore = [name for name in table.column_names if name == "nothing"]
    matched = match_columns(table.schema, evaluator.graph, Options(ignore=ignore))
    return Prepared(evaluator=evaluator, columns=matched.columns, otherwise=otherwise)


def by_row(found: Decisions, rows: int) -> Said:
    """All that is said of each patient, with what no column shows."""
    said: Said = [{} for _ in range(rows)]
    for decision, (answers, group) in found.answers.items():
        for row, number in enumerate(group.tolist()):
            one = answers[number]
            said[row][decision] = (
                one.outcome,
                one.said,
                one.value,
                one.certain,
                one.settled,
            )
    lists = found.asked.open
    for row, number in enumerate(found.asked.group.tolist()):
        said[row]["asked"] = lists[number]
    return said


def both_ways(question: Prepared, table: pa.Table) -> tuple[Said, Said, Answerer]:
    """What diagrams and what patterns say of each row."""
    batches = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([])]
    batch = Batch.of(question, batches[0])
    drawn = Answerer(question)
    patterns = PatternAnswerer(question)
    return (
        by_row(drawn.about(batch), batch.rows),
        by_row(patterns.about(batch), batch.rows),
        drawn,
    )


def alone(evaluator: Evaluator, stated: Stated) -> dict[Any, Any] | None:
    """Outcomes and questions of one patient; None for one who cannot be."""
    try:
        found = recommend(evaluator, stated)
    except PatientError:
        return None
    said: dict[Any, Any] = {d: one.outcome for d, one in found.decisions.items()}
    said["asked"] = tuple((q.fact, q.decides) for q in found.questions)
    return said


def compared(
    evaluator: Evaluator, rows: Sequence[Row], otherwise: Otherwise
) -> Answerer:
    """Hold diagrams to patterns for these rows, and to what each patient is told alone."""
    table = table_of(evaluator.graph, rows)
    drawn, patterns, answerer = both_ways(prepared(evaluator, table, otherwise), table)
    names = dict.fromkeys(name for row in rows for name in row)
    for row, mine, theirs in zip(rows, drawn, patterns, strict=True):
        assert mine == theirs, row
        values = {name: row.get(name) for name in names}
        told = alone(evaluator, Stated(values=values, otherwise=otherwise))
        if told is not None:
            for key, said in told.items():
                got = mine[key] if key == "asked" else mine[key][0]
                assert got == said, (key, values)
    return answerer


@pytest.mark.parametrize("shard", range(SHARDS))
def test_diagrams_say_what_patients_are_told_alone(shard: int) -> None:
    drawn = 0
    for number in range(shard, GUIDELINES, SHARDS):
        random = Random(70_000 + number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        cohort = make.draw_cohort(random, graph, 8)
        answerer = compared(Evaluator.of(graph), cohort.rows, cohort.otherwise)
        drawn += answerer.by_pattern is None

    assert drawn > 0.95 * GUIDELINES / SHARDS


def every_gap(row: Row) -> Iterator[Row]:
    """The same patient with each set of facts unknown."""
    for known in product((True, False), repeat=len(row)):
        told = zip(row.items(), known, strict=True)
        yield {name: value if so else None for (name, value), so in told}


@pytest.mark.parametrize("number", range(12))
def test_whatever_is_unknown(number: int) -> None:
    random = Random(90_000 + number)  # noqa: S311 -- alike each time
    graph = make.draw_graph(random)
    rows = make.draw_cohort(random, graph, 2).rows
    names = [n for n in rows[0] if n not in graph.definitions][:5]
    some = [{name: row[name] for name in names} for row in rows]
    gaps = [gap for row in some for gap in every_gap(row)]

    compared(Evaluator.of(graph), gaps, Otherwise.UNKNOWN)


def shipped_patients(rows: int, unknown: float, columns: int, seed: int) -> pa.Table:
    """Patients at random, many of them at thresholds; some contradict themselves."""
    random = np.random.default_rng(seed)
    leaves = [node.leaf for node in SHIPPED.program.nodes]
    found: dict[str, pa.Array] = {}
    facts = list(SHIPPED.graph.vocabulary.facts.values())
    picked = random.permutation(len(facts))[:columns].tolist()
    for fact in (facts[place] for place in sorted(picked)):
        gaps = random.random(rows) < unknown
        if fact.kind is Kind.CHOICE:
            names = [fact.values[n] for n in random.integers(0, len(fact.values), rows)]
            found[fact.name] = pa.array(names, pa.string(), mask=gaps)
        elif fact.kind is not Kind.MEASURE:
            found[fact.name] = pa.array(random.random(rows) < 0.25, mask=gaps)
        else:
            cuts = [
                float(cut)
                for leaf in leaves
                if isinstance(leaf, Compare) and leaf.fact == fact.name
                for cut in (leaf.low, leaf.high)
            ]
            low, high = map(float, fact.plausible or (0, 100))
            near = [cut + by for cut in cuts for by in (-5, -0.1, 0, 0.1, 5)]
            near = [n for n in near if low <= n <= high] or [low, high]
            found[fact.name] = pa.array(random.choice(near, rows), mask=gaps)
    return pa.table(found)


@pytest.mark.parametrize("otherwise", Otherwise)
@pytest.mark.parametrize(
    ("columns", "unknown", "rows"), [(17, 0.1, 400), (41, 0.1, 300), (41, 0.35, 200)]
)
def test_the_shipped_guideline_by_diagrams(
    columns: int, unknown: float, rows: int, otherwise: Otherwise
) -> None:
    table = shipped_patients(rows, unknown, columns, 5)
    question = prepared(SHIPPED, table, otherwise)
    drawn, patterns, answerer = both_ways(question, table)

    assert answerer.by_pattern is None
    for row, (mine, theirs) in enumerate(zip(drawn, patterns, strict=True)):
        assert mine == theirs, table.slice(row, 1).to_pylist()


def test_a_decision_that_is_too_large_is_answered_by_patterns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = shipped_patients(50, 0.1, 17, 6)
    question = prepared(SHIPPED, table, Otherwise.UNKNOWN)
    monkeypatch.setattr(decision_diagram, "MOST_ENDS", 2)
    drawn, patterns, answerer = both_ways(question, table)

    assert answerer.by_pattern is not None
    assert drawn == patterns
    assert set(drawn[0]) == {*question.evaluator.heard, "asked"} - {Decision.NOTE}
