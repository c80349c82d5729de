"""Files that are opened, changed and closed."""

from __future__ import annotations

from lsprotocol import types

from b12guide.lsp.server import Feature, Server

__all__ = ["FEATURES"]


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


FEATURES: tuple[Feature, ...] = (
    (types.TEXT_DOCUMENT_DID_OPEN, opened, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, changed, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, closed, None),
    (types.TEXT_DOCUMENT_DID_SAVE, saved, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched, None),
)
