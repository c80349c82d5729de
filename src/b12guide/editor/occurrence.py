"""What each word of a guideline names: the index behind definition, references and rename."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from attrs import field, frozen

from b12guide.diagnostics import Label
from b12guide.semantics.checks.names import namespaces_of
from b12guide.semantics.pieces import PiecedDraft
from b12guide.semantics.references import Reference, Use, in_header, in_item
from b12guide.semantics.scope import Entry, Namespace, Scope, folded, namespace_of
from b12guide.syntax import ast
from b12guide.syntax.ast import Header, Item, Name
from b12guide.syntax.reread import Known
from b12guide.text import Text

__all__ = [
    "Mention",
    "Named",
    "entry_of",
    "is_spelt",
    "mentions",
    "mentions_in",
    "named_at",
]

_MOST_KEPT = 20_000

TOPICS = (
    Namespace.FACT,
    Namespace.DRUG,
    Namespace.TEST,
    Namespace.ROUTE,
    Namespace.SITE,
)


@frozen
class Named:
    """What a word names: something of a kind, by its declared name.

    Attributes:
        space: A namespace's value, `value of` and a choice, or one of `statement`, `decision`,
            `file`, `guideline`, `invariant`, `implication`.
    """

    space: str
    name: str


@frozen
class Mention:
    """A word at its place, and what may be meant by it, the likeliest first."""

    name: Name
    text: Text = field(repr=False)
    spaces: tuple[Namespace, ...] = ()
    fixed: Named | None = None
    choice: Name | None = None
    declares: bool = False

    def named(self, scope: Scope) -> Named:
        """What the word names."""
        if self.fixed is not None:
            return self.fixed
        if self.choice is not None:
            choice = scope.name(Namespace.FACT, self.choice.text)
            return Named(f"value of {choice}", self.name.text)
        for space in self.spaces:
            entry = scope.find(space, self.name.text)
            if entry is not None:
                return Named(space.value, entry.name)
        return Named(self.spaces[0].value, self.name.text)


def entry_of(named: Named, scope: Scope) -> Entry | None:
    """Where something was declared, if it was."""
    for space in Namespace:
        if space.value == named.space:
            return scope.entries[space].get(named.name)
    return None


@lru_cache(maxsize=_MOST_KEPT)
def mentions_in(known: Known) -> tuple[Mention, ...]:
    """The words of a piece that name something, in the order of the text."""
    found = [
        *(m for h in known.parts.headers for m in _of_header(h, known.text)),
        *(m for i in known.parts.items for m in _of_item(i, known.text)),
    ]
    found.sort(key=lambda mention: mention.name.span)
    return tuple(found)


def mentions(draft: PiecedDraft, scope: Scope, named: Named) -> Iterator[Mention]:
    """Every place that names something, its declarations included."""
    for _, piece in draft.each_piece():
        for mention in mentions_in(piece.known):
            if mention.named(scope) == named:
                yield mention


def named_at(
    draft: PiecedDraft, file: str, offset: int
) -> tuple[Mention, Label] | None:
    """The word at an offset of a file, with its place there."""
    reading = draft.readings.get(file)
    if reading is None:
        return None
    for piece in reading.pieces:
        if piece.span.start <= offset <= piece.span.end:
            for mention in mentions_in(piece.known):
                span = mention.name.span.shifted(piece.offset)
                if span.start <= offset <= span.end:
                    return mention, Label(text=reading.text, span=span)
    return None


# --------------------------------------------------------------------------- the words


def _of_header(header: Header, text: Text) -> Iterator[Mention]:
    kinds = {"guideline": "guideline", "examples": "guideline"}
    space = kinds.get(header.kind, "file")
    yield Mention(
        header.name,
        text,
        fixed=Named(space, header.name.text),
        declares=header.kind != "examples",
    )
    for name in header.uses:
        yield Mention(name, text, fixed=Named("file", name.text))
    for name in header.statements or ():
        yield Mention(name, text, fixed=Named("statement", name.text))
    for reference in in_header(header):
        yield _mention(reference, text)


def _of_item(item: Item, text: Text) -> Iterator[Mention]:
    yield from _declared(item, text)
    for reference in in_item(item):
        yield _mention(reference, text)
    match item:
        case ast.Rule(grounds=grounds) | ast.Definition(grounds=grounds):
            yield from _stated(grounds, text)
        case ast.Silent():
            for name in item.topics:
                yield Mention(name, text, spaces=TOPICS)
            yield from _noted(item.noted_as, text)
            yield from _stated(item.grounds, text)
        case ast.ExpectedConflict():
            yield from _noted(item.noted_as, text)
        case ast.Example():
            for expectation in item.expectations:
                match expectation:
                    case ast.ExpectMention(kind="silent", name=name):
                        yield Mention(name, text, spaces=TOPICS)
                    case _:
                        pass
        case _:
            pass


def _declared(item: Item, text: Text) -> Iterator[Mention]:
    space = namespace_of(item)
    match item:
        case ast.Invariant(name=name):
            named = Named("invariant", name.text)
            yield Mention(name, text, fixed=named, declares=True)
        case ast.Implication(name=name):
            named = Named("implication", name.text)
            yield Mention(name, text, fixed=named, declares=True)
        case ast.Silent() | ast.ExpectedConflict() | ast.Example():
            return
        case _ if space is not None:
            named = Named(space.value, item.name.text)
            yield Mention(item.name, text, fixed=named, declares=True)
            if isinstance(item, ast.Declaration):
                for value in item.values:
                    own = Named(f"value of {item.name.text}", value.name.text)
                    yield Mention(value.name, text, fixed=own, declares=True)
        case _:
            return


def _mention(reference: Reference, text: Text) -> Mention:
    if reference.use is Use.DECISION:
        named = Named("decision", reference.name.text)
        return Mention(reference.name, text, fixed=named)
    if reference.use is Use.VALUE:
        return Mention(reference.name, text, choice=reference.of)
    return Mention(reference.name, text, spaces=namespaces_of(reference.use))


def _stated(grounds: ast.Grounds, text: Text) -> Iterator[Mention]:
    for name in grounds.states:
        yield Mention(name, text, fixed=Named("statement", name.text))


def _noted(names: tuple[Name, ...], text: Text) -> Iterator[Mention]:
    for name in names:
        yield Mention(name, text, spaces=(Namespace.ASSUMPTION, Namespace.CHALLENGE))


def is_spelt(mention: Mention, named: Named) -> bool:
    """Whether the word is the name itself and not a synonym of it."""
    return folded(mention.name.text) == folded(named.name)
