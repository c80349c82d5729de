"""The course of amounts in many bodies at once, exact between the days on which serum fills up.

Below the capacity of serum the equations are linear, and so they are above it. Of each person and
each of the two, the matrices that carry a state through 2^n ticks are made once (a tick is 2^-16
days, 1.3 seconds); any time is a product of a few of them. Where a person passes from one to the
other, the passage is found to a tick by halving. A day on which nobody can reach the capacity is
one step. What a person does is nobody else's affair, so that the same person comes out the same in
any company.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import define, field, frozen

from b12guide.course.equations import (
    BLOOD,
    GUT,
    INJECTED,
    LOST,
    STORE,
    TISSUE,
    URINE,
    Body,
    Floats,
    matrix_of,
    started,
    taken_up,
)

__all__ = ["TICKS", "Given", "Trajectory", "run"]

TICKS = 1 << 16
"""The ticks of a day."""

_LEVELS = 24
"""Steps take 2^0 to 2^23 ticks, which are 128 days."""

_CHUNK = 4000
"""The people whose matrices are in memory at a time."""

_OF_GUT = 13
"""The steps while the gut still hands on a dose: 3 hours, as powers of two of ticks."""

_QUARTER, _HALF = 0.25, 0.5
"""The steps while a depot is released, in parts of the time that it takes: right after an
injection, and from the next day on. Right after it they grow with the time that has gone by."""

_EMPTY = 1e-3
"""A depot or gut that holds less, in µg, cannot fill serum."""

_NEAR = 1e-6
"""The share of its capacity by which serum may be off after it fills or empties."""

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]


@frozen(kw_only=True, eq=False)
class Given:
    """One dose to each person on one day.

    Attributes:
        day: When, in days from the start.
        amount: How much, in µg: for each person, or one number for all; 0 for who gets none.
        drug: The form, by its name in the vocabulary.
        route: `intramuscular`, `subcutaneous`, `intravenous` or `oral`.
    """

    day: float
    amount: Floats | float
    drug: str
    route: str


@frozen(kw_only=True, eq=False)
class Trajectory:
    """Amounts in each person on the days that were asked for; each array is people x days.

    On the day of a dose it is what there was before it.

    Attributes:
        days: In days from the start.
        serum: The level of B12 in serum, pg/mL.
        store: What tissues and store hold, µg.
        urine: What went out with the urine since the start, µg.
        lost: What the store lost since the start, µg.
        absorbed: What came into the body since the start, by mouth or by needle, µg.
        given: All that was given since the start, µg.
        waiting: What waits in muscle and gut, µg.
        blood: What serum holds, µg.
    """

    days: Floats
    serum: Floats
    store: Floats
    urine: Floats
    lost: Floats
    absorbed: Floats
    given: Floats
    waiting: Floats
    blood: Floats


def run(
    doses: Iterable[Given],
    body: Body,
    days: Sequence[float],
    keep: Sequence[str] | None = None,
) -> Trajectory:
    """The course of people under doses.

    Args:
        doses: In any order.
        body: The people.
        days: When amounts are asked for, in days from the start, from 0 on and rising.
        keep: The amounts that are wanted, such as `serum`; the others have no days. All if left
            out.

    Raises:
        ValueError: A day or a dose lies before the start, days do not rise, or a form or route is
            none of those that are known.
    """
    ticks = np.round(np.asarray(days, dtype=float) * TICKS).astype(np.int64)
    if len(ticks) and (ticks[0] < 0 or (np.diff(ticks) <= 0).any()):
        message = "`days` rise, from 0 on"
        raise ValueError(message)
    given = sorted(doses, key=lambda dose: dose.day)
    _check(given, body)
    names = _KEPT if keep is None else keep
    kept = {
        name: np.empty((body.people, len(ticks) if name in names else 0))
        for name in _KEPT
    }
    levels = _levels(given, ticks)
    for first in range(0, body.people, _CHUNK):
        chosen = slice(first, first + _CHUNK)
        into = {name: kept[name][chosen] for name in _KEPT if name in names}
        _Chunk.of(given, body, chosen, levels).run(ticks, into)
    return Trajectory(days=ticks / TICKS, **kept)


_KEPT = (*("serum", "store", "urine", "lost", "absorbed", "given", "waiting", "blood"),)
_INJECTIONS = ("intramuscular", "subcutaneous")
_ROUTES = (*_INJECTIONS, "intravenous", "oral")


def _levels(given: Sequence[Given], ticks: Ints) -> int:
    """How many powers of two of ticks the longest time without an event has."""
    events = {0, *ticks.tolist(), *(round(dose.day * TICKS) for dose in given)}
    longest = int(np.diff(sorted(events)).max(initial=1))
    return min(longest.bit_length(), _LEVELS)


def _check(given: Sequence[Given], body: Body) -> None:
    for dose in given:
        if dose.drug not in body.forms or dose.route not in _ROUTES:
            message = f"no numbers for {dose.drug} by the route {dose.route}"
            raise ValueError(message)
        if dose.day < 0:
            message = "a dose lies before the start"
            raise ValueError(message)


# ----------------------------------------------------------------------- the matrices


def _carriers(matrix: Floats, levels: int) -> Floats:
    """What carries a state through 2^n ticks: levels x people x size x size.

    As long as a step is short against the fastest change, it is a sum of powers of the matrix, and
    shorter steps are sums of the same powers; each longer step is the one before, twice.
    """
    fastest = float(np.abs(matrix).sum(axis=1).max())
    whole = int(np.clip(np.floor(np.log2(TICKS / max(fastest, 1e-9))), 0, levels - 1))
    found = np.zeros((levels, *matrix.shape))
    found[: whole + 1] += np.eye(matrix.shape[-1])
    step = matrix * (2.0**whole / TICKS)
    power = step
    for number in range(1, _TERMS):
        for level in range(whole, -1, -1):
            share = 2.0 ** (-number * (whole - level))
            if share < _LAST_DIGIT:
                break
            found[level] += power * share
        if np.abs(power).max() < _LAST_DIGIT:
            break
        power = power @ step / (number + 1)
    for level in range(whole + 1, levels):
        found[level] = found[level - 1] @ found[level - 1]
    return found


_TERMS = 30
_LAST_DIGIT = 1e-18


# -------------------------------------------------------------------------- the steps


@define(kw_only=True, eq=False)
class _Chunk:
    """Some people on their way: what they hold now, and what carries them on."""

    body: Body
    doses: list[tuple[int, Given, Floats]]
    injected: tuple[str, ...]
    forms: tuple[str, ...]
    carriers: (
        Floats  # mode x level x people x size x size; mode 0 is below the capacity
    )
    turns: Floats  # form x people x size x size: the equations above, less those below
    clearing: Floats  # form x people: how fast the free part leaves, 1/d
    state: Floats
    free: Ints
    absorbed: Floats
    given: Floats
    by_mouth: Floats  # the tick of the last dose by mouth, -1 before the first
    is_over: Bools = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.is_over = self.state[:, BLOOD] > self.body.capacity

    @classmethod
    def of(
        cls, given: Sequence[Given], body: Body, chosen: slice, levels: int
    ) -> _Chunk:
        some = body.some(chosen)
        doses = [
            (
                round(dose.day * TICKS),
                dose,
                np.broadcast_to(np.asarray(dose.amount, float), (body.people,))[chosen],
            )
            for dose in given
        ]
        forms = tuple(dict.fromkeys(dose.drug for dose in given)) or (*body.forms,)[:1]
        injected = tuple(dict.fromkeys(d.drug for d in given if d.route in _INJECTIONS))
        below = matrix_of(some, injected, forms[0], is_over=False)
        above = [matrix_of(some, injected, form, is_over=True) for form in forms]
        return cls(
            body=some,
            doses=doses,
            injected=injected,
            forms=forms,
            carriers=np.stack(
                [_carriers(matrix, levels) for matrix in (below, *above)]
            ),
            turns=np.stack([matrix - below for matrix in above]),
            clearing=np.stack([some.forms[form].clearance for form in forms]),
            state=started(some, len(injected)),
            free=np.zeros(some.people, dtype=np.int64),
            absorbed=np.zeros(some.people),
            given=np.zeros(some.people),
            by_mouth=np.full(some.people, -1.0),
        )

    def run(self, ticks: Ints, kept: dict[str, Floats]) -> None:
        """Write what they hold at each of some times, which rise, into arrays by name."""
        now, place = 0, 0
        fresh = np.zeros(self.body.people, dtype=bool)
        for column, tick in enumerate(ticks.tolist()):
            while place < len(self.doses) and self.doses[place][0] < tick:
                time = self.doses[place][0]
                self.advance(time - now, fresh)
                fresh = fresh & (time == now)
                now = time
                while place < len(self.doses) and self.doses[place][0] == now:
                    fresh = fresh | self.give(now, *self.doses[place][1:])
                    place += 1
            self.advance(tick - now, fresh)
            fresh = fresh & (tick == now)
            now = tick
            held = self.held()
            for name, values in kept.items():
                values[:, column] = held[name]

    def held(self) -> dict[str, Floats]:
        state = self.state
        return {
            "serum": state[:, BLOOD] / self.body.volume * 1000,
            "store": state[:, STORE] + state[:, TISSUE],
            "urine": state[:, URINE],
            "lost": state[:, LOST],
            "absorbed": self.absorbed,
            "given": self.given,
            "waiting": self.waiting(),
            "blood": state[:, BLOOD],
        }

    def waiting(self, chosen: Any = slice(None)) -> Floats:
        held: Floats = self.state[chosen, GUT] + self.state[chosen, INJECTED:].sum(1)
        return held

    def give(self, now: int, dose: Given, amount: Floats) -> Bools:
        """Give a dose to those whose amount is more than nothing; who gets an injection."""
        takes = amount > 0
        into = amount
        if dose.route == "oral":
            since = np.where(self.by_mouth < 0, np.inf, (now - self.by_mouth) / TICKS)
            into = np.where(takes, taken_up(amount, self.body, since), 0.0)
            self.by_mouth = np.where(takes, now, self.by_mouth)
            place = GUT
        elif dose.route == "intravenous":
            place = BLOOD
        else:
            place = INJECTED + self.injected.index(dose.drug)
        self.state[:, place] += into
        self.absorbed = self.absorbed + into
        self.given = self.given + amount
        self.free = np.where(takes, self.forms.index(dose.drug), self.free)
        self.is_over = self.state[:, BLOOD] > self.body.capacity
        return takes if dose.route != "oral" else np.zeros_like(takes)

    # ------------------------------------------------------------------- through time

    def advance(self, ticks: int, fresh: Bools) -> None:
        """Carry everybody through so many ticks; `fresh` are those who have just been injected."""
        if ticks == 0:
            return
        below, above = self._settled(ticks / TICKS)
        if below.all():
            self._straight(slice(None), ticks)
            return
        calm = below | above
        if calm.any():
            self._straight(np.flatnonzero(calm), ticks)
        others = np.flatnonzero(~calm)
        self._watched(others, ticks, fresh[others])

    def _settled(self, days: float) -> tuple[Bools, Bools]:
        """Who surely stays below the capacity for so many days, and who surely above it.

        Nobody rises through the capacity who has not enough to fill serum, or to whom less comes
        at the most than leaves serum at the capacity; and nobody falls through it to whom more
        comes from tissue alone.
        """
        body, state = self.body, self.state
        gut = state[:, GUT] * body.through
        near = state[:, BLOOD] + state[:, INJECTED:].sum(axis=1) + gut
        stored = state[:, STORE] + state[:, GUT] + near + state[:, TISSUE]
        risen = body.rising * (body.store * (1 - body.follows) + body.follows * stored)
        leaves = body.leaving * body.capacity
        deep = state[:, TISSUE] + risen * days
        fills = near + body.returning * (deep + near) * days
        comes = gut * body.absorbing + body.returning * (deep + leaves * days)
        for place, name in enumerate(self.injected, start=INJECTED):
            comes = comes + state[:, place] * body.forms[name].release
        stays = np.exp(-(body.returning + body.settling) * days)
        least = body.returning * state[:, TISSUE] * stays
        below: Bools = ~self.is_over & ((fills < body.capacity) | (comes < leaves))
        above: Bools = self.is_over & (least > leaves)
        return below, above

    def _straight(self, chosen: Any, ticks: int) -> None:
        """Carry some who do not pass the capacity on the way."""
        everybody = isinstance(chosen, slice)
        mode = np.where(self.is_over[chosen], 1 + self.free[chosen], 0)
        for level in _bits(ticks, self.carriers.shape[1]):
            carrier = (
                self.carriers[0, level]
                if everybody
                else self.carriers[mode, level, chosen]
            )
            self.state[chosen] = (carrier @ self.state[chosen][..., None])[..., 0]

    def _watched(self, chosen: Ints, ticks: int, fresh: Bools) -> None:
        """Carry some in steps in which serum fills or empties once at the most.

        Each takes steps of their own: short ones after an injection, longer ones while a dose is
        still being released. Who would pass the capacity halves the step, until what is left of
        it after the passage may be bent.
        """
        left = np.full(len(chosen), ticks)
        first, most = self._paces(chosen, fresh)
        limit = most.copy()
        hunting = np.zeros(len(chosen), dtype=bool)
        while len(chosen):
            grown = np.frexp(np.maximum((ticks - left) >> 1, 1))[1] - 1
            pace = np.minimum(np.maximum(first, grown), most)
            level = np.minimum(np.minimum(limit, pace), np.frexp(left)[1] - 1)
            was_over = self.is_over[chosen]
            after, passes = self._tried(chosen, level)
            passes &= level > 0
            done = ~passes
            self._accept(chosen[done], after[done])
            left[done] -= 1 << level[done]
            over = self.is_over[chosen] != was_over
            hunting = (hunting | passes) & ~over
            limit = np.where(hunting, np.maximum(level - 1, 0), most)
            on = left > 0
            if not on.all():
                chosen, left, limit, most = chosen[on], left[on], limit[on], most[on]
                hunting, first = hunting[on], first[on]

    def _paces(self, chosen: Ints, fresh: Bools) -> tuple[Ints, Ints]:
        """The first and the longest step of each, as powers of two of ticks."""
        most = np.full(len(chosen), self.carriers.shape[1] - 1)
        first = most.copy()
        for place, name in enumerate(self.injected, start=INJECTED):
            takes = TICKS / self.body.forms[name].release[chosen]
            held = self.state[chosen, place] > _EMPTY
            early, late = (
                np.frexp(np.maximum(takes * part, 1))[1] - 1
                for part in (_QUARTER, _HALF)
            )
            most = np.where(held & ~fresh, np.minimum(most, late), most)
            first = np.where(held & fresh, np.minimum(first, early), first)
        gut = self.state[chosen, GUT] > _EMPTY
        return first, np.where(gut, np.minimum(most, _OF_GUT), most)

    def _accept(self, chosen: Ints, after: Floats) -> None:
        self.state[chosen] = after
        self.is_over[chosen] = after[:, BLOOD] > self.body.capacity[chosen]

    def _tried(self, chosen: Ints, level: Ints) -> tuple[Floats, Bools]:
        """Where a step would carry some, and who passes the capacity on the way.

        Who passes it so near the end of the step that a straight line will do for the rest is
        carried there along it.
        """
        mode = np.where(self.is_over[chosen], 1 + self.free[chosen], 0)
        carrier = self.carriers[mode, level, chosen]
        before = self.state[chosen]
        after = (carrier @ before[..., None])[..., 0]
        capacity = self.body.capacity[chosen]
        passes = (after[:, BLOOD] > capacity) != self.is_over[chosen]
        if passes.any():
            self._bent(chosen, (before, after), passes, 2.0**level / TICKS)
        return after, passes

    def _bent(
        self, chosen: Ints, ends: tuple[Floats, Floats], passes: Bools, days: Floats
    ) -> None:
        """Correct the steps of those who pass the capacity by little; they then do not pass.

        At the capacity both equations say the same, so that on the rest of a short step they
        differ by what serum holds beyond it, half of it on the average.
        """
        before, after = ends
        clearing = self.clearing[self.free[chosen], chosen]
        capacity = self.body.capacity[chosen]
        beyond = after[:, BLOOD] - capacity
        error = np.abs(beyond) * (clearing * days) ** 2 / 6
        found = np.flatnonzero(passes & (error < _NEAR * capacity))
        who = chosen[found]
        moved = after[found, BLOOD] - before[found, BLOOD]
        rest = days[found] * beyond[found] / np.where(moved == 0, 1, moved)
        turn = np.where(self.is_over[who], -1.0, 1.0) * rest / 2
        bend = (self.turns[self.free[who], who] @ after[found][..., None])[..., 0]
        after[found] += bend * turn[:, None]
        passes[found] = False


def _bits(ticks: int, levels: int) -> list[int]:
    """The steps that so many ticks are made of, the largest first."""
    highest = levels - 1
    whole, rest = divmod(ticks, 1 << highest)
    return [highest] * whole + [n for n in range(highest, -1, -1) if rest >> n & 1]
