from __future__ import annotations

import numpy as np
import pytest

from b12guide.course.equations import BLOOD, LOST, ONE, changes, started, taken_up
from b12guide.course.parameters import parameters
from b12guide.course.people import made_up

BODY = made_up(parameters(), 50, seed=7, intrinsic_factor=True)
FREE = "cyanocobalamin"


@pytest.mark.parametrize("is_over", [False, True])
def test_what_leaves_one_place_comes_to_another(*, is_over: bool) -> None:
    state = np.random.default_rng(1).random((50, 8)) * 100
    state[:, ONE] = 1

    found = changes(state, BODY, (FREE,), FREE, is_over=is_over)

    assert found.sum(axis=1) == pytest.approx(BODY.food)
    assert (found[:, LOST] > 0).all()


def test_at_the_capacity_both_equations_say_the_same() -> None:
    state = started(BODY, 1)
    state[:, BLOOD] = BODY.capacity

    below, above = (
        changes(state, BODY, (FREE,), FREE, is_over=over) for over in (False, True)
    )

    assert below == pytest.approx(above)


def test_serum_and_tissue_are_in_balance_at_the_start() -> None:
    found = changes(started(BODY, 0), BODY, (), FREE, is_over=False)

    assert np.abs(found[:, :2]).max() < 1e-12


def test_of_tablets_as_much_is_taken_up_as_was_measured() -> None:
    point = parameters().replaced(
        {"intrinsic_factor_most": 1.3333, "intrinsic_factor_half": 1.6667, "passive": 1}
    )
    body = made_up(point, 1, intrinsic_factor=True)
    found = [taken_up(np.array([dose]), body)[0] for dose in (1.0, 5.0, 1000.0)]

    assert found == pytest.approx([0.51, 1.05, 11.33], abs=0.01)


def test_a_second_dose_before_recovery_finds_less_intrinsic_factor() -> None:
    amount = np.full(50, 5.0)

    soon = taken_up(amount, BODY, np.full(50, 1 / 24))
    late = taken_up(amount, BODY, np.full(50, 0.25))

    assert (soon < late).all()
    assert late == pytest.approx(taken_up(amount, BODY))


def test_no_more_is_taken_up_than_was_given() -> None:
    amount = np.full(50, 0.001)

    assert (taken_up(amount, BODY) <= amount).all()
