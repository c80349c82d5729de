"""Writes files whole or not at all: the one way in which b12guide writes what somebody asked for.

What is written is a draft beside the file until it is whole; then it takes the file's place in one
step. Nobody finds half of it, and a full disk leaves the old file as it was.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def save(file: Path, content: bytes) -> None:
    """Replace `file` by `content` in one step.

    Raises:
        OSError: It cannot be written; `file` is as it was.
    """
    with whole(file) as stream:
        stream.write(content)


@contextmanager
def whole(file: Path) -> Iterator[BinaryIO]:
    """A stream whose bytes take the place of `file` when the block ends without an exception.

    A link stays a link, and what it leads to is replaced. Mode and owner stay as they were; a file
    that nobody may write is not replaced. A device or a pipe is written to as it is.

    Raises:
        OSError: It cannot be written; `file` is as it was, and no draft is left.
    """
    if file.exists() and not file.is_file():
        with file.open("wb") as stream:
            yield stream
        return
    target = file.resolve()
    before = target.stat() if target.exists() else None
    if before is not None and not _may_be_written(target, before):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    draft, handle = _draft(target, 0o666 if before is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            if before is not None:
                _keep(before, stream.fileno(), draft)
            os.fsync(stream.fileno())
        draft.replace(target)
    except BaseException:
        # Ours and nobody else's: its name was made up here, and it was not there before.
        draft.unlink(missing_ok=True)
        raise


def _draft(target: Path, mode: int) -> tuple[Path, int]:
    """A new file beside `target`, open for writing.

    Nobody can foresee its name, and a link that stands in its place is refused, not followed: in
    a folder that others may write, it would lead the advice to a file of their choice.
    """
    # Two files of a name of 255 bytes still get drafts.
    draft = target.with_name(f".{target.name[:40]}.{os.urandom(8).hex()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    return draft, os.open(draft, flags, mode)


def _keep(before: os.stat_result, handle: int, draft: Path) -> None:
    """Give the draft the owner and the mode of the file that it replaces."""
    if hasattr(os, "fchown"):
        with suppress(OSError):  # only root can give a file away
            os.fchown(handle, before.st_uid, before.st_gid)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(before.st_mode))
    else:
        draft.chmod(stat.S_IMODE(before.st_mode))


def _may_be_written(file: Path, status: os.stat_result) -> bool:
    """Whether the file can be written; a file that is read-only is so for root as well."""
    return os.access(file, os.W_OK) and bool(status.st_mode & 0o222)
