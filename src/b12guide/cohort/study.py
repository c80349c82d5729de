"""The questions that a study asks of a guideline and a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

from attrs import evolve, field, frozen

from b12guide.cohort.burden import CohortBurden, burdens_of
from b12guide.cohort.carriers import unread
from b12guide.cohort.change import changed
from b12guide.cohort.cohort_advice import CohortAdvice, advice_of
from b12guide.cohort.decisive_facts import Hinges, hinges_of
from b12guide.cohort.frames import FrameKind, arrow_of, column_of, kind_of
from b12guide.cohort.options import Options
from b12guide.cohort.prevalence import Prevalence, prevalence_of
from b12guide.cohort.source import RowSource, source_of
from b12guide.cohort.two_guidelines import CohortComparison, compare_advice
from b12guide.errors import CohortError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.model import Loaded

_WHOLE = Options()


@frozen(slots=False, eq=False, kw_only=True)
class Study:
    """A cohort before a guideline. The guideline is asked once, and its advice is counted.

    Frames that come out are of the kind that came in.

    Attributes:
        patient: The column that names patients; None where they go by their rows.
        ids: That column as the caller's own frame has it; None where it is read with the others.
    """

    loaded: Loaded = field(repr=False)
    evaluator: Evaluator = field(repr=False)
    source: RowSource = field(repr=False)
    options: Options = field(repr=False)
    patient: str | None
    kind: FrameKind
    ids: Any = field(default=None, repr=False)

    @cached_property
    def advice(self) -> CohortAdvice:
        """The advice about each patient."""
        return advice_of(self.source.table(), self.evaluator, self.options)

    @cached_property
    def prevalence(self) -> Prevalence:
        """How often each rule has which verdict, and what each decision comes to.

        Raises:
            PatientError: A column cannot be used, or cells are implausible.
        """
        return prevalence_of(self.advice, self.evaluator.graph, self.kind)

    @cached_property
    def hinges(self) -> Hinges:
        """On which unknown facts the answers hinge, and which would settle most patients.

        Raises:
            PatientError: As for `prevalence`.
        """
        return hinges_of(self.advice, self.evaluator.graph, self.kind)

    @cached_property
    def burden(self) -> CohortBurden:
        """What the advised regimens ask in a year, in injections, visits and amounts.

        Raises:
            PatientError: As for `prevalence`.
        """
        return burdens_of(self.advice, self.evaluator, self.kind)

    def compare(self, other: HasEvaluator | Evaluator) -> CohortComparison:
        """Who is advised differently by another guideline.

        Args:
            other: A guideline that shares the vocabulary, or a good part of it; or its evaluator.

        Raises:
            CohortError: It is no guideline.
            PatientError: As for `prevalence`.
        """
        found = (
            other if isinstance(other, Evaluator) else getattr(other, "evaluator", 0)
        )
        if not isinstance(found, Evaluator):
            given = (
                f"`{other}`"
                if isinstance(other, str)
                else f"a `{type(other).__name__}`"
            )
            message = (
                f"{given} is no guideline to compare with; give one such as "
                '`b12guide.load("mecobalamin_im")`'
            )
            raise CohortError(message)
        return self._compared(self.source, found)

    def what_if(
        self, instead: Mapping[str, str] | None = None, without: Iterable[str] = ()
    ) -> CohortComparison:
        """Who is advised differently when the guideline is read otherwise.

        Args:
            instead: Conditions as the guideline writes them, with what is to be read instead,
                such as `{"egfr < 50 mL/min": "egfr < 45 mL/min"}`.
            without: Assumptions that are not made; what rests on them is then unknown.

        Raises:
            GuidelineError: A condition is not written in the language.
            UnknownNameError: The guideline has no such condition, or no such assumption.
            PatientError: As for `prevalence`.
        """
        new = changed(self.loaded, instead or {}, without)
        source = self.source.with_unknown(new.unknown)
        found = self._compared(source, Evaluator.of(new.graph))
        return evolve(found, change=new.change, unread=())

    def _compared(self, source: RowSource, other: Evaluator) -> CohortComparison:
        return compare_advice(
            source,
            (self.evaluator, other),
            self.options,
            self.kind,
            patient=self.patient,
            ids=self.ids,
        )


class HasEvaluator(Protocol):
    """What can be asked, as a guideline can."""

    @property
    def evaluator(self) -> Evaluator:
        """The compiled form."""


def study_of(
    loaded: Loaded,
    evaluator: Evaluator,
    frame: Any,
    options: Options,
    patient: str | None = None,
) -> Study:
    """The study of the patients of `frame`, which may be an opened file.

    Raises:
        CohortError: This kind of frame is not taken, or only a part of the advice is asked for.
    """
    for one in ("decisions", "verdicts_only", "verdicts", "questions", "names", "long"):
        if getattr(options, one) != getattr(_WHOLE, one):
            message = f"a study counts whole advice: leave out `{one}`"
            raise CohortError(message)
    name = "the cohort"
    is_file = isinstance(frame, RowSource)
    ids = None if patient is None or is_file else column_of(frame, patient)
    if patient is not None:
        others = tuple(one for one in options.keep if one != patient)
        options = (
            evolve(options, keep=(*others, patient))
            if ids is None
            else evolve(options, keep=others, ignore=(*options.ignore, patient))
        )
    is_unread = unread(evaluator, options)
    return Study(
        loaded=loaded,
        evaluator=evaluator,
        source=frame if is_file else source_of(arrow_of(frame, name, is_unread), name),
        options=options,
        patient=patient,
        kind=kind_of(frame),
        ids=ids,
    )
