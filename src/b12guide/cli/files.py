"""From the files and folders that a command is given to the guideline files in them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from b12guide.errors import B12GuideError
from b12guide.library import SUFFIX, files_below

__all__ = ["guideline_files", "like"]


def guideline_files(paths: Iterable[str]) -> tuple[Path, ...]:
    """The files that are named, and the `.gdl` files in the folders that are named, once each.

    Folders whose name begins with a dot are left out, unless they are named themselves.

    Raises:
        B12GuideError: There is nothing of such a name.
    """
    found: dict[Path, Path] = {}
    for name in paths:
        path = Path(name)
        if path.is_dir():
            for file in files_below(path):
                found.setdefault(file.resolve(), file)
        elif _exists(path):
            found.setdefault(path.resolve(), path)
        else:
            near = like(path, {SUFFIX})
            remedy = f"; did you mean `{near}`?" if near else ""
            message = f"there is no file or folder `{name}`{remedy}"
            raise B12GuideError(message)
    return tuple(found.values())


def like(path: Path, suffixes: Iterable[str]) -> Path | None:
    """A file beside `path` that has nearly its name, and one of the suffixes."""
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix in suffixes]
    except (OSError, ValueError):
        return None
    near = get_close_matches(path.name, sorted(names), n=1)
    return path.parent / near[0] if near else None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
