"""The reference, chapter two: advice in plain values, and what can be followed together.

A *line* says something in some slots: the dose of the first phase, its route, how often. Lines meet
slot by slot. To be read beside docs/meaning.md, M27 to M44; nothing is shared with
`b12guide.regimen` but its data. See `b12guide.evaluate.reference`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, product
from typing import Any, NamedTuple, TypeAlias

from attrs import evolve

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
        case m.Continuation():
            yield [slot("says", value)]
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
        case m.FormChoice() | m.Exclusion() | m.Remark():
            return  # see `reference_composition.form`; a remark decides nothing (M45)


def slot(name: str, *said: Any) -> Line:
    """A line with one slot."""
    return frozenset({((0, name), frozenset(said))})


def span(length: DurationRange) -> Span:
    """A length of time: days and weeks are one kind, months and years another (M33)."""
    return ("months" if length.unit.is_calendar else "seconds", *length.smallest)


def schedule(regimen: r.Regimen) -> Line:
    """A regimen, whatever the words in which it was written (M31-M35)."""
    phases = len(regimen.phases)
    said: dict[tuple[int, str], Any] = {(0, "phases"): ("phases", phases, phases)}
    for i, phase in enumerate(regimen.phases, start=1):
        unit, size = phase.dose.unit, MICROGRAMS.get(phase.dose.unit, Fraction(1))
        kind = "µg" if unit in MICROGRAMS else unit
        said[i, "dose"] = (kind, phase.dose.low * size, phase.dose.high * size)
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
    (line,) = meet([frozenset((where, what) for where, what in said.items() if what)])
    return line


class Visit(NamedTuple):
    """A test with its anchor and end, how often, at which times, what goes with it (M43)."""

    place: tuple[str, str | None, str | None]
    often: tuple[Span | None, bool, bool]
    at: frozenset[Span]
    asks: Names


def visit(test: str, value: m.Monitoring) -> Visit:
    """What a rule asks for about one test."""
    words = {"trough": value.before_next_dose, "never alone": value.never_alone}
    every = None if value.every is None else span(value.every)
    return Visit(
        place=(test, value.after, value.until),
        often=(every, value.at_least, value.once),
        at=frozenset(span(DurationRange(t.value, t.value, t.unit)) for t in value.at),
        asks=frozenset(value.companions).union(
            w for w, is_said in words.items() if is_said
        ),
    )


# ---- what can be followed together


def meet(lines: Sequence[Line]) -> list[Line]:
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
    return [frozenset(found.items())] if all(found.values()) else []


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
