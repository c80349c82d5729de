"""What a decision says, in words that a person can read and a program can compare.

Amounts are in micrograms, times in days, months or minutes, and everything stands in one order, so
that the same advice has the same words however a guideline puts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import starmap
from typing import Any

from b12guide.evaluate.reference_composition import Line, Span, Visit
from b12guide.graph import model as m

SIZES = {"seconds": (86_400, "days"), "months": (1, "months")}


def words(line: Line) -> str:
    """A line in words."""
    slots = dict(line)
    (of,) = slots.pop((0, "change"), (None,))
    changed = "" if of is None else f"change {of.value} to "
    if (0, "phases") in slots:
        _, _, count = slots[0, "phases"]
        phases = (
            _phase({name: x for (i, name), x in line if i == n + 1})
            for n in range(count)
        )
        return changed + (" then ".join(phases) or "not needed")
    (((_, name), said),) = slots.items()
    match name:
        case "routes":
            return f"{changed}route {_either(said)}"
        case "drugs":
            return f"{changed}{_either(said)}"
        case "refer":
            return f"refer {_either(said)}"
        case "gauge":
            return f"needle {_range(said[1], said[2])} G"
        case "pressure":
            return f"pressure for {_range(said[1] / 60, said[2] / 60)} minutes"
        case "no visit":
            return f"do not check {_either(said)}"
        case "form" | "avoid" | "contraindicated":
            return f"{name} {_either(said)}"
        case _ if name.startswith("concludes "):
            return f"{name.removeprefix('concludes ')} {_either(said)}"
        case _:
            (value,) = said
            return _value(value)


def _value(value: Any) -> str:
    match value:
        case Visit():
            return _visit(value)
        case m.Target(measure=measure, operator=how, low=low, high=high):
            return f"{measure} {how.value} {_range(low, high)}"
        case m.Prohibition(drugs=(drug,), until=until, unless=unless):
            return f"not {drug}{_after(' until ', until)}{_after(' unless ', unless)}"
        case m.Continuation(treatment=treatment, for_life=for_life):
            return f"continue {treatment}{' for life' if for_life else ''}"
        case m.Stop(treatment=treatment):
            return f"stop {treatment}"
        case m.Instruction(site=site, avoid=avoid, routinely=routinely):
            parts = ["not" if avoid else "", f"at {site}"]
            parts += ["routinely" if routinely else ""]
            parts += [_after("quadrant ", value.quadrant)]
            parts += [_after("directed ", value.direction)]
            return " ".join(filter(None, parts))
        case _:
            message = f"no words for {value!r}"
            raise TypeError(message)


def _phase(slots: dict[str, Any]) -> str:
    unit, low, high = slots["dose"]
    parts = [_either(slots.get("drugs", ())), f"{_range(low, high)} {unit}"]
    parts += [_either(slots.get("route", ()))]
    if "every" in slots:
        parts.append(f"every {_span(slots['every'])}")
    if "doses" in slots:
        parts.append(f"for {slots['doses'][1]} doses")
    end = slots.get("for")
    if end is not None and end[0] in SIZES:
        parts.append(f"for {_span(end)}")
    elif end is not None:
        parts.append("for life" if end[0] == "life" else end[0])
    if "after" in slots:
        parts.append(f"after {' and '.join(sorted(slots['after']))}")
    return " ".join(filter(None, parts))


def _visit(visit: Visit) -> str:
    test, after, until, during = visit.place
    intervals, once = visit.often
    parts = [f"check {test}"]
    if visit.at:
        parts.append(f"at {', '.join(map(_span, sorted(visit.at)))}")
    if intervals:
        parts.append(" then ".join(starmap(_interval, intervals)))
    if once:
        parts.append("once")
    parts += [_after("after ", after), _after("until ", until)]
    if during:
        parts.append(f"during {during.value}")
    if visit.asks:
        parts.append(f"with {', '.join(sorted(visit.asks))}")
    return " ".join(filter(None, parts))


def _interval(every: Span, at_least: bool, lasts: Span | None) -> str:
    length = "" if lasts is None else f" for {_span(lasts)}"
    return f"{'at least ' if at_least else ''}every {_span(every)}{length}"


def _span(span: Span) -> str:
    size, unit = SIZES[span[0]]
    return f"{_range(Fraction(span[1]) / size, Fraction(span[2]) / size)} {unit}"


def _range(low: Any, high: Any) -> str:
    return f"{low}" if low == high else f"{low} to {high}"


def _either(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))


def _after(word: str, name: str | None) -> str:
    return "" if name is None else f"{word}{name}"
