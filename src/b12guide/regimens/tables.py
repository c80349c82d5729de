"""A comparison of regimens as frames, and as a table for a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from typing import Any

import pyarrow as pa
from attrs import frozen

from b12guide.cohort.frames import frame_of, native
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.frozen import Record
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.burden import CountRange
from b12guide.regimens.comparison import ComparedRegimen, RegimenComparison
from b12guide.regimens.notes import notes_of, range_of
from b12guide.regimens.rows import ComparedNumber, in_mg, recommended, rows_of
from b12guide.say.words import plural

KINDS = ("pandas", "polars", "pyarrow")


_TYPES = {
    **dict.fromkeys(("regimen", "quantity", "statistic", "unit"), pa.string()),
    **dict.fromkeys(("low", "high"), pa.float64()),
}


def kind_named(found: RegimenComparison, kind: str | None) -> Any:
    """The kind of frame that was asked for, whose package is there.

    Raises:
        UnknownNameError: There is no such kind.
        ArgumentError: Its package is not installed.
    """
    name = kind or found.kind
    if name not in KINDS:
        what = "kind of frame"
        raise UnknownNameError(what, str(name), KINDS)
    try:
        native(pa.table({}), name)  # type: ignore[arg-type]
    except ImportError as error:
        expected = f"the name of a package that is installed; `{name}` is not"
        argument = "kind"
        raise ArgumentError(argument, expected, name) from error
    return name


def long_frame(found: RegimenComparison, kind: str | None) -> Any:
    """One row for each number."""
    rows = list(rows_of(found))
    return frame_of(rows, ComparedNumber, _TYPES, kind_named(found, kind))


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
    return native(table, kind_named(found, kind))


_WIDE = ("doses", "injections", "visits", "amount_mg")


def _money(found: RegimenComparison) -> tuple[str, ...]:
    if found.costs is None:
        return ()
    return ("cost", "discounted_cost") if found.is_discounted else ("cost",)


# --------------------------------------------------------------------------- for a paper


@frozen(kw_only=True, repr=False)
class PaperTable(Record):
    """A table as it is printed, with notes below it.

    Attributes:
        title: Its caption.
        columns: What stands above each column.
        rows: The cells of each row, as text.
        notes: What was assumed, and the sources.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    kind: str = "pyarrow"

    def to_markdown(self) -> str:
        """The table in Markdown, the notes as a list below it."""
        head = [_markdown_row(self.columns), _markdown_row(["---"] * len(self.columns))]
        rows = [_markdown_row(row) for row in self.rows]
        notes = [f"- {_markdown_text(note)}" for note in self.notes]
        title = f"**{_markdown_text(self.title)}**"
        return "\n".join((title, "", *head, *rows, "", *notes, ""))

    def to_latex(self) -> str:
        r"""The table in LaTeX, for the packages `booktabs` and `threeparttable`."""
        shape = "l" + "r" * (len(self.columns) - 1)
        lines = [
            r"\begin{table}",
            r"\begin{threeparttable}",
            rf"\caption{{{_latex_text(self.title)}}}",
            rf"\begin{{tabular}}{{{shape}}}",
            r"\toprule",
            _latex_row(self.columns),
            r"\midrule",
            *map(_latex_row, self.rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\begin{tablenotes}",
            *(rf"\item {_latex_text(note)}" for note in self.notes),
            r"\end{tablenotes}",
            r"\end{threeparttable}",
            r"\end{table}",
        ]
        return "\n".join(lines) + "\n"

    def to_frame(self, kind: str | None = None) -> Any:
        """The cells as text, in a frame.

        Args:
            kind: `pandas`, `polars` or `pyarrow`.
        """
        columns = zip(*self.rows, strict=True)
        cells = dict(zip(self.columns, map(list, columns), strict=True))
        return native(pa.table(cells), kind or self.kind)  # type: ignore[arg-type]


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_markdown_text(cell) for cell in cells)} |"


def _markdown_text(text: str) -> str:
    for sign in "\\`*_{}[]<>#|~$":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


_LATEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "µ": r"\textmu{}",
    "“": "``",
    "”": "''",
}


def _latex_text(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in " ".join(text.split()))


def _latex_row(cells: Sequence[str]) -> str:
    return rf"{' & '.join(map(_latex_text, cells))} \\"


def paper_table(found: RegimenComparison) -> PaperTable:
    """The table for a paper: a row for each regimen."""
    columns = list(_columns(found))
    rows = (*found.regimens, *recommended(found))
    return PaperTable(
        title=f"{plural(len(rows), 'regimen')} over {plural(found.years, 'year')}",
        columns=("Regimen", *(name for name, _ in columns)),
        rows=tuple((one.name, *(cell(one) for _, cell in columns)) for one in rows),
        notes=(*notes_of(found), *_guideline_notes(found), EDUCATION_NOTICE),
        kind=found.kind,
    )


def _guideline_notes(found: RegimenComparison) -> Iterator[str]:
    graph = found.graph
    if graph is not None:
        yield f"Guideline: {graph.title} {graph.version} ({graph.status.value})."


def _columns(
    found: RegimenComparison,
) -> Iterator[tuple[str, Callable[[ComparedRegimen], str]]]:
    over = f"{found.years} years" if found.years > 1 else "1 year"
    yield "Injections, year 1", lambda one: range_of(one.years[0].injections)
    if found.years > 1:
        yield "Injections, each later year", _later
        yield f"Injections, {over}", lambda one: range_of(one.total.injections)
    yield f"Visits, {over}", lambda one: range_of(one.total.visits)
    yield f"Doses, {over}", lambda one: range_of(one.total.doses)
    yield f"Amount, {over} (mg)", lambda one: range_of(in_mg(one.total.amounts))
    costs = found.costs
    if costs is not None:
        money = (
            costs.currency if costs.year is None else f"{costs.currency} {costs.year}"
        )
        yield f"Cost, {over} ({money})", lambda one: range_of(one.total.cost, places=2)
        if found.is_discounted:
            yield (
                f"Discounted cost, {over} ({money})",
                lambda one: range_of(one.total.discounted, places=2),
            )
    if found.model is not None:
        yield "Doses given, expected", _given
    for name, words in _STANDING_COLUMNS.items():
        if any(one.standing and getattr(one.standing, name) for one in found.regimens):
            yield f"Patients: {words}", partial(_patients, name)
    if found.people:
        yield "Uncovered days, median (5th to 95th percentile)", _uncovered


_STANDING_COLUMNS = {
    "advised": "advised",
    "option": "an option",
    "withheld": "withheld for now",
    "against": "advised against",
    "open": "open",
    "other": "another advised",
    "silent": "guideline silent",
    "not_needed": "no treatment needed",
}


def _patients(name: str, one: ComparedRegimen) -> str:
    return "" if one.standing is None else f"{getattr(one.standing, name):,}"


def _later(one: ComparedRegimen) -> str:
    _, *later = one.years
    return range_of(reduce(CountRange.or_, (year.injections for year in later)))


def _given(one: ComparedRegimen) -> str:
    return "" if one.adherence is None else range_of(one.adherence.given, places=1)


def _uncovered(one: ComparedRegimen) -> str:
    spread = one.adherence and one.adherence.uncovered_days
    if not spread:
        return ""
    by = dict(spread.percentiles)
    between = CountRange(by[5].low, by[95].high)
    return f"{range_of(by[50])} ({range_of(between)})"
