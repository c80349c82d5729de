"""Finds the files that are to be linted: what was named, and what that belongs to.

A part or a file of examples says little alone, so the guideline that it belongs to is linted
instead; one that belongs to no guideline is judged as far as it can be.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from b12guide import passes
from b12guide.errors import GuidelineError
from b12guide.library import (
    SUFFIX,
    Library,
    Opened,
    PathLike,
    SourceFile,
    locate,
    opened,
)
from b12guide.syntax.scan import masked

__all__ = ["is_incomplete", "targets"]

_HEAD = re.compile(
    r"\s*(?:language\s+\S+\s+)?(?P<kind>vocabulary|guideline|part|examples)\b"
    r"(?:\s+for\b)?\s*(?P<name>\w*)"
)
_HIGHEST = 4
"""Folders upwards in which the guideline of a part is looked for."""


def targets(named: Iterable[PathLike]) -> Opened:
    """What the names, files and folders stand for, each guideline once."""
    finder = _Finder()
    found = opened(named)
    whole = (one for library in found.libraries for one in finder.complete(library))
    libraries = {library.identity: library for library in whole}
    return Opened(libraries=tuple(libraries.values()), unread=found.unread)


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
            texts = (file.text.name for file in passes.read(guideline).draft.files)
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
