"""People made up by the ranges of the parameters: as many as asked for, the same for each seed.

Each parameter is spread over its range in as many equal parts as there are people, one person in
each, and parameters are shuffled against each other (a Latin hypercube), so that a few hundred
people fill the ranges. What people have in common by chance is no finding: the ranges are what is
known, not how people are distributed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from b12guide.course.equations import Body, Floats, Form
from b12guide.course.parameters import FORMS, Parameters, Spread
from b12guide.errors import ArgumentError

__all__ = ["drawn", "made_up"]

_FACTOR_LOSS, _LOSS = "store_loss_without_intrinsic_factor", "store_loss"
_HOURS = 24.0


def drawn(parameters: Parameters, people: int, seed: int) -> Mapping[str, Floats]:
    """Of each parameter one value for each person, in the units of the equations."""
    random = np.random.Generator(np.random.PCG64(seed))
    found = {}
    for row in parameters:
        low, high = row.ends
        place = (random.permutation(people) + random.random(people)) / people
        if row.spread is Spread.LOG:
            found[row.name] = low * (high / low) ** place
        else:
            found[row.name] = low + (high - low) * place
    return found


def made_up(
    parameters: Parameters,
    people: int,
    *,
    seed: int = 0,
    intrinsic_factor: bool | None = None,
) -> Body:
    """So many people.

    Args:
        parameters: The ranges.
        people: How many.
        seed: For the same people each time.
        intrinsic_factor: Whether they have it; where that is unknown, every other person has.

    Raises:
        ArgumentError: The store at the start is smaller than what tissue holds of it.
    """
    values = drawn(parameters, people, seed)
    has = np.arange(people) % 2 == 0
    if intrinsic_factor is not None:
        has = np.full(people, intrinsic_factor)
    leaving, returning, settling = _between(values)
    blood = values["serum_at_start"] * values["volume"]
    tissue = blood * leaving / returning
    store = values["store_at_start"] - tissue
    if (store <= 0).any():
        expected = "more than what serum and tissue hold at that level of serum"
        argument, given = "store", parameters["store_at_start"].text
        raise ArgumentError(argument, expected, given, is_told=True)
    loss = np.where(has, values[_LOSS], values[_FACTOR_LOSS])
    return Body(
        volume=values["volume"],
        capacity=values["binding_capacity"] * values["volume"],
        leaving=leaving,
        returning=returning,
        settling=settling,
        rising=settling * tissue / store,
        follows=_follows(values),
        loss=loss,
        food=np.where(has, values["food"], 0.0) * loss * store,
        absorbing=rate_of_peak(values["oral_peak"], leaving),
        through=values["oral_through_serum"],
        passive=values["passive"],
        most=np.where(has, values["intrinsic_factor_most"], 0.0),
        half=values["intrinsic_factor_half"],
        recovery=values["intrinsic_factor_recovery"],
        blood=blood,
        tissue=tissue,
        store=store,
        has_factor=has,
        forms={name: _form(name, values) for name in FORMS},
    )


def _between(values: Mapping[str, Floats]) -> tuple[Floats, Floats, Floats]:
    """How fast B12 leaves serum, returns to it, and settles, from two half-lives and a share.

    Serum and tissue alone are two linear equations. Their two rates are those of the half-lives,
    and `handed_back` is the size of the slow part in serum after a dose.
    """
    fast = np.log(2) / values["serum_half_life"]
    slow = np.log(2) / values["slow_half_life"]
    out_of_tissue = slow + values["handed_back"] * (fast - slow)
    leaving = fast + slow - out_of_tissue
    settling = fast * slow / leaving
    return leaving, out_of_tissue - settling, settling


def _follows(values: Mapping[str, Floats]) -> Floats:
    """How far serum follows the store: on the line from the start to a full store."""
    serum = values["replete_serum"] / values["serum_at_start"] - 1
    store = values["replete_store"] / values["store_at_start"] - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(store > 0, serum / store, 1.0)
    return np.clip(slope, 0.0, 1.0)


def _form(name: str, values: Mapping[str, Floats]) -> Form:
    clearance = values[f"{name}_clearance"] / values["volume"]
    return Form(
        release=rate_of_peak(values[f"{name}_peak"], clearance),
        clearance=clearance,
        kept=values[f"{name}_kept"],
    )


def rate_of_peak(peak: Floats, leaving: Floats) -> Floats:
    """The rate of release with which a dose peaks at `peak`, in 1/d, where so much leaves.

    A dose that is released at the rate `a` and leaves at `k` peaks at `log(a / k) / (a - k)`. In
    `u = a peak` and `v = k peak` that is `u - log(u) = v - log(v)`, whose other solution lies
    beyond 1; Newton's steps come to it from outside.
    """
    v = leaving * peak
    level = v - np.log(v)
    u = np.where(v < 1, level + np.log(level) + 1, np.exp(-level))
    for _ in range(_STEPS):
        slope = 1 - 1 / u
        safe = np.where(np.abs(slope) < _FLAT, 1.0, slope)
        step = np.where(np.abs(slope) < _FLAT, 0.0, (u - np.log(u) - level) / safe)
        u = u - step
    return u / peak


_STEPS = 60
_FLAT = 1e-9
