"""How often each answer was given in a cohort: verdicts by rule, outcomes and values by decision.

A `Summary` is counted batch by batch, while advice is written to a file. The `Prevalence` of a
study counts all its advice, with what the decisions say and how far that is settled, and gives
each share with its interval and its bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import field, fields, frozen
from numpy.typing import NDArray

from b12guide.answers import Answer
from b12guide.cohort.advice_files import ColumnCounts, counted
from b12guide.cohort.answer_codes import OUTCOME_NAMES, VERDICT_NAMES, AnswerCodes
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.batch import VERDICTS
from b12guide.cohort.design import Mask
from b12guide.cohort.frames import FrameKind, Table, native
from b12guide.cohort.group_answer import OUTCOMES
from b12guide.cohort.options import OnBad, Options, Wanted
from b12guide.cohort.shares import Sample, Sampling, Share, columns_of, plain_shares
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import Record, freeze, frozen_map
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


@frozen(kw_only=True, repr=False)
class RuleCount(Record):
    """How many patients have which verdict of one rule.

    Attributes:
        shares: The share of each verdict, by its name here.
    """

    rule: str
    title: str
    decision: str
    statements: tuple[str, ...]
    applies: int
    does_not_apply: int
    unknown: int
    indeterminate: int
    overridden: int
    shares: Mapping[str, Share] = field(converter=frozen_map)


@frozen(kw_only=True, repr=False)
class DecisionCount(Record):
    """How many patients have which outcome of one decision.

    Attributes:
        certain: For how many what is said holds whatever is unknown.
        settled: For how many nothing is open: all that is said is said whatever is unknown. A
            decision that is determined may have exclusions and alternatives that are open.
        shares: The share of each of these, by its name here.
    """

    decision: str
    determined: int
    depends: int
    conflict: int
    silent: int
    not_needed: int
    certain: int
    settled: int
    shares: Mapping[str, Share] = field(converter=frozen_map)


@frozen(kw_only=True, repr=False)
class ValueCount(Record):
    """How many patients get one answer from a decision.

    Attributes:
        value: What the default comes to, in the words of the column of advice; None for nothing.
        share: Their share. Those about whom the decision depends on something may yet get it.
    """

    decision: str
    outcome: str
    value: str | None
    patients: int
    share: Share


@frozen(kw_only=True, repr=False)
class AnswerShare(Record):
    """The share of one answer: a verdict of a rule, an outcome or a value of a decision.

    Attributes:
        of_what: `rule`, `decision` or `value`.
        name: The rule or the decision.
        answer: The verdict, the outcome, `certain` or `settled`; or what is advised.
    """

    of_what: str
    name: str
    answer: str
    share: Share


@frozen(kw_only=True, repr=False)
class Prevalence(Answer, Record):
    """The counts of a cohort, and the shares that they are.

    Without a design the rows stand for themselves, and shares are of the rows.

    Attributes:
        patients: How many rows; those of no weight are in no count and in no share.
        rules: In the order of the guideline.
        values: By decision, the most frequent first.
        assumed: What was assumed of patients for whom it is not known.
        sampling: How rows become shares.
    """

    graph: RuleGraph = field(repr=False)
    patients: int
    rules: tuple[RuleCount, ...] = field(repr=False)
    decisions: tuple[DecisionCount, ...] = field(repr=False)
    values: tuple[ValueCount, ...] = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)
    sampling: Sampling = field(repr=False)

    def to_frame(self) -> Any:
        """The verdicts by rule as a frame of the kind that came in.

        Beside the counts stands the share of those to whom the rule applies, with its interval,
        and what it were at most if it applied to everybody for whom that is not known.
        """
        return native(frame_columns(self.rules, RuleCount, "applies"), self.kind)

    def decisions_frame(self) -> Any:
        """The outcomes by decision, and the share of those for whom each is determined."""
        return native(
            frame_columns(self.decisions, DecisionCount, "determined"), self.kind
        )

    def values_frame(self) -> Any:
        """What the decisions say, to how many, and to which share."""
        return native(frame_columns(self.values, ValueCount), self.kind)

    def shares_frame(self) -> Any:
        """Every verdict, outcome and value with its share, one below the other."""
        return native(shares_table(self.shares), self.kind)

    @property
    def shares(self) -> tuple[AnswerShare, ...]:
        """The share of every verdict, outcome and value."""
        rules = [("rule", one.rule, one.shares) for one in self.rules]
        decisions = [("decision", one.decision, one.shares) for one in self.decisions]
        values = [
            ("value", one.decision, {one.value or one.outcome: one.share})
            for one in self.values
        ]
        return tuple(
            AnswerShare(of_what=what, name=name, answer=answer, share=share)
            for what, name, shares in (*rules, *decisions, *values)
            for answer, share in shares.items()
        )

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        return {
            "patients": self.patients,
            "assumed": dict(self.assumed),
            "sampling": self.sampling.plain(),
            "rules": [_plain(one) for one in self.rules],
            "decisions": [_plain(one) for one in self.decisions],
            "values": [_plain(one) for one in self.values],
        }


def _plain(row: RuleCount | DecisionCount | ValueCount) -> dict[str, Any]:
    found = {one.name: getattr(row, one.name) for one in fields(type(row))}
    if isinstance(row, RuleCount):
        found["statements"] = list(row.statements)
    if isinstance(row, ValueCount):
        found["share"] = row.share.plain()
    else:
        found["shares"] = plain_shares(row.shares)
    return found


# --------------------------------------------------------------------------- frames

_TYPES = {
    **dict.fromkeys(("rule", "title", "decision", "outcome", "value"), pa.string()),
    "statements": pa.list_(pa.string()),
}
_IN_SHARES = frozenset({"shares", "share"})


def frame_columns(rows: Sequence[Any], kind_of_row: type, answer: str = "") -> Table:
    """Rows of counts as a table, and beside them the share of one answer.

    Args:
        rows: The rows.
        kind_of_row: Their class.
        answer: The answer whose share is meant, where a row has several.
    """
    names = [f.name for f in fields(kind_of_row) if f.name not in _IN_SHARES]
    columns = {
        name: pa.array(
            [getattr(row, name) for row in rows], _TYPES.get(name, pa.int64())
        )
        for name in names
    }
    told = (row.shares.get(answer) if answer else row.share for row in rows)
    more = share_columns(told)
    del more["patients"]  # the counts of rows stand there already
    return pa.table(columns | more)


def shares_table(shares: Sequence[AnswerShare]) -> Table:
    """Answers with their shares as a table."""
    texts = ("of_what", "name", "answer")
    columns = {
        name: pa.array([getattr(one, name) for one in shares], pa.string())
        for name in texts
    }
    return pa.table(columns | share_columns([one.share for one in shares]))


def share_columns(shares: Iterable[Share | None]) -> dict[str, Any]:
    """The columns of shares, one in each row."""
    whole = {"patients", "of"}
    return {
        name: pa.array(column, pa.int64() if name in whole else pa.float64())
        for name, column in columns_of(shares).items()
    }


# ------------------------------------------------------------------------- counting


def prevalence_of(
    found: AnswerCodes, sample: Sample, kind: FrameKind, among: Mask | None = None
) -> Prevalence:
    """The counts of advice about a cohort, or about those of its rows that are `among` it."""
    rows = found.rows if among is None else int(among.sum())
    sample = sample if among is None else sample.within(among)
    inside = sample.inside
    shares = iter(sample.shares(list(found.coded())))

    def counted(codes: NDArray[Any], names: Sequence[str]) -> dict[str, Any]:
        numbers = np.bincount(codes[inside], minlength=len(names)).tolist()
        mine = dict(zip(names, next(shares), strict=True))
        return dict(zip(names, numbers, strict=True)) | {"shares": mine}

    rules = tuple(
        RuleCount(
            rule=name,
            title=rule.title,
            decision=rule.decision.value,
            statements=rule.grounds.statements,
            **counted(found.rules[name], VERDICT_NAMES),
        )
        for name, rule in found.graph.rules.items()
    )
    decisions: list[DecisionCount] = []
    values: list[ValueCount] = []
    for d in DECISIONS:
        outcomes = counted(found.outcomes[d], OUTCOME_NAMES)
        sure = found.sure[d][inside]
        certain, settled = next(shares)
        outcomes["shares"] |= {"certain": certain, "settled": settled}
        decisions.append(
            DecisionCount(
                decision=d.value,
                certain=int((sure & 1 != 0).sum()),
                settled=int((sure & 2 != 0).sum()),
                **outcomes,
            )
        )
        pairs = found.values[d]
        numbers = np.bincount(found.value_codes[d][inside], minlength=len(pairs))
        told = zip(pairs, numbers.tolist(), next(shares), strict=True)
        mine = [
            ValueCount(
                decision=d.value, outcome=one, value=value, patients=count, share=share
            )
            for (one, value), count, share in told
            if count
        ]
        values += sorted(mine, key=lambda v: (-v.patients, v.outcome, v.value or ""))
    return Prevalence(
        graph=found.graph,
        patients=sample.rows,
        rules=rules,
        decisions=tuple(decisions),
        values=tuple(values),
        kind=kind,
        assumed=found.assumed,
        sampling=sample.sampling(rows - sample.rows),
    )
