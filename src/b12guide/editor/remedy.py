"""What an editor can do about what is wrong: the edits that stand in the help of diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Edit
from b12guide.text import Span

__all__ = ["Remedy", "all_certain", "remedies"]


@frozen
class Remedy:
    """Edits that remove a diagnostic.

    Attributes:
        is_only: Whether there is no other remedy to choose from.
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
            is_only = len(with_edits) == 1
            yield Remedy(diagnostic, help_.message, help_.edits, is_only)


def all_certain(diagnostics: Iterable[Diagnostic], file: str) -> tuple[Edit, ...]:
    """The edits in a file that leave no choice, without those that stand in another's way."""
    found: list[Edit] = []
    for remedy in remedies(diagnostics, file, Span(0, 1 << 62)):
        own = [edit for edit in remedy.edits if edit.text.name == file]
        if remedy.is_only and len(own) == len(remedy.edits):
            clash = any(_touch(a.span, b.span) for a in own for b in found)
            found += [] if clash else own
    return tuple(sorted(found, key=lambda edit: edit.span))


def _touch(one: Span, two: Span) -> bool:
    return one.start <= two.end and two.start <= one.end
