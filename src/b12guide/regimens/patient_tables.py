"""What a guideline recommends to the patients of a cohort over years, as frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from attrs import fields, frozen

from b12guide.cohort.frames import frame_of, kind_named
from b12guide.regimens.comparison import (
    AdvisedGroup,
    ComparedYear,
    RegimenComparison,
    Standings,
)
from b12guide.regimens.rows import counts_of


@frozen(kw_only=True)
class _StandingRow:
    """For how many patients a regimen stands so."""

    regimen: str
    standing: str
    patients: int


def standing_frame(found: RegimenComparison, kind: str | None) -> Any:
    """One row for each regimen and way in which it stands to the guideline."""
    rows = [
        _StandingRow(
            regimen=one.name,
            standing=way.name,
            patients=getattr(one.standing, way.name),
        )
        for one in found.regimens
        if one.standing is not None
        for way in fields(Standings)
    ]
    types = dict.fromkeys(("regimen", "standing"), pa.string())
    return frame_of(rows, _StandingRow, types, kind_named(kind or found.kind))


@frozen(kw_only=True)
class _GroupRow:
    """One number of one group."""

    group: str
    loading: str | None
    maintenance: str | None
    settled: bool
    patients: int
    year: int | None
    quantity: str
    unit: str | None
    low: float | None
    high: float | None


_TYPES = {
    **dict.fromkeys(
        ("group", "loading", "maintenance", "quantity", "unit"), pa.string()
    ),
    "settled": pa.bool_(),
    **dict.fromkeys(("low", "high"), pa.float64()),
}


def cohort_frame(found: RegimenComparison, kind: str | None) -> Any:
    """One row for each number of each group, then of all settled and all open together."""
    rows = list(_rows(found))
    return frame_of(rows, _GroupRow, _TYPES, kind_named(kind or found.kind))


def _rows(found: RegimenComparison) -> Iterator[_GroupRow]:
    cohort = found.cohort
    if cohort is None:
        return
    for number, group in enumerate(cohort.groups, start=1):
        if group.regimen is not None:
            years = (*group.regimen.years, group.regimen.total)
            yield from _of_years(str(number), group, years, found)
    for name, patients, settled, years in (
        (
            "all settled",
            cohort.settled,
            True,
            (*cohort.settled_years, cohort.settled_total),
        ),
        ("all open", cohort.open, False, (*cohort.open_years, cohort.open_total)),
    ):
        everybody = AdvisedGroup(patients=patients, settled=settled, regimen=None)
        yield from _of_years(name, everybody, years, found)


def _of_years(
    name: str,
    group: AdvisedGroup,
    years: tuple[ComparedYear, ...],
    found: RegimenComparison,
) -> Iterator[_GroupRow]:
    regimen = group.regimen
    for year in years:
        for quantity, unit, count in counts_of(year, found):
            yield _GroupRow(
                group=name,
                loading=None if regimen is None else regimen.loading,
                maintenance=None if regimen is None else regimen.maintenance,
                settled=group.settled,
                patients=group.patients,
                year=year.year,
                quantity=quantity,
                unit=unit,
                low=None if count is None else float(count.low),
                high=None if count is None or count.high is None else float(count.high),
            )
