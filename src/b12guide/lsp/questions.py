"""What an editor asks about a file and the words in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from b12guide.editor.analysis import Analysis
from b12guide.editor.hint import hints
from b12guide.editor.hover import about
from b12guide.editor.lens import lenses, tried
from b12guide.editor.occurrence import Mention, Named, mentions
from b12guide.editor.outline import Heading, folds, headings
from b12guide.editor.token import Colour, tokens
from b12guide.library import SUFFIX
from b12guide.lsp.server import Feature, Server
from b12guide.lsp.session import Word
from b12guide.text import Span, Text

__all__ = ["FEATURES", "TEST", "test"]

TEST = "b12guide.test"

_MOST_SYMBOLS = 500

_SYMBOLS = {
    "guideline": types.SymbolKind.Module,
    "part": types.SymbolKind.Module,
    "vocabulary": types.SymbolKind.Module,
    "examples": types.SymbolKind.Module,
    "rule": types.SymbolKind.Function,
    "define": types.SymbolKind.Variable,
    "finding": types.SymbolKind.Boolean,
    "event": types.SymbolKind.Event,
    "measure": types.SymbolKind.Number,
    "choice": types.SymbolKind.Enum,
    "source": types.SymbolKind.Namespace,
    "invariant": types.SymbolKind.Interface,
    "example": types.SymbolKind.Object,
}


# ------------------------------------------------------------------------- one word


def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """What a word means."""
    word = ls.session.word(params.text_document.uri, params.position)
    if word is None:
        return None
    text = about(word.named, word.analysis)
    content = types.MarkupContent(kind=types.MarkupKind.Markdown, value=text)
    range_ = ls.session.places.range(word.label.text, word.label.span)
    return types.Hover(contents=content, range=range_) if text else None


def definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    """Where a name is declared, or the file that `uses` names."""
    word = ls.session.word(params.text_document.uri, params.position)
    if word is None:
        return []
    if word.named.space == "file":
        return list(_file(ls, word))
    return [
        place
        for mention, place in _places(ls, word.analysis, word.named)
        if mention.declares or word.named.space == "statement"
    ]


def references(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    """Everywhere that something is named."""
    word = ls.session.word(params.text_document.uri, params.position)
    if word is None:
        return []
    wanted = {
        (place.uri, place.range.start.line, place.range.start.character): place
        for analysis in ls.session.analyses_naming(word.label.text.name, word.named)
        for mention, place in _places(ls, analysis, word.named)
        if params.context.include_declaration or not mention.declares
    }
    return [wanted[key] for key in sorted(wanted)]


def highlights(
    ls: Server, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight]:
    """The places in the same file that name the same thing."""
    word = ls.session.word(params.text_document.uri, params.position)
    if word is None:
        return []
    uri = params.text_document.uri
    return [
        types.DocumentHighlight(range=place.range)
        for _, place in _places(ls, word.analysis, word.named)
        if place.uri == uri
    ]


def _places(
    ls: Server, analysis: Analysis, named: Named
) -> Iterator[tuple[Mention, types.Location]]:
    for mention in mentions(analysis.draft, analysis.scope, named):
        label = analysis.draft.place(mention.text, mention.name.span)
        if label is not None:
            yield mention, ls.session.places.location(label)


def _file(ls: Server, word: Word) -> Iterator[types.Location]:
    """The file that `uses` names, if it is there."""
    ending = word.named.name + SUFFIX
    for name in word.analysis.draft.readings:
        if name != word.label.text.name and f"/{name}".endswith(f"/{ending}"):
            start = types.Position(line=0, character=0)
            range_ = types.Range(start=start, end=start)
            yield types.Location(uri=ls.session.places.uri(name), range=range_)


# ------------------------------------------------------------------------ one file


def document_symbols(
    ls: Server, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol]:
    """The heads and items of a file."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return []
    reading = ls.session.analysis(text.name).draft.readings[text.name]
    return [_symbol(ls, text, heading) for heading in headings(reading)]


def _symbol(ls: Server, text: Text, heading: Heading) -> types.DocumentSymbol:
    places = ls.session.places
    return types.DocumentSymbol(
        name=heading.name or heading.kind,
        detail=f"{heading.kind} {heading.title}".strip(),
        kind=_SYMBOLS.get(heading.kind, types.SymbolKind.Constant),
        range=places.range(text, heading.whole),
        selection_range=places.range(text, heading.name_at),
    )


def workspace_symbols(
    ls: Server, params: types.WorkspaceSymbolParams
) -> list[types.WorkspaceSymbol]:
    """The items of all guidelines that are known whose name or title has the words."""
    wanted = params.query.casefold().split()
    found: dict[tuple[str, int], types.WorkspaceSymbol] = {}
    for name in ls.session.desk.texts:
        for reading in ls.session.analysis(name).draft.readings.values():
            for heading in headings(reading):
                words = f"{heading.name} {heading.title}".casefold()
                if all(word in words for word in wanted):
                    key = (reading.text.name, heading.name_at.start)
                    found[key] = types.WorkspaceSymbol(
                        name=heading.name or heading.kind,
                        kind=_SYMBOLS.get(heading.kind, types.SymbolKind.Constant),
                        container_name=heading.kind,
                        location=types.Location(
                            uri=ls.session.places.uri(reading.text.name),
                            range=ls.session.places.range(
                                reading.text, heading.name_at
                            ),
                        ),
                    )
                if len(found) >= _MOST_SYMBOLS:
                    return list(found.values())
    return list(found.values())


def folding(ls: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """What can be folded in a file."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return []
    reading = ls.session.analysis(text.name).draft.readings[text.name]
    found: list[types.FoldingRange] = []
    for fold in folds(reading):
        range_ = ls.session.places.range(text, fold.span)
        found.append(
            types.FoldingRange(
                start_line=range_.start.line,
                end_line=range_.end.line,
                kind=types.FoldingRangeKind.Comment if fold.is_comment else None,
            )
        )
    return found


LEGEND = types.SemanticTokensLegend(
    token_types=[colour.value for colour in Colour],
    token_modifiers=["declaration"],
)
_COLOURS = {colour: number for number, colour in enumerate(Colour)}


def all_tokens(ls: Server, params: types.SemanticTokensParams) -> types.SemanticTokens:
    """The words of a file by what they mean."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return types.SemanticTokens(data=[])
    return _tokens(ls, text, Span(0, len(text.characters)))


def tokens_in(
    ls: Server, params: types.SemanticTokensRangeParams
) -> types.SemanticTokens:
    """The words in a range of a file by what they mean."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return types.SemanticTokens(data=[])
    return _tokens(ls, text, ls.session.places.span(text, params.range))


def _tokens(ls: Server, text: Text, within: Span) -> types.SemanticTokens:
    data: list[int] = []
    line = column = 0
    for token in tokens(ls.session.analysis(text.name), text.name, within):
        range_ = ls.session.places.range(text, token.span)
        start = range_.start
        down = start.line - line
        along = start.character - (0 if down else column)
        length = range_.end.character - start.character
        data += [down, along, length, _COLOURS[token.colour], int(token.declares)]
        line, column = start.line, start.character
    return types.SemanticTokens(data=data)


def inlay_hints(ls: Server, params: types.InlayHintParams) -> list[types.InlayHint]:
    """What an author would work out beside the text."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return []
    places = ls.session.places
    within = places.span(text, params.range)
    return [
        types.InlayHint(
            position=places.position(text, hint.offset),
            label=hint.words,
            tooltip=hint.why,
            padding_left=True,
        )
        for hint in hints(ls.session.analysis(text.name), text.name, within)
    ]


# ------------------------------------------------------------------------- examples


def code_lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """What examples reach, above each rule; how it went, above each example."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return []
    session = ls.session
    depth = session.depths.get(session.main(text.name))
    found: list[types.CodeLens] = []
    for lens in lenses(session.analysis(text.name), depth, text.name):
        range_ = session.places.range(text, lens.at)
        arguments = [params.text_document.uri, lens.rule, lens.example]
        found += [
            types.CodeLens(range=range_, command=_command(words, arguments))
            for words in (lens.words, "run")
            if words
        ]
    return found


def _command(title: str, arguments: list[str]) -> types.Command:
    return types.Command(title=title, command=TEST, arguments=arguments)


def test(ls: Server, *arguments: Any) -> str:
    """Try the examples of a file, of one rule in it, or one of them, and tell."""
    uri, rule, example = (*map(str, arguments), "", "", "")[:3]
    text = ls.session.text(uri)
    if text is None:
        said, failed = f"`{uri}` is not open", True
    else:
        outcome = tried(ls.session.depth_now(text.name), rule, example)
        said, failed = outcome.sentence, outcome.failed
    kind = types.MessageType.Warning if failed else types.MessageType.Info
    ls.window_show_message(types.ShowMessageParams(type=kind, message=said))
    return said


FEATURES: tuple[Feature, ...] = (
    (types.TEXT_DOCUMENT_HOVER, hover, None),
    (types.TEXT_DOCUMENT_DEFINITION, definition, None),
    (types.TEXT_DOCUMENT_REFERENCES, references, None),
    (types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, highlights, None),
    (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, document_symbols, None),
    (types.WORKSPACE_SYMBOL, workspace_symbols, None),
    (types.TEXT_DOCUMENT_FOLDING_RANGE, folding, None),
    (
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        all_tokens,
        types.SemanticTokensRegistrationOptions(legend=LEGEND, full=True, range=True),
    ),
    (types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, tokens_in, LEGEND),
    (types.TEXT_DOCUMENT_INLAY_HINT, inlay_hints, None),
    (types.TEXT_DOCUMENT_CODE_LENS, code_lenses, None),
)
