"""The application: which path is answered by what, and what surrounds every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias, TypeVar

from attrs import define, field
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from b12guide.arguments import instance
from b12guide.errors import ArgumentError, B12GuideError
from b12guide.frozen import FrozenMap
from b12guide.guideline import Guideline, load
from b12guide.library import PathLike
from b12guide.limits import told
from b12guide.serve import pages
from b12guide.serve.asking import Answered, answered
from b12guide.serve.decisions import entry_of, id_of
from b12guide.serve.journal import Journal, notes_of
from b12guide.serve.openapi import document
from b12guide.serve.policy import Policy
from b12guide.serve.question import (
    BY_NAME,
    LEFT_OUT,
    QUESTIONS,
    Question,
    Served,
    guideline_of,
)
from b12guide.serve.refusal import MEDIA_TYPE, refusal_of, refused
from b12guide.serve.spelled import as_bytes

_GUIDELINES = "guidelines"
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")


def application(
    guidelines: Iterable[Guideline | PathLike] | Guideline | PathLike, policy: Policy
) -> ASGIApp:
    """The service; see `b12guide.serve.asgi`."""
    instance(policy, Policy, "policy", "a `Policy`")
    served = served_by(guidelines)
    for guideline in served.values():
        guideline.recommend({})  # compiled before the first request
    service = Service(served=served, policy=policy)
    app = Starlette(
        routes=service.routes(), exception_handlers={HTTPException: _no_such_path}
    )
    app.router.redirect_slashes = False
    wrapped: ASGIApp = app
    if policy.cors:
        wrapped = CORSMiddleware(
            wrapped,
            allow_origins=policy.cors,
            allow_methods=("GET", "POST"),
            allow_headers=("authorization", "content-type", "x-request-id"),
            expose_headers=("b12guide-answer", "x-request-id"),
        )
    return Journal(wrapped, policy)


def served_by(
    guidelines: Iterable[Guideline | PathLike] | Guideline | PathLike,
) -> Served:
    """The guidelines by their names, in the order given.

    Raises:
        ArgumentError: There is none, or two have the same name.
        GuidelineError: One cannot be loaded.
    """
    if isinstance(guidelines, Guideline | str) or hasattr(guidelines, "__fspath__"):
        guidelines = (guidelines,)  # type: ignore[assignment]
    found: dict[str, Guideline] = {}
    for one in instance(guidelines, Iterable, _GUIDELINES, "guidelines or names"):
        guideline = one if isinstance(one, Guideline) else load(one)
        if found.setdefault(guideline.name, guideline) is not guideline:
            expected = f"guidelines of which no two are called `{guideline.name}`"
            raise ArgumentError(_GUIDELINES, expected, guidelines)
    if not found:
        expected = "at least one guideline"
        raise ArgumentError(_GUIDELINES, expected, guidelines)
    return FrozenMap(found)


@define
class Service:
    """What answers: the guidelines, and how many questions are being answered now."""

    served: Served
    policy: Policy
    threads: ThreadPoolExecutor = field(init=False)
    busy: int = 0

    def __attrs_post_init__(self) -> None:
        self.threads = ThreadPoolExecutor(self.policy.at_once, "b12guide")

    def routes(self) -> Sequence[Route]:
        """Every path with what answers it."""
        described = as_bytes(document(self.served, self.policy))
        paths: list[tuple[str, dict[str, Endpoint]]] = [
            ("/", {"GET": partial(_ready, pages.index(self.served), "text/html")}),
            ("/guidelines", {"GET": partial(_ready, pages.listed(self.served), _JSON)}),
            ("/facts", {"GET": partial(self.facts, pages.facts_of(self.served))}),
            (
                "/facts/schema",
                {"GET": partial(self.facts, pages.schemas_of(self.served))},
            ),
            ("/openapi.json", {"GET": partial(_ready, described, _JSON)}),
            ("/healthz", {"GET": partial(_ready, as_bytes({"status": "ok"}), _JSON)}),
            ("/readyz", {"GET": self.ready}),
        ]
        paths += [(one.path, {"POST": partial(self.ask, one)}) for one in QUESTIONS]
        return [
            Route(
                path,
                partial(_answer, methods),
                methods=[*methods, "OPTIONS"],
                include_in_schema=False,
            )
            for path, methods in paths
        ]

    async def ask(self, question: Question, request: Request) -> Response:
        """The answer to a question."""
        _only({}, request)
        content = await self.content(request)
        notes = notes_of(request.scope)
        work = partial(self.answer, question, content, notes.request)
        found, sent, id_ = await self.in_turn(work)
        notes.more["guideline"] = found.guideline.name
        notes.more["digest"] = found.guideline.digest
        notes.more["answer"] = id_
        return Response(sent, media_type=_JSON, headers={"b12guide-answer": id_})

    def answer(
        self, question: Question, content: bytes, name: str
    ) -> tuple[Answered, bytes, str]:
        """The answer, its JSON and its digest, once the decision is in its log."""
        policy = self.policy
        found = answered(question, content, self.served, policy.limits)
        if policy.decisions is not None:
            told = entry_of(
                question.name, found.sent, found.data, with_request=policy.keep_patients
            )
            head = {"time": policy.clock().isoformat(), "name": name}
            try:
                policy.decisions(head | told)
            except (OSError, ValueError) as error:
                raise refused(
                    503,
                    "SRV012",
                    "the decision cannot be logged",
                    "the log of decisions cannot be written, and no answer is given without it",
                    "make room for the log, or start the service without one",
                ) from error
        return found, found.content, id_of(found.data)

    async def facts(self, ready: dict[str, bytes], request: Request) -> Response:
        """The facts that may be stated, in one of the two forms."""
        _only({"guideline"}, request)
        named = request.query_params.get("guideline", LEFT_OUT)
        guideline = guideline_of(named, self.served)
        return Response(ready[guideline.name], media_type=_JSON)

    async def ready(self, request: Request) -> Response:
        """Whether a question would be answered now."""
        _only({}, request)
        if self.busy >= self.policy.at_once + self.policy.waiting:
            raise _busy()
        return Response(as_bytes({"status": "ready"}), media_type=_JSON)

    async def content(self, request: Request) -> bytes:
        """The body of a request, as far as the service takes it.

        Raises:
            RequestError: It is no JSON by its name, too large, or does not come.
        """
        kind, _, parameters = request.headers.get("content-type", "").partition(";")
        charset = parameters.strip().lower().removeprefix("charset=").strip('"')
        if kind.strip().lower() != _JSON or charset not in {"", "utf-8"}:
            raise refused(
                415,
                "SRV007",
                "the request is no JSON",
                "its media type is not `application/json` in UTF-8",
                "send JSON, and say so in the header `Content-Type`",
                {"accept": _JSON},
            )
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise refused(
                415,
                "SRV008",
                "the request is packed",
                "it has a content encoding, and none is taken",
                "send the body as it is",
                {"accept-encoding": "identity"},
            )
        most = self.policy.limits.bytes
        announced = request.headers.get("content-length", "0")
        if announced.isdigit() and int(announced[:19]) > most:
            raise _too_large(most)
        try:
            async with asyncio.timeout(self.policy.patience):
                return await _received(request, most)
        except TimeoutError as error:
            raise refused(
                408,
                "SRV009",
                "the request did not come in time",
                f"its body was not complete after {self.policy.patience} seconds",
                "send it again",
                {"connection": "close"},
            ) from error

    async def in_turn(self, work: Callable[[], T]) -> T:
        """What `work` gives, as soon as it has its turn.

        Raises:
            RequestError: Too many are waiting.
        """
        if self.busy >= self.policy.at_once + self.policy.waiting:
            raise _busy()
        self.busy += 1
        try:
            running = asyncio.get_running_loop().run_in_executor(self.threads, work)
        except BaseException:
            self.busy -= 1
            raise
        running.add_done_callback(self._done)  # even where the client has left
        return await asyncio.shield(running)

    def _done(self, _: asyncio.Future[Any]) -> None:
        self.busy -= 1


_JSON = "application/json"


async def _answer(methods: dict[str, Endpoint], request: Request) -> Response:
    """What an endpoint answers, or the problem that it has."""
    notes = notes_of(request.scope)
    notes.path = request.scope["route"].path if "route" in request.scope else None
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"allow": _allowed(methods)})
    endpoint = methods["GET" if request.method == "HEAD" else request.method]
    try:
        return await endpoint(request)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except Exception as error:  # noqa: BLE001 -- nobody may see a traceback
        if not isinstance(error, B12GuideError):
            notes.more["mistake"] = type(error).__name__
        return _refusal(error, request)


def _refusal(error: Exception, request: Request) -> Response:
    refusal = refusal_of(error)
    notes_of(request.scope).more["codes"] = list(refusal.codes)
    return Response(
        as_bytes(refusal.problem),
        refusal.status,
        headers=dict(refusal.headers),
        media_type=MEDIA_TYPE,
    )


def _allowed(methods: Iterable[str]) -> str:
    also = {"HEAD"} if "GET" in methods else set()
    return ", ".join(sorted({*methods, "OPTIONS", *also}))


async def _ready(content: bytes, media_type: str, request: Request) -> Response:
    """What is the same for everybody."""
    _only({}, request)
    return Response(content, media_type=media_type)


def _only(known: Iterable[str], request: Request) -> None:
    """Refuse parameters in the address that mean nothing, and those that stand there twice."""
    given = [name for name, _ in request.query_params.multi_items()]
    if len(set(given)) == len(given) and set(given) <= set(known):
        return
    taken = ", ".join(f"`{name}`" for name in known)
    raise refused(
        422,
        "SRV006",
        "the address has parameters that are not taken",
        "a parameter means nothing here, or stands there twice",
        f"only {taken} is taken, once"
        if taken
        else "leave out what follows the question mark",
    )


async def _received(request: Request, most: int) -> bytes:
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > most:
            raise _too_large(most)
    return bytes(received)


def _too_large(most: int) -> B12GuideError:
    return refused(
        413,
        "SRV010",
        "the request is too large",
        f"its body is larger than {told(most)}",
        "send less at once, or let the service take more with `--max-body`",
        {"connection": "close"},
    )


def _busy() -> B12GuideError:
    return refused(
        503,
        "SRV013",
        "too many questions are waiting",
        "as many questions are waiting as may wait",
        "ask again in a second",
        {"retry-after": "1"},
    )


async def _no_such_path(request: Request, error: Exception) -> Response:
    """What is said where there is no such path, or no such method there."""
    status = getattr(error, "status_code", 500)
    if status != 405:
        said = refused(
            404,
            "SRV001",
            "there is nothing at this path",
            "the service does not have this path",
            "`/` and `/openapi.json` list the paths that it has",
        )
        return _refusal(said, request)
    path = request.url.path
    notes_of(request.scope).path = path  # one of ours
    methods = ("POST",) if path.removeprefix("/") in BY_NAME else ("GET",)
    said = refused(
        405,
        "SRV014",
        "this path has no such method",
        "the method of the request is not one that this path has",
        f"use one of {_allowed(methods)}",
        {"allow": _allowed(methods)},
    )
    return _refusal(said, request)
