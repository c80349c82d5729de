"""Five tests that could have shown the simulator to be wrong, read off the report.

Nothing is decided beforehand: of a model that does not pass, it says so. What each needs stands in
the file of published numbers; a file without those studies has fewer tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum

from attrs import frozen

from b12guide.course.held_point import HeldPoint, Hit
from b12guide.course.parameters import parameters
from b12guide.course.published_report import PublishedReport
from b12guide.frozen import Record


class Upheld(Enum):
    """Whether the model passes."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "depends on the person"


@frozen(kw_only=True, repr=False)
class Falsification(Record):
    """One test, and what the report says of it."""

    title: str
    outcome: Upheld
    words: str


def falsifications(report: PublishedReport) -> tuple[Falsification, ...]:
    """What the report says of each test that it has the numbers for."""
    found = []
    for test in _TESTS:
        try:
            found.append(test(report))
        except KeyError:  # the file has no such study
            continue
    return tuple(found)


def serum_is_not_store(report: PublishedReport) -> Falsification:
    """Serum at 4 months is higher after tablets than after injections, with as much retained."""
    apart = report.find("kuzminski_oral", "serum difference", 119)
    arms = ("kuzminski_oral", "kuzminski_im")
    tablets, injections = (report.find(arm, "serum", 119) for arm in arms)
    kept_oral, kept_im = (report.find(arm, "retained amount", 119) for arm in arms)
    alike = _is_alike(kept_oral, kept_im)
    outcome = _sign(apart)
    if outcome is Upheld.PASSED and not alike:
        outcome = Upheld.FAILED
    return Falsification(
        title="Serum is not proportional to the store (Kuzminski 1998)",
        outcome=outcome,
        words=f"Published: {tablets.point.low:g} {tablets.point.unit} after tablets and "
        f"{injections.point.low:g} after injections at 4 months, although about as much was "
        f"retained. Predicted: tablets less injections {_interval(apart)}; retained are "
        f"{_interval(kept_oral)} after tablets and {_interval(kept_im)} after injections.",
    )


def tablets_as_high_as_injections(report: PublishedReport) -> Falsification:
    """Levels at day 90 are alike, with a few percent of the amount retained after tablets."""
    tablets = report.find("bolaman_oral", "serum", 89)
    injections = report.find("bolaman_im", "serum", 89)
    hits = (tablets.hit, injections.hit)
    return Falsification(
        title="As high after few tablets as after injections (Bolaman 2003)",
        outcome=Upheld.PASSED if set(hits) == {Hit.INSIDE} else Upheld.FAILED,
        words=f"After tablets {_beside(tablets)}. After injections {_beside(injections)}. "
        f"{_cases(tablets)}",
    )


def absorbed_by_dose(report: PublishedReport) -> Falsification:
    """Of 1, 5 and 25 µg by mouth about 0.5, 1.0 and 1.25 µg are absorbed."""
    points = [report.find(f"adams_{dose}", "absorbed") for dose in (1, 5, 25)]
    return Falsification(
        title="Absorption saturates (Adams 1971; known before)",
        outcome=_all_inside(points),
        words=_said(points),
    )


def forms_differ(report: PublishedReport) -> Falsification:
    """Hydroxocobalamin is retained more, and seen longer, by about the same factor."""
    retained = report.find("glass_oh_1000", "retained ratio")
    serum = report.find("glass_oh_1000", "serum ratio", 14)
    return Falsification(
        title="Hydroxocobalamin over cyanocobalamin (Glass 1961; known before)",
        outcome=_all_inside([retained, serum]),
        words=f"Retained after 3 days: {_beside(retained)}. Serum after 2 to 4 weeks: "
        f"{_beside(serum)}.",
    )


def slow_loss(report: PublishedReport) -> Falsification:
    """The range of the loss has room for both answers of a source that contradicts itself."""
    seen = report.find("tracer", "half-time of the store")
    lost = report.find("tracer", "loss of the store")
    row = parameters()["store_loss"]
    low, high = (100 * end for end in row.ends)
    daily = (100 * math.log(2) / (seen.point.low or math.inf), lost.point.low or 0.0)
    both = all(low - _HAIR <= one <= high + _HAIR for one in daily)
    return Falsification(
        title="A source that contradicts itself is a range (tracer; known before)",
        outcome=Upheld.PASSED if both else Upheld.FAILED,
        words=f"The half-time that was seen is {seen.point.low:g} days, a loss of "
        f"{daily[0]:.3f} % a day; urine and faeces were measured to lose {daily[1]:g} %. The range "
        f"of the simulator is {row.text}, which {'has' if both else 'does not have'} room for "
        f"both. Half-times of 90 % of people are {_interval(seen)}.",
    )


_HAIR = 1e-6
"""In percent a day: what is lost in reckoning."""

_TESTS: tuple[Callable[[PublishedReport], Falsification], ...] = (
    serum_is_not_store,
    tablets_as_high_as_injections,
    absorbed_by_dose,
    forms_differ,
    slow_loss,
)


def _sign(one: HeldPoint) -> Upheld:
    if (one.low or 0) > 0:
        return Upheld.PASSED
    return Upheld.FAILED if (one.high or 0) <= 0 else Upheld.OPEN


def _is_alike(one: HeldPoint, other: HeldPoint) -> bool:
    """Whether what is typically predicted of both is the same within a factor of 2."""
    if one.middle is None or other.middle is None:
        return False
    return max(one.middle, other.middle) <= 2 * min(one.middle, other.middle)


def _all_inside(points: list[HeldPoint]) -> Upheld:
    is_inside = all(one.hit is Hit.INSIDE for one in points)
    return Upheld.PASSED if is_inside else Upheld.FAILED


def _interval(one: HeldPoint) -> str:
    return f"{one.low:g} to {one.high:g} {one.point.unit}"


def _beside(one: HeldPoint) -> str:
    return f"{one.point.low:g} was published and {_interval(one)} predicted: {one.hit.value}"


def _said(points: list[HeldPoint]) -> str:
    return "; ".join(f"{one.point.arm.title}: {_beside(one)}" for one in points) + "."


def _cases(one: HeldPoint) -> str:
    low, high = one.typical or (0, 0)
    return (
        f"In the middle of its people the model predicts {low:g} to {high:g} "
        f"{one.point.unit} after tablets, by form and intrinsic factor."
    )
