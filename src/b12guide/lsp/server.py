"""The server: takes messages, asks the session, answers.

pygls keeps a bad message from ending it. What is added here is that a request which cannot be
understood is answered, too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from b12guide import __version__
from b12guide.diagnostics import Diagnostic
from b12guide.lsp.diagnostic import SOURCE, published
from b12guide.lsp.session import Session

__all__ = ["Feature", "Protocol", "Server"]

Feature: TypeAlias = tuple[str, Callable[..., Any], Any]
"""The method, what answers it, and what is told of it beforehand."""


class Protocol(LanguageServerProtocol):
    """The protocol, without the copies of open files that pygls would keep."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message; one that is a request and cannot be understood is answered."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if isinstance(data.get("id"), int | str) and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def _to_feature(self, method: str, params: Any) -> Iterator[Any]:
        yield self.fm.features[method], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: Any) -> Any:
        """A file is opened."""
        yield from self._to_feature(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: Any) -> Any:
        """An open file is changed."""
        yield from self._to_feature(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: Any) -> Any:
        """A file is closed."""
        yield from self._to_feature(types.TEXT_DOCUMENT_DID_CLOSE, params)


class Server(LanguageServer):
    """A server with its session."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__, protocol_cls=Protocol)
        self.session = Session(self._publish, self._refresh)
        self.was_shut_down = False

    def _publish(
        self, name: str, version: int | None, found: tuple[Diagnostic, ...]
    ) -> None:
        places = self.session.places
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=places.uri(name),
                version=version,
                diagnostics=[published(diagnostic, places) for diagnostic in found],
            )
        )

    def _refresh(self) -> None:
        """Have the editor ask again for what follows from the longer work."""
        workspace = self.client_capabilities.workspace
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Tell whoever looks after the server, and not the author."""
        logging.getLogger(__name__).error("%s: %s", source.__name__, error)
