"""What lets a finding stand or changes its level: settings of a folder, comments in a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.errors import SettingsError
from b12guide.frozen import Record, frozen_map
from b12guide.lint.material import Level, LintRule
from b12guide.lint.rules import RULES
from b12guide.patient.from_toml import TomlPlace, toml_places
from b12guide.syntax import ast
from b12guide.syntax.scan import STARTERS, Outline
from b12guide.text import Span, Text

BAD = "GDL590"
UNUSED = "GDL591"

_LINT = re.compile(r"#+[ \t]*lint[ \t]*:[ \t]*", re.IGNORECASE)
_ALLOW = re.compile(
    r"allow\b(?P<codes>.*?)(?:[ \t]because\b(?P<reason>.*))?", re.IGNORECASE
)
_CODE = re.compile(r"[^\s,]+")
_FORM = "write `# lint: allow CODE because ...`"
_SPACE_AND_COMMENTS = re.compile(r"(?:\s+|#[^\r\n]*)*")


@frozen(kw_only=True)
class Allowance:
    """One code of one comment.

    Attributes:
        place: The code in the comment.
        covers: Where a finding has to begin to be allowed.
    """

    code: str
    text: Text = field(repr=False)
    place: Span
    covers: Span

    def allows(self, diagnostic: Diagnostic) -> bool:
        """Whether it lets `diagnostic` stand."""
        place = diagnostic.place
        return (
            place is not None
            and diagnostic.code == self.code
            and place.text is self.text
            and self.covers.start <= place.span.start <= self.covers.end
        )


def allowances(file: ast.File, codes: Collection[str]) -> Iterator[Allowance]:
    """The allowances of a file that are whole; those that are not allow nothing."""
    for comment in file.comments:
        matched = _written(comment)
        if matched is None or not (matched["reason"] or "").strip():
            continue
        covers = _covered(file, comment)
        for place in _codes(comment, matched):
            code = file.text.slice(place)
            if code in codes:
                yield Allowance(code=code, text=file.text, place=place, covers=covers)


def bad_allowances(file: ast.File, codes: Collection[str]) -> Iterator[Diagnostic]:
    """GDL590: an allowance names codes that there are, and says why."""
    for comment in file.comments:
        begin = _LINT.match(comment.text)
        if begin is None:
            continue
        matched = _written(comment)
        if matched is None:
            yield _bad(file.text, comment.span, "this is no allowance", _FORM)
            continue
        places = tuple(_codes(comment, matched))
        if not places:
            yield _bad(file.text, comment.span, "this allowance names no code", _FORM)
        for place in places:
            code = file.text.slice(place)
            if code not in codes:
                yield _unknown(file.text, place, code, codes)
        if not (matched["reason"] or "").strip():
            yield _bad(
                file.text,
                comment.span,
                "this allowance gives no reason",
                "add `because ...`: a finding that stands needs one",
            )


def unused(allowance: Allowance) -> Diagnostic:
    """GDL591: an allowance that lets nothing stand."""
    return Diagnostic(
        code=UNUSED,
        severity=Severity.WARNING,
        message=f"nothing is found that this allowance of {allowance.code} covers",
        labels=(Label(text=allowance.text, span=allowance.place),),
        help=(Help(message="remove it, or move it to what it is meant for"),),
    )


# ------------------------------------------------------------------------- reading


def _written(comment: ast.Comment) -> re.Match[str] | None:
    begin = _LINT.match(comment.text)
    return (
        None if begin is None else _ALLOW.fullmatch(comment.text.rstrip(), begin.end())
    )


def _codes(comment: ast.Comment, matched: re.Match[str]) -> Iterator[Span]:
    start = comment.span.start + matched.start("codes")
    for found in _CODE.finditer(matched["codes"]):
        yield Span(start + found.start(), start + found.end())


def _covered(file: ast.File, comment: ast.Comment) -> Span:
    """What the allowance covers; an empty stretch where nothing follows it."""
    characters = file.text.characters
    start = comment.span.start
    line = max(characters.rfind("\n", 0, start), characters.rfind("\r", 0, start)) + 1
    if characters[line:start].strip():
        lines = Outline(characters, 0, start).lines
        starts = (line.start for line in lines if line.word in STARTERS)
        return Span(max(starts, default=line), comment.span.end)
    following = _SPACE_AND_COMMENTS.match(characters, comment.span.end)
    begin = comment.span.end if following is None else following.end()
    if characters.startswith("language", begin):
        return Span(0, len(characters))
    around = None
    for node in (*file.headers, *file.items):
        if node.span.start == begin:
            return node.span
        if node.span.start < begin < node.span.end:
            around = node
    if around is None:
        return Span(comment.span.end, comment.span.end)
    lines = Outline(characters, begin, around.span.end).lines
    starts = (line.start for line in lines if line.word in STARTERS)
    end = next((s for s in starts if s > begin), around.span.end)
    return Span(begin, end - 1)


# ------------------------------------------------------------------------- telling


def _bad(text: Text, span: Span, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(
        code=BAD,
        severity=Severity.WARNING,
        message=message,
        labels=(Label(text=text, span=span),),
        help=(Help(message=remedy),),
    )


def _unknown(text: Text, span: Span, code: str, codes: Collection[str]) -> Diagnostic:
    near = get_close_matches(code.upper(), sorted(codes), n=1, cutoff=0.6)
    remedy = f"did you mean `{near[0]}`?" if near else "docs/linting.md lists all codes"
    return _bad(text, span, f"there is no finding `{code}` that can be allowed", remedy)


REMARKS: Mapping[str, Level] = {
    "GDL219": Level.WARNING,
    "GDL320": Level.WARNING,
    "GDL401": Level.WARNING,
    "GDL402": Level.INFO,
    "GDL403": Level.WARNING,
    "GDL404": Level.WARNING,
    "GDL405": Level.WARNING,
    "GDL406": Level.WARNING,
    "GDL407": Level.WARNING,
    "GDL408": Level.WARNING,
    "GDL412": Level.WARNING,
    "GDL413": Level.WARNING,
    "GDL421": Level.WARNING,
}
"""What the checks say without making a guideline unusable: the linter says it as well."""

ALLOWANCES: Mapping[str, Level] = {BAD: Level.WARNING, UNUSED: Level.WARNING}
"""What is found of allowances themselves, which no allowance covers."""

RULES_BY_CODE: Mapping[str, LintRule] = {rule.code: rule for rule in RULES}

LEVELS: Mapping[str, Level] = {
    **REMARKS,
    **{rule.code: rule.level for rule in RULES},
    **ALLOWANCES,
}
"""Every code that the settings may give another level, with the level it has without them."""


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
    reader = _SettingsReader(text, keys)
    settings = reader.settings(table, path.parent)
    if reader.problems:
        raise _refused(reader.problems)
    return settings


def _refused(problems: list[Diagnostic]) -> SettingsError:
    place = problems[0].place
    name = "" if place is None else place.text.name
    return SettingsError(f"the settings in `{name}` cannot be used", problems)


@frozen
class _SettingsReader:
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
    text: Text, found: TomlPlace | None, message: str, remedy: str = ""
) -> Diagnostic:
    return Diagnostic(
        code=CODE,
        message=message,
        labels=(Label(text=text, span=Span(0, 0) if found is None else found.key),),
        help=(Help(message=remedy),) if remedy else (),
    )
