"""The courses of a cohort: one for each group of patients who are advised the same.

What is not settled is not simulated; it is counted, with what keeps it from having a course.
Nobody's own level of serum is used: the people of each group are made up, as everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import fill
from typing import Any

from attrs import evolve, frozen

from b12guide.cohort.burden import AdvisedAlike, advised_alike
from b12guide.cohort.frames import frame_of, kind_named
from b12guide.cohort.shares import Sampling
from b12guide.cohort.study import Study
from b12guide.course.frames import TYPES, CourseRow, rows_for
from b12guide.course.model import Course
from b12guide.course.notice import SERUM_IS_NOT_STORE, limits
from b12guide.course.simulation import simulated
from b12guide.errors import DosageError
from b12guide.frozen import Record
from b12guide.graph.model import Decision, RuleGraph, Status
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.words import plural

__all__ = ["CohortCourses", "GroupCourse", "courses_of_study"]

_ASKED = (Decision.LOADING, Decision.MAINTENANCE, Decision.FORM)


@frozen(kw_only=True, repr=False)
class GroupCourse(Record):
    """Patients who are advised the same, and what comes of it.

    Attributes:
        patients: How many they are.
        advice: What they are advised, in English; empty without a regimen.
        course: What comes of it; None where nothing was simulated.
        why: Why nothing was; empty where something was.
    """

    patients: int
    advice: str
    course: Course | None = None
    why: str = ""


@frozen(kw_only=True, repr=False)
class CohortCourses(Record):
    """What comes of the advice of a guideline to the patients of a cohort.

    Attributes:
        patients: How many there are; rows of no weight are not counted.
        groups: Those who are advised the same together, the largest first.
        kind: The kind of frame that `to_frame` gives: that of the cohort.
        notice: That serum is not store.
        sampling: How the rows were drawn; None where they were simply counted.
    """

    graph: RuleGraph
    patients: int
    groups: tuple[GroupCourse, ...]
    kind: str
    notice: str = SERUM_IS_NOT_STORE
    sampling: Sampling | None = None

    @property
    def simulated(self) -> int:
        """The patients whose regimen has a course."""
        return sum(one.patients for one in self.groups if one.course is not None)

    @property
    def left_out(self) -> int:
        """The patients who have none."""
        return self.patients - self.simulated

    def to_frame(self, kind: str | None = None) -> Any:
        """One row for each group, day and quantity, with the patients of the group.

        Args:
            kind: `pandas`, `polars` or `pyarrow`; that of the cohort if left out.

        Raises:
            UnknownNameError: There is no such kind of frame.
            ArgumentError: Its package is not installed.
        """
        rows = [
            GroupRow(group=number, patients=one.patients, advice=one.advice, **row)
            for number, one in enumerate(self.groups, start=1)
            if one.course is not None
            for row in rows_for(one.course)
        ]
        return frame_of(rows, GroupRow, _TYPES, kind_named(kind or self.kind))

    def to_text(self, width: int = 80) -> str:
        """The groups with their courses in short, those without one, and the notices."""
        status = f"{self.graph.status.value}, not approved"
        drawn = self.sampling
        lines = [
            "The course of vitamin B12 in the patients of a cohort",
            f"Guideline  {self.graph.title} {self.graph.version}"
            + ("" if self.graph.status is Status.APPROVED else f" ({status})"),
            f"Patients   {self.patients:,}; {self.simulated:,} with a course",
            *([] if drawn is None else [f"Counted    {drawn.rows_text}"]),
            self.notice,
            EDUCATION_NOTICE,
        ]
        for one in self.groups:
            people = plural(f"{one.patients:,}", "patient")
            lines += ["", f"{people}: {one.advice.replace('_', ' ') or 'no regimen'}"]
            lines += [f"  {said}" for said in _said(one)]
        lines += ["", *limits()]
        return "".join(
            f"{fill(line, width, subsequent_indent='    ')}\n" for line in lines
        )


def _said(one: GroupCourse) -> Iterator[str]:
    """What comes of the advice to a group at the end, or why nothing was simulated."""
    if one.course is None:
        yield f"not simulated: {one.why}"
        return
    end = one.course.at(one.course.days[-1])
    for name, level in (("serum", end.serum), ("store", end.store)):
        yield (
            f"day {end.day}, {name}: half have less than {_three(level.median)} {level.unit}; "
            f"nine of ten {_three(level.p5)} to {_three(level.p95)}"
        )


def _three(value: float) -> str:
    """A number with three figures that count."""
    return f"{float(f'{value:.3g}'):,.10g}"


@frozen(kw_only=True)
class GroupRow(CourseRow):
    """One row of the courses of a cohort as a frame."""

    group: int
    patients: int
    advice: str


_TYPES = {**TYPES, "advice": TYPES["quantity"]}


def courses_of_study(
    study: Study, *, drug: str | None = None, people: int = 200, **known: Any
) -> CohortCourses:
    """What comes of what a guideline advises to each patient of a study.

    Args:
        study: The cohort before the guideline.
        drug: The form, where the advice names several and prefers none.
        people: How many people are made up for each group.
        known: `years`, `intrinsic_factor`, `serum`, `store`, `seed`, `loading_weeks`,
            `parameters`, as for `b12guide.course.simulate`.

    Raises:
        ArgumentError: As for `b12guide.course.simulate`.
        UnknownNameError: As for `b12guide.course.simulate`.
        PatientError: The cohort cannot be used.
    """
    graph = study.evaluator.graph
    patients: Counter[tuple[Any, ...]] = Counter()
    alike: dict[tuple[Any, ...], AdvisedAlike] = {}
    for one in advised_alike(study.advice, study.evaluator, study.sample, _ASKED):
        key = (one.settled, one.loading, one.maintenance, one.answer.form.preferred)
        alike.setdefault(key, one)
        patients[key] += one.patients
    found = [
        evolve(
            _course_of(one, drug, {"people": people, **known}, graph),
            patients=patients[key],
        )
        for key, one in alike.items()
    ]
    found.sort(key=lambda group: (-group.patients, group.advice, group.why))
    return CohortCourses(
        graph=graph,
        patients=study.sample.rows,
        groups=tuple(found),
        kind=study.kind,
        sampling=study.sample.drawn,
    )


def _course_of(
    one: AdvisedAlike, drug: str | None, known: dict[str, Any], graph: RuleGraph
) -> GroupCourse:
    said = [text for text in (one.loading, one.maintenance) if text]
    group = GroupCourse(patients=one.patients, advice=", then ".join(said))
    pairs = [pair for pair in one.pairs if pair != (None, None)]
    if not one.settled:
        return evolve(group, why="what is advised is not settled")
    if not pairs:
        return evolve(group, why="no regimen is advised")
    if len(pairs) > 1:
        return evolve(group, why=f"{len(pairs)} regimens to choose from are advised")
    try:
        course = simulated(
            pairs[0], drug=drug, preferred=one.answer.form.preferred, **known
        )
    except DosageError as error:
        return evolve(group, why=str(error))
    return evolve(group, course=evolve(course, graph=graph))
