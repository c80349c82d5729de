"""Recognises files of other kinds and other language versions before they are parsed."""

from __future__ import annotations

import re

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.text import Span, Text

__all__ = [
    "LANGUAGE_VERSION",
    "foreign",
    "newer",
    "not_utf8",
    "other_language",
    "tries_language",
    "without_language",
]

LANGUAGE_VERSION = 1
"""The newest version of the guideline language that is understood here."""

_ODIN = re.compile(
    r"\ufeff?(?:\s|--[^\n]*\n)*(?:\(\w+\)\s*<|\w+\s*=\s*(?:\(\w+\)\s*)?<)"
)
_JSON = re.compile(r"\ufeff?\s*[\[{]")
_JSON_KEYS = (
    '"gdl_version"',
    '"archetype_bindings"',
    '"data_bindings"',
    '"gdlVersion"',
)
_LANGUAGE = re.compile(r"^[ \t]*language\s+([0-9]+)(?:\.([0-9]+))?", re.MULTILINE)
_MISSPELT = re.compile(
    r"^[ \t]*+(?:[^\w\s#][ \t]*+)?language\b", re.MULTILINE | re.IGNORECASE
)


def foreign(text: Text) -> Diagnostic | None:
    """GDL110: the diagnostic for a file in openEHR's language of the same suffix."""
    characters = text.characters
    odin = _ODIN.match(characters)
    json = _JSON.match(characters) and any(key in characters for key in _JSON_KEYS)
    if not (odin or json):
        return None
    form = "ODIN" if odin else "JSON"
    first = characters.find("\n")
    label = Label(text=text, span=Span(0, len(characters) if first < 0 else first))
    return Diagnostic(
        code="GDL110",
        message=f"this is an openEHR Guideline Definition Language file (in {form})",
        labels=(label,),
        notes=(
            "openEHR's GDL and the language of b12guide share only the suffix `.gdl`",
        ),
        help=(
            Help(
                message="open it with an openEHR tool, or write the guideline anew here"
            ),
        ),
    )


def newer(text: Text, characters: str) -> Diagnostic | None:
    """GDL111: the diagnostic for a language that is newer than ours."""
    found = _LANGUAGE.search(characters)
    if found is None or (int(found[1]), int(found[2] or 0)) <= (LANGUAGE_VERSION, 0):
        return None
    return other_language(text, Span(found.start(1), found.end()), found[0].split()[-1])


def other_language(text: Text, span: Span, version: str) -> Diagnostic:
    """GDL111: the diagnostic for a language version that does not exist here."""
    ours = f"language {LANGUAGE_VERSION}"
    upgrade = "upgrade b12guide with `pip install --upgrade b12guide`"
    help_ = f"write the file in `{ours}`"
    return Diagnostic(
        code="GDL111",
        message=f"the file is written in language {version}, and this b12guide reads {ours}",
        labels=(Label(text=text, span=span),),
        notes=("the version of the language is not that of the package",),
        help=(Help(message=help_ if version == "0" else f"{upgrade}, or {help_}"),),
    )


def tries_language(characters: str) -> bool:
    """Whether a line begins with something like `language`."""
    return _MISSPELT.search(characters) is not None


def without_language(text: Text) -> Diagnostic:
    """GDL112: the diagnostic for a file that does not name its language version."""
    line = f"language {LANGUAGE_VERSION}"
    start = 1 if text.characters.startswith("\ufeff") else 0
    edit = Edit(text=text, span=Span(start, start), replacement=f"{line}\n")
    return Diagnostic(
        code="GDL112",
        message="the file does not say in which language version it is written",
        labels=(Label(text=text, span=Span(start, start)),),
        help=(Help(message=f"begin the file with the line `{line}`", edits=(edit,)),),
    )


def not_utf8(data: bytes, name: str, error: UnicodeDecodeError) -> Diagnostic:
    """GDL101: the diagnostic for bytes that are not UTF-8, at the first bad one."""
    characters = data.decode("utf-8", "replace")
    at = len(data[: error.start].decode("utf-8", "replace"))
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:400].count(0) > 40
    guess = "UTF-16" if wide else "another encoding"
    return Diagnostic(
        code="GDL101",
        message="the file is not written in UTF-8",
        labels=(
            Label(
                text=Text(name, characters),
                span=Span(at, at + 1),
                message=f"the byte {data[error.start]:02x} does not belong here",
            ),
        ),
        help=(Help(message=f"it may be {guess}; save it again as UTF-8"),),
    )
