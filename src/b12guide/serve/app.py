"""The application: which path is answered by what, and what surrounds every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from attrs import define, field
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from b12guide.arguments import instance
from b12guide.errors import B12GuideError
from b12guide.guideline import Guideline
from b12guide.library import PathLike
from b12guide.serve import cards, editing, pages
from b12guide.serve.arriving import FHIR, JSON, body_of, only
from b12guide.serve.asking import answered
from b12guide.serve.decisions import entry_of, id_of
from b12guide.serve.journal import Journal, notes_of
from b12guide.serve.openapi import document
from b12guide.serve.policy import Entry, Policy
from b12guide.serve.question import (
    LEFT_OUT,
    QUESTIONS,
    Question,
    Served,
    day_in_address,
    guideline_of,
)
from b12guide.serve.refusal import Refusal, RequestError, refusal_of, refused
from b12guide.serve.served import served_by
from b12guide.serve.spelled import as_bytes
from b12guide.serve.turns import Turns

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Paths: TypeAlias = Mapping[str, Mapping[str, Endpoint]]
"""What answers each method of each path."""


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
        routes=_routes(service.paths()), exception_handlers={HTTPException: _nowhere}
    )
    app.router.redirect_slashes = False
    wrapped: ASGIApp = app
    if policy.cors:
        wrapped = CORSMiddleware(
            wrapped,
            allow_origins=policy.cors,
            allow_methods=("GET", "POST"),
            allow_headers=("authorization", "content-type", "x-request-id"),
            expose_headers=("b12guide-answer", "b12guide-unread", "x-request-id"),
        )
    return Journal(wrapped, policy)


@define
class Service:
    """What answers: the guidelines, and those who wait for an answer."""

    served: Served
    policy: Policy
    turns: Turns = field(init=False)
    gatekeeper: cards.Gatekeeper = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.turns = Turns(self.policy.at_once, self.policy.waiting)
        self.gatekeeper = cards.Gatekeeper(self.policy)

    def paths(self) -> Paths:
        """Every path with what answers it."""
        served = self.served
        described = as_bytes(document(served, self.policy))
        facts, schemas = pages.facts_of(served), pages.schemas_of(served)
        return {
            "/": {"GET": partial(_unframed, pages.first(served))},
            "/service": {"GET": partial(_ready, pages.index(served), "text/html")},
            "/guidelines": {"GET": partial(_ready, pages.listed(served), JSON)},
            "/facts": {"GET": partial(self.facts, facts)},
            "/facts/schema": {"GET": partial(self.facts, schemas)},
            **{one.path: {"POST": partial(self.ask, one)} for one in QUESTIONS},
            cards.PATH: {"GET": partial(_ready, cards.listed(served), JSON)},
            f"{cards.PATH}/{{service}}": {"POST": self.ask_for_cards},
            f"{cards.PATH}/{{service}}/feedback": {"POST": self.hear},
            "/fhir/plan": {"GET": self.plan},
            **(
                editing.Editing(served, self.policy).paths() if self.policy.edit else {}
            ),
            "/openapi.json": {"GET": partial(_ready, described, JSON)},
            "/healthz": {"GET": partial(_ready, as_bytes({"status": "ok"}), JSON)},
            "/readyz": {"GET": self.ready},
        }

    async def ask(self, question: Question, request: Request) -> Response:
        """The answer to a question."""
        only((), request)
        content = await body_of(request, self.policy)
        return await self.turns.take(partial(self.answer, question, content, request))

    def answer(self, question: Question, content: bytes, request: Request) -> Response:
        """The answer, once the decision is in its log."""
        found = answered(question, content, self.served, self.policy.limits)
        self.log(request, partial(entry_of, question.name, found.sent, found.data))
        about = found.data["guideline"]
        reply = _answered(request, found.data, about["name"], about, id_of(found.data))
        if found.unread is not None:
            reply.headers["b12guide-unread"] = str(found.unread)
        return reply

    async def ask_for_cards(self, request: Request) -> Response:
        """The cards of a service of CDS Hooks."""
        self.gatekeeper.check(request.headers.get("authorization"), request.url.path)
        only((), request)
        content = await body_of(request, self.policy)
        return await self.turns.take(partial(self.cards, content, request))

    def cards(self, content: bytes, request: Request) -> Response:
        """The cards, once the decision is in its log."""
        found = cards.carded(
            request.path_params["service"],
            content,
            self.served,
            on=self.policy.today(),
            policy=self.policy.of_cards,
            limits=self.policy.limits,
        )
        self.log(request, found.entry)
        about = found.about
        return _answered(request, found.data, about["guideline"], about, found.id)

    async def hear(self, request: Request) -> Response:
        """What became of cards."""
        self.gatekeeper.check(request.headers.get("authorization"), request.url.path)
        only((), request)
        content = await body_of(request, self.policy)
        return await self.turns.take(partial(self.heard, content, request))

    def heard(self, content: bytes, request: Request) -> Response:
        """Nothing more than that it was heard, once it is in the log."""
        service = request.path_params["service"]
        found = cards.reported(service, content, self.served, self.policy)
        for entry in found:
            self.log(request, lambda *, with_request, entry=entry: entry)  # noqa: ARG005
        notes_of(request.scope).more["outcomes"] = len(found)
        return Response(as_bytes({}), media_type=JSON)

    def log(self, request: Request, made: Callable[..., Entry]) -> None:
        """Write the log of decisions, if there is one.

        Raises:
            RequestError: It cannot be written (503).
        """
        policy = self.policy
        if policy.decisions is None:
            return
        head = {
            "time": policy.clock().isoformat(),
            "name": notes_of(request.scope).request,
        }
        try:
            policy.decisions({**head, **made(with_request=policy.keep_patients)})
        except (OSError, ValueError) as error:
            raise refused(
                503,
                "SRV012",
                "the decision cannot be logged",
                "the log of decisions cannot be written, and no answer is given without it",
                "make room for the log, or start the service without one",
            ) from error

    async def facts(self, ready: Mapping[str, bytes], request: Request) -> Response:
        """The facts that may be stated, in one of the two forms."""
        only(("guideline",), request)
        named = request.query_params.get("guideline", LEFT_OUT)
        guideline = guideline_of(named, self.served)
        return Response(ready[guideline.name], media_type=JSON)

    async def plan(self, request: Request) -> Response:
        """A guideline as resources of FHIR, for a day if one is named."""
        only(("guideline", "on"), request)
        named = request.query_params.get("guideline", LEFT_OUT)
        guideline = guideline_of(named, self.served)
        written = request.query_params.get("on")
        day = None if written is None else day_in_address(written)
        return await self.turns.take(
            lambda: Response(as_bytes(guideline.to_fhir(on=day)), media_type=FHIR)
        )

    async def ready(self, request: Request) -> Response:
        """Whether a question would be answered now."""
        only((), request)
        self.turns.refuse_more()
        return Response(as_bytes({"status": "ready"}), media_type=JSON)


# ------------------------------------------------------------------------------ every answer


def _routes(paths: Paths) -> Sequence[Route]:
    # What is no function answers every method there is, also with a refusal.
    return [Route(path, _Answering(path, methods)) for path, methods in paths.items()]


@define
class _Answering:
    """What answers at a path: its endpoints, or what is refused and why."""

    path: str
    methods: Mapping[str, Endpoint]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        notes = notes_of(scope)
        notes.path = self.path
        try:
            response = await self._endpoint(request.method)(request)
        except ClientDisconnect:
            return  # nobody is there to read it
        except Exception as error:  # noqa: BLE001 -- nobody may see a traceback
            if not isinstance(error, B12GuideError):
                notes.more["mistake"] = type(error).__name__
            is_of_cards = self.path.startswith(cards.PATH)
            refused_by = cards.outcome_of if is_of_cards else refusal_of
            response = _refusal(refused_by(error), request)
        await response(scope, receive, send)

    def _endpoint(self, method: str) -> Endpoint:
        also = _ALSO[next(iter(self.methods))]
        allowed = ", ".join(sorted({*self.methods, *also}))
        if method == "OPTIONS":
            return partial(_options, allowed)
        found = self.methods.get("GET" if method == "HEAD" else method)
        if found is None:
            raise _no_such_method(allowed)
        return found


async def _options(allowed: str, _: Request) -> Response:
    return Response(status_code=204, headers={"allow": allowed})


_ALSO = {"GET": ("HEAD", "OPTIONS"), "POST": ("OPTIONS",)}


def _refusal(refusal: Refusal, request: Request) -> Response:
    notes_of(request.scope).more["codes"] = list(refusal.codes)
    return Response(
        as_bytes(refusal.body),
        refusal.status,
        headers=dict(refusal.headers),
        media_type=refusal.media_type,
    )


def _no_such_method(allowed: str) -> RequestError:
    return refused(
        405,
        "SRV014",
        "this path has no such method",
        "the method of the request is not one that this path has",
        f"use one of {allowed}",
        {"allow": allowed},
    )


async def _nowhere(request: Request, _: Exception) -> Response:
    """What is said where there is no such path."""
    said = refused(
        404,
        "SRV001",
        "there is nothing at this path",
        "the service does not have this path",
        "`/service` and `/openapi.json` list the paths that it has",
    )
    return _refusal(refusal_of(said), request)


async def _ready(content: bytes, media_type: str, request: Request) -> Response:
    """What is the same for everybody."""
    only((), request)
    return Response(content, media_type=media_type)


async def _unframed(content: bytes, request: Request) -> Response:
    """A page that no other page may have inside itself, which its own head cannot forbid."""
    only((), request)
    headers = {"content-security-policy": "frame-ancestors 'none'"}
    return Response(content, media_type="text/html", headers=headers)


def _answered(
    request: Request, data: Any, guideline: str, about: Mapping[str, Any], id_: str
) -> Response:
    """An answer, and what the log says of it."""
    notes_of(request.scope).more |= {
        "guideline": guideline,
        "digest": about["digest"],
        "answer": id_,
    }
    return Response(as_bytes(data), media_type=JSON, headers={"b12guide-answer": id_})
