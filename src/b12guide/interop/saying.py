"""The terms in which sayings of dosing instructions are compared: units, frequencies, routes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction

from b12guide.interop.gist import Saying, Topic
from b12guide.regimen.model import Every, Frequency
from b12guide.values.duration import DurationRange
from b12guide.values.unit import parse_unit

__all__ = ["ROUTES", "amount", "frequency", "length", "unit_of"]

_NOUNS: Mapping[str, str] = {
    "tab": "tablet",
    "{tbl}": "tablet",
    "patches": "patch",
    "suppositories": "suppository",
    "drop": "drop",
    "opdrop": "drop",
    "eye drop": "drop",
    "vagtab": "vaginal tablet",
    "u": "unit",
    "ea": "each",
}
ROUTES: Mapping[str, str] = {
    "intramuscular": r"IM|i\.m|intramuscular(?:ly)?",
    "intravenous": r"IV|i\.v|intravenous(?:ly)?",
    "subcutaneous": r"SC|s\.c|subcut|subcutaneous(?:ly)?",
    "oral": r"PO|p\.o|oral(?:ly)?|by mouth",
    "rectal": r"rectal(?:ly)?",
    "vaginal": r"vaginal(?:ly)?|into the vagina",
    "topical": r"topical(?:ly)?",
    "ophthalmic": r"ophthalmic",
}
"""How a route is recognised, by its name."""


def unit_of(text: str) -> str:
    """One name for all spellings of a unit."""
    word = text.strip().rstrip(".")
    known = parse_unit(word)
    if known is not None:
        return known.text
    folded = word.lower()
    return (
        _NOUNS.get(folded)
        or _NOUNS.get(folded.removesuffix("s"))
        or (folded.removesuffix("s") if len(folded) > 2 else folded)
    )


def amount(
    topic: Topic, low: Fraction | None, high: Fraction | None, unit: str, words: str
) -> Saying:
    """An amount from `low` to `high`, in one unit for each kind of quantity."""
    name = unit_of(unit)
    known = parse_unit(name)
    if known is None:
        return Saying(topic, name, (low, high), words)
    ends = tuple(None if end is None else end * known.factor for end in (low, high))
    return Saying(topic, known.dimensions, ends, words)


def length(topic: Topic, time: DurationRange, words: str) -> Saying:
    """A length of time."""
    return Saying(topic, time.unit.is_calendar, time.smallest, words)


def frequency(often: Frequency, words: str) -> Saying:
    """How often: so many times in a length of time, so that daily is once in 24 hours."""
    low, high = (1, 1) if isinstance(often, Every) else (often.low, often.high)
    per = often.interval if isinstance(often, Every) else often.per
    value: Hashable = (low, high, per.smallest)
    if low == high and per.low == per.high:
        value = per.smallest[0] / low
    return Saying(Topic.FREQUENCY, per.unit.is_calendar, value, words)
