"""Reads JSON and keeps the place of every value.

It reads what RFC 8259 calls JSON and nothing else; the standard library reads the same but does
not say where. Mistakes that people make when they write JSON by hand are reported by name.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.errors import PatientError
from b12guide.patient import notation
from b12guide.text import Span, Text
from b12guide.values.quantity import MOST_DIGITS

DEEPEST_NESTING = 64

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
    r"(?![0-9A-Za-z.])(?![ \t]*(?:[A-Za-z%\u00b5\u03bc\u00d7]|/[^/*]))"
)
_WORD = re.compile(r"[\w.+-]+")
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_MEANT = {
    "True": "true",
    "TRUE": "true",
    "yes": "true",
    "False": "false",
    "FALSE": "false",
    "no": "false",
    "None": "null",
    "NULL": "null",
    "NaN": "null",
    "nan": "null",
    "unknown": "null",
    "undefined": "null",
}


def read_json(text: Text) -> notation.Located:
    """The value that `text` spells.

    Raises:
        PatientError: It is no JSON; the diagnostic is GDL702, or GDL719 beyond a limit.
    """
    written, end = _value(text, _skip(text, 0), 1)
    end = _skip(text, end)
    if end < len(text.characters):
        raise _refused(text, end, "there is more text after the end of the data")
    return written


def _skip(text: Text, offset: int) -> int:
    match = _SPACE.match(text.characters, offset)
    return offset if match is None else match.end()


def _value(text: Text, start: int, depth: int) -> tuple[notation.Located, int]:
    characters = text.characters
    first = characters[start : start + 1]
    if first == "{":
        return _table(text, start, depth)
    if first == "[":
        return _items(text, start, depth)
    if first == '"':
        value, end = _string(text, start)
        return notation.LocatedScalar(value, Span(start, end)), end
    number = _NUMBER.match(characters, start)
    if number is not None:
        span = Span(start, number.end())
        return notation.LocatedScalar(number_in(number, text, span), span), number.end()
    word = _WORD.match(characters, start)
    if word is not None and word[0] in _LITERALS:
        return notation.LocatedScalar(
            _LITERALS[word[0]], Span(start, word.end())
        ), word.end()
    raise _refused_value(text, start)


def _table(text: Text, start: int, depth: int) -> tuple[notation.LocatedTable, int]:
    if depth > DEEPEST_NESTING:
        raise too_deep(text, start)
    entries: list[notation.LocatedEntry] = []
    offset = _skip(text, start + 1)
    while text.characters[offset : offset + 1] != "}":
        if entries:
            offset = _after_comma(text, offset, "}")
        if text.characters[offset : offset + 1] != '"':
            raise _refused_key(text, offset)
        key, end = _string(text, offset)
        key_span = Span(offset, end)
        offset = _skip(text, end)
        if text.characters[offset : offset + 1] != ":":
            raise _refused(text, offset, f"a colon is missing after `{key}`")
        value, offset = _value(text, _skip(text, offset + 1), depth + 1)
        entries.append(notation.LocatedEntry(key, key_span, value))
        offset = _skip(text, offset)
    return notation.LocatedTable(tuple(entries), Span(start, offset + 1)), offset + 1


def _items(text: Text, start: int, depth: int) -> tuple[notation.LocatedItems, int]:
    if depth > DEEPEST_NESTING:
        raise too_deep(text, start)
    items: list[notation.Located] = []
    offset = _skip(text, start + 1)
    while text.characters[offset : offset + 1] != "]":
        if items:
            offset = _after_comma(text, offset, "]")
        item, offset = _value(text, offset, depth + 1)
        items.append(item)
        offset = _skip(text, offset)
    return notation.LocatedItems(tuple(items), Span(start, offset + 1)), offset + 1


def _after_comma(text: Text, offset: int, closing: str) -> int:
    """Where the next entry starts, behind the comma at `offset`."""
    if text.characters[offset : offset + 1] != ",":
        if offset >= len(text.characters):
            raise _refused(
                text, offset, f"the file ends before the closing `{closing}`"
            )
        raise _refused(text, offset, f"a comma or `{closing}` is missing here")
    after = _skip(text, offset + 1)
    if text.characters[after : after + 1] == closing:
        raise _refused(
            text,
            offset,
            f"there is a comma before the closing `{closing}`",
            Help(
                message="remove the comma: JSON has none after the last entry",
                edits=(Edit(text=text, span=Span(offset, offset + 1), replacement=""),),
            ),
        )
    return after


def _string(text: Text, start: int) -> tuple[str, int]:
    match = _STRING.match(text.characters, start)
    if match is None:
        raise _refused(
            text, start, "the closing quotation mark is missing on this line"
        )
    try:
        value: str = json.loads(match[0])
        value.encode()
    except json.JSONDecodeError as error:
        raise _refused(
            text,
            start,
            "a backslash is followed by a letter that means nothing there",
            Help(message="write two backslashes to mean one"),
        ) from error
    except UnicodeEncodeError as error:
        raise _refused(
            text, start, "half of a character is written here (a lone surrogate)"
        ) from error
    return value, match.end()


def number_in(match: re.Match[str], text: Text, span: Span) -> int | Decimal:
    """The number that was matched, its fraction being group 1 and its exponent group 2."""
    if sum(c.isdigit() for c in match[0]) > MOST_DIGITS:
        diagnostic = Diagnostic(
            code="GDL719",
            message=f"this number has more than {MOST_DIGITS} digits",
            labels=(Label(text=text, span=span),),
            help=(Help(message="round it: no clinical number has as many digits"),),
        )
        raise _unreadable(text, diagnostic)
    return int(match[0]) if match[1] is match[2] is None else Decimal(match[0])


# ---------------------------------------------------------------------- diagnostics


def too_deep(text: Text, offset: int) -> PatientError:
    """GDL719: lists and objects are nested too deeply."""
    diagnostic = Diagnostic(
        code="GDL719",
        message=f"lists and objects are nested more than {DEEPEST_NESTING} deep",
        labels=(Label(text=text, span=Span(offset, offset + 1)),),
    )
    return _unreadable(text, diagnostic)


def _refused(text: Text, offset: int, message: str, *help_: Help) -> PatientError:
    end = min(offset + 1, len(text.characters))
    diagnostic = Diagnostic(
        code="GDL702",
        message=message,
        labels=(Label(text=text, span=Span(offset, end)),),
        help=help_,
    )
    return _unreadable(text, diagnostic)


def _unreadable(text: Text, diagnostic: Diagnostic) -> PatientError:
    return PatientError(f"{text.name} cannot be read", (diagnostic,))


def _refused_value(text: Text, start: int) -> PatientError:
    rest = text.characters[start:]
    if not rest:
        return _refused(text, start, "the file ends where a value should stand")
    if (sign := _strange_sign(text, start)) is not None:
        return sign
    word = _WORD.match(rest)
    written = re.split(r"[,}\]\r\n]", rest, maxsplit=1)[0].strip()
    if word is not None and word[0] in _MEANT:
        meant = _MEANT[word[0]]
        told, written = f"did you mean `{meant}`?", word[0]
    elif word is not None and 0 < len(written) <= 60 and '"' not in written:
        meant = f'"{written}"'
        told = f"write it in quotation marks: `{meant}`"
    else:
        return _refused(text, start, f"`{rest[0]}` cannot stand where a value should")
    return _refused(
        text,
        start,
        f"`{written}` is not a value in JSON",
        _instead(text, start, written, meant, told),
    )


def _refused_key(text: Text, offset: int) -> PatientError:
    rest = text.characters[offset:]
    if not rest:
        return _refused(text, offset, "the file ends before the closing `}`")
    if (sign := _strange_sign(text, offset)) is not None:
        return sign
    word = _WORD.match(rest)
    if word is None:
        return _refused(text, offset, f"`{rest[0]}` cannot stand where a name should")
    quoted = f'"{word[0]}"'
    told = _instead(text, offset, word[0], quoted, f"write `{quoted}`")
    return _refused(
        text, offset, f"the name `{word[0]}` is not in quotation marks", told
    )


def _instead(text: Text, start: int, written: str, meant: str, told: str) -> Help:
    span = Span(start, start + len(written))
    return Help(message=told, edits=(Edit(text=text, span=span, replacement=meant),))


def _strange_sign(text: Text, offset: int) -> PatientError | None:
    """What is said of comments and typographic quotation marks, wherever they stand."""
    sign = text.characters[offset]
    if sign in "#/":
        return _refused(text, offset, *_NO_COMMENTS)
    is_quote = sign in "'\u2018\u2019\u201c\u201d"
    return _refused(text, offset, *_STRAIGHT_QUOTES) if is_quote else None


_NO_COMMENTS = (
    "JSON has no comments",
    Help(
        message="put remarks under the key `note`, or write the patient as TOML or YAML"
    ),
)
_STRAIGHT_QUOTES = (
    "these are not the quotation marks of JSON",
    Help(message='use straight double quotation marks: `"`'),
)
