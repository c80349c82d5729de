"""From text to syntax tree, or to diagnostics that say why not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import UnexpectedInput

from b12guide.diagnostics import Diagnostic, in_order
from b12guide.errors import GuidelineError
from b12guide.syntax import grammar, limits, recognise
from b12guide.syntax.ast import Comment, File, Rule
from b12guide.syntax.from_tree import Parts
from b12guide.syntax.recover import recovered
from b12guide.syntax.tree_pieces import Refusal
from b12guide.text import Span, Text

__all__ = [
    "after_reading",
    "comments_in",
    "decoded",
    "parse",
    "parse_bytes",
    "parse_partial",
]

_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"?|#[^\r\n]*')
_NOTHING = Parts(languages=(), headers=(), items=())


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


def parse_bytes(data: bytes, name: str) -> File:
    """The syntax tree of a file with the bytes `data`, known as `name`.

    Raises:
        GuidelineError: The bytes are not UTF-8, or the text has errors.
    """
    return parse(decoded(data, name))


def decoded(data: bytes, name: str) -> Text:
    """The text of a file with the bytes `data`, known as `name`.

    Raises:
        GuidelineError: The bytes are too many, or not UTF-8.
    """
    message = f"`{name}` cannot be read"
    if len(data) > limits.MOST_BYTES:
        raise GuidelineError(message, [limits.too_large(Text(name, ""), len(data))])
    try:
        return Text(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        diagnostic = recognise.not_utf8(data, name, error)
        raise GuidelineError(message, [diagnostic]) from None


def parse_partial(text: Text) -> tuple[File, tuple[Diagnostic, ...]]:
    """The items of `text` that are free of errors, and all diagnostics."""
    foreign = recognise.foreign(text)
    if foreign is not None:
        return _file(text, _NOTHING), (foreign,)
    limited = limits.limited(text)
    if limited.characters is None:
        return _file(text, _NOTHING), limited.diagnostics
    newer = recognise.newer(text, limited.characters)
    if newer is not None:
        return _file(text, _NOTHING), (*limited.diagnostics, newer)
    parts, diagnostics = _read(text, limited.characters)
    found = (*limited.diagnostics, *diagnostics)
    found += tuple(after_reading(text, limited.characters, parts, found))
    return _file(text, parts), in_order(found)


def _read(text: Text, characters: str) -> tuple[Parts, tuple[Diagnostic, ...]]:
    try:
        return grammar.read(characters, "file"), ()
    except (UnexpectedInput, Refusal):
        return recovered(text, characters)


def after_reading(
    text: Text, characters: str, parts: Parts, before: tuple[Diagnostic, ...]
) -> Iterator[Diagnostic]:
    """What can only be said once the text is read."""
    if not parts.languages and (not before or not recognise.tries_language(characters)):
        yield recognise.without_language(text)
    for line in parts.languages:
        if line.value != recognise.LANGUAGE_VERSION:
            yield recognise.other_language(text, line.span, str(line.value))
    rules = [item for item in parts.items if isinstance(item, Rule)]
    if len(rules) > limits.MOST_RULES:
        yield limits.too_many_rules(text, rules[limits.MOST_RULES].name.span)


def _file(text: Text, parts: Parts) -> File:
    return File(
        text=text,
        language=parts.languages[0].value if parts.languages else None,
        headers=parts.headers,
        items=parts.items,
        comments=comments_in(text),
    )


def comments_in(text: Text) -> tuple[Comment, ...]:
    """The comments of a text, in order."""
    return tuple(
        Comment(span=Span(*found.span()), text=found.group())
        for found in _STRING_OR_COMMENT.finditer(text.characters)
        if found.group().startswith("#")
    )
