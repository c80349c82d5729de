"""What the simulator predicts of each published quantity, person by person.

The same people are drawn for every arm, so that two arms are compared in the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from attrs import define, evolve, field, frozen

from b12guide.course import engine
from b12guide.course.parameters import FORMS, parameters
from b12guide.course.people import made_up
from b12guide.course.trials import Arm, PublishedPoint
from b12guide.errors import UnknownNameError
from b12guide.frozen import Record

Array: TypeAlias = Any
"""Numbers by person, and by time where there are several."""

ROUTES = ("intramuscular", "subcutaneous", "intravenous", "oral")

_HOURS = 24.0
_FINE = 240
"""So many times are looked at where a peak is sought."""


@frozen(repr=False)
class Taken(Record):
    """What is taken of the patients of an arm."""

    drug: str
    intrinsic_factor: bool
    is_replete: bool


@frozen(kw_only=True, eq=False, repr=False)
class Run(Record):
    """The people of an arm.

    Attributes:
        times: Days since the first dose.
        serum: In pg/mL, by person and time; just before a dose where one is due at that time.
        urine: Excreted of what was given, in µg, by person and time.
        retained: Of what was given and not excreted or lost, in µg, by person and time.
        absorbed: Of all doses, in µg, by person.
        baseline: Serum before the first dose, in pg/mL, by person.
        loss: The share of the store that is lost each day, by person.
        given: In µg, as far as each time.
    """

    times: Array
    serum: Array
    urine: Array
    retained: Array
    absorbed: Array
    baseline: Array
    loss: Array
    given: Array

    def at(self, times: Array) -> Run:
        """The same at some of its times."""
        chosen = np.isin(self.times, times)
        return evolve(
            self,
            times=self.times[chosen],
            serum=self.serum[:, chosen],
            urine=self.urine[:, chosen],
            retained=self.retained[:, chosen],
            given=self.given[:, chosen],
        )


_Predict: TypeAlias = Callable[[Run, Run], Array]
"""By person, or by person and time, from the run of an arm and that of the arm it is held to."""


def _rise(run: Run) -> Array:
    return run.serum - run.baseline[:, None]


def _peak(run: Run, _: Run) -> Array:
    return _rise(run).max(axis=1)


def _peak_hours(run: Run, _: Run) -> Array:
    """When serum is highest: the top of a parabola through the highest time and its neighbours."""
    place = np.clip(run.serum.argmax(axis=1), 1, len(run.times) - 2)
    rows = np.arange(len(place))
    low, mid, high = (run.serum[rows, place + step] for step in (-1, 0, 1))
    left, right = (run.times[place + step] - run.times[place] for step in (-1, 1))
    rise, fall = (low - mid) / left, (high - mid) / right
    bend = (fall - rise) / (right - left)
    slope = rise - bend * left
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend < 0, -slope / (2 * bend), 0.0)
    return (run.times[place] + np.clip(shift, left, right)) * _HOURS


def _area(run: Run, _: Run) -> Array:
    return np.trapezoid(_rise(run), run.times * _HOURS, axis=1)


QUANTITIES: Mapping[str, _Predict] = {
    "serum": lambda run, _: run.serum,
    "serum rise": lambda run, _: _rise(run),
    "serum over baseline": lambda run, _: run.serum / run.baseline[:, None],
    "serum ratio": lambda run, other: run.serum / other.serum,
    "serum difference": lambda run, other: run.serum - other.serum,
    "share of people": lambda run, _: run.serum,
    "urine": lambda run, _: run.urine / run.given,
    "retained": lambda run, _: 1 - run.urine / run.given,
    "retained ratio": lambda run, other: (
        (1 - run.urine / run.given) / (1 - other.urine / other.given)
    ),
    "retained amount": lambda run, _: run.retained / 1000,
    "absorbed": lambda run, _: run.absorbed,
    "half-time of the store": lambda run, _: np.log(2) / run.loss,
    "loss of the store": lambda run, _: 100 * run.loss,
    "peak rise": _peak,
    "time of the peak": _peak_hours,
    "area of the rise": _area,
}
"""The quantities that the model predicts, in the unit in which they are published."""

_SHARE = "share of people"
_FINELY = {"peak rise", "time of the peak", "area of the rise"}
_ALWAYS = {"absorbed", "half-time of the store", "loss of the store"}
_BY_MOUTH = {"absorbed"}
_OF_A_DOSE = {"urine", "retained", "retained ratio", *_FINELY, *_BY_MOUTH}


def lacking(point: PublishedPoint) -> str:
    """What a point does not say, without which nothing can be predicted; empty if it says all."""
    quantity, said = point.quantity, len(point.times)
    if quantity in _FINELY and said != 2:
        return "`after` with the two ends of a span"
    if quantity in QUANTITIES and quantity not in _ALWAYS and said == 0:
        return "`day` or `after`"
    if ("ratio" in quantity or "difference" in quantity) and point.over is None:
        return "`over`, the arm that it is compared with"
    if quantity == _SHARE and point.threshold is None:
        return "`threshold`, the level that people reach"
    if quantity in _BY_MOUTH and point.arm.route != "oral":
        return "an arm by mouth"
    if quantity in _OF_A_DOSE and not point.arm.days:
        return "an arm with doses"
    return ""


def times_of(point: PublishedPoint) -> tuple[float, ...]:
    """The days since the first dose at which a quantity is looked at."""
    if point.quantity in _FINELY:
        first, last = point.times
        # Peaks come early: the times lie close together at first.
        steps = np.linspace(0, 1, _FINE) ** 2
        return tuple((first + (last - first) * steps).tolist())
    if len(point.times) == 2:
        first, last = point.times
        return (first, (first + last) / 2, last)
    return point.times or (1.0,)


@define(kw_only=True)
class Runs:
    """Runs arms of studies, each once for all of its points.

    Attributes:
        people: How many people are drawn.
        seed: By which number; every arm has the same people.
        times: The days since the first dose that are looked at in each arm, by its name.
    """

    people: int
    seed: int
    times: Mapping[str, Array]
    _kept: dict[tuple[str, Taken], Run] = field(factory=dict, init=False)

    @classmethod
    def of(cls, points: Iterable[PublishedPoint], people: int, seed: int) -> Runs:
        """Runs for all of these points."""
        wanted: dict[str, set[float]] = {}
        for point in points:
            if point.quantity in QUANTITIES:
                for arm in (point.arm, point.over or point.arm):
                    wanted.setdefault(arm.name, set()).update(times_of(point))
        times = {name: in_ticks(several) for name, several in wanted.items()}
        return cls(people=people, seed=seed, times=times)

    def values(self, point: PublishedPoint, taken: Taken, other_drug: str) -> Array:
        """What is predicted of a point, by person and time.

        Args:
            point: The published number.
            taken: What is taken of the patients.
            other_drug: The form of the arm that is compared.

        Raises:
            UnknownNameError: The simulator knows no such form or route.
        """
        times = in_ticks(times_of(point))
        run = self.run(point.arm, taken).at(times)
        other = run
        if point.over is not None:
            other = self.run(point.over, evolve(taken, drug=other_drug)).at(times)
        found = QUANTITIES[point.quantity](run, other)
        return found[:, None] if found.ndim == 1 else found

    def run(self, arm: Arm, taken: Taken) -> Run:
        """An arm of people, at all times that are looked at."""
        key = (arm.name, taken)
        if key not in self._kept:
            self._kept[key] = _run(arm, taken, self.times[arm.name], self)
        return self._kept[key]


def in_ticks(times: Iterable[float]) -> Array:
    """The times in order, each once, as the engine counts them."""
    return np.unique(np.round(np.asarray(list(times)) * engine.TICKS)) / engine.TICKS


def _run(arm: Arm, taken: Taken, times: Array, runs: Runs) -> Run:
    if taken.drug not in FORMS:
        kind = "form of vitamin B12 that is simulated"
        raise UnknownNameError(kind, taken.drug, FORMS)
    if arm.route not in ROUTES:
        kind = "route that is simulated"
        raise UnknownNameError(kind, arm.route, ROUTES)
    body = made_up(
        parameters().replaced(_start(arm, taken)),
        runs.people,
        seed=runs.seed,
        intrinsic_factor=taken.intrinsic_factor,
    )
    doses = [
        engine.Given(day=day, amount=arm.dose, drug=taken.drug, route=arm.route)
        for day in arm.days
    ]
    found = engine.run(doses, body, times.tolist())
    return Run(
        times=found.days,
        serum=found.serum,
        urine=found.urine,
        retained=found.absorbed - found.urine,
        absorbed=found.absorbed[:, -1],
        baseline=body.blood / body.volume * 1000,
        loss=body.loss,
        given=found.given,
    )


def _start(arm: Arm, taken: Taken) -> dict[str, object]:
    """The ranges of a person at the start, where they are not those of somebody deficient."""
    found: dict[str, object] = {}
    if taken.is_replete:
        for start, full in (
            ("serum_at_start", "replete_serum"),
            ("store_at_start", "replete_store"),
        ):
            row = parameters()[full]
            found[start] = (f"{row.low} {row.unit}", f"{row.high} {row.unit}")
    if arm.baseline is not None:
        found["serum_at_start"] = f"{arm.baseline:g} pg/mL"
    return found
