"""Regimens side by side, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

from attrs import asdict, fields, has

from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.burden import NONE, CountRange
from b12guide.regimens.adherence import AdherenceFound, Distribution
from b12guide.regimens.comparison import (
    CohortRegimens,
    ComparedRegimen,
    ComparedYear,
    RegimenComparison,
    Standings,
)
from b12guide.regimens.costs import UnitCosts
from b12guide.regimens.levels import LevelsFound
from b12guide.regimens.notes import STANDINGS, notes_of, range_of
from b12guide.regimens.rows import ComparedNumber, rows_of
from b12guide.say.numbers import number_json
from b12guide.say.validity import validity_text
from b12guide.say.words import plural
from b12guide.show.json_parts import engine_json
from b12guide.show.page import Item, Page, Section, Tone, shortened
from b12guide.show.patient_header import assumed_particulars, guideline_particulars
from b12guide.show.terminal import to_csv
from b12guide.show.to_json import guideline_json

# ---------------------------------------------------------------------------------- data

_KEYS = {str: "unit", int: "percent"}
"""What the first of a pair is, whose second is a count."""


def comparison_json(found: RegimenComparison) -> dict[str, Any]:
    """The comparison as a value that `json.dumps` takes."""
    return {
        "schema": "b12guide.regimens/1",
        "guideline": None if found.graph is None else guideline_json(found.graph),
        "engine": engine_json(found),
        "education": EDUCATION_NOTICE,
        "frames": found.kind,
        **{
            one.name: _plain(getattr(found, one.name))
            for one in fields(RegimenComparison)
            if one.name not in {"graph", "engine", "kind"}
        },
    }


def _plain(value: Any) -> Any:
    """A part of a comparison as plain data; a range has its ends by name."""
    match value:
        case Fraction():
            return number_json(value)
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case (str() | int() as first, CountRange() as count):
            return {_KEYS[type(first)]: first, **_plain(count)}
        case (Fraction() | int() as low, Fraction() | int() as high):
            return {"low": _plain(low), "high": _plain(high)}
        case tuple():
            return [_plain(one) for one in value]
        case _ if has(type(value)):
            kind: Any = type(value)
            told = {one.name: getattr(value, one.name) for one in fields(kind)}
            return {n: _plain(v) for n, v in told.items() if n != "counted" or v}
        case _:
            return value


def comparison_to_csv(found: RegimenComparison) -> str:
    """A table with a row for each number, as `RegimenComparison.to_frame` has it."""
    columns = tuple(one.name for one in fields(ComparedNumber))
    return to_csv(columns, [asdict(row) for row in rows_of(found)])


# ---------------------------------------------------------------------------------- page


def comparison_page(found: RegimenComparison) -> Page:
    """What each regimen asks, costs and comes to; then what was assumed."""
    graph = found.graph
    sections = (
        Section(
            title=f"All {plural(found.years, 'year')} together"
            if found.years > 1
            else "The year",
            items=tuple(_total(one, found) for one in found.regimens),
        ),
        Section(
            title="Year by year",
            items=tuple(_by_year(one, found) for one in found.regimens)
            if found.years > 1
            else (),
        ),
        Section(
            title="With missed and late doses",
            items=tuple(
                Item(
                    text=one.name,
                    items=(
                        Item(label="As expected", text=_expected(one.adherence, told)),
                        *_simulated(one.adherence),
                    ),
                )
                for one in found.regimens
                if one.adherence is not None and one.given_total is not None
                for told in [year_text(one.given_total, found, places=1)]
            ),
        ),
        Section(
            title="Serum and store at the end of each year",
            items=tuple(
                Item(text=one.name, items=tuple(_levels(one.levels)))
                for one in found.regimens
                if one.levels is not None
            ),
        ),
        Section(
            title="What the guideline says of each to these patients",
            items=tuple(
                Item(text=one.name, items=tuple(_standing(one, one.standing, found)))
                for one in found.regimens
                if one.standing is not None
            ),
        ),
        *(() if found.cohort is None else _cohort(found.cohort, found)),
        Section(
            title="What this rests on",
            items=tuple(Item(text=note) for note in notes_of(found)),
        ),
    )
    return Page(
        title=f"Regimens compared over {plural(found.years, 'year')}",
        warning="" if graph is None else validity_text(graph),
        particulars=tuple(_particulars(found)),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in sections if section.items),
    )


def _particulars(found: RegimenComparison) -> Iterator[tuple[str, str]]:
    graph, cohort = found.graph, found.cohort
    if graph is not None:
        yield from guideline_particulars(graph)
    if cohort is not None and graph is not None:
        yield "Patients", f"{cohort.patients:,}"
        yield "Settled", f"{cohort.settled:,}"
        yield "Open", f"{cohort.open:,}; what is settled leaves them out"
        yield "No regimen", f"{cohort.without:,}"
        if cohort.counted:
            yield "Counted", cohort.counted
        yield from assumed_particulars(cohort.assumed, graph)


def _levels(levels: LevelsFound) -> Iterator[Item]:
    if levels.missing:
        yield Item(text=f"none: {levels.missing}", tone=Tone.CAUTION)
    for one in levels.years:
        serum, store = (
            f"{range_of(CountRange(median, median), places=places)} {unit} "
            f"({range_of(between, places=places)})"
            for median, between, unit, places in (
                (one.serum_median, one.serum, "pg/mL", 0),
                (one.store_median, one.store, "mg", 1),
            )
        )
        yield Item(
            label=f"Year {one.year}",
            text=f"serum {serum}, store {store}; median, and nine people of ten",
        )


def _standing(
    one: ComparedRegimen, standing: Standings, found: RegimenComparison
) -> Iterator[Item]:
    """For how many patients a regimen is what; what it asks of all to whom it is advised."""
    for name, words in STANDINGS.items():
        count = getattr(standing, name)
        if not count:
            continue
        details: tuple[str, ...] = ()
        if name == "advised":
            told = year_text(one.total.times(count), found)
            details = (f"For them together: {told}.",)
        people = plural(f"{count:,}", "patient")
        tone = Tone.PLAIN if name in {"advised", "option"} else Tone.CAUTION
        yield Item(text=f"{people}: {words}", details=details, tone=tone)


def _cohort(cohort: CohortRegimens, found: RegimenComparison) -> Iterator[Section]:
    together = [
        Item(label=f"{cohort.settled:,} settled", text=text)
        for text in [year_text(cohort.settled_total, found)]
        if cohort.settled
    ]
    together += [
        Item(label=f"{cohort.open:,} open, from none to the most", text=text)
        for text in [year_text(cohort.open_total, found)]
        if cohort.open
    ]
    yield Section(title="What is recommended, all together", items=tuple(together))
    groups = [
        Item(
            label=f"{plural(f'{group.patients:,}', 'patient')}"
            + ("" if group.settled else ", open"),
            text=_advised(group.regimen),
            details=()
            if group.regimen is None
            else (f"Each: {year_text(group.regimen.total, found)}.",),
        )
        for group in cohort.groups
    ]
    yield Section(title="What each is recommended", items=shortened(groups))


def _advised(regimen: ComparedRegimen | None) -> str:
    if regimen is None:
        return "no regimen"
    parts = []
    if regimen.loading:
        parts.append(f"loading {regimen.loading}")
    if regimen.maintenance:
        parts.append(f"maintenance {regimen.maintenance}")
    return "; ".join(parts) or "nothing that is certain"


def _total(one: ComparedRegimen, found: RegimenComparison) -> Item:
    said = [f"Begins with {one.loading}."] if one.loading else []
    said += [f"Goes on with {one.maintenance}."] if one.maintenance else []
    asked = Item(text=year_text(one.total, found), details=tuple(said))
    return Item(text=one.name, items=(asked,))


def year_text(
    year: ComparedYear, found: RegimenComparison, *, places: int | None = None
) -> str:
    """What a year asks and costs, in one line."""
    parts = [
        f"injections {range_of(year.injections, places=places)}",
        f"visits {range_of(year.visits, places=places)}",
    ]
    if year.doses != year.injections:
        parts.append(f"doses {range_of(year.doses, places=places)}")
    parts += [
        f"{range_of(amount, places=places)} {unit}" for unit, amount in year.amounts
    ]
    if found.costs is not None:
        parts.append(_money("cost", year.cost, found.costs))
        if found.is_discounted:
            parts.append(_money("discounted", year.discounted, found.costs))
    return ", ".join(parts)


def _money(name: str, cost: CountRange | None, costs: UnitCosts) -> str:
    unit = "" if cost is None else f" {costs.currency}"
    return f"{name} {range_of(cost, places=2)}{unit}"


def _by_year(one: ComparedRegimen, found: RegimenComparison) -> Item:
    """The years of a regimen, those that are alike together."""
    alike = groupby(one.years, lambda year: year_text(year, found))
    items = []
    for text, same in alike:
        numbers = [year.year or 0 for year in same]
        label = (
            f"Year {numbers[0]}"
            if len(numbers) == 1
            else f"Years {numbers[0]} to {numbers[-1]}, each"
        )
        items.append(Item(label=label, text=text))
    return Item(text=one.name, items=tuple(items))


def _expected(one: AdherenceFound, told: str) -> str:
    return f"{range_of(one.given, places=1)} of {range_of(one.planned)} doses given: {told}"


def _simulated(one: AdherenceFound) -> Iterator[Item]:
    for label, spread in (
        ("Doses given", one.doses),
        ("Injections given", None if _says_nothing(one) else one.injections),
        ("Uncovered days", one.uncovered_days),
        ("Longest gap in days", one.longest_gap),
    ):
        if spread is not None:
            yield Item(label=label, text=_spread_text(spread))


def _says_nothing(one: AdherenceFound) -> bool:
    """Whether the injections tell nothing beside the doses: all are, or none is."""
    return one.given_injections in {one.given, NONE}


def _spread_text(spread: Distribution) -> str:
    by = dict(spread.percentiles)
    return (
        f"half of the people have at most {range_of(by[50])}; of twenty, one has at most "
        f"{range_of(by[5])} and one more than {range_of(by[95])}; mean "
        f"{range_of(spread.mean, places=1)}"
    )
