"""A process that audits chunks for another: it reads tasks from a pipe and writes what it found.

It is started with this module alone, never with the caller's script, so that the script needs no
guard around its main part and a notebook works as well.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import BinaryIO

from b12guide.audit.knowledge import Answers
from b12guide.cohort.audit_chunk import Asked, Found, audit_chunk
from b12guide.cohort.histories import Chunk
from b12guide.evaluate.known import Evaluator

__all__ = ["main"]


def main() -> None:
    """Audit chunks until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        _serve(sys.stdin.buffer, answers)


def _serve(tasks: BinaryIO, answers: BinaryIO) -> None:
    asked: Asked = pickle.load(tasks)  # noqa: S301 -- both ends of the pipe are ours
    evaluator = Evaluator.of(asked.graph)
    known: Answers = {}
    while True:
        try:
            task = pickle.load(tasks)  # noqa: S301
        except EOFError:
            return
        pickle.dump(_attempt(asked, evaluator, task, known), answers)
        answers.flush()


def _attempt(
    asked: Asked, evaluator: Evaluator, task: tuple[bytes, bytes], known: Answers
) -> tuple[bool, Found | str]:
    """What a chunk comes to, or the mistake that was made, in words."""
    try:
        return (True, audit_chunk(asked, evaluator, Chunk.from_bytes(task), known))
    except Exception as error:  # noqa: BLE001 -- told by the process that asked
        return (False, f"{type(error).__name__}: {error}")
