"""The settings of the linter: `[tool.b12guide.lint]` in pyproject.toml, `[lint]` in b12guide.toml.

The nearest of these files counts, from the folder of the guideline upwards; in one folder,
b12guide.toml goes before pyproject.toml. A pyproject.toml without the table is passed over.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import SettingsError
from b12guide.frozen import frozen_map
from b12guide.lint.code import ALLOWANCES, LEVELS
from b12guide.lint.rule import Level
from b12guide.patient.toml_places import Found, toml_places
from b12guide.record import Record
from b12guide.text import Span, Text

__all__ = ["DEFAULTS", "Settings", "settings_for", "settings_in"]

CODE = "GDL592"
_KEYS = ("levels", "per-file-ignores", "stale-after")
_OWN, _SHARED = "b12guide.toml", "pyproject.toml"
_LARGEST = 1 << 20


@frozen(kw_only=True, repr=False)
class Settings(Record):
    """What the linter is told beside the guideline.

    Attributes:
        levels: By code, the levels that differ from those of the rules.
        per_file_ignores: By pattern of a path below `folder`, the codes that are left alone.
        stale_after: The months after which a revision is old.
        folder: Where the settings stand.
    """

    levels: Mapping[str, Level] = field(factory=dict, converter=frozen_map)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(
        factory=dict, converter=frozen_map
    )
    stale_after: int = 36
    folder: Path | None = None

    def level(self, code: str) -> Level:
        """The level of the findings with a code."""
        return self.levels.get(code, LEVELS[code])

    def ignores(self, name: str, code: str) -> bool:
        """Whether findings with a code are left alone in the file of this name."""
        if not self.per_file_ignores or self.folder is None:
            return False
        path = Path(name).resolve()
        root = self.folder.resolve()
        if not path.is_relative_to(root):
            return False
        below = path.relative_to(root).as_posix()
        return any(
            code in codes and (fnmatchcase(below, p) or fnmatchcase(path.name, p))
            for p, codes in self.per_file_ignores.items()
        )


DEFAULTS = Settings()


def settings_for(folder: Path | None) -> Settings:
    """The settings that count in `folder`; those without any file where it is None.

    Raises:
        SettingsError: The file is no TOML, or it says what there is not.
    """
    if folder is None:
        return DEFAULTS
    here = folder.resolve()
    for each in (here, *here.parents):
        for name in (_OWN, _SHARED):
            found = settings_in(each / name)
            if found is not None:
                return found
    return DEFAULTS


def settings_in(path: Path) -> Settings | None:
    """The settings in one file; None where there is no such file, or none of ours in it.

    Raises:
        SettingsError: The file is no TOML, or it says what there is not.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST)
    except OSError:
        return None
    if path.name == _SHARED and b"b12guide" not in data:
        return None  # nothing of ours, whatever else is the matter with it
    text = Text(str(path), data.decode("utf-8", errors="replace"))
    try:
        whole = tomllib.loads(text.characters)
    except ValueError as error:
        raise _refused([_problem(text, None, f"this is no TOML: {error}")]) from None
    keys = ("lint",) if path.name == _OWN else ("tool", "b12guide", "lint")
    table: Any = whole
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
        if table is None:
            return None
    reader = _Reader(text, keys)
    settings = reader.settings(table, path.parent)
    if reader.problems:
        raise _refused(reader.problems)
    return settings


def _refused(problems: list[Diagnostic]) -> SettingsError:
    place = problems[0].place
    name = "" if place is None else place.text.name
    return SettingsError(f"the settings in `{name}` cannot be used", problems)


@frozen
class _Reader:
    """Reads one table and keeps everything that is wrong with it."""

    text: Text
    keys: tuple[str, ...]
    problems: list[Diagnostic] = field(factory=list)

    def settings(self, table: Any, folder: Path) -> Settings:
        said = self._table(table, ())
        for key in said:
            if key not in _KEYS:
                self._refuse((key,), f"there is no setting `{key}`", key, _KEYS)
        return Settings(
            levels=dict(self._levels(said.get("levels", {}))),
            per_file_ignores=dict(self._ignores(said.get("per-file-ignores", {}))),
            stale_after=self._months(said.get("stale-after", DEFAULTS.stale_after)),
            folder=folder,
        )

    def _levels(self, table: Any) -> Iterator[tuple[str, Level]]:
        words = [level.value for level in Level]
        for code, word in self._table(table, ("levels",)).items():
            path = ("levels", code)
            if code not in LEVELS:
                self._refuse(path, f"there is no finding `{code}`", code, LEVELS)
            elif word not in words:
                message = f"the level of `{code}` is not {', '.join(words)}"
                self._refuse(path, message, str(word), words)
            else:
                yield code, Level(word)

    def _ignores(self, table: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
        may = frozenset(LEVELS) - frozenset(ALLOWANCES)
        for pattern, codes in self._table(table, ("per-file-ignores",)).items():
            path = ("per-file-ignores", pattern)
            if not isinstance(codes, list):
                self._refuse(path, f"`{pattern}` is not followed by a list of codes")
                continue
            for code in codes:
                if code not in may:
                    message = f"there is no finding `{code}` that can be left alone"
                    self._refuse(path, message, str(code), may)
            yield pattern, tuple(str(code) for code in codes)

    def _months(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self._refuse(("stale-after",), "`stale-after` is not a number of months")
            return DEFAULTS.stale_after
        return value

    def _table(self, value: Any, path: tuple[str, ...]) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        name = ".".join((*self.keys, *path))
        self._refuse(path, f"`{name}` is not a table")
        return {}

    def _refuse(
        self,
        path: tuple[str, ...],
        message: str,
        word: str = "",
        known: Mapping[str, object] | tuple[str, ...] | list[str] | frozenset[str] = (),
    ) -> None:
        near = get_close_matches(word, sorted(known), n=1) if word else []
        remedy = f"did you mean `{near[0]}`?" if near else ""
        found = toml_places(self.text.characters).get((*self.keys, *path))
        self.problems.append(_problem(self.text, found, message, remedy))


def _problem(
    text: Text, found: Found | None, message: str, remedy: str = ""
) -> Diagnostic:
    return Diagnostic(
        code=CODE,
        message=message,
        labels=(Label(text=text, span=Span(0, 0) if found is None else found.key),),
        help=(Help(message=remedy),) if remedy else (),
    )
