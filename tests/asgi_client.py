"""Asks an ASGI application in this process, with every byte of a request under control."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen


@frozen
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """The content, parsed."""
        return json.loads(self.content)

    @property
    def codes(self) -> list[str]:
        """The codes of a problem."""
        return [one["code"] for one in self.json["errors"]]


async def asked(  # noqa: PLR0913 -- a request has as many parts
    app: Any,
    method: str,
    target: str,
    pieces: Iterable[bytes] = (),
    headers: Mapping[str, str] | None = None,
    *,
    forever: bool = False,
) -> Reply:
    """The reply to one request whose body comes in `pieces`; `forever` lets it never end."""
    path, _, query = target.partition("?")
    waiting = [*pieces] or [b""]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (key.lower().encode(), value.encode())
            for key, value in (headers or {}).items()
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(3600)
        piece = waiting.pop(0)
        return {
            "type": "http.request",
            "body": piece,
            "more_body": bool(waiting) or forever,
        }

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *bodies = sent
    return Reply(
        status=start["status"],
        headers={key.decode(): value.decode() for key, value in start["headers"]},
        content=b"".join(one.get("body", b"") for one in bodies),
    )


@frozen
class Client:
    """A client of one application."""

    app: Any = field(repr=False)

    def get(self, target: str, **headers: str) -> Reply:
        """The reply to GET."""
        return self.ask("GET", target, headers=headers)

    def post(self, target: str, body: Any, **headers: str) -> Reply:
        """The reply to POST of JSON: of bytes as they are, of anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {
            "content-type": "application/json",
            "content-length": str(len(content)),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", target, (content,), told)

    def ask(
        self,
        method: str,
        target: str,
        pieces: Iterable[bytes] = (),
        headers: Mapping[str, str] | None = None,
        *,
        forever: bool = False,
    ) -> Reply:
        """The reply to one request."""
        return asyncio.run(
            asked(self.app, method, target, pieces, headers, forever=forever)
        )
