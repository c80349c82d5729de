"""Runs the rules of the linter on a draft that was checked, or on files with all that they use."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from attrs import evolve, field, frozen

from b12guide import written
from b12guide.diagnostics import Diagnostic, has_errors, in_order
from b12guide.errors import GuidelineError
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph
from b12guide.library import (
    SUFFIX,
    Library,
    NamedFiles,
    PathLike,
    SourceFile,
    locate,
    opened,
)
from b12guide.lint.material import Level, LintRule, Material
from b12guide.lint.rules import RULES
from b12guide.lint.settings import (
    ALLOWANCES,
    DEFAULTS,
    LEVELS,
    Allowance,
    Settings,
    allowances,
    bad_allowances,
    settings_for,
    unused,
)
from b12guide.semantics.draft import Draft
from b12guide.syntax.scan import masked
from b12guide.text import Text
from b12guide.written import with_examples

_HEAD = re.compile(
    r"\s*(?:language\s+\S+\s+)?(?P<kind>vocabulary|guideline|part|examples)\b"
    r"(?:\s+for\b)?\s*(?P<name>\w*)"
)
_HIGHEST = 4
"""Folders upwards in which the guideline of a part is looked for."""


def targets(named: Iterable[PathLike]) -> NamedFiles:
    """What the names, files and folders stand for, each guideline once."""
    finder = _Finder()
    found = opened(named)
    whole = (one for library in found.libraries for one in finder.complete(library))
    libraries = {library.identity: library for library in whole}
    return NamedFiles(libraries=tuple(libraries.values()), unread=found.unread)


def is_incomplete(source: SourceFile) -> bool:
    """Whether a file is a part or holds examples, and so says little alone."""
    return _head(source)[0] in {"part", "examples"}


class _Finder:
    """Finds the guidelines that files belong to; it keeps what it has read."""

    def __init__(self) -> None:
        self._guidelines: dict[Path, tuple[Library, ...]] = {}
        self._files: dict[str, frozenset[Path]] = {}

    def complete(self, library: Library) -> tuple[Library, ...]:
        """The guidelines that a part or examples belong to, or else the file itself."""
        if library.folder is None or not is_incomplete(library.main):
            return (library,)
        return tuple(self._owners(library, library.folder)) or (library,)

    def _owners(self, library: Library, folder: Path) -> Iterator[Library]:
        kind, name = _head(library.main)
        own = Path(library.identity)
        here = folder.resolve()
        for above in (here, *list(here.parents)[:_HIGHEST]):
            for owner in self._guidelines_in(above):
                if kind == "examples":
                    belongs = above == here and _head(owner.main)[1] == name
                else:
                    belongs = own in self._files_of(owner)
                if belongs:
                    is_absolute = Path(library.main.name).is_absolute()
                    yield (
                        owner
                        if is_absolute
                        else locate(os.path.relpath(owner.main.name))
                    )

    def _guidelines_in(self, folder: Path) -> tuple[Library, ...]:
        if folder not in self._guidelines:
            self._guidelines[folder] = tuple(_guidelines_in(folder))
        return self._guidelines[folder]

    def _files_of(self, guideline: Library) -> frozenset[Path]:
        name = guideline.main.name
        if name not in self._files:
            texts = (
                file.text.name for file in written.read_files(guideline).draft.files
            )
            self._files[name] = frozenset(Path(text).resolve() for text in texts)
        return self._files[name]


def _guidelines_in(folder: Path) -> Iterator[Library]:
    for path in sorted(folder.glob("*" + SUFFIX)):
        with suppress(GuidelineError):
            library = locate(path)
            if _head(library.main)[0] == "guideline":
                yield library


def _head(source: SourceFile) -> tuple[str, str]:
    """The kind and the name in the head of a file; empty where it has none."""
    characters = source.data.decode("utf-8-sig", errors="replace")
    found = _HEAD.match(masked(characters[: 1 << 16]))
    return ("", "") if found is None else (found["kind"], found["name"])


_ALLOWED = frozenset(LEVELS) - frozenset(ALLOWANCES)


def lint_written(  # noqa: PLR0913 - each says something of its own
    draft: Draft,
    graph: RuleGraph | None,
    diagnostics: Iterable[Diagnostic] = (),
    *,
    settings: Settings = DEFAULTS,
    on: dt.date | None = None,
    only: Collection[str] | None = None,
) -> tuple[Diagnostic, ...]:
    """Everything that the linter says of a draft, what the checks said included.

    Args:
        draft: The files of the guideline, vocabulary or part.
        graph: What they mean; None where they have errors or hold no guideline.
        diagnostics: What the checks said of them.
        settings: The levels of the rules, and what they leave alone.
        on: The day asked for; without one, nothing is said of how old the guideline is.
        only: The codes of the rules to run, if not all; nothing is said of allowances then.
    """
    material = Material(
        draft=draft, graph=graph, on=on, stale_after=settings.stale_after
    )
    rules = [rule for rule in RULES if only is None or rule.code in only]
    found = tuple(_found(material, tuple(diagnostics), settings, rules))
    usable = is_usable(found)
    allowed = tuple(
        allowance for file in material.files for allowance in allowances(file, _ALLOWED)
    )
    kept = tuple(d for d in found if not any(a.allows(d) for a in allowed))
    if only is not None:
        return in_order(kept)
    about = tuple(_about_allowances(material, found, allowed, settings, usable=usable))
    return in_order((*kept, *about))


def is_usable(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether no error of the checks is among `diagnostics`, whatever the levels of rules."""
    return not has_errors(d for d in diagnostics if d.code not in LEVELS)


def _found(
    material: Material,
    checks: tuple[Diagnostic, ...],
    settings: Settings,
    rules: Iterable[LintRule],
) -> Iterator[Diagnostic]:
    for diagnostic in checks:
        if diagnostic.code not in LEVELS:
            yield diagnostic
        elif _is_judged(diagnostic, material):
            yield from _levelled(diagnostic, settings)
    for rule in rules:
        if settings.level(rule.code) is Level.OFF:
            continue
        if rule.needs_day and material.on is None:
            continue
        for diagnostic in rule.find(material):
            yield from _levelled(diagnostic, settings)


def _is_judged(diagnostic: Diagnostic, material: Material) -> bool:
    place = diagnostic.place
    return place is None or id(place.text) in material.texts


def _levelled(diagnostic: Diagnostic, settings: Settings) -> Iterator[Diagnostic]:
    """The diagnostic at its level, unless it is off or its file is left alone."""
    severity = settings.level(diagnostic.code).severity
    if severity is None:
        return
    place = diagnostic.place
    if place is None or not settings.ignores(place.text.name, diagnostic.code):
        yield evolve(diagnostic, severity=severity)


def _about_allowances(
    material: Material,
    found: tuple[Diagnostic, ...],
    allowed: tuple[Allowance, ...],
    settings: Settings,
    *,
    usable: bool,
) -> Iterator[Diagnostic]:
    for file in material.files:
        for diagnostic in bad_allowances(file, _ALLOWED):
            yield from _levelled(diagnostic, settings)
    if not usable:
        return  # rules that need the graph did not run
    asleep = {rule.code for rule in RULES if rule.needs_day and material.on is None}
    for allowance in allowed:
        if (
            allowance.code not in asleep
            and settings.level(allowance.code) is not Level.OFF
            and not settings.ignores(allowance.text.name, allowance.code)
            and not any(allowance.allows(d) for d in found)
        ):
            yield from _levelled(unused(allowance), settings)


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
    checked = written.check(library)
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
    reading = written.read_files(library)
    found = lint_written(
        reading.draft, None, reading.diagnostics, settings=settings, on=on
    )
    return Linted(
        library=library,
        draft=reading.draft,
        diagnostics=found,
        is_usable=is_usable(found),
    )
