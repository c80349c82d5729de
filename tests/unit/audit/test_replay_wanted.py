"""How many doses a loading course asks for: counted once for all who follow the same regimen."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from b12guide import load
from b12guide.audit.event import Given
from b12guide.audit.replay import LoadingCourse
from b12guide.regimen.following import FollowedDose
from b12guide.regimen.model import Regimen
from b12guide.regimen.schedule import shifted
from b12guide.values.duration import TimeUnit
from tests.strategies.schedules import regimens

RULE = next(iter(load("mecobalamin_im").graph.rules.values()))


def begun(regimen: Regimen, start: dt.date) -> LoadingCourse:
    return LoadingCourse(
        rule=RULE,
        printed=regimen,
        regimen=regimen,
        doses=(Given(on=start, drug="hydroxocobalamin"),),
        steps=(FollowedDose(day=start),),
        pending=None,
        after=None,
    )


@given(regimens(), st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)))
def test_the_doses_wanted_are_those_that_the_schedule_has_in_ten_years(
    regimen: Regimen, start: dt.date
) -> None:
    until = shifted(start, Fraction(10), TimeUnit.YEAR)
    schedule = regimen.doses_due(start, until=until)
    expected = None
    if not regimen.is_lifelong and schedule.last is not None:
        expected = sum(not dose.is_optional for dose in schedule.doses)

    assert begun(regimen, start).wanted == expected
