"""Whether a gap is longer, or shorter, than an interval: counted both ways, as it is defined."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from b12guide.regimen.interval import exceeds, falls_short
from b12guide.values.calendar import add, add_days
from b12guide.values.duration import Duration, TimeUnit

LENGTHS = st.builds(
    Duration,
    st.sampled_from([Fraction(n) for n in (1, 2, 3, 7, 12, 40)] + [Fraction(3, 2)]),
    st.sampled_from(list(TimeUnit)),
)


def moved(day: dt.date, days: int) -> dt.date:
    """So many days later, and no further than the calendar goes."""
    far = dt.date.max if days > 0 else dt.date.min
    return add_days(day, days) or far


@given(
    st.dates(dt.date(1999, 1, 1), dt.date(2010, 12, 31)) | st.just(dt.date.max),
    st.integers(-5, 1500),
    LENGTHS,
    st.integers(0, 20),
)
def test_a_gap_is_too_long_or_too_short_where_both_ways_say_so(
    first: dt.date, days: int, length: Duration, spare: int
) -> None:
    second = moved(first, days)
    least, most = moved(second, -spare), moved(second, spare)
    back = Duration(-length.value, length.unit)
    forward = add(first, length)
    before = [add(day, back) for day in (least, most)]
    too_long = forward is not None and least > forward
    too_long &= before[0] is None or before[0] > first
    too_short = forward is not None and most < forward
    too_short &= before[1] is None or before[1] < first

    assert exceeds(first, second, length, spare) == too_long
    assert falls_short(first, second, length, spare) == too_short
