"""What a guideline says in words: every text in quotation marks, with who says it and as what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from attrs import field, frozen

from b12guide.lint.material import Material
from b12guide.syntax import ast
from b12guide.text import Span, Text

__all__ = ["Role", "Said", "owner_of", "said", "said_again"]


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
class Said:
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
    texts: Iterable[Said], kind: Callable[[Said], object]
) -> Iterator[tuple[Said, Said]]:
    """Texts that say what an earlier one of their kind says, each after that one.

    Capitals and spaces make no difference.
    """
    first: dict[tuple[object, str], Said] = {}
    for one in texts:
        key = (kind(one), " ".join(one.prose.text.casefold().split()))
        if key in first:
            yield first[key], one
        first.setdefault(key, one)


def said(material: Material, *roles: Role) -> Iterator[Said]:
    """The texts of some roles, or all, in the files that are judged."""
    for file in material.files:
        for header in file.headers:
            if header.title is not None and _is_asked(Role.TITLE, roles):
                owner = f"the {header.kind} `{header.name.text}`"
                yield Said(
                    text=file.text, role=Role.TITLE, prose=header.title, owner=owner
                )
        for item in file.items:
            owner = owner_of(item)
            for role, prose in _texts(item):
                if prose is not None and _is_asked(role, roles):
                    yield Said(
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
