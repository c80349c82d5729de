"""What the advised regimens ask of a cohort in a year: injections, visits, amounts.

Patients who are advised the same loading and the same maintenance are one group; one of them is
asked alone, and the regimens of that answer are counted as data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.cohort_advice import CohortAdvice, codes_of, stated_in_row
from b12guide.cohort.design import Places, sums
from b12guide.cohort.frames import FrameKind
from b12guide.cohort.shares import (
    Coded,
    Sample,
    Sampling,
    Share,
    counts_frame,
    plain_drawn,
    plain_shares,
    rounded,
)
from b12guide.evaluate.answer import Decided, Outcome, Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.frozen import frozen_map
from b12guide.graph.model import Decision, RuleGraph
from b12guide.regimen.burden import Burden, CountRange, Year, burden, either
from b12guide.regimen.model import Regimen
from b12guide.say.numbers import number_json


@frozen(kw_only=True)
class GroupBurden:
    """Patients who are advised the same, and what it asks of each of them.

    Attributes:
        loading: How treatment begins, in the words of the column of advice; None without advice.
        maintenance: How it goes on.
        settled: Whether both decisions are; else the burden is that of any answer still possible,
            or of none.
        burden: None where no regimen is advised.
        share: Their share of the people for whom the rows stand; None without a design.
    """

    loading: str | None
    maintenance: str | None
    settled: bool
    patients: int
    burden: Burden | None
    share: Share | None = None


@frozen(kw_only=True)
class CohortBurden(Answer):
    """What the advised regimens ask of a cohort.

    Attributes:
        patients: How many rows; those of no weight are in no count.
        settled: Patients whose loading and maintenance are settled, with a regimen in one of them.
        open: Patients about whom some of it is not settled.
        without: Patients who are advised no regimen.
        first: Of the settled together, the first year; `later` is each year after it.
        first_open: The same of the open together, from no regimen to the most.
        groups: The largest first.
        assumed: What was assumed of patients for whom it is not known.
        sampling: How the rows were drawn; None where they were simply counted.
        shares: The shares of `settled`, `open` and `without` of the people for whom the rows
            stand; empty without a design.
        mean_first: What the first year asks of one of the settled people on average, by weight, and
            `mean_later` each year after it; None without a design, and where nobody is settled.
    """

    graph: RuleGraph = field(repr=False)
    patients: int
    settled: int
    open: int
    without: int
    first: Year
    later: Year
    first_open: Year
    later_open: Year
    groups: tuple[GroupBurden, ...] = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)
    sampling: Sampling | None = field(default=None, repr=False)
    shares: Mapping[str, Share] = field(factory=dict, converter=frozen_map, repr=False)
    mean_first: Year | None = None
    mean_later: Year | None = None

    def to_frame(self) -> Any:
        """One row for each group, year and thing counted, with the numbers of one patient.

        In a survey `patients_share`, with its limits, is the share of the people in the group.
        """
        rows = [row for group in self.groups for row in _rows(group)]
        is_drawn = self.sampling is not None
        return counts_frame(rows, _BurdenRow, _TYPES, self.kind, is_drawn=is_drawn)

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        people: dict[str, Any] = {}
        if self.sampling is not None:
            people = {
                "shares": plain_shares(self.shares),
                "mean_first": self.mean_first and _year(self.mean_first),
                "mean_later": self.mean_later and _year(self.mean_later),
            }
        return {
            "patients": self.patients,
            "assumed": dict(self.assumed),
            **plain_drawn(self.sampling),
            "settled": self.settled,
            "open": self.open,
            "without": self.without,
            "first": _year(self.first),
            "later": _year(self.later),
            "first_open": _year(self.first_open),
            "later_open": _year(self.later_open),
            **people,
            "groups": [
                {
                    "loading": group.loading,
                    "maintenance": group.maintenance,
                    "settled": group.settled,
                    "patients": group.patients,
                    **({"share": group.share.plain()} if group.share else {}),
                    "burden": (one := group.burden)
                    and {
                        "first": _year(one.first),
                        "years": [_year(year) for year in one.years],
                        "later": _year(one.later),
                        "until": list(one.until),
                        "unstated": one.unstated,
                    },
                }
                for group in self.groups
            ],
        }


def _year(year: Year) -> dict[str, Any]:
    return {
        "doses": _count(year.doses),
        "injections": _count(year.injections),
        "visits": _count(year.visits),
        "amounts": [{"unit": unit, **_count(c)} for unit, c in year.amounts],
    }


def _count(count: CountRange) -> dict[str, Any]:
    ends = (("low", count.low), ("high", count.high))
    return {end: None if n is None else number_json(n) for end, n in ends}


# ---------------------------------------------------------------------------- counting


def burdens_of(
    found: CohortAdvice, evaluator: Evaluator, sample: Sample, kind: FrameKind
) -> CohortBurden:
    """The burden of the advice about a cohort."""
    groups, group_of_row = _groups(found, evaluator, sample)

    def total(which: str, many: Sequence[Fraction], *, settled: bool) -> Year:
        years = Year()
        for group, people in zip(groups, many, strict=True):
            if group.settled is settled and group.burden is not None:
                one: Year = getattr(group.burden, which)
                years += _times(one, people)
        return years

    rows = [Fraction(group.patients) for group in groups]
    counted = CohortBurden(
        graph=evaluator.graph,
        patients=sample.rows,
        settled=sum(g.patients for g in groups if g.settled and g.burden is not None),
        open=sum(g.patients for g in groups if not g.settled),
        without=sum(g.patients for g in groups if g.settled and g.burden is None),
        first=total("first", rows, settled=True),
        later=total("later", rows, settled=True),
        first_open=total("first", rows, settled=False),
        later_open=total("later", rows, settled=False),
        groups=groups,
        kind=kind,
        assumed=found.assumptions,
        sampling=sample.drawn,
    )
    if sample.design is None:
        return counted
    kinds = [
        [n for n, g in enumerate(groups) if g.settled and g.burden is not None],
        [n for n, g in enumerate(groups) if not g.settled],
        [n for n, g in enumerate(groups) if g.settled and g.burden is None],
    ]
    each = [(number,) for number in range(len(groups))]
    coded = Coded(
        codes=group_of_row,
        kinds=max(len(groups), 1),
        answers=(*each, *map(tuple, kinds)),
    )
    shares = sample.shares([coded])[0]
    weighed = sums(group_of_row[sample.inside], sample.weights, len(groups))
    people = [Fraction(rounded(weight)) for weight in weighed.tolist()]
    settled = sum((people[number] for number in kinds[0]), Fraction(0))
    means: list[Year | None] = [None, None]
    if settled:
        average = [weight / settled for weight in people]
        means = [
            _readable(total(which, average, settled=True))
            for which in ("first", "later")
        ]
    return evolve(
        counted,
        groups=tuple(
            evolve(group, share=share)
            for group, share in zip(groups, shares, strict=False)
        ),
        shares=dict(
            zip(("settled", "open", "without"), shares[len(groups) :], strict=True)
        ),
        mean_first=means[0],
        mean_later=means[1],
    )


def _times(year: Year, people: Fraction) -> Year:
    many = CountRange(people, people)
    return Year(
        doses=year.doses.times(many),
        injections=year.injections.times(many),
        visits=year.visits.times(many),
        amounts=tuple((unit, n.times(many)) for unit, n in year.amounts),
    )


def _readable(mean: Year) -> Year:
    """Means to four digits: the weights of a survey are no better."""

    def short(count: CountRange) -> CountRange:
        low, high = (
            None if end is None else Fraction(f"{float(end):.4g}")
            for end in (count.low, count.high)
        )
        return CountRange(low or Fraction(0), high)

    return Year(
        doses=short(mean.doses),
        injections=short(mean.injections),
        visits=short(mean.visits),
        amounts=tuple((unit, short(n)) for unit, n in mean.amounts),
    )


_DECISIONS = (Decision.LOADING, Decision.MAINTENANCE)
_SETTLED = {Outcome.DETERMINED, Outcome.SILENT, Outcome.NOT_NEEDED}


@frozen(kw_only=True)
class AdvisedAlike:
    """Patients to whom rules with the same verdicts say the same about some decisions.

    Attributes:
        loading: How treatment begins, in the words of the column of advice; None without advice.
        maintenance: How it goes on.
        settled: Whether loading and maintenance are.
        pairs: The pairs of both that may be the answer; None stands for no regimen.
        answer: What is advised to one of them.
    """

    loading: str | None
    maintenance: str | None
    settled: bool
    patients: int
    pairs: tuple[tuple[Regimen | None, Regimen | None], ...]
    answer: Recommendation

    @property
    def said(self) -> str:
        """What is advised, in words for people; empty without a regimen."""
        both = ", then ".join(filter(None, (self.loading, self.maintenance)))
        return both.replace("_", " ").replace(" | ", " or ")


def advised_alike(
    found: CohortAdvice,
    evaluator: Evaluator,
    sample: Sample,
    decisions: Iterable[Decision] = _DECISIONS,
) -> tuple[tuple[AdvisedAlike, ...], Places]:
    """Those together who are advised the same about these decisions, and who they are.

    Rows of no weight are nobody's: they are not counted, and it says nothing with whom they are.

    Returns:
        Groups of patients, and for each row the place of its group.
    """
    asked = tuple(dict.fromkeys((*_DECISIONS, *decisions)))
    said = [f"{d.value}.{what}" for d in asked for what in ("outcome", "value")]
    rules = evaluator.graph.rules.values()
    verdicts = [f"rule.{r.name}" for r in rules if r.decision in asked]
    values, codes = codes_of(found.advice, *said, *verdicts)
    first = np.unique(codes, return_index=True)[1].tolist()
    numbers = np.bincount(codes[sample.inside], minlength=len(values))
    present = np.flatnonzero(numbers)
    place = np.zeros(len(values), np.int64)
    place[present] = np.arange(len(present))
    groups = []
    for number in present.tolist():
        stated = stated_in_row(found, first[number], evaluator)
        answer = recommend(evaluator, stated, reading=found.options.fuzzy_threshold)
        decided = (answer.loading, answer.maintenance)
        begin, go_on = (_choices(one, answer) for one in decided)
        groups.append(
            AdvisedAlike(
                loading=values[number][1],
                maintenance=values[number][3],
                settled=all(d.outcome in _SETTLED for d in decided),
                patients=int(numbers[number]),
                pairs=tuple((one, two) for one in begin for two in go_on),
                answer=answer,
            )
        )
    return tuple(groups), place[codes]


def _groups(
    found: CohortAdvice, evaluator: Evaluator, sample: Sample
) -> tuple[tuple[GroupBurden, ...], Places]:
    """Patients who get the same advice, the most first, and the place of each row's group."""
    alike, place_of_row = advised_alike(found, evaluator, sample)
    counts: Counter[GroupBurden] = Counter()
    each = []
    for one in alike:
        # Any pair of regimens that may be the answer counts; no regimen at all is no burden.
        group = GroupBurden(
            loading=one.loading,
            maintenance=one.maintenance,
            settled=one.settled,
            patients=0,
            burden=either([burden(*pair) for pair in one.pairs])
            if any(regimen for pair in one.pairs for regimen in pair)
            else None,
        )
        counts[group] += one.patients
        each.append(group)
    order = sorted(
        counts,
        key=lambda g: (-counts[g], g.loading or "", g.maintenance or "", g.settled),
    )
    places = np.array([order.index(group) for group in each], np.int64)
    groups = tuple(evolve(group, patients=counts[group]) for group in order)
    return groups, places[place_of_row]


def _choices(decided: Decided, answer: Recommendation) -> tuple[Regimen | None, ...]:
    """The regimens that may be the default of a decision; None stands for no regimen."""
    if decided.outcome is Outcome.CONFLICT:
        sides = (
            side.advice
            for conflict in answer.conflicts
            if conflict.decision is decided.decision
            for side in conflict.sides
        )
        listed = [advice for advice in sides if isinstance(advice, Regimen)]
    else:
        listed = [
            o.advice
            for o in decided.options
            if isinstance(o.advice, Regimen) and not o.alternative
        ]
    certain = decided.outcome in {Outcome.DETERMINED, Outcome.CONFLICT}
    rest = () if certain and listed else (None,)
    return (*dict.fromkeys(listed), *rest)


# ---------------------------------------------------------------------------- a frame


@frozen(kw_only=True)
class _BurdenRow:
    """One number of one group, for one patient."""

    loading: str | None
    maintenance: str | None
    settled: bool
    patients: int
    patients_share: Share | None
    year: str
    what: str
    unit: str | None
    low: float
    high: float | None


_TYPES = {
    **dict.fromkeys(("loading", "maintenance", "year", "what", "unit"), pa.string()),
    "settled": pa.bool_(),
    "low": pa.float64(),
    "high": pa.float64(),
}


def _rows(group: GroupBurden) -> Iterator[_BurdenRow]:
    if group.burden is None:
        return
    _, *further = group.burden.years
    years = {
        "first": group.burden.first,
        **{f"year {number}": year for number, year in enumerate(further, start=2)},
        "later": group.burden.later,
    }
    for name, year in years.items():
        for what, unit, count in (
            ("doses", None, year.doses),
            ("injections", None, year.injections),
            ("visits", None, year.visits),
            *(("amount", unit, count) for unit, count in year.amounts),
        ):
            yield _BurdenRow(
                loading=group.loading,
                maintenance=group.maintenance,
                settled=group.settled,
                patients=group.patients,
                patients_share=group.share,
                year=name,
                what=what,
                unit=unit,
                low=float(count.low),
                high=None if count.high is None else float(count.high),
            )
