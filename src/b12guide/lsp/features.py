"""What the server does: follows files, answers questions, writes for the author."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from b12guide.editor import whole_file, words
from b12guide.editor.analysis import Analysis
from b12guide.editor.completion import Suggestion, suggestions
from b12guide.editor.hover import about, hints, lenses, tried
from b12guide.errors import GuidelineError
from b12guide.library import SUFFIX
from b12guide.lsp.protocol import action
from b12guide.lsp.server import Feature, Server
from b12guide.text import Span, Text


def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Open a file."""
    document = params.text_document
    name = ls.session.places.name(document.uri)
    ls.session.put(name, document.text, document.version)


def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Take the changes of an open file; of another one they mean nothing."""
    session = ls.session
    name = session.places.name(params.text_document.uri)
    text = session.desk.texts.get(name)
    if text is not None:
        characters = session.places.changed(text.characters, params.content_changes)
        session.put(name, characters, params.text_document.version)


def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Close a file."""
    ls.session.close(ls.session.places.name(params.text_document.uri))


def saved(_: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Nothing follows from saving: what is open is known already."""
    del params


def watched(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Look again at files that something else has changed."""
    del params
    ls.session.look_again()


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
    """What a word means: what it names, or else what it says in the language."""
    session = ls.session
    word = session.word(params.text_document.uri, params.position)
    if word is not None:
        said = about(word.named, word.analysis)
        text, span = word.label.text, word.label.span
    else:
        opened = session.text(params.text_document.uri)
        if opened is None:
            return None
        offset = session.places.offset(opened, params.position)
        found = words.keyword_at(opened, offset)
        if found is None:
            return None
        text, (named, span) = opened, found
        said = about(named, session.analysis(opened.name))
    content = types.MarkupContent(kind=types.MarkupKind.Markdown, value=said)
    range_ = session.places.range(text, span)
    return types.Hover(contents=content, range=range_) if said else None


def definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    """Where a name is declared, or the file that `uses` names."""
    word = ls.session.word(params.text_document.uri, params.position)
    if word is None:
        return []
    if word.named.space == "file":
        ending, start = f"/{word.named.name}{SUFFIX}", types.Position(0, 0)
        return [
            types.Location(ls.session.places.uri(name), types.Range(start, start))
            for name in word.analysis.draft.readings
            if name != word.label.text.name and f"/{name}".endswith(ending)
        ]
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
    ls: Server, analysis: Analysis, named: words.Named
) -> Iterator[tuple[words.Mention, types.Location]]:
    for mention in words.mentions(analysis.draft, analysis.scope, named):
        label = analysis.draft.place(mention.text, mention.name.span)
        if label is not None:
            yield mention, ls.session.places.location(label)


# ------------------------------------------------------------------------ one file


def document_symbols(
    ls: Server, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol]:
    """The heads and items of a file."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return []
    reading = ls.session.analysis(text.name).draft.readings[text.name]
    places = ls.session.places
    return [
        types.DocumentSymbol(
            name=heading.name or heading.kind,
            detail=f"{heading.kind} {heading.title}".strip(),
            kind=_SYMBOLS.get(heading.kind, types.SymbolKind.Constant),
            range=places.range(text, heading.whole),
            selection_range=places.range(text, heading.name_at),
        )
        for heading in whole_file.headings(reading)
    ]


def workspace_symbols(
    ls: Server, params: types.WorkspaceSymbolParams
) -> list[types.WorkspaceSymbol]:
    """The items of all guidelines that are known whose name or title has the words."""
    wanted = params.query.casefold().split()
    found: dict[tuple[str, int], types.WorkspaceSymbol] = {}
    for name in ls.session.desk.texts:
        for reading in ls.session.analysis(name).draft.readings.values():
            for heading in whole_file.headings(reading):
                spelt = f"{heading.name} {heading.title}".casefold()
                if all(word in spelt for word in wanted):
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
    for fold in whole_file.folds(reading):
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
    token_types=[colour.value for colour in words.Colour],
    token_modifiers=["declaration"],
)
_COLOURS = {colour: number for number, colour in enumerate(words.Colour)}


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
    for token in words.tokens(ls.session.analysis(text.name), text.name, within):
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
            types.CodeLens(range_, types.Command(title, TEST, arguments=arguments))
            for title in (lens.words, "run")
            if title
        ]
    return found


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


FIX_ALL = "source.fixAll.b12guide"

_KINDS = {
    "fact": types.CompletionItemKind.Variable,
    "drug": types.CompletionItemKind.Class,
    "test": types.CompletionItemKind.Class,
    "route": types.CompletionItemKind.Class,
    "site": types.CompletionItemKind.Class,
    "service": types.CompletionItemKind.Class,
    "rule": types.CompletionItemKind.Function,
    "value": types.CompletionItemKind.EnumMember,
    "unit": types.CompletionItemKind.Unit,
    "word": types.CompletionItemKind.Keyword,
    "snippet": types.CompletionItemKind.Snippet,
    "file": types.CompletionItemKind.File,
    "statement": types.CompletionItemKind.Reference,
}


# ----------------------------------------------------------------------- completion


def completion(ls: Server, params: types.CompletionParams) -> types.CompletionList:
    """What may be written at a position."""
    session = ls.session
    text = session.text(params.text_document.uri)
    if text is None:
        return types.CompletionList(is_incomplete=False, items=[])
    offset = session.places.offset(text, params.position)
    files = session.desk.usable(text.name)
    analysis = session.analysis(text.name)
    found = suggestions(text.characters, offset, analysis, files)
    range_ = session.places.range(text, Span(found.start, offset))
    client = getattr(ls.client_capabilities.text_document, "completion", None)
    item = client.completion_item if client else None
    takes_snippets = bool(item and item.snippet_support)
    items = [
        completion_item(suggestion, range_, params.text_document.uri)
        for suggestion in found.found
        if takes_snippets or suggestion.kind != "snippet"
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def completion_item(
    suggestion: Suggestion, range_: types.Range, uri: str
) -> types.CompletionItem:
    """A suggestion as the protocol writes it."""
    is_snippet = suggestion.kind == "snippet"
    new_text = suggestion.snippet if is_snippet else suggestion.label
    named = suggestion.about
    return types.CompletionItem(
        label=f"{suggestion.label} ..." if is_snippet else suggestion.label,
        filter_text=suggestion.label,
        kind=_KINDS.get(suggestion.kind, types.CompletionItemKind.Text),
        detail=suggestion.detail or None,
        sort_text=f"{suggestion.order}{suggestion.label}",
        insert_text_format=types.InsertTextFormat.Snippet if is_snippet else None,
        text_edit=types.TextEdit(range=range_, new_text=new_text),
        data=None if named is None else [uri, named.space, named.name],
    )


def resolve(ls: Server, item: types.CompletionItem) -> types.CompletionItem:
    """A completion with what it names."""
    match item.data:
        case [str(uri), str(space), str(name)]:
            file = ls.session.places.name(uri)
            if file in ls.session.desk.texts:
                text = about(words.Named(space, name), ls.session.analysis(file))
                item.documentation = types.MarkupContent(
                    kind=types.MarkupKind.Markdown, value=text
                )
        case _:
            pass
    return item


# --------------------------------------------------------------------------- rename


def prepare_rename(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    """The word that would be renamed, or why it cannot be."""
    session = ls.session
    word = session.word(params.text_document.uri, params.position)
    if word is None:
        return None
    analyses = session.analyses_naming(word.label.text.name, word.named)
    refused = words.may_rename(word.mention, word.named, analyses)
    if refused is not None:
        raise JsonRpcInvalidParams(refused.reason)
    return session.places.range(word.label.text, word.label.span)


def rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edits that rename what a word names, in all files that name it."""
    session = ls.session
    word = session.word(params.text_document.uri, params.position)
    if word is None:
        reason = "there is no name here"
        raise JsonRpcInvalidParams(reason)
    analyses = session.analyses_naming(word.label.text.name, word.named)
    refused = words.may_rename(word.mention, word.named, analyses)
    edits = refused or words.renamed(word.named, params.new_name, analyses)
    if isinstance(edits, words.Refused):
        raise JsonRpcInvalidParams(edits.reason)
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        uri = session.places.uri(edit.text.name)
        changes.setdefault(uri, []).append(session.places.edit(edit))
    return types.WorkspaceEdit(changes=changes)


# ------------------------------------------------------------------------ formatting


def formatting(
    ls: Server, params: types.DocumentFormattingParams
) -> list[types.TextEdit]:
    """The edit that formats a file; none where it has errors, which are reported anyway."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return []
    try:
        edit = whole_file.reformatted(text)
    except GuidelineError:
        return []
    return [] if edit is None else [ls.session.places.edit(edit)]


# -------------------------------------------------------------------------- remedies


def code_actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done about what is wrong in a range."""
    session = ls.session
    text = session.text(params.text_document.uri)
    if text is None:
        return []
    found = session.diagnostics(text.name)
    within = session.places.span(text, params.range)
    wanted = params.context.only or [types.CodeActionKind.QuickFix, FIX_ALL]
    actions: list[types.CodeAction] = []
    if any(_covers(kind, types.CodeActionKind.QuickFix) for kind in wanted):
        actions += [
            action(remedy, session.places)
            for remedy in whole_file.remedies(found, text.name, within)
        ]
    edits = whole_file.all_certain(found, text.name)
    if edits and any(_covers(kind, FIX_ALL) for kind in wanted):
        uri = params.text_document.uri
        every = [session.places.edit(edit) for edit in edits]
        actions.append(
            types.CodeAction(
                title="do all that leaves no choice",
                kind=FIX_ALL,
                edit=types.WorkspaceEdit(changes={uri: every}),
            )
        )
    return actions


def _covers(wanted: Any, kind: str) -> bool:
    wanted = wanted.value if isinstance(wanted, types.CodeActionKind) else wanted
    kind = kind.value if isinstance(kind, types.CodeActionKind) else kind
    return not wanted or kind == wanted or kind.startswith(f"{wanted}.")


FEATURES: tuple[Feature, ...] = (
    (types.TEXT_DOCUMENT_DID_OPEN, opened, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, changed, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, closed, None),
    (types.TEXT_DOCUMENT_DID_SAVE, saved, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched, None),
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
    (types.TEXT_DOCUMENT_FORMATTING, formatting, None),
    (
        types.TEXT_DOCUMENT_COMPLETION,
        completion,
        types.CompletionOptions(resolve_provider=True),
    ),
    (types.COMPLETION_ITEM_RESOLVE, resolve, None),
    (types.TEXT_DOCUMENT_PREPARE_RENAME, prepare_rename, None),
    (types.TEXT_DOCUMENT_RENAME, rename, types.RenameOptions(prepare_provider=True)),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        code_actions,
        types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL]
        ),
    ),
)
