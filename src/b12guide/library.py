"""Finds the files of a guideline: the one that was asked for, and those that it uses.

A guideline uses files by name. `b12` is `b12.gdl` in the guideline's own folder, or else a file
that b12guide ships. Nothing outside these two places is ever opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from b12guide import resources
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import GuidelineError
from b12guide.record import Record

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "LARGEST_FILE",
    "SUFFIX",
    "Library",
    "Miss",
    "SourceFile",
    "files_below",
    "locate",
    "shipped",
]

SUFFIX = ".gdl"
LARGEST_FILE = 1 << 20
"""In bytes; nothing beyond is read, so that a file without an end does no harm."""

PathLike: TypeAlias = "str | os.PathLike[str]"


class Miss(Enum):
    """Why a used file is not opened."""

    ABSENT = "absent"
    OUTSIDE = "outside"
    UNREADABLE = "unreadable"


@frozen(repr=False)
class SourceFile(Record):
    """The bytes of a file and the name people know it by."""

    name: str
    data: bytes = field(repr=False)


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Traversable]:
    """The guidelines, parts and vocabularies that b12guide ships, by name."""
    found: dict[str, Traversable] = {}
    folders = [resources.folder("guidelines")]
    while folders:
        for entry in sorted(folders.pop().iterdir(), key=lambda entry: entry.name):
            if entry.is_dir():
                folders.append(entry)
            elif entry.name.endswith(SUFFIX):
                found.setdefault(entry.name.removesuffix(SUFFIX), entry)
    return found


@frozen(repr=False)
class Library(Record):
    """The places where the files of one guideline may stand.

    Attributes:
        main: The file that was asked for.
        folder: Its folder; None for a shipped guideline, which uses shipped files only.
        prefix: What the names of files in that folder begin with when they are shown.
    """

    main: SourceFile
    folder: Path | None = None
    prefix: str = ""

    def used(self, name: str) -> SourceFile | Miss:
        """The file that `uses NAME` means."""
        if _leaves_its_folder(name):
            return Miss.OUTSIDE
        if self.folder is not None:
            path = self.folder / (name + SUFFIX)
            if os.path.lexists(path):
                inside = self.folder.resolve()
                if not path.resolve().is_relative_to(inside):
                    return Miss.OUTSIDE
                return _read(path, self.prefix + name + SUFFIX) or Miss.UNREADABLE
        file = shipped().get(name)
        if file is None:
            return Miss.ABSENT
        return _read(file, name + SUFFIX) or Miss.UNREADABLE

    def names(self) -> tuple[str, ...]:
        """The names of the files beside the main one, and its own."""
        if self.folder is None:
            return tuple(sorted(shipped()))
        paths = self.folder.glob("*" + SUFFIX)
        return tuple(sorted(path.name.removesuffix(SUFFIX) for path in paths))

    def near(self, name: str) -> tuple[str, ...]:
        """Names of files that look like `name`."""
        known = {*shipped(), *self.names()}
        return tuple(get_close_matches(name.removesuffix(SUFFIX), sorted(known), n=3))


def files_below(folder: PathLike) -> Iterator[Path]:
    """The `.gdl` files in a folder and below; folders that begin with a dot are left out."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIX):
                yield Path(where, name)


def _leaves_its_folder(name: str) -> bool:
    parts = name.split("/")
    return (
        name.startswith(("/", "~"))
        or "\\" in name
        or ":" in name
        or any(part in {"", ".", ".."} for part in parts)
    )


def _read(file: Traversable, name: str) -> SourceFile | None:
    try:
        if not file.is_file():
            return None
        with file.open("rb") as stream:
            return SourceFile(name, stream.read(LARGEST_FILE + 1))
    except OSError:
        return None


def locate(name_or_path: PathLike) -> Library:
    """The library of a shipped guideline's name, or of a path to a `.gdl` file.

    Raises:
        GuidelineError: There is no such file, or it cannot be read.
    """
    asked = os.fspath(name_or_path)
    named = shipped().get(asked)
    if named is not None and not isinstance(name_or_path, Path):
        main = _read(named, asked + SUFFIX)
        if main is not None:
            return Library(main)
    path = Path(asked)
    if "\0" not in asked and path.is_file():
        main = _read(path, asked)
        if main is None:
            raise _unusable(asked, "`{}` cannot be read")
        prefix = asked[: len(asked) - len(path.name)]
        return Library(main, path.parent, prefix)
    if "\0" not in asked and path.is_dir():
        raise _unusable(asked, "`{}` is a folder, not a guideline")
    raise _unusable(asked, "there is no guideline `{}`", _suggestion(asked))


def _suggestion(asked: str) -> str:
    name = Path(asked).name.removesuffix(SUFFIX)
    near = get_close_matches(name, sorted(shipped()), n=3)
    if near:
        return "did you mean " + " or ".join(f"`{n}`" for n in near)
    return "give the name of a shipped guideline or the path of a .gdl file"


def _unusable(asked: str, message: str, help_: str = "") -> GuidelineError:
    message = message.format(asked)
    remedies = (Help(message=help_),) if help_ else ()
    diagnostic = Diagnostic(code="GDL229", message=message, help=remedies)
    return GuidelineError(message + (f"; {help_}" if help_ else ""), (diagnostic,))
