"""Runs the rules of the linter: on a draft that was checked, or on files with what belongs to them.

The linter says what the checks say, and more. Errors of the checks stay as they are: what cannot
be used can be neither allowed nor given another level. Everything else has the level that the
settings give it, and an allowance in the file lets it stand.
"""

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
from b12guide.lint.material import Level, Material
from b12guide.lint.rules import RULES
from b12guide.lint.settings import (
    ALLOWANCES,
    DEFAULTS,
    LEVELS,
    Allowance,
    Settings,
    allowances,
    settings_for,
    unused,
)
from b12guide.say.words import listing
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
        kind, name = _head(library.main)
        own, here = Path(library.identity), library.folder.resolve()
        owners = [
            owner
            for above in (here, *list(here.parents)[:_HIGHEST])
            for owner in self._guidelines_in(above)
            if (
                above == here and _head(owner.main)[1] == name
                if kind == "examples"
                else own in self._files_of(owner)
            )
        ]
        if not Path(library.main.name).is_absolute():  # then none of the names is
            owners = [locate(os.path.relpath(owner.main.name)) for owner in owners]
        return tuple(owners) or (library,)

    def _guidelines_in(self, folder: Path) -> tuple[Library, ...]:
        if folder not in self._guidelines:
            found: list[Library] = []
            for path in sorted(folder.glob("*" + SUFFIX)):
                with suppress(GuidelineError):
                    found.append(locate(path))
            self._guidelines[folder] = tuple(
                library for library in found if _head(library.main)[0] == "guideline"
            )
        return self._guidelines[folder]

    def _files_of(self, guideline: Library) -> frozenset[Path]:
        name = guideline.main.name
        if name not in self._files:
            files = written.read_files(guideline).draft.files
            paths = (Path(file.text.name).resolve() for file in files)
            self._files[name] = frozenset(paths)
        return self._files[name]


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
    asleep = {
        rule.code
        for rule in RULES
        if (rule.needs_day and on is None) or (rule.needs_review and material.is_draft)
    }
    found: list[Diagnostic] = []
    for diagnostic in diagnostics:
        place = diagnostic.place
        if diagnostic.code not in LEVELS:
            found.append(diagnostic)
        elif place is None or id(place.text) in material.texts:
            found += settings.levelled([diagnostic])
    for rule in RULES:
        is_off = settings.level(rule.code) is Level.OFF or rule.code in asleep
        if not is_off and (only is None or rule.code in only):
            found += settings.levelled(rule.find(material))
    allowed: list[Allowance] = []
    about: list[Diagnostic] = []
    for file in material.files:
        whole, problems = allowances(file, _ALLOWED)
        allowed += whole
        about += problems
    kept = [d for d in found if not any(a.allows(d) for a in allowed)]
    kept = [*_grouped(kept)]
    if only is not None:
        return in_order(kept)
    if is_usable(found):  # else the rules that need the graph did not run
        about += [
            unused(allowance)
            for allowance in allowed
            if allowance.code not in asleep
            and settings.level(allowance.code) is not Level.OFF
            and not settings.ignores(allowance.text.name, allowance.code)
            and not any(allowance.allows(d) for d in found)
        ]
    return in_order((*kept, *settings.levelled(about)))


_OF_MANY = {rule.code: rule.of_many for rule in RULES if rule.of_many}
_MOST_NAMED = 5


def _grouped(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What was found, with one finding for what a rule says of many items of a file alike.

    An author has left them all out, or means to come to them later; said of each, it would hide
    what is a slip.
    """
    alike: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in found:
        place = one.place
        if place is None or one.code not in _OF_MANY:
            yield one
        else:
            alike.setdefault((one.code, place.text.name), []).append(one)
    for (code, _), many in alike.items():
        if len(many) == 1:
            yield many[0]
            continue
        labels = [label for one in many for label in one.labels[:1]]
        labels.sort(key=lambda label: label.span)
        names = [f"`{label.text.slice(label.span)}`" for label in labels[:_MOST_NAMED]]
        more = len(labels) - len(names)
        said = listing([*names, f"{more} more"]) if more else listing(names)
        yield evolve(
            many[0],
            message=f"{len(labels)} {_OF_MANY[code]}: {said}",
            labels=(
                labels[0],
                *(evolve(label, message="and this one") for label in labels[1:]),
            ),
        )


def is_usable(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether no error of the checks is among `diagnostics`, whatever the levels of rules."""
    return not has_errors(d for d in diagnostics if d.code not in LEVELS)


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
    graph = None
    if is_incomplete(library.main):
        # Nobody knows the guideline of a part or of examples alone: names mean nothing there.
        read = written.read_files(library)
        draft, said = read.draft, read.diagnostics
    else:
        checked = written.check(library)
        draft, about_examples = with_examples(library, checked)
        said = (*checked.diagnostics, *about_examples)
        graph = None if has_errors(about_examples) else checked.graph
    found = lint_written(draft, graph, said, settings=settings, on=on)
    return Linted(
        library=library, draft=draft, diagnostics=found, is_usable=is_usable(found)
    )
