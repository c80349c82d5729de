"""The courses of a cohort: one for each group of patients who are advised the same.

What is not settled is not simulated; it is counted, with what keeps it from having a course.
Nobody's own level of serum is used: the people of each group are made up, as everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.arguments import instance, keywords
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.burden import AdvisedAlike, advised_alike
from b12guide.cohort.frames import FrameKind, frame_of, kind_named
from b12guide.cohort.shares import Sampling
from b12guide.cohort.study import Study
from b12guide.course.frames import TYPES, CourseRow, rows_for
from b12guide.course.model import Course
from b12guide.course.notice import SERUM_IS_NOT_STORE, limits
from b12guide.course.plan import form_named
from b12guide.course.simulation import simulated
from b12guide.errors import DosageError
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Decision, RuleGraph

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
class CohortCourses(Answer, Record):
    """What comes of the advice of a guideline to the patients of a cohort.

    Attributes:
        patients: How many there are; rows of no weight are not counted.
        groups: Those who are advised the same together, the largest first.
        kind: The kind of frame that `to_frame` gives: that of the cohort.
        assumed: What was assumed of patients for whom it is not known.
        sampling: How the rows were drawn; None where they were simply counted.
        notice: That serum is not store.
        limits: What the model cannot tell, and how far off it is.
    """

    graph: RuleGraph = field(repr=False)
    patients: int
    groups: tuple[GroupCourse, ...] = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)
    sampling: Sampling | None = field(default=None, repr=False)
    notice: str = field(default=SERUM_IS_NOT_STORE, repr=False)
    limits: tuple[str, ...] = field(factory=limits, repr=False)

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
        rows = list(rows_of(self))
        return frame_of(rows, GroupRow, _TYPES, kind_named(kind or self.kind))


@frozen(kw_only=True)
class GroupRow(CourseRow):
    """One row of the courses of a cohort as a frame."""

    group: int
    patients: int
    advice: str


_TYPES = {**TYPES, "advice": TYPES["quantity"]}


def rows_of(courses: CohortCourses) -> Iterator[GroupRow]:
    """One row for each group, day and quantity, with the patients of the group."""
    for number, one in enumerate(courses.groups, start=1):
        if one.course is not None:
            for row in rows_for(one.course):
                yield GroupRow(
                    group=number, patients=one.patients, advice=one.advice, **row
                )


_KNOWN = (
    *("years", "intrinsic_factor", "serum", "store", "seed", "loading_weeks"),
    "parameters",
)


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
        DosageError: No numbers are published of `drug`.
        UnknownNameError: As for `b12guide.course.simulate`, or there is no such argument.
        PatientError: The cohort cannot be used.
    """
    keywords(known, "simulate", ("drug", "people", *_KNOWN))
    if drug is not None:
        form_named(instance(drug, str, "drug", "the name of a form of B12"))
    graph = study.evaluator.graph
    patients: Counter[tuple[Any, ...]] = Counter()
    alike: dict[tuple[Any, ...], AdvisedAlike] = {}
    several, _ = advised_alike(study.advice, study.evaluator, study.sample, _ASKED)
    for one in several:
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
        assumed=study.advice.assumptions,
        sampling=study.sample.drawn,
    )


def _course_of(
    one: AdvisedAlike, drug: str | None, known: dict[str, Any], graph: RuleGraph
) -> GroupCourse:
    group = GroupCourse(patients=one.patients, advice=one.said)
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
