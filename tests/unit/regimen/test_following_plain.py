"""A phase that goes on at one interval is followed by a shorter way, which has to end the same."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from b12guide.regimen.following import AskedDose, _plain, _Walk, asked, followed
from b12guide.regimen.phase import Dose, Every, ForLife, Phase
from b12guide.regimen.schedule import Stage, Window
from b12guide.values.duration import DurationRange, TimeUnit

DOSE = Dose(Fraction(1), Fraction(1), "mg")
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2024, 12, 31))


@st.composite
def plain_phases(draw: st.DrawFn) -> Phase:
    """One dose after another, with no end."""
    unit = draw(st.sampled_from([TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH]))
    low = draw(st.sampled_from([Fraction(n) for n in (1, 2, 3, 12)] + [Fraction(3, 2)]))
    more = draw(st.sampled_from([0, 0, 1]))
    return Phase(
        dose=DOSE,
        frequency=Every(DurationRange(low, low + more, unit)),
        bound=draw(st.sampled_from([None, ForLife()])),
    )


@given(
    plain_phases(),
    st.lists(DAYS, max_size=8).map(sorted),
    st.none() | DAYS,
    st.integers(-20, 90),
)
def test_the_short_way_finds_what_the_walk_finds(
    phase: Phase, given_: list[dt.date], base: dt.date | None, free: int
) -> None:
    if base is not None:
        given_ = [day for day in given_ if day > base]
    over = None
    if base is not None and free > 0:
        day = base + dt.timedelta(free)
        over = Window(day, day)
    walk = _Walk((phase,), {}, None, base, over)
    expected: list[tuple[dt.date | None, Stage | None, AskedDose | None]] = []
    for day in given_:
        due = walk.due()
        expected.append((day, walk.take(day), due))
    expected.append((None, None, walk.due()))
    found = followed([phase], given_, base=base, free=over)
    short = asked([phase], given_, base=base, free=over)

    assert _plain(phase) is not None
    assert [(one.day, one.stage, one.due) for one in found] == expected
    assert [one.due for one in short] == [due for *_, due in expected]


def test_a_month_counted_from_the_31st_stays_at_the_end_of_the_months() -> None:
    month = DurationRange(Fraction(1), Fraction(1), TimeUnit.MONTH)
    phase = Phase(dose=DOSE, frequency=Every(month))
    days = [dt.date(2024, 1, 31), dt.date(2024, 2, 29)]
    due = asked([phase], days)[-1].due

    assert due is not None
    assert due.window == Window(dt.date(2024, 3, 31), dt.date(2024, 3, 31))


def test_equal_phases_that_are_written_otherwise_are_kept_apart() -> None:
    def every(number: int, unit: TimeUnit) -> Phase:
        length = DurationRange(Fraction(number), Fraction(number), unit)
        return Phase(dose=DOSE, frequency=Every(length))

    week, days = every(1, TimeUnit.WEEK), every(7, TimeUnit.DAY)
    day = dt.date(2024, 1, 1)
    first, second = (asked([one], [day])[-1].due for one in (week, days))

    assert week == days
    assert first is not None
    assert second is not None
    assert first.phase is week
    assert second.phase is days
