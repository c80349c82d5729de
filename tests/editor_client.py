"""A small editor: opens files at a language server over standard input and output, and asks."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

__all__ = ["Editor", "editor"]

TIMEOUT = 120
"""Seconds; only a server that hangs takes so long."""


class Editor:
    """An editor with one server."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = LanguageClient("tests", "1")
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.messages: list[str] = []
        self.refreshed = 0
        self.versions: dict[str, int] = {}
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(
            partial(self._published)
        )
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(partial(self._shown))
        self.client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(partial(self._refreshed))
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(partial(self._registered))

    def _published(self, params: types.PublishDiagnosticsParams) -> None:
        self.published[params.uri] = params

    def _shown(self, params: types.ShowMessageParams) -> None:
        self.messages.append(params.message)

    def _refreshed(self, _: None) -> None:
        self.refreshed += 1

    def _registered(self, _: types.RegistrationParams) -> None:
        return None

    # -------------------------------------------------------------------- conversation

    def start(self, capabilities: types.ClientCapabilities) -> types.InitializeResult:
        """Start a server and greet it."""
        command = [sys.executable, "-m", "b12guide.cli", "lsp"]
        self.loop.run_until_complete(self.client.start_io(*command))
        greeting = types.InitializeParams(capabilities=capabilities)
        result: types.InitializeResult = self.ask(types.INITIALIZE, greeting)
        self.tell(types.INITIALIZED, types.InitializedParams())
        return result

    def ask(self, method: str, params: Any) -> Any:
        """The answer to a request."""

        async def asking() -> Any:
            sent = self.client.protocol.send_request_async(method, params)
            return await asyncio.wait_for(sent, TIMEOUT)

        return self.loop.run_until_complete(asking())

    def ask_anything(self, method: str, params: object) -> Any:
        """The answer to a request that need not be one of the protocol's."""
        protocol, answer = self.client.protocol, Future[Any]()

        async def asking() -> Any:
            protocol._request_futures["anything"] = answer
            message = {"jsonrpc": "2.0", "id": "anything", "method": method}
            protocol._send_data(message | {"params": params})
            return await asyncio.wait_for(asyncio.wrap_future(answer), TIMEOUT)

        return self.loop.run_until_complete(asking())

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""

        async def telling() -> None:
            self.client.protocol.notify(method, params)

        self.loop.run_until_complete(telling())

    def until(self, holds: Callable[[], bool]) -> None:
        """Listen until something holds."""

        async def listen() -> None:
            while not holds():  # noqa: ASYNC110 - what holds is not known to asyncio
                await asyncio.sleep(0.005)

        self.loop.run_until_complete(asyncio.wait_for(listen(), TIMEOUT))

    # --------------------------------------------------------------------------- files

    def open(self, uri: str, text: str) -> list[types.Diagnostic]:
        """Open a file; what is said of it right away."""
        self.versions[uri] = 1
        self.published.pop(uri, None)
        document = types.TextDocumentItem(
            uri=uri, language_id="gdl", version=1, text=text
        )
        self.tell(
            types.TEXT_DOCUMENT_DID_OPEN,
            types.DidOpenTextDocumentParams(text_document=document),
        )
        return self.told(uri)

    def change(
        self, uri: str, start: tuple[int, int], end: tuple[int, int], text: str
    ) -> list[types.Diagnostic]:
        """Replace what stands between two positions."""
        range_ = types.Range(start=types.Position(*start), end=types.Position(*end))
        change = types.TextDocumentContentChangePartial(range=range_, text=text)
        return self.changed(uri, change)

    def rewrite(self, uri: str, text: str) -> list[types.Diagnostic]:
        """Replace all of a file."""
        return self.changed(uri, types.TextDocumentContentChangeWholeDocument(text))

    def changed(
        self, uri: str, change: types.TextDocumentContentChangeEvent
    ) -> list[types.Diagnostic]:
        """Send a change; what is said of the file after it."""
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(
            uri=uri, version=self.versions[uri]
        )
        self.tell(
            types.TEXT_DOCUMENT_DID_CHANGE,
            types.DidChangeTextDocumentParams(
                text_document=document, content_changes=[change]
            ),
        )
        return self.told(uri)

    def told(self, uri: str) -> list[types.Diagnostic]:
        """What is said of the version that was sent last."""
        self.until(
            lambda: (
                uri in self.published
                and self.published[uri].version == self.versions[uri]
            )
        )
        return list(self.published[uri].diagnostics)

    def close(self, uri: str) -> None:
        """Close a file."""
        document = types.TextDocumentIdentifier(uri)
        self.tell(
            types.TEXT_DOCUMENT_DID_CLOSE,
            types.DidCloseTextDocumentParams(text_document=document),
        )

    def stop(self) -> int | None:
        """Take leave; the exit code of the server."""
        self.ask(types.SHUTDOWN, None)
        self.tell(types.EXIT, None)
        return self.gone()

    def gone(self) -> int | None:
        """Wait for the server to end, and tidy up."""
        process = self.client._server
        assert isinstance(process, asyncio.subprocess.Process)
        code = self.loop.run_until_complete(asyncio.wait_for(process.wait(), TIMEOUT))
        self.loop.run_until_complete(self.client.stop())  # type: ignore[no-untyped-call]
        self.loop.run_until_complete(asyncio.sleep(0.01))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()
        return code


@contextmanager
def editor(capabilities: types.ClientCapabilities | None = None) -> Iterator[Editor]:
    """An editor with a server that was greeted, and that is taken leave of."""
    talking = Editor()
    talking.start(capabilities or types.ClientCapabilities())
    yield talking
    talking.stop()
