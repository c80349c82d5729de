"""Limits of shares, held against published ones and against R."""

from __future__ import annotations

import numpy as np
import pytest

from b12guide.cohort.intervals import (
    beta_quantile,
    effective_number,
    incomplete_beta,
    korn_graubard,
    student_quantile,
    wilson,
)

# Newcombe, Stat Med 1998;17:857-872, table I, method 3.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("count", "of", "low", "high"), NEWCOMBE)
def test_published_intervals_of_wilson(
    count: int, of: int, low: float, high: float
) -> None:
    found = wilson(np.array([float(count)]), np.array([float(of)]), 0.95)

    assert [float(one[0]) for one in found] == pytest.approx([low, high], abs=5e-5)


def test_nobody_and_everybody_have_a_limit_that_is_exact() -> None:
    low, high = wilson(np.array([0.0, 7.0]), np.array([7.0, 7.0]), 0.95)

    assert low[0] == 0
    assert high[1] == 1
    assert 0 < high[0] == pytest.approx(1 - low[1])


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    # qt(0.975, ...) of R 4.2
    [
        (1, 12.7062047361747),
        (2, 4.30265272974946),
        (7, 2.36462425159278),
        (62, 1.99897151703338),
        (1e9, 1.95996398454005),
    ],
)
def test_quantiles_of_student(freedom: float, quantile: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(quantile, rel=1e-9)


@pytest.mark.parametrize(
    ("probability", "first", "second", "quantile"),
    # qbeta of R 4.2
    [
        (0.025, 0.3, 7, 4.78640342160711e-07),
        (0.975, 12.5, 100_000, 2.03200012822965e-04),
    ],
)
def test_quantiles_of_beta(
    probability: float, first: float, second: float, quantile: float
) -> None:
    given = (np.array([one]) for one in (probability, first, second))

    assert beta_quantile(*given)[0] == pytest.approx(quantile, rel=1e-6)


def test_a_quantile_undoes_the_distribution() -> None:
    random = np.random.default_rng(3)
    first, second = 10 ** random.uniform(-0.5, 5, (2, 300))
    probability = random.uniform(0.01, 0.99, 300)
    at = beta_quantile(probability, first, second)

    assert incomplete_beta(at, first, second) == pytest.approx(probability, abs=1e-7)
    # pbeta(0.3, 2.5, 4) of R
    given = (np.array([one]) for one in (0.3, 2.5, 4.0))
    assert incomplete_beta(*given)[0] == pytest.approx(0.352197585906767, rel=1e-12)


def test_clopper_and_pearson_of_a_simple_sample() -> None:
    """Newcombe, table I, method 5: the exact interval."""
    share = np.array([81 / 263, 15 / 148, 0.0])
    low, high = korn_graubard(share, np.array([263.0, 148.0, 20.0]), 0.95)

    assert low == pytest.approx([0.2527, 0.0578, 0.0], abs=5e-5)
    assert high == pytest.approx([0.3676, 0.1617, 0.1684], abs=5e-5)


def test_an_effective_number_is_never_more_than_the_people_there_are() -> None:
    share, people = np.array([0.2, 0.2, 0.0]), np.full(3, 100.0)
    error = np.array([0.01, 0.08, 0.0])  # a simple sample of 100 has 0.04
    found = effective_number(share, error, people, np.full(3, 20.0), 0.95)

    assert found[0] == 100
    ratio = student_quantile(0.975, 99) / student_quantile(0.975, 20)
    assert found[1] == pytest.approx(25 * ratio**2)
    assert found[2] == pytest.approx(100 * ratio**2)
