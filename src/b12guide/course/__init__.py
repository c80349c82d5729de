"""The course of vitamin B12 in serum and store under a regimen, in people made up by ranges.

>>> from b12guide import course
>>> found = course.simulate(
...     "1000 µg hydroxocobalamin IM every 2 months", years=1, people=100
... )
>>> found.at("60 d").serum.unit
'pg/mL'
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from b12guide.course.model import Bands, Course, DosingDay, Level, Moment, UsedRange
from b12guide.course.model_misfit import ModelMisfit, misfit
from b12guide.course.notice import LIMITS, SERUM_IS_NOT_STORE
from b12guide.course.parameters import Parameter, Parameters, parameters
from b12guide.extras import load
from b12guide.regimen.model import Regimen

if TYPE_CHECKING:
    from b12guide.cohort.study import Study
    from b12guide.course.of_cohort import CohortCourses
    from b12guide.course.published_report import PublishedReport
    from b12guide.timeline.model import Timeline

__all__ = [
    "LIMITS",
    "SERUM_IS_NOT_STORE",
    "Bands",
    "Course",
    "DosingDay",
    "Level",
    "ModelMisfit",
    "Moment",
    "Parameter",
    "Parameters",
    "UsedRange",
    "course_of_timeline",
    "courses_of_study",
    "misfit",
    "parameters",
    "published",
    "simulate",
]


def simulate(  # noqa: PLR0913 -- one argument for each thing that may be known
    regimen: Regimen | str,
    *,
    years: float = 5,
    loading: Regimen | str | None = None,
    drug: str | None = None,
    intrinsic_factor: bool | None = None,
    serum: str | float | tuple[str | float, str | float] | None = None,
    store: str | float | tuple[str | float, str | float] | None = None,
    people: int = 1000,
    seed: int = 0,
    loading_weeks: float | tuple[float, float] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Course:
    """The course of a regimen in people made up from published ranges.

    Args:
        regimen: What is given, as data or in English.
        years: How long, from the first dose.
        loading: What comes before it.
        drug: The form of B12, where the regimen names none or several.
        intrinsic_factor: Whether there is any; None where it is not known, and then every other
            person has it.
        serum: The level at the start, such as `"120 pg/mL"`, or a pair; deficient if left out.
        store: The store at the start, such as `("0.3 mg", "0.6 mg")`.
        people: How many people are made up.
        seed: For the same people each time.
        loading_weeks: How many weeks a phase takes that ends with an event, or that says no end
            where another follows, as a number or from how many to how many.
        parameters: Further ranges of `b12guide.course.parameters()` that are replaced, by name.

    Raises:
        DosageError: The regimen leaves open what has to be known, or cannot be read.
        ArgumentError: An argument is of a kind that is not taken, or a range cannot be.
        UnknownNameError: A range is of no parameter.
        MissingExtraError: The extra `cohort` is not installed.
    """
    simulation = load("b12guide.course.simulation", extra="cohort")
    found: Course = simulation.simulated(
        (loading, regimen),
        years=years,
        drug=drug,
        intrinsic_factor=intrinsic_factor,
        serum=serum,
        store=store,
        people=people,
        seed=seed,
        loading_weeks=loading_weeks,
        parameters=parameters,
    )
    return found


def course_of_timeline(timeline: Timeline, **known: Any) -> Course:
    """The course of the dated doses of a timeline: `Timeline.simulate`.

    Raises:
        DosageError: No dose of it has a day that is settled; the message says what would help.
        ArgumentError: As for `simulate`.
        UnknownNameError: As for `simulate`.
        MissingExtraError: The extra `cohort` is not installed.
    """
    dated = load("b12guide.course.dated", extra="cohort")
    found: Course = dated.course_of_timeline(timeline, **known)
    return found


def courses_of_study(study: Study, **known: Any) -> CohortCourses:
    """What comes of what a guideline advises to the patients of a study: `Study.simulate`.

    Raises:
        ArgumentError: As for `simulate`.
        UnknownNameError: As for `simulate`.
        PatientError: The cohort cannot be used.
    """
    of_cohort = load("b12guide.course.of_cohort", extra="cohort")
    found: CohortCourses = of_cohort.courses_of_study(study, **known)
    return found


def published(
    *, people: int | None = None, seed: int = 0, trials_file: str | Path | None = None
) -> PublishedReport:
    """Every published number of people after known doses, beside what is predicted for them.

    Args:
        people: How many people are made up for each arm of a study; 400 if left out.
        seed: For the same people each time.
        trials_file: A file of published numbers of your own, in place of the one that ships.

    Raises:
        ArgumentError: A number is none.
        SettingsError: The file cannot be used.
        UnknownNameError: The file has a form or route that is not simulated.
        MissingExtraError: The extra `cohort` is not installed.
    """
    report = load("b12guide.course.published_report", extra="cohort")
    number = report.PEOPLE if people is None else people
    found: PublishedReport = report.published(
        people=number, seed=seed, trials_file=trials_file
    )
    return found
