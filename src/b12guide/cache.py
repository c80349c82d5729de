"""Keeps the compiled form of a guideline, so that asking it again need not build the parser.

An entry is plain data behind its own digest. It is found by a digest of what it depends on: the
code, the grammar and the main file; the digests of the further files stand inside and are
compared with the files as they are now. An entry that is damaged, out of date or in a place where
others may write is not believed, and the guideline is compiled again. A cache that cannot be
written is no trouble either.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from b12guide import resources
from b12guide.graph.data import from_data, to_data
from b12guide.graph.loaded import Loaded
from b12guide.library import Library, SourceFile
from b12guide.text import Text

__all__ = ["Used", "fetch", "folder", "store"]

_FORM = 2
"""Of the entries; raised when their form changes."""

_MOST_ENTRIES = 64

Used: TypeAlias = tuple[tuple[str, SourceFile], ...]
"""The names by which a guideline asks for further files, with what was found."""


def folder() -> Path | None:
    """The folder of the entries: B12GUIDE_CACHE, or b12guide in the user's cache folder.

    None when there is none, or when B12GUIDE_CACHE is empty.
    """
    named = os.environ.get("B12GUIDE_CACHE")
    if named is not None:
        return Path(named) if named else None
    if sys.platform == "win32":
        shared = os.environ.get("LOCALAPPDATA")
    else:
        shared = os.environ.get("XDG_CACHE_HOME")
        home = os.environ.get("HOME")
        if not shared and home:
            shared = f"{home}/.cache"
    return Path(shared) / "b12guide" if shared else None


def _entry(library: Library) -> Path | None:
    """Where the entry of a guideline stands, going by its main file."""
    place, circumstances = folder(), _circumstances()
    if place is None or circumstances is None:
        return None
    known = sha256(circumstances)
    known.update(sha256(library.main.name.encode("utf-8", "surrogateescape")).digest())
    known.update(sha256(library.main.data).digest())
    return place / f"{known.hexdigest()[:40]}.json"


@cache
def _circumstances() -> bytes | None:
    """What every entry depends on besides its guideline; None when it cannot be told.

    The version would not do: in a checkout the code changes under one version.
    """
    try:
        code = sorted(_code_files(Path(__file__).parent))
        grammar = [
            resources.read("grammar", file) for file in ("gdl.lark", "terminals.lark")
        ]
    except OSError:
        return None
    return json.dumps([_FORM, sys.version_info[:2], code, grammar]).encode()


def _code_files(package: Path) -> Iterator[tuple[str, int, int]]:
    """The name, size and time of each module that takes part in compiling."""
    for name in (
        "",
        "evaluate",
        "graph",
        "prove",
        "regimen",
        "semantics",
        "semantics/checks",
        "syntax",
        "values",
    ):
        with os.scandir(package / name) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    yield f"{name}/{entry.name}", status.st_size, status.st_mtime_ns


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _text(source: SourceFile) -> Text:
    return Text(source.name, source.data.decode("utf-8-sig"))


# ------------------------------------------------------------------------- reading


def fetch(library: Library) -> Loaded | None:
    """The guideline as it was kept; None when it was not, or is not as it was."""
    path = _entry(library)
    if path is None:
        return None
    try:
        kept = _read_own(path)
        if kept is None:
            return None
        seal, _, body = kept.partition(b"\n")
        if seal.decode("ascii") != _digest(body):
            return None
        order, used, data = json.loads(body)
        sources = {library.main.name: library.main}
        for name, digest in used:
            found = library.used(name)
            if not isinstance(found, SourceFile) or _digest(found.data) != digest:
                return None
            sources[found.name] = found
        return from_data(data, tuple(_text(sources[name]) for name in order))
    except (OSError, ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None


def _read_own(path: Path) -> bytes | None:
    """The bytes of a file that only its owner, who is asking, can have written."""
    with path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        if hasattr(os, "getuid") and (
            status.st_uid != os.getuid() or status.st_mode & 0o022
        ):
            return None
        return stream.read()


# ------------------------------------------------------------------------- writing


def store(library: Library, used: Used, loaded: Loaded) -> None:
    """Keep a guideline, unless the place cannot be written."""
    path = _entry(library)
    sources = {file.name: file for file in (library.main, *(f for _, f in used))}
    if path is None or any(_text(sources[t.name]) != t for t in loaded.texts):
        return
    order = [each.name for each in loaded.texts]
    digests = [[name, _digest(file.data)] for name, file in used]
    body = json.dumps([order, digests, to_data(loaded)], separators=(",", ":")).encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear_out(path.parent)
        part = path.with_suffix(f".{os.getpid()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(_digest(body).encode() + b"\n" + body)
        part.replace(path)
    except OSError:
        return


def _clear_out(place: Path) -> None:
    """Make room: the entries that were written longest ago go first."""
    entries = sorted(place.glob("*.json"), key=lambda each: each.stat().st_mtime_ns)
    for entry in entries[: max(0, len(entries) - _MOST_ENTRIES + 1)]:
        entry.unlink(missing_ok=True)
