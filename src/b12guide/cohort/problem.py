"""What is wrong with the rows of a table, patient by patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import field, frozen

from b12guide.cohort.spelling import DECIMAL, TRUTHS
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError

__all__ = ["TOLD", "Problem", "in_order", "refused", "unusable"]

TOLD = 200
"""How many problems an error tells one by one; it counts the rest."""


def _plain(name: Any) -> Any:
    return name if isinstance(name, str | int | float | None) else str(name)


@frozen(kw_only=True)
class Problem:
    """One row that cannot be read.

    Attributes:
        patient: The id in the table; None where the row has none.
        table: `patients` or `events`.
        row: Counted from 1.
        diagnostic: What is the matter, and what to do about it.
    """

    patient: Any
    table: str
    row: int
    diagnostic: Diagnostic = field(repr=False)

    @property
    def text(self) -> str:
        """The matter in one sentence."""
        where = f"{self.table}, row {self.row}"
        whose = "no patient" if self.patient is None else f"patient {self.patient}"
        return f"{where} ({whose}): {self.said}"

    @property
    def said(self) -> str:
        """The matter without the row, so that other rows can have the same."""
        said = self.diagnostic.message.removeprefix(f"row {self.row} ")
        return said.removeprefix(f"row {self.row}, ")

    def to_dict(self) -> dict[str, Any]:
        """The problem as plain data."""
        return {
            "patient": _plain(self.patient),
            "table": self.table,
            "row": self.row,
            "code": self.diagnostic.code,
            "text": self.text,
            "help": [one.message for one in self.diagnostic.help],
        }


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of the rows, patients first."""
    found = {(p.table != "patients", p.row, p.text): p for p in problems}
    return tuple(found[key] for key in sorted(found))


def refused(problems: Sequence[Problem]) -> PatientError:
    """The error that tells what is wrong with all rows, the same of many rows once."""
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        kind = problem.table, problem.diagnostic.code, problem.said
        alike.setdefault(kind, []).append(problem)
    groups = list(alike.values())
    diagnostics = [
        Diagnostic(
            code=same[0].diagnostic.code,
            message=same[0].text if len(same) == 1 else _of_rows(same),
            help=(*same[0].diagnostic.help, *_declarations(same[0])),
        )
        for same in groups[:TOLD]
    ]
    more = sum(map(len, groups[TOLD:]))
    if more:
        rest = f"{more:,} more rows cannot be read"
        diagnostics.append(Diagnostic(code="GDL750", message=rest))
    return PatientError("the tables cannot be used", diagnostics)


_FIRST = 3


def _of_rows(same: Sequence[Problem]) -> str:
    """What is said of several rows, with the first of them."""
    rows = ", ".join(str(problem.row) for problem in same[:_FIRST])
    more = len(same) - _FIRST
    rest = f" and {more:,} more" if more > 0 else ""
    return f"{same[0].table}, rows {rows}{rest}: {same[0].said}"


def _declarations(problem: Problem) -> Iterator[Help]:
    """What can be declared of all columns of patients, so that a cell is read."""
    if problem.table != "patients":
        return
    if problem.diagnostic.code == "GDL710":
        yield Help(message=f"say which words mean yes and no: {TRUTHS}")
    elif problem.diagnostic.code == "GDL712" and "comma" in problem.diagnostic.message:
        yield Help(message=f"a decimal comma can be declared: {DECIMAL}")


def unusable(found: Iterable[tuple[str, str]]) -> PatientError:
    """The error that says what is wrong with tables as a whole, each with its remedy."""
    return PatientError(
        "the tables cannot be used",
        [
            Diagnostic(code="GDL750", message=message, help=(Help(message=remedy),))
            for message, remedy in found
        ],
    )
