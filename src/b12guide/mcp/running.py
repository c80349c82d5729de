"""Serves an agent over standard input and output until it leaves.

Nothing but the protocol is ever written to standard output.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterable

import anyio
from mcp.server.stdio import stdio_server

from b12guide.library import PathLike
from b12guide.limits import Limits
from b12guide.mcp.server import server


def serve(guidelines: Iterable[PathLike], limits: Limits) -> int:
    """Serve an agent; the exit code.

    Raises:
        GuidelineError: A guideline cannot be used.
    """
    made = server(tuple(guidelines), limits)
    if sys.stdin is None or sys.stdout is None:
        return 1  # there is no agent
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    # A thread waits for the next message, and would hold the process back until there is one.
    signal.signal(signal.SIGINT, _leave)

    async def run() -> None:
        async with stdio_server() as (reading, writing):
            await made.run(reading, writing, made.create_initialization_options())

    anyio.run(run)
    return 0


_INTERRUPTED = 130  # what Unix calls a command that was interrupted


def _leave(_: int, __: object) -> None:
    """Leave at once: nothing is kept that could be lost."""
    os._exit(_INTERRUPTED)
