"""The engine against a general solver that is given the same equations, and its laws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.integrate import solve_ivp

from b12guide.course import engine
from b12guide.course.engine import Given, Trajectory, run
from b12guide.course.equations import (
    BLOOD,
    GUT,
    INJECTED,
    STORE,
    TISSUE,
    Body,
    changes,
    started,
    taken_up,
)
from b12guide.course.parameters import parameters
from b12guide.course.people import made_up

DAYS = [0.0, 0.25, 1.0, 2.0, 3.0, 7.0, 14.0, 30.0, 61.0, 90.0, 130.0]
PLANS = {
    "hydroxocobalamin, an injection every 61 days": [
        Given(day=day, amount=1000, drug="hydroxocobalamin", route="intramuscular")
        for day in (0, 61, 122)
    ],
    "mecobalamin, into a vein each day": [
        Given(day=day, amount=500, drug="mecobalamin", route="intravenous")
        for day in range(10)
    ],
    "cyanocobalamin, injections and tablets": [
        Given(day=0, amount=100, drug="cyanocobalamin", route="subcutaneous"),
        Given(day=3, amount=1000, drug="cyanocobalamin", route="intramuscular"),
        *(
            Given(day=day, amount=2000, drug="cyanocobalamin", route="oral")
            for day in range(10, 60)
        ),
    ],
    "tablets that fill serum, and injections on top": [
        *(
            Given(day=day, amount=5000, drug="mecobalamin", route="oral")
            for day in range(120)
        ),
        Given(day=62, amount=1000, drug="mecobalamin", route="intramuscular"),
    ],
    "two forms": [
        Given(day=0, amount=1000, drug="cyanocobalamin", route="intramuscular"),
        Given(day=20, amount=1000, drug="hydroxocobalamin", route="intramuscular"),
    ],
}


def solved(doses: list[Given], body: Body) -> npt.NDArray[np.float64]:
    """Serum and store of one person on the days, by a general solver from dose to dose."""
    injected = tuple(
        dict.fromkeys(
            d.drug for d in doses if "muscular" in d.route or "sub" in d.route
        )
    )
    state = started(body, len(injected))[0]
    times = sorted({*DAYS, *(dose.day for dose in doses)})
    free, found = doses[0].drug, []
    for time, end in zip(times, [*times[1:], None], strict=True):
        if time in DAYS:
            found.append(
                (state[BLOOD] / body.volume[0] * 1000, state[STORE] + state[TISSUE])
            )
        for dose in doses:
            if dose.day != time:
                continue
            free = dose.drug
            amount = np.array([float(dose.amount)])
            if dose.route == "oral":
                state[GUT] += taken_up(amount, body)[0]
            elif dose.route == "intravenous":
                state[BLOOD] += amount[0]
            else:
                state[INJECTED + injected.index(dose.drug)] += amount[0]
        if end is None:
            break

        def change(
            _: float, now: npt.NDArray[np.float64], form: str = free
        ) -> npt.NDArray[np.float64]:
            over = now[BLOOD] > body.capacity
            found = changes(now[None], body, injected, form, is_over=over)
            one: npt.NDArray[np.float64] = found[0]
            return one

        state = solve_ivp(
            change,
            (time, end),
            state,
            method="LSODA",
            rtol=1e-10,
            atol=1e-9,
            max_step=0.5,
        ).y[:, -1]
    return np.array(found)


@pytest.mark.parametrize("name", PLANS)
def test_the_engine_says_what_a_general_solver_says_of_the_same_equations(
    name: str,
) -> None:
    doses = PLANS[name]
    body = made_up(parameters(), 4, seed=3)

    found = run(doses, body, DAYS)

    for person in range(body.people):
        expected = solved(doses, body.some(slice(person, person + 1)))
        assert found.serum[person] == pytest.approx(expected[:, 0], rel=1e-5)
        assert found.store[person] == pytest.approx(expected[:, 1], rel=1e-6)


def balance(found: Trajectory, body: Body) -> npt.NDArray[np.float64]:
    """What is there, went out and was lost, less what was there and came in."""
    there = found.blood + found.store + found.waiting
    went = found.urine + found.lost
    before = (body.blood + body.tissue + body.store)[:, None]
    food = body.food[:, None] * found.days
    balance: npt.NDArray[np.float64] = there + went - before - food - found.absorbed
    return balance


@pytest.mark.parametrize("name", PLANS)
def test_nothing_is_made_and_nothing_vanishes(name: str) -> None:
    body = made_up(parameters(), 60, seed=5)

    found = run(PLANS[name], body, DAYS)

    most = found.absorbed.max()
    assert most > 0
    assert np.abs(balance(found, body)).max() < 1e-9 * most


def test_amounts_are_never_negative() -> None:
    body = made_up(parameters(), 60, seed=5)

    found = run(PLANS["two forms"], body, [*range(0, 2000, 10)])

    for name in ("serum", "store", "urine", "lost", "waiting"):
        assert getattr(found, name).min() > -1e-12


def test_each_person_comes_out_the_same_in_any_company(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = made_up(parameters(), 20, seed=1)
    doses = PLANS["cyanocobalamin, injections and tablets"]
    together = run(doses, body, DAYS)
    monkeypatch.setattr(engine, "_CHUNK", 3)

    apart = run(doses, body, DAYS)

    assert apart.serum == pytest.approx(together.serum, rel=1e-9)
    assert apart.urine == pytest.approx(together.urine, rel=1e-9, abs=1e-9)


def test_who_gets_no_dose_goes_on_as_if_nobody_did() -> None:
    body = made_up(parameters(), 6, seed=2)
    some = np.array([1000.0, 0, 1000, 0, 0, 0])
    dose = Given(day=1, amount=some, drug="mecobalamin", route="intramuscular")

    found = run([dose], body, DAYS)
    without = run([], body, DAYS)

    assert found.serum[3:] == pytest.approx(without.serum[3:], rel=1e-9)
    assert (found.serum[0, 3:5] > without.serum[0, 3:5]).all()
    assert found.given[:, -1].tolist() == some.tolist()


def test_of_cyanocobalamin_the_more_is_lost_the_more_is_given() -> None:
    body = made_up(parameters(), 300, seed=4)
    base = run([], body, [3.0]).urine[:, 0]
    lost = {}
    for amount in (25, 100, 1000):
        drug, route = "cyanocobalamin", "intramuscular"
        dose = Given(day=0, amount=amount, drug=drug, route=route)
        lost[amount] = (run([dose], body, [3.0]).urine[:, 0] - base) / amount

    # The product information: 5 %, 47 % and 85 %.
    assert np.median(lost[25]) < np.median(lost[100]) < np.median(lost[1000])
    assert lost[25].min() <= 0.05 <= lost[25].max()
    assert lost[100].min() <= 0.47 <= lost[100].max()
    assert lost[1000].min() <= 0.69 <= lost[1000].max()


def test_serum_keeps_its_level_where_nothing_is_given_and_nothing_is_lost() -> None:
    still = parameters().replaced({"food": 100})
    body = made_up(still, 10, seed=1, intrinsic_factor=True)

    found = run([], body, [0.0, 1000.0])

    assert found.serum[:, 1] == pytest.approx(found.serum[:, 0], rel=1e-6)


@pytest.mark.parametrize(
    ("doses", "days", "said"),
    [
        ([], [1.0, 1.0], "`days` rise"),
        ([], [-1.0], "`days` rise"),
        ([Given(day=-1, amount=1, drug="mecobalamin", route="oral")], [1.0], "before"),
        ([Given(day=0, amount=1, drug="mecobalamin", route="nasal")], [1.0], "nasal"),
        (
            [Given(day=0, amount=1, drug="adenosylcobalamin", route="oral")],
            [1.0],
            "adenosyl",
        ),
    ],
)
def test_what_cannot_be_run_is_refused(
    doses: list[Given], days: list[float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        run(doses, made_up(parameters(), 2), days)
