"""From what each rule says about each event to findings that somebody can count.

Rows about one matter, such as one dose or one test that is missing, are one finding with all their
statements. Events that are alike, and that the same rules speak to alike, are one finding with all
their days. A warning never stands in a violation: nobody should read that the source forbids what
it only advises against.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from b12guide.audit.finding import Family, Finding, FindingRow, Gravity, Missing
from b12guide.audit.replay import Replay
from b12guide.audit.severity import Departure, ceiling, weighed
from b12guide.audit.wording import joined
from b12guide.values.term import Strength

_Rows: TypeAlias = list[tuple[Departure, FindingRow]]

_GRAVITIES, _FAMILIES = list(Gravity), list(Family)
_RANKS: Mapping[Strength | None, int] = {
    Strength.REQUIRED: 0,
    Strength.DO_NOT: 0,
    Strength.SHOULD: 1,
    Strength.AVOID: 2,
    Strength.SHOULD_CONSIDER: 3,
}
"""The strongest first; those that are told for information only share the last place."""
_LISTED = 6
"""As many days are listed one by one; of more, the first and the last."""


def findings_of(departures: Iterable[Departure], replay: Replay) -> tuple[Finding, ...]:
    """The findings that departures make, in the order of their days, the gravest first."""
    matters: dict[object, _Rows] = {}
    for one in departures:
        key = (one.family, *one.matter)
        matters.setdefault(key, []).append((one, weighed(one, replay)))
    runs: dict[object, list[_Rows]] = {}
    for number, matter in enumerate(matters.values()):
        for part in _apart(matter):
            runs.setdefault(_alike(part, number), []).append(part)
    found = (_finding(run) for run in runs.values())
    return tuple(sorted(found, key=_order))


def _apart(matter: _Rows) -> Iterator[_Rows]:
    """The rows of a matter, but for what can only be warned of beside a violation."""
    is_violation = any(row.gravity is Gravity.VIOLATION for _, row in matter)
    for weaker in (False, True):
        part = [
            (one, row)
            for one, row in matter
            if (is_violation and ceiling(one) is not Gravity.VIOLATION) is weaker
        ]
        if part:
            yield part


def _alike(part: _Rows, number: int) -> object:
    """Equal for matters of one kind to which the same rules speak in the same way."""
    likes = {one.like for one, _ in part}
    if None in likes:
        return number
    rows = frozenset((row.rule.name, row.gravity) for _, row in part)
    return (part[0][0].family, frozenset(likes), rows)


def _finding(run: Sequence[_Rows]) -> Finding:
    """The finding of matters that are alike, often of one."""
    together = [pair for matter in run for pair in matter]
    together.sort(key=lambda pair: _row_order(pair[1]))
    rows = tuple(row for _, row in together)
    said = [
        (one.common if len(run) > 1 and one.common else row.text, _own_day(row))
        for one, row in together
    ]
    return Finding(
        on=min(row.on for row in rows if row.gravity is rows[0].gravity),
        gravity=rows[0].gravity,
        family=together[0][0].family,
        text=_text(said, (m for row in rows for m in row.missing)),
        rows=rows,
    )


def _own_day(row: FindingRow) -> dt.date:
    """The day of the event itself, which may have become a departure later."""
    return row.compared[-1] if row.compared else row.on


def _row_order(row: FindingRow) -> tuple[int, int, dt.date, int, str]:
    """The gravest first, then the strongest; of these, what was compared with the latest day."""
    strength = row.rule.grounds.strength
    rank = _RANKS.get(strength, len(_RANKS))
    last = max((-day.toordinal() for day in row.compared[:1]), default=0)
    return (_GRAVITIES.index(row.gravity), rank, row.on, last, row.rule.name)


def _text(said: Iterable[tuple[str, dt.date]], missing: Iterable[Missing]) -> str:
    """What the rows say, each text once with its days; then why it is no violation."""
    days_of: dict[str, set[dt.date]] = {}
    for text, day in said:
        days_of.setdefault(text, set()).add(day)
    texts_on: dict[tuple[dt.date, ...], list[str]] = {}
    for text, days in days_of.items():
        texts_on.setdefault(tuple(sorted(days)), []).append(text)
    texts = [
        "; ".join(together) + (f" ({_days(days)})" if len(days) > 1 else "")
        for days, together in texts_on.items()
    ]
    return "; ".join(dict.fromkeys([*texts, *(m.text for m in missing)]))


def _days(days: Sequence[dt.date]) -> str:
    if len(days) > _LISTED:
        return f"on {len(days)} days from {days[0]} to {days[-1]}"
    return f"on {len(days)} days: {joined(map(str, days))}"


def _order(finding: Finding) -> tuple[dt.date, int, int, str, str]:
    return (
        finding.on,
        _GRAVITIES.index(finding.gravity),
        _FAMILIES.index(finding.family),
        finding.rule.name,
        finding.text,
    )
