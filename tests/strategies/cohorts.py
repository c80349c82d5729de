"""Patients side by side in a table, and what a single patient is told, to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa

from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.decision_values import DecisionValue, ValueWords, value_of
from b12guide.cohort.options import Options
from b12guide.evaluate.answer import Decided, Recommendation
from b12guide.evaluate.decision import elsewhere, finished
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.patient_view import view_of
from b12guide.evaluate.recommend import DECISIONS, opened, recommend, standing
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue, Stated
from b12guide.truth import Truth
from b12guide.values.term import Kind


def column_type(graph: RuleGraph, name: str) -> pa.DataType:
    """The type in which a table holds a fact."""
    fact = graph.vocabulary.facts.get(name)
    if fact is None or fact.kind in {Kind.FINDING, Kind.EVENT}:
        return pa.bool_()
    return pa.string() if fact.kind is Kind.CHOICE else pa.float64()


def table_of(graph: RuleGraph, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as a table with a column for each fact that any of them has."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table(
        {
            name: pa.array(
                [_cell(row.get(name)) for row in rows], column_type(graph, name)
            )
            for name in names
        }
        or {"nothing": pa.nulls(len(rows))}
    )


def _cell(value: FactValue | None) -> Any:
    return float(value) if isinstance(value, Fraction) else value


def one_by_one(
    evaluator: Evaluator, rows: Sequence[Mapping[str, Any]], otherwise: str
) -> list[dict[str, Any]]:
    """What each of the rows is told when it is asked about alone."""
    names = dict.fromkeys(name for row in rows for name in row)
    options = Options(otherwise=otherwise)
    return [
        alone(
            evaluator,
            Stated(
                values={name: row.get(name) for name in names},
                otherwise=options.otherwise,
            ),
        )
        for row in rows
    ]


def alone(evaluator: Evaluator, stated: Stated) -> dict[str, Any]:
    """What a single patient is told, in the shape of a row of advice."""
    answer = recommend(evaluator, stated)
    found: dict[str, Any] = {
        f"rule.{v.rule.name}": v.verdict.value for v in answer.rules
    }
    words, patient = ValueWords.of(evaluator.graph), view_of(evaluator, stated)
    verdicts = {v.rule.name: v for v in answer.rules}
    if answer.scope is Truth.FALSE:
        verdicts = {}
    for decision in DECISIONS:
        told = answer.decisions[decision]
        found[f"{decision.value}.outcome"] = told.outcome.value
        said = DecisionValue(decision=decision)
        if verdicts:
            parts = opened(decision, patient, verdicts)
            decided = standing(decision, parts, evaluator)
            assert is_told(decided, answer)
            clashes = [c for c in answer.conflicts if c.decision is decision]
            sides = [side for clash in clashes for side in clash.sides]
            said = value_of(decided, sides, parts.kinds)
        found[f"{decision.value}.value"] = words.text(said)
        found[f"{decision.value}.certain"] = said.certain
    topics = dict.fromkeys(t for s in answer.silences for t in s.topics)
    found["silent"] = "; ".join(topics) or None
    found["questions"] = [question.fact for question in answer.questions]
    return found


def is_told(decided: Decided, answer: Recommendation) -> bool:
    """Whether an answer says what a decision says, with the drugs of the form in its doses."""
    told = answer.decisions[decided.decision]
    other = elsewhere(answer.form, answer.permission)
    return (told.outcome, told.options) == (
        decided.outcome,
        finished(decided, other).options,
    )


def together(
    evaluator: Evaluator, rows: Sequence[Mapping[str, Any]], otherwise: str
) -> list[dict[str, Any]]:
    """What the rows are told when they are asked about as a cohort."""
    table = table_of(evaluator.graph, rows)
    ignore = [name for name in table.column_names if name == "nothing"]
    options = Options(otherwise=otherwise, ignore=ignore)
    found: list[dict[str, Any]] = advise_frame(table, evaluator, options).to_pylist()
    return found
