"""What lets a finding stand or gives it another level: comments in a file, settings of a folder.

    # lint: allow GDL562 because the source gives one sentence for both
    rule second ...

Above the `language` line an allowance covers the file; above an item, the item; above a clause,
the clause; at the end of a line, what is found on that line, and on the lines before it on which
its clause began. A reason is part of it: who reads the file later has a right to know.

The settings are `[tool.b12guide.lint]` in pyproject.toml or `[lint]` in b12guide.toml. The nearest
of these files counts, from the folder of the guideline upwards; in one folder, b12guide.toml goes
before pyproject.toml. A pyproject.toml without the table is passed over.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

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


@frozen
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


def allowances(
    file: ast.File, codes: Collection[str]
) -> tuple[list[Allowance], list[Diagnostic]]:
    """The allowances of a file, and what is wrong with those that are not whole (GDL590).

    One without a reason allows nothing; of one with a wrong code, the other codes count.
    """
    found: list[Allowance] = []
    problems: list[Diagnostic] = []
    for comment in file.comments:
        begin = _LINT.match(comment.text)
        if begin is None:
            continue
        matched = _ALLOW.fullmatch(comment.text.rstrip(), begin.end())
        told = partial(_warning, BAD, file.text)
        if matched is None:
            problems.append(told(comment.span, "this is no allowance", _FORM))
            continue
        start = comment.span.start + matched.start("codes")
        named = list(_CODE.finditer(matched["codes"]))
        if not named:
            problems.append(told(comment.span, "this allowance names no code", _FORM))
        has_reason = bool((matched["reason"] or "").strip())
        for code in named:
            place = Span(start + code.start(), start + code.end())
            if code[0] not in codes:
                near = get_close_matches(code[0].upper(), sorted(codes), n=1)
                remedy = "docs/linting.md lists all codes"
                if near:
                    remedy = f"did you mean `{near[0]}`?"
                message = f"there is no finding `{code[0]}` that can be allowed"
                problems.append(told(place, message, remedy))
            elif has_reason:
                covers = _covered(file, comment)
                found.append(Allowance(code[0], file.text, place, covers))
        if not has_reason:
            remedy = "add `because ...`: a finding that stands needs one"
            message = "this allowance gives no reason"
            problems.append(told(comment.span, message, remedy))
    return found, problems


def unused(allowance: Allowance) -> Diagnostic:
    """GDL591: an allowance that lets nothing stand."""
    message = f"nothing is found that this allowance of {allowance.code} covers"
    remedy = "remove it, or move it to what it is meant for"
    return _warning(UNUSED, allowance.text, allowance.place, message, remedy)


def _warning(
    code: str, text: Text, span: Span, message: str, remedy: str
) -> Diagnostic:
    return Diagnostic(
        code=code,
        severity=Severity.WARNING,
        message=message,
        labels=(Label(text=text, span=span),),
        help=(Help(message=remedy),),
    )


def _covered(file: ast.File, comment: ast.Comment) -> Span:
    """What the allowance covers; an empty stretch where nothing follows it."""
    characters = file.text.characters
    start = comment.span.start
    line = max(characters.rfind("\n", 0, start), characters.rfind("\r", 0, start)) + 1
    if characters[line:start].strip():
        # It ends a line. The clause may have begun some lines before.
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


# ------------------------------------------------------------------------ settings


_REMARKS = (
    *(
        "GDL219",
        "GDL238",
        "GDL239",
        "GDL320",
        "GDL329",
        "GDL330",
        "GDL401",
        "GDL402",
        "GDL403",
        "GDL404",
        "GDL405",
        "GDL406",
    ),
    *("GDL407", "GDL408", "GDL412", "GDL413", "GDL421", "GDL425", "GDL426", "GDL427"),
)
REMARKS: Mapping[str, Level] = {
    **dict.fromkeys(_REMARKS, Level.WARNING),
    "GDL330": Level.INFO,
    "GDL402": Level.INFO,
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
    """What a project asks of the linter.

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

    def levelled(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """What was found at its level, unless it is off or its file is left alone."""
        for diagnostic in found:
            code, place = diagnostic.code, diagnostic.place
            severity = self.level(code).severity
            if severity is None or (place and self.ignores(place.text.name, code)):
                continue
            yield evolve(diagnostic, severity=severity)

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
    """The settings in one file; None where the file does not exist, or none of ours in it.

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


@define(eq=False)
class _SettingsReader:
    """Reads one table and keeps everything that is wrong with it."""

    text: Text
    keys: tuple[str, ...]
    problems: list[Diagnostic] = field(factory=list)

    def settings(self, table: Any, folder: Path) -> Settings:
        said = self._table(table, ())
        months = said.get("stale-after", DEFAULTS.stale_after)
        if isinstance(months, bool) or not isinstance(months, int) or months < 1:
            self._refuse(("stale-after",), "`stale-after` is not a number of months")
        for key in said:
            if key not in _KEYS:
                self._refuse((key,), f"there is no setting `{key}`", key, _KEYS)
        return Settings(
            levels=dict(self._levels(said.get("levels", {}))),
            per_file_ignores=dict(self._ignores(said.get("per-file-ignores", {}))),
            stale_after=months,
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
