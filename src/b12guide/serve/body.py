"""Reads the body of a request: JSON that says one thing, within the limits of the service.

It is read quickly first. Where that finds anything odd, or the question is refused, it is read once
more with the place of everything, so that what is said of it has lines, columns and remedies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from attrs import field, frozen

from b12guide.diagnostics import curtailed, in_order
from b12guide.errors import PatientError
from b12guide.frozen import Record
from b12guide.limits import Limits
from b12guide.patient.from_file import decoded
from b12guide.patient.from_json import read_json
from b12guide.patient.notation import Located, plain, repeated_keys
from b12guide.text import Text
from b12guide.values.quantity import MOST_DIGITS

NAME = "request"


class OddError(Exception):
    """Something that only the careful reader can tell."""


@frozen(kw_only=True, repr=False)
class Body(Record):
    """The body of a request.

    Attributes:
        plain: What it says, as dicts, lists, text, numbers (int or Decimal), Booleans and None.
        written: The same with the place of every part; None where it was read quickly.
        text: What was sent.
    """

    plain: Any = field(repr=False)
    written: Located | None = field(default=None, repr=False)
    text: Text = field(repr=False)


def read_quickly(content: bytes, limits: Limits) -> Body:
    """The body, if it is as it should be.

    Raises:
        OddError: The careful reader has to look at it.
        PatientError: It is too large, too deep, or not UTF-8.
    """
    text = _text(content, limits)
    if "\\ud" in text.characters or "\\uD" in text.characters:
        raise OddError  # perhaps half of a character
    try:
        found = json.loads(
            text.characters,
            object_pairs_hook=_each_once,
            parse_constant=_odd,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except (ValueError, RecursionError) as error:
        raise OddError from error
    limits.admit(found, NAME)
    return Body(plain=found, text=text)


def read_carefully(content: bytes, limits: Limits) -> Body:
    """The body with the place of every part.

    Raises:
        PatientError: It is no JSON (GDL701, GDL702), says something twice (GDL705), or is beyond
            a limit (GDL719).
    """
    text = _text(content, limits)
    written = read_json(text)
    repeated = tuple(repeated_keys(written, text))
    if repeated:
        message = "the request says something twice"
        raise PatientError(message, curtailed(in_order(repeated)))
    found = plain(written)
    limits.admit(found, NAME)
    return Body(plain=found, written=written, text=text)


def _text(content: bytes, limits: Limits) -> Text:
    read = decoded(NAME, content, limits)
    return Text(NAME, read.characters, is_private=True)


def _each_once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise OddError
    return found


def _odd(_: str) -> NoReturn:
    raise OddError


def _whole(written: str) -> int:
    if len(written) > MOST_DIGITS:
        raise OddError
    return int(written)


def _fraction(written: str) -> Decimal:
    if len(written) > MOST_DIGITS:
        raise OddError
    return Decimal(written)
