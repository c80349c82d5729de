"""What is said beside every comparison: what was assumed or is not known, and the sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from b12guide.course.notice import SERUM_IS_NOT_STORE, limits
from b12guide.regimen.burden import CountRange
from b12guide.regimens.adherence import Adherence
from b12guide.regimens.comparison import ComparedRegimen, RegimenComparison
from b12guide.say.numbers import number_text, range_text
from b12guide.say.words import listing, plural

STANDINGS: Mapping[str, str] = {
    "advised": "the guideline advises it",
    "option": "the guideline has it as an option beside what it advises",
    "withheld": "the guideline would advise it, and not now",
    "against": "the guideline advises against it",
    "open": "open, because something is not known or the guideline contradicts itself",
    "other": "the guideline advises something else",
    "silent": "the guideline is silent",
    "not_needed": "the guideline says that no treatment is needed",
}
"""How a regimen stands to what a guideline says, in words."""


def range_of(count: CountRange | None, *, places: int | None = None) -> str:
    """A count as it is printed: a number, a range, or that it is not known.

    Args:
        count: The count; None where it is not known.
        places: How many decimals there are; as many as there are if left out.
    """
    if count is None:
        return "not known"
    low = _number(count.low, places)
    if count.high is None:
        return f"at least {low}"
    high = _number(count.high, places)
    return low if low == high else f"{low} to {high}"


def _number(number: Fraction, places: int | None) -> str:
    if places is None:
        return number_text(number)
    size = 10**places
    whole, rest = divmod(abs(number) * size, 1)
    cents = int(whole) + (rest >= Fraction(1, 2))
    units, parts = divmod(cents, size)
    return f"{units:,}.{parts:0{places}}" if places else f"{units:,}"


def percent_text(ends: tuple[Fraction, Fraction]) -> str:
    """Two shares as a percentage: "5 to 20 %"."""
    return f"{range_text(ends[0] * 100, ends[1] * 100)} %"


def notes_of(found: RegimenComparison) -> Iterator[str]:
    """What a reader has to know of a comparison, a sentence or two at a time."""
    yield (
        f"Counted over {plural(found.years, 'year')} from the first dose, for one person. A range "
        "goes from the regimen followed with the fewest doses to the most."
    )
    if found.cohort is not None:
        counted = found.cohort.counted
        rows = f"Patients are {counted}." if counted else "Patients are rows."
        yield (
            f"{rows} What the guideline is silent about it does not allow, and what is "
            "open is not counted as advised."
        )
    yield from _of_lengths(found)
    unstated = [one.name for one in found.regimens if one.unstated]
    if unstated:
        yield (
            f"Some phase of {_names(unstated)} does not say how often. Unless it says how many "
            "doses there are, nothing is known of the most of them, nor of the most that they cost."
        )
    yield from _of_costs(found)
    yield from _of_levels(found)
    if found.model is not None:
        yield model_text(found.model)
    if found.people:
        yield (
            f"{plural(f'{found.people:,}', 'person')}".replace("persons", "people")
            + " were simulated for each regimen"
            + (" that says how often" if unstated else "")
            + f", with the seed {found.seed}."
        )


_MOST = 4
"""So many regimens are named one by one."""


def _of_lengths(found: RegimenComparison) -> Iterator[str]:
    several = [
        *found.regimens,
        *(() if found.cohort is None else (g.regimen for g in found.cohort.groups)),
    ]
    assumed = [one for one in several if one is not None and one.assumed]
    if assumed and found.loading_weeks is not None:
        low, high = found.loading_weeks
        events = dict.fromkeys(event for one in assumed for event in one.assumed)
        yield (
            f"Loading until {_events(events)} was taken to last "
            f"{range_text(low, high)} weeks."
        )
    waiting = [one for one in several if one is not None and one.until]
    if waiting:
        events = dict.fromkeys(event for one in waiting for event in one.until)
        names = dict.fromkeys(one.name for one in waiting)
        whose = _names([*names]) if len(names) <= _MOST else f"{len(names)} regimens"
        yield (
            f"{whose}: a phase lasts until {_events(events)}, "
            "whose day is not known. It may end with its first dose or outlast these years, and "
            "both are counted; `loading_weeks` gives loading a length."
        )


def _events(events: dict[str, None]) -> str:
    return listing((event.replace("_", " ") for event in events), "or")


def _names(names: list[str]) -> str:
    return listing(f"“{name}”" for name in names)


def _of_costs(found: RegimenComparison) -> Iterator[str]:
    costs = found.costs
    if costs is None:
        return
    yield f"Unit costs: {costs.told}. {costs.note}".strip()
    for one in found.regimens:
        if one.missing:
            yield missing_text(one)
    yield from _of_groups(found)
    if found.is_discounted:
        yield (
            f"Costs are discounted by {percent_text(found.discount)} a year; the first year is "
            "not."
        )


def _of_groups(found: RegimenComparison) -> Iterator[str]:
    """Which prices are missing of what patients are recommended."""
    groups = () if found.cohort is None else found.cohort.groups
    several = (one.regimen for one in groups if one.regimen is not None)
    missing = dict.fromkeys(price for one in several for price in one.missing)
    if missing:
        yield (
            "Some costs of what is recommended are not known: "
            f"{listing(missing)} {'are' if len(missing) > 1 else 'is'} missing."
        )


def _of_levels(found: RegimenComparison) -> Iterator[str]:
    """What stands beside every level."""
    several = [one for one in found.regimens if one.levels is not None]
    if not several:
        return
    yield SERUM_IS_NOT_STORE
    yield from limits()
    for one in several:
        levels = one.levels
        if levels is not None and levels.missing:
            yield f"No levels of “{one.name}”: {levels.missing}."
        elif levels is not None:
            yield from (f"Levels of “{one.name}”: {note}." for note in levels.notes)


def missing_text(one: ComparedRegimen) -> str:
    """Why the cost of a regimen is not known."""
    return f"The cost of “{one.name}” is not known: {listing(one.missing)} is missing."


def model_text(model: Adherence) -> str:
    """The model of missed and late doses in words."""
    low, high = model.late_days
    text = f"Each dose is missed with a probability of {percent_text(model.missed)}"
    if high:
        text += (
            f"; an injection that is given is {range_text(low, high)} days late, at most until "
            "the next would be due, and the next is counted from the day on which the last was "
            + ("given" if model.from_given else "planned")
        )
    if model.tolerance_days:
        days = plural(model.tolerance_days, "day")
        text += f"; a dose covers its interval and {days} more"
    return f"{text}. A missed dose is not made up for."
