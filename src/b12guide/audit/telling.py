"""From departures to findings: which of them belong together, in which order and words.

A nurse counts events, not rules. So all departures about one matter make one finding, and so do
matters of one kind to which the same rules speak in the same way: six injections at one wrong site
are one habit. Only what can never be more than a warning stands apart from a violation.

What is to be told is kept light until somebody asks for it: the audit of one patient makes
findings of it, the audit of a cohort makes columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias, TypeVar

from attrs import frozen

from b12guide.audit.departure import Departure, Weight, row_of, weight_of
from b12guide.audit.event import Given, Started
from b12guide.audit.finding import Family, Finding, Gravity
from b12guide.audit.replay import Replay
from b12guide.say.words import listing

_FAMILIES, _GRAVITIES = list(Family), list(Gravity)

_LISTED = 6
"""As many days are listed one by one; of more, the first and the last."""


class Told(NamedTuple):
    """A departure with its weight, on a day; a tuple, because there are so many."""

    departure: Departure
    weight: Weight
    on: dt.date
    compared: tuple[dt.date, ...]


Matter: TypeAlias = list[Told]
"""All that is said about one matter."""


class Telling(NamedTuple):
    """What will be a finding.

    Attributes:
        rows: Rule by rule and day by day, the gravest first.
    """

    on: dt.date
    gravity: Gravity
    family: Family
    text: str
    rows: list[Told]


# ------------------------------------------------------------- what events have in common


@frozen(eq=False)
class Judgement:
    """What the rules say to an event whatever its day: it is worked out once for all alike.

    Attributes:
        departures: As they were found on the day of the first such event.
        parts: The same by what belongs together, each with the key of its run.
    """

    departures: tuple[Departure, ...]
    parts: tuple[tuple[Hashable, tuple[tuple[Departure, Weight], ...]], ...]


class Judged(NamedTuple):
    """A judgement of an event on its day."""

    judgement: Judgement
    on: dt.date


Taken = TypeVar("Taken", bound=Given | Started)

MOST_JUDGED = 1024
"""As many judgements are kept for each ruling; what is full starts anew."""


def judged(
    replay: Replay,
    event: Taken,
    judge: Callable[[Replay, Taken], Iterator[Departure]],
    said: Hashable,
) -> Judged:
    """What `judge` says to an event.

    Args:
        replay: The history beside the guideline.
        event: The event.
        judge: Who judges it, by nothing but what was known on its day and `said`, about matters
            to which nobody else speaks; each departure is `like` others.
        said: Equal for events that are equal to the judge.
    """
    known = replay.knowledge.on(event.on)
    kept: dict[Hashable, Judgement] = known.answer.kept.judged
    is_long_before = event.on.toordinal() < replay.undated_since
    undated = replay.knowledge.undated
    key = (judge, said, undated, known.on_bounds, is_long_before)
    found = kept.get(key)
    if found is None:
        departures = tuple(judge(replay, event))
        matters: dict[object, Matter] = {}
        for one in departures:
            _add(matters, one, replay)
        found = Judgement(
            departures,
            tuple(
                (key, tuple((told.departure, told.weight) for told in part))
                for matter in matters.values()
                for key, part in _parts(matter)
            ),
        )
        if len(kept) >= MOST_JUDGED:
            kept.clear()
        kept[key] = found
    return Judged(found, event.on)


# ---------------------------------------------------------------- what belongs together


def _add(matters: dict[object, Matter], one: Departure, replay: Replay) -> None:
    told = Told(one, weight_of(one, replay), one.on, one.compared)
    key = (one.family.name, *one.matter)
    matter = matters.get(key)
    if matter is None:
        matters[key] = [told]
    else:
        matter.append(told)


def _parts(matter: Matter) -> Iterator[tuple[Hashable, Matter]]:
    """The parts of a matter that stand apart, each with a key that is equal for alike ones."""
    if len(matter) > 1 and any(t.weight.gravity is Gravity.VIOLATION for t in matter):
        strong = [told for told in matter if not told.weight.is_weak]
        weak = [told for told in matter if told.weight.is_weak]
        parts = [part for part in (strong, weak) if part]
    else:
        parts = [matter]
    for part in parts:
        if any(told.departure.like is None for told in part):
            yield None, part  # it stands by itself
            continue
        likes = frozenset([told.departure.like for told in part])
        rows = frozenset([told.weight.speaks for told in part])
        yield (part[0].departure.family.name, likes, rows), part


def tellings_of(
    said: Iterable[Departure | Judged], replay: Replay
) -> tuple[Telling, ...]:
    """What is to be told, in the order of the days, the gravest first."""
    matters: dict[object, Matter] = {}
    runs: dict[Hashable, list[Matter]] = {}
    for one in said:
        if isinstance(one, Judged):
            (judgement, on), days = one, (one.on,)
            for key, part in judgement.parts:
                together = [Told(each, weight, on, days) for each, weight in part]
                runs.setdefault(key, []).append(together)
        else:
            _add(matters, one, replay)
    for number, matter in enumerate(matters.values()):
        for key, found in _parts(matter):
            runs.setdefault(number if key is None else key, []).append(found)
    tellings = [_telling(run) for run in runs.values()]
    if len(tellings) > 1:
        tellings.sort(key=_order)
    return tuple(tellings)


def _order(one: Telling) -> tuple[dt.date, int, int, str, str]:
    first = one.rows[0].weight
    family = _FAMILIES.index(one.family)
    return (one.on, first.place[0], family, first.speaks[0], one.text)


def _telling(run: Sequence[Matter]) -> Telling:
    """The telling of matters that are alike, often of one.

    It says each text once with its days, then why it is no violation.
    """
    rows = run[0] if len(run) == 1 else [told for matter in run for told in matter]
    if len(rows) > 1:
        rows = sorted(rows, key=_place)
    first = rows[0]
    gravity = first.weight.gravity
    text = _text(rows, is_run=len(run) > 1)
    return Telling(
        on=min([told.on for told in rows if told.weight.gravity is gravity]),
        gravity=gravity,
        family=run[0][0].departure.family,
        text=text,
        rows=rows,
    )


def _text(rows: Sequence[Told], *, is_run: bool) -> str:
    if len(rows) == 1:
        ((departure, weight, *_),) = rows
        if not weight.missing:
            return departure.text
        missing = [one.text for one in weight.missing]
        return "; ".join(dict.fromkeys([departure.text, *missing]))
    days_of: dict[str, set[dt.date]] = {}
    for departure, _, on, compared in rows:
        text = departure.common if is_run and departure.common else departure.text
        # The day of the event itself, which may have become a departure later.
        day = compared[-1] if compared else on
        days = days_of.get(text)
        if days is None:
            days_of[text] = {day}
        else:
            days.add(day)
    texts_on: dict[tuple[dt.date, ...], list[str]] = {}
    for text, days in days_of.items():
        texts_on.setdefault(tuple(sorted(days)), []).append(text)
    said = [
        "; ".join(texts) + (f" ({days_text(days)})" if len(days) > 1 else "")
        for days, texts in texts_on.items()
    ]
    said += [one.text for told in rows for one in told.weight.missing]
    return "; ".join(dict.fromkeys(said))


def _place(told: Told) -> tuple[int, int, dt.date, int, str]:
    """The gravest first, then the strongest; of these, what was compared with the latest day."""
    weight, compared = told.weight, told.compared
    last = -compared[0].toordinal() if compared else 0
    return (*weight.place, told.on, last, weight.speaks[0])


def days_text(days: Sequence[dt.date]) -> str:
    """Several days: each, or the first and the last of many."""
    if len(days) > _LISTED:
        return f"on {len(days)} days from {days[0]} to {days[-1]}"
    return f"on {len(days)} days: {listing(map(str, days))}"


# ------------------------------------------------------------------------------ findings


def findings_of(tellings: Iterable[Telling]) -> tuple[Finding, ...]:
    """The findings, as the audit of one patient has them."""
    return tuple(
        Finding(
            on=one.on,
            gravity=one.gravity,
            family=one.family,
            text=one.text,
            rows=tuple([row_of(t.departure, t.weight, t.on) for t in one.rows]),
        )
        for one in tellings
    )
