"""Runs the service: one process or several, a clear word at the start, and a graceful end.

Each process loads the guidelines itself, before it takes a connection. SIGTERM and Ctrl-C let what
was asked be answered, for as long as is allowed, and then end the process with 0.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

import uvicorn
from attrs import field, frozen
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from b12guide.errors import B12GuideError
from b12guide.frozen import Record, frozen_map
from b12guide.limits import Limits
from b12guide.notice import VERSION
from b12guide.serve.app import application
from b12guide.serve.decisions import appending
from b12guide.serve.policy import Policy


class AddressError(B12GuideError):
    """An address at which the service cannot listen."""


@frozen(kw_only=True, repr=False)
class Settings(Record):
    """What a process needs to know to serve; it travels to the others.

    Attributes:
        guidelines: The names or paths of the guidelines.
        decision_log: The file of the log of decisions; none is kept without it.
        more: Further fields of the policy that are plain data.
        limits: What a request may cost.
    """

    guidelines: tuple[str, ...]
    decision_log: str | None = None
    limits: Limits
    more: Mapping[str, Any] = field(factory=dict, converter=frozen_map)

    def policy(self) -> Policy:
        """The policy of the service."""
        log = None if self.decision_log is None else appending(self.decision_log)
        return Policy(limits=self.limits, decisions=log, **self.more)


def _made(settings: Settings) -> ASGIApp:
    """The application of one process."""
    return application(settings.guidelines, settings.policy())


def serve(
    settings: Settings, *, host: str, port: int, workers: int = 1, patience: int = 30
) -> None:
    """Serve until a signal ends the process.

    Args:
        settings: What to serve.
        host: The address to listen at.
        port: Its port; 0 takes one that is free.
        workers: How many processes answer.
        patience: For how many seconds an answer may still take when the service is to end.

    Raises:
        AddressError: The address is taken, or not one of this machine.
        GuidelineError: A guideline cannot be used.
    """
    policy = settings.policy()
    first = application(settings.guidelines, policy)  # says at once what is wrong
    with _listening(host, port) as taken:
        config = uvicorn.Config(
            first if workers == 1 else partial(_made, settings),
            factory=workers != 1,
            workers=workers,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=patience,
        )
        server = uvicorn.Server(config)
        told = {"event": "listening", "engine": VERSION, "workers": workers}
        time = policy.clock().isoformat()
        policy.log({"time": time, **told, "address": _address(taken)})
        before = {one: signal.signal(one, _quietly) for one in _ENDS}
        try:
            if workers == 1:
                server.run(sockets=[taken])
            else:
                Multiprocess(config, sockets=[taken]).run()
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
        policy.log({"time": policy.clock().isoformat(), "event": "ended"})


_ENDS = (signal.SIGINT, signal.SIGTERM)


def _quietly(_: int, __: object) -> None:
    """Hear a signal again that uvicorn has dealt with already, and which it passes on."""


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None) or 0
        reason = os.strerror(number) if number > 0 else str(error)
        message = f"cannot listen at {host}, port {port}: {reason.lower()}"
        raise AddressError(message) from error


def _address(taken: socket.socket) -> str:
    host, port, *_ = taken.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
