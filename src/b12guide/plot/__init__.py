"""Charts of timelines, regimens, courses, cohorts and their audits, made with Altair.

Each function returns a chart that can be shown, changed and saved as any chart of Altair; its
`description` tells in words what it shows. They need the extra `plot`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from b12guide.extras import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from b12guide.cohort.audits import CohortAudit
    from b12guide.cohort.prevalence import Prevalence
    from b12guide.cohort.subgroups import Subgroups
    from b12guide.course.model import Course
    from b12guide.course.published_report import PublishedReport
    from b12guide.graph.model import RuleGraph
    from b12guide.regimens.comparison import RegimenComparison
    from b12guide.timeline.model import Timeline

__all__ = [
    "adherence",
    "adherence_over_time",
    "course",
    "flow",
    "intervals",
    "prevalence",
    "published",
    "regimens",
    "subgroups",
    "timeline",
]


def adherence(audit: CohortAudit) -> Any:
    """How each rule was kept by the patients to whom it applied, the worst kept first.

    Each patient stands where the gravest finding of the rule puts them. Those without a finding
    and without a record to judge by are a part of their own; those for whom it is not known whether
    the rule applied are counted beside the bar.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    pictures = load("b12guide.show.cohort_pictures", extra="cohort")
    return charts.painted(pictures.adherence_drawing(audit))


def adherence_over_time(audit: CohortAudit, rule: str) -> Any:
    """How many patients kept a rule in each interval of their follow-up.

    A column is an interval; its parts are shares of the patients to whom the rule applied in it,
    or may have, and how many these are stands below. `Guideline.audit_cohort` has intervals where
    it was asked for them (`periods="1 month"`).

    Args:
        audit: The cohort.
        rule: The name of a rule that has intervals, such as `maintenance_standard`.

    Raises:
        CohortError: The audit was made without intervals.
        UnknownNameError: The rule has none.
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    pictures = load("b12guide.show.period_pictures", extra="cohort")
    return charts.painted(pictures.periods_drawing(audit, rule))


def course(found: Course) -> Any:
    """The level in serum and the store under a regimen, as bands, with the days of doses.

    Half of the people lie in the darker band, nine of ten in the lighter. Serum goes by powers of
    ten, and "serum is not store" stands below.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    picture = load("b12guide.show.course_svg", extra="plot")
    return charts.painted(picture.course_drawing(found))


def flow(advice: Any, graph: RuleGraph) -> Any:
    """How many patients of a cohort each decision is determined for, and what the others lack.

    Args:
        advice: What `Guideline.cohort` answered about them, as any kind of frame.
        graph: The guideline that was asked.

    Raises:
        UnknownNameError: The advice lacks a column; in the long form it does.
        MissingExtraError: The extra `plot` or `cohort` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    pictures = load("b12guide.show.cohort_pictures", extra="cohort")
    return charts.painted(pictures.flow_drawing(advice, graph))


def intervals(audit: CohortAudit, rule: str, *, loading: bool | None = None) -> Any:
    """The days between doses while a rule applied, with the range that it advises as a band.

    Args:
        audit: The cohort.
        rule: The name of a rule that says how often, such as `maintenance_standard`.
        loading: Whether only gaps inside loading courses are meant, or only others; both if None.

    Raises:
        UnknownNameError: No rule of that name advises an interval.
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    return charts.gaps_chart(audit, rule, loading=loading)


def prevalence(found: Prevalence, rules: str | Iterable[str] = ()) -> Any:
    """To which share of a cohort each rule applies, with intervals and bounds.

    A dot is the share and the band around it its interval. A hollow diamond is the share if the
    rule applied to all for whom that is not known, and dashes go on to the upper limit of that.
    Rules that apply to nobody, whatever is unknown, are counted in the head.

    Args:
        found: What `Study.prevalence` counted.
        rules: The names of rules, if only some are to be drawn.

    Raises:
        ArgumentError: `rules` are no names.
        UnknownNameError: There is no rule of such a name.
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    pictures = load("b12guide.show.share_pictures", extra="cohort")
    return charts.painted(pictures.prevalence_shares(found, rules))


def published(report: PublishedReport) -> Any:
    """Published numbers beside the intervals that the simulator predicts, misses first.

    Each is drawn over what is typically predicted, on a scale of powers: 1 is just right. A red
    diamond is outside its interval.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    page = load("b12guide.show.published_page", extra="cohort")
    return charts.painted(page.published_drawing(report))


def regimens(comparison: RegimenComparison) -> Any:
    """What regimens ask, cost and come to over years, side by side.

    A bar is filled to the fewest, and hollow from there to the most. A cost that is not known has
    no bar.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    picture = load("b12guide.show.regimens_picture", extra="plot")
    return charts.painted(picture.comparison_drawing(comparison))


def subgroups(found: Subgroups, rule: str) -> Any:
    """To which share of each part of a cohort a rule applies, drawn as by `prevalence`.

    Args:
        found: What `Study.by` counted.
        rule: The name of a rule, such as `renal_form`.

    Raises:
        UnknownNameError: There is no such rule.
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    pictures = load("b12guide.show.share_pictures", extra="cohort")
    return charts.painted(pictures.subgroup_shares(found, rule))


def timeline(timeline: Timeline) -> Any:
    """The doses, tests and decisions of a timeline on their days.

    A bar is a range of days. What an event may still change is hollow, and an arrow says that it
    goes on.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    charts = load("b12guide.plot.charts", extra="plot")
    picture = load("b12guide.show.timeline_svg", extra="plot")
    return charts.painted(picture.timeline_drawing(timeline))
