"""Steps made for the columns there are say what the whole program says."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from b12guide import load
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import run
from b12guide.patient.model import Otherwise
from tests.strategies import graphs as make

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa

from b12guide.cohort.batch import Batch, Prepared, Verdicts, verdicts
from b12guide.cohort.column_values import Rails
from b12guide.cohort.columns import match_columns
from b12guide.cohort.options import Options
from b12guide.cohort.verdict_program import topic_program
from tests.strategies.cohorts import table_of
from tests.strategies.columns import everything

SHIPPED = load("mecobalamin_im").evaluator
GUIDELINES = 200


def batch_of(evaluator: Evaluator, table: pa.Table, otherwise: str) -> Batch:
    ignore = [name for name in table.column_names if name == "nothing"]
    options = Options(otherwise=otherwise, ignore=ignore)
    columns = match_columns(table.schema, evaluator.graph, options, "frame").columns
    question = Prepared(
        evaluator=evaluator, columns=columns, otherwise=Otherwise(otherwise)
    )
    (batch,) = table.combine_chunks().to_batches()
    return Batch.of(question, batch)


def rails_of(batch: Batch, leaves: dict[int, Rails]) -> dict[int, Rails]:
    """Every node, one after the other; what is stated of a definition comes first."""
    program, mask = batch.question.evaluator.program, batch.mask
    rails = dict(leaves)
    for step in range(len(program.nodes)):
        run(program, [step], rails, mask)
        if step in batch.implied.definitions:
            true, false = batch.implied.definitions[step]
            t, f = rails[step]
            rails[step] = (true | (t & ~false), false | (f & ~true))
    return rails


def by_hand(batch: Batch) -> dict[str, tuple[Any, ...]]:
    evaluator, mask = batch.question.evaluator, batch.mask
    program, implied = evaluator.program, batch.implied
    rails = rails_of(batch, implied.leaves)
    readings = [
        rails_of(
            batch, implied.leaves | {s: both[end] for s, both in implied.ends.items()}
        )
        for end in (0, 1)
    ]
    found = {}
    for name, rule in evaluator.graph.rules.items():
        outside = rails[program.scope][1]
        heard = outside if rule.outside_scope else mask & ~outside
        true, false = rails[program.conditions[name]]
        but, but_not = rails[program.exceptions[name]]
        open_ = heard & ~(false | (true & (but | but_not)))
        left = open_
        for one in readings:
            t, f = one[program.conditions[name]]
            b, n = one[program.exceptions[name]]
            left = left & (f | (t & (b | n)))
        applies, excepted = true & heard & but_not, true & heard & but
        found[name] = (applies, excepted, open_ & ~left, left)
    return found


def compare(batch: Batch) -> dict[str, Verdicts]:
    found = verdicts(batch)
    for name, wanted in by_hand(batch).items():
        one = found[name]
        told = (one.applies, one.overridden, one.unknown, one.indeterminate)
        for mine, other in zip(told, wanted, strict=True):
            assert (mine == other).all(), name
    rails = rails_of(batch, batch.implied.leaves)
    program = batch.question.evaluator.program
    steps = [step for parts in program.silences for _, step in parts]
    outside = rails[program.scope][1]
    for step, plane in zip(steps, batch.worked_out(topic_program), strict=True):
        assert (plane == rails[step][0] & ~outside).all()
    for step, (true, false) in batch.rails.items():
        assert (true == rails[step][0]).all()
        assert (false == rails[step][1]).all()
    return found


def test_drawn_guidelines_say_the_same() -> None:
    seen = 0
    for number in range(GUIDELINES):
        random = Random(number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        cohort = make.draw_cohort(random, graph, 12)
        rows = [stated.values for stated in cohort.stated()]
        if rows:
            otherwise = random.choice(("unknown", "absent"))
            found = compare(
                batch_of(Evaluator.of(graph), table_of(graph, rows), otherwise)
            )
            seen += any(one.indeterminate.any() for one in found.values())
    assert seen > 10


@pytest.mark.parametrize("otherwise", ["unknown", "absent"])
@pytest.mark.parametrize("unknown", [0.1, 0.35])
def test_the_shipped_guideline_says_the_same(unknown: float, otherwise: str) -> None:
    table = everything(Random(2), SHIPPED, 1000, unknown)  # noqa: S311 -- alike each time
    found = compare(batch_of(SHIPPED, table, otherwise))
    few = table.select(table.column_names[::3])
    compare(batch_of(SHIPPED, few, otherwise))

    assert sum(one.overridden.any() for one in found.values()) > 1
    assert sum(one.indeterminate.any() for one in found.values()) > 1


def test_what_follows_for_some_batches_only_is_not_forgotten_in_others() -> None:
    options = Options()
    table = everything(Random(3), SHIPPED, 640, 0.3)  # noqa: S311 -- alike each time
    table = table.select(table.column_names[::2])
    columns = match_columns(table.schema, SHIPPED.graph, options, "frame").columns
    question = Prepared(evaluator=SHIPPED, columns=columns, otherwise=Otherwise.UNKNOWN)
    for part in table.combine_chunks().to_batches(max_chunksize=3):
        compare(Batch.of(question, part))
    assert len(question.programs) > 3
