"""From text to syntax tree, or to diagnostics that say why not."""

from __future__ import annotations

import re

from lark import UnexpectedInput

from b12guide.diagnostics import Diagnostic, Label
from b12guide.errors import GuidelineError
from b12guide.syntax import grammar
from b12guide.syntax.ast import Comment, File
from b12guide.syntax.from_tree import Parts
from b12guide.syntax.tree_pieces import Refusal
from b12guide.text import Span, Text

__all__ = ["parse", "parse_bytes", "parse_partial"]

_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"?|#[^\r\n]*')


def parse(text: Text) -> File:
    """The syntax tree of `text`.

    Raises:
        GuidelineError: The text has errors; its diagnostics name all that were found.
    """
    file, diagnostics = parse_partial(text)
    if diagnostics:
        message = f"`{text.name}` cannot be read"
        raise GuidelineError(message, diagnostics)
    return file


def parse_partial(text: Text) -> tuple[File, tuple[Diagnostic, ...]]:
    """The items of `text` that are free of errors, and all diagnostics."""
    try:
        parts = grammar.read(text.characters, "file")
    except (UnexpectedInput, Refusal) as error:
        at = getattr(error, "pos_in_stream", 0) or 0
        place = Label(text=text, span=Span(at, at + 1))
        message = "this cannot stand here"
        diagnostic = Diagnostic(code="GDL100", message=message, labels=(place,))
        return _file(text, Parts(languages=(), headers=(), items=())), (diagnostic,)
    return _file(text, parts), ()


def parse_bytes(data: bytes, name: str) -> File:
    """The syntax tree of a file with the bytes `data`, known as `name`.

    Raises:
        GuidelineError: The bytes are not UTF-8, or the text has errors.
    """
    return parse(Text(name, data.decode("utf-8-sig")))


def _file(text: Text, parts: Parts) -> File:
    return File(
        text=text,
        language=parts.languages[0].value if parts.languages else None,
        headers=parts.headers,
        items=parts.items,
        comments=_comments(text),
    )


def _comments(text: Text) -> tuple[Comment, ...]:
    return tuple(
        Comment(span=Span(*found.span()), text=found.group())
        for found in _STRING_OR_COMMENT.finditer(text.characters)
        if found.group().startswith("#")
    )
