"""Finds the files of a guideline: the one that was asked for, and those that it uses.

A guideline uses files by name. `b12` is `b12.gdl` in the guideline's own folder, or else a file
that b12guide ships. Nothing outside these two places is ever opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from b12guide import resources
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import ArgumentError, GuidelineError
from b12guide.frozen import Record
from b12guide.text import shortened

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


SUFFIX = ".gdl"
LARGEST_FILE = 1 << 20
"""In bytes; nothing beyond is read, so that a file without an end does no harm."""

PathLike: TypeAlias = str | os.PathLike[str]


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


def shipped_guidelines() -> tuple[str, ...]:
    """The names of the guidelines that ship: not those of the words and examples beside them."""
    return tuple(
        name
        for name, file in sorted(shipped().items())
        if re.search("^guideline ", file.read_text(encoding="utf-8"), re.MULTILINE)
    )


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

    @property
    def identity(self) -> str:
        """The same for the same main file, however it was named."""
        if self.folder is None:
            return self.main.name
        return str((self.folder / Path(self.main.name).name).resolve())

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


@frozen(kw_only=True, repr=False)
class NamedFiles(Record):
    """What was found under the names that a command was given.

    Attributes:
        unread: Why some of what was named cannot be read.
    """

    libraries: tuple[Library, ...]
    unread: tuple[Diagnostic, ...]


def opened(named: Iterable[PathLike]) -> NamedFiles:
    """What names, files and folders stand for, each file once.

    A folder stands for the `.gdl` files in it and below; folders whose name begins with a dot are
    left out, unless they are named themselves.
    """
    found: dict[str, Library] = {}
    unread: list[Diagnostic] = []
    for name in named:
        is_folder = bool(os.fspath(name)) and os.path.isdir(name)  # noqa: PTH112 -- never raises
        files = [*_files_below(name)] if is_folder else [name]
        if not files:
            message = f"there is no {SUFFIX} file in `{os.fspath(name)}`"
            unread.append(Diagnostic(code="GDL229", message=message))
        for each in files:
            try:
                library = locate(each)
            except GuidelineError as error:
                unread += error.diagnostics
            else:
                found.setdefault(library.identity, library)
    return NamedFiles(libraries=tuple(found.values()), unread=tuple(unread))


def _files_below(folder: PathLike) -> Iterator[Path]:
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
    given: object = name_or_path
    if not isinstance(given, str | os.PathLike):
        argument, expected = "name_or_path", "the name of a guideline, or a path"
        raise ArgumentError(argument, expected, name_or_path)
    asked = os.fspath(name_or_path)
    named = shipped().get(asked)
    if named is not None and not isinstance(name_or_path, Path):
        main = _read(named, asked + SUFFIX)
        if main is not None:
            return Library(main)
    path = Path(asked)
    if not asked or not os.path.lexists(asked):
        raise _unusable(asked, "there is no guideline `{}`", _suggestion(path))
    if path.is_dir():
        raise _unusable(asked, "`{}` is a folder, not a guideline")
    if not path.is_file():
        raise _unusable(asked, "`{}` is not a file that can be read")
    try:
        with path.open("rb") as stream:
            main = SourceFile(asked, stream.read(LARGEST_FILE + 1))
    except OSError as error:
        reason = (error.strerror or "it is refused").lower()
        raise _unusable(asked, "`{}` cannot be read: " + reason) from error
    return Library(main, path.parent, asked[: len(asked) - len(path.name)])


def file_like(path: Path, suffixes: Iterable[str]) -> Path | None:
    """A file beside `path` that has nearly its name, and one of the suffixes."""
    try:
        beside = sorted(p for p in path.parent.iterdir() if p.suffix in suffixes)
    except (OSError, ValueError):
        return None
    stems = get_close_matches(path.stem, {p.stem for p in beside}, n=1)
    names = [p.name for p in beside if p.stem in stems]
    near = get_close_matches(path.name, names, n=1, cutoff=0)
    return path.parent / near[0] if near else None


def _suggestion(asked: Path) -> str:
    name = asked.name.removesuffix(SUFFIX)
    near = get_close_matches(name, sorted(shipped().keys() - {str(asked)}), n=3)
    beside = file_like(asked, {SUFFIX})
    if beside is not None:
        near = [str(beside), *near]
    if near:
        return "did you mean " + " or ".join(f"`{n}`" for n in near)
    return "give the name of a shipped guideline or the path of a .gdl file"


def _unusable(asked: str, message: str, help_: str = "") -> GuidelineError:
    message = message.format(shortened(asked, 200))
    remedies = (Help(message=help_),) if help_ else ()
    diagnostic = Diagnostic(code="GDL229", message=message, help=remedies)
    return GuidelineError(message + (f"; {help_}" if help_ else ""), (diagnostic,))
