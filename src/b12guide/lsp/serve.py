"""Puts the server together and lets it serve an editor.

Nothing but the protocol is ever written to standard output.
"""

from __future__ import annotations

import logging
import sys

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from b12guide.lsp import features
from b12guide.lsp.protocol import PositionEncoding
from b12guide.lsp.server import Feature, Server


def initialize(ls: Server, _: types.InitializeParams) -> None:
    """Count columns as the editor does."""
    encoding = ls.workspace.position_encoding
    ls.session.places.encoding = PositionEncoding(
        encoding.value if isinstance(encoding, types.PositionEncodingKind) else encoding
    )


def initialized(ls: Server, _: types.InitializedParams) -> None:
    """Ask to be told of guideline files that something else changes."""
    workspace = ls.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    if watched is not None and watched.dynamic_registration:
        options = types.DidChangeWatchedFilesRegistrationOptions(
            watchers=[types.FileSystemWatcher(glob_pattern="**/*.gdl")]
        )
        registration = types.Registration(
            id="guidelines",
            method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
            register_options=options,
        )
        ls.client_register_capability(
            types.RegistrationParams(registrations=[registration])
        )


def server() -> Server:
    """A server that knows all it can do, and has not begun."""
    ls = Server()

    def shutdown(ls: Server, _: None = None) -> None:
        ls.was_shut_down = True

    own: tuple[Feature, ...] = (
        (types.INITIALIZE, initialize, None),
        (types.INITIALIZED, initialized, None),
        (types.SHUTDOWN, shutdown, None),
    )
    for method, feature, options in (*own, *features.FEATURES):
        ls.feature(method, options)(feature)
    ls.command(features.TEST)(features.test)
    return ls


def serve() -> int:
    """Serve an editor over standard input and output until it leaves; the exit code."""
    if sys.stdin is None or sys.stdout is None:
        return 1  # there is no editor
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        # A request that was refused is answered to the editor; it is no fault of the server.
        handler.addFilter(
            lambda record: (
                not (
                    record.exc_info and isinstance(record.exc_info[1], JsonRpcException)
                )
            )
        )
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints, the protocol stays clean
    ls = server()
    ls.start_io(sys.stdin.buffer, out)
    return 0 if ls.was_shut_down else 1
