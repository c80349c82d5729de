"""The work that one answer costs, counted, and the error when it costs more than it may.

What is counted are compositions of rules and nodes of diagrams, never time, so that the same
question is refused on every machine, or on none. What was worked out for an earlier patient counts
as if it were worked out anew: else the order of the patients would decide who is answered.
"""

from __future__ import annotations

from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError
from b12guide.limits import USUAL, Limits

__all__ = ["Work"]


class Work:
    """Counts the steps that one answer takes. It changes, and is gone after the answer."""

    def __init__(self, limits: Limits = USUAL) -> None:
        self.most = limits.work
        self.done = 0

    @property
    def left(self) -> int:
        """The steps that may still be taken."""
        return max(0, self.most - self.done)

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.done > self.most

    def spend(self, steps: int, about: str) -> None:
        """Count `steps` spent on `about`.

        Raises:
            PatientError: It is more than may be spent (GDL792).
        """
        self.done += steps
        if self.is_spent:
            message = "this answer would take more work than it may"
            raise PatientError(message, (self._spent(about),))

    def _spent(self, about: str) -> Diagnostic:
        return Diagnostic(
            code="GDL792",
            message=f"the limit of {self.most:,} steps was reached at {about}",
            notes=(
                "the more is unknown of a patient, the more cases have to be compared",
            ),
            help=(
                Help(message="state more facts of the patient"),
                Help(
                    message=f"or allow more steps, such as `Limits(work={10 * self.most})`"
                ),
            ),
        )
