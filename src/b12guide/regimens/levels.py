"""Serum and store at the end of each year, by the model of `b12guide.course`.

The numbers are of people made up from published ranges. What they cannot tell stands beside them
wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from b12guide.arguments import from_fields, instance, mapping, whole_number
from b12guide.course import Level, simulate
from b12guide.errors import ArgumentError, DosageError
from b12guide.extras import load
from b12guide.frozen import Record, frozen_map
from b12guide.regimen.burden import CountRange
from b12guide.regimen.model import Phase, Regimen
from b12guide.regimens.given import GivenRegimen
from b12guide.say.words import listing

__all__ = ["LevelOptions", "LevelsFound", "YearLevel"]

_DAYS_OF_YEAR = Fraction(36525, 100)


def _ranges(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return frozen_map(mapping(value, "parameters", "ranges by name"))


@frozen(kw_only=True, repr=False)
class LevelOptions(Record):
    """What is known of the people whose levels are asked for.

    Attributes:
        drug: The form of B12 of regimens that name none or several.
        intrinsic_factor: Whether they have it; None where it is not known.
        serum: The level at the start, such as `120 pg/mL`; deficient if left out.
        store: The store at the start.
        people: How many are made up.
        parameters: Ranges of `b12guide.course.parameters()` that are replaced.
    """

    drug: str | None = None
    intrinsic_factor: bool | None = None
    serum: Any = None
    store: Any = None
    people: int = 200
    parameters: Mapping[str, Any] = field(factory=dict, converter=_ranges)

    def __attrs_post_init__(self) -> None:
        whole_number(self.people, "people", least=1)
        if self.drug is not None:
            instance(self.drug, str, "drug", "the name of a form of B12")


@frozen(kw_only=True, repr=False)
class YearLevel(Record):
    """What there is at the end of a year, before a dose of that day.

    Attributes:
        year: Counted from 1.
        serum: In pg/mL, in nine people of ten: a twentieth have less, and a twentieth more.
        serum_median: Half of them have less.
        store: In mg, likewise.
        store_median: Likewise.
    """

    year: int
    serum: CountRange
    serum_median: Fraction
    store: CountRange
    store_median: Fraction


@frozen(kw_only=True, repr=False)
class LevelsFound(Record):
    """The levels of a regimen over the years.

    Attributes:
        drugs: The forms that are given.
        people: How many people were made up.
        years: One for each; none where the model has nothing to begin with.
        missing: Why there are none.
        notes: What was taken for granted.
    """

    drugs: tuple[str, ...] = ()
    people: int = 0
    years: tuple[YearLevel, ...] = ()
    missing: str = ""
    notes: tuple[str, ...] = ()


def level_options(levels: Any) -> LevelOptions | None:
    """How levels are to be worked out; None where they are not.

    Raises:
        ArgumentError: It is neither true nor false, nor such options.
        UnknownNameError: There is no such option.
    """
    if isinstance(levels, bool):
        return LevelOptions() if levels else None
    if levels is None or isinstance(levels, LevelOptions):
        return levels
    if isinstance(levels, Mapping):
        return from_fields(LevelOptions, levels, "option of `levels`")
    argument = "levels"
    expected = 'true, false, or options such as `{"drug": "hydroxocobalamin"}`'
    raise ArgumentError(argument, expected, levels, is_told=True)


def refuse_unused_drug(drug: str, phases: Sequence[Phase]) -> None:
    """Refuse a form that no phase can be of; any form will do where there are no phases.

    Raises:
        DosageError: No numbers are published of it, or it is no form of B12.
        ArgumentError: Each phase names other forms.
        MissingExtraError: The extra `cohort` is not installed.
    """
    form = _form(drug)
    named = tuple(dict.fromkeys(one for phase in phases for one in phase.drugs))
    is_used = any(not p.drugs or {drug, form} & {*p.drugs} for p in phases)
    if phases and not is_used:
        argument = "drug"
        expected = (
            f"a form that a regimen leaves open; these are of {listing(named, 'and')}"
        )
        raise ArgumentError(argument, expected, drug, is_told=True)


def levels_of(
    given: GivenRegimen, years: int, options: LevelOptions, seed: int
) -> LevelsFound:
    """The levels of a regimen; why there are none, where it leaves open what has to be known.

    Raises:
        ArgumentError: What is known at the start cannot be read.
        MissingExtraError: The extra `cohort` is not installed.
    """
    drug = None if options.drug is None else _form(options.drug)
    first, second = (
        None if one is None else _with_drug(one, drug)
        for one in (given.loading, given.maintenance)
    )
    regimen, loading = (first, None) if second is None else (second, first)
    if regimen is None:
        return LevelsFound(missing="nothing is given")
    try:
        found = simulate(
            regimen,
            loading=loading,
            years=years,
            intrinsic_factor=options.intrinsic_factor,
            serum=options.serum,
            store=options.store,
            people=options.people,
            seed=seed,
            parameters=options.parameters or None,
        )
    except DosageError as error:
        return LevelsFound(missing=error.message)
    moments = [
        found.at(min(int(year * _DAYS_OF_YEAR), found.days[-1]))
        for year in range(1, years + 1)
    ]
    return LevelsFound(
        drugs=found.drugs,
        people=found.people,
        years=tuple(
            YearLevel(
                year=number,
                serum=_between(moment.serum),
                serum_median=_exact(moment.serum.median),
                store=_between(moment.store),
                store_median=_exact(moment.store.median),
            )
            for number, moment in enumerate(moments, start=1)
        ),
        notes=found.notes,
    )


def _form(drug: str) -> str:
    """The form of B12 that goes by this name."""
    named: str = load("b12guide.course.plan", extra="cohort").form_named(drug)
    return named


def _with_drug(regimen: Regimen, drug: str | None) -> Regimen:
    """The regimen with a drug where it names none, or several of which this is one."""
    if drug is None:
        return regimen
    phases = (
        evolve(phase, drugs=(drug,))
        if not phase.drugs or drug in phase.drugs
        else phase
        for phase in regimen.phases
    )
    return Regimen(tuple(phases))


def _between(level: Level) -> CountRange:
    return CountRange(_exact(level.p5), _exact(level.p95))


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
