"""One field of a row of a history, read as what its column is for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

from b12guide.audit.event import Amount
from b12guide.audit.rows import TableCell
from b12guide.diagnostics import Diagnostic, Help
from b12guide.graph.model import Fact, Word
from b12guide.patient.fact_names import folded
from b12guide.patient.notation import shown
from b12guide.regimen.model import Every, Frequency, Times
from b12guide.values.calendar import parse_date
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.quantity import (
    Misreading,
    Quantity,
    format_number,
    format_quantity,
    parse_quantity,
)
from b12guide.values.unit import convert, parse_unit, time_unit

T = TypeVar("T")
Named = TypeVar("Named", Word, Fact)
Moment: TypeAlias = tuple[dt.date, dt.time | None]


def _wrong(
    code: str, row: int, name: str, what: str, cell: TableCell, *helps: str
) -> Diagnostic:
    return Diagnostic(
        code=code,
        message=f"row {row}, `{name}`: {what}",
        labels=(cell.place,),
        help=tuple(Help(message=text) for text in helps),
    )


# ---------------------------------------------------------------------------- dates

YEARS = range(1900, 2200)
"""The years of a believable record: whatever else a year is, it is a slip of the pen."""

_MOMENT = re.compile(
    r"(?P<date>[^T ]+)(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?))?"
)


def moment_of(row: int, name: str, cell: TableCell) -> Moment | Diagnostic:
    """The day, and the time of day where it is written, or GDL723."""
    raw = cell.value
    match = _MOMENT.fullmatch(raw) if isinstance(raw, str) else None
    if match is not None:
        date = parse_date(match["date"])
        time = _time(match["time"])
        is_whole = time is not None or match["time"] is None
        if date is not None and date.year in YEARS and is_whole:
            return (date, time)
        if date is not None and date.year not in YEARS:
            what = f"`{shown(raw)}` is not a plausible day"
            return _wrong("GDL723", row, name, what, cell, "check the year")
    helps = ["write year-month-day, such as `2025-03-05` or `2025-03-05T08:30`"]
    return _wrong("GDL723", row, name, f"`{shown(raw)}` is not a day", cell, *helps)


def _time(written: str | None) -> dt.time | None:
    if written is None:
        return None
    try:
        return dt.time.fromisoformat(written)
    except ValueError:
        return None


# ---------------------------------------------------------------------------- words


def word_of(
    row: int, name: str, cell: TableCell, words: Mapping[str, Named], kind: str
) -> Named | Diagnostic:
    """The word that a cell names, exactly, by a code or a declared synonym, or GDL724."""
    raw = cell.value
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)  # a code may be all digits
    if isinstance(raw, str):
        if raw in words:
            return words[raw]
        coded = [w for w in words.values() if _has_code(w, raw)]
        if len(coded) == 1:
            return coded[0]
        meant = [w for w in words.values() if folded(raw) in set(_known_as(w))]
        if len(meant) == 1:
            return meant[0]
        near = get_close_matches(
            folded(raw), [p for w in words.values() for p in _phrases(w)], n=3
        )
        named = dict.fromkeys(
            w.name for p in near for w in words.values() if p in _phrases(w)
        )
        helps = [f"did you mean `{n}`?" for n in named] or [_listed(words)]
    else:
        helps = [_listed(words)]
    return _wrong(
        "GDL724", row, name, f"there is no {kind} `{shown(raw)}`", cell, *helps[:3]
    )


def _has_code(word: Word | Fact, written: str) -> bool:
    """Whether `written` is a code of the word: `B03BA03`, or `atc B03BA03`, `atc|B03BA03`."""
    system, _, code = written.strip().replace("|", " ").rpartition(" ")
    return any(
        each.value in {None, "procedure"}
        and each.code.casefold() == code.casefold()
        and (not system or each.system.casefold() == system.strip(" :").casefold())
        for each in word.codes
    )


def _known_as(word: Word | Fact) -> Iterable[str]:
    return (folded(word.name), *map(folded, (*word.synonyms, *word.lay)))


def _phrases(word: Word | Fact) -> tuple[str, ...]:
    return (*_known_as(word), folded(word.label))


def _listed(words: Mapping[str, Any]) -> str:
    return "there are " + ", ".join(f"`{name}`" for name in sorted(words))


def direction_of(row: int, name: str, cell: TableCell) -> str | Diagnostic:
    """A quadrant or direction in plain words, or GDL725."""
    if isinstance(cell.value, str) and folded(cell.value):
        return folded(cell.value)
    return _wrong("GDL725", row, name, f"`{shown(cell.value)}` is not text", cell)


# ---------------------------------------------------------------------------- doses

_MICROGRAM = "µg"


def amount_of(row: int, name: str, cell: TableCell, drug: Word) -> Amount | Diagnostic:
    """The amount of one dose: GDL725 where it cannot be read, GDL726 where it is implausible."""
    raw = cell.value
    own = drug.dose_unit or _MICROGRAM
    quantity = parse_quantity(raw) if isinstance(raw, str) else None
    if not isinstance(quantity, Quantity) or quantity.unit is None:
        meant = quantity.suggestions if isinstance(quantity, Misreading) else ()
        helps = [f"did you mean `{text}`?" for text in meant]
        helps.append(f"write the number with its unit, such as `... {own}`")
        what = f"`{shown(raw)}` is not an amount with its unit"
        return _wrong("GDL725", row, name, what, cell, *helps)
    unit, wanted = parse_unit(quantity.unit), parse_unit(own)
    value = (
        None
        if unit is None or wanted is None
        else convert(quantity.value, unit, wanted)
    )
    if unit is None or value is None:
        what = f"`{drug.name}` is not dosed in `{shown(quantity.unit)}`"
        return _wrong("GDL725", row, name, what, cell, f"it is dosed in `{own}`")
    amount = Amount(quantity.value, unit.text)
    if drug.plausible_dose is None:
        if quantity.value > 0:
            return amount
    else:
        low, high = drug.plausible_dose
        if low <= value <= high:
            return amount
    return _implausible(row, name, cell, drug, amount)


def _implausible(
    row: int, name: str, cell: TableCell, drug: Word, amount: Amount
) -> Diagnostic:
    own = drug.dose_unit or _MICROGRAM
    helps = ["check the number and its unit against the record"]
    if drug.plausible_dose is not None:
        low, high = drug.plausible_dose
        for unit in ("µg", "mg", "g"):
            other = Amount(amount.value, unit).in_unit(own)
            if unit != amount.unit and other is not None and low <= other <= high:
                meant = format_quantity(amount.value, unit)
                helps.insert(0, f"is the unit right? `{meant}` would be plausible")
        helps.append(
            f"a dose of {drug.label} is expected from {format_number(low)} to "
            f"{format_quantity(high, own)}"
        )
    what = f"`{amount}` is not a plausible dose of `{drug.name}`"
    return _wrong("GDL726", row, name, what, cell, *helps)


# ------------------------------------------------------------------------ technique

_GAUGE = re.compile(r"(?P<gauge>[0-9]{1,2})\s*(?:g|ga|gauge)?", re.IGNORECASE)


def needle_of(row: int, name: str, cell: TableCell) -> int | Diagnostic:
    """The gauge of a needle, or GDL725."""
    raw = cell.value
    match = _GAUGE.fullmatch(str(raw).strip()) if _is_plain(raw) else None
    if match is not None and int(match["gauge"]) > 0:
        return int(match["gauge"])
    what = f"`{shown(raw)}` is not the gauge of a needle"
    return _wrong("GDL725", row, name, what, cell, "write it like `25 G`")


def pressure_of(row: int, name: str, cell: TableCell) -> Fraction | Diagnostic:
    """How long the site was pressed, in seconds, or GDL725."""
    raw = cell.value
    quantity = parse_quantity(str(raw)) if _is_plain(raw) else None
    if isinstance(quantity, Quantity) and quantity.value >= 0:
        unit = None if quantity.unit is None else time_unit(quantity.unit)
        if unit is not None and not unit.is_calendar:
            return quantity.value * unit.in_smallest
        if quantity.value == 0 and quantity.unit is None:
            return quantity.value
    what = f"`{shown(raw)}` is not a length of time"
    return _wrong("GDL725", row, name, what, cell, "write it like `6 minutes`")


def _is_plain(raw: Any) -> bool:
    return isinstance(raw, str | int | Decimal) and not isinstance(raw, bool)


# ------------------------------------------------------------------------ frequency

_SINGLE = {
    "daily": TimeUnit.DAY,
    "every day": TimeUnit.DAY,
    "once daily": TimeUnit.DAY,
    "once a day": TimeUnit.DAY,
    "weekly": TimeUnit.WEEK,
    "once a week": TimeUnit.WEEK,
    "monthly": TimeUnit.MONTH,
    "once a month": TimeUnit.MONTH,
    "yearly": TimeUnit.YEAR,
}
_ALTERNATE = frozenset({"alternate days", "on alternate days", "every other day"})
_COUNTS = {"once": 1, "twice": 2, "thrice": 3}
_EVERY = re.compile(
    r"every (?:(?P<low>[0-9]{1,3})(?: (?:to|-) (?P<high>[0-9]{1,3}))? )?(?P<unit>[a-z]+)"
)
_TIMES = re.compile(
    r"(?:(?P<word>once|twice|thrice)|(?P<count>[0-9]{1,2}) times?)"
    r" (?:a |per |every |each |in a )?(?P<unit>[a-z]+)"
)
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}


def frequency_of(row: int, name: str, cell: TableCell) -> Frequency | Diagnostic:
    """How often a dose is taken, or GDL725."""
    words = cell.value.strip().lower() if isinstance(cell.value, str) else ""
    words = " ".join(
        re.sub(r"([-\u2013])", r" \1 ", words).replace("\u2013", "-").split()
    )
    found = _frequency(words)
    if found is not None:
        return found
    return _wrong(
        "GDL725",
        row,
        name,
        f"`{shown(cell.value)}` does not say how often",
        cell,
        "write it like `daily`, `every 2 months` or `3 times per week`",
    )


def _frequency(words: str) -> Frequency | None:
    if words in _SINGLE:
        return Every(_length(1, 1, _SINGLE[words]))
    if words in _ALTERNATE:
        return Every(_length(2, 2, TimeUnit.DAY))
    every = _EVERY.fullmatch(words)
    if every is not None:
        unit = time_unit(every["unit"])
        low = int(every["low"] or 1)
        high = int(every["high"] or low)
        if unit is not None and 0 < low <= high:
            return Every(_length(low, high, unit))
    times = _TIMES.fullmatch(words)
    if times is not None:
        unit = time_unit(_ADVERBS.get(times["unit"], times["unit"]))
        count = _COUNTS.get(times["word"]) or int(times["count"])
        if unit is not None and count > 0:
            per = _length(1, 1, unit)
            return Every(per) if count == 1 else Times(count, count, per)
    return None


def _length(low: int, high: int, unit: TimeUnit) -> DurationRange:
    return DurationRange(Fraction(low), Fraction(high), unit)


Reader: TypeAlias = Callable[[int, str, TableCell], T | Diagnostic]
