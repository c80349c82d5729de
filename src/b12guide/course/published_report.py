"""Published numbers beside what the simulator predicts for the same doses.

The interval of a point holds 90 % of the people that are drawn from the ranges of the simulator,
from the 5th to the 95th percentile: the same band that a course shows. The ranges do not tell what
differs from person to person from what nobody knows of anybody, so the mean of a group may lie
anywhere in that band, if all of it is unknown, and is far more certain if all of it is chance. A
published mean is held against the wide interval; the narrow one, of the means of as many people
drawn, stands beside it. A share of people is held against the shares of as many people drawn.

What is not known of the patients of a study (the form, intrinsic factor) is tried in each way, and
the interval goes from the lowest to the highest of these cases.

Nothing here changes a parameter. A miss is a result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.arguments import whole_number
from b12guide.cohort.frames import frame_of, kind_named
from b12guide.course import predicted as p
from b12guide.course.held_point import (
    TYPES,
    Case,
    HeldPoint,
    HeldRow,
    Hit,
    plain_of,
    row_of,
    where,
)
from b12guide.course.model_misfit import ModelMisfit, RouteMisfit
from b12guide.course.trials import SHIPPED, Arm, PublishedPoint, trials
from b12guide.errors import SettingsError

LOW, HIGH = 5, 95
"""The percentiles of people between which the interval of a point lies."""

PEOPLE = 400
_SAMPLES = 1000
"""So many groups are drawn for a narrow interval."""
_DIGITS = 3
"""Significant digits of a prediction as it is kept: more of them would be chance."""


@frozen(kw_only=True)
class PublishedReport(Answer):
    """Every published number beside its interval.

    Attributes:
        people: How many were drawn for each arm and case.
        seed: By which number they were drawn.
        points: The misses first, those that were kept from those who fixed the ranges before the
            rest; then what lies inside; then what is not judged.
        trials_file: The file of published numbers; None for the one that ships.
    """

    people: int
    seed: int
    points: tuple[HeldPoint, ...] = field(repr=False)
    trials_file: str | None = None

    def judged(self, *, known_before: bool) -> tuple[HeldPoint, ...]:
        """The points that count: those known before the ranges were fixed, or the others."""
        return tuple(
            one
            for one in self.points
            if one.hit is not Hit.NOT_JUDGED
            and not one.point.derived
            and one.point.known_before is known_before
        )

    @property
    def misfit(self) -> ModelMisfit:
        """What it comes to, in counts and in a sentence."""
        unseen, known = (self.judged(known_before=before) for before in (False, True))
        levels = [one for one in unseen if one.point.quantity == "serum"]
        routes = dict.fromkeys(one.point.arm.route for one in levels)
        return ModelMisfit(
            people=self.people,
            seed=self.seed,
            unseen=len(unseen),
            unseen_inside=sum(one.hit is Hit.INSIDE for one in unseen),
            known=len(known),
            known_inside=sum(one.hit is Hit.INSIDE for one in known),
            routes=tuple(
                _route(route, [one for one in levels if one.point.arm.route == route])
                for route in sorted(routes)
            ),
        )

    def find(self, arm: str, quantity: str, day: float | None = None) -> HeldPoint:
        """The first point of an arm with this quantity, at this time if it is given.

        Args:
            arm: The name of the arm.
            quantity: What was measured.
            day: Days since the first dose.

        Raises:
            KeyError: There is none.
        """
        for one in self.points:
            same = one.point.arm.name == arm and one.point.quantity == quantity
            if same and (day is None or one.point.times[:1] == (float(day),)):
                return one
        raise KeyError(arm, quantity, day)

    def to_frame(self, kind: str = "pyarrow") -> Any:
        """One row for each point, in the order of `points`.

        Args:
            kind: `pandas`, `polars` or `pyarrow`.

        Raises:
            UnknownNameError: There is no such kind of frame.
            ArgumentError: Its package is not installed.
        """
        rows = [row_of(one) for one in self.points]
        return frame_of(rows, HeldRow, TYPES, kind_named(kind))

    def plain(self) -> dict[str, Any]:
        """What was held against what, as plain data; `to_dict` adds who did."""
        return {
            "people": self.people,
            "seed": self.seed,
            "trials": self.trials_file,
            "percentiles": [LOW, HIGH],
            "points": [plain_of(one) for one in self.points],
        }


def _route(route: str, levels: Sequence[HeldPoint]) -> RouteMisfit:
    """The levels after one route; their middle predictions are above 0."""
    folds = [float(f"{one.fold:.2g}") for one in levels if one.fold is not None]
    return RouteMisfit(
        route=route,
        levels=len(levels),
        inside=sum(one.hit is Hit.INSIDE for one in levels),
        lowest=min(folds),
        highest=max(folds),
    )


def published(
    *, people: int = PEOPLE, seed: int = 0, trials_file: str | Path | None = None
) -> PublishedReport:
    """Every published number beside what the simulator predicts.

    Args:
        people: How many people are drawn for each arm.
        seed: By which number; the same gives the same report.
        trials_file: A file of published numbers of your own, in place of the one that ships.

    Raises:
        ArgumentError: A number is none.
        SettingsError: The file cannot be used.
        UnknownNameError: The simulator does not know a form or a route of the file.
        MissingExtraError: The extra `cohort` is not installed.
    """
    whole_number(people, "people", least=20)
    whole_number(seed, "seed", least=0)
    found = trials(trials_file)
    _check(found.points, trials_file)
    runs = p.Runs.of(found.points, people, seed)
    held = [_held(point, runs) for point in found.points]
    return PublishedReport(
        people=people,
        seed=seed,
        points=tuple(sorted(held, key=_order)),
        trials_file=None if trials_file is None else str(trials_file),
    )


def _check(points: Sequence[PublishedPoint], file: str | Path | None) -> None:
    """Refuse points that do not say enough to be predicted.

    Raises:
        SettingsError: There are such.
    """
    wrong = [
        f"{point.label}: it lacks {lacking}"
        for point in points
        if (lacking := p.lacking(point))
    ]
    if wrong:
        head = f"the published numbers in `{file or SHIPPED}` cannot be used"
        message = "\n  ".join((head, *wrong))
        raise SettingsError(message)


_RANK = {Hit.ABOVE: 0, Hit.BELOW: 0, Hit.INSIDE: 1, Hit.NOT_JUDGED: 2}


def _order(one: HeldPoint) -> tuple[int, bool]:
    return _RANK[one.hit], one.point.known_before


# ------------------------------------------------------------------------------ judging


def _held(point: PublishedPoint, runs: p.Runs) -> HeldPoint:
    """A point with its interval."""
    # Nothing is to be read off beside a number that nobody has seen.
    wanted = point.quantity in p.QUANTITIES and point.tag != "G"
    wanted = wanted and point.low is not None
    cases = tuple(_cases(point, runs)) if wanted else ()
    why = point.not_judged
    if not why and point.tag == "G":
        why = "not verified"
    if not why and not cases:
        why = "not predicted by the model"
    if why:
        return HeldPoint(point=point, cases=cases, hit=Hit.NOT_JUDGED, why=why)
    low, high = min(c.low for c in cases), max(c.high for c in cases)
    return HeldPoint(point=point, cases=cases, hit=where(point, low, high))


def _cases(point: PublishedPoint, runs: p.Runs) -> Iterator[Case]:
    """What is predicted in each way of what is not known."""
    arm, over = point.arm, point.over
    factors = _either(arm.intrinsic_factor)
    stores = _either(arm.is_replete)
    for drug, factor, full in product(arm.drugs, factors, stores):
        words = [drug] if len(arm.drugs) > 1 else []
        if len(factors) > 1:
            words.append(f"{'with' if factor else 'without'} intrinsic factor")
        if len(stores) > 1:
            words.append("full stores" if full else "low stores")
        taken = p.Taken(drug, factor, full)
        for other in _others(over, drug):
            said = [*words, f"over {other}"] if over and len(over.drugs) > 1 else words
            yield _case(point, runs, taken, other, ", ".join(said))


def _either(known: bool | None) -> tuple[bool, ...]:
    return (True, False) if known is None else (known,)


def _others(over: Arm | None, drug: str) -> tuple[str, ...]:
    """The forms of the arm that is compared: the same one, if it may have had that."""
    if over is None:
        return ("",)
    return (drug,) if drug in over.drugs else over.drugs


def _case(
    point: PublishedPoint, runs: p.Runs, given: p.Taken, other: str, words: str
) -> Case:
    values = runs.values(point, given, other)
    if point.threshold is not None:
        return _share(point, values, words)
    lows, highs = np.percentile(values, (LOW, HIGH), axis=0)
    middle = np.median if point.statistic == "median" else np.mean
    typical = middle(values, axis=0)
    group = _groups(point, values, runs.seed)
    return Case(
        words=words,
        typical=_kept(float(np.median(typical))),
        low=_kept(float(lows.min())),
        high=_kept(float(highs.max())),
        group_low=None if group is None else _kept(group[0]),
        group_high=None if group is None else _kept(group[1]),
    )


def _groups(
    point: PublishedPoint, values: Any, seed: int
) -> tuple[float, float] | None:
    """The percentiles of what groups of as many people come to, drawn by `seed`."""
    if point.arm.people is None:
        return None
    generator = np.random.Generator(np.random.PCG64(seed))
    size = (_SAMPLES, point.arm.people)
    drawn = values[generator.integers(0, len(values), size=size)]
    middle = np.median if point.statistic == "median" else np.mean
    lows, highs = np.percentile(middle(drawn, axis=1), (LOW, HIGH), axis=0)
    return float(lows.min()), float(highs.max())


def _share(point: PublishedPoint, values: Any, words: str) -> Case:
    """The share of people who reach the threshold, and of so many people drawn by chance."""
    shares = (values >= point.threshold).mean(axis=0).tolist()
    number = point.arm.people
    ends = [(s, s) if number is None else binomial_ends(number, s) for s in shares]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return Case(
        words=words,
        typical=_kept(float(np.median(shares))),
        low=_kept(low),
        high=_kept(high),
        group_low=_kept(low),
        group_high=_kept(high),
    )


def binomial_ends(number: int, share: float) -> tuple[float, float]:
    """The 5th and 95th percentile of the share that `number` people come to by chance.

    >>> binomial_ends(20, 0.5)
    (0.3, 0.7)
    """
    found: list[float] = []
    total = 0.0
    for count in range(number + 1):
        total += (
            math.comb(number, count) * share**count * (1 - share) ** (number - count)
        )
        ends = (LOW / 100, HIGH / 100)
        while len(found) < len(ends) and total >= ends[len(found)] - 1e-12:
            found.append(count / number)
    found += [1.0] * (2 - len(found))
    return found[0], found[1]


def _kept(number: float) -> float:
    """A prediction with as many digits as are kept, so that machines agree."""
    return float(f"{number:.{_DIGITS}g}")
