"""Several regimens over some years, side by side: what each asks, costs, and comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from importlib import import_module
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.errors import UnknownNameError
from b12guide.extras import load
from b12guide.frozen import Record, as_recorded, frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.regimen.burden import NONE, CountRange, Year, YearsAsked, any_of
from b12guide.regimens.adherence import Adherence, AdherenceFound, expected_ways
from b12guide.regimens.costs import UnitCosts, cost_of_year, discounted, missing_of
from b12guide.regimens.levels import LevelsFound

if TYPE_CHECKING:
    from b12guide.regimens.paper import PaperTable

__all__ = [
    "AdvisedGroup",
    "CohortRegimens",
    "ComparedRegimen",
    "ComparedYear",
    "RegimenComparison",
    "Standings",
]


@frozen(kw_only=True, repr=False)
class ComparedYear(Record):
    """What a regimen asks and costs in one year, or in all years together.

    Attributes:
        year: Counted from 1; None where it is all years together.
        doses: By any route.
        injections: Doses into muscle, vein or under the skin.
        visits: Days with an injection, if each is given at a visit.
        amounts: How much of the drug, by unit.
        cost: In the currency of the comparison; None where a price is not known.
        discounted: The cost discounted to the first year; None likewise, and without discount.
    """

    year: int | None
    doses: CountRange
    injections: CountRange
    visits: CountRange
    amounts: tuple[tuple[str, CountRange], ...]
    cost: CountRange | None = None
    discounted: CountRange | None = None

    @property
    def asked(self) -> Year:
        """What it asks, without the cost."""
        return Year(
            doses=self.doses,
            injections=self.injections,
            visits=self.visits,
            amounts=self.amounts,
        )

    def or_(self, other: ComparedYear) -> ComparedYear:
        """What holds if either may be the one."""
        return year_of(
            self.year,
            self.asked.or_(other.asked),
            _both(self.cost, other.cost, CountRange.or_),
            _both(self.discounted, other.discounted, CountRange.or_),
        )

    def __add__(self, other: ComparedYear) -> ComparedYear:
        return year_of(
            self.year,
            self.asked + other.asked,
            _both(self.cost, other.cost, CountRange.__add__),
            _both(self.discounted, other.discounted, CountRange.__add__),
        )

    def times(self, people: int) -> ComparedYear:
        """The same for so many people."""
        many = CountRange(Fraction(people), Fraction(people))
        return ComparedYear(
            year=self.year,
            doses=self.doses.times(many),
            injections=self.injections.times(many),
            visits=self.visits.times(many),
            amounts=tuple((unit, amount.times(many)) for unit, amount in self.amounts),
            cost=self.cost and self.cost.times(many),
            discounted=self.discounted and self.discounted.times(many),
        )


def _both(
    one: CountRange | None,
    other: CountRange | None,
    how: Callable[[CountRange, CountRange], CountRange],
) -> CountRange | None:
    """Two costs together; not known where one of them is not."""
    return None if one is None or other is None else how(one, other)


def year_of(
    number: int | None,
    asked: Year,
    cost: CountRange | None,
    less: CountRange | None = None,
) -> ComparedYear:
    """A year of which it is known what it asks and what it costs."""
    return ComparedYear(
        year=number,
        doses=asked.doses,
        injections=asked.injections,
        visits=asked.visits,
        amounts=asked.amounts,
        cost=cost,
        discounted=less,
    )


@frozen(kw_only=True, repr=False)
class Standings(Record):
    """How a regimen stands to what a guideline says to the patients of a cohort, in patients.

    Each patient is in one of them. To be silent is not to allow.

    Attributes:
        advised: It is what the guideline advises first, whatever is unknown.
        option: It is something that may be chosen beside that.
        withheld: It would be advised, and is not to be given now.
        against: The guideline advises against its drug, or does not offer it because it is
            contraindicated.
        open: What is unknown decides, or the guideline contradicts itself.
        other: The guideline advises something else, and has it as no option either.
        silent: The guideline says nothing of how treatment goes on.
        not_needed: The guideline says that no treatment is needed.
    """

    advised: int = 0
    option: int = 0
    withheld: int = 0
    against: int = 0
    open: int = 0
    other: int = 0
    silent: int = 0
    not_needed: int = 0


@frozen(kw_only=True, repr=False)
class ComparedRegimen(Record):
    """One regimen over the years, for one person.

    Attributes:
        name: By which it was given.
        loading: How treatment begins, in English; None without loading.
        maintenance: How it goes on, in English; None where nothing follows.
        years: One by one.
        total: All years together, counted on the calendar.
        missing: The prices without which its cost is not known.
        until: The events of unknown day on which the numbers depend.
        assumed: Those for which a length of loading was assumed.
        unstated: Whether some phase does not say how often.
        adherence: What comes of missed and late doses; None where no model was given.
        given_years: What doses that are given ask and cost, as expected, year by year; none
            without a model.
        given_total: The same of all years together.
        levels: Serum and store at the end of each year; None where they were not asked for.
        standing: For how many patients it is advised, open and so on; None without a cohort.
    """

    name: str
    loading: str | None
    maintenance: str | None
    years: tuple[ComparedYear, ...]
    total: ComparedYear
    missing: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    unstated: bool = False
    adherence: AdherenceFound | None = None
    given_years: tuple[ComparedYear, ...] = ()
    given_total: ComparedYear | None = None
    levels: LevelsFound | None = None
    standing: Standings | None = None


@frozen(kw_only=True, repr=False)
class AdvisedGroup(Record):
    """Patients who are advised the same.

    Attributes:
        settled: Whether loading and maintenance are; else the regimen is any that is still
            possible, or none.
        regimen: What it comes to for each of them; None where no regimen is advised. Where several
            are possible, its numbers span them, and its texts are those of the advice.
    """

    patients: int
    settled: bool
    regimen: ComparedRegimen | None


@frozen(kw_only=True, repr=False)
class CohortRegimens(Record):
    """What a guideline recommends to the patients of a cohort, over the years.

    Attributes:
        patients: The rows of the cohort; those of no weight are not counted.
        settled: Patients whose loading and maintenance are settled, with a regimen in one of them.
        open: Patients about whom some of it is not settled.
        without: Patients who are advised no regimen.
        settled_years: Of the settled together, the years; `settled_total` is all of them.
        open_years: The same of the open together, from no regimen to the most.
        groups: The largest first.
        assumed: What was assumed of patients in whom it is not known.
        counted: What is counted where the rows were drawn by a design; empty where they were not.
    """

    patients: int
    settled: int
    open: int
    without: int
    settled_years: tuple[ComparedYear, ...]
    settled_total: ComparedYear
    open_years: tuple[ComparedYear, ...]
    open_total: ComparedYear
    groups: tuple[AdvisedGroup, ...]
    assumed: Mapping[str, bool | str] = field(factory=dict, converter=frozen_map)
    counted: str = ""


@frozen(kw_only=True, repr=False)
class RegimenComparison(Answer, Record):
    """Regimens side by side.

    Attributes:
        graph: The guideline that is involved; None where there is none.
        years: How many years were counted.
        loading_weeks: How long loading was taken to last where it lasts until an event; None where
            no length was assumed.
        discount: The lowest and the highest rate for a year; the first year is not discounted.
        costs: The unit costs, with their source; None where nothing was costed.
        model: How doses are missed and late; None where no model was given.
        people: How many people were simulated for each regimen.
        seed: Of their random numbers.
        regimens: In the order in which they were given.
        cohort: What the guideline recommends to each patient; None where it is of one person.
    """

    graph: RuleGraph | None = field(default=None, repr=False)
    years: int
    loading_weeks: tuple[Fraction, Fraction] | None = field(
        default=None, eq=as_recorded
    )
    discount: tuple[Fraction, Fraction] = field(
        default=(Fraction(0), Fraction(0)), eq=as_recorded
    )
    costs: UnitCosts | None = None
    model: Adherence | None = None
    people: int = 0
    seed: int = 0
    regimens: tuple[ComparedRegimen, ...]
    cohort: CohortRegimens | None = None
    kind: str = field(default="pyarrow", eq=False, repr=False)

    def __getitem__(self, name: str) -> ComparedRegimen:
        """The regimen of this name.

        Raises:
            UnknownNameError: There is none.
        """
        named = {one.name: one for one in self.regimens}
        if name not in named:
            kind = "regimen in this comparison"
            raise UnknownNameError(kind, str(name), named)
        return named[name]

    @property
    def is_discounted(self) -> bool:
        """Whether costs of later years count for less."""
        return self.discount[1] > 0

    def to_frame(self, kind: str | None = None) -> Any:
        """One row for each number: regimen, year, quantity, statistic, unit, low and high.

        `year` is null for all years together, and `high` where nothing says how much at most. With
        a cohort, what is recommended to all settled and to all open patients follows.

        Args:
            kind: `pandas`, `polars` or `pyarrow`; as the patients came if left out.

        Raises:
            UnknownNameError: There is no such kind of frame.
            MissingExtraError: The extra `cohort` is not installed.
        """
        return _tables().long_frame(self, kind)

    def years_frame(self, kind: str | None = None) -> Any:
        """One row for each regimen and year, with the ends of each count in columns.

        Raises:
            UnknownNameError: As for `to_frame`.
            MissingExtraError: As for `to_frame`.
        """
        return _tables().years_frame(self, kind)

    def standing_frame(self, kind: str | None = None) -> Any:
        """One row for each regimen and way in which it stands to the guideline, with its patients.

        The columns are `regimen`, `standing` and `patients`; there are no rows without a cohort.

        Raises:
            UnknownNameError: As for `to_frame`.
            MissingExtraError: As for `to_frame`.
        """
        return _patient_tables().standing_frame(self, kind)

    def cohort_frame(self, kind: str | None = None) -> Any:
        """One row for each number of what the guideline recommends to the patients of a cohort.

        The columns are `group`, `loading`, `maintenance`, `settled`, `patients`, `year`,
        `quantity`, `unit`, `low` and `high`. The numbers of a group are those of one patient;
        the groups `all settled` and `all open` are of all of them together.

        Raises:
            UnknownNameError: As for `to_frame`.
            MissingExtraError: As for `to_frame`.
        """
        return _patient_tables().cohort_frame(self, kind)

    def table(self) -> PaperTable:
        """The table for a paper: a row for each regimen, with notes that say what was assumed."""
        paper = import_module("b12guide.regimens.paper")
        table: PaperTable = paper.paper_table(self)
        return table


def _tables() -> Any:
    return load("b12guide.regimens.tables", extra="cohort")


def _patient_tables() -> Any:
    return load("b12guide.regimens.patient_tables", extra="cohort")


# ------------------------------------------------------------------------------ counting


def compared_years(
    asked: YearsAsked,
    years: int,
    costs: UnitCosts | None,
    rates: tuple[Fraction, Fraction],
) -> tuple[tuple[ComparedYear, ...], ComparedYear, tuple[str, ...]]:
    """The years of a regimen, all of them together, and the prices that are missing."""
    missing = () if costs is None else missing_of(asked.phases, costs)
    is_known = costs is not None and not missing
    found = []
    for number, year in enumerate(asked.years, start=1):
        cost = less = None
        if costs is not None and is_known:
            cost = _any_of(
                cost_of_year(asked.phases, parts, costs)
                for parts in asked.parts(number)
            )
            less = _discounted_year(cost, number, rates)
        found.append(year_of(number, year, cost, less))
    cost = less = None
    if costs is not None and is_known:
        ways = [
            [cost_of_year(asked.phases, parts, costs) for parts in way[:years]]
            for way in asked.ways
        ]
        cost = _any_of(sum(way, NONE) for way in ways)
        less = _any_of(discounted(way, rates) for way in ways) if rates[1] else None
    return tuple(found), year_of(None, asked.total, cost, less), missing


def expected_years(
    asked: YearsAsked,
    years: int,
    model: Adherence,
    costs: UnitCosts | None,
    rates: tuple[Fraction, Fraction],
) -> tuple[tuple[ComparedYear, ...], ComparedYear]:
    """What is given of a regimen whose doses are missed and late, year by year and together.

    All numbers are as expected, from the worse end of the model to the better.
    """
    ways = expected_ways(asked, years, model)
    prices: list[list[CountRange]] = []
    if costs is not None and not missing_of(asked.phases, costs):
        prices = [
            [cost_of_year(asked.phases, parts, costs) for parts in way] for way in ways
        ]
    found = []
    for n in range(years):
        year = any_of(sum(way[n], Year()) for way in ways)
        cost = _any_of(way[n] for way in prices) if prices else None
        less = None if cost is None else _discounted_year(cost, n + 1, rates)
        found.append(year_of(n + 1, year, cost, less))
    total = any_of(
        sum((part for parts in way for part in parts), Year()) for way in ways
    )
    cost = _any_of(sum(way, NONE) for way in prices) if prices else None
    less = (
        _any_of(discounted(way, rates) for way in prices)
        if prices and rates[1]
        else None
    )
    return tuple(found), year_of(None, total, cost, less)


def _discounted_year(
    cost: CountRange, number: int, rates: tuple[Fraction, Fraction]
) -> CountRange | None:
    if not rates[1]:
        return None
    return discounted([*(NONE for _ in range(number - 1)), cost], rates)


def _any_of(costs: Iterable[CountRange]) -> CountRange:
    return reduce(CountRange.or_, costs)


def quantities_of(year: ComparedYear) -> Iterator[tuple[str, str | None, CountRange]]:
    """Everything that was counted in a year: what, in which unit, and how much."""
    yield "doses", None, year.doses
    yield "injections", None, year.injections
    yield "visits", None, year.visits
    for unit, amount in year.amounts:
        yield "amount", unit, amount
