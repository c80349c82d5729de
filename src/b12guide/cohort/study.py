"""The questions that a study asks of a guideline and a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import pyarrow as pa
from attrs import evolve, field, frozen

from b12guide.arguments import keywords, keywords_of
from b12guide.arguments import names as names_in
from b12guide.cohort.answer_codes import AnswerCodes
from b12guide.cohort.burden import CohortBurden, burdens_of
from b12guide.cohort.carriers import unread
from b12guide.cohort.change import changed, read_conditions
from b12guide.cohort.cohort_advice import CohortAdvice, advice_of
from b12guide.cohort.columns import subject_of
from b12guide.cohort.decisive_facts import Hinges, hinges_of
from b12guide.cohort.design import Design, DesignColumns, design_of
from b12guide.cohort.frames import FrameKind, arrow_of, column_of, kind_of, library_of
from b12guide.cohort.measured import (
    Cutoff,
    MeasureCounts,
    counts_of_measures,
    cutoffs_from,
    own_cutoffs,
)
from b12guide.cohort.options import Options
from b12guide.cohort.prevalence import Prevalence, prevalence_of
from b12guide.cohort.row_values import (
    RowValues,
    cut_conditions,
    cut_measure,
    cut_numbers,
    fact_rows,
    facts_there,
    is_numeric,
    kept_numbers,
    kept_values,
)
from b12guide.cohort.shares import Sample
from b12guide.cohort.source import RowSource, source_of, without_unknown
from b12guide.cohort.subgroups import (
    Grouping,
    Subgroups,
    cuts_from,
    grouping_of,
    subgroups_of,
)
from b12guide.cohort.table_one import TableOne, table_one_of
from b12guide.cohort.two_guidelines import CohortComparison, compare_advice
from b12guide.errors import CohortError, UnknownNameError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.frozen import frozen_map
from b12guide.graph.model import Fact, Loaded
from b12guide.makers import maker
from b12guide.patient.fact_names import FactNames
from b12guide.text import Text
from b12guide.values.term import Kind

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
        rows = self.advice.rows if self.design is None else len(self.design.weights)
        return Sample.of(rows, self.design, self.level)

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
        return hinges_of(self.advice, self.evaluator.graph, self.sample, self.kind)

    @cached_property
    def burden(self) -> CohortBurden:
        """What the advised regimens ask in a year, in injections, visits and amounts.

        Raises:
            PatientError: As for `prevalence`.
        """
        return burdens_of(self.advice, self.evaluator, self.sample, self.kind)

    def by(
        self,
        columns: str | Iterable[str],
        cuts: Mapping[str, Sequence[float | str]] | None = None,
    ) -> Subgroups:
        """How often each answer was given in each part of the cohort.

        Args:
            columns: The column that makes the parts, or several: facts, or columns that are kept.
            cuts: Where numbers are cut, such as `{"age": [18, 65]}`, in the unit of the measure
                or with one of their own (`"50 mL/min"`). A number belongs to the part that it
                begins.

        Raises:
            ArgumentError: `cuts` are no rising numbers, or of a column that makes no parts.
            CohortError: A column has no parts: it holds numbers that are not cut, or too many
                different values.
            GuidelineError: A cut is not in a unit of its measure.
            UnknownNameError: There is no such column.
            PatientError: As for `prevalence`.
        """
        grouping = self.grouping(columns, cuts)
        return subgroups_of(self.codes, self.sample, self.kind, grouping)

    def measures(
        self,
        cutoffs: Mapping[str, str | Iterable[str]] | None = None,
        *,
        by: str | Iterable[str] = (),
        cuts: Mapping[str, Sequence[float | str]] | None = None,
    ) -> MeasureCounts:
        """What is known of the measures, and how many lie beyond which cut-off.

        Args:
            cutoffs: Cut-offs beside those of the guideline, with their units:
                `{"serum_b12": ["< 148 pmol/L", "148 to 221 pmol/L"]}`; both ends belong to a range.
            by: Columns that make parts of the cohort, as for `by`.
            cuts: As for `by`.

        Raises:
            ArgumentError: `cutoffs` are no mapping of measures to texts, or as for `by`.
            CohortError: A text is no cut-off.
            GuidelineError: A cut-off is not in a unit of its measure.
            UnknownNameError: There is no such measure, or no such column.
            PatientError: As for `prevalence`.
        """
        graph, found = self.evaluator.graph, self.advice
        grouping = self.grouping(by, cuts) if by else None
        if grouping is None:
            cuts_from(cuts, ())
        asked = cutoffs_from(cutoffs, graph)
        texts = [
            Text(f'cutoffs["{name}"]', text, is_rendered=True) for name, text in asked
        ]
        read = read_conditions(self.loaded, texts, in_any_unit=True)
        there = facts_there(found, self.evaluator)
        facts = graph.vocabulary.facts
        names = [
            name
            for name, fact in facts.items()
            if fact.kind is Kind.MEASURE and (name in there or name in dict(asked))
        ]
        absent = [name for name in names if name not in there]
        if absent:
            message = (
                f"nothing is known of `{absent[0]}` in this cohort: it has no column, is not "
                "assumed, and cannot be worked out"
            )
            raise CohortError(message)
        several = [
            *own_cutoffs(graph, names),
            *(
                Cutoff(fact=name, text=text, condition=condition)
                for (name, text), condition in zip(asked, read, strict=True)
            ),
        ]
        several.sort(key=lambda one: names.index(one.fact))
        rows = fact_rows(
            found, self.evaluator, names, [one.condition for one in several]
        )
        return counts_of_measures(
            graph,
            rows,
            several,
            self.sample,
            grouping,
            kind=self.kind,
            assumed=found.assumptions,
        )

    def table_one(
        self,
        columns: str | Iterable[str] | None = None,
        *,
        by: str | Iterable[str] = (),
        cuts: Mapping[str, Sequence[float | str]] | None = None,
    ) -> TableOne:
        """Who the patients are, and how groups of them differ: Table 1 of a report.

        Args:
            columns: Facts or columns that are kept; all facts that the cohort has if None.
            by: Columns that make the groups, as for `by`.
            cuts: Where numbers are cut, as for `by`: in the columns of the groups, and in others
                that are to be shown by level.

        Raises:
            ArgumentError: `cuts` are no rising numbers, or of a column that is not shown.
            CohortError: A column has too many different values.
            UnknownNameError: There is no such column.
            PatientError: As for `prevalence`.
        """
        found = self.advice
        groups = names_in(by, "by")
        if columns is None:
            there = facts_there(found, self.evaluator)
            asked = tuple(name for name in there if name not in groups)
        else:
            asked = names_in(columns, "columns")
        bounds = cuts_from(cuts, (*asked, *groups))
        return table_one_of(
            self.evaluator.graph,
            [self._values(name, bounds) for name in asked],
            self.sample,
            self._grouping(groups, bounds) if groups else None,
            kind=self.kind,
            assumed=found.assumptions,
        )

    def grouping(
        self,
        columns: str | Iterable[str],
        cuts: Mapping[str, Sequence[float | str]] | None = None,
    ) -> Grouping:
        """The parts that some columns make of the cohort.

        Raises:
            ArgumentError: `cuts` are no rising numbers, or are of another column.
            CohortError: A column has no parts.
            UnknownNameError: There is no such column.
        """
        asked = names_in(columns, "by")
        if not asked:
            message = "`by` names no column"
            raise CohortError(message)
        return self._grouping(asked, cuts_from(cuts, asked))

    def _grouping(
        self, asked: Sequence[str], bounds: Mapping[str, tuple[Any, ...]]
    ) -> Grouping:
        """The parts that columns make, cut where numbers are cut."""
        found = []
        for name in asked:
            values = self._values(name, bounds)
            if values.numbers is not None:
                message = (
                    f"`{name}` is a number; say where it is to be cut, such as "
                    f'`cuts={{"{name}": [18, 65]}}`'
                )
                raise CohortError(message)
            found.append(values)
        return grouping_of(found)

    def _values(self, name: str, cuts: Mapping[str, tuple[Any, ...]]) -> RowValues:
        """What the cohort says of everybody in one respect; levels, where it is cut."""
        fact = self._fact(name)
        if fact is None:
            column = self.column(name)
            if name in cuts:
                return cut_numbers(kept_numbers(name, column), cuts[name])
            if is_numeric(column):
                return kept_numbers(name, column)
            return kept_values(name, column)
        if name not in cuts:
            return fact_rows(self.advice, self.evaluator, [fact.name]).values[fact.name]
        texts = [
            Text(f'cuts["{name}"]', text, is_rendered=True)
            for text in cut_conditions(fact, cuts[name])
        ]
        conditions = read_conditions(self.loaded, texts, in_any_unit=True)
        rows = fact_rows(self.advice, self.evaluator, [fact.name], conditions)
        return cut_measure(rows, fact, conditions, cuts[name])

    def _fact(self, name: str) -> Fact | None:
        """The fact that a column of the cohort holds, by its own name or by that of the column.

        Raises:
            UnknownNameError: It is a fact of which the cohort knows nothing.
        """
        columns = {one.name: one.subject.name for one in self.advice.columns}
        facts = self.evaluator.graph.vocabulary.facts
        there = facts_there(self.advice, self.evaluator)
        named = columns.get(name, name)
        if named in there and named in facts:
            return facts[named]
        if name not in self.own and name not in self.source.schema.names:
            what = "fact or column of the cohort"
            known = (*there, *self.own, *self.source.schema.names)
            raise UnknownNameError(what, name, dict.fromkeys(known))
        return None

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
            ArgumentError: `instead` is no mapping of conditions to conditions.
            GuidelineError: A condition is not written in the language.
            UnknownNameError: The guideline has no such condition, or no such assumption.
            PatientError: As for `prevalence`.
        """
        new = changed(self.loaded, instead, without)
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
                `seed`, `levels`, as for `b12guide.regimens.compare`.

        Raises:
            ArgumentError: As for `b12guide.regimens.compare`.
            DosageError: As for `b12guide.regimens.compare`.
            UnknownNameError: As for `b12guide.regimens.compare`, or there is no such argument.
            PatientError: As for `prevalence`.
        """
        asked = maker("regimens").regimens_of_study
        keywords(how, "regimens", keywords_of(asked))
        return asked(self, regimens, **how)

    def simulate(self, **known: Any) -> Any:
        """What comes of the advice in serum and store: a course for each group advised the same.

        Serum is not store. Groups whose regimen is open are not simulated, and are counted, in the
        `b12guide.course.of_cohort.CohortCourses` that this gives.

        Args:
            known: `years`, `drug`, `intrinsic_factor`, `serum`, `store`, `people` (for each group),
                `seed`, `loading_weeks`, `parameters`, as for `b12guide.course.simulate`.

        Raises:
            ArgumentError: As for `b12guide.course.simulate`.
            UnknownNameError: As for `b12guide.course.simulate`.
            PatientError: As for `prevalence`.
        """
        return maker("course").courses_of_study(self, **known)

    def _compared(self, source: RowSource, other: Evaluator) -> CohortComparison:
        return compare_advice(
            source,
            (self.evaluator, other),
            self.options,
            self.kind,
            patient=self.patient,
            ids=self.ids,
            sample=None if self.design is None else self.sample,
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
