"""What came of trying an example: every expectation that was not met, beside what was answered."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.evaluate.answer import Conflict, Decided, Recommendation, RuleVerdict
from b12guide.evaluate.facts import Facts
from b12guide.frozen import Record
from b12guide.graph.model import Place
from b12guide.syntax.ast import Example
from b12guide.truth import Truth

__all__ = ["Answered", "ExampleResult", "NamedThings", "Trial", "Unmet", "Vacuous"]


class Trial(Enum):
    """How an example went."""

    PASSED = "passed"
    FAILED = "failed"
    EMPTY = "expects nothing"
    UNUSABLE = "unusable"


@frozen(repr=False)
class NamedThings(Record):
    """What an answer names of one `kind`, such as the facts that it asks for."""

    kind: str
    names: tuple[str, ...]


Answered: TypeAlias = Decided | RuleVerdict | Truth | NamedThings | tuple[Conflict, ...]
"""The part of an answer that an expectation speaks of."""


@frozen(kw_only=True, repr=False)
class Unmet(Record):
    """An expectation that was not met.

    Attributes:
        expected: The author's words, on one line.
        answered: What the guideline answers instead.
    """

    place: Place
    expected: str
    answered: Answered


@frozen(kw_only=True, repr=False)
class Vacuous(Record):
    """An expectation that is met, but could not be broken: nothing here could give it.

    Attributes:
        expected: The author's words, on one line.
    """

    place: Place
    expected: str


@frozen(kw_only=True, repr=False)
class ExampleResult(Record):
    """One example, tried.

    Attributes:
        vacuous: The expectations that are met whatever the answer; the example still passes.
        diagnostics: Why the patient cannot be used.
        facts: What is known of the patient; None where they cannot be used.
        answer: What the guideline answers; None likewise.
    """

    example: Example = field(repr=False)
    place: Place
    trial: Trial
    unmet: tuple[Unmet, ...] = ()
    vacuous: tuple[Vacuous, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    facts: Facts | None = field(default=None, repr=False)
    answer: Recommendation | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The title that the author gave."""
        return self.example.title.text

    @property
    def expectations(self) -> int:
        """How many things are expected."""
        return len(self.example.expectations)
