"""What a rule of the linter is, and what it looks at: files, graph, conditions and texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from enum import Enum
from functools import cached_property
from typing import TypeAlias, TypeVar

from attrs import evolve, field, frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.frozen import Record
from b12guide.graph.conclusions import written
from b12guide.graph.condition import Defined, Established, Has, Recorded
from b12guide.graph.model import RuleGraph
from b12guide.lint.conditions import (
    Addressed,
    Everybody,
    Seen,
    WrittenCondition,
    addressed_by,
    conditions_of,
    owner_of,
    shape_of,
)
from b12guide.semantics.checks import report
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope, scope_of
from b12guide.syntax import ast
from b12guide.text import Span, Text

__all__ = ["Find", "Level", "LintRule"]


T = TypeVar("T")


@frozen(kw_only=True, slots=False)
class Material:
    """A guideline (or another file) under the eyes of the linter.

    Attributes:
        draft: All its files.
        graph: What it means; None where it has errors, or is no guideline.
        on: The day asked for; None where nobody named one.
        stale_after: The months after which a revision is old.
    """

    draft: Draft = field(repr=False)
    graph: RuleGraph | None = field(default=None, repr=False)
    on: dt.date | None = None
    stale_after: int = 36

    @cached_property
    def files(self) -> tuple[ast.File, ...]:
        """The files that are judged: a vocabulary that others share is judged by itself."""
        main, *others = self.draft.files
        kinds = [{header.kind for header in file.headers} for file in others]
        mine = (
            file
            for file, of_file in zip(others, kinds, strict=True)
            if "vocabulary" not in of_file or of_file & {"guideline", "part"}
        )
        return (main, *mine)

    @cached_property
    def texts(self) -> frozenset[int]:
        """The identities of the texts of those files, which are quicker to compare."""
        return frozenset(id(file.text) for file in self.files)

    @cached_property
    def scope(self) -> Scope:
        """What every name means."""
        return scope_of(self.draft)

    def each(self, kind: type[T]) -> Iterator[tuple[Text, T]]:
        """Every item of one kind in the files that are judged."""
        for file in self.files:
            for item in file.items:
                if isinstance(item, kind):
                    yield file.text, item

    def each_node(self, *kinds: type[ast.Node]) -> Iterator[tuple[Text, ast.Node]]:
        """Every node of some kinds, at any depth, in the files that are judged."""
        for text, node in self.draft.each_node(*kinds):
            if id(text) in self.texts:
                yield text, node

    @property
    def header(self) -> tuple[Text, ast.Header] | None:
        """The head of the guideline; None where the main file is none."""
        header = self.draft.header
        return None if header is None else (self.draft.main.text, header)

    @property
    def is_draft(self) -> bool:
        """Whether it is a guideline that nobody reviews yet: what is unfinished is no slip."""
        header = self.draft.header
        return header is not None and header.status in {None, "submitted"}

    @cached_property
    def conditions(self) -> tuple[WrittenCondition, ...]:
        """Every whole condition of a guideline without errors, in the order written."""
        if self.graph is None:
            return ()
        found: list[WrittenCondition] = []
        if self.header is not None and self.header[1].scope is not None:
            text, scope = self.header[0], self.header[1].scope
            scope_for_all = Addressed.EVERYBODY
            found.append(WrittenCondition(text, "the scope", scope, scope_for_all))
        for file in self.files:
            found += [
                WrittenCondition(
                    file.text, owner_of(item), condition, addressed_by(item), item
                )
                for item in file.items
                for condition in conditions_of(item)
            ]
        return tuple(found)

    @cached_property
    def everybody(self) -> Everybody | None:
        """All possible patients of the guideline; None where it has errors, or is none."""
        if self.graph is None:
            return None
        return Everybody(self.graph, self.scope, self.conditions)

    @cached_property
    def seen_conditions(self) -> tuple[tuple[WrittenCondition, Seen], ...]:
        """The conditions that address somebody and whose patients could be looked through."""
        everybody = self.everybody
        seen = ((a, everybody.seen(a)) for a in self.conditions) if everybody else ()
        return tuple((asked, found) for asked, found in seen if found is not None)

    @cached_property
    def named_shapes(self) -> tuple[tuple[str, Hashable], ...]:
        """The definitions that say more than another name, each with its shape."""
        if self.graph is None:
            return ()
        shapes = (
            (name, shape_of(definition.condition))
            for name, definition in written(self.graph.definitions).items()
        )
        return tuple(
            (name, shape)
            for name, shape in shapes
            if not isinstance(shape, Has | Defined | Established | Recorded)
        )

    def text_of(self, item: ast.Item) -> Text:
        """The text that an item stands in."""
        return next(text for text, one in self.draft.each_item() if one is item)


# ------------------------------------------------------------------------- the texts


class Role(Enum):
    """What a text is for; the value is what people call it."""

    TITLE = "the title"
    PATIENT = "the text for patients"
    BECAUSE = "the reason"
    NOTE = "the note"
    SECTION = "the section"
    LABEL = "the label"
    TEXT = "the text"


@frozen
class Wording:
    """A text in quotation marks.

    Attributes:
        owner: Whose text it is, as people call it.
        item: The item that it belongs to; None in a head.
    """

    text: Text = field(repr=False)
    role: Role
    prose: ast.Prose
    owner: str
    item: ast.Item | None = field(default=None, repr=False)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[tuple[str, ast.Node]]:
        """What `pattern` finds, with its place, or the whole text where it is broken up."""
        raw = self.text.slice(self.prose.span)
        from_here = 0
        for found in pattern.finditer(self.prose.text):
            word = found.group()
            at = raw.find(word, from_here) if word else -1
            span = self.prose.span
            if at >= 0:
                from_here = at + len(word)
                span = Span(span.start + at, span.start + from_here)
            yield word, ast.Node(span=span)


def said_again(
    texts: Iterable[Wording], kind: Callable[[Wording], object]
) -> Iterator[tuple[Wording, Wording]]:
    """Texts that say what an earlier one of their kind says, each after that one.

    Capitals and spaces make no difference.
    """
    first: dict[tuple[object, str], Wording] = {}
    for one in texts:
        key = (kind(one), " ".join(one.prose.text.casefold().split()))
        if key in first:
            yield first[key], one
        first.setdefault(key, one)


def said(material: Material, *roles: Role) -> Iterator[Wording]:
    """The texts of some roles, or all, in the files that are judged."""
    for file in material.files:
        texts: list[tuple[str, ast.Item | None, Role, ast.Prose | None]] = [
            (f"the {header.kind} `{header.name.text}`", None, Role.TITLE, header.title)
            for header in file.headers
        ]
        texts += [
            (owner_of(item), item, role, prose)
            for item in file.items
            for role, prose in _texts(item)
        ]
        for owner, item, role, prose in texts:
            if prose is not None and (not roles or role in roles):
                yield Wording(file.text, role, prose, owner, item)


def _texts(item: ast.Item) -> Iterator[tuple[Role, ast.Prose | None]]:
    match item:
        case ast.ExpectedConflict(because=because):
            yield Role.BECAUSE, because
        case ast.Assumption(text=text) | ast.Challenge(text=text):
            yield Role.TEXT, text
        case ast.Silent(text=text):
            yield Role.TEXT, text
        case ast.Declaration(label=label, values=values):
            yield Role.LABEL, label
            for value in values:
                yield Role.LABEL, value.label
        case ast.Implication() | ast.Currency() | ast.Derivation():
            pass
        case _:
            yield Role.TITLE, item.title
    if isinstance(item, ast.Rule):
        for action in item.actions:
            if isinstance(action, ast.Note):
                yield Role.NOTE, action.text
    if isinstance(item, ast.Rule | ast.Definition | ast.Silent):
        yield Role.SECTION, item.grounds.section
        yield Role.BECAUSE, item.grounds.because
        yield Role.PATIENT, item.grounds.patient


# ------------------------------------------------------------------------- the rules


class Level(Enum):
    """How much a finding matters; `off` silences it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"

    @property
    def severity(self) -> Severity | None:
        """The severity of the diagnostics; None where there are none."""
        return None if self is Level.OFF else Severity(self.value)


Find: TypeAlias = Callable[[Material], Iterator[Diagnostic]]


@frozen(kw_only=True, repr=False)
class LintRule(Record):
    """A rule of the linter; a rule without more is one of a guideline.

    Attributes:
        name: What people call it, in a few words with hyphens.
        says: What it holds a guideline to, as one sentence for the table of rules.
        find: What it finds; the severity of the diagnostics is set from the level.
        fixes: Whether the edits of its remedies leave the meaning as it is.
        needs_day: Whether it has nothing to say unless a day is asked for.
        needs_review: Whether it waits until the guideline is under review.
        of_many: What it says of several items of one file together, after their number and before
            their names; empty where it says something of each.
    """

    code: str
    name: str
    level: Level
    says: str
    find: Find
    fixes: bool = False
    needs_day: bool = False
    needs_review: bool = False
    of_many: str = ""


def lint_rule(  # noqa: PLR0913 - a rule has as many sides
    code: str,
    level: Level,
    *,
    fixes: bool = False,
    needs_day: bool = False,
    needs_review: bool = False,
    of_many: str = "",
) -> Callable[[Find], LintRule]:
    """Make a rule of the linter out of a function that yields what it finds.

    The rule is called after the function and says what its docstring says. The function needs to
    know neither its code nor its level: both are put into what it finds.
    """

    def made(find: Find) -> LintRule:
        return LintRule(
            code=code,
            name=find.__name__.replace("_", "-"),
            level=level,
            says=find.__doc__ or "",
            find=lambda material: (
                evolve(found, code=code) for found in find(material)
            ),
            fixes=fixes,
            needs_day=needs_day,
            needs_review=needs_review,
            of_many=of_many,
        )

    return made


def finding(
    message: str,
    place: tuple[Text, ast.Node],
    help_: Help | str = "",
    *,
    others: Iterable[tuple[Text, ast.Node, str]] = (),
    notes: tuple[str, ...] = (),
) -> Diagnostic:
    """What a rule finds at `place`, with the other places that belong to it."""
    return report.finding("", message, place, help_=help_, others=others, notes=notes)


def written_as(text: Text, span: Span, replacement: str, message: str = "") -> Help:
    """The remedy to write something else; without an edit where a comment would get lost."""
    edit = Edit(text=text, span=span, replacement=replacement)
    edits = () if "#" in text.slice(span) else (edit,)
    return Help(message=message or f"write `{replacement}`", edits=edits)
