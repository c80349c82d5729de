"""The questions that a study asks of a guideline and a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

import pyarrow as pa
from attrs import evolve, field, frozen

from b12guide.cohort.answer_codes import AnswerCodes
from b12guide.cohort.burden import CohortBurden, burdens_of
from b12guide.cohort.carriers import unread
from b12guide.cohort.change import changed
from b12guide.cohort.cohort_advice import CohortAdvice, advice_of
from b12guide.cohort.columns import subject_of
from b12guide.cohort.decisive_facts import Hinges, hinges_of
from b12guide.cohort.design import Design, DesignColumns, design_of
from b12guide.cohort.frames import FrameKind, arrow_of, column_of, kind_of, library_of
from b12guide.cohort.options import Options
from b12guide.cohort.prevalence import Prevalence, prevalence_of
from b12guide.cohort.shares import Sample
from b12guide.cohort.source import RowSource, source_of, without_unknown
from b12guide.cohort.two_guidelines import CohortComparison, compare_advice
from b12guide.errors import CohortError, UnknownNameError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.frozen import frozen_map
from b12guide.graph.model import Loaded
from b12guide.makers import maker
from b12guide.patient.fact_names import FactNames

_WHOLE = Options()


@frozen(slots=False, eq=False, kw_only=True)
class Study:
    """A cohort before a guideline. The guideline is asked once, and its advice is counted.

    Frames that come out are of the kind that came in.

    Attributes:
        patient: The column that names patients; None where they go by their rows.
        ids: That column as the caller's own frame has it; None where it is read with the others.
        own: The columns of the caller's own frame that are kept, by name.
        design: How the rows were drawn; None where they were simply counted.
        level: The level of the intervals.
    """

    loaded: Loaded = field(repr=False)
    evaluator: Evaluator = field(repr=False)
    source: RowSource = field(repr=False)
    options: Options = field(repr=False)
    patient: str | None
    kind: FrameKind
    ids: Any = field(default=None, repr=False)
    own: Mapping[str, Any] = field(factory=dict, converter=frozen_map, repr=False)
    design: Design | None = field(default=None, repr=False)
    level: float = 0.95

    @cached_property
    def advice(self) -> CohortAdvice:
        """The advice about each patient."""
        return advice_of(self.source.table(), self.evaluator, self.options)

    @cached_property
    def codes(self) -> AnswerCodes:
        """What is said to each patient, as numbers."""
        return AnswerCodes.of(self.advice, self.evaluator.graph)

    @cached_property
    def sample(self) -> Sample:
        """The rows, and how they were drawn."""
        return Sample.of(self.codes.rows, self.design, self.level)

    @cached_property
    def prevalence(self) -> Prevalence:
        """How often each rule has which verdict, and what each decision comes to.

        Raises:
            PatientError: A column cannot be used, or cells are implausible.
        """
        return prevalence_of(self.codes, self.sample, self.kind)

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

    def column(self, name: str) -> Any:
        """A column of the cohort as Arrow has it, whatever it holds.

        Raises:
            CohortError: It cannot be read.
            UnknownNameError: There is no such column, or it was neither a fact nor kept.
        """
        if name in self.own:
            return arrow_of(self.own[name].to_frame(), self.source.name).column(0)
        if name not in self.source.schema.names:
            what = "column of the cohort"
            raise UnknownNameError(what, name, self.source.schema.names)
        found = pa.Table.from_batches(self.source.batches([name])).column(0)
        return without_unknown(found) if self.source.is_text else found

    def regimens(self, regimens: Any = None, **how: Any) -> Any:
        """What the guideline recommends to each patient, over years; and other regimens beside it.

        Args:
            regimens: Regimens; for each it is counted to how many patients the guideline advises
                it, for how many that is open, and for how many the guideline is silent.
            how: `years`, `loading`, `loading_weeks`, `adherence`, `cost`, `discount`, `people`,
                `seed`, as for `b12guide.regimens.compare`.

        Raises:
            ArgumentError: As for `b12guide.regimens.compare`.
            DosageError: As for `b12guide.regimens.compare`.
            PatientError: As for `prevalence`.
        """
        return maker("regimens").regimens_of_study(self, regimens, **how)

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


def study_of(  # noqa: PLR0913 -- a guideline, patients, and how these were drawn
    loaded: Loaded,
    evaluator: Evaluator,
    frame: Any,
    options: Options,
    patient: str | None = None,
    *,
    design: DesignColumns | None = None,
    level: float = 0.95,
) -> Study:
    """The study of the patients of `frame`, which may be an opened file.

    Raises:
        ArgumentError: An interval cannot have such a level.
        CohortError: This kind of frame is not taken, only a part of the advice is asked for, or
            the columns of the design describe none.
        UnknownNameError: The frame lacks a column of the design.
    """
    for one in ("decisions", "verdicts_only", "verdicts", "questions", "names", "long"):
        if getattr(options, one) != getattr(_WHOLE, one):
            message = f"a study counts whole advice: leave out `{one}`"
            raise CohortError(message)
    Sample.of(0, None, level)
    name = "the cohort"
    is_file = isinstance(frame, RowSource)
    if library_of(frame) == "polars.LazyFrame":
        frame = frame.collect()
    ids = None if patient is None or is_file else column_of(frame, patient)
    if patient is not None:
        others = tuple(one for one in options.keep if one != patient)
        options = (
            evolve(options, keep=(*others, patient))
            if ids is None
            else evolve(options, keep=others, ignore=(*options.ignore, patient))
        )
    drawn = design or DesignColumns()
    names = FactNames(evaluator.graph)
    no_facts = [n for n in drawn.names if subject_of(n, names) is None]
    no_facts = [n for n in no_facts if n not in options.keep]
    options = evolve(options, ignore=(*options.ignore, *no_facts))
    is_unread = unread(evaluator, options)
    kept = () if is_file else (*options.keep, *drawn.names)
    own = {one: column_of(frame, one) for one in kept}
    study = Study(
        loaded=loaded,
        evaluator=evaluator,
        source=frame if is_file else source_of(arrow_of(frame, name, is_unread), name),
        options=options,
        patient=patient,
        kind=kind_of(frame),
        ids=ids,
        own={one: column for one, column in own.items() if column is not None},
        level=level,
    )
    if not drawn.names:
        return study
    read = {one: study.column(one) for one in drawn.names}
    rows = len(next(iter(read.values())))
    return evolve(study, design=design_of(drawn, read, rows))
