"""What a rule of the linter is, and what it looks at: files, graph, conditions and texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import TypeAlias, TypeVar

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.frozen import Record
from b12guide.graph.condition import Defined, Established, Has, Recorded
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import RuleGraph
from b12guide.lint.conditions import (
    Addressed,
    Everybody,
    WrittenCondition,
    addressed_by,
    conditions_of,
    shape_of,
)
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
        return (main, *(file for file in others if not _is_shared(file)))

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

    @cached_property
    def conditions(self) -> tuple[WrittenCondition, ...]:
        """Every whole condition of a guideline without errors, in the order written."""
        return () if self.graph is None else tuple(self._conditions())

    @cached_property
    def everybody(self) -> Everybody | None:
        """All possible patients of the guideline; None where it has errors, or is none."""
        if self.graph is None:
            return None
        return Everybody(self.graph, self.scope, self.conditions)

    @cached_property
    def named_shapes(self) -> tuple[tuple[str, Hashable], ...]:
        """The definitions that say more than another name, each with its shape."""
        if self.graph is None:
            return ()
        shapes = (
            (name, shape_of(definition.condition))
            for name, definition in self.graph.definitions.items()
        )
        return tuple(
            (name, shape)
            for name, shape in shapes
            if not isinstance(shape, Has | Defined | Established | Recorded)
        )

    @cached_property
    def _places(self) -> Mapping[int, Text]:
        return {id(item): text for text, item in self.draft.each_item()}

    def text_of(self, item: ast.Item) -> Text:
        """The text that an item stands in."""
        return self._places[id(item)]

    def _conditions(self) -> Iterator[WrittenCondition]:
        if self.header is not None:
            text, header = self.header
            if header.scope is not None:
                everybody = Addressed.EVERYBODY
                yield self._asked(text, "the scope", header.scope, everybody, None)
        for file in self.files:
            for item in file.items:
                for owner, condition in conditions_of(item):
                    whom = addressed_by(item)
                    yield self._asked(file.text, owner, condition, whom, item)

    def _asked(
        self,
        text: Text,
        owner: str,
        condition: ast.Condition,
        addressed: Addressed,
        item: ast.Item | None,
    ) -> WrittenCondition:
        return WrittenCondition(
            text=text,
            owner=owner,
            condition=condition,
            lowered=lower_condition(condition, self.scope),
            addressed=addressed,
            item=item,
        )


def _is_shared(file: ast.File) -> bool:
    kinds = {header.kind for header in file.headers}
    return "vocabulary" in kinds and not kinds & {"guideline", "part"}


class Role(Enum):
    """What a text is for; the value is what people call it."""

    TITLE = "the title"
    PATIENT = "the text for patients"
    BECAUSE = "the reason"
    NOTE = "the note"
    SECTION = "the section"
    LABEL = "the label"
    TEXT = "the text"


@frozen(kw_only=True)
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
        for header in file.headers:
            if header.title is not None and _is_asked(Role.TITLE, roles):
                owner = f"the {header.kind} `{header.name.text}`"
                yield Wording(
                    text=file.text, role=Role.TITLE, prose=header.title, owner=owner
                )
        for item in file.items:
            owner = owner_of(item)
            for role, prose in _texts(item):
                if prose is not None and _is_asked(role, roles):
                    yield Wording(
                        text=file.text, role=role, prose=prose, owner=owner, item=item
                    )


def _is_asked(role: Role, roles: tuple[Role, ...]) -> bool:
    return not roles or role in roles


def owner_of(item: ast.Item) -> str:
    """What people call an item."""
    match item:
        case ast.Silent(topics=topics):
            return f"`silent on {topics[0].text}`"
        case ast.ExpectedConflict(first=first, second=second):
            return f"the conflict of `{first.text}` and `{second.text}`"
        case ast.Example(title=title):
            return f'the example "{title.text}"'
        case ast.Declaration(kind=kind, name=name):
            return f"the {kind.value} `{name.text}`"
        case _:
            return f"the {type(item).__name__.lower()} `{item.name.text}`"


def _texts(item: ast.Item) -> Iterator[tuple[Role, ast.Prose | None]]:
    match item:
        case ast.Rule(title=title, actions=actions, grounds=grounds):
            yield Role.TITLE, title
            for action in actions:
                if isinstance(action, ast.Note):
                    yield Role.NOTE, action.text
            yield from _in_grounds(grounds)
        case ast.Definition(title=title, grounds=grounds):
            yield Role.TITLE, title
            yield from _in_grounds(grounds)
        case ast.Silent(text=text, grounds=grounds):
            yield Role.TEXT, text
            yield from _in_grounds(grounds)
        case ast.ExpectedConflict(because=because):
            yield Role.BECAUSE, because
        case ast.Source(title=title) | ast.Invariant(title=title):
            yield Role.TITLE, title
        case ast.Example(title=title):
            yield Role.TITLE, title
        case ast.Assumption(text=text) | ast.Challenge(text=text):
            yield Role.TEXT, text
        case ast.Declaration(label=label, values=values):
            yield Role.LABEL, label
            for value in values:
                yield Role.LABEL, value.label
        case ast.Implication():
            return


def _in_grounds(grounds: ast.Grounds) -> Iterator[tuple[Role, ast.Prose | None]]:
    yield Role.SECTION, grounds.section
    yield Role.BECAUSE, grounds.because
    yield Role.PATIENT, grounds.patient


Find: TypeAlias = Callable[[Material], Iterator[Diagnostic]]


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


@frozen(kw_only=True, repr=False)
class LintRule(Record):
    """A rule of the linter.

    Attributes:
        name: What people call it, in a few words with hyphens.
        says: What it holds a guideline to, as one sentence for the table of rules.
        find: What it finds; the severity of the diagnostics is set from the level.
        fixes: Whether the edits of its remedies leave the meaning as it is.
        needs_day: Whether it has nothing to say unless a day is asked for.
    """

    code: str
    name: str
    level: Level
    says: str
    find: Find
    fixes: bool = False
    needs_day: bool = False
