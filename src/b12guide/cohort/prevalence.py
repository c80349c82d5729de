"""How often each answer was given in a cohort: verdicts by rule, outcomes and values by decision.

A `Summary` is counted batch by batch, while advice is written to a file. The `Prevalence` of a
study is the summary of all its advice, with what the decisions say and how far that is settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from attrs import asdict, field, frozen

from b12guide.answers import Answer
from b12guide.cohort.advice_files import ColumnCounts, counted
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.batch import VERDICTS
from b12guide.cohort.cohort_advice import CohortAdvice
from b12guide.cohort.frames import FrameKind, frame_of
from b12guide.cohort.group_answer import OUTCOMES
from b12guide.cohort.options import OnBad, Options, Wanted, wanted
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import freeze, frozen_map
from b12guide.graph.model import RuleGraph


@frozen(kw_only=True, repr=False)
class Summary(Answer):
    """How often each answer was given.

    Attributes:
        patients: The number of patients.
        rules: For each rule, how many patients have each verdict.
        decisions: For each decision, how many patients have each outcome.
        questions: For each fact worth asking for, for how many patients it is.
        bad: For each fact, how many patients have a cell that was set aside.
        assumed: What was assumed of patients for whom it is not known.
    """

    graph: RuleGraph = field(repr=False)
    patients: int = 0
    rules: Mapping[str, Mapping[str, int]] = field(converter=freeze)
    decisions: Mapping[str, Mapping[str, int]] = field(converter=freeze)
    questions: Mapping[str, int] = field(converter=freeze)
    bad: Mapping[str, int] = field(converter=freeze)
    assumed: WrittenValues = field(factory=dict, converter=freeze)

    @classmethod
    def of_nobody(
        cls, graph: RuleGraph, wanted: Wanted, assumed: WrittenValues
    ) -> Summary:
        """The summary of no patients."""
        verdicts = {verdict.value: 0 for verdict in VERDICTS}
        outcomes = {outcome.value: 0 for outcome in OUTCOMES}
        return cls(
            graph=graph,
            rules=dict.fromkeys(wanted.rules, verdicts),
            decisions={decision.value: outcomes for decision in wanted.decisions},
            questions={},
            bad={},
            assumed=assumed,
        )

    def columns(self, options: Options) -> tuple[str, ...]:
        """The columns of advice that are counted, in the wide form that `options` ask for."""
        lists = ["questions"] if options.questions and self.decisions else []
        if options.on_bad is OnBad.UNKNOWN:
            lists.append("bad")
        return (
            *(options.column("rule", name) for name in self.rules),
            *(options.column(name, "outcome") for name in self.decisions),
            *lists,
        )

    def plus(self, advice: Any, options: Options) -> Summary:
        """The same with more advice, in the wide form that `options` ask for."""
        counts = counted(advice, self.columns(options))
        return self.plus_counts(counts, advice.num_rows, options)

    def plus_counts(self, more: ColumnCounts, rows: int, options: Options) -> Summary:
        """The same with what was counted of so many more rows of advice."""

        def added(counts: Mapping[str, int], *name: str) -> dict[str, int]:
            found = more[options.column(*name)]
            return {
                word: number + found.get(word, 0) for word, number in counts.items()
            }

        def listed(counts: Mapping[str, int], column: str) -> dict[str, int]:
            found = Counter(counts)
            found.update(more.get(column, {}))
            return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

        return Summary(
            graph=self.graph,
            patients=self.patients + rows,
            rules={n: added(counts, "rule", n) for n, counts in self.rules.items()},
            decisions={
                n: added(counts, n, "outcome") for n, counts in self.decisions.items()
            },
            questions=listed(self.questions, "questions"),
            bad=listed(self.bad, "bad"),
            assumed=self.assumed,
        )


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
    """How many patients get one answer from a decision.

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
        assumed: What was assumed of patients for whom it is not known.
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
        """What was counted, as plain data; `to_dict` adds who counted it."""
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

    def fields(counts: Mapping[str, int]) -> dict[str, Any]:
        return {word.replace(" ", "_"): count for word, count in counts.items()}

    nobody = Summary.of_nobody(graph, wanted(graph, found.options), found.assumptions)
    summary = nobody.plus(found.advice, found.options)
    values = []
    for d in DECISIONS:
        counts = found.counts(f"{d.value}.outcome", f"{d.value}.value")
        order = sorted(counts, key=lambda one: (-counts[one], one[0], one[1] or ""))
        values += [
            ValueCount(
                decision=d.value, outcome=one[0], value=one[1], patients=counts[one]
            )
            for one in order
        ]
    return Prevalence(
        graph=graph,
        patients=found.rows,
        rules=tuple(
            RuleCount(
                rule=name,
                title=rule.title,
                decision=rule.decision.value,
                statements=rule.grounds.statements,
                **fields(summary.rules[name]),
            )
            for name, rule in graph.rules.items()
        ),
        decisions=tuple(
            DecisionCount(
                decision=d.value,
                certain=found.counts(f"{d.value}.certain")[True,],
                settled=found.settled.get(d, 0),
                **fields(summary.decisions[d.value]),
            )
            for d in DECISIONS
        ),
        values=tuple(values),
        kind=kind,
        assumed=found.assumptions,
    )
