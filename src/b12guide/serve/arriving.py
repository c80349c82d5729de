"""What arrives: the body of a request as far as the service takes it, and no other parameters."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.requests import Request

from b12guide.limits import told
from b12guide.serve.policy import Policy
from b12guide.serve.refusal import RequestError, refused

JSON = "application/json"
FHIR = "application/fhir+json"


async def body_of(request: Request, policy: Policy) -> bytes:
    """The body of a request.

    Raises:
        RequestError: It is no JSON by its name, too large, or does not come.
    """
    _refuse_kind(request)
    most = policy.limits.bytes
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:19]) > most:
        raise _too_large(most)
    try:
        async with asyncio.timeout(policy.patience):
            return await _received(request, most)
    except TimeoutError as error:
        raise refused(
            408,
            "SRV009",
            "the request did not come in time",
            f"its body was not complete after {policy.patience} seconds",
            "send it again",
            {"connection": "close"},
        ) from error


def only(known: Iterable[str], request: Request) -> None:
    """Refuse parameters in the address that mean nothing, and those that stand there twice.

    Raises:
        RequestError: There are some.
    """
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


def _refuse_kind(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != JSON or charset not in {"", "utf-8"}:
        raise refused(
            415,
            "SRV007",
            "the request is no JSON",
            "its media type is not `application/json` in UTF-8",
            "send JSON, and say so in the header `Content-Type`",
            {"accept": JSON},
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


async def _received(request: Request, most: int) -> bytes:
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > most:
            raise _too_large(most)
    return bytes(received)


def _too_large(most: int) -> RequestError:
    return refused(
        413,
        "SRV010",
        "the request is too large",
        f"its body is larger than {told(most)}",
        "send less at once, or let the service take more with `--max-body`",
        {"connection": "close"},
    )
