"""How often each rule has which verdict in a cohort, and what each decision comes to."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from attrs import asdict, field, frozen

from b12guide.answers import Answer
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.cohort_advice import CohortAdvice
from b12guide.cohort.frames import FrameKind, frame_of
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import frozen_map
from b12guide.graph.model import Decision, RuleGraph


@frozen(kw_only=True)
class RuleCount:
    """How many patients have which verdict of one rule."""

    rule: str
    title: str
    decision: str
    statements: tuple[str, ...]
    applies: int
    does_not_apply: int
    unknown: int
    indeterminate: int
    overridden: int


@frozen(kw_only=True)
class DecisionCount:
    """How many patients have which outcome of one decision.

    Attributes:
        certain: For how many what is said holds whatever is unknown.
        settled: For how many nothing is open: all that is said is said whatever is unknown. A
            decision that is determined may have exclusions and alternatives that are open.
    """

    decision: str
    determined: int
    depends: int
    conflict: int
    silent: int
    not_needed: int
    certain: int
    settled: int


@frozen(kw_only=True)
class ValueCount:
    """How many patients are told one thing by a decision.

    Attributes:
        value: What the default comes to, in the words of the column of advice; None for nothing.
    """

    decision: str
    outcome: str
    value: str | None
    patients: int


@frozen(kw_only=True)
class Prevalence(Answer):
    """The counts of a cohort. They are of its rows, and stand for no population.

    Attributes:
        patients: How many rows.
        rules: In the order of the guideline.
        values: By decision, the most frequent first.
        assumed: What was assumed of patients of whom it is not known.
    """

    graph: RuleGraph = field(repr=False)
    patients: int
    rules: tuple[RuleCount, ...] = field(repr=False)
    decisions: tuple[DecisionCount, ...] = field(repr=False)
    values: tuple[ValueCount, ...] = field(repr=False)
    kind: FrameKind = field(repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)

    def to_frame(self) -> Any:
        """The verdicts by rule as a frame of the kind that came in."""
        return frame_of(self.rules, RuleCount, _TYPES, self.kind)

    def decisions_frame(self) -> Any:
        """The outcomes by decision."""
        return frame_of(self.decisions, DecisionCount, _TYPES, self.kind)

    def values_frame(self) -> Any:
        """What the decisions say, and to how many."""
        return frame_of(self.values, ValueCount, _TYPES, self.kind)

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` says besides who counted it."""
        return {
            "patients": self.patients,
            "assumed": dict(self.assumed),
            "rules": [
                {**asdict(one), "statements": list(one.statements)}
                for one in self.rules
            ],
            "decisions": [asdict(one) for one in self.decisions],
            "values": [asdict(one) for one in self.values],
        }


_TYPES = {
    **dict.fromkeys(("rule", "title", "decision", "outcome", "value"), pa.string()),
    "statements": pa.list_(pa.string()),
}


def prevalence_of(found: CohortAdvice, graph: RuleGraph, kind: FrameKind) -> Prevalence:
    """The counts of advice about a cohort."""
    return Prevalence(
        graph=graph,
        patients=found.rows,
        rules=tuple(_rule(found, graph, name) for name in graph.rules),
        decisions=tuple(_decision(found, d) for d in DECISIONS),
        values=tuple(v for d in DECISIONS for v in _values(found, d.value)),
        kind=kind,
        assumed=found.assumptions,
    )


def _rule(found: CohortAdvice, graph: RuleGraph, name: str) -> RuleCount:
    rule = graph.rules[name]
    counts = found.counts(f"rule.{name}")
    return RuleCount(
        rule=name,
        title=rule.title,
        decision=rule.decision.value,
        statements=rule.grounds.statements,
        applies=counts[Verdict.APPLIES.value,],
        does_not_apply=counts[Verdict.DOES_NOT_APPLY.value,],
        unknown=counts[Verdict.UNKNOWN.value,],
        indeterminate=counts[Verdict.INDETERMINATE.value,],
        overridden=counts[Verdict.OVERRIDDEN.value,],
    )


def _decision(found: CohortAdvice, decision: Decision) -> DecisionCount:
    name = decision.value
    counts = found.counts(f"{name}.outcome")
    certain = found.counts(f"{name}.certain")
    return DecisionCount(
        decision=name,
        determined=counts[Outcome.DETERMINED.value,],
        depends=counts[Outcome.DEPENDS.value,],
        conflict=counts[Outcome.CONFLICT.value,],
        silent=counts[Outcome.SILENT.value,],
        not_needed=counts[Outcome.NOT_NEEDED.value,],
        certain=certain[True,],
        settled=found.settled.get(decision, 0),
    )


def _values(found: CohortAdvice, name: str) -> list[ValueCount]:
    counts = found.counts(f"{name}.outcome", f"{name}.value")
    order = sorted(
        counts.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or "")
    )
    return [
        ValueCount(decision=name, outcome=outcome, value=value, patients=count)
        for (outcome, value), count in order
    ]
