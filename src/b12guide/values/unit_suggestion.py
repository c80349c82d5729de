"""What a text that spells no unit was probably meant to be.

Meaning comes before spelling: `cc` is a millilitre, however little it looks like `mL`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from b12guide.values.unit import parse_unit, spellings

__all__ = ["suggest_units"]

_MEANT = {
    "cc": "mL",
    "mgm": "mg",
    "gm": "g",
    "gms": "g",
    "mgs": "mg",
    "mcgs": "µg",
    "ugs": "µg",
    "gamma": "µg",
    "mcgm": "µg",
    "kgs": "kg",
    "lt": "L",
    "ltr": "L",
    "yo": "years",
    "y/o": "years",
    "years old": "years",
    "mth": "months",
    "mths": "months",
    "mos": "months",
    "u": "IU",
    "ie": "IU",
    "ui": "IU",
    "i.e.": "IU",
    "i.u.": "IU",
    "units": "IU",
    "pct": "%",
    "x10e9": "x10^9",
    "10e9": "x10^9",
    "x109": "x10^9",
    "109": "x10^9",
    "x10e3": "x10^3",
    "10e3": "x10^3",
    "giga": "G",
}

_MOLAR = r"([mµunp]?)M"


def suggest_units(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Units that `text` may have been meant to be, the likeliest first.

    Args:
        text: What was written for a unit.
        known: Units that are expected here; they are preferred.
    """
    whole = _MEANT.get(text.strip().casefold())
    if whole is not None:
        return (whole,)
    pieces = [_meant(piece.strip()) for piece in re.split(r"/|\bper\b", text)]
    if all(pieces) and parse_unit("/".join(pieces)) is not None:
        return ("/".join(pieces),)
    return tuple(get_close_matches(text.strip(), tuple(known), n=2))


def _meant(piece: str) -> str:
    """The simple unit that `piece` was meant to be; empty when nothing is near."""
    if parse_unit(piece) is not None:
        return piece
    molar = re.fullmatch(_MOLAR, piece)
    if molar is not None:
        return f"{molar[1]}mol/L"
    folded = piece.casefold()
    if folded in _MEANT:
        return _MEANT[folded]
    same_letters = [s for s in spellings() if s.casefold() == folded]
    words = [s for s in spellings() if len(s) > 3]
    near = same_letters or get_close_matches(folded, words, n=1, cutoff=0.8)
    unit = parse_unit(near[0]) if near else None
    return "" if unit is None else unit.text
