"""What is said to everybody in a cohort, as numbers, so that any part of it can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.batch import VERDICTS
from b12guide.cohort.cohort_advice import CohortAdvice, codes_of
from b12guide.cohort.group_answer import OUTCOMES
from b12guide.cohort.shares import Coded
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import frozen_map
from b12guide.graph.model import Decision, RuleGraph

_Codes: TypeAlias = NDArray[Any]

VERDICT_NAMES = tuple(verdict.value.replace(" ", "_") for verdict in VERDICTS)
OUTCOME_NAMES = tuple(outcome.value.replace(" ", "_") for outcome in OUTCOMES)
_NOT_KNOWN = tuple(
    place
    for place, verdict in enumerate(VERDICTS)
    if verdict in {Verdict.UNKNOWN, Verdict.INDETERMINATE}
)
_DEPENDS = OUTCOMES.index(Outcome.DEPENDS)


@frozen(eq=False, kw_only=True, repr=False)
class AnswerCodes:
    """What is said to each patient of a cohort, as numbers, of which any part can be counted.

    Attributes:
        rules: Of each rule, the place of everybody's verdict in `VERDICTS`.
        outcomes: Of each decision, the place of everybody's outcome in `OUTCOMES`.
        sure: Of each decision, 0 to 3: 1 more if it is certain, 2 more if it is settled.
        values: Of each decision, the different pairs of outcome and value.
        value_codes: Which of them everybody has.
    """

    rows: int
    graph: RuleGraph
    assumed: WrittenValues
    rules: Mapping[str, _Codes] = field(converter=frozen_map)
    outcomes: Mapping[Decision, _Codes] = field(converter=frozen_map)
    sure: Mapping[Decision, _Codes] = field(converter=frozen_map)
    values: Mapping[Decision, tuple[tuple[str, str | None], ...]] = field(
        converter=frozen_map
    )
    value_codes: Mapping[Decision, _Codes] = field(converter=frozen_map)

    @classmethod
    def of(cls, found: CohortAdvice, graph: RuleGraph) -> AnswerCodes:
        """What was said of each patient."""

        def words(column: str, known: Sequence[str]) -> _Codes:
            values, codes = codes_of(found.advice, column)
            places = [known.index(value) for (value,) in values] or [0]
            return np.array(places, np.int8)[codes]

        verdicts = [verdict.value for verdict in VERDICTS]
        outcomes = [outcome.value for outcome in OUTCOMES]
        sure, values, value_codes = {}, {}, {}
        for d in DECISIONS:
            certain = found.advice.column(f"{d.value}.certain").to_numpy()
            settled = found.settled.get(d, np.zeros(found.rows, np.bool_))
            sure[d] = certain.astype(np.int8) + 2 * settled.astype(np.int8)
            pairs, value_codes[d] = codes_of(
                found.advice, f"{d.value}.outcome", f"{d.value}.value"
            )
            values[d] = tuple((outcome, value) for outcome, value in pairs)
        return cls(
            rows=found.rows,
            graph=graph,
            assumed=found.assumptions,
            rules={name: words(f"rule.{name}", verdicts) for name in graph.rules},
            outcomes={d: words(f"{d.value}.outcome", outcomes) for d in DECISIONS},
            sure=sure,
            values=values,
            value_codes=value_codes,
        )

    def coded(self) -> Iterator[Coded]:
        """The answers whose shares are wanted: by rule, then outcomes, sureness and values."""
        each = tuple((place,) for place in range(len(VERDICTS)))
        some = tuple(() if p in _NOT_KNOWN else _NOT_KNOWN for p in range(len(each)))
        for codes in self.rules.values():
            yield Coded(codes=codes, kinds=len(each), answers=each, open=some)
        each = tuple((place,) for place in range(len(OUTCOMES)))
        some = tuple(() if p == _DEPENDS else (_DEPENDS,) for p in range(len(each)))
        for d in DECISIONS:
            codes = self.outcomes[d]
            yield Coded(codes=codes, kinds=len(each), answers=each, open=some)
            yield Coded(codes=self.sure[d], kinds=4, answers=((1, 3), (2, 3)))
            pairs = self.values[d]
            depends = Outcome.DEPENDS.value
            open_ = tuple(
                n for n, (outcome, _) in enumerate(pairs) if outcome == depends
            )
            yield Coded(
                codes=self.value_codes[d],
                kinds=len(pairs),
                answers=tuple((place,) for place in range(len(pairs))),
                open=tuple(
                    () if n in open_ else open_ or (n,) for n in range(len(pairs))
                ),
            )
