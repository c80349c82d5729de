"""The numbers of a comparison, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from b12guide.regimen.burden import CountRange
from b12guide.regimens.adherence import AdherenceFound
from b12guide.regimens.comparison import (
    ComparedRegimen,
    ComparedYear,
    RegimenComparison,
    quantities_of,
)
from b12guide.say.words import plural
from b12guide.values.unit import convert, parse_unit


@frozen(kw_only=True)
class ComparedNumber:
    """One number of one regimen."""

    regimen: str
    year: int | None
    quantity: str
    statistic: str
    unit: str | None
    low: float | None
    high: float | None


def rows_of(found: RegimenComparison) -> Iterator[ComparedNumber]:
    """Every number of every regimen; then what is recommended to a cohort, all together."""
    for one in (*found.regimens, *recommended(found)):
        yield from _rows(one, found)


def recommended(found: RegimenComparison) -> Iterator[ComparedRegimen]:
    """What is recommended to the settled patients of a cohort, and to the open, as regimens."""
    cohort = found.cohort
    if cohort is None:
        return
    for patients, name, years, total in (
        (cohort.settled, "settled", cohort.settled_years, cohort.settled_total),
        (cohort.open, "open", cohort.open_years, cohort.open_total),
    ):
        if patients:
            people = plural(f"{patients:,}", f"{name} patient")
            yield ComparedRegimen(
                name=f"As recommended, {people} together",
                loading=None,
                maintenance=None,
                years=years,
                total=total,
            )


def _rows(one: ComparedRegimen, found: RegimenComparison) -> Iterator[ComparedNumber]:
    for year in (*one.years, one.total):
        for quantity, unit, count in counts_of(year, found):
            yield _row(one, year.year, quantity, "planned", unit, count)
    if one.given_total is not None:
        for year in (*one.given_years, one.given_total):
            for quantity, unit, count in counts_of(year, found):
                given = f"{quantity} given"
                yield _row(one, year.year, given, "expected", unit, count)
    if one.adherence is not None:
        for quantity, statistic, count in adherence_counts(one.adherence):
            yield _row(one, None, quantity, statistic, None, count)
    if one.levels is not None:
        for level in one.levels.years:
            for quantity, unit, between, median in (
                ("serum", "pg/mL", level.serum, level.serum_median),
                ("store", "mg", level.store, level.store_median),
            ):
                half = CountRange(median, median)
                yield _row(one, level.year, quantity, "p5 to p95", unit, between)
                yield _row(one, level.year, quantity, "median", unit, half)


def counts_of(
    year: ComparedYear, found: RegimenComparison
) -> Iterator[tuple[str, str | None, CountRange | None]]:
    """Everything that was counted of a year, its costs among it."""
    yield from quantities_of(year)
    if found.costs is not None:
        yield "cost", found.costs.currency, year.cost
        if found.is_discounted:
            yield "discounted cost", found.costs.currency, year.discounted


def adherence_counts(one: AdherenceFound) -> Iterator[tuple[str, str, CountRange]]:
    """Quantity, statistic and number of what comes of missed and late doses in simulated people."""
    for name, spread in (
        ("doses given", one.doses),
        ("injections given", one.injections),
        ("uncovered days", one.uncovered_days),
        ("longest gap", one.longest_gap),
    ):
        if spread is not None:
            yield name, "mean", spread.mean
            yield from ((name, f"p{q}", count) for q, count in spread.percentiles)


def _row(  # noqa: PLR0913, PLR0917 -- one for each column
    one: ComparedRegimen,
    year: int | None,
    quantity: str,
    statistic: str,
    unit: str | None,
    count: CountRange | None,
) -> ComparedNumber:
    return ComparedNumber(
        regimen=one.name,
        year=year,
        quantity=quantity,
        statistic=statistic,
        unit=unit,
        low=None if count is None else float(count.low),
        high=None if count is None or count.high is None else float(count.high),
    )


def in_mg(amounts: Iterable[tuple[str, CountRange]]) -> CountRange | None:
    """Amounts as one, in milligrams; None where some are no mass."""
    milligram = parse_unit("mg")
    total = None
    for unit, amount in amounts:
        mine = parse_unit(unit)
        if mine is None or milligram is None:
            return None
        low = convert(amount.low, mine, milligram)
        high = None if amount.high is None else convert(amount.high, mine, milligram)
        if low is None or (high is None and amount.high is not None):
            return None
        one = CountRange(low, high)
        total = one if total is None else total + one
    return total
