"""A comparison of regimens as frames, and as a table for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from b12guide.cohort.frames import frame_of, kind_named, native
from b12guide.regimens.comparison import RegimenComparison
from b12guide.regimens.rows import ComparedNumber, in_mg, recommended, rows_of

_TYPES = {
    **dict.fromkeys(("regimen", "quantity", "statistic", "unit"), pa.string()),
    **dict.fromkeys(("low", "high"), pa.float64()),
}


def long_frame(found: RegimenComparison, kind: str | None) -> Any:
    """One row for each number."""
    rows = list(rows_of(found))
    return frame_of(rows, ComparedNumber, _TYPES, kind_named(kind or found.kind))


# ------------------------------------------------------------------------ year by year


def years_frame(found: RegimenComparison, kind: str | None) -> Any:
    """One row for each regimen and year, and one for all years together."""
    columns: dict[str, list[Any]] = {"regimen": [], "year": []}
    names = [*_WIDE, *_money(found)]
    for name in names:
        columns |= {f"{name}_low": [], f"{name}_high": []}
    for one in (*found.regimens, *recommended(found)):
        for year in (*one.years, one.total):
            columns["regimen"].append(one.name)
            columns["year"].append(year.year)
            counts = {
                "doses": year.doses,
                "injections": year.injections,
                "visits": year.visits,
                "amount_mg": in_mg(year.amounts),
                "cost": year.cost,
                "discounted_cost": year.discounted,
            }
            for name in names:
                count = counts[name]
                low, high = (None, None) if count is None else (count.low, count.high)
                columns[f"{name}_low"].append(None if low is None else float(low))
                columns[f"{name}_high"].append(None if high is None else float(high))
    types = {"regimen": pa.string(), "year": pa.int64()}
    table = pa.table(
        {n: pa.array(cells, types.get(n, pa.float64())) for n, cells in columns.items()}
    )
    if found.costs is not None:
        currency = pa.array([found.costs.currency] * table.num_rows, pa.string())
        table = table.append_column("currency", currency)
    return native(table, kind_named(kind or found.kind))


_WIDE = ("doses", "injections", "visits", "amount_mg")


def _money(found: RegimenComparison) -> tuple[str, ...]:
    if found.costs is None:
        return ()
    return ("cost", "discounted_cost") if found.is_discounted else ("cost",)


def cells_frame(
    columns: Sequence[str], rows: Sequence[Sequence[str]], kind: str
) -> Any:
    """The cells of a table as text, in a frame."""
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    text = [pa.array(list(one), pa.string()) for one in cells]
    return native(pa.table(text, names=list(columns)), kind_named(kind))
