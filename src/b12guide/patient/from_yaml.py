"""Reads YAML and keeps the place of every value.

Only the nodes are taken from the YAML library. What a plain word means is decided as YAML 1.2
does, so that the key `on` stays a key and `no` is never false: `true`, `false`, `null`, a number,
or text.
Anchors and aliases are refused, because a small file can stand for a huge one with them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from b12guide import extras
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.patient import notation
from b12guide.patient.from_json import DEEPEST_NESTING, number_in, too_deep
from b12guide.text import Span, Text

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_OCTAL = re.compile(r"[-+]?0[0-9_]+(\.[0-9]*)?")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def read_yaml(text: Text) -> notation.Located:
    """The value that `text` spells.

    Raises:
        PatientError: It is no YAML; the diagnostic is GDL702, or GDL719 beyond a limit.
        MissingExtraError: No YAML library is installed.
    """
    yaml = extras.load("yaml", extra="yaml")
    try:
        node = yaml.compose(text.characters, Loader=yaml.SafeLoader)
    except RecursionError as error:
        raise too_deep(text, 0) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = 0 if mark is None else mark.index
        raise _refused(text, offset, str(error.problem)) from error
    except yaml.YAMLError as error:
        message = "it has a character that YAML does not allow"
        raise _refused(text, getattr(error, "position", 0), message) from error
    if node is None:
        return notation.LocatedScalar(None, Span(0, 0))
    return _located(node, text, set(), 1)


def _refused(text: Text, offset: int, told: str, *helps: Help) -> PatientError:
    message = f"this is not valid YAML: {told.splitlines()[0]}"
    return _unread(text, offset, message, *helps)


def _unread(text: Text, offset: int, message: str, *helps: Help) -> PatientError:
    """What is YAML, and is not read because it says something else than it looks like."""
    diagnostic = Diagnostic(
        code="GDL702",
        message=message,
        labels=(Label(text=text, span=Span(offset, offset)),),
        help=helps,
    )
    return PatientError(f"{text.name} cannot be read", (diagnostic,))


_OF_YAML = "tag:yaml.org,2002:"


def _check_tag(node: Any, text: Text) -> None:
    """Refuse a tag that says that a value is something else than it looks like.

    The library gives every plain word a tag of its own; one that it would not have given was
    written, or stands for a set, bytes and the like.
    """
    usual = {"mapping": f"{_OF_YAML}map", "sequence": f"{_OF_YAML}seq"}.get(node.id)
    if usual is None:
        yaml = extras.load("yaml", extra="yaml")
        is_plain = (node.style is None, node.style is not None)
        resolver = yaml.resolver.Resolver()
        usual = resolver.resolve(yaml.ScalarNode, node.value, is_plain)
    if node.tag in {usual, f"{_OF_YAML}str"}:
        return
    tag = node.tag.replace(_OF_YAML, "!!")
    raise _unread(
        text,
        node.start_mark.index,
        f"the tag `{notation.shown(tag)}` is not read",
        Help(message="write the value as plain text, true, false or a number"),
    )


def _located(node: Any, text: Text, seen: set[int], depth: int) -> notation.Located:
    span = Span(node.start_mark.index, node.end_mark.index)
    if id(node) in seen:
        raise _refused(
            text,
            span.start,
            "anchors and aliases are not read",
            Help(message="write the value out at each place"),
        )
    if depth > DEEPEST_NESTING:
        raise too_deep(text, span.start)
    seen.add(id(node))
    _check_tag(node, text)
    match node.id:
        case "mapping":
            entries = []
            for key, value in node.value:
                place = Span(key.start_mark.index, key.end_mark.index)
                if key.id != "scalar":
                    message = "a name is one word or text in quotation marks"
                    raise _refused(text, place.start, message)
                _check_tag(key, text)
                name = _whole(key.value, text, place)
                inner = _located(value, text, seen, depth + 1)
                entries.append(notation.LocatedEntry(name, place, inner))
            return notation.LocatedTable(tuple(entries), span)
        case "sequence":
            items = (_located(item, text, seen, depth + 1) for item in node.value)
            return notation.LocatedItems(tuple(items), span)
        case _:
            return notation.LocatedScalar(_scalar(node, text, span), span)


def _scalar(node: Any, text: Text, span: Span) -> bool | int | Decimal | str | None:
    written = _whole(node.value, text, span)
    if node.style is not None or node.tag == "tag:yaml.org,2002:str":
        return written
    if written in _WORDS:
        return _WORDS[written]
    if _OCTAL.fullmatch(written):
        raise _unread(
            text,
            span.start,
            f"`{notation.shown(written)}` begins with 0, which some readers take for octal",
            Help(
                message=f"write `{written.lstrip('+-0') or '0'}`, or put it in quotation marks"
            ),
        )
    match = _NUMBER.fullmatch(written)
    return written if match is None else number_in(match, text, span)


def _whole(written: str, text: Text, span: Span) -> str:
    """`written` with the characters whole that are escaped in halves, as JSON has them."""
    try:
        return written.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        message = "half of a character is written here (a lone surrogate)"
        raise _refused(text, span.start, message) from error
