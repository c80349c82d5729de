"""Audits chunks in several processes, or in this one, always in the order of the chunks."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from attrs import frozen

from b12guide.audit.knowledge import Answers
from b12guide.cohort.audit_chunk import Asked, Found, audit_chunk
from b12guide.cohort.histories import Chunk
from b12guide.errors import B12GuideError
from b12guide.evaluate.known import Evaluator

__all__ = ["WorkerError", "audit_chunks", "cores"]

_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from b12guide.cohort.worker import main; main()"
)


class WorkerError(B12GuideError):
    """A process that audits a part of a cohort failed, or ended before its time."""


def cores() -> int:
    """How many processes can run at once."""
    if not sys.executable or sys.platform in {"emscripten", "wasi"}:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def audit_chunks(
    asked: Asked,
    evaluator: Evaluator,
    chunks: Iterable[Chunk],
    workers: int,
) -> Iterator[Found]:
    """What each chunk came to, in order.

    Raises:
        WorkerError: A process failed or was ended from outside.
    """
    if workers == 1:
        known: Answers = {}
        for chunk in chunks:
            yield audit_chunk(asked, evaluator, chunk, known)
        return
    started: list[_Worker] = []
    try:
        with ThreadPoolExecutor(workers) as pool:
            try:
                idle: SimpleQueue[_Worker] = SimpleQueue()
                for _ in range(workers):
                    started.append(_Worker.start(asked))
                    idle.put(started[-1])
                yield from _in_order(pool, idle, chunks, ahead=2 * workers)
            finally:  # a process that is killed lets go the thread that waits for it
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in started:
                    worker.process.kill()
    finally:
        for worker in started:
            worker.close()


def _in_order(
    pool: ThreadPoolExecutor,
    idle: SimpleQueue[_Worker],
    chunks: Iterable[Chunk],
    ahead: int,
) -> Iterator[Found]:
    """The answers in the order of the chunks, a few of which are always under way."""
    under_way: list[Future[Found]] = []
    for chunk in chunks:
        under_way.append(pool.submit(_ask, idle, chunk))
        if len(under_way) > ahead:
            yield under_way.pop(0).result()
    for one in under_way:
        yield one.result()


def _ask(idle: SimpleQueue[_Worker], chunk: Chunk) -> Found:
    worker = idle.get()
    try:
        return worker.ask(chunk)
    finally:
        idle.put(worker)


@frozen(eq=False)
class _Worker:
    """One process at the other end of two pipes."""

    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, asked: Asked) -> _Worker:
        process = subprocess.Popen(  # noqa: S603 -- this interpreter, our own words
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        worker = cls(process)
        with suppress(OSError):  # the first question will find it dead
            worker._send(sys.path)
            worker._send(asked)
        return worker

    def _send(self, value: Any) -> None:
        assert self.process.stdin is not None  # noqa: S101 -- it is a pipe
        pickle.dump(value, self.process.stdin)
        self.process.stdin.flush()

    def ask(self, chunk: Chunk) -> Found:
        assert self.process.stdout is not None  # noqa: S101 -- it is a pipe
        try:
            self._send(chunk.to_bytes())
            is_well, found = pickle.load(self.process.stdout)  # noqa: S301 -- ours
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            code = self.process.wait()
            message = (
                f"a process that audits a part of the cohort ended before its time "
                f"(code {code}); with `workers=1` everything stays in one process"
            )
            raise WorkerError(message) from error
        if not is_well:
            message = f"b12guide made a mistake of its own in an audit ({found})"
            raise WorkerError(message)
        answer: Found = found
        return answer

    def close(self) -> None:
        """Tidy up after the process, which has been ended."""
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not sent is not wanted any more
                    pipe.close()
