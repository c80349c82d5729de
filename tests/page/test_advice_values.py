"""Two pieces of advice are the same, meet, and lie within one another, as in the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from attrs import evolve

from b12guide.evaluate.composition import intersection, is_within
from b12guide.graph import model as m
from b12guide.page.advice import advice_data, value_data
from b12guide.regimen import model as r
from b12guide.regimen.phase import can_be_apart
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.term import Operator
from tests.page.in_node import in_node
from tests.strategies import graphs as make

PAIRS = 4000
HELD = """({advice, pairs}) => {
  const {values} = b12guide.compose.ready(advice);
  return pairs.map(([one, two]) => ({
    alike: values.areAlike(one, two),
    shared: values.shared(one, two),
    within: values.isWithin(one, two),
  }));
}"""
NUMBERS = tuple(Fraction(n) for n in (20, 20, 30, 50))
RANGES = (
    (TimeUnit.MINUTE, 5, 10),
    (TimeUnit.MINUTE, 10, 10),
    (TimeUnit.MINUTE, 10, 20),
    (TimeUnit.SECOND, 600, 600),
    (TimeUnit.HOUR, 1, 2),
)


def regimen(draw: make.Draw) -> Callable[[], r.Regimen]:
    """Regimens, each of which differs little from one before."""
    before: list[r.Regimen] = []

    def found() -> r.Regimen:
        like = draw.one(before[-6:]) if before else None
        one = draw.regimen(is_adjunct=False, like=like)
        if draw.chance(50):
            phases = [phase_of(draw, phase) for phase in one.phases]
            one = r.Regimen(tuple(phases))
        before.append(one)
        return one

    return found


def phase_of(draw: make.Draw, phase: r.Phase) -> r.Phase:
    """The phase with several drugs, and bounds and units that only arise where two meet."""
    days, weeks = make.length(10, 28, make.DAY), make.length(2, 4, make.WEEK)
    bounds = (phase.bound, r.ForDoses(5, weeks), r.ForDoses(4, days), r.ForTime(days))
    other = r.Phase(
        drugs=draw.some(make.DRUGS, 0, 3),
        dose=draw.one(
            (phase.dose, r.Dose(Fraction(1, 3), Fraction(2), "mg", is_written=False))
        ),
        route=phase.route,
        frequency=draw.one(
            (
                phase.frequency,
                r.Times(0, 3, weeks),
                r.Times(2, 2, make.length(2, 2, make.WEEK)),
                r.Every(make.length(7, 7, make.DAY)),
            )
        ),
        bound=draw.one(bounds),
        apart=phase.apart,
        as_needed=draw.chance(20),
        with_food=draw.chance(50),
        after=draw.some(make.EVENTS, 0, 2),
    )
    apart = other.apart
    if apart is not None and not can_be_apart(apart, other.frequency, other.bound):
        return phase
    return other


def change(draw: make.Draw) -> Callable[[], m.Change]:
    doses = regimen(draw)

    def found() -> m.Change:
        of = draw.one((m.Decision.LOADING, m.Decision.MAINTENANCE))
        shape = draw.random.randrange(4)
        if shape == 0:
            drugs = draw.some(make.DRUGS, 1, 3)
            return m.Change(of=m.Decision.FORM, to=m.FormChoice(drugs=drugs))
        if shape == 1:
            routes = draw.some(make.ROUTES, 1, 3)
            return m.Change(of=m.Decision.ROUTE, to=m.Routes(routes=routes))
        return m.Change(of=of, to=m.Regimens(regimens=(doses(),)))

    return found


def target(draw: make.Draw) -> Callable[[], m.Target]:
    def found() -> m.Target:
        low = draw.one(NUMBERS)
        high = draw.one([n for n in NUMBERS if n >= low]) if draw.chance(50) else low
        how = draw.one(list(Operator) if low == high else list(Operator)[:4])
        name = draw.one(make.MEASURES)
        return m.Target(measure=name, operator=how, low=low, high=high, unit=None)

    return found


def instruction(draw: make.Draw) -> Callable[[], m.Instruction]:
    def found() -> m.Instruction:
        shape = draw.random.randrange(3)
        if shape == 0:
            low = draw.one((21, 23, 25))
            return m.Instruction(gauge=(low, draw.one((low, 25, 27))))
        if shape == 1:
            unit, least, most = draw.one(RANGES)
            length = DurationRange(Fraction(least), Fraction(most), unit)
            return m.Instruction(pressure=length)
        site, avoid = draw.one(make.SITES), draw.chance(50)
        routinely = avoid and draw.chance(50)
        return m.Instruction(site=site, avoid=avoid, routinely=routinely)

    return found


def other(draw: make.Draw) -> Callable[[], m.Advice]:
    before = [draw.monitoring()]

    def found() -> m.Advice:
        shape = draw.random.randrange(5)
        if shape == 0:
            before.append(draw.monitoring())
            return before[-1]
        if shape < 3:  # nearly the same once more
            one = draw.one(before[-3:])
            at_least = draw.chance(50)
            then = tuple(evolve(each, at_least=at_least) for each in one.then)
            return evolve(one, then=then, never_alone=draw.chance(20))
        if shape == 3:
            return m.Routes(routes=draw.some(make.ROUTES, 1, 3))
        return m.Referral(services=draw.some(make.SERVICES, 1, 2))

    return found


@pytest.mark.parametrize("kind", [regimen, change, target, instruction, other])
def test_any_two_are_held_beside_each_other_alike(
    kind: Callable[[make.Draw], Callable[[], m.Advice]],
) -> None:
    found = kind(make.Draw(Random(1)))  # noqa: S311 -- alike each time
    pairs = [(found(), found()) for _ in range(PAIRS)]
    graph = make.draw_graph(Random(1))  # noqa: S311 -- alike each time
    data = [[value_data(one), value_data(two)] for one, two in pairs]
    seen = Counter[str]()
    answers: list[dict[str, Any]] = in_node(
        HELD, {"advice": advice_data(graph), "pairs": data}
    )
    for (one, two), said in zip(pairs, answers, strict=True):
        met = intersection(one, two)
        wanted = {
            "alike": one == two,
            "shared": None if met is None else value_data(met),
            "within": is_within(one, two),
        }

        assert said == wanted, (one, two)
        seen.update(name for name, so in wanted.items() if so)
    assert min(seen[name] for name in ("alike", "shared", "within")) > 20, seen
