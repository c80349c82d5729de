"""The call that puts regimens beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import frozen

from b12guide.arguments import ends, from_fields, whole_number
from b12guide.errors import ArgumentError
from b12guide.graph.model import RuleGraph
from b12guide.regimen.burden import over_years
from b12guide.regimens.adherence import Adherence, adherence_of
from b12guide.regimens.comparison import (
    ComparedRegimen,
    ComparedYear,
    RegimenComparison,
    compared_years,
    expected_years,
)
from b12guide.regimens.costs import (
    CostsLike,
    UnitCosts,
    refuse_unknown_keys,
    unit_costs,
)
from b12guide.regimens.given import (
    GivenLike,
    GivenRegimen,
    RegimenLike,
    given_regimens,
    phases_of,
    usual_graph,
    weeks_of,
    words_of,
)
from b12guide.regimens.levels import (
    LevelOptions,
    level_options,
    levels_of,
    refuse_unused_drug,
)

MOST_YEARS = 50
MOST_PEOPLE = 100_000
_MOST_REGIMENS = 1000
_RATE = "a rate from 0 to 1, such as 0.03, or a pair of the lowest and the highest"

Number: TypeAlias = int | float | Fraction
Ends: TypeAlias = Number | tuple[Number, Number]
"""A number, or the two ends of a range."""


@frozen(kw_only=True)
class Counting:
    """How regimens are counted: what a caller asked for, read and checked."""

    years: int
    model: Adherence | None
    costs: UnitCosts | None
    rates: tuple[Fraction, Fraction]
    people: int
    seed: int
    levels: LevelOptions | None

    @classmethod
    def of(  # noqa: PLR0913 -- one for each thing that a caller may ask for
        cls,
        *,
        years: Any,
        adherence: Any,
        cost: Any,
        discount: Any,
        people: Any,
        seed: Any,
        levels: Any,
        graph: RuleGraph | None,
        given: Sequence[GivenRegimen],
    ) -> Counting:
        """What a caller asked for of the regimens that were given.

        Raises:
            ArgumentError: An argument is of a kind or a size that is not taken.
            DosageError: No numbers are published of the form whose levels are asked for.
            UnknownNameError: No published costs are so called, or a price stands under a name that
                nothing has.
        """
        model = _model(adherence)
        whole_number(years, "years", least=1, most=MOST_YEARS)
        whole_number(people, "people", least=0, most=MOST_PEOPLE)
        if people and model is None:
            expected = "0 unless `adherence` says how doses are missed and late"
            argument = "people"
            raise ArgumentError(argument, expected, people, is_told=True)
        whole_number(seed, "seed", least=0)
        costs, asked = unit_costs(cost), level_options(levels)
        if costs is not None:
            refuse_unknown_keys(costs, graph or usual_graph(), phases_of(given))
        if asked is not None and asked.drug is not None:
            refuse_unused_drug(asked.drug, phases_of(given))
        return cls(
            years=years,
            model=model,
            costs=costs,
            rates=ends(discount, "discount", _RATE, most=1),
            people=people,
            seed=seed,
            levels=asked,
        )

    def told(self) -> dict[str, Any]:
        """The same as fields of a comparison."""
        return {
            "years": self.years,
            "discount": self.rates,
            "costs": self.costs,
            "model": self.model,
            "people": self.people,
            "seed": self.seed,
        }

    def counted(self, given: GivenRegimen) -> ComparedRegimen:
        """What a regimen asks, costs and comes to."""
        asked = over_years(given.loading, given.maintenance, self.years)
        years, total, missing = compared_years(
            asked, self.years, self.costs, self.rates
        )
        expected: tuple[ComparedYear, ...] = ()
        expected_total = None
        if self.model is not None:
            expected, expected_total = expected_years(
                asked, self.years, self.model, self.costs, self.rates
            )
        return ComparedRegimen(
            name=given.name,
            loading=given.loading_text,
            maintenance=given.maintenance_text,
            years=years,
            total=total,
            missing=missing,
            until=asked.until,
            assumed=given.assumed,
            unstated=asked.unstated,
            adherence=None
            if self.model is None
            else adherence_of(asked, self.years, self.model, self.people, self.seed),
            given_years=expected,
            given_total=expected_total,
            levels=None
            if self.levels is None
            else levels_of(given, self.years, self.levels, self.seed),
        )


def _model(adherence: Any) -> Adherence | None:
    if adherence is None or isinstance(adherence, Adherence):
        return adherence
    if isinstance(adherence, Mapping):
        return from_fields(Adherence, adherence, "part of the model of `adherence`")
    expected = "an `Adherence`, or its fields as a mapping"
    argument = "adherence"
    raise ArgumentError(argument, expected, adherence)


def graph_of(guideline: Any) -> RuleGraph | None:
    """The rule graph of a guideline, if one was given.

    Raises:
        ArgumentError: It is no guideline.
    """
    graph = getattr(guideline, "graph", guideline)
    if graph is None or isinstance(graph, RuleGraph):
        return graph
    expected = 'a guideline, such as `b12guide.load("mecobalamin_im")`'
    argument = "guideline"
    raise ArgumentError(argument, expected, guideline)


def compare(  # noqa: PLR0913 -- each says one thing about the comparison
    regimens: GivenLike | Iterable[GivenLike] | Mapping[str, GivenLike],
    *,
    years: int = 5,
    loading: RegimenLike | None = None,
    loading_weeks: Ends | None = None,
    adherence: Adherence | Mapping[str, Any] | None = None,
    cost: CostsLike = None,
    discount: Ends = 0,
    people: int = 0,
    seed: int = 0,
    levels: bool | LevelOptions | Mapping[str, Any] = False,
    guideline: Any = None,
    patients: Any = None,
) -> RegimenComparison:
    """What regimens ask, cost and come to over some years, for one person.

    Args:
        regimens: Several, as a list or as a mapping of names. Each is a `Regimen`, a regimen in
            English such as "1000 µg IM every 2 months", or a pair of loading and maintenance.
        years: How many years, from 1 to 50.
        loading: The loading that comes before each regimen that is not a pair.
        loading_weeks: How many weeks loading takes that lasts until an event, or a pair of the
            fewest and the most. Without it such loading may end at once or never.
        adherence: How doses are missed and late; or the fields of the model as a mapping.
        cost: Unit costs: `UnitCosts`, their fields, the name of published ones, or a TOML file.
            `ontario_2013` if left out; False costs nothing out.
        discount: By what share a cost counts for less with each year, such as 0.03, or a pair of
            the lowest and the highest. The first year is not discounted; counts never are.
        people: How many people are simulated for each regimen; none with 0. Needs `adherence`.
        seed: Of their random numbers: the same seed gives the same people everywhere.
        levels: Whether serum and store are worked out, by the model of `b12guide.course`; or what
            is known of the people, such as `{"drug": "hydroxocobalamin", "serum": "120 pg/mL"}`.
        guideline: Whose words are read in English; those that ship if left out.
        patients: A frame of patients whom `guideline` is asked about; `Guideline.regimens` takes
            what says how it is read.

    Raises:
        ArgumentError: An argument is of a kind or a size that is not taken.
        DosageError: A regimen in English cannot be read, and the diagnostics say where and why; or
            no numbers are published of the form whose levels are asked for.
        UnknownNameError: No published costs are so called, or a price stands under a name that no
            drug or route has.
        MissingExtraError: People are to be simulated, and the extra `cohort` is not installed.

    >>> found = compare(
    ...     {"two months": "1000 µg IM every 2 months", "tablets": "1000 µg orally daily"},
    ...     loading="1000 µg IM 3 times a week for 2 weeks",
    ... )
    >>> [int(year.injections.low) for year in found["two months"].years]
    [11, 6, 6, 6, 6]
    >>> [int(year.injections.low) for year in found["tablets"].years]
    [6, 0, 0, 0, 0]
    """
    if patients is not None:
        return _for_patients(
            patients,
            guideline,
            regimens,
            years=years,
            loading=loading,
            loading_weeks=loading_weeks,
            adherence=adherence,
            cost=cost,
            discount=discount,
            people=people,
            seed=seed,
            levels=levels,
        )
    graph = graph_of(guideline)
    weeks = weeks_of(loading_weeks)
    words = words_of(graph)
    given = given_regimens(regimens, words, loading, weeks)
    if len(given) > _MOST_REGIMENS:
        expected = f"at most {_MOST_REGIMENS} regimens"
        argument = "regimens"
        raise ArgumentError(argument, expected, regimens)
    options = Counting.of(
        years=years,
        adherence=adherence,
        cost=cost,
        discount=discount,
        people=people,
        seed=seed,
        levels=levels,
        graph=graph,
        given=given,
    )
    return RegimenComparison(
        graph=graph,
        loading_weeks=weeks,
        regimens=tuple(options.counted(one) for one in given),
        **options.told(),
    )


def _for_patients(
    patients: Any, guideline: Any, regimens: Any, **how: Any
) -> RegimenComparison:
    """What a guideline recommends to patients, and regimens beside it.

    Raises:
        ArgumentError: It is no guideline that can be asked.
    """
    own = getattr(guideline, "regimens", None)
    if own is None:
        argument = "guideline"
        expected = (
            "the guideline that is asked about `patients`, such as "
            '`b12guide.load("mecobalamin_im")`'
        )
        raise ArgumentError(argument, expected, guideline)
    found: RegimenComparison = own.compare(regimens, patients=patients, **how)
    return found
