"""The equations: how fast each amount of vitamin B12 in a body changes, all in one place.

Amounts are in µg and times in days. A dose into a muscle waits in a depot of its form, one by mouth
in the gut, and both hand on what they hold in proportion to it. What serum holds is bound up to a
capacity. The bound part moves into tissue, which hands some back and settles the rest in the store.
What is beyond the capacity is free: the kidneys and the tissues share it, and how they do depends
on the form. The store loses a share of itself each day.

The binding is tight (`bound = min(serum, capacity)`), as the product information words it, so that
the equations are linear below the capacity and linear above it. `b12guide.course.engine` rests on
that; a test holds it to a general solver that is given the same function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import frozen

__all__ = [
    "BLOOD",
    "GUT",
    "INJECTED",
    "LOST",
    "ONE",
    "STORE",
    "TISSUE",
    "URINE",
    "Body",
    "Form",
    "changes",
    "matrix_of",
    "sizes",
    "started",
    "taken_up",
]

Floats: TypeAlias = npt.NDArray[np.float64]

BLOOD, TISSUE, STORE, URINE, LOST, ONE, GUT = range(7)
"""Places in a state: what blood, tissue and store hold, what went out with the urine and was lost
from the store, the number 1, and what waits in the gut."""

INJECTED = 7
"""The place of the first depot; each form that is injected has one."""


@frozen(kw_only=True, eq=False)
class Form:
    """What a body does with one form of B12; each has one value for each person.

    Attributes:
        release: How fast an injection is released, 1/d.
        clearance: How fast the free part leaves serum, 1/d.
        kept: The share of that which tissue keeps.
    """

    release: Floats
    clearance: Floats
    kept: Floats


@frozen(kw_only=True, eq=False)
class Body:
    """People, by what their bodies do with B12; each array has one value for each person.

    Attributes:
        volume: In which B12 spreads, L.
        capacity: What serum can bind, µg.
        leaving: How fast the bound part moves into tissue, 1/d.
        returning: How fast tissue hands it back, 1/d.
        settling: How fast tissue hands it on to the store, 1/d.
        rising: How fast the store hands on to tissue, 1/d of the store at the start.
        follows: How far that grows with the store: 0 not at all, 1 in proportion.
        loss: The share of the store that is lost, 1/d.
        food: What the store gets from food, µg/d.
        absorbing: How fast the gut hands on what it took up, 1/d.
        through: The share of that which serum sees.
        passive: The share of a dose by mouth that is taken up without intrinsic factor.
        most: The most that intrinsic factor takes up of one dose, µg; 0 without it.
        half: The dose of which it takes up half of that, µg.
        recovery: The time until it takes up as much again, d.
        blood: What serum holds at the start, µg.
        tissue: What tissue holds at the start, µg.
        store: What the store holds at the start, µg.
        has_factor: Who has intrinsic factor.
        forms: By the name of the drug.
    """

    volume: Floats
    capacity: Floats
    leaving: Floats
    returning: Floats
    settling: Floats
    rising: Floats
    follows: Floats
    loss: Floats
    food: Floats
    absorbing: Floats
    through: Floats
    passive: Floats
    most: Floats
    half: Floats
    recovery: Floats
    blood: Floats
    tissue: Floats
    store: Floats
    has_factor: npt.NDArray[np.bool_]
    forms: Mapping[str, Form]

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self.volume)

    def some(self, chosen: Any) -> Body:
        """Those people that `chosen`, an index or a slice of arrays, picks."""
        fields = {
            name: getattr(self, name)[chosen]
            for name in Body.__annotations__
            if name != "forms"
        }
        forms = {
            name: Form(
                release=form.release[chosen],
                clearance=form.clearance[chosen],
                kept=form.kept[chosen],
            )
            for name, form in self.forms.items()
        }
        return Body(**fields, forms=forms)


def sizes(injected: int) -> int:
    """How many numbers a state has, with so many forms that are injected."""
    return INJECTED + injected


def started(body: Body, injected: int) -> Floats:
    """The state of each person at the start: `people` x `sizes(injected)`."""
    state = np.zeros((body.people, sizes(injected)))
    state[:, BLOOD] = body.blood
    state[:, TISSUE] = body.tissue
    state[:, STORE] = body.store
    state[:, ONE] = 1
    return state


def changes(
    state: Floats, body: Body, injected: tuple[str, ...], free: str, *, is_over: Any
) -> Floats:
    """How fast each number of each state changes, in µg/d.

    Args:
        state: Of each person: `people` x `sizes(len(injected))`.
        body: The people.
        injected: The forms that have a depot, in the order of their places.
        free: The form of which the free part is, which was given last.
        is_over: For each person, whether serum holds more than it can bind.
    """
    one, blood, tissue, store = (state[:, i] for i in (ONE, BLOOD, TISSUE, STORE))
    bound = np.where(is_over, body.capacity * one, blood)
    beyond = (blood - bound) * body.forms[free].clearance
    kept = beyond * body.forms[free].kept
    leaving, returning = bound * body.leaving, tissue * body.returning
    settling = tissue * body.settling
    steady, growing = body.store * one * (1 - body.follows), store * body.follows
    rising = body.rising * (steady + growing)
    lost = store * body.loss
    absorbed = state[:, GUT] * body.absorbing
    found = np.zeros_like(state)
    released = np.zeros_like(blood)
    for place, name in enumerate(injected, start=INJECTED):
        leaving_depot = state[:, place] * body.forms[name].release
        found[:, place] = -leaving_depot
        released = released + leaving_depot
    found[:, GUT] = -absorbed
    found[:, BLOOD] = released + absorbed * body.through + returning - leaving - beyond
    found[:, TISSUE] = leaving + rising - returning - settling
    found[:, STORE] = (
        settling
        + kept
        + absorbed * (1 - body.through)
        + body.food * one
        - rising
        - lost
    )
    found[:, URINE] = beyond - kept
    found[:, LOST] = lost
    return found


def matrix_of(
    body: Body, injected: tuple[str, ...], free: str, *, is_over: bool
) -> Floats:
    """The same as a matrix of each person, people x size x size, read off unit by unit."""
    size = sizes(len(injected))
    over = np.full(body.people, is_over)
    columns = []
    for place in range(size):
        unit = np.zeros((body.people, size))
        unit[:, place] = 1
        columns.append(changes(unit, body, injected, free, is_over=over))
    return np.stack(columns, axis=2)


def taken_up(amount: Floats, body: Body, since: Floats | None = None) -> Floats:
    """What the gut takes up of a dose by mouth, in µg: by intrinsic factor, and without it.

    Args:
        amount: Of each person, µg.
        body: The people.
        since: The days since the dose before; None for the first.
    """
    ready = 1.0 if since is None else np.minimum(1.0, since / body.recovery)
    by_factor = ready * body.most * amount / (body.half + amount)
    return np.minimum(amount, by_factor + body.passive * amount)
