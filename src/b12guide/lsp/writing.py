"""What an editor writes for an author: completions, other names, remedies."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from b12guide.editor.completion import Suggestion, suggestions
from b12guide.editor.formatting import reformatted
from b12guide.editor.hover import about
from b12guide.editor.occurrence import Named
from b12guide.editor.remedy import all_certain, remedies
from b12guide.editor.rename import Refused, may_rename, renamed
from b12guide.errors import GuidelineError
from b12guide.lsp.diagnostic import action
from b12guide.lsp.server import Feature, Server
from b12guide.text import Span

__all__ = ["FEATURES", "FIX_ALL"]

FIX_ALL = "source.fixAll.b12guide"

_KINDS = {
    "fact": types.CompletionItemKind.Variable,
    "drug": types.CompletionItemKind.Class,
    "test": types.CompletionItemKind.Class,
    "route": types.CompletionItemKind.Class,
    "site": types.CompletionItemKind.Class,
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
    files = session.desk.shelf(text.name).names()
    analysis = session.analysis(text.name)
    found = suggestions(text.characters, offset, analysis, files)
    range_ = session.places.range(text, Span(found.start, offset))
    takes_snippets = _takes_snippets(ls)
    items = [
        _item(suggestion, range_, params.text_document.uri)
        for suggestion in found.found
        if takes_snippets or suggestion.kind != "snippet"
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def _takes_snippets(ls: Server) -> bool:
    document = ls.client_capabilities.text_document
    client = document.completion if document else None
    item = client.completion_item if client else None
    return bool(item and item.snippet_support)


def _item(
    suggestion: Suggestion, range_: types.Range, uri: str
) -> types.CompletionItem:
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
                text = about(Named(space, name), ls.session.analysis(file))
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
    refused = may_rename(word.mention, word.named, analyses)
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
    refused = may_rename(word.mention, word.named, analyses)
    edits = refused or renamed(word.named, params.new_name, analyses)
    if isinstance(edits, Refused):
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
    """The edit that formats a file; none where it has errors, which are told anyway."""
    text = ls.session.text(params.text_document.uri)
    if text is None:
        return []
    try:
        edit = reformatted(text)
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
            for remedy in remedies(found, text.name, within)
        ]
    edits = all_certain(found, text.name)
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
