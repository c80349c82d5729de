"""What an editor asks about a whole file: outline, layout, what the linter finds, and remedies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Edit
from b12guide.editor.analysis import Analysis, Depth
from b12guide.errors import B12GuideError
from b12guide.graph.from_syntax import lower
from b12guide.lint.run import lint_written
from b12guide.lint.settings import DEFAULTS, settings_for
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax import ast, scan
from b12guide.syntax.ast import Header, Item
from b12guide.syntax.incremental import TextVersion, moved
from b12guide.syntax.parse import parse_partial
from b12guide.syntax.printing import formatted
from b12guide.text import Span, Text


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


def headings(reading: TextVersion) -> Iterator[Heading]:
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
        case ast.Currency(facts=facts):
            return "regard", ", ".join(fact.text for fact in facts), ""
        case ast.Derivation(measure=measure, equation=equation):
            return "derive", measure.text, equation.text
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
        case ast.Currency(facts=named) | ast.Silent(topics=named):
            return named[0].span
        case ast.ExpectedConflict(first=first) | ast.Derivation(measure=first):
            return first.span
        case _:
            return node.span


@frozen
class Fold:
    """A stretch of text that can be folded to its first line."""

    span: Span
    is_comment: bool = False


def folds(reading: TextVersion) -> Iterator[Fold]:
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


_WINDOWS = re.compile(r"[^\n]*\r\n")


def reformatted(text: Text) -> Edit | None:
    """The edit that formats a file; None for one that is formatted.

    Raises:
        GuidelineError: The file has errors.
    """
    new = formatted(text)
    if _WINDOWS.match(text.characters):
        new = new.replace("\n", "\r\n")
    if new == text.characters:
        return None
    old_lines = text.characters.splitlines(keepends=True)
    new_lines = new.splitlines(keepends=True)
    first = _alike(old_lines, new_lines)
    last = _alike(old_lines[first:][::-1], new_lines[first:][::-1])
    start = sum(map(len, old_lines[:first]))
    end = len(text.characters) - sum(map(len, old_lines[len(old_lines) - last :]))
    middle = "".join(new_lines[first : len(new_lines) - last])
    return Edit(text=text, span=Span(start, end), replacement=middle)


def _alike(one: list[str], two: list[str]) -> int:
    """How many lines two texts begin with alike."""
    pairs = zip(one, two, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@frozen
class Remedy:
    """Edits that remove a diagnostic.

    Attributes:
        is_only: Whether there is no other remedy to choose from, and nothing new is said.
    """

    diagnostic: Diagnostic
    message: str
    edits: tuple[Edit, ...]
    is_only: bool


def remedies(
    diagnostics: Iterable[Diagnostic], file: str, within: Span
) -> Iterator[Remedy]:
    """The remedies of what is wrong in a stretch of a file."""
    for diagnostic in diagnostics:
        place = diagnostic.place
        if place is None or place.text.name != file:
            continue
        if place.span.start > within.end or within.start > place.span.end:
            continue
        with_edits = [help_ for help_ in diagnostic.help if help_.edits]
        for help_ in with_edits:
            is_only = len(with_edits) == 1 and not help_.is_offer
            yield Remedy(diagnostic, help_.message, help_.edits, is_only)


def all_certain(diagnostics: Iterable[Diagnostic], file: str) -> tuple[Edit, ...]:
    """The edits in a file that leave no choice, without those that stand in another's way."""
    found: list[Edit] = []
    for remedy in remedies(diagnostics, file, Span(0, 1 << 62)):
        own = [edit for edit in remedy.edits if edit.text.name == file]
        if remedy.is_only and len(own) == len(remedy.edits):
            clash = any(
                one.span.start <= other.span.end and other.span.start <= one.span.end
                for one in own
                for other in found
            )
            found += [] if clash else own
    return tuple(sorted(found, key=lambda edit: edit.span))


def linted(analysis: Analysis, depth: Depth) -> tuple[Diagnostic, ...]:
    """The findings of the linter on a guideline that can be used, with places in pieces.

    The linter reads comments and compares places, so it is given the files as a whole.
    """
    if depth.graph is None:
        return ()
    draft = analysis.draft
    names = [file.text.name for file in draft.files]
    files = (parse_partial(draft.readings[name].text)[0] for name in names)
    whole = Draft(tuple(files))
    said = analysis.placed((*analysis.diagnostics, *depth.diagnostics))
    graph = lower(whole, scope_of(whole))
    main, settings = Path(names[0]), DEFAULTS
    with suppress(B12GuideError):  # settings that cannot be used are reported elsewhere
        settings = settings_for(main.parent if main.is_absolute() else None)
    found = lint_written(whole, graph, said, settings=settings)
    own = (diagnostic for diagnostic in found if diagnostic.code.startswith("GDL5"))
    return tuple(moved(diagnostic, draft.apart) for diagnostic in own)
