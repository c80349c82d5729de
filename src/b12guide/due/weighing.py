"""How sure it is that something is due: what an audit would say of it if it did not come.

A thing that is due is weighed as an audit weighs a departure, so that both come to the same: it is
certain where nothing is missing to hold its absence against the guideline (M60).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from attrs import evolve, frozen

from b12guide.audit.departure import Departure, weighed
from b12guide.audit.finding import Family, Missing, What
from b12guide.audit.replay import Replay
from b12guide.due.model import DueDays, DueDose, DueTest, HeldBack
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph import model as m
from b12guide.regimen.interval import exceeds, falls_short
from b12guide.say.advice import advice_text
from b12guide.say.words import listing
from b12guide.truth import Truth
from b12guide.values.calendar import add_days
from b12guide.values.duration import Duration

_MONTHS_DIFFER_BY = 4
"""By so many days at most the lengths of months move the day on which something is late."""


@frozen
class Certainty:
    """How sure it is that a rule asks for something.

    Attributes:
        why_open: Why it is not certain; nothing where it is.
        needs: The unknown facts that would settle it.
    """

    why_open: tuple[Missing, ...]
    needs: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether nothing is left open."""
        return not self.why_open

    def overdue(self, *, is_past: bool) -> Truth:
        """Whether what is past its last day is overdue."""
        if not is_past:
            return Truth.FALSE
        return Truth.TRUE if self.is_certain else Truth.UNKNOWN


def certainty(
    replay: Replay,
    verdict: RuleVerdict,
    about: Iterable[str | None],
    why: Iterable[Missing] = (),
    family: Family = Family.INTERVAL,
) -> Certainty:
    """How sure it is, on the day asked for, that a rule asks for something.

    Args:
        replay: The history beside the guideline.
        verdict: The rule, and what is true of it.
        about: The drugs, routes and tests in question.
        why: What else leaves it open.
        family: What an audit would count its absence as.
    """
    departure = Departure(
        on=replay.on,
        family=family,
        verdict=verdict,
        matter=("due",),
        text="",
        about=about,
        why=tuple(why),
    )
    row = weighed(departure, replay)
    missing = row.missing
    if verdict.verdict is not Verdict.APPLIES and not missing:
        text = "whether the rule holds is not known"
        missing = (Missing(What.CONDITION, text),)
    return Certainty(missing, row.needs)


# ------------------------------------------------------------------------------- days


def day_before(day: dt.date, days: int) -> dt.date:
    """So many days before a day; the first of the calendar where there is none."""
    return add_days(day, -days) or dt.date.min


def day_after(day: dt.date, days: int) -> dt.date:
    """So many days after a day; the last of the calendar where there is none."""
    return add_days(day, days) or dt.date.max


def last_in_time(
    first: dt.date, latest: dt.date, length: Duration | None, spare: int
) -> dt.date:
    """The last day that an audit does not call late: the lengths of months alone do not count.

    Args:
        first: The day from which the length is counted.
        latest: The last day by the guideline.
        length: The length, where that alone decides; None where it does not.
        spare: The days of tolerance.
    """
    day = day_after(latest, spare)
    for _ in range(_MONTHS_DIFFER_BY):
        following = day_after(day, 1)
        if length is None or exceeds(first, following, length, spare):
            break
        day = following
    return day


def first_in_time(
    first: dt.date, earliest: dt.date, length: Duration | None, spare: int
) -> dt.date:
    """The first day that an audit does not call early, as for `last_in_time`."""
    day = day_before(earliest, spare)
    for _ in range(_MONTHS_DIFFER_BY):
        before = day_before(day, 1)
        if (
            length is None
            or before <= first
            or falls_short(first, before, length, spare)
        ):
            break
        day = before
    return day


# -------------------------------------------------------------------- what speaks against


def beside_the_schedule(replay: Replay) -> Iterator[HeldBack]:
    """What holds on the day beside doses and tests: withheld, stopped, changed, referred, added."""
    graph, decisions = replay.graph, replay.knowledge.on(replay.on).answer.decisions
    kinds = (
        (m.Decision.PERMISSION, m.Prohibition),
        (m.Decision.CONTINUATION, m.Stop),
        (m.Decision.CHANGE, m.Change),
        (m.Decision.REFERRAL, m.Referral),
    )
    for decision, kind in kinds:
        for option in decisions[decision].options:
            if isinstance(option.advice, kind):
                perhaps = "" if option.certain else "perhaps "
                may = "may " if option.alternative else ""
                text = perhaps + may + advice_text(option.advice, graph)
                yield HeldBack(text=text, rules=option.rules)
    for option in decisions[m.Decision.ADJUNCT].options:
        if option.certain and not isinstance(option.advice, m.NotNeeded):
            may = "may also give" if option.alternative else "also"
            later = " (withheld for now)" if option.withheld else ""
            text = f"{may} {advice_text(option.advice, graph)}{later}"
            yield HeldBack(text=text, rules=option.rules)


def held_back(
    replay: Replay, rule: m.Rule, drugs: tuple[str, ...]
) -> tuple[HeldBack, ...]:
    """Why a dose of a rule is not to be given on the day, though its schedule names it."""
    return tuple(_held_back(replay, rule, drugs))


def _held_back(
    replay: Replay, rule: m.Rule, drugs: tuple[str, ...]
) -> Iterator[HeldBack]:
    graph, decisions = replay.graph, replay.knowledge.on(replay.on).answer.decisions
    for one in decisions[rule.decision].not_offered:
        if rule.name in one.offered_by and one.certain:
            names = listing(map(replay.called, one.drugs))
            yield HeldBack(text=f"{names}: contraindicated", rules=one.rules)
    barred: dict[str, HeldBack] = {}
    for choice in decisions[m.Decision.FORM].options:
        bar = choice.advice
        if isinstance(bar, m.Exclusion) and bar.outright and choice.certain:
            for drug in bar.drugs:
                text = f"{replay.called(drug)}: contraindicated"
                barred.setdefault(drug, HeldBack(text=text, rules=choice.rules))
    if drugs and all(drug in barred for drug in drugs):
        yield from dict.fromkeys(barred[drug] for drug in drugs)
        return
    withheld: dict[str, HeldBack] = {}
    for option in decisions[m.Decision.PERMISSION].options:
        is_in_force = option.certain and not option.alternative
        if is_in_force and isinstance(option.advice, m.Prohibition):
            text = advice_text(option.advice, graph)
            for drug in option.advice.drugs:
                withheld.setdefault(drug, HeldBack(text=text, rules=option.rules))
    if drugs and all(drug in withheld for drug in drugs):
        yield from dict.fromkeys(withheld[drug] for drug in drugs)
    for decision in (m.Decision.CONTINUATION, m.Decision.CHANGE):
        for option in decisions[decision].options:
            advice = option.advice
            match advice:
                case m.Stop(treatment=treatment):
                    ends = treatment not in graph.vocabulary.drugs or treatment in drugs
                case m.Change(of=of):
                    ends = of is rule.decision
                case _:
                    ends = False
            if ends and option.certain and not option.alternative:
                yield HeldBack(text=advice_text(advice, graph), rules=option.rules)


# ------------------------------------------------------------------------------ together


def together(doses: Iterable[DueDose]) -> Iterator[DueDose]:
    """Doses that several rules ask for alike, once, on the days on which all of them do.

    Rules that leave no such day, and those that are not certain, keep their own.
    """
    found: list[DueDose] = []
    for dose in doses:
        for place, other in enumerate(found):
            both = _both(other, dose)
            if both is not None:
                found[place] = both
                break
        else:
            found.append(dose)
    yield from found


def _both(one: DueDose, other: DueDose) -> DueDose | None:
    if not (one.certain and other.certain) or one.as_needed or other.as_needed:
        return None
    for name in ("decision", "is_optional", "drugs", "held_back", "waits_for", "text"):
        if getattr(one, name) != getattr(other, name):
            return None
    mine, theirs = one.phase, other.phase
    if (mine.dose, mine.route) != (theirs.dose, theirs.route):
        return None
    days = days_of_both(one.days, other.days)
    if days is None:
        return None
    return evolve(
        one,
        days=days,
        overdue=one.overdue | other.overdue,
        rules=tuple(dict.fromkeys((*one.rules, *other.rules))),
    )


def days_of_both(one: DueDays, other: DueDays) -> DueDays | None:
    """The days on which both are due; None where there are none."""
    earliest = _latest(one.earliest, other.earliest)
    latest = _first(one.latest, other.latest)
    if earliest is not None and latest is not None and latest < earliest:
        return None
    return DueDays(
        earliest=earliest,
        recommended=_latest(one.recommended, other.recommended),
        latest=latest,
        accepted_from=_latest(one.accepted_from, other.accepted_from),
        accepted_until=_first(one.accepted_until, other.accepted_until),
    )


def _latest(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _first(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return min((day for day in (one, other) if day is not None), default=None)


Item = TypeVar("Item", bound=DueDose | DueTest)
"""Something that is due."""


def unless_read(items: Iterable[Item]) -> Iterator[Item]:
    """What is due, where rows of the history could not be read: any of them may be a dose."""
    text = "rows of the history could not be read, and may say otherwise"
    missing = Missing(What.RECORD, text)
    some: Iterable[Any] = items
    for item in some:
        found: Item = evolve(
            item,
            certain=False,
            overdue=Truth.UNKNOWN,
            why_open=(*item.why_open, missing),
        )
        yield found
