"""What is wrong with the rows of a table, patient by patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError

__all__ = ["TOLD", "Problem", "in_order", "refused", "unusable"]

TOLD = 200
"""How many problems an error tells one by one; it counts the rest."""


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
        said = self.diagnostic.message.removeprefix(f"row {self.row} ")
        return f"{where} ({whose}): {said.removeprefix(f'row {self.row}, ')}"

    def to_dict(self) -> dict[str, Any]:
        """The problem as plain data."""
        return {
            "patient": self.patient,
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
    """The error that tells what is wrong with all rows."""
    diagnostics = [
        Diagnostic(
            code=problem.diagnostic.code,
            message=problem.text,
            help=problem.diagnostic.help,
        )
        for problem in problems[:TOLD]
    ]
    more = len(problems) - len(diagnostics)
    if more > 0:
        rest = f"{more:,} more rows cannot be read"
        diagnostics.append(Diagnostic(code="GDL750", message=rest))
    return PatientError("the tables cannot be used", diagnostics)


def unusable(found: Iterable[tuple[str, str]]) -> PatientError:
    """The error that says what is wrong with tables as a whole, each with its remedy."""
    return PatientError(
        "the tables cannot be used",
        [
            Diagnostic(code="GDL750", message=message, help=(Help(message=remedy),))
            for message, remedy in found
        ],
    )
