"""Keeps the compiled form of a guideline, so that asking it again need not build the parser.

An entry is plain data, sealed together with what it depends on: the content of every module that
takes part in compiling, of the grammar and of the files of the guideline. No time and no version
takes part, since both may stay the same while content changes. There are three places.

Memory: what this process loaded before, found again by the content of its files. Of very many, the
ones that came first are packed.

The package: a guideline that b12guide ships comes compiled in the wheel. In a checkout, where there
is no wheel, it is kept as Python keeps byte code, in `__pycache__` beside the modules: who can
write there can change the modules themselves. No folder of a user is ever asked for it.

The user's cache folder: guidelines in files. A seal is no secret, so somebody with the user's own
rights can make an entry that says what they like, and nothing short of compiling can tell in every
case. Four things keep that from mattering. Entries are used only for files that the user could
change anyway, so that an entry gives nobody a power that they lack. The digest of the content is
worked out anew from what was read, so that no answer is printed under the digest of other content.
Rules, amounts and the review status are compared with what the files say (`_is_said_by`), an
approval with the digest that it covers. And `load(path, cache=False)` does without.

An entry that is damaged, out of date, or not the user's own is not used, and the guideline is
compiled again. A cache that cannot be written is no trouble either.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cache
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import evolve, frozen

from b12guide import resources
from b12guide.graph.data import digest_of, from_data, to_data
from b12guide.graph.model import Loaded, RuleGraph, Status
from b12guide.graph.query import regimens_in
from b12guide.library import Library, SourceFile
from b12guide.regimen.phase import Dose
from b12guide.text import Text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


_FORM = 4
"""Of the entries; raised when their form changes."""

Used: TypeAlias = tuple[tuple[str, SourceFile], ...]
"""The names by which a guideline asks for further files, with what was found."""

_WRONG = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading an entry can raise that is not what it should be."""


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


def fetch(library: Library) -> tuple[Used, Loaded] | None:
    """The guideline as it was kept; None when it was not, or is not as it was."""
    key = _key(library)
    if key is None:
        return None
    if library.folder is None:
        return _fetch_shipped(library, key)
    place = folder()
    if place is None or not _may_be_changed(library):
        return None
    try:
        used, loaded = _unsealed(_read_own(_entry(place, key)), key, library)
        is_true = digest_of(loaded.graph) == loaded.graph.digest and _is_said_by(
            loaded.texts, loaded.graph
        )
    except _WRONG:
        return None
    return (used, loaded) if is_true else None


def store(library: Library, used: Used, loaded: Loaded) -> None:
    """Keep a guideline, unless the place cannot be written."""
    key = _key(library)
    content = sealed(library, used, loaded)
    if key is None or content is None:
        return
    if library.folder is None:
        _store_shipped(library, content)
        return
    place = folder()
    if place is None or not _may_be_changed(library):
        return
    if _is_said_by(loaded.texts, loaded.graph):
        with suppress(OSError):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _clear_out(place)
            _write(_entry(place, key), content)


# ------------------------------------------------------------------------------- memory

_MOST_AT_HAND = 16 << 20
"""Characters of the files of all guidelines at hand together; about six bytes are held for each."""

_MOST_PACKED = 128 << 20
"""Bytes of all packed guidelines together; one takes a quarter of the size of its files."""


@frozen
class _Remembered:
    """A guideline in memory, with the digests of the files that it used.

    Attributes:
        loaded: The guideline itself, at hand.
        packed: Its bytes in place of it, where so many others came after it; and the names of its
            files, which are not among the bytes.
    """

    used: tuple[tuple[str, str], ...]
    size: int
    loaded: Loaded | None = None
    packed: tuple[bytes, tuple[str, ...]] = (b"", ())


_at_hand: dict[tuple[str, str, str], _Remembered] = {}
_packed: dict[tuple[str, str, str], _Remembered] = {}
"""Oldest first. Single steps on them only: threads need no lock, and a fork finds none held."""


def recall(library: Library) -> Loaded | None:
    """What this process made of the same files before, if it still has it."""
    key = _main(library)
    found = _at_hand.get(key) or _packed.get(key)
    used = None if found is None else _used(found.used, library)
    if found is None or used is None:
        return None
    return found.loaded or _unpacked(found, _sources(library, used))


def remember(library: Library, used: Used, loaded: Loaded) -> None:
    """Keep a guideline in memory; those that came first are packed, and then make room."""
    digests = tuple((name, _digest(file.data)) for name, file in used)
    size = sum(len(text.characters) for text in loaded.texts)
    _at_hand[_main(library)] = _Remembered(digests, size, loaded)
    with suppress(KeyError, RuntimeError, StopIteration):  # another thread makes room
        for key, first in _oldest(_at_hand, _MOST_AT_HAND):
            _packed[key] = _pack(first)
        for _ in _oldest(_packed, _MOST_PACKED):
            pass


def _oldest(
    kept: dict[tuple[str, str, str], _Remembered], most: int
) -> Iterator[tuple[tuple[str, str, str], _Remembered]]:
    """Take out those that came first, until the rest is no larger than `most`."""
    total = sum(each.size for each in list(kept.values()))
    while total > most:
        key = next(iter(kept))
        first = kept.pop(key)
        total -= first.size
        yield key, first


def _pack(remembered: _Remembered) -> _Remembered:
    loaded = remembered.loaded
    if loaded is None:
        return remembered
    pickle: Any = import_module("pickle")  # seldom needed, and slow to import
    numbers = {id(text): number for number, text in enumerate(loaded.texts)}

    class Pickler(pickle.Pickler):  # type: ignore[misc]  # what was imported is Any
        def persistent_id(self, value: object) -> int | None:
            return numbers.get(id(value))

    stream = BytesIO()
    Pickler(stream, protocol=5).dump(loaded)
    content: bytes = import_module("zlib").compress(stream.getvalue(), level=1)
    names = tuple(text.name for text in loaded.texts)
    return _Remembered(remembered.used, len(content), packed=(content, names))


def _unpacked(remembered: _Remembered, sources: Mapping[str, SourceFile]) -> Loaded:
    """The guideline as it was packed: never more than this process's own bytes."""
    content, names = remembered.packed
    texts = [_text(sources[name]) for name in names]
    pickle: Any = import_module("pickle")

    class Unpickler(pickle.Unpickler):  # type: ignore[misc]  # what was imported is Any
        def persistent_load(self, number: int) -> Text:
            return texts[number]

    raw = BytesIO(import_module("zlib").decompress(content))
    loaded: Loaded = Unpickler(raw).load()
    return loaded


def forget() -> None:
    """Clear the memory, as if nothing had been loaded."""
    _at_hand.clear()
    _packed.clear()


# --------------------------------------------------------------------- what it depends on


def _key(library: Library) -> str | None:
    """A digest of all that an entry depends on, further files aside; None if unknown."""
    engine = _engine()
    if engine is None:
        return None
    return _digest(json.dumps([_FORM, engine, *_main(library)]).encode())


def _main(library: Library) -> tuple[str, str, str]:
    """Where the main file stands, what it is called, and the digest of what it says."""
    place = ""
    if library.folder is not None:
        place = os.path.abspath(library.folder)  # noqa: PTH100 -- ten times as fast
    return place, library.main.name, _digest(library.main.data)


def _used(digests: Iterable[tuple[str, str]], library: Library) -> Used | None:
    """The further files, if they are what they were and none has come before them."""
    used: list[tuple[str, SourceFile]] = []
    for name, digest in digests:
        found = library.used(name)
        if not isinstance(found, SourceFile) or _digest(found.data) != digest:
            return None
        used.append((name, found))
    return tuple(used)


_ENGINE = frozenset(
    {
        "evaluate",
        "graph",
        "patient",
        "prove",
        "regimen",
        "say",
        "semantics",
        "syntax",
        "trial",
    }
    | {"values"}
)
"""The packages of the modules that take part in compiling, beside those that stand alone."""


@cache
def _engine() -> str | None:
    """The digest of the modules and the grammar; None where they cannot be read."""
    known = sha256()
    try:
        for name, content in _modules():
            known.update(f"{name} {len(content)}\n".encode())
            known.update(content)
        for file in ("gdl.lark", "terminals.lark"):
            known.update(resources.read("grammar", file).encode())
    except OSError:
        return None
    return known.hexdigest()


def _modules() -> Iterator[tuple[str, bytes]]:
    package = resources.package()
    waiting = [("", package), *((name, package / name) for name in sorted(_ENGINE))]
    while waiting:
        name, place = waiting.pop()
        for file in sorted(place.iterdir(), key=lambda each: each.name):
            if file.name.endswith(".py"):
                yield f"{name}/{file.name}", file.read_bytes()
            elif name and file.is_dir() and file.name != "__pycache__":
                waiting.append((f"{name}/{file.name}", file))


def _sources(library: Library, used: Used) -> Mapping[str, SourceFile]:
    return {file.name: file for file in (library.main, *(f for _, f in used))}


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _text(source: SourceFile) -> Text:
    return Text(source.name, source.data.decode("utf-8-sig"))


# ------------------------------------------------------------------------------ entries


def sealed(library: Library, used: Used, loaded: Loaded) -> bytes | None:
    """The entry of a guideline; None where it cannot be kept."""
    key = _key(library)
    sources = _sources(library, used)
    if key is None or any(_text(sources[t.name]) != t for t in loaded.texts):
        return None
    order = [each.name for each in loaded.texts]
    digests = [(name, _digest(file.data)) for name, file in used]
    body = json.dumps([order, digests, to_data(loaded)], separators=(",", ":")).encode()
    return _seal(key, body) + b"\n" + body


def _seal(key: str, body: bytes) -> bytes:
    return _digest(key.encode() + b"\n" + body).encode()


def _unsealed(content: bytes, key: str, library: Library) -> tuple[Used, Loaded]:
    """The guideline in an entry, with the further files that it uses.

    Raises:
        ValueError: It was made of other files, by another engine, or was changed since.
        KeyError, IndexError, TypeError, ArithmeticError: It does not hold a guideline.
    """
    seal, _, body = content.partition(b"\n")
    if seal != _seal(key, body):
        message = "the seal is broken"
        raise ValueError(message)
    order, digests, data = json.loads(body)
    used = _used(digests, library)
    if used is None:
        message = "a file that it uses has changed"
        raise ValueError(message)
    sources = _sources(library, used)
    return used, from_data(data, tuple(_text(sources[name]) for name in order))


# ------------------------------------------------------------------ shipped guidelines


def _fetch_shipped(library: Library, key: str) -> tuple[Used, Loaded] | None:
    try:
        return _unsealed(_shipped(library).read_bytes(), key, library)
    except _WRONG:
        return None


def _shipped(library: Library) -> Traversable:
    """Where a shipped guideline is kept: in the wheel, or beside the modules of a checkout."""
    package = resources.package()
    if (package / "_data").is_dir():
        return package / "_data" / "compiled" / name_of(library)
    return package / "__pycache__" / name_of(library)


def name_of(library: Library) -> str:
    """The name of the file in which the compiled form of a shipped guideline is kept."""
    return f"{library.main.name}.json"


def _store_shipped(library: Library, content: bytes) -> None:
    """Keep it where Python keeps byte code, unless it came with the wheel."""
    place = _shipped(library)
    if isinstance(place, Path) and place.parent.name == "__pycache__":
        with suppress(OSError):
            place.parent.mkdir(exist_ok=True)
            _write(place, content, mode=0o644)  # others may use this checkout


# -------------------------------------------------------------- the user's cache folder

_LARGEST_ENTRY = 64 << 20
_MOST_BYTES = 256 << 20
_MOST_ENTRIES = 8192
_STORES_UNTIL_CLEANING = 256
_OLD = 3600  # seconds after which a draft has been left behind


def _entry(place: Path, key: str) -> Path:
    return place / f"{key[:40]}.json"


def _may_be_changed(library: Library) -> bool:
    """Whether the user could change the main file itself.

    An entry for a file that is guarded better than the cache would be a way around its guard.
    """
    if library.folder is None:
        return False
    file = library.folder / Path(library.main.name).name
    try:
        return _is_own(file.stat()) or os.access(file, os.W_OK)
    except (OSError, ValueError):
        return False


def _is_own(status: os.stat_result) -> bool:
    return not hasattr(os, "getuid") or status.st_uid == os.getuid()


def _read_own(path: Path) -> bytes:
    """The bytes of a regular file that only its owner, who is asking, can have written.

    Raises:
        OSError: It is no such file.
    """
    # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        status = os.fstat(stream.fileno())
        if (
            not stat.S_ISREG(status.st_mode)
            or not _is_own(status)
            or (hasattr(os, "getuid") and status.st_mode & 0o022)
            or status.st_size > _LARGEST_ENTRY
        ):
            message = "this is not the user's own"
            raise PermissionError(message)
        return stream.read(_LARGEST_ENTRY)


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put an entry in its place in one step.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    draft = path.with_name(f".{path.stem}.{os.urandom(8).hex()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


@frozen
class _Kept:
    """A file in the cache folder."""

    written: float
    size: int
    path: str


_stores = 0


def _clear_out(place: Path) -> None:
    """Make room now and then: drafts left behind, then the entries written longest ago.

    Looking at every entry takes a moment, so only the first store of a process does it, and every
    256th after it.
    """
    global _stores  # noqa: PLW0603 -- counts what this process did
    _stores += 1
    if _stores % _STORES_UNTIL_CLEANING != 1:
        return
    kept: list[_Kept] = []
    now = time.time()
    with os.scandir(place) as entries:
        for each in entries:
            status = each.stat(follow_symlinks=False)
            if each.name.endswith(".json"):
                kept.append(_Kept(status.st_mtime, status.st_size, each.path))
            elif each.name.endswith(".part") and now - status.st_mtime > _OLD:
                _unlink(each.path)
    kept.sort(key=lambda old: old.written)
    count, size = len(kept), sum(old.size for old in kept)
    for old in kept:
        if count < _MOST_ENTRIES and size <= _MOST_BYTES:
            break
        _unlink(old.path)
        count, size = count - 1, size - old.size


def _unlink(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)  # noqa: PTH108 -- another process may have been first


# ---------------------------------------------------- does it say what the files say?


def _is_said_by(texts: tuple[Text, ...], graph: RuleGraph) -> bool:
    """Whether the files have these rules, with these amounts, and this review status.

    This reads the files without the parser and sees less than it: a condition turned round is not
    noticed here. Where it cannot make out what the parser did, it says no; then the guideline is
    compiled each time, which is slow and right.
    """
    rules: dict[str, str] = {}
    for text in texts:
        rules.update(_rules_in(text.characters))
    if rules.keys() != graph.rules.keys():
        return False
    for name, rule in graph.rules.items():
        regimens = regimens_in(rule.value)
        if regimens:
            written = _amounts_in(rules[name])
            for regimen in regimens:
                for phase in regimen.phases:
                    dose = evolve(phase.dose, limit=None)
                    for one in (dose, phase.dose.limit or dose):
                        low, high, of = one.amount
                        if not {(low, of), (high, of)} - {(None, of)} <= written:
                            return False
    head = _head_of(texts[0].characters)
    imprint = graph.imprint
    if _end_in(head) != (imprint.retired, imprint.superseded_by):
        return False
    return _status_in(head) == (
        graph.status,
        graph.approved_by,
        graph.approved_on,
        graph.digest if graph.status is Status.APPROVED else None,
    )


_TEXT = r'"(?:[^"\\\r\n]|\\[^\r\n])*"'
_COMMENT = r"\#[^\r\n]*"
_ITEM = re.compile(
    r"^[ \t]*(?:rule[ \t\r\n]+(\w+)|(?:source|assumption|challenge|define|silent|invariant"
    r"|example|conflict|implication|finding|measure|choice|event|drug|test|route|site|service)\b)",
    re.MULTILINE,
)
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_AMOUNT = re.compile(rf"{_NUMBER}\s*(?:to\s+{_NUMBER}\s*)?([^\W\d_][^\s,()#]*)")
_STATUS = re.compile(
    r"^[ \t]*status\s+(?:(submitted|under\s+review)\b"
    rf"|approved\s+by\s+({_TEXT})\s+on\s+(\S+)\s+covering\s+(\S+))",
    re.MULTILINE,
)


def _rules_in(characters: str) -> Iterator[tuple[str, str]]:
    """The names of rules with what is written in each, texts and comments left out."""
    plain = re.sub(f"{_TEXT}|{_COMMENT}", " ", characters)
    items = [(each[1], each.end()) for each in _ITEM.finditer(plain)]
    for (name, start), (_, end) in pairwise([*items, (None, len(plain))]):
        if name is not None:
            yield name, plain[start:end]


def _amounts_in(written: str) -> set[tuple[Fraction | None, object]]:
    """Each number before a unit, in the base unit of what that measures."""
    found: set[tuple[Fraction | None, object]] = set()
    for low, high, unit in _AMOUNT.findall(written):
        for number in (low, high or low):
            dose = Dose(Fraction(number), Fraction(number), unit)
            found.add((dose.amount[0], dose.amount[2]))
    return found


def _head_of(characters: str) -> str:
    """The head of a file, comments left out."""
    item = _ITEM.search(characters)
    head = characters[: item.start()] if item else characters
    return re.sub(f"({_TEXT})|{_COMMENT}", r"\1", head)


def _end_in(head: str) -> tuple[str | None, str | None]:
    """When the guideline was retired, and what took its place."""
    plain = re.sub(_TEXT, " ", head)
    retired, superseded = (
        re.search(rf"^[ \t]*{words}\s+([\w-]+)", plain, re.MULTILINE)
        for words in ("retired", r"superseded\s+by")
    )
    return (retired and retired[1], superseded and superseded[1])


def _status_in(head: str) -> tuple[Status, str | None, str | None, str | None]:
    """The review status as the head of a file states it, with an approval's particulars."""
    found = _STATUS.search(head)
    if found is None:
        return Status.SUBMITTED, None, None, None
    status, by, on, digest = found.groups()
    if status is not None:
        return Status(" ".join(status.split())), None, None, None
    return Status.APPROVED, by[1:-1], on, digest
