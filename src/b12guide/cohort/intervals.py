"""Intervals of shares: Wilson's for rows that were simply counted, Korn and Graubard's for surveys.

Wilson's interval (1927) holds its level where a share is small or nobody has it, which the usual
`p ± 2 standard errors` does not (Brown, Cai and DasGupta, Stat Sci 2001;16:101-133). For a survey
the interval of Clopper and Pearson is taken with the effective number of people, as Korn and
Graubard propose (Surv Methodol 1998;24:193-201) and as the standards of the US National Center for
Health Statistics ask for (Parker and others, Vital Health Stat 2017;2(175)): the effective number
is what a simple sample of the same precision would have, made smaller for the few degrees of
freedom of a design, and never more than the people there are.

The quantiles stand here because nothing else of the package needs SciPy. They come from one
function, the incomplete beta function, as a continued fraction (DLMF 8.17.22).
"""

from __future__ import annotations

from math import lgamma
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_TINY = 1e-300
_ENOUGH = 1e-14
_MOST_TERMS = 20_000
_MOST_STEPS = 200
_NORMAL_FROM = 1e8
"""So many degrees of freedom are as good as infinitely many."""


def normal_quantile(probability: float) -> float:
    """The quantile of the normal distribution."""
    return NormalDist().inv_cdf(probability)


def student_quantile(probability: float, freedom: float) -> float:
    """The quantile, at one half or more, of Student's t with so many degrees of freedom."""
    if freedom > _NORMAL_FROM:
        return normal_quantile(probability)
    # t² / (freedom + t²) has a beta distribution (DLMF 8.17, Abramowitz and Stegun 26.7.1).
    inside = np.array([2 * probability - 1])
    share = beta_quantile(inside, np.array([0.5]), np.array([freedom / 2]))[0]
    return float(np.sqrt(freedom * share / (1 - share)))


def incomplete_beta(at: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """The regularized incomplete beta function, which is the distribution function of a beta."""
    # The fraction converges quickly below the mean; above it, the other tail is taken.
    is_above = at > (first + 1) / (first + second + 2)
    x = np.where(is_above, 1 - at, at)
    a, b = np.where(is_above, second, first), np.where(is_above, first, second)
    with np.errstate(divide="ignore"):
        front = np.exp(a * np.log(x) + b * np.log1p(-x) - _log_beta(a, b)) / a
    found = np.where(x > 0, front * _fraction(x, a, b), 0.0)
    return np.where(is_above, 1 - found, found)


def _log_beta(first: Numbers, second: Numbers) -> Numbers:
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return np.array([lgamma(a) + lgamma(b) - lgamma(a + b) for a, b in pairs])


def _fraction(x: Numbers, a: Numbers, b: Numbers) -> Numbers:
    """The continued fraction of the incomplete beta function, by Lentz's algorithm."""

    def kept_from_zero(value: Numbers) -> Numbers:
        return np.where(np.abs(value) < _TINY, _TINY, value)

    whole = np.ones_like(x)
    left = np.arange(len(x))  # those that have not converged
    c = np.ones_like(x)
    d = 1 / kept_from_zero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / kept_from_zero(1 + term * d)
            c = kept_from_zero(1 + term / c)
            found = found * c * d
        whole[left] = found
        go_on = np.abs(c * d - 1) > _ENOUGH
        if not go_on.any():
            break
        if not go_on.all():
            left = left[go_on]
            c, d, found, x, a, b = (one[go_on] for one in (c, d, found, x, a, b))
    return whole


def beta_quantile(probability: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """The quantiles of beta distributions, by Newton's method between bounds that close in."""
    whole = first / (first + second)
    left = np.arange(len(whole))  # those that have not converged
    low, high, at = np.zeros_like(first), np.ones_like(first), whole.copy()
    log_beta = _log_beta(first, second)
    for _ in range(_MOST_STEPS):
        over = incomplete_beta(at, first, second) - probability
        high, low = np.where(over > 0, at, high), np.where(over > 0, low, at)
        with np.errstate(all="ignore"):
            log_density = (
                (first - 1) * np.log(at) + (second - 1) * np.log1p(-at) - log_beta
            )
            step = at - over / np.exp(log_density)
        is_inside = (step > low) & (step < high)
        new = np.where(is_inside, step, (low + high) / 2)
        go_on = np.abs(new - at) > 1e-12 * new + 1e-15
        whole[left] = at = new
        if not go_on.any():
            break
        left = left[go_on]
        low, high, at, first, second, probability, log_beta = (
            one[go_on] for one in (low, high, at, first, second, probability, log_beta)
        )
    return whole


def wilson(counts: Numbers, of: Numbers, level: float) -> tuple[Numbers, Numbers]:
    """The limits of Wilson's interval for the share of `counts` in `of`, which are not 0."""
    z = normal_quantile((1 + level) / 2)
    share = counts / of
    middle = share + z * z / (2 * of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = (
        (middle + sign * half) / (1 + z * z / of) for sign in (-1, 1)
    )  # at the ends, exactly
    return np.where(counts <= 0, 0.0, low), np.where(counts >= of, 1.0, high)


def effective_number(
    share: Numbers, error: Numbers, people: Numbers, freedom: Numbers, level: float
) -> Numbers:
    """How many people, simply drawn, would say as much about `share` as a survey does.

    Args:
        share: The share as estimated.
        error: Its standard error; 0 where everybody or nobody has it.
        people: How many were asked.
        freedom: The degrees of freedom of the design, at least 1.
        level: The level of the interval that is to be made.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        number = np.where(error > 0, share * (1 - share) / error**2, people)
    upper = (1 + level) / 2
    pairs = list(zip(people.tolist(), freedom.tolist(), strict=True))
    quantiles = {
        k: student_quantile(upper, k)
        for k in {k for n, f in pairs for k in (max(n - 1, 1), f)}
    }
    ratio = [quantiles[max(n - 1, 1)] / quantiles[f] for n, f in pairs]
    adjusted: Numbers = np.minimum(number * np.array(ratio) ** 2, people)
    return adjusted


def korn_graubard(
    share: Numbers, number: Numbers, level: float
) -> tuple[Numbers, Numbers]:
    """The limits of Clopper and Pearson's interval for a share among an effective number."""
    below = (1 - level) / 2
    have = number * share
    low, high = np.zeros_like(share), np.ones_like(share)
    some, others = share > 0, share < 1
    low[some] = beta_quantile(
        np.full(int(some.sum()), below), have[some], (number - have + 1)[some]
    )
    high[others] = beta_quantile(
        np.full(int(others.sum()), 1 - below),
        (have + 1)[others],
        (number - have)[others],
    )
    return low, high
