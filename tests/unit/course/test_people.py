from __future__ import annotations

import numpy as np
import pytest

from b12guide.course.parameters import parameters
from b12guide.course.people import drawn, made_up, rate_of_peak
from b12guide.errors import ArgumentError


def test_each_range_is_filled_evenly() -> None:
    found = drawn(parameters(), 200, seed=1)

    for row in parameters():
        low, high = row.ends
        values = found[row.name]
        assert low <= values.min() <= values.max() <= high
        if low < high:
            assert len(set(values.tolist())) == 200
    even = found["store_at_start"]
    inside = np.sort((even - 300) / 300)
    assert (np.floor(inside * 200) == np.arange(200)).all()


def test_the_same_seed_makes_the_same_people() -> None:
    one, two, other = (made_up(parameters(), 9, seed=seed) for seed in (1, 1, 2))

    assert (one.volume == two.volume).all()
    assert (one.volume != other.volume).any()


def test_where_intrinsic_factor_is_not_known_every_other_person_has_it() -> None:
    assert made_up(parameters(), 4).has_factor.tolist() == [True, False, True, False]
    without = made_up(parameters(), 4, intrinsic_factor=False)
    assert without.most.tolist() == [0, 0, 0, 0]
    assert without.food.tolist() == [0, 0, 0, 0]
    assert without.loss.min() >= 0.0013


@pytest.mark.parametrize(("peak", "leaving"), [(1 / 24, 5.6), (1.0, 0.3), (1.0, 4.0)])
def test_a_dose_that_is_released_at_the_rate_of_a_peak_peaks_there(
    peak: float, leaving: float
) -> None:
    rate = float(rate_of_peak(np.array([peak]), np.array([leaving]))[0])

    times = np.linspace(0.5 * peak, 2 * peak, 30001)
    level = (np.exp(-leaving * times) - np.exp(-rate * times)) / (rate - leaving)
    assert times[np.argmax(level)] == pytest.approx(peak, rel=1e-3)


def test_equal_rates_peak_at_one_over_either() -> None:
    one = np.array([1.0])

    assert rate_of_peak(one, one)[0] == pytest.approx(1, abs=1e-3)


def test_a_store_that_holds_less_than_tissue_is_refused() -> None:
    given = {"store_at_start": "0.01 mg", "serum_at_start": "700 pg/mL"}

    with pytest.raises(ArgumentError, match=r"`store` has to be more .* `0.01 mg`"):
        made_up(parameters().replaced(given), 50)
