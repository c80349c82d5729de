"""How often each answer was given in a cohort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.cohort.assumed import NOTHING, Assumed, WrittenValues, written_values
from b12guide.cohort.batch import VERDICTS
from b12guide.cohort.options import Options, Wanted
from b12guide.cohort.signature import OUTCOMES
from b12guide.evaluate.evaluator import Evaluator
from b12guide.frozen import freeze
from b12guide.graph.model import RuleGraph

__all__ = ["Summary", "nothing_yet"]


@frozen(kw_only=True, repr=False)
class Summary(Answer):
    """How often each answer was given.

    Attributes:
        patients: The number of patients.
        rules: For each rule, how many patients have each verdict.
        decisions: For each decision, how many patients have each outcome.
        questions: For each fact worth asking for, for how many patients it is.
        bad: For each fact, how many patients have a cell that was set aside.
        assumed: What was assumed of patients of whom it is not known.
    """

    graph: RuleGraph = field(repr=False)
    patients: int = 0
    rules: Mapping[str, Mapping[str, int]] = field(converter=freeze)
    decisions: Mapping[str, Mapping[str, int]] = field(converter=freeze)
    questions: Mapping[str, int] = field(converter=freeze)
    bad: Mapping[str, int] = field(converter=freeze)
    assumed: WrittenValues = field(factory=dict, converter=freeze)

    def plus(self, advice: pa.RecordBatch, options: Options) -> Summary:
        """The same with another batch of advice, in the wide form that `options` ask for."""
        named = options.column
        return Summary(
            graph=self.graph,
            patients=self.patients + advice.num_rows,
            rules={
                name: _added(counts, advice.column(named("rule", name)))
                for name, counts in self.rules.items()
            },
            decisions={
                name: _added(counts, advice.column(named(name, "outcome")))
                for name, counts in self.decisions.items()
            },
            questions=_named(self.questions, advice, "questions"),
            bad=_named(self.bad, advice, "bad"),
            assumed=self.assumed,
        )


def nothing_yet(
    evaluator: Evaluator, wanted: Wanted, assumed: Assumed = NOTHING
) -> Summary:
    """The summary of no patients."""
    verdicts = {verdict.value: 0 for verdict in VERDICTS}
    outcomes = {outcome.value: 0 for outcome in OUTCOMES}
    return Summary(
        graph=evaluator.graph,
        rules=dict.fromkeys(wanted.rules, verdicts),
        decisions={decision.value: outcomes for decision in wanted.decisions},
        questions={},
        bad={},
        assumed=written_values(assumed.values, evaluator.graph),
    )


def _added(counts: Mapping[str, int], column: pa.Array) -> dict[str, int]:
    more = _counted(column)
    return {word: number + more[word] for word, number in counts.items()}


def _counted(column: pa.Array) -> Counter[str]:
    found = pc.value_counts(column)
    words, numbers = found.field("values"), found.field("counts")
    return Counter(dict(zip(words.to_pylist(), numbers.to_pylist(), strict=True)))


def _named(
    counts: Mapping[str, int], advice: pa.RecordBatch, column: str
) -> dict[str, int]:
    if column not in advice.schema.names:
        return dict(counts)
    found = Counter(counts) + _counted(pc.list_flatten(advice.column(column)))
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
