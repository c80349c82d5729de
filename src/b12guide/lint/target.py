"""Finds the files that are to be linted: what was named, and what that belongs to.

A part or a file of examples says little alone, so the guideline that it belongs to is linted
instead; one that belongs to no guideline is judged as far as it can be.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from b12guide import passes
from b12guide.diagnostics import Diagnostic
from b12guide.errors import GuidelineError
from b12guide.library import SUFFIX, Library, PathLike, SourceFile, locate
from b12guide.record import Record
from b12guide.syntax.scan import masked

__all__ = ["Targets", "is_incomplete", "targets"]

_HEAD = re.compile(
    r"\s*(?:language\s+\S+\s+)?(?P<kind>vocabulary|guideline|part|examples)\b"
    r"(?:\s+for\b)?\s*(?P<name>\w*)"
)
_HIGHEST = 4
"""Folders upwards in which the guideline of a part is looked for."""


@frozen(kw_only=True, repr=False)
class Targets(Record):
    """What there is to lint.

    Attributes:
        unread: Why some of what was named cannot be read.
    """

    libraries: tuple[Library, ...]
    unread: tuple[Diagnostic, ...]


def targets(named: Sequence[PathLike]) -> Targets:
    """What the names, files and folders stand for, each file once."""
    found: dict[str, Library] = {}
    unread: list[Diagnostic] = []
    for name in named:
        below = tuple(_below(name))
        if not below:
            message = f"there is no {SUFFIX} file in `{os.fspath(name)}`"
            unread.append(Diagnostic(code="GDL229", message=message))
        for each in below:
            try:
                library = locate(each)
            except GuidelineError as error:
                unread += error.diagnostics
            else:
                for one in _complete(library):
                    found.setdefault(_identity(one), one)
    return Targets(libraries=tuple(found.values()), unread=tuple(unread))


def is_incomplete(source: SourceFile) -> bool:
    """Whether a file is a part or holds examples, and so says little alone."""
    return _head(source)[0] in {"part", "examples"}


def _below(name: PathLike) -> Iterator[PathLike]:
    """The files in a folder and below, hidden ones left out; anything else as it is."""
    path = Path(name)
    if "\0" in os.fspath(name) or not path.is_dir():
        yield name
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for file in sorted(files):
            if file.endswith(SUFFIX) and not file.startswith("."):
                yield Path(folder, file)


def _complete(library: Library) -> tuple[Library, ...]:
    """The guidelines that a part or examples belong to, or else the file itself."""
    if library.folder is None or not is_incomplete(library.main):
        return (library,)
    return tuple(_owners(library, library.folder)) or (library,)


def _owners(library: Library, folder: Path) -> Iterator[Library]:
    kind, name = _head(library.main)
    own = (folder / Path(library.main.name).name).resolve()
    here = folder.resolve()
    for above in (here, *list(here.parents)[:_HIGHEST]):
        for path in sorted(above.glob("*" + SUFFIX)):
            try:
                owner = locate(path)
            except GuidelineError:
                continue
            of_owner = _head(owner.main)
            if of_owner[0] != "guideline":
                continue
            if kind == "examples":
                belongs = above == here and of_owner[1] == name
            else:
                files = passes.read(owner).draft.files
                belongs = any(Path(f.text.name).resolve() == own for f in files)
            if belongs:
                yield _as_named(owner, library, path)


def _as_named(owner: Library, named: Library, path: Path) -> Library:
    """The owner by a path that begins as that of the file which was named."""
    if Path(named.main.name).is_absolute():
        return owner
    return locate(os.path.relpath(path))


def _head(source: SourceFile) -> tuple[str, str]:
    """The kind and the name in the head of a file; empty where it has none."""
    characters = source.data.decode("utf-8-sig", errors="replace")
    found = _HEAD.match(masked(characters[: 1 << 16]))
    return ("", "") if found is None else (found["kind"], found["name"])


def _identity(library: Library) -> str:
    if library.folder is None:
        return library.main.name
    return str((library.folder / Path(library.main.name).name).resolve())
