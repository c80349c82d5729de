"""What follows from drawn ties is what follows from them patient by patient."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from b12guide import load
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import run
from b12guide.patient.model import Otherwise
from tests.strategies import graphs as make

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa

from b12guide.cohort.batch import Batch, Prepared
from b12guide.cohort.bits import Bits, nobody
from b12guide.cohort.column_values import Rails
from b12guide.cohort.columns import match_columns
from b12guide.cohort.implications import Implied
from b12guide.cohort.options import Options
from tests.strategies.cohorts import table_of
from tests.strategies.columns import everything

SHIPPED = load("mecobalamin_im").evaluator
GUIDELINES = 250


def prepared(
    evaluator: Evaluator, table: pa.Table, otherwise: str, *, is_drawn: bool
) -> Prepared:
    ignore = [name for name in table.column_names if name == "nothing"]
    options = Options(otherwise=otherwise, ignore=ignore)
    columns = match_columns(table.schema, evaluator.graph, options, "frame").columns
    question = Prepared(
        evaluator=evaluator, columns=columns, otherwise=Otherwise(otherwise)
    )
    if not is_drawn:
        for tied in question.tied:
            tied.diagram = None
    return question


def closed(
    evaluator: Evaluator, table: pa.Table, otherwise: str, *, is_drawn: bool
) -> Implied:
    question = prepared(evaluator, table, otherwise, is_drawn=is_drawn)
    (batch,) = table.combine_chunks().to_batches()
    return Batch.of(question, batch).implied


def compare(evaluator: Evaluator, table: pa.Table, otherwise: str) -> Implied:
    one = closed(evaluator, table, otherwise, is_drawn=True)
    two = closed(evaluator, table, otherwise, is_drawn=False)
    rows = one.rows
    assert plain(one.leaves) == plain(two.leaves)
    assert {s: plain(dict(enumerate(e))) for s, e in one.ends.items()} == {
        s: plain(dict(enumerate(e))) for s, e in two.ends.items()
    }
    assert sets(one.contradictory) == sets(two.contradictory)
    assert sets(one.unsettled) == sets(two.unsettled)
    for name in one.possible.keys() | two.possible.keys():
        mine, other = one.possible.get(name, {}), two.possible.get(name, {})
        for value in mine.keys() | other.keys():
            assert (mine.get(value, one.mask) == other.get(value, one.mask)).all()
    # What the facts alone settle of a definition may be told with what follows, or not.
    own = run(
        evaluator.program,
        range(len(evaluator.program.nodes)),
        dict(one.leaves),
        one.mask,
    )
    for step in one.definitions.keys() | two.definitions.keys():
        none = (nobody(rows), nobody(rows))
        for side in (0, 1):
            told = one.definitions.get(step, none)[side] | own[step][side]
            wanted = two.definitions.get(step, none)[side] | own[step][side]
            assert (told == wanted).all(), step
    return one


def plain(rails: dict[int, Rails]) -> dict[int, object]:
    return {key: (t.tolist(), f.tolist()) for key, (t, f) in rails.items()}


def sets(found: dict[tuple[str, ...], Bits]) -> dict[tuple[str, ...], object]:
    return {key: plane.tolist() for key, plane in found.items() if plane.any()}


def test_drawn_guidelines_close_alike() -> None:
    followed = drawn = 0
    for number in range(GUIDELINES):
        random = Random(number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        evaluator = Evaluator.of(graph)
        cohort = make.draw_cohort(random, graph, 12)
        rows = [stated.values for stated in cohort.stated()]
        if not rows:
            continue
        for otherwise in ("unknown", "absent"):
            found = compare(evaluator, table_of(graph, rows), otherwise)
            question = prepared(
                evaluator, table_of(graph, rows), otherwise, is_drawn=True
            )
            drawn += sum(one.diagram is not None for one in question.tied)
            followed += bool(found.contradictory or found.possible or found.definitions)
    assert followed > 50
    assert drawn > 100


@pytest.mark.parametrize("otherwise", ["unknown", "absent"])
@pytest.mark.parametrize("unknown", [0.1, 0.35, 0.7])
def test_the_shipped_guideline_closes_alike(unknown: float, otherwise: str) -> None:
    table = everything(Random(1), SHIPPED, 700, unknown)  # noqa: S311 -- alike each time
    found = compare(SHIPPED, table, otherwise)

    assert found.contradictory
    assert found.definitions


def test_all_patterns_of_a_few_facts_close_alike() -> None:
    for tied in prepared(
        SHIPPED,
        everything(Random(1), SHIPPED, 2, 0.5),  # noqa: S311 -- alike each time
        "unknown",
        is_drawn=True,
    ).tied:
        graph = SHIPPED.graph
        some = [name for name in tied.names if name in graph.vocabulary.facts][:5]
        cells = [
            [None, *(graph.vocabulary.facts[name].values or (True, False))]
            for name in some
        ]
        rows = [dict(zip(some, row, strict=True)) for row in product(*cells)]
        measured = [n for n in some if graph.vocabulary.facts[n].plausible]
        if not measured:
            compare(SHIPPED, table_of(graph, rows), "unknown")
