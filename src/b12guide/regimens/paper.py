"""A comparison of regimens as a table for a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial, reduce
from typing import Any

from attrs import frozen

from b12guide.extras import load
from b12guide.frozen import Record
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.burden import CountRange
from b12guide.regimens.comparison import ComparedRegimen, RegimenComparison
from b12guide.regimens.notes import notes_of, range_of
from b12guide.regimens.rows import in_mg, recommended
from b12guide.say.words import plural


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

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

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

        Raises:
            UnknownNameError: There is no such kind of frame.
            MissingExtraError: The extra `cohort` is not installed.
        """
        tables = load("b12guide.regimens.tables", extra="cohort")
        return tables.cells_frame(self.columns, self.rows, kind or self.kind)


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
        if costs is not None:
            yield (
                f"Cost of what is given, {over} ({money}), expected",
                lambda one: (
                    ""
                    if one.given_total is None
                    else range_of(one.given_total.cost, places=2)
                ),
            )
    for name, words in _STANDING_COLUMNS.items():
        if any(one.standing and getattr(one.standing, name) for one in found.regimens):
            yield f"Patients: {words}", partial(_patients, name)
    if any(one.levels is not None for one in found.regimens):
        yield f"Serum after {over} (pg/mL), median (5th to 95th percentile)", _serum
        yield f"Store after {over} (mg), median (5th to 95th percentile)", _store
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


def _serum(one: ComparedRegimen) -> str:
    if one.levels is None or not one.levels.years:
        return ""
    last = one.levels.years[-1]
    return _spread(last.serum_median, last.serum, places=0)


def _store(one: ComparedRegimen) -> str:
    if one.levels is None or not one.levels.years:
        return ""
    last = one.levels.years[-1]
    return _spread(last.store_median, last.store, places=1)


def _spread(median: Fraction, between: CountRange, places: int) -> str:
    half = range_of(CountRange(median, median), places=places)
    return f"{half} ({range_of(between, places=places)})"


def _uncovered(one: ComparedRegimen) -> str:
    spread = one.adherence and one.adherence.uncovered_days
    if not spread:
        return ""
    by = dict(spread.percentiles)
    between = CountRange(by[5].low, by[95].high)
    return f"{range_of(by[50])} ({range_of(between)})"
