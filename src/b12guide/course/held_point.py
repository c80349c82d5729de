"""A published number with its interval: where it lies, how far off, as data and as a row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import Any

import pyarrow as pa
from attrs import frozen

from b12guide.course.trials import PublishedPoint
from b12guide.frozen import Record


class Hit(Enum):
    """Where a published number lies."""

    INSIDE = "inside"
    BELOW = "below"
    ABOVE = "above"
    NOT_JUDGED = "not judged"


@frozen(kw_only=True, repr=False)
class Case(Record):
    """One way of what is not known of the patients, with what is then predicted.

    Attributes:
        words: What is taken of the patients; empty where nothing is open.
        typical: The mean or median of the people, whichever was published.
        low: The lower end of the interval.
        high: The upper end.
        group_low: The same for groups of as many people; None where the study does not say.
    """

    words: str
    typical: float
    low: float
    high: float
    group_low: float | None
    group_high: float | None


@frozen(kw_only=True, repr=False)
class HeldPoint(Record):
    """A published number beside its interval.

    Attributes:
        cases: What is predicted; none where the model does not predict the quantity.
        hit: Where the published number lies, held against all cases together.
        why: Why it is not judged.
    """

    point: PublishedPoint
    cases: tuple[Case, ...]
    hit: Hit
    why: str = ""

    @property
    def low(self) -> float | None:
        """The lower end of the interval, over all cases."""
        return min((case.low for case in self.cases), default=None)

    @property
    def high(self) -> float | None:
        """The upper end of the interval, over all cases."""
        return max((case.high for case in self.cases), default=None)

    @property
    def typical(self) -> tuple[float, float] | None:
        """The lowest and the highest of the typical values of the cases."""
        if not self.cases:
            return None
        found = [case.typical for case in self.cases]
        return min(found), max(found)

    @property
    def group(self) -> tuple[float, float] | None:
        """The interval for groups of as many people as were measured; None if that is unknown."""
        ends = [(case.group_low, case.group_high) for case in self.cases]
        lows = [low for low, _ in ends if low is not None]
        highs = [high for _, high in ends if high is not None]
        return (min(lows), max(highs)) if lows and highs else None

    @property
    def in_group(self) -> bool | None:
        """Whether it lies in the narrow interval, too; None where there is none."""
        if self.group is None or self.hit is Hit.NOT_JUDGED:
            return None
        return where(self.point, *self.group) is Hit.INSIDE

    @property
    def middle(self) -> float | None:
        """What is typically predicted, in the middle of the cases; None unless all are above 0."""
        if self.typical is None or self.typical[0] <= 0:
            return None
        return math.sqrt(self.typical[0] * self.typical[1])

    @property
    def fold(self) -> float | None:
        """The published number over what is typically predicted; 1 is just right."""
        low, high = self.point.low, self.point.high
        if self.middle is None or low is None or high is None:
            return None
        return math.sqrt(low * high) / self.middle

    @property
    def miss(self) -> float | None:
        """How many times the nearest end of the interval the number is; 1 inside."""
        if self.hit is Hit.INSIDE:
            return 1.0
        low, high = self.point.low, self.point.high
        ends = (high, self.low) if self.hit is Hit.BELOW else (low, self.high)
        if self.hit is Hit.NOT_JUDGED or ends[0] is None or ends[1] is None:
            return None
        return ends[0] / ends[1] if ends[1] > 0 else None


def where(point: PublishedPoint, low: float, high: float) -> Hit:
    """Where a published number lies; a published range is inside where it overlaps."""
    if point.low is None or point.high is None:
        return Hit.NOT_JUDGED
    if point.high < low:
        return Hit.BELOW
    return Hit.ABOVE if point.low > high else Hit.INSIDE


# ------------------------------------------------------------------------- data and frame


def plain_of(one: HeldPoint) -> dict[str, Any]:
    """A point as plain data."""
    point = one.point
    return {
        "study": point.arm.study.title,
        "arm": point.arm.name,
        "given": point.arm.title,
        "quantity": point.quantity,
        "when": point.when,
        "over": point.over and point.over.name,
        "threshold": point.threshold,
        "statistic": point.statistic,
        "published": {"low": point.low, "high": point.high},
        "unit": point.unit,
        "spread": point.spread,
        "printed": point.printed,
        "people": point.arm.people,
        "known_before": point.known_before,
        "derived": point.derived,
        "predicted": {"low": one.low, "high": one.high} if one.cases else None,
        "cases": [
            {
                "words": case.words,
                "typical": case.typical,
                "low": case.low,
                "high": case.high,
                "group_low": case.group_low,
                "group_high": case.group_high,
            }
            for case in one.cases
        ],
        "hit": one.hit.value,
        "in_group": one.in_group,
        "why": one.why,
        "tag": point.tag,
        "citation": point.citation,
        "seen_in": point.seen_in,
        "notes": [note for note in _notes(point) if note],
    }


def _notes(point: PublishedPoint) -> Sequence[str]:
    return point.note, point.arm.note, point.arm.study.note


@frozen(kw_only=True)
class HeldRow:
    """A point as a row of a frame, whose columns are its fields."""

    study: str
    arm: str
    given: str
    quantity: str
    when: str
    unit: str
    published_low: float | None
    published_high: float | None
    predicted_low: float | None
    predicted_high: float | None
    typical_low: float | None
    typical_high: float | None
    group_low: float | None
    group_high: float | None
    hit: str
    in_group: bool | None
    fold: float | None
    people: int | None
    known_before: bool
    derived: bool
    why: str
    tag: str
    citation: str


def row_of(one: HeldPoint) -> HeldRow:
    """The row of a point."""
    point = one.point
    typical, group = one.typical or (None, None), one.group or (None, None)
    return HeldRow(
        study=point.arm.study.title,
        arm=point.arm.name,
        given=point.arm.title,
        quantity=point.quantity,
        when=point.when,
        unit=point.unit,
        published_low=point.low,
        published_high=point.high,
        predicted_low=one.low,
        predicted_high=one.high,
        typical_low=typical[0],
        typical_high=typical[1],
        group_low=group[0],
        group_high=group[1],
        hit=one.hit.value,
        in_group=one.in_group,
        fold=one.fold,
        people=point.arm.people,
        known_before=point.known_before,
        derived=point.derived,
        why=one.why,
        tag=point.tag,
        citation=point.citation,
    )


TYPES = {
    **dict.fromkeys(("study", "arm", "given", "quantity", "when", "unit"), pa.string()),
    **dict.fromkeys(("hit", "why", "tag", "citation"), pa.string()),
    **dict.fromkeys(("in_group", "known_before", "derived"), pa.bool_()),
    **{
        f"{what}_{end}": pa.float64()
        for what in ("published", "predicted", "typical", "group")
        for end in ("low", "high")
    },
    "fold": pa.float64(),
}
"""The Arrow types of columns that hold no whole number."""
