"""The course of regimens in many made-up people, beside a loop of SciPy's `solve_ivp`.

Both are given the same equations, people and doses. The solver gets them in the form that suits it
best, as matrices, and starts anew at each dose, as it has to. It is asked for a few of the people,
and its time for all of them is worked out from that; ours is asked for all. Levels are compared
first: a level that differs by more than a thousandth stops the benchmark.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from timing import PROCESSOR, Aim, aims, sized, table

from b12guide.course.engine import Given, run
from b12guide.course.equations import (
    BLOOD,
    GUT,
    INJECTED,
    Body,
    matrix_of,
    started,
    taken_up,
)
from b12guide.course.parameters import parameters
from b12guide.course.people import made_up

try:
    from scipy.integrate import solve_ivp
except ImportError:
    solve_ivp = None

PEOPLE = sized(10_000, 4)
SAMPLE = sized(10, 1)
DAYS = [float(day) for day in range(0, sized(1827, 30), 7)]
DRUG = "hydroxocobalamin"
AIM = 50
DIFFERS = 1e-3
RTOL, ATOL = 1e-6, 1e-6

PLANS = {
    "an injection every 2 months": [
        Given(day=day, amount=1000, drug=DRUG, route="intramuscular")
        for day in range(0, int(DAYS[-1]) + 1, 61)
    ],
    "a tablet daily": [
        Given(day=day, amount=1000, drug="cyanocobalamin", route="oral")
        for day in range(int(DAYS[-1]) + 1)
    ],
}


def solved(doses: list[Given], body: Body) -> Any:
    """The levels of one person by the solver, dose by dose."""
    routes = {dose.route for dose in doses}
    drug = doses[0].drug
    injected = (drug,) if "intramuscular" in routes else ()
    below, above = (
        matrix_of(body, injected, drug, is_over=over)[0] for over in (False, True)
    )
    capacity = float(body.capacity[0])

    def change(_: float, now: Any) -> Any:
        return (above if now[BLOOD] > capacity else below) @ now

    state = started(body, len(injected))[0]
    found: list[Any] = []
    times = [*(float(dose.day) for dose in doses), DAYS[-1] + 1]
    for dose, end in zip(doses, times[1:], strict=True):
        day = float(dose.day)
        asked = [one for one in DAYS if day < one <= end]
        if day == 0:
            found.append(state[BLOOD])
        amount = np.array([float(dose.amount)])
        if dose.route == "oral":
            state[GUT] += taken_up(amount, body)[0]
        else:
            state[INJECTED] += amount[0]
        out = solve_ivp(
            change,
            (day, end),
            state,
            method="LSODA",
            rtol=RTOL,
            atol=ATOL,
            t_eval=[*asked, end] if end not in asked else asked,
        )
        found += out.y[BLOOD, : len(asked)].tolist()
        state = out.y[:, -1]
    return np.array(found) / body.volume[0] * 1000


def main() -> None:
    """Print the tables."""
    body = made_up(parameters(), PEOPLE, seed=1)
    rows, reached = [], []
    for name, doses in PLANS.items():
        start = PROCESSOR()
        found = run(doses, body, DAYS, keep=("serum", "store"))
        ours = PROCESSOR() - start
        if solve_ivp is None:
            rows.append((name, f"{ours:.1f}", "not installed", ""))
            continue
        start = PROCESSOR()
        several = [solved(doses, body.some(slice(n, n + 1))) for n in range(SAMPLE)]
        theirs = (PROCESSOR() - start) * PEOPLE / SAMPLE
        off = np.abs(found.serum[:SAMPLE] / np.array(several) - 1).max()
        if off > DIFFERS:
            message = f"{name}: the levels differ by {off:.2g}"
            raise SystemExit(message)
        rows.append((name, f"{ours:.1f}", f"{theirs:,.0f}", f"{theirs / ours:,.0f}"))
        what = f"the course of regimens in 10,000 people over 5 years, {name}: `solve_ivp` takes"
        reached.append(Aim(what, AIM, theirs / ours, "x", is_most=False))
    head = ("10,000 people over 5 years", "b12guide, s", "`solve_ivp`, s", "times")
    print(table(head, rows))
    if reached:
        print()
        print(aims(reached))


if __name__ == "__main__":
    main()
