"""The outermost layer: each request gets a name, a line in the log, and an answer in any case."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from attrs import define, field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from b12guide.serve.policy import Policy
from b12guide.serve.refusal import refusal_of
from b12guide.serve.spelled import as_bytes

_NOTES = "b12guide.notes"
_NAME = re.compile(rb"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""No answer about a patient is to be kept on the way, or taken for what it is not."""


@define
class Notes:
    """What is written down of a request while it is answered; nothing of it is a patient's.

    Attributes:
        request: The name of the request.
        path: The path as the service knows it, and not as it was sent.
        more: What else the log is to say.
    """

    request: str
    path: str | None = None
    more: dict[str, Any] = field(factory=dict)


def notes_of(scope: Mapping[str, Any]) -> Notes:
    """The notes of the request that is being answered."""
    notes: Notes = scope[_NOTES]
    return notes


@define
class Journal:
    """The application `app` with a log around it."""

    app: ASGIApp
    policy: Policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand on what is none."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        notes = Notes(request=self._name_of(scope))
        scope[_NOTES] = notes
        status: int | None = None

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _with_ours(message, notes)}
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 -- nobody may see a traceback
            notes.more["mistake"] = type(error).__name__
            if status is None:
                await _say_sorry(error, sending)
        finally:
            took = (time.perf_counter() - began) * 1000
            self._log(notes, scope["method"], status, took)

    def _name_of(self, scope: Scope) -> str:
        """The name that the request brought, if it is one that can stand in a log."""
        for key, value in scope["headers"]:
            if key == b"x-request-id" and _NAME.fullmatch(value):
                return str(value, "ascii")
        return self.policy.namer()

    def _log(self, notes: Notes, method: str, status: int | None, took: float) -> None:
        entry = {
            "time": self.policy.clock().isoformat(),
            "request": notes.request,
            "method": method if method in _METHODS else "other",
            "path": notes.path,
            "status": status,
            "ms": round(took, 2),
        }
        with suppress(OSError, ValueError):  # a log that is full or closed
            self.policy.log(entry | notes.more)


_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def _with_ours(message: Message, notes: Notes) -> list[tuple[bytes, bytes]]:
    headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    known = {key for key, _ in headers}
    name = (b"x-request-id", notes.request.encode("ascii", "replace"))
    return [*headers, *(one for one in (*_ALWAYS, name) if one[0] not in known)]


async def _say_sorry(error: Exception, send: Send) -> None:
    refusal = refusal_of(error)
    content = as_bytes(refusal.body)
    headers = [
        (b"content-type", refusal.media_type.encode()),
        (b"content-length", str(len(content)).encode()),
    ]
    start = {
        "type": "http.response.start",
        "status": refusal.status,
        "headers": headers,
    }
    await send(start)
    await send({"type": "http.response.body", "body": content})
