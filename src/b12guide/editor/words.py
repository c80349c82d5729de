"""What each word of a guideline names: definitions, references, other names and colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache

from attrs import field, frozen

from b12guide.diagnostics import Edit, Label
from b12guide.editor.analysis import Analysis
from b12guide.semantics.checks.names import namespaces_of
from b12guide.semantics.draft import NameUse, Use, names_used
from b12guide.semantics.pieces import PiecedDraft
from b12guide.semantics.scope import Declared, Namespace, Scope, folded, namespace_of
from b12guide.syntax import ast, scan
from b12guide.syntax.ast import Declaration, Header, Item, Name
from b12guide.syntax.explain.failure import all_keywords
from b12guide.syntax.incremental import ReadText
from b12guide.text import Span, Text
from b12guide.values.term import Kind

_MOST_KEPT = 20_000

TOPICS = (
    Namespace.FACT,
    Namespace.DRUG,
    Namespace.TEST,
    Namespace.ROUTE,
    Namespace.SITE,
    Namespace.SERVICE,
)
NOTED = (Namespace.ASSUMPTION, Namespace.CHALLENGE)


@frozen
class Named:
    """What a word names: something of a kind, by its declared name.

    Attributes:
        space: A namespace's value, `value of` and a choice, or one of `statement`, `decision`,
            `file`, `guideline`, `invariant`, `implication`, `keyword`.
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


def entry_of(named: Named, scope: Scope) -> Declared | None:
    """Where something was declared, if it was."""
    for space in Namespace:
        if space.value == named.space:
            return scope.entries[space].get(named.name)
    return None


@lru_cache(maxsize=_MOST_KEPT)
def mentions_in(known: ReadText) -> tuple[Mention, ...]:
    """The words of a piece that name something, in the order of the text."""
    found: list[Mention] = []
    for header in known.parts.headers:
        found += in_head(header, known.text)
    for item in known.parts.items:
        found += in_an_item(item, known.text)
    return tuple(sorted(found, key=lambda mention: mention.name.span))


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


def keyword_at(text: Text, offset: int) -> tuple[Named, Span] | None:
    """The word of the language at an offset, outside of quotation marks and comments."""
    start = text.characters.rfind("\n", 0, offset) + 1
    end = text.characters.find("\n", offset)
    line = text.characters[start : len(text.characters) if end < 0 else end]
    for kind, first, last in scan.words(line):
        span = Span(first + start, last + start)
        if kind == "word" and span.start <= offset <= span.end:
            word = text.slice(span)
            is_known = word in all_keywords()
            return (Named("keyword", word), span) if is_known else None
    return None


# --------------------------------------------------------------------------- the words


def in_head(header: Header, text: Text) -> Iterator[Mention]:
    """The words of a head that name something."""
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
    others = () if header.superseded_by is None else (header.superseded_by,)
    for name in (*header.supersedes, *others):
        yield Mention(name, text, fixed=Named("guideline", name.text))
    for name in header.statements or ():
        yield Mention(name, text, fixed=Named("statement", name.text))
    for reference in names_used(header):
        yield _mention(reference, text)


def in_an_item(item: Item, text: Text) -> Iterator[Mention]:
    """The words of an item that name something, its own name included."""
    space = namespace_of(item)
    declares: Named | None = None
    match item:
        case ast.Silent() | ast.ExpectedConflict() | ast.Example() | ast.Currency():
            pass
        case ast.Derivation():
            pass
        case ast.Invariant() | ast.Implication():
            declares = Named(type(item).__name__.lower(), item.name.text)
            yield Mention(item.name, text, fixed=declares, declares=True)
        case _ if space is not None:
            declares = Named(space.value, item.name.text)
            yield Mention(item.name, text, fixed=declares, declares=True)
        case _:
            pass
    if isinstance(item, ast.Declaration):
        for value in item.values:
            own = Named(f"value of {item.name.text}", value.name.text)
            yield Mention(value.name, text, fixed=own, declares=True)
    for reference in names_used(item):
        yield _mention(reference, text)
    if isinstance(item, ast.Rule | ast.Definition | ast.Silent):
        for name in item.grounds.states:
            yield Mention(name, text, fixed=Named("statement", name.text))
    if isinstance(item, ast.Silent | ast.ExpectedConflict):
        for name in item.noted_as:
            yield Mention(name, text, spaces=NOTED)
    if isinstance(item, ast.Silent):
        for name in item.topics:
            yield Mention(name, text, spaces=TOPICS)
    if isinstance(item, ast.Example):
        for expectation in item.expectations:
            match expectation:
                case ast.ExpectMention(kind="silent", name=name):
                    yield Mention(name, text, spaces=TOPICS)
                case _:
                    pass


def _mention(reference: NameUse, text: Text) -> Mention:
    if reference.use is Use.DECISION:
        named = Named("decision", reference.name.text)
        return Mention(reference.name, text, fixed=named)
    if reference.use is Use.VALUE:
        return Mention(reference.name, text, choice=reference.of)
    return Mention(reference.name, text, spaces=namespaces_of(reference.use))


def is_spelt(mention: Mention, named: Named) -> bool:
    """Whether the word is the name itself and not a synonym of it."""
    return folded(mention.name.text) == folded(named.name)


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FIXED = {
    "statement": "a statement of the source has the id that the source gives it",
    "decision": "a decision belongs to the language",
    "file": "a file is renamed in its folder",
    "guideline": "a guideline is renamed by hand, for others may ask for it by its name",
}


@frozen
class Refused:
    """Why something does not get another name."""

    reason: str


def may_rename(
    mention: Mention, named: Named, of: Iterable[Analysis]
) -> Refused | None:
    """Why what a word names cannot be renamed there, if it cannot."""
    if named.space in _FIXED:
        return Refused(_FIXED[named.space])
    if not is_spelt(mention, named):
        reason = f"`{mention.name.text}` is a synonym; rename `{named.name}` itself"
        return Refused(reason)
    declared = [
        label
        for analysis in of
        for found in mentions(analysis.draft, analysis.scope, named)
        if found.declares
        if (label := analysis.draft.place(found.text, found.name.span)) is not None
    ]
    if not declared:
        return Refused(f"`{named.name}` is not declared anywhere")
    # Those that are shipped have no folder here.
    if any(not re.search(r"[/\\:]", label.text.name) for label in declared):
        return Refused(f"`{named.name}` is a word of a vocabulary that b12guide ships")
    return None


def renamed(
    named: Named, new: str, of: Iterable[Analysis]
) -> tuple[Edit, ...] | Refused:
    """The edits that rename something in all guidelines that name it."""
    analyses = tuple(of)
    if not _NAME.fullmatch(new):
        return Refused("a name has letters, digits and `_`, and begins with no digit")
    if new in all_keywords():
        return Refused(f"`{new}` is a word of the language")
    for analysis in analyses if new != named.name else ():
        if taken := _taken(named, new, analysis):
            return Refused(f"`{new}` is already {taken}")
    edits: dict[tuple[str, int], Edit] = {}
    for analysis in analyses:
        for mention in mentions(analysis.draft, analysis.scope, named):
            label = analysis.draft.place(mention.text, mention.name.span)
            if label is not None and is_spelt(mention, named):
                key = (label.text.name, label.span.start)
                edits[key] = Edit(text=label.text, span=label.span, replacement=new)
    return tuple(edits[key] for key in sorted(edits))


def _taken(named: Named, new: str, analysis: Analysis) -> str:
    """What already has the new name, if something has."""
    for space in Namespace:
        if space.value == named.space:
            entry = analysis.scope.find(space, new)
            return "" if entry is None or entry.name == named.name else entry.noun
    other = next(
        mentions(analysis.draft, analysis.scope, Named(named.space, new)), None
    )
    return "" if other is None else f"the name of another {named.space.split()[0]}"


class Colour(Enum):
    """What a word is; the values are the names that editors know."""

    KEYWORD = "keyword"
    COMMENT = "comment"
    TEXT = "string"
    NUMBER = "number"
    FACT = "variable"
    MEASURE = "property"
    VALUE = "enumMember"
    WORD = "type"
    RULE = "function"
    PAPER = "decorator"


@frozen
class Token:
    """A word at its place in a file."""

    span: Span
    colour: Colour
    declares: bool = False


def tokens(analysis: Analysis, file: str, within: Span) -> Iterator[Token]:
    """The words in a stretch of a file, in order."""
    reading = analysis.draft.readings.get(file)
    if reading is None:
        return
    characters = reading.text.characters
    pieces = [
        piece
        for piece in reading.pieces
        if piece.span.start <= within.end and within.start <= piece.span.end
    ]
    begin = pieces[0].span.start if pieces else len(characters)
    end = pieces[-1].span.end if pieces else len(characters)
    named: dict[int, Token] = {}
    for piece in pieces:
        for mention in mentions_in(piece.known):
            at = mention.name.span.shifted(piece.offset)
            colour = colour_of(mention, analysis)
            named[at.start] = Token(at, colour, mention.declares)
    if not reading.pieces or pieces[0] is reading.pieces[0]:
        begin = 0
    for kind, start, after in scan.words(characters[begin:end]):
        span = Span(start + begin, after + begin)
        if span.end <= within.start or span.start >= within.end:
            continue
        word = characters[span.start : span.end]
        if (known := named.get(span.start)) is not None:
            yield known
        elif kind in _PLAIN:
            yield Token(span, _PLAIN[kind])
        elif kind == "word" and word in all_keywords():
            yield Token(span, Colour.KEYWORD)


_PLAIN = {"string": Colour.TEXT, "comment": Colour.COMMENT, "number": Colour.NUMBER}


def colour_of(mention: Mention, analysis: Analysis) -> Colour:
    """What a word is that names something."""
    space = mention.named(analysis.scope).space
    if space.startswith("value of "):
        return Colour.VALUE
    match space:
        case Namespace.FACT.value:
            fact = analysis.scope.fact(mention.name.text)
            is_measure = isinstance(fact, Declaration) and fact.kind is Kind.MEASURE
            return Colour.MEASURE if is_measure else Colour.FACT
        case Namespace.RULE.value | "invariant" | "implication" | "guideline":
            return Colour.RULE
        case Namespace.SOURCE.value | Namespace.ASSUMPTION.value:
            return Colour.PAPER
        case Namespace.CHALLENGE.value | "statement":
            return Colour.PAPER
        case "decision" | "file":
            return Colour.RULE
        case _:
            return Colour.WORD
