"""Lints whole files: a guideline with its parts, its examples and the settings that count there."""

from __future__ import annotations

import datetime as dt

from attrs import field, frozen

from b12guide import passes
from b12guide.diagnostics import Diagnostic, has_errors
from b12guide.library import Library, PathLike, locate
from b12guide.lint.run import is_usable, lint_written
from b12guide.lint.settings import Settings, settings_for
from b12guide.lint.target import is_incomplete
from b12guide.record import Record
from b12guide.semantics.draft import Draft
from b12guide.text import Text
from b12guide.written import with_examples

__all__ = ["Linted", "lint", "lint_library"]


@frozen(kw_only=True, repr=False)
class Linted(Record):
    """A file with those that belong to it, and everything that was found.

    Attributes:
        library: Where its files may stand.
        is_usable: Whether the checks found no error.
    """

    library: Library
    draft: Draft = field(repr=False)
    diagnostics: tuple[Diagnostic, ...]
    is_usable: bool

    @property
    def texts(self) -> tuple[Text, ...]:
        """The texts of its files."""
        return tuple(file.text for file in self.draft.files)


def lint(
    name_or_path: PathLike, *, on: dt.date | None = None
) -> tuple[Diagnostic, ...]:
    """Everything there is to say of a guideline or vocabulary, errors included.

    The settings are those that count where the file stands. Without a day, nothing is said of
    how old the guideline is.

    Raises:
        GuidelineError: There is no such file.
        SettingsError: The settings cannot be used.
    """
    return lint_library(locate(name_or_path), on=on).diagnostics


def lint_library(library: Library, *, on: dt.date | None = None) -> Linted:
    """The same of a file that was found already.

    Raises:
        SettingsError: The settings cannot be used.
    """
    settings = settings_for(library.folder)
    if is_incomplete(library.main):
        return _alone(library, settings, on)
    checked = passes.check(library)
    draft, about_examples = with_examples(library, checked)
    said = (*checked.diagnostics, *about_examples)
    graph = None if has_errors(about_examples) else checked.graph
    found = lint_written(draft, graph, said, settings=settings, on=on)
    return Linted(
        library=library,
        draft=draft,
        diagnostics=found,
        is_usable=is_usable(found),
    )


def _alone(library: Library, settings: Settings, on: dt.date | None) -> Linted:
    """A part, or a file of examples, whose guideline nobody knows: names mean nothing there."""
    reading = passes.read(library)
    found = lint_written(
        reading.draft, None, reading.diagnostics, settings=settings, on=on
    )
    return Linted(
        library=library,
        draft=reading.draft,
        diagnostics=found,
        is_usable=is_usable(found),
    )
