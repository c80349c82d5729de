"""A departure from a rule becomes a finding: how grave it is, and with which others it is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from attrs import Factory, evolve, field, frozen

from b12guide.audit.finding import (
    Family,
    Finding,
    FindingRow,
    Gravity,
    Missing,
    Stretch,
    What,
)
from b12guide.audit.replay import Replay
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.explanation import kleene, truth
from b12guide.evaluate.memory import remembered
from b12guide.graph import condition as c
from b12guide.graph.model import Rule, RuleGraph, Silence
from b12guide.graph.query import assumptions_behind
from b12guide.say.names import topic_text
from b12guide.say.words import listing
from b12guide.truth import Truth
from b12guide.values.term import Operator, Strength


def _words(names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(name for name in names if name is not None)


@frozen(kw_only=True)
class Departure:
    """Something that departs from a rule, or cannot be judged by it, before it is weighed.

    Attributes:
        on: The day; for a gap or something missing, the day on which it became due.
        known_on: The day whose knowledge decides; the same if None.
        verdict: The rule, and what was true of it that day.
        matter: What it is about. All rows about one matter make one finding.
        like: What it has in common with other events; events that are alike, and that the same
            rules speak to alike, make one finding. None: it stands by itself.
        text, limit, compared, needs, clears: As of the finding; a departure of one day compares it
            with nothing else.
        about: The drugs, routes, tests and facts that it speaks of: a silence on one weakens it.
        beside: Words of which a silence is quoted beside it, and no more.
        why: Why it is no violation, as far as that lies in what was found.
        readings: Assumptions on which the departure itself rests.
        noted: Further assumptions to be shown with it.
        ceiling: The gravest that it can be, where that is not a matter of the rule's strength.
        common: What is said of many that are alike, if not the text of each.
        lasts: The days on which it departs, as of the finding; empty: on that day alone.
    """

    on: dt.date
    known_on: dt.date | None = None
    family: Family
    verdict: RuleVerdict
    matter: tuple[object, ...]
    like: tuple[object, ...] | None = None
    text: str
    limit: str = ""
    compared: tuple[dt.date, ...] = field(
        default=Factory(lambda self: (self.on,), takes_self=True)
    )
    needs: tuple[str, ...] = ()
    clears: str = ""
    about: frozenset[str] = field(default=frozenset(), converter=_words)
    beside: frozenset[str] = field(default=frozenset(), converter=_words)
    why: tuple[Missing, ...] = ()
    readings: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    ceiling: Gravity | None = None
    common: str = ""
    lasts: tuple[Stretch, ...] = ()


_CEILING = {
    Strength.REQUIRED: Gravity.VIOLATION,
    Strength.DO_NOT: Gravity.VIOLATION,
    Strength.SHOULD: Gravity.VIOLATION,
    Strength.AVOID: Gravity.WARNING,
    Strength.SHOULD_CONSIDER: Gravity.WARNING,
}

_AT_MOST: Mapping[What, Gravity] = {
    What.CONDITION: Gravity.UNRESOLVED,
    What.SILENCE: Gravity.UNRESOLVED,
    What.RECORD: Gravity.UNRESOLVED,
    What.READING: Gravity.UNRESOLVED,
    What.CONFLICT: Gravity.INFO,
    What.LIMIT: Gravity.INFO,
}

_ORDER = list(Gravity)


def weighed(departure: Departure, replay: Replay) -> FindingRow:
    """The departure with how grave it is, and why it is no graver."""
    rule = departure.verdict.rule
    day = departure.known_on or departure.on
    silences = tuple(_in_force(replay, day, departure.about))
    beside = (s for s in _in_force(replay, day, departure.beside) if s not in silences)
    highest = ceiling(departure)
    missing = departure.why
    if highest is not Gravity.INFO:
        missing = tuple(dict.fromkeys(_missing(departure, replay, day, silences)))
    gravities = [highest, *(_AT_MOST[m.what] for m in missing)]
    if departure.readings:
        gravities.append(Gravity.INFO)
    shown = (*silences, *beside)
    noted = [name for s in shown for name in s.noted_as]
    noted += [*departure.readings, *departure.noted]
    known = [name for name in noted if name in replay.graph.assumptions]
    return FindingRow(
        on=departure.on,
        gravity=max(gravities, key=_ORDER.index),
        rule=rule,
        text=departure.text,
        limit=departure.limit,
        compared=departure.compared,
        needs=departure.needs or departure.verdict.needs,
        assumptions=tuple(dict.fromkeys([*rule.assumptions, *known])),
        clears=departure.clears,
        missing=missing,
        silences=shown,
        undated=_undated(replay, rule, day),
        lasts=departure.lasts,
    )


def ceiling(departure: Departure) -> Gravity:
    """The gravest that a departure from this rule can be."""
    if departure.ceiling is not None:
        return departure.ceiling
    strength = departure.verdict.rule.grounds.strength
    return Gravity.INFO if strength is None else _CEILING.get(strength, Gravity.INFO)


def _missing(
    departure: Departure, replay: Replay, day: dt.date, silences: tuple[Silence, ...]
) -> Iterator[Missing]:
    """What keeps a departure from being a violation."""
    yield from departure.why
    verdict = departure.verdict
    if verdict.verdict is Verdict.INDETERMINATE:
        text = "the source's own threshold leaves open whether the rule holds here"
        yield Missing(What.CONDITION, text)
    if verdict.verdict is Verdict.UNKNOWN:
        needs = listing(replay.called(n) for n in verdict.needs)
        text = "whether the rule holds was not known that day"
        yield Missing(What.CONDITION, f"{text}: {needs}" if needs else text)
    for silence in silences:
        noted = f" ({' '.join(silence.noted_as)})" if silence.noted_as else ""
        text = f"this is not addressed by the guideline{noted}"
        yield Missing(What.SILENCE, text, silence.text)
    for name in departure.readings:
        yield _read(replay, name, "it departs by our reading only")
    if verdict.verdict not in {Verdict.APPLIES, Verdict.OVERRIDDEN}:
        return
    for name in resting_on(verdict.rule, replay, day):
        yield _read(replay, name, "the rule holds here by our reading only")
    for name in too_old(verdict.rule, replay, day):
        yield Missing(What.CONDITION, undated(replay.graph, name))


def _read(replay: Replay, name: str, text: str) -> Missing:
    assumption = replay.graph.assumptions[name]
    return Missing(What.READING, f"{text} ({name})", assumption.text)


def undated(graph: RuleGraph, name: str) -> str:
    """That a fact has no date, in words."""
    return f"{topic_text(graph, name)} has no date; taken as always known"


# ------------------------------------------------------- what the certainty rests on


def _in_force(replay: Replay, day: dt.date, about: frozenset[str]) -> Iterator[Silence]:
    """The silences of a day that have one of these words among their topics."""
    for silence in replay.knowledge.on(day).answer.silences:
        if not about.isdisjoint(silence.topics):
            yield silence


def _undated(replay: Replay, rule: Rule, day: dt.date) -> tuple[str, ...]:
    """The facts without a date but for which a rule would not hold on a day (M3)."""
    graph, knowledge = replay.graph, replay.knowledge
    names = knowledge.undated & replay.targets.read_by(rule)

    def work_out() -> tuple[str, ...]:
        facts = knowledge.facts(day)
        found = []
        for name in sorted(names):
            values = {n: value for n, value in facts.values.items() if n != name}
            without = evolve(facts, values=values)
            if truth(rule.condition, graph, without) is not Truth.TRUE:
                found.append(name)
        return tuple(found)

    # The same for all in whom the rules see the same.
    key = (rule.name, names, knowledge.seen(day))
    return remembered(knowledge.evaluator.memory.undated, key, work_out)


def is_long_before(replay: Replay, day: dt.date) -> bool:
    """Whether a day lies so far back that what has no date need not have been so then.

    Somebody who is recorded as deficient was so when treatment began. How long before is not
    known: what happened long before does not depart from what holds for the deficient.
    """
    first = replay.events[0].on if replay.events else replay.on
    begun = replay.first or first
    return (begun - day).days > replay.tolerance.undated


def too_old(rule: Rule, replay: Replay, day: dt.date) -> tuple[str, ...]:
    """The facts without a date that alone make a rule hold on a day long before treatment."""
    return _undated(replay, rule, day) if is_long_before(replay, day) else ()


def resting_on(rule: Rule, replay: Replay, day: dt.date) -> Iterator[str]:
    """The assumptions without which a rule would not hold on a day.

    `any of a, b assuming T` rests on T for those who have b alone, and a bound that is read as
    included rests on it for a value that lies exactly there.
    """
    graph = replay.graph
    behind = assumptions_behind(rule.condition, graph.definitions)
    if not behind:
        return
    facts = replay.knowledge.facts(day)

    def without(name: str, part: c.Condition, known: dict[str, Truth]) -> Truth:
        """The truth of a condition whose parts that rest on an assumption do not hold."""
        match part:
            case c.Resting(operand=operand, assumptions=names) if name in names:
                # A condition as it would be without the reading that it rests
                # on.
                leaves = tuple(c.atoms(operand))
                if not all(isinstance(leaf, c.Compare) for leaf in leaves):
                    return Truth.FALSE
                on_bound = any(
                    isinstance(leaf, c.Compare)
                    and leaf.operator is not Operator.EQUAL
                    and facts.values.get(leaf.fact) in {leaf.low, leaf.high}
                    for leaf in leaves
                )
                found = truth(operand, graph, facts)
                return ~found if on_bound else found
            case c.Defined(name=defined) if defined not in facts.definitions:
                if defined not in known:
                    meaning = graph.definitions[defined].condition
                    known[defined] = without(name, meaning, known)
                return known[defined]
            case c.Resting() | c.Not() | c.AllOf() | c.AnyOf() | c.AtLeast():
                parts = [without(name, one, known) for one in c.children(part)]
                return kleene(part, parts)
            case _:
                return truth(part, graph, facts)

    for name in behind:
        if without(name, rule.condition, {}) is not Truth.TRUE:
            yield name


# ------------------------------------------------------------------- from rows to findings

_GRAVITIES, _FAMILIES = list(Gravity), list(Family)
_RANKS: Mapping[Strength | None, int] = {
    Strength.REQUIRED: 0,
    Strength.DO_NOT: 0,
    Strength.SHOULD: 1,
    Strength.AVOID: 2,
    Strength.SHOULD_CONSIDER: 3,
}
"""The strongest first; those that are reported for information only share the last place."""
_LISTED = 6
"""As many days are listed one by one; of more, the first and the last."""

_Rows: TypeAlias = list[tuple[Departure, FindingRow]]


def findings_of(departures: Iterable[Departure], replay: Replay) -> tuple[Finding, ...]:
    """The findings that departures make, in the order of their days, the gravest first.

    A nurse counts events, not rules. So all rows about one matter make one finding, and so do
    matters of one kind to which the same rules speak in the same way: six injections at one wrong
    site are one habit. Only what can never be more than a warning stands apart from a violation.
    """
    matters: dict[object, _Rows] = {}
    for one in departures:
        pair = (one, weighed(one, replay))
        matters.setdefault((one.family, *one.matter), []).append(pair)
    runs: dict[object, list[_Rows]] = {}
    for number, matter in enumerate(matters.values()):
        is_violation = any(row.gravity is Gravity.VIOLATION for _, row in matter)
        strong, weak = _Rows(), _Rows()
        for one, row in matter:
            is_weak = is_violation and ceiling(one) is not Gravity.VIOLATION
            (weak if is_weak else strong).append((one, row))
        for part in filter(None, (strong, weak)):
            likes = frozenset(one.like for one, _ in part)
            rows = frozenset((row.rule.name, row.gravity) for _, row in part)
            is_single = None in likes
            key = number if is_single else (part[0][0].family, likes, rows)
            runs.setdefault(key, []).append(part)
    return tuple(
        sorted(
            map(_finding, runs.values()),
            key=lambda finding: (
                finding.on,
                _GRAVITIES.index(finding.gravity),
                _FAMILIES.index(finding.family),
                finding.rule.name,
                finding.text,
            ),
        )
    )


def _finding(run: Sequence[_Rows]) -> Finding:
    """The finding of matters that are alike, often of one.

    It says each text once with its days, then why it is no violation.
    """
    together = [pair for matter in run for pair in matter]
    together.sort(key=lambda pair: _place(pair[1]))
    rows = tuple(row for _, row in together)
    days_of: dict[str, set[dt.date]] = {}
    for one, row in together:
        text = one.common if len(run) > 1 and one.common else row.text
        # The day of the event itself, which may have become a departure later.
        days_of.setdefault(text, set()).add(
            row.compared[-1] if row.compared else row.on
        )
    texts_on: dict[tuple[dt.date, ...], list[str]] = {}
    for text, days in days_of.items():
        texts_on.setdefault(tuple(sorted(days)), []).append(text)
    said = [
        "; ".join(texts) + (f" ({days_text(days)})" if len(days) > 1 else "")
        for days, texts in texts_on.items()
    ]
    missing = [m.text for row in rows for m in row.missing]
    return Finding(
        on=min(row.on for row in rows if row.gravity is rows[0].gravity),
        gravity=rows[0].gravity,
        family=together[0][0].family,
        text="; ".join(dict.fromkeys([*said, *missing])),
        rows=rows,
    )


def _place(row: FindingRow) -> tuple[int, int, dt.date, int, str]:
    """The gravest first, then the strongest; of these, what was compared with the latest day."""
    rank = _RANKS.get(row.rule.grounds.strength, len(_RANKS))
    last = max((-day.toordinal() for day in row.compared[:1]), default=0)
    return (_GRAVITIES.index(row.gravity), rank, row.on, last, row.rule.name)


def days_text(days: Sequence[dt.date]) -> str:
    """Several days: each, or the first and the last of many."""
    if len(days) > _LISTED:
        return f"on {len(days)} days from {days[0]} to {days[-1]}"
    return f"on {len(days)} days: {listing(map(str, days))}"
