"""The items of a file as an editor lists them, and the stretches of it that can be folded."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from b12guide.syntax import ast, scan
from b12guide.syntax.ast import Header, Item
from b12guide.syntax.reread import Reading
from b12guide.text import Span

__all__ = ["Fold", "Heading", "folds", "headings"]


@frozen
class Heading:
    """An item or head of a file.

    Attributes:
        kind: The word that it begins with, such as `rule` or `measure`.
        title: What it is called for people.
        whole: All of it.
        name_at: Its name alone, or its first words.
    """

    kind: str
    name: str
    title: str
    whole: Span
    name_at: Span


def headings(reading: Reading) -> Iterator[Heading]:
    """The heads and items of a file, those with errors as far as they can be read."""
    for piece in reading.pieces:
        parts = piece.known.parts
        for node in (*parts.headers, *parts.items):
            kind, name, title = _called(node)
            own = getattr(node, "name", None)
            at = own.span if isinstance(own, ast.Name) else _first_of(node)
            whole = node.span.shifted(piece.offset)
            yield Heading(kind, name, title, whole, at.shifted(piece.offset))
        if piece.known.unread and not (parts.headers or parts.items):
            start = piece.span.start
            head = reading.text.characters[start : piece.span.end].partition("\n")[0]
            line = Span(start, start + len(head.rstrip()))
            yield Heading(
                piece.known.keyword, " ".join(head.split()[1:2]), "", line, line
            )


def _called(node: Header | Item) -> tuple[str, str, str]:
    match node:
        case Header(kind=kind, name=name):
            return kind, name.text, _text(node.title)
        case ast.Declaration(kind=declared, name=name, label=label):
            return declared.value, name.text, _text(label)
        case ast.Rule(name=name) | ast.Invariant(name=name):
            return type(node).__name__.lower(), name.text, _text(node.title)
        case ast.Definition(name=name):
            return "define", name.text, _text(node.title)
        case ast.Source(name=name):
            return "source", name.text, node.title.text
        case ast.Assumption(name=name) | ast.Challenge(name=name):
            return type(node).__name__.lower(), name.text, node.text.text
        case ast.Implication(name=name):
            return "implication", name.text, ""
        case ast.Silent(topics=topics):
            topic = ", ".join(topic.text for topic in topics)
            return "silent", f"silent on {topic}", _text(node.text)
        case ast.ExpectedConflict(first=first, second=second):
            return "conflict", f"{first.text} and {second.text}", ""
        case ast.Example(title=title):
            return "example", title.text, ""


def _text(prose: ast.Prose | None) -> str:
    return "" if prose is None else prose.text


def _first_of(node: Header | Item) -> Span:
    match node:
        case ast.Example(title=title):
            return title.span
        case ast.Silent(topics=topics):
            return topics[0].span
        case ast.ExpectedConflict(first=first):
            return first.span
        case _:
            return node.span


@frozen
class Fold:
    """A stretch of text that can be folded to its first line."""

    span: Span
    is_comment: bool = False


def folds(reading: Reading) -> Iterator[Fold]:
    """The items of more than one line, and the comments of more than one line."""
    characters = reading.text.characters
    for heading in headings(reading):
        if "\n" in characters[heading.whole.start : heading.whole.end]:
            yield Fold(heading.whole)
    comments = [
        (start, end)
        for kind, start, end in scan.words(characters)
        if kind == "comment"
        if not characters[characters.rfind("\n", 0, start) + 1 : start].strip()
    ]
    runs: list[list[tuple[int, int]]] = []
    for start, end in comments:
        between = characters[runs[-1][-1][1] : start] if runs else ""
        if between.count("\n") == 1:
            runs[-1].append((start, end))
        else:
            runs.append([(start, end)])
    for run in runs:
        if len(run) > 1:
            yield Fold(Span(run[0][0], run[-1][1]), is_comment=True)
