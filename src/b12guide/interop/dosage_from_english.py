"""A dosage instruction read from the English that `dosage_to_english` writes.

What is not understood, or said twice, is a `DosageError` that names every such place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import evolve, frozen
from attrs import fields as fields_of

from b12guide.diagnostics import Diagnostic, Label, in_order
from b12guide.errors import DosageError
from b12guide.frozen import Record
from b12guide.interop import dosage, dosage_to_english
from b12guide.interop.pattern import (
    NUMBER,
    TIME,
    FoundPhrase,
    Phrase,
    UnreadWords,
    for_time,
    frequencies,
    length_of,
    number_of,
    numbers_of,
    phrase_of,
    phrases_in,
    span,
)
from b12guide.say.words import spaced
from b12guide.text import Text

__all__ = ["dosage_from_english"]


@frozen(repr=False)
class DosagePart(Record):
    """Part of an instruction: the field it fills, and with what."""

    field: str
    value: Any


Said: TypeAlias = DosagePart | dosage.DoseAndRate


def dosage_from_english(
    text: str, legend: dosage_to_english.Legend | None = None
) -> dosage.Dosage:
    """The instruction that `text` says.

    Args:
        text: English as `dosage_to_english` writes it.
        legend: The codes of the words in it; without one, concepts have words only.

    Raises:
        DosageError: It cannot be read; the diagnostics say where and why.
    """
    written = Text("dosage", spaced(text))
    said = list(
        phrases_in(written.characters, _clauses(legend or dosage_to_english.Legend()))
    )
    diagnostics = in_order(_diagnostics(said, written))
    if diagnostics:
        message = "the dosing instruction cannot be read"
        raise DosageError(message, diagnostics)
    values = [found.value for found in said]
    doses = tuple(value for value in values if isinstance(value, dosage.DoseAndRate))
    parts = [value for value in values if isinstance(value, DosagePart)]
    instructions = tuple(p.value for p in parts if p.field == "instruction")
    of_timing = {field.name for field in fields_of(dosage.Timing)}
    timing = {p.field: p.value for p in parts if p.field in of_timing}
    timing.update(timing.pop("when", {}))
    fields = {p.field: p.value for p in parts if p.field in _FIELDS}
    return evolve(
        dosage.Dosage(
            doses=doses, timing=dosage.Timing(**timing), instructions=instructions
        ),
        **fields,
    )


_FIELDS = {
    "sequence",
    "as_needed",
    "route",
    "site",
    "method",
    "per_period",
    "per_administration",
    "per_lifetime",
}
_REPEATABLE = {"instruction", "or", "nothing"}


def _diagnostics(said: Iterable[FoundPhrase[Said]], text: Text) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for found in said:
        words = text.slice(found.span)
        label = Label(text=text, span=found.span)
        match found.value:
            case UnreadWords():
                message = f"`{words}` is not understood"
                yield Diagnostic(code="DOS101", message=message, labels=(label,))
            case DosagePart(field=field) if field not in _REPEATABLE:
                if field in seen:
                    message = f"`{words}`: the {field.replace('_', ' ')} is said twice"
                    yield Diagnostic(code="DOS102", message=message, labels=(label,))
                seen.add(field)
            case _:
                pass


# --------------------------------------------------------------------------- amounts

_FORMS = "|".join(
    sorted(map(re.escape, dosage_to_english.NOUN_FORMS), key=len, reverse=True)
)


def _unit(name: str) -> str:
    quoted = rf'"(?P<{name}_quoted>[^"]*)"'
    plain = rf"(?P<{name}_plain>{dosage_to_english.PLAIN_UNIT})"
    return rf"(?:{quoted}|(?P<{name}_noun>{_FORMS})\b|{plain})"


def _amounts(name: str) -> str:
    end = rf"(?P<{name}_end>up\s+to|at\s+least)"
    return rf"(?:{end}\s+)?{span(name)}\s*{_unit(name)}"


def _per(name: str) -> str:
    return rf"per\s+(?:(?P<{name}_number>{NUMBER})\s+)?{_unit(name)}"


class _Words:
    """Reads amounts with the units of a legend."""

    def __init__(self, legend: dosage_to_english.Legend) -> None:
        self.legend = legend

    def unit(self, match: re.Match[str], name: str) -> Any:
        """The unit in the groups of `name`."""
        noun, quoted = match[f"{name}_noun"], match[f"{name}_quoted"]
        words = quoted if quoted is not None else match[f"{name}_plain"]
        if noun is not None:
            words = dosage_to_english.NOUN_FORMS[noun.lower()]
        return self.legend.unit_of(words)

    def amounts(
        self, match: re.Match[str], name: str
    ) -> dosage.FhirQuantity | dosage.FhirRange:
        """The amount or the range in the groups of `name`."""
        low, high = numbers_of(match, name)
        unit, end = self.unit(match, name), match[f"{name}_end"]
        if end is not None and low != high:
            raise ValueError(match[0])
        if end is not None:
            is_most = end.lower().startswith("up")
            return dosage.FhirRange(
                None if is_most else low, high if is_most else None, unit
            )
        return (
            dosage.FhirQuantity(low, unit)
            if low == high
            else dosage.FhirRange(low, high, unit)
        )

    def amount(self, match: re.Match[str], name: str) -> dosage.FhirQuantity:
        """The single amount in the groups of `name`."""
        found = self.amounts(match, name)
        if not isinstance(found, dosage.FhirQuantity):
            raise ValueError(match[0])  # noqa: TRY004 -- the clause does not match
        return found

    def per(self, match: re.Match[str], name: str) -> dosage.FhirQuantity:
        """What an amount is given per."""
        number = match[f"{name}_number"]
        value = Fraction(1) if number is None else number_of(number)
        return dosage.FhirQuantity(value, self.unit(match, name))

    def dose(self, match: re.Match[str]) -> dosage.DoseAndRate:
        """A dose with its rate and its kind."""
        dose = None if match["unstated"] else self.amounts(match, "dose")
        rate: dosage.FhirQuantity | dosage.FhirRange | dosage.Ratio | None = None
        if match["rate_low"] is not None:
            rate = self.amounts(match, "rate")
            if _has(match, "per"):
                rate = dosage.Ratio(self.amount(match, "rate"), self.per(match, "per"))
        kind = match["kind"]
        concept = None if kind is None else self.legend.concept_of(kind)
        return dosage.DoseAndRate(kind=concept, dose=dose, rate=rate)


def _has(match: re.Match[str], name: str) -> bool:
    groups = (f"{name}_quoted", f"{name}_noun", f"{name}_plain")
    return any(match[group] is not None for group in groups)


# --------------------------------------------------------------------------- clauses


def _part(field: str, pattern: str, value: Callable[[re.Match[str]], Any]) -> Any:
    return phrase_of(pattern, lambda match: DosagePart(field, value(match)))


def _clauses(legend: dosage_to_english.Legend) -> tuple[Phrase[Said], ...]:
    words = _Words(legend)

    def quoted(field: str, start: str) -> Phrase[Said]:
        found: Phrase[Said] = _part(
            field,
            rf'{start}\s+"(?P<words>[^"]*)"',
            lambda m: legend.concept_of(m["words"]),
        )
        return found

    length = for_time()
    return (
        phrase_of(
            rf"(?:(?P<unstated>{dosage_to_english.UNSTATED})|{_amounts('dose')})"
            rf"(?:\s+at\s+{_amounts('rate')}(?:\s+{_per('per')})?)?"
            r'(?:\s+\("(?P<kind>[^"]*)"\))?',
            words.dose,
        ),
        _part("or", r"or\b", lambda _: None),
        _part("nothing", re.escape(dosage_to_english.NOTHING), lambda _: None),
        _part("sequence", r"step\s+(?P<n>\d+)\s*:", lambda m: int(m["n"])),
        *(_part("frequency", f.pattern.pattern, f.meaning) for f in frequencies()),
        _part("bounds", length.pattern.pattern, length.meaning),
        _part(
            "bounds",
            rf"(?:from\s+(?P<start>{dosage.DATE})(?:\s+to\s+(?P<end>{dosage.DATE}))?"
            rf"|to\s+(?P<only_end>{dosage.DATE}))(?![\d:-])",
            lambda m: dosage.FhirPeriod(m["start"], m["end"] or m["only_end"]),
        ),
        _part(
            "count",
            rf"for\s+{span('count')}\s+(?:doses?|cycles?)\b",
            lambda m: _whole(*numbers_of(m, "count")),
        ),
        *_times(legend),
        quoted("route", r"by\s+route"),
        quoted("site", r"at\s+the\s+site"),
        quoted("method", r"by\s+the\s+method"),
        quoted("as_needed", r"as\s+needed\s+for"),
        quoted("instruction", r"with\s+the\s+instruction"),
        _part("as_needed", r"as\s+needed\b", lambda _: True),
        _part("as_needed", r"not\s+only\s+as\s+needed\b", lambda _: False),
        _part(
            "per_period",
            rf"at\s+most\s+{_amounts('most')}\s+{_per('per')}",
            lambda m: dosage.Ratio(words.amount(m, "most"), words.per(m, "per")),
        ),
        _part(
            "per_administration",
            rf"at\s+most\s+{_amounts('most')}\s+at\s+a\s+time\b",
            lambda m: words.amount(m, "most"),
        ),
        _part(
            "per_lifetime",
            rf"at\s+most\s+{_amounts('most')}\s+in\s+a\s+lifetime\b",
            lambda m: words.amount(m, "most"),
        ),
    )


def _whole(low: Fraction, high: Fraction) -> tuple[int, int]:
    if low.denominator != 1 or high.denominator != 1 or low < 1:
        raise ValueError(low)
    return int(low), int(high)


_DAY = "(?:" + "|".join(dosage.DAYS.values()) + ")"
_EVENT = "(?:" + "|".join(sorted(dosage.WHEN.values(), key=len, reverse=True)) + ")"
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_DAY_CODES = {name.lower(): code for code, name in dosage.DAYS.items()}
_EVENT_CODES = {phrase: code for code, phrase in dosage.WHEN.items()}


def _event_code(phrase: str) -> str:
    return _EVENT_CODES[spaced(phrase).lower()]


def _many(one: str) -> str:
    return rf"(?P<many>{one}(?:\s+and\s+{one})*)"


def _times(legend: dosage_to_english.Legend) -> Iterator[Phrase[Said]]:
    """The clauses that place a dose within a day or a week, and on the calendar."""
    yield _part(
        "days",
        rf"on\s+{_many(_DAY)}",
        lambda m: tuple(_DAY_CODES[d.lower()] for d in _AND.split(m["many"])),
    )
    yield _part(
        "times", rf"at\s+{_many(dosage.CLOCK)}", lambda m: tuple(_AND.split(m["many"]))
    )
    yield _part(
        "when",
        rf"(?:(?P<n>\d+)\s+minutes?\s+)?{_many(_EVENT)}",
        lambda m: {
            "when": tuple(_event_code(each) for each in _AND.split(m["many"])),
            "offset": None if m["n"] is None else int(m["n"]),
        },
    )
    yield _part(
        "when", r"(?P<n>\d+)\s+minutes?\s+off\b", lambda m: {"offset": int(m["n"])}
    )
    yield _part(
        "duration",
        rf"each\s+lasting\s+{span('long')}\s*(?P<long_unit>{TIME})",
        lambda m: length_of(m, "long"),
    )
    yield _part(
        "events",
        rf"on\s+the\s+date\s+{_many(dosage.DATE)}(?![\d:-])",
        lambda m: tuple(_AND.split(m["many"])),
    )
    yield _part(
        "code",
        r'on\s+the\s+schedule\s+"(?P<words>[^"]*)"',
        lambda m: legend.concept_of(m["words"]),
    )
