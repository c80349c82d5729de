"""Which files a path means, of which kind they are, and what may not be written over them.

Nothing here needs an extra.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias

from b12guide.errors import CohortError

Format: TypeAlias = Literal["parquet", "arrow", "csv"]

FORMATS: Mapping[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".csv": "csv",
    ".tsv": "csv",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
}
KNOWN = "the name of a table ends in .parquet, .arrow, .feather, .csv, .tsv or .csv.gz"


def format_of(path: Path) -> Format | None:
    """The kind of a file by the end of its name; None for no table."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return FORMATS.get("".join(suffixes)) or FORMATS.get(path.suffix.lower())


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that a path means, all of one kind: a file, a folder, or a pattern like `*.csv`.

    A table that is passed over would be patients who are missing without a word. So whatever in a
    folder looks like a table and cannot be read together with the others is an error.

    Raises:
        CohortError: There are none, or of several kinds.
    """
    if path.is_dir():
        files = _in_folder(path)
    elif _is_pattern(path):
        files = sorted(file for file in path.parent.glob(path.name) if file.is_file())
        if not files:
            _refuse(f"no file is named like {path}")
    else:
        files = [path]
    firsts = {format_of(file): file for file in reversed(files)}
    if None in firsts:
        _refuse(f"{firsts[None]} is of no known kind; {KNOWN}")
    if len(firsts) > 1:
        one, other = sorted(firsts.values())[:2]
        _refuse(
            f"{path} holds files of several kinds, {one.name} and {other.name}; "
            f"name those of one kind, such as '{one.parent / f'*{one.suffix}'}'"
        )
    return tuple(files)


def _is_pattern(path: Path) -> bool:
    return any(sign in path.name for sign in "*?[") and not path.exists()


def _in_folder(folder: Path) -> list[Path]:
    """The tables in a folder. Files whose name begins with a point are nobody's patients."""
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if any(format_of(file) for file in entry.rglob("*")):
                _refuse(
                    f"{entry} is a folder with tables of its own, and only the files of one "
                    f"folder are read together; name it, or the files, such as '{folder}/*.csv'"
                )
        elif format_of(entry) is not None:
            if not entry.is_file():
                _refuse(f"{entry} is no file that can be read")
            found.append(entry)
    if not found:
        _refuse(f"{folder} holds no table; {KNOWN}")
    return found


def keep_apart(output: Path | None, *inputs: Path) -> None:
    """Refuse to write where the patients are: the same file or a file among them, by any link.

    Raises:
        CohortError: `output` would replace an input, or be read as one the next time.
    """
    if output is None:
        return
    for path in inputs:
        if path.is_dir():
            inside = (p for p in output.resolve().parents if p.exists())
            if any(parent.samefile(path) for parent in inside):
                _refuse(
                    f"{output} lies inside {path}, whose files are read; what is written there "
                    "would be taken for input the next time: name another folder"
                )
        if any(_is_same(output, file) for file in _inputs(path)):
            _refuse(f"{output} is read, and would be replaced: name another file")
        if (
            _is_pattern(path)
            and output.resolve().parent == path.parent.resolve()
            and fnmatchcase(output.name, path.name)
        ):
            _refuse(
                f"{output} is named like {path}, and would be taken for input the next time: "
                "give it another name"
            )


def _inputs(path: Path) -> list[Path]:
    if path.is_dir():
        return [entry for entry in path.iterdir() if entry.is_file()]
    return list(path.parent.glob(path.name)) if _is_pattern(path) else [path]


def _is_same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, which need not be there yet."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _refuse(why: str) -> NoReturn:
    raise CohortError(why)
