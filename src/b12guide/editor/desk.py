"""The files of a guideline as an editor sees them: what is open goes before what is on the disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import define, field, frozen

from b12guide import resources
from b12guide.diagnostics import Diagnostic
from b12guide.editor.analysis import Analysis, Checker, OpenedFile, analyse
from b12guide.errors import GuidelineError
from b12guide.library import LARGEST_FILE, SUFFIX, Library, Miss, SourceFile, shipped
from b12guide.syntax import scan
from b12guide.syntax.incremental import Reader, TextVersion
from b12guide.syntax.parse import parse_bytes
from b12guide.text import Text


@frozen(repr=False)
class Shelf(Library):
    """The places where the files of one guideline may stand.

    Attributes:
        opened: The characters of the files that are open, by their path.
    """

    opened: Mapping[str, str] = field(factory=dict)

    def used(self, name: str) -> SourceFile | Miss:
        """The file that `uses NAME` means."""
        path = "" if self.folder is None else str(self.folder / (name + SUFFIX))
        if path in self.opened:
            data = self.opened[path].encode("utf-8", "replace")
            return SourceFile(path, data)
        return super().used(name)

    def names(self) -> tuple[str, ...]:
        """The names of the files beside the main one, and its own."""
        own = set(super().names())
        if self.folder is not None:
            opened = (Path(path) for path in self.opened)
            own |= {
                path.name.removesuffix(SUFFIX)
                for path in opened
                if path.parent == self.folder and path.name.endswith(SUFFIX)
            }
        return tuple(sorted(own))


def shelf_of(name: str, opened: Mapping[str, str], data: bytes = b"") -> Shelf:
    """The files around the one called `name`, a path or, for a file without one, any text."""
    main = SourceFile(name, data)
    if not Path(name).is_absolute():
        return Shelf(main, opened=opened)
    folder = Path(name).parent
    prefix = str(folder).rstrip(os.sep) + os.sep
    return Shelf(main, folder, prefix, opened=opened)


_HEAD = re.compile(
    r"^[ \t\f]*(guideline|part|vocabulary|examples[ \t]+for)[ \t]+(\w+)", re.MULTILINE
)
_LINE = re.compile(r"^[ \t\f]*(\w+)", re.MULTILINE)
_USES = re.compile(r"^[ \t\f]*uses\s+([\w./-]+(?:\s*,\s*[\w./-]+)*)", re.MULTILINE)


@frozen
class FileHead:
    """What a file says of itself in its head.

    Attributes:
        kind: `guideline`, `part`, `vocabulary` or `examples`; empty for a file without a head.
    """

    kind: str
    name: str
    uses: tuple[str, ...] = ()


def head_of(characters: str) -> FileHead:
    """The head of a file, from the lines of its head alone."""
    head = _HEAD.search(characters)
    if head is None:
        return FileHead("", "")
    lines = (line for line in _LINE.finditer(characters, head.end()))
    items = (line.start() for line in lines if line[1] in scan.ITEM_WORDS)
    uses = _USES.search(characters, head.end(), next(items, len(characters)))
    names = re.split(r"\s*,\s*", uses[1]) if uses else []
    return FileHead(head[1].split()[0], head[2], tuple(names))


@define(eq=False)
class Desk:
    """Open files, and the analyses of the guidelines that they belong to.

    Attributes:
        texts: The open files.
        known: The analyses that are up to date.
        stamp: Another number after each change.
    """

    texts: dict[str, Text] = field(factory=dict, init=False)
    known: dict[str, Analysis] = field(factory=dict, init=False)
    stamp: int = field(default=0, init=False)
    _readers: dict[str, Reader] = field(factory=dict, init=False)
    _checkers: dict[str, Checker] = field(factory=dict, init=False)
    _heads: dict[str, tuple[tuple[int, int], FileHead]] = field(
        factory=dict, init=False
    )

    def put(self, name: str, characters: str) -> None:
        """Open a file, or give it other characters."""
        is_new = name not in self.texts
        self.texts[name] = Text(name, characters)
        self.forget("" if is_new else name)

    def close(self, name: str) -> None:
        """Let a file be what it is on the disk."""
        self.texts.pop(name, None)
        self._readers.pop(name, None)
        self._checkers.pop(name, None)
        self.forget()

    def forget(self, name: str = "") -> None:
        """Take nothing for granted that was found out with a file, or with any."""
        self.stamp += 1
        for main, analysis in tuple(self.known.items()):
            if not name or name in analysis.draft.readings:
                del self.known[main]

    def shelf(self, main: str) -> Shelf:
        """The files around `main`."""
        opened = {name: text.characters for name, text in self.texts.items()}
        data = b"" if main in self.texts else _bytes(main)
        return shelf_of(main, opened, data)

    def analysis(self, main: str) -> Analysis:
        """What is known of the guideline, or other file, called `main`."""
        if main not in self.known:
            checker = self._checkers.setdefault(main, Checker())
            self.known[main] = analyse(self.shelf(main), self._open, checker)
        return self.known[main]

    def _open(self, source: SourceFile) -> OpenedFile:
        reader = self._readers.setdefault(source.name, Reader())
        text = self.texts.get(source.name)
        if text is not None:
            return OpenedFile(reading=reader.read(text))
        if len(source.data) > LARGEST_FILE:
            return _not_text(source)
        try:
            characters = source.data.decode("utf-8-sig")
        except UnicodeError:
            return _not_text(source)
        return OpenedFile(reading=reader.read(Text(source.name, characters)))

    # --------------------------------------------------------------- which belongs to which

    def mains(self, name: str) -> tuple[str, ...]:
        """The guidelines that a file belongs to; itself where it stands alone."""
        own = self.head(name)
        if own.kind == "guideline" or not Path(name).is_absolute():
            return (name,)
        heads = {path: self.head(path) for path in self.neighbours(name)}
        owners = (
            path
            for path, head in heads.items()
            if head.kind == "guideline"
            and (
                (own.kind == "examples" and head.name == own.name)
                or name in files_used(path, heads)
            )
        )
        return tuple(owners) or (name,)

    def usable(self, name: str) -> tuple[str, ...]:
        """The names that a file may use: of vocabularies and parts beside it, or shipped."""
        shelf = self.shelf(name)
        paths = {each: path_of_shipped(each + SUFFIX) for each in shipped()}
        if shelf.folder is not None:
            folder = shelf.folder
            paths |= {each: str(folder / (each + SUFFIX)) for each in shelf.names()}
        return tuple(
            each
            for each, path in sorted(paths.items())
            if path is not None
            and path != name
            and self.head(path).kind in {"vocabulary", "part"}
        )

    def neighbours(self, name: str) -> tuple[str, ...]:
        """The guideline files in the folder of a file and in those above it that may use it."""
        folder = Path(name).parent
        found = [*_listed(folder), *_listed(folder.parent)]
        found += [path for path in self.texts if Path(path).is_absolute()]
        return tuple(dict.fromkeys(found))

    def head(self, name: str) -> FileHead:
        """What a file says of itself."""
        text = self.texts.get(name)
        if text is not None:
            return head_of(text.characters)
        try:
            status = Path(name).stat()
        except (OSError, ValueError):
            return FileHead("", "")
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._heads.get(name)
        if kept is None or kept[0] != stamp:
            kept = (stamp, head_of(_bytes(name).decode("utf-8", "replace")))
            self._heads[name] = kept
        return kept[1]


def _listed(folder: Path) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(SUFFIX) and entry.is_file():
            yield entry.path


def files_used(path: str, heads: Mapping[str, FileHead]) -> frozenset[str]:
    """The files that a guideline uses, directly or through others."""
    folder = Path(path).parent
    found: set[str] = set()
    waiting = list(heads[path].uses)
    while waiting:
        used = str(folder / (waiting.pop() + SUFFIX))
        if used not in found:
            found.add(used)
            waiting += heads[used].uses if used in heads else ()
    return frozenset(found)


def _bytes(name: str) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError):
        return b""


def _not_text(source: SourceFile) -> OpenedFile:
    """A file that nothing can be read of, with the reason."""
    text = Text(source.name, source.data.decode("utf-8", "replace"))
    found: tuple[Diagnostic, ...] = ()
    try:
        parse_bytes(source.data, source.name)
    except GuidelineError as error:
        found = error.diagnostics
    return OpenedFile(
        reading=TextVersion(text=text, head=text, pieces=(), diagnostics=found)
    )


def path_of_shipped(name: str) -> str | None:
    """Where a shipped file stands, if it is a file that an editor can open."""
    folder = resources.folder("guidelines")
    found = folder / name
    return str(found) if isinstance(found, Path) and found.is_file() else None
