"""The reference, chapter two: advice in plain values, and several rules at once.

A *line* says something in some slots: the dose of the first phase, its route, how often. Lines
meet slot by slot. To be read beside docs/meaning.md, M26 to M49; nothing is shared with
`b12guide.regimen` but its data. See `b12guide.evaluate.reference`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations, product
from math import inf
from typing import Any, NamedTuple, TypeAlias

from attrs import evolve, field, frozen

from b12guide.graph import model as m
from b12guide.regimen import model as r
from b12guide.values.duration import DurationRange
from b12guide.values.term import Operator

Names: TypeAlias = frozenset[str]
Line: TypeAlias = frozenset[tuple[tuple[int, str], Any]]
"""Slots, each with a set or a span in it. What is not stated has no slot, and meets anything."""
Span: TypeAlias = tuple[str, Any, Any]
"""From so much to so much of one kind: µg, months, doses. Different kinds never meet."""

NOBODY: Names = frozenset()
MICROGRAMS = {
    "ng": Fraction(1, 1000),
    "µg": Fraction(1),
    "mg": Fraction(1000),
    "g": Fraction(1_000_000),
}
NOT_NEEDED: Line = frozenset({((0, "phases"), ("phases", 0, 0))})


def offers(value: m.Value) -> Iterator[list[Line]]:
    """All that a rule asks for; of each list one line is to be followed (M27)."""
    match value:
        case m.Regimens(regimens=regimens):
            yield [schedule(one) for one in regimens]
        case m.NotNeeded():
            yield [NOT_NEEDED]
        case m.Routes(routes=routes):
            yield [slot("routes", *routes)]
        case m.Target():
            yield [slot("target", value)]
        case m.Continuation() | m.Stop():
            yield [slot("says", value)]
        case m.Referral(services=services):
            yield from ([slot("refer", service)] for service in services)
        case m.Change(of=of, to=to):
            if isinstance(to, m.FormChoice):
                yield [changed(of, slot("drugs", *to.drugs))] if to.drugs else []
            else:
                yield from (
                    [changed(of, line) for line in lines] for lines in offers(to)
                )
        case m.Concluded(conclusion=name, value=said):
            yield [slot(f"concludes {name}", said)]  # one value of each (M73)
        case m.Prohibition(drugs=drugs):
            yield from ([slot("says", evolve(value, drugs=(drug,)))] for drug in drugs)
        case m.Technique(instructions=instructions):
            for one in instructions:
                if one.gauge is not None:
                    yield [frozenset({((0, "gauge"), ("G", *one.gauge))})]
                elif one.pressure is not None:
                    yield [frozenset({((0, "pressure"), span(one.pressure))})]
                else:
                    yield [slot("says", one)]
        case m.Monitoring(tests=tests):
            yield from ([slot("visit", visit(test, value))] for test in tests)
        case m.NotChecked(tests=tests):
            yield from ([slot("no visit", test)] for test in tests)
        case m.FormChoice() | m.Exclusion() | m.Remark():
            return  # see `reference_composition.form`; a remark decides nothing (M45)


def slot(name: str, *said: Any) -> Line:
    """A line with one slot."""
    return frozenset({((0, name), frozenset(said))})


def changed(of: m.Decision, line: Line) -> Line:
    """The line of what takes the place of the present doses, drug or route (M92)."""
    return line | slot("change", of)


def span(length: DurationRange) -> Span:
    """A length of time: days and weeks are one kind, months and years another (M33)."""
    return ("months" if length.unit.is_calendar else "seconds", *length.smallest)


def amount(dose: r.Dose) -> tuple[str, Any, Any]:
    """A dose, whose open end is nothing, or all (M75)."""
    mass, by_weight, _ = dose.unit.partition("/kg")
    size = MICROGRAMS.get(mass, Fraction(1))
    kind = "µg" if mass in MICROGRAMS else mass
    if by_weight:  # so much for each kilogram; with another limit, another dose (M95)
        kind += " for each kilogram"
    if dose.limit is not None and dose.limit.high is not None:
        limit = dose.limit.high * MICROGRAMS.get(dose.limit.unit, Fraction(1))
        kind += f", at most {limit}"
    return kind, (dose.low or 0) * size, inf if dose.high is None else dose.high * size


def schedule(regimen: r.Regimen) -> Line:
    """A regimen, whatever the words in which it was written (M31-M35)."""
    phases = len(regimen.phases)
    said: dict[tuple[int, str], Any] = {(0, "phases"): ("phases", phases, phases)}
    for i, phase in enumerate(regimen.phases, start=1):
        said[i, "dose"] = amount(phase.dose)
        said[i, "drugs"] = frozenset(phase.drugs)
        said[i, "after"] = frozenset(phase.after)
        said[i, "route"] = frozenset([phase.route] if phase.route else [])
        match phase.frequency:
            case r.Every(interval=interval):
                said[i, "every"] = span(interval)
            case r.Times(low=fewest, high=most, per=per):  # so many in a time (M32)
                time, short, long = span(per)
                said[i, "every"] = (time, short / most, long / fewest)
            case None:
                pass
        said[i, "need"] = frozenset(["as needed" if phase.as_needed else "due"])  # M77
        said[i, "food"] = NOBODY.union(["food"] if phase.with_food else [])
        if phase.apart:  # so far or farther (M76)
            least = phase.apart.value
            kind, least, _ = span(DurationRange(least, least, phase.apart.unit))
            said[i, "apart"] = (kind, least, inf)
        match phase.bound:
            case r.ForTime(length=length):
                said[i, "for"] = span(length)
            case r.ForDoses(count=count, within=within):
                said[i, "doses"] = ("doses", count, count)
                said[i, "for"] = within and span(within)
            case r.ForLife():
                said[i, "for"] = ("life", 0, 0)
            case r.Until(event=event):
                said[i, "for"] = (f"until {event}", 0, 0)
            case None:
                pass
    (line,) = shared_lines(
        [frozenset((where, what) for where, what in said.items() if what)]
    )
    return line


class Visit(NamedTuple):
    """A test with its anchor and end, how often, at which times, what goes with it (M43).

    How often is a row of intervals, each with the time for which it holds (M98).
    """

    place: tuple[str, str | None, str | None, m.Decision | None]
    often: tuple[tuple[tuple[Span, bool, Span | None], ...], bool]
    at: frozenset[Span]
    asks: Names


def visit(test: str, value: m.Monitoring) -> Visit:
    """What a rule asks for about one test."""
    words = {"trough": value.before_next_dose, "never alone": value.never_alone}
    intervals = tuple(
        (span(one.every), one.at_least, None if one.lasts is None else span(one.lasts))
        for one in value.recurring
    )
    return Visit(
        place=(test, value.after, value.until, value.during),
        often=(intervals, value.once),
        at=frozenset(map(span, value.times)),
        asks=frozenset(value.companions).union(
            w for w, is_said in words.items() if is_said
        ),
    )


# ---- what can be followed together


def shared_lines(lines: Sequence[Line]) -> list[Line]:
    """The line in which all of these are followed, slot by slot: one, or none (M27-M40)."""
    said: dict[tuple[int, str], list[Any]] = {}
    for where, what in chain(*lines):
        said.setdefault(where, []).append(what)
    found: dict[tuple[int, str], Any] = {}
    for (i, name), several in said.items():
        if name == "after":  # gates add up (M34)
            found[i, name] = NOBODY.union(*several)
        elif isinstance(several[0], frozenset):
            found[i, name] = frozenset.intersection(*several)
        else:
            found[i, name] = overlap(several)
    if not all(found.values()):
        return []
    for i, name in [where for where in found if where[1] == "doses"]:
        pace, length = found.get((i, "every")), found.get((i, "for"))
        if pace:  # so many doses take so long, and are that length if the interval is fixed (M33)
            count = found[i, name][1]
            taken = (pace[0], count * pace[1], count * pace[2])
            found[i, "for"] = overlap([taken, length or taken])
            if pace[1] == pace[2]:
                del found[i, name]
        elif length and length[0] not in {"months", "seconds"}:
            return []
    for i in [i for i, name in found if name == "apart"]:
        apart, pace = found[i, "apart"], found.get((i, "every"))
        count, length = found.get((i, "doses")), found.get((i, "for"))
        if pace and too_long(apart, 1, pace):
            return []
        if count and length and too_long(apart, count[1] - 1, length):
            return []
    return [frozenset(found.items())] if all(found.values()) else []


def too_long(apart: Span, times: int, length: Span) -> bool:
    """Whether so many spacings do not go into a length, whatever days its months have (M76)."""
    shortest = {"months": 28 * 86_400, "seconds": 1}
    longest = {"months": 31 * 86_400, "seconds": 1}
    if apart[0] == length[0]:
        return bool(apart[1] * times > length[2])
    return bool(apart[1] * times * shortest[apart[0]] > length[2] * longest[length[0]])


def overlap(spans: Sequence[Span]) -> Span | None:
    """What lies in each of some spans (M31-M33, M40)."""
    low, high = max(one[1] for one in spans), min(one[2] for one in spans)
    is_one_kind = len({one[0] for one in spans}) == 1
    return (spans[0][0], low, high) if is_one_kind and low <= high else None


def tightest(lines: Sequence[Line]) -> list[Line]:
    """The bounds on one measure that hold together; none where they leave no value (M41)."""
    targets: list[m.Target] = [
        one for line in lines for _, what in line for one in what
    ]
    equal = [t for t in targets if t.operator is Operator.EQUAL]
    top = equal + [
        t for t in targets if t.operator in {Operator.LESS, Operator.AT_MOST}
    ]
    top = sorted(top, key=lambda t: (t.high, t.operator is not Operator.LESS, t.low))[
        :1
    ]
    bottom = equal + [
        t for t in targets if t.operator in {Operator.MORE, Operator.AT_LEAST}
    ]
    bottom = sorted(
        bottom, key=lambda t: (-t.low, t.operator is not Operator.MORE, -t.high)
    )[:1]
    for least, most in product(bottom, top):
        is_open = least.operator is Operator.MORE or most.operator is Operator.LESS
        if least.low > most.high or (least.low == most.high and is_open):
            return []
    return [slot("target", one) for one in equal[:1] or bottom + top]


Rules = Sequence[m.Rule]


@frozen(kw_only=True)
class ReferenceSaid:
    """What rules say together on one decision: lines, each with the rules behind it.

    Attributes:
        sides: The rules that cannot be followed together, each with its lines.
        not_offered: What contraindications take away, the drugs, and the rules that forbid them.
        is_against: Whether some drug is to be kept away from (M37).
    """

    default: Mapping[Line, Names] = field(factory=dict)
    beside: Mapping[Line, Names] = field(factory=dict)
    sides: Mapping[str, frozenset[Line]] = field(factory=dict)
    not_offered: frozenset[tuple[Line, Names, Names]] = frozenset()
    is_against: bool = False

    @property
    def outcome(self) -> str:
        """What it amounts to (M24, M28)."""
        if self.sides:
            return "conflict"
        if NOT_NEEDED in self.default:
            return "not needed"
        return "determined" if self.default or self.is_against else "silent"

    @property
    def everything(self) -> object:
        """All that is said, but not by which rules (M25)."""
        lines = (
            self.default,
            self.beside,
            frozenset[Line]().union(*self.sides.values()),
        )
        lost = frozenset((line, drugs) for line, drugs, _ in self.not_offered)
        return (self.outcome, *map(frozenset, lines), lost)


def compose(decision: m.Decision, applying: Rules) -> ReferenceSaid:
    """What the rules that apply say on a decision; options stand beside the default (M26)."""
    if decision is m.Decision.FORM:
        return form(applying)
    rules = [rule for rule in applying if rule.decision is decision]
    default = together(
        decision, [rule for rule in rules if not rule.optional], applying
    )
    options = [together(decision, [rule], applying) for rule in rules if rule.optional]
    return evolve(
        default,
        beside=gathered(line for one in options for line in one.default.items()),
        not_offered=default.not_offered.union(*(one.not_offered for one in options)),
    )


def gathered(pairs: Iterable[tuple[Any, Iterable[Any]]]) -> dict[Any, frozenset[Any]]:
    """All that stands beside each thing, such as the rules that say it."""
    found: dict[Any, frozenset[Any]] = {}
    for thing, some in pairs:
        found[thing] = found.get(thing, NOBODY).union(some)
    return found


def together(decision: m.Decision, rules: Rules, applying: Rules) -> ReferenceSaid:
    """What follows all rules; where those on one subject cannot be followed, a conflict (M27)."""
    left = [(rule, *without_contraindicated(rule.value, applying)) for rule in rules]
    asked = [
        (rule.name, lines)
        for rule, value, _ in left
        for lines in offers(value)
        if lines
    ]
    if decision is m.Decision.MONITORING:
        return monitoring(asked)
    default, clashing = dict[Line, Names](), list[tuple[str, list[Line]]]()
    about = [subjects(lines, decision) for _, lines in asked]
    for group in tied(about, asked):
        chosen = product(*(lines for _, lines in group))
        found = {line for one in chosen for line in followed(one, decision)}
        for line in found:
            default[line] = frozenset(
                name
                for name, lines in group
                if any(followed([one, line], decision) == [line] for one in lines)
            )
        if not found:  # the rules that cannot be followed with another; else all
            clashes = [
                {one, two}
                for (one, mine), (two, theirs) in combinations(group, 2)
                if not any(followed(pair, decision) for pair in product(mine, theirs))
            ]
            names = set[str]().union(*clashes) or {name for name, _ in group}
            clashing += [(name, lines) for name, lines in group if name in names]
    lost = frozenset(one for _, _, missing in left for one in missing)
    return ReferenceSaid(default=default, sides=gathered(clashing), not_offered=lost)


def subjects(lines: Iterable[Line], decision: m.Decision) -> frozenset[Any]:
    """What lines are about; those that share nothing stand side by side (M29, M39-M42)."""
    said = [(name, what) for line in lines for (_, name), what in line]
    if decision is m.Decision.ADJUNCT:
        return NOBODY.union(*(what for name, what in said if name == "drugs"))
    if decision is m.Decision.TARGETS:
        return frozenset(target.measure for _, (target,) in said)
    if decision is m.Decision.CHANGE:
        return frozenset(what for name, what in said if name == "change")
    alone = frozenset(
        what if name in {"says", "refer"} else name for name, what in said
    )
    ending = [x.treatment for _, what in said for x in what if isinstance(x, m.Stop)]
    return alone.union(  # to stop is about all that is said of going on (M81)
        frozenset([m.Continuation(treatment=name, for_life=long)])
        for name in ending
        for long in (False, True)
    )


def tied(about: Sequence[frozenset[Any]], things: Sequence[Any]) -> list[list[Any]]:
    """The things in groups; those about the same thing are in one."""
    groups: list[tuple[frozenset[Any], list[Any]]] = []
    for subject, thing in zip(about, things, strict=True):
        linked = [group for group in groups if group[0] & subject]
        groups = [group for group in groups if not group[0] & subject]
        members = [x for _, some in linked for x in some]
        groups.append((subject.union(*(x for x, _ in linked)), [*members, thing]))
    return [some for _, some in groups]


def followed(lines: Sequence[Line], decision: m.Decision) -> list[Line]:
    """The lines in which all of these are followed; none where they cannot be (M27, M29)."""
    meeting = tightest if decision is m.Decision.TARGETS else shared_lines
    parts = tied([subjects([line], decision) for line in lines], lines)
    met = [meeting(part) for part in parts]
    return [line for part in met for line in part] if all(met) else []


# ---- monitoring


def monitoring(asked: Sequence[tuple[str, list[Line]]]) -> ReferenceSaid:
    """The visits, and what is not to be tested; where both are said of a test, a conflict (M79)."""
    said = [(name, slots, line) for name, (line,) in asked for slots in line]
    against = gathered(
        (test, [name]) for name, ((_, kind), (test,)), _ in said if kind == "no visit"
    )
    wanted: list[tuple[str, Line, Visit]] = [
        (name, line, what)
        for name, ((_, kind), (what,)), line in said
        if kind == "visit"
    ]
    disputed = {
        test for test in against if any(test in tests_of(one) for _, _, one in wanted)
    }
    sides = [(name, [line]) for name, line, one in wanted if disputed & tests_of(one)]
    sides += [
        (name, [slot("no visit", test)]) for test in disputed for name in against[test]
    ]
    left = [
        (name, [slot("visit", one._replace(asks=one.asks - disputed))])
        for name, _, one in wanted
        if one.place[0] not in disputed
    ]
    default = visits(left)
    for test in against.keys() - disputed:
        default[slot("no visit", test)] = against[test]
    return ReferenceSaid(default=default, sides=gathered(sides))


def tests_of(visit: Visit) -> Names:
    """The test of a visit, and those that are done with it."""
    return visit.asks.union([visit.place[0]])


def visits(asked: Sequence[tuple[str, list[Line]]]) -> dict[Line, Names]:
    """The visits that rules ask for together (M43, M44)."""
    said = [(visit, [name]) for name, lines in asked for ((_, (visit,)),) in lines]
    found: dict[Visit, Names] = {}
    general = [(one, by) for one, by in said if is_general(one)]
    dated = [(one, by) for one, by in said if not is_general(one)]
    tests = {one.place[0] for one, _ in dated}
    for visit, names in dated + [x for x in general if x[0].place[0] not in tests]:
        whole, by = visit, frozenset(names)
        for also, more in general:  # speaks of every visit of its test
            if also.place[0] == visit.place[0]:
                whole, by = whole._replace(asks=whole.asks | also.asks), by.union(more)
        if whole.at and not whole.often[0]:  # single times are one visit
            for other in [
                x for x in found if x.at and x._replace(at=whole.at) == whole
            ]:
                whole, by = (
                    whole._replace(at=whole.at | other.at),
                    by | found.pop(other),
                )
            whole = whole._replace(at=without_wider(whole.at))
        found[whole] = by | found.get(whole, NOBODY)
    return {
        slot("visit", one): by
        for one, by in found.items()
        if not any(is_sooner(other, one) for other in found)
    }


def without_wider(times: frozenset[Span]) -> frozenset[Span]:
    """The times but those within which another lies (M80)."""
    return frozenset(
        wide
        for wide in times
        if not any(one != wide and overlap([one, wide]) == one for one in times)
    )


def is_general(visit: Visit) -> bool:
    """Whether a rule names neither a time, nor an anchor, nor an end (M44)."""
    return not (any(visit.place[1:]) or any(visit.often) or visit.at)


def is_sooner(one: Visit, two: Visit) -> bool:
    """Whether a visit recurs sooner than another, and nothing that goes with it is lost (M43)."""
    (soon, once), (late, or_once) = one.often, two.often
    is_plain = soon and late and not (one.at or two.at or once or or_once)
    if not is_plain or one.place != two.place or not two.asks <= one.asks:
        return False
    lasting = [length for *_, length in (*soon, *late) if length is not None]
    if len({kind for kind, *_ in lasting}) > 1:
        return False
    turns = {0, *(over(row, i) for row in (soon, late) for i in range(len(row)))}
    said = [
        (in_force(soon, turn), in_force(late, turn))
        for turn in turns
        if turn is not None
    ]
    return any(a != b for a, b in said) and all(
        b is None or (a is not None and a[0] == b[0] and a <= b) for a, b in said
    )


Intervals = Sequence[tuple[Span, bool, Span | None]]


def over(row: Intervals, number: int) -> Any:
    """When an interval is no more kept, counted from the start; None for never."""
    lengths = [length for *_, length in row[: number + 1]]
    return (
        None if lengths[-1] is None else sum(length[2] for length in lengths if length)
    )


def in_force(row: Intervals, turn: Any) -> Any:
    """The interval that is kept from a turn on, so that the shorter compares as less."""
    for number, ((kind, low, high), at_least, _) in enumerate(row):
        end = over(row, number)
        if end is None or turn < end:
            return kind, high, low, at_least
    return None


# ---- contraindications, and the form


def without_contraindicated(
    value: m.Value, applying: Rules
) -> tuple[m.Value, list[Any]]:
    """What is left of an offer, and what is not offered (M46).

    A phase that names no drug has those of the form rules. What a change comes to is an offer like
    any (M92).
    """
    if isinstance(value, m.Change):
        return change_without_contraindicated(value, applying)
    if isinstance(value, m.Regimens):
        return regimens_without_contraindicated(value, applying)
    return value, []


def regimens_without_contraindicated(
    value: m.Regimens, applying: Rules
) -> tuple[m.Regimens, list[Any]]:
    """What is left of regimens, and what is not offered."""
    banned = contraindicated(applying)
    forms = [rule.value for rule in applying if isinstance(rule.value, m.FormChoice)]
    of_form = tuple(drug for form in forms for drug in form.drugs)
    left, lost = [], []
    for regimen in value.regimens:
        named = [evolve(x, drugs=x.drugs or of_form) for x in regimen.phases]
        if any(x.drugs and banned.keys() >= set(x.drugs) for x in named):
            gone = frozenset(drug for x in named for drug in x.drugs if drug in banned)
            rules = NOBODY.union(*(banned[drug] for drug in gone))
            lost.append((schedule(r.Regimen(tuple(named))), gone, rules))
        else:
            allowed = [
                evolve(x, drugs=tuple(drug for drug in x.drugs if drug not in banned))
                for x in regimen.phases
            ]
            left.append(r.Regimen(tuple(allowed)))
    return m.Regimens(regimens=tuple(left)), lost


def change_without_contraindicated(
    change: m.Change, applying: Rules
) -> tuple[m.Value, list[Any]]:
    """What is left of a change, and what is not offered."""
    to, lost = change.to, list[Any]()
    match to:
        case m.FormChoice(drugs=drugs):
            banned = contraindicated(applying)
            to = m.FormChoice(drugs=tuple(drug for drug in drugs if drug not in banned))
            if not to.drugs:
                by = NOBODY.union(*(banned[drug] for drug in drugs))
                lost = [(slot("drugs", *drugs), frozenset(drugs), by)]
        case m.Regimens():
            to, lost = regimens_without_contraindicated(to, applying)
        case m.Routes():
            pass
    return evolve(change, to=to), [
        (changed(change.of, line), drugs, by) for line, drugs, by in lost
    ]


def contraindicated(applying: Rules) -> dict[str, Names]:
    """The drugs that are contraindicated, each with the rules that say so (M46)."""
    return gathered(
        (drug, [rule.name])
        for rule in applying
        if isinstance(rule.value, m.Exclusion) and rule.value.outright
        for drug in rule.value.drugs
    )


def form(applying: Rules) -> ReferenceSaid:
    """Which drugs: preferred ones by default; beside them acceptable and excluded ones (M37).

    An option that names a preferred drug stands beside it (M26). Drugs that are contraindicated are
    taken out first, and so are rules that have nothing left (M46).
    """
    banned = contraindicated(applying)
    choices = {x.name: x.value for x in applying if isinstance(x.value, m.FormChoice)}
    exclusions = {x.name: x.value for x in applying if isinstance(x.value, m.Exclusion)}
    left = {name: set(value.drugs) - banned.keys() for name, value in choices.items()}
    optional = {rule.name for rule in applying if rule.optional}
    binding = {name for name, drugs in left.items() if drugs and name not in optional}
    named = gathered((drug, [name]) for name, x in choices.items() for drug in x.drugs)
    against = gathered(
        [(drug, [name]) for name, x in choices.items() for drug in x.excluded]
        + [(drug, [name]) for name, y in exclusions.items() for drug in y.drugs]
    )
    default, beside = dict[Line, Names](), dict[Line, Names]()
    for drug in named.keys() - against.keys():
        preferred = named[drug] & binding if binding <= named[drug] else NOBODY
        if preferred:
            default[slot("form", drug)] = preferred
        if named[drug] - preferred:
            beside[slot("form", drug)] = named[drug] - preferred
    for drug, by in against.items():
        beside[slot("contraindicated" if drug in banned else "avoid", drug)] = by
    wanted = set[str]().union(*(left[name] for name in binding))
    clashing = binding.union(*(by for drug, by in against.items() if drug in wanted))
    values = {rule.name: frozenset([slot("says", rule.value)]) for rule in applying}
    return ReferenceSaid(
        default=default,
        beside=beside,
        sides={} if default else {name: values[name] for name in clashing},
        is_against=bool(against),
        not_offered=frozenset(
            (slot("form", drug), frozenset([drug]), banned[drug])
            for drug in named.keys() & banned
        ),
    )
