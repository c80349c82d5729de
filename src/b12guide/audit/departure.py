"""A departure from a rule, and how grave it is by what was known on its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeAlias

from attrs import Factory, evolve, field, frozen

from b12guide.audit.finding import Family, FindingRow, Gravity, Missing, Stretch, What
from b12guide.audit.replay import Replay
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.explanation import kleene, truth
from b12guide.evaluate.memory import remembered
from b12guide.graph import condition as c
from b12guide.graph.model import Rule, RuleGraph, Silence
from b12guide.say.names import topic_text
from b12guide.say.words import listing
from b12guide.truth import Truth
from b12guide.values.term import Operator, Strength


def _words(names: Iterable[str | None]) -> frozenset[str]:
    if type(names) is frozenset and None not in names:
        return names
    return frozenset(name for name in names if name is not None)


Lasts: TypeAlias = tuple[Stretch, ...] | Callable[[], tuple[Stretch, ...]]
"""The days on which something departs, or what counts them."""


# Without slots, because a frozen class with a dict is made twice as fast, and there are many.
@frozen(kw_only=True, slots=False, eq=False)
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
        lasts: The days on which it departs, as of the finding; empty: on that day alone. What
            takes a while to count is counted when somebody asks.
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
    beside: frozenset[str] = frozenset()
    why: tuple[Missing, ...] = ()
    readings: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    ceiling: Gravity | None = None
    common: str = ""
    lasts: Lasts = ()


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

_RANKS: Mapping[Strength | None, int] = {
    Strength.REQUIRED: 0,
    Strength.DO_NOT: 0,
    Strength.SHOULD: 1,
    Strength.AVOID: 2,
    Strength.SHOULD_CONSIDER: 3,
}
"""The strongest first; those that are reported for information only share the last place."""


def of_matter(departure: Departure, matter: tuple[object, ...]) -> Departure:
    """The same as part of another matter."""
    return Departure(**{**vars(departure), "matter": matter})


@frozen(kw_only=True, eq=False)
class Weight:
    """What a departure comes to by what was known on its day; the same for all that are alike.

    Attributes:
        place: Where it stands among the rows of a finding: by its gravity, then by the strength
            of its rule.
        speaks: The name of the rule, and how grave it is: what makes runs of like events.
        is_weak: Whether it can never be a violation.
    """

    rule: Rule
    gravity: Gravity
    needs: tuple[str, ...]
    assumptions: tuple[str, ...]
    missing: tuple[Missing, ...]
    silences: tuple[Silence, ...]
    undated: tuple[str, ...]
    place: tuple[int, int]
    speaks: tuple[str, str]
    is_weak: bool


MOST_WEIGHTS = 256
"""As many weights are kept for each ruling; what is full starts anew."""


def weighed(departure: Departure, replay: Replay) -> FindingRow:
    """The departure with how grave it is, and why it is no graver."""
    return row_of(departure, weight_of(departure, replay), departure.on)


def row_of(departure: Departure, weight: Weight, on: dt.date) -> FindingRow:
    """The row of a finding that says `departure` of a day, its own or that of a like event."""
    is_own = on == departure.on
    lasts = departure.lasts() if callable(departure.lasts) else departure.lasts
    if not is_own and lasts:
        lasts = ((on, on),)
    return FindingRow(
        on=on,
        gravity=weight.gravity,
        rule=weight.rule,
        text=departure.text,
        limit=departure.limit,
        compared=departure.compared if is_own else (on,),
        needs=weight.needs,
        assumptions=weight.assumptions,
        clears=departure.clears,
        missing=weight.missing,
        silences=weight.silences,
        undated=weight.undated,
        lasts=lasts,
    )


def weight_of(departure: Departure, replay: Replay) -> Weight:
    """How grave a departure is, and why it is no graver.

    That follows from the departure without its days and texts, from what the guideline says to
    what the rules see of the facts, and from what is in the key beside; so it is worked out once
    for all departures of which all this is the same.
    """
    day, verdict = departure.known_on or departure.on, departure.verdict
    known = replay.knowledge.on(day)
    name = verdict.rule.name
    key = (
        name,
        verdict.verdict,
        verdict.needs,
        departure.needs,
        departure.about,
        departure.beside,
        departure.why,
        departure.readings,
        departure.noted,
        departure.ceiling,
        replay.knowledge.undated,
        is_long_before(replay, day),
        known.on_bounds,
    )
    kept: dict[Hashable, Weight] = known.answer.kept.weights
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST_WEIGHTS:
            kept.clear()
        found = kept[key] = _weight(departure, replay, day)
    return found


def _weight(departure: Departure, replay: Replay, day: dt.date) -> Weight:
    rule = departure.verdict.rule
    silences = tuple(_in_force(replay, day, departure.about))
    beside = (s for s in _in_force(replay, day, departure.beside) if s not in silences)
    highest = ceiling(departure)
    missing = departure.why
    if highest is not Gravity.INFO:
        missing = tuple(dict.fromkeys(_missing(departure, replay, day, silences)))
    gravities = [highest, *(_AT_MOST[m.what] for m in missing)]
    if departure.readings:
        gravities.append(Gravity.INFO)
    gravity = max(gravities, key=_ORDER.index)
    shown = (*silences, *beside)
    noted = [name for s in shown for name in s.noted_as]
    noted += [*departure.readings, *departure.noted]
    known = [name for name in noted if name in replay.graph.assumptions]
    found = Weight(
        rule=rule,
        gravity=gravity,
        needs=departure.needs or departure.verdict.needs,
        assumptions=tuple(dict.fromkeys([*rule.assumptions, *known])),
        missing=missing,
        silences=shown,
        undated=_undated(replay, rule, day),
        place=(_ORDER.index(gravity), _RANKS.get(rule.grounds.strength, len(_RANKS))),
        speaks=(rule.name, gravity.value),
        is_weak=highest is not Gravity.VIOLATION,
    )
    # One for all rulings by which it is the same: what is said of it is worked out once as well.
    alike = (
        *found.speaks,
        found.needs,
        found.assumptions,
        found.missing,
        found.silences,
        found.undated,
        found.is_weak,
    )
    kept: dict[Hashable, Weight] = replay.knowledge.evaluator.memory.weights
    return remembered(kept, alike, lambda: found)


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
    return day.toordinal() < replay.undated_since


def too_old(rule: Rule, replay: Replay, day: dt.date) -> tuple[str, ...]:
    """The facts without a date that alone make a rule hold on a day long before treatment."""
    return _undated(replay, rule, day) if is_long_before(replay, day) else ()


def resting_on(rule: Rule, replay: Replay, day: dt.date) -> Iterator[str]:
    """The assumptions without which a rule would not hold on a day.

    `any of a, b assuming T` rests on T for those who have b alone, and a bound that is read as
    included rests on it for a value that lies exactly there.
    """
    graph = replay.graph
    behind = replay.targets.behind(rule)
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
