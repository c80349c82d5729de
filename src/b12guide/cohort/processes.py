"""Processes of Python that work for this one, each at the other end of two pipes.

A process is given a task, which it prepares once, and then questions one after the other. It is
started afresh and never copied from this one, so that notebooks, threads and scripts without a
guard may start some. It ends when its pipe is closed, and so does not outlive this process.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, Protocol, cast

import pyarrow as pa
from attrs import frozen

from b12guide.errors import B12GuideError


class Task(Protocol):
    """What a process is for; it can be pickled."""

    def prepared(self) -> Callable[[Any], Any]:
        """What answers a question; it is asked for once in each process."""


class WorkerError(B12GuideError):
    """A process that works on a part of a cohort failed, or ended before its time."""


def cores() -> int:
    """How many processes can run at once."""
    if not sys.executable or sys.platform in {"emscripten", "wasi"}:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# ------------------------------------------------------------------ what goes through


def stream_of(table: Any) -> Any:
    """A table or batch without what lies around its rows in memory."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write(table)
    return sink.getvalue()


def _send(pipe: BinaryIO, value: Any) -> None:
    """Write a value; large buffers go as they are and are not copied before."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    views = [memoryview(body), *(one.raw() for one in buffers)]
    pickle.dump([view.nbytes for view in views], pipe)
    pipe.writelines(views)
    pipe.flush()


def _received(pipe: BinaryIO) -> Any:
    """The value that was sent.

    Raises:
        EOFError: The other end is closed.
    """
    sizes: list[int] = pickle.load(pipe)  # noqa: S301 -- both ends are ours
    body, *buffers = (pipe.read(size) for size in sizes)
    if [len(body), *map(len, buffers)] != sizes:
        raise EOFError
    return pickle.loads(body, buffers=buffers)  # noqa: S301


# --------------------------------------------------------------------- the other end


class _NoPandas:
    """Keeps pandas from being found."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Nothing, as for every finder that knows nothing of a module."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def _without_pandas() -> None:
    """Have Arrow look for pandas while there is none: it opens pandas at its first list.

    That is half of the time in which a process becomes ready. Arrow looks once, and again where
    pandas is needed.
    """
    finder: Any = _NoPandas
    sys.meta_path.insert(0, finder)
    pa.array([])
    sys.meta_path.remove(finder)


def main() -> None:
    """Answer questions until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started us ends us
    pa.set_cpu_count(1)  # there is a process for each core
    pa.set_io_thread_count(1)
    _without_pandas()
    questions = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        # Whatever prints must not print into the pipe.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        answer = _received(questions).prepared()
        _send(answers, None)
        with suppress(EOFError):
            while True:
                question = _received(questions)
                try:
                    told = True, answer(question)
                except B12GuideError as error:
                    told = False, error
                except Exception as error:  # noqa: BLE001 -- told by the one who asked
                    told = False, f"{type(error).__name__}: {error}"
                _send(answers, told)


_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from b12guide.cohort.processes import main; main()"
)


# ------------------------------------------------------------------------- this end


@frozen(eq=False)
class Worker:
    """One process."""

    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls) -> Worker:
        """Start a process, without waiting for it.

        Raises:
            WorkerError: The system does not let it.
        """
        try:
            process = subprocess.Popen(  # noqa: S603 -- this interpreter, our own words
                [sys.executable, "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            message = (
                f"no other process can be started ({error}); `workers=1` needs none"
            )
            raise WorkerError(message) from error
        return cls(process)

    @property
    def _to(self) -> BinaryIO:
        return cast("BinaryIO", self.process.stdin)

    def prepare(self, task: Task) -> None:
        """Give it its task, and return when it is ready for a question.

        Raises:
            WorkerError: It ended before its time.
        """
        with suppress(OSError):  # that it is dead shows when it is to answer
            pickle.dump(sys.path, self._to)
            _send(self._to, task)
        self._answer()

    def ask(self, question: Any) -> Any:
        """What it answers.

        Raises:
            WorkerError: It failed, or ended before its time.
            B12GuideError: The answer is an error of this kind.
        """
        with suppress(OSError):  # that it is dead shows when it is to answer
            _send(self._to, question)
        is_well, found = self._answer()
        if is_well:
            return found
        if isinstance(found, B12GuideError):
            raise found
        message = f"b12guide made a mistake of its own in another process ({found})"
        raise WorkerError(message)

    def _answer(self) -> Any:
        try:
            return _received(cast("BinaryIO", self.process.stdout))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            code = self.process.wait()
            message = (
                "a process that works on a part of the cohort ended before its time "
                f"(code {code}); with `workers=1` everything stays in one process"
            )
            raise WorkerError(message) from error

    def end(self) -> None:
        """End it at once, whatever it is doing. Nobody may be asking it any more."""
        self.process.kill()

    def close(self) -> None:
        """Tidy up after it was ended."""
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not sent is not wanted any more
                    pipe.close()
