"""What some rules say together, as data, and the two decisions with ways of their own.

The form weighs drugs named against drugs excluded. Monitoring gathers visits: a visit is a test
with its times or its interval, with what comes first (`after`), with its end (`until`), and with
what belongs to it: companions, the trough, that it is never relied on alone (M43). A rule without
any of the first four speaks of every visit of its test; what a rule with a schedule says belongs
to its own visits only (M44). A test that some rules ask for and others advise against is disputed:
it is taken out of all visits, and its rules are in conflict (M79).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from attrs import evolve, frozen

from b12guide.evaluate.answer import Side
from b12guide.frozen import spelled
from b12guide.graph.model import (
    Advice,
    Change,
    Exclusion,
    FormChoice,
    Monitoring,
    NotChecked,
    Recurrence,
    Rule,
)
from b12guide.regimen.model import Regimen
from b12guide.values.duration import Duration, DurationRange
from b12guide.values.term import Strength

ORDER = (
    Strength.REQUIRED,
    Strength.DO_NOT,
    Strength.SHOULD,
    Strength.AVOID,
    Strength.TARGET,
    Strength.SHOULD_CONSIDER,
    Strength.ACCEPTABLE_ALTERNATIVE,
    Strength.MAY,
    Strength.CLAIM,
    Strength.DEFINITION,
)
"""From the strongest to the weakest."""


def strongest(strengths: Iterable[Strength]) -> Strength:
    """The strongest of some strengths, `may` where there is none."""
    return min(strengths, key=ORDER.index, default=Strength.MAY)


def reading_order(rule: Rule) -> tuple[tuple[str, ...], int, str, str, str]:
    """Where a rule stands among others: by what it encodes and says, by its name at the last."""
    strength = rule.grounds.strength
    return (
        rule.grounds.statements,
        len(ORDER) if strength is None else ORDER.index(strength),
        spelled(rule.value),
        spelled(rule.condition),
        rule.name,
    )


class CompositionKind(Enum):
    """What the rules amount to; of several matters, the first of these that some come to."""

    CONFLICT = "conflict"
    ADVICE = "advice"
    NOT_NEEDED = "not needed"
    SILENT = "silent"


@frozen
class Advised:
    """A piece of advice and the rules behind it."""

    advice: Advice
    rules: tuple[Rule, ...]


@frozen
class Barred:
    """What some rules would offer, were not all its drugs contraindicated (M46)."""

    advice: Advice
    drugs: tuple[str, ...]
    by: tuple[Rule, ...]
    offered_by: tuple[Rule, ...]


@frozen(kw_only=True, slots=False, eq=False)
class Composition:
    """What some rules say together. It equals nothing but itself.

    Attributes:
        default: What is advised.
        alternatives: What may be done instead or in addition; of the form also what is excluded.
        sides: The sides of a conflict.
        idle: The rules that say that nothing is needed.
        barred: What is not offered because it is contraindicated.
    """

    kind: CompositionKind
    default: tuple[Advised, ...] = ()
    alternatives: tuple[Advised, ...] = ()
    sides: tuple[Side, ...] = ()
    idle: tuple[Rule, ...] = ()
    barred: tuple[Barred, ...] = ()

    @cached_property
    def advice(self) -> tuple[CompositionKind, frozenset[Advice]]:
        """The default alone, without its reasons."""
        return (self.kind, frozenset(entry.advice for entry in self.default))

    @cached_property
    def everything(self) -> tuple[Hashable, ...]:
        """All that is said, without the reasons: what two answers have to share to be the same."""
        return (
            *self.advice,
            frozenset(entry.advice for entry in self.alternatives),
            frozenset(side.advice for side in self.sides),
            frozenset((one.advice, one.drugs) for one in self.barred),
        )


# ------------------------------------------------------------- what rules say of drugs


def named(rule: Rule) -> tuple[str, ...]:
    """The drugs that a rule on the form names."""
    return rule.value.drugs if isinstance(rule.value, FormChoice) else ()


def excluded_by(rule: Rule) -> tuple[str, ...]:
    """The drugs that a rule on the form advises against or forbids."""
    match rule.value:
        case FormChoice(excluded=drugs) | Exclusion(drugs=drugs):
            return drugs
        case _:
            return ()


def strength_of(rules: Iterable[Rule]) -> Strength:
    """The strongest that some rules give."""
    strengths = (rule.grounds.strength for rule in rules)
    return strongest(s for s in strengths if s is not None)


def contraindicated(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The contraindicated drugs, with the rules that say so."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if is_contraindication(rule):
            for drug in excluded_by(rule):
                found.setdefault(drug, []).append(rule)
    return found


def is_contraindication(rule: Rule) -> bool:
    """Whether a rule forbids drugs outright."""
    return isinstance(rule.value, Exclusion) and rule.value.outright


def barred_by(
    advice: Advice,
    drugs: Iterable[str],
    out: Mapping[str, Sequence[Rule]],
    offered_by: Sequence[Rule],
) -> Barred:
    """What is not offered, with the contraindications behind it."""
    taken = tuple(drug for drug in drugs if drug in out)
    by = {rule.name: rule for drug in taken for rule in out[drug]}
    return Barred(advice, taken, tuple(by.values()), tuple(offered_by))


def drugs_of(advice: Advice) -> tuple[str, ...]:
    """The drugs that are given, or to be chosen from."""
    match advice:
        case Regimen() | FormChoice():
            return advice.drugs
        case Change(to=FormChoice(drugs=drugs)):
            return drugs
        case Change(regimens=(regimen,)):
            return regimen.drugs
        case _:
            return ()


def form_of(rules: Sequence[Rule]) -> Composition:
    """Which drugs (M37): those that every binding rule names, then others, then those excluded.

    What is contraindicated is taken out before anything is compared. What a rule excludes is out,
    whatever its strength: an exclusion offers nothing (M26). So where a drug is excluded something
    is said that binds, even if no drug is left to name: the decision is not silent.
    """
    out = contraindicated(rules)
    choices = [rule for rule in rules if named(rule)]
    left = {r.name: tuple(d for d in named(r) if d not in out) for r in choices}
    binding = [rule for rule in choices if not rule.optional and left[rule.name]]
    excluded: dict[str, list[Rule]] = {}
    for rule in rules:
        for drug in excluded_by(rule):
            excluded.setdefault(drug, []).append(rule)
    naming = {
        drug: (
            tuple(rule for rule in binding if drug in left[rule.name]),
            tuple(
                rule for rule in choices if rule.optional and drug in left[rule.name]
            ),
        )
        for drug in dict.fromkeys(d for r in (*binding, *choices) for d in left[r.name])
        if drug not in excluded
    }
    preferred = [d for d, (by, _) in naming.items() if by and len(by) == len(binding)]
    beside = {
        drug: offers if drug in preferred else (*by, *offers)
        for drug, (by, offers) in naming.items()
    }
    kind = CompositionKind.ADVICE if excluded else CompositionKind.SILENT
    kind = CompositionKind.CONFLICT if binding else kind
    return Composition(
        kind=CompositionKind.ADVICE if preferred else kind,
        default=tuple(
            Advised(FormChoice(drugs=(drug,)), naming[drug][0]) for drug in preferred
        ),
        alternatives=(
            *(Advised(FormChoice(drugs=(d,)), by) for d, by in beside.items() if by),
            *(
                Advised(Exclusion(drugs=(drug,), outright=drug in out), tuple(by))
                for drug, by in excluded.items()
            ),
        ),
        sides=() if preferred or not binding else _form_sides(binding, left, excluded),
        barred=tuple(
            barred_by(
                FormChoice(drugs=(drug,)),
                (drug,),
                out,
                [rule for rule in choices if drug in named(rule)],
            )
            for drug in dict.fromkeys(d for rule in choices for d in named(rule))
            if drug in out
        ),
    )


def _form_sides(
    binding: Sequence[Rule],
    left: Mapping[str, tuple[str, ...]],
    excluded: Mapping[str, Sequence[Rule]],
) -> tuple[Side, ...]:
    """What each binding rule names, and what excludes one of these drugs."""
    sides: dict[str, Side] = {}
    for rule in binding:
        if isinstance(rule.value, FormChoice):
            advice = evolve(rule.value, drugs=left[rule.name])
            sides[rule.name] = Side(rules=(rule.name,), advice=advice)
    for drug in dict.fromkeys(d for rule in binding for d in left[rule.name]):
        for rule in excluded.get(drug, ()):
            if isinstance(rule.value, Exclusion | FormChoice):
                side = Side(rules=(rule.name,), advice=rule.value)
                sides.setdefault(rule.name, side)
    return tuple(sides.values())


OfOneTest: TypeAlias = tuple[Rule, Monitoring | NotChecked]
"""A rule, and what it says of one of its tests."""


def monitored(rules: Sequence[Rule]) -> Composition:
    """What `rules`, all of which bind, say of tests (M43, M44, M79)."""
    if not any(isinstance(rule.value, NotChecked) for rule in rules):  # nearly always
        default = tuple(Advised(visit, by) for visit, by in visits(rules))
        kind = CompositionKind.ADVICE if default else CompositionKind.SILENT
        return Composition(kind=kind, default=default)
    lines: list[Advised] = []
    sides: dict[Advice, dict[str, None]] = {}
    for pieces in tests_together(rules):
        against = {t for _, o in pieces if isinstance(o, NotChecked) for t in o.tests}
        wanted = {
            t for _, o in pieces if isinstance(o, Monitoring) for t in asked_by(o)
        }
        disputed = against & wanted
        lines += [Advised(visit, by) for visit, by in _visits(pieces, disputed)]
        for test in dict.fromkeys(t for _, o in pieces for t in o.tests):
            advice = NotChecked(tests=(test,))
            by = tuple(rule for rule, one in pieces if one == advice)
            if by and test not in disputed:
                lines.append(Advised(advice, by))
        for rule, one in pieces:
            if disputed & asked_by(one):
                sides.setdefault(one, {})[rule.name] = None
    kind = CompositionKind.ADVICE if lines else CompositionKind.SILENT
    return Composition(
        kind=CompositionKind.CONFLICT if sides else kind,
        default=tuple(lines),
        sides=tuple(Side(rules=tuple(by), advice=one) for one, by in sides.items()),
    )


def asked_by(one: Monitoring | NotChecked) -> set[str]:
    """The tests that are done, or not done, by who follows it."""
    return {*one.tests, *(one.companions if isinstance(one, Monitoring) else ())}


def tests_together(rules: Iterable[Rule]) -> list[list[OfOneTest]]:
    """What rules say of each test, a test that is advised against beside those it goes with.

    They stand in the order in which they are named first.
    """
    pieces: list[OfOneTest] = [
        (rule, evolve(rule.value, tests=(test,)))
        for rule in rules
        if isinstance(rule.value, Monitoring | NotChecked)
        for test in rule.value.tests
    ]
    against = {t for _, one in pieces if isinstance(one, NotChecked) for t in one.tests}
    found: list[tuple[set[str], list[OfOneTest]]] = []
    for piece in pieces:
        about = {*piece[1].tests, *(against & asked_by(piece[1]))}
        tied = [group for group in found if group[0] & about]
        if not tied:
            found.append((about, [piece]))
            continue
        first, *others = tied
        for tests, some in others:
            first[0].update(tests)
            first[1].extend(some)
        first[0].update(about)
        first[1].append(piece)
        found = [group for group in found if group not in others]
    place = {rule.name: at for at, (rule, _) in enumerate(pieces)}
    return [sorted(some, key=lambda one: place[one[0].name]) for _, some in found]


def visits(rules: Sequence[Rule]) -> tuple[tuple[Monitoring, tuple[Rule, ...]], ...]:
    """Each visit with the rules behind it, test by test."""
    return _visits(
        (rule, evolve(rule.value, tests=(test,)))
        for rule in rules
        if isinstance(rule.value, Monitoring)
        for test in rule.value.tests
    )


def _visits(
    pieces: Iterable[OfOneTest], disputed: Iterable[str] = ()
) -> tuple[tuple[Monitoring, tuple[Rule, ...]], ...]:
    """The visits, without the tests that are disputed."""
    by_test: dict[str, list[tuple[Rule, Monitoring]]] = {}
    for rule, one in pieces:
        (test,) = one.tests
        if isinstance(one, Monitoring) and test not in disputed:
            left = tuple(other for other in one.companions if other not in disputed)
            bare = one if left == one.companions else evolve(one, companions=left)
            by_test.setdefault(test, []).append((rule, bare))
    return tuple(visit for found in by_test.values() for visit in _of_test(found))


def _of_test(
    found: Sequence[tuple[Rule, Monitoring]],
) -> list[tuple[Monitoring, tuple[Rule, ...]]]:
    general = [(rule, one) for rule, one in found if not is_scheduled(one)]
    everywhere = [one for _, one in general]
    scheduled = [
        (rule, _with(one, everywhere)) for rule, one in found if is_scheduled(one)
    ]
    alike: dict[Hashable, list[tuple[Rule, Monitoring]]] = {}
    for rule, one in scheduled:
        # All of a visit but its times: visits that share it may become one.
        bare = evolve(one, at=(), windows=(), every=None, at_least=False, once=False)
        alike.setdefault(bare, []).append((rule, one))
    merged = [visit for some in alike.values() for visit in _merged(some)]
    merged = [
        (one, by)
        for one, by in merged
        if not any(is_done_by(one, other) for other, _ in merged)
    ]
    if not merged:
        first, *others = everywhere
        merged = [(_with(first, others), set())]
    behind = {rule.name for rule, _ in general}
    return [
        (visit, tuple(rule for rule, _ in found if rule.name in names | behind))
        for visit, names in merged
    ]


def is_scheduled(one: Monitoring) -> bool:
    """Whether it is a visit of its own, and is not about every visit of its test (M44)."""
    times = one.at or one.windows
    recurs = one.every is not None
    return bool(
        times or recurs or one.once or one.after or one.until or one.during is not None
    )


def _with(one: Monitoring, others: Sequence[Monitoring]) -> Monitoring:
    """The visit with what rules on every visit of the test say of it."""
    every = (one, *others)
    return evolve(
        one,
        before_next_dose=any(m.before_next_dose for m in every),
        never_alone=any(m.never_alone for m in every),
        companions=tuple(sorted({c for m in every for c in m.companions})),
    )


def _merged(
    found: Sequence[tuple[Rule, Monitoring]],
) -> list[tuple[Monitoring, set[str]]]:
    """The visits, single times ("at 3", "at 6 and 12 months") in one.

    Single times come first. A rule with both times and an interval stands by itself.
    """
    times = [
        (r, m)
        for r, m in found
        if (m.at or m.windows) and m.every is None and not m.once
    ]
    merged: dict[Monitoring, set[str]] = {}
    if times:
        # 12 months are 1 year: one visit, in the words that are read first.
        at: dict[tuple[bool, Fraction], Duration] = {}
        for time in (time for _, one in times for time in one.at):
            length = time.value * time.unit.in_smallest
            at.setdefault((time.unit.is_calendar, length), time)
        windows = [window for _, one in times for window in one.windows]
        if (
            windows
        ):  # one in which another time lies is met by a test at that time (M80)
            every = {time for _, one in times for time in one.times}
            windows = [w for w in windows if not any(t != w and t in w for t in every)]
        days = tuple(at[length] for length in sorted(at))
        visit = evolve(times[0][1], at=days, windows=in_time_order(windows))
        merged[visit] = {rule.name for rule, _ in times}
    for rule, one in found:
        if (rule, one) not in times:
            merged.setdefault(one, set()).add(rule.name)
    return list(merged.items())


def in_time_order(windows: Iterable[DurationRange]) -> tuple[DurationRange, ...]:
    """Windows from the earliest to the latest, each once."""
    found = dict.fromkeys(windows)
    return tuple(sorted(found, key=lambda one: (one.unit.is_calendar, one.smallest)))


def is_done_by(one: Monitoring, other: Monitoring) -> bool:
    """Whether doing `other` is doing `one`: sooner again, and nothing is lost (M43)."""
    if any(visit.at or visit.windows or visit.once for visit in (one, other)):
        return False
    asked = (one.before_next_dose, one.never_alone)
    done = (other.before_next_dose, other.never_alone)
    return (
        (one.after, one.until, one.during) == (other.after, other.until, other.during)
        and {*one.companions} <= {*other.companions}
        and all(mine <= theirs for mine, theirs in zip(asked, done, strict=True))
        and _recurs_sooner(other.recurring, one.recurring)
    )


def _recurs_sooner(one: Sequence[Recurrence], other: Sequence[Recurrence]) -> bool:
    """Whether who keeps the intervals of `one` keeps those of `other`, and more (M98).

    At no time is its interval the longer or no more kept, and at some time it is the shorter or
    still kept. Lengths of two kinds are not compared: a month has no fixed number of days.
    """
    lengths = [s.lasts for s in (*one, *other) if s.lasts is not None]
    if not one or not other or len({each.unit.is_calendar for each in lengths}) > 1:
        return False
    ends = [_ends(one), _ends(other)]
    changes = {end for some in ends for end in some if end is not None}
    is_more = False
    for day in sorted({Fraction(0), *changes}):
        mine, theirs = _on(day, one, ends[0]), _on(day, other, ends[1])
        if theirs is None:
            is_more |= mine is not None
        elif mine is None or not mine.every.is_comparable_with(theirs.every):
            return False
        else:
            mine_is, theirs_is = _gap(mine), _gap(theirs)
            if mine_is > theirs_is:
                return False
            is_more |= mine_is < theirs_is
    return is_more


def _ends(recurrences: Iterable[Recurrence]) -> list[Fraction | None]:
    """When each recurrence is over, in months or in seconds from the start; None for never."""
    ends: list[Fraction | None] = []
    end = Fraction(0)
    for recurrence in recurrences:
        end += Fraction(0) if recurrence.lasts is None else recurrence.lasts.smallest[1]
        ends.append(None if recurrence.lasts is None else end)
    return ends


def _on(
    day: Fraction, recurrences: Sequence[Recurrence], ends: Sequence[Fraction | None]
) -> Recurrence | None:
    return next(
        (
            one
            for one, end in zip(recurrences, ends, strict=True)
            if end is None or day < end
        ),
        None,
    )


def _gap(recurrence: Recurrence) -> tuple[Fraction, Fraction, bool]:
    low, high = recurrence.every.smallest
    return high, low, recurrence.at_least
