"""Patients side by side in a table, and what a single patient is told, to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa

from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.decision_values import (
    DecisionValue,
    ValueWords,
    advice_words,
    value_of,
)
from b12guide.cohort.options import Options
from b12guide.evaluate.answer import Decided, Recommendation
from b12guide.evaluate.decision import elsewhere, finished
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.patient_view import view_of
from b12guide.evaluate.recommend import DECISIONS, opened, recommend, standing
from b12guide.graph.model import Decision, RuleGraph
from b12guide.interop.regimens_of_value import regimens_of_value
from b12guide.patient.model import FactValue, Stated
from b12guide.regimen.model import (
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Regimen,
    Times,
    Until,
)
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
        if decision in {Decision.LOADING, Decision.MAINTENANCE}:
            text = found[f"{decision.value}.value"]
            told_of_doses = doses(text if said.certain else None, evaluator.graph)
            found |= {f"{decision.value}.{n}": v for n, v in told_of_doses.items()}
    topics = dict.fromkeys(t for s in answer.silences for t in s.topics)
    found["silent"] = "; ".join(topics) or None
    found["questions"] = [question.fact for question in answer.questions]
    return found


def doses(text: str | None, graph: RuleGraph) -> dict[str, Any]:
    """What the columns of doses have beside a text that is certain, as it is read from it."""
    only = None if text is None else regimens_of_value(text, graph).only
    found: dict[str, Any] = dict.fromkeys(COLUMNS_OF_DOSES)
    if only is None:
        return found
    found["phase"] = len(only.phases)
    if only.has_several_phases:
        return found
    (phase,) = only.phases
    found["drug"] = " or ".join(phase.drugs) or None
    low, high = phase.dose.low, phase.dose.high
    found["dose_low"] = None if low is None else float(low)
    found["dose_high"] = None if high is None else float(high)
    found["dose_unit"], found["route"] = phase.dose.unit, phase.route
    match phase.frequency:
        case Every(interval=every):
            size = DAYS[every.unit.value]
            found["interval_low_days"] = float(every.low * size)
            found["interval_high_days"] = float(every.high * size)
        case Times(low=least, high=most, per=per):
            size = DAYS[per.unit.value]
            found["interval_low_days"] = float(per.low * size / most)
            found["interval_high_days"] = float(per.high * size / least)
        case None:
            pass
    match phase.bound:
        case ForLife():
            found["until"] = "life"
        case Until(event=event):
            found["until"] = event
        case ForDoses(count=1, within=None):
            found["until"] = "1 dose"
        case ForDoses() | ForTime() as bound:
            bare = Regimen((Phase(dose=phase.dose, bound=bound),))
            found["until"] = advice_words(bare).partition(" for ")[2]
        case None:
            pass
    return found


COLUMNS_OF_DOSES = (
    *("drug", "dose_low", "dose_high", "dose_unit", "route"),
    *("interval_low_days", "interval_high_days", "phase", "until"),
)
YEAR = Fraction("365.2425")
DAYS = {
    "second": Fraction(1, 86400),
    "minute": Fraction(1, 1440),
    "hour": Fraction(1, 24),
    "day": Fraction(1),
    "week": Fraction(7),
    "month": YEAR / 12,
    "year": YEAR,
}
"""How long units of time are; of months and years on the average."""


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
