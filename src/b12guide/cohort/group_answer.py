"""What decisions say of groups of patients, and what these are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from numpy.typing import NDArray

from b12guide.cohort.advised_phases import AdvisedPhase
from b12guide.cohort.decision_values import DecisionValue
from b12guide.cohort.question_lists import QuestionLists
from b12guide.evaluate.answer import Outcome
from b12guide.graph.model import Decision

OUTCOMES = tuple(Outcome)
"""The words of a column of outcomes, in the order of their numbers."""


@frozen(kw_only=True, eq=False, repr=False)
class GroupAnswer:
    """What one decision says of all patients who look the same to it.

    Attributes:
        said: What it says, to be compared with what others say.
        value: The same in words; None for nothing.
        phases: The same of doses, phase by phase, where regimens are what the decision says.
        certain: Whether that holds whatever is unknown.
        settled: Whether nothing is open at all: everything that is said, alternatives and
            exclusions included, is said in every completion.
        doubt: The number of what it leaves open, where that is counted; 0 for nothing.
        weights: The measures of weight by which some dose goes that it speaks of (M95).
    """

    outcome: Outcome
    said: DecisionValue
    value: str | None
    certain: bool
    settled: bool = True
    doubt: int = 0
    weights: tuple[str, ...] = ()
    phases: tuple[AdvisedPhase, ...] = ()


@frozen(eq=False, repr=False)
class Decisions:
    """The answers about a batch, by decision, and the questions of each patient.

    Attributes:
        answers: The different answers of a decision, and which of them each patient has.
        asked: The questions.
    """

    answers: Mapping[Decision, tuple[tuple[GroupAnswer, ...], NDArray[Any]]]
    asked: QuestionLists
