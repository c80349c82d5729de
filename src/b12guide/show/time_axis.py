"""Days from left to right: where a day lies, the months along the top, rows without overlap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from attrs import frozen

from b12guide.regimen.schedule import Window
from b12guide.show.svg import line, text

__all__ = ["LEFT", "ROW", "WIDTH", "Axis", "rows"]

WIDTH, LEFT, ROW = 960, 130, 18
"""Of a picture, of the names before its lanes, and from one row of a lane to the next."""

_RIGHT, _LABEL = 24, 50
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 1200, 12000)
_SHORT = 100
"""Up to so many days, weeks are told instead of months."""


@frozen
class Axis:
    """From the first day to the last."""

    first: dt.date
    last: dt.date

    @property
    def right(self) -> float:
        """Where the last day lies."""
        return WIDTH - _RIGHT

    def x(self, day: dt.date) -> float:
        """Where a day lies; days before the first and after the last lie at the ends."""
        days = max((self.last - self.first).days, 1)
        at = min(max((day - self.first).days, 0), days)
        return round(LEFT + (self.right - LEFT) * at / days, 1)

    def ticks(self, top: float, bottom: float) -> Iterator[str]:
        """A line for each month, or for each week of a short time, and its name above.

        There are fewer where there are many.
        """
        days = (self.last - self.first).days
        if days <= _SHORT:
            step = next(s for s in (1, 7, 14) if days <= 10 * s)
            shown = [self.first + dt.timedelta(n) for n in range(0, days + 1, step)]
            names = [(day, day.isoformat()) for day in shown]
        else:
            names = [(month, month.isoformat()[:7]) for month in self._months()]
            if not names or self.x(names[0][0]) - LEFT > _LABEL:
                yield _name(self.first.isoformat()[:7], LEFT, top)
        for day, name in names:
            x = self.x(day)
            yield line(x, top, x, bottom)
            if x + _LABEL <= WIDTH:
                yield _name(name, x + 2, top)

    def _months(self) -> list[dt.date]:
        """The first days of the months that have a line."""
        months = []
        number = self.first.year * 12 + self.first.month - 1
        for each in range(number, self.last.year * 12 + self.last.month):
            day = dt.date(each // 12, each % 12 + 1, 1)
            if day >= self.first:
                months.append(day)
        step = next(s for s in _STEPS if len(months) <= 14 * s)
        return [m for m in months if (m.year * 12 + m.month - 1) % step == 0]


def _name(name: str, x: float, top: float) -> str:
    return text(x, top - 4, name, size=11, colour="quiet")


def rows(windows: Sequence[Window], axis: Axis, margin: float) -> list[int]:
    """For each window the first row on which it touches no other, with a margin at both ends."""
    ends: list[float] = []
    found = []
    for window in windows:
        left = axis.x(window.earliest) - margin
        right = axis.x(window.latest) + margin
        row = next((r for r, end in enumerate(ends) if end < left), len(ends))
        ends[row : row + 1] = [right]
        found.append(row)
    return found
