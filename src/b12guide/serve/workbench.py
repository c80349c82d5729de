"""A process in which drafts are worked on, so that none of them can keep the service busy.

A text that a stranger wrote may be made to take long or to need much memory, and a thread cannot be
stopped. So drafts are read in a process of their own, at the other end of two pipes, one line of
JSON for each question and one for each answer. Where an answer does not come in time, the process
is ended, and the next question starts another. It ends when its pipe is closed, and so does not
outlive the service.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import weakref
from contextlib import suppress
from importlib import import_module
from threading import Event, Timer
from typing import IO, Any

from attrs import define, field

from b12guide.serve.drafts import Draft, Drafting
from b12guide.serve.refusal import RequestError, refused
from b12guide.serve.spelled import as_bytes

_PATIENCE = 60.0
"""Seconds until a process has opened b12guide, on a machine that is slow or has much to do."""
_MEMORY = 2 << 30
"""The bytes that a process may have, where the system can hold it to that."""
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from b12guide.serve.workbench import main; main()"
)


# ------------------------------------------------------------------------- the other end


def main() -> None:
    """Answer questions until the pipe is closed."""
    with suppress(ValueError, OSError):  # the one who started us ends us
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    _modestly()
    questions = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        # Whatever prints must not print into the pipe.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        drafting = Drafting()
        answers.write(b"{}\n")
        answers.flush()
        with suppress(AttributeError, OSError):  # answers about patients go first
            os.nice(5)
        for line in questions:
            asked = json.loads(line)
            try:
                told: dict[str, Any] = {
                    "answer": drafting.answer(asked["verb"], Draft(**asked["draft"]))
                }
            except (MemoryError, RecursionError):
                return  # the one who asked sees that there is no answer
            except Exception as error:  # noqa: BLE001 -- told by the one who asked
                told = {"mistake": type(error).__name__}
            answers.write(as_bytes(told) + b"\n")
            answers.flush()


def _modestly() -> None:
    """Take no more memory than is allowed."""
    with suppress(ImportError, AttributeError, ValueError, OSError):
        resource = import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


# ---------------------------------------------------------------------------- this end


class MistakeError(Exception):
    """A mistake of our own, in the other process."""


@define(eq=False)
class Workbench:
    """A process for drafts, started when there is something to do; one question at a time.

    Attributes:
        seconds: How long an answer may take.
    """

    seconds: float
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def ask(self, verb: str, draft: Draft) -> dict[str, Any]:
        """What there is to say of a draft.

        Raises:
            RequestError: It takes too long, or too much memory (422).
            MistakeError: Something went wrong that has nothing to do with the draft.
        """
        asked = {
            "verb": verb,
            "draft": {
                "text": draft.text,
                "beside": dict(draft.beside),
                "file": draft.file,
                "at": draft.at,
                "deep": draft.deep,
            },
        }
        process = self._process or self._start()
        try:
            told = _exchanged(process, as_bytes(asked), self.seconds)
        except TimeoutError as error:
            self._give_up(process)
            raise _too_slow(self.seconds) from error
        except EOFError as error:
            self._give_up(process)
            raise _too_large() from error
        if "mistake" in told:
            raise MistakeError(told["mistake"])
        found: dict[str, Any] = told["answer"]
        return found

    def be_ready(self) -> None:
        """Start the process, so that the first question need not wait for it.

        Raises:
            MistakeError: It cannot be started.
        """
        if self._process is None:
            self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 -- this interpreter, our own words
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, _end, process)
        try:
            _exchanged(process, as_bytes(sys.path), _PATIENCE)
        except (TimeoutError, EOFError) as error:
            _end(process)
            message = "it cannot be started"
            raise MistakeError(message) from error
        self._process = process
        return process

    def _give_up(self, process: subprocess.Popen[bytes]) -> None:
        _end(process)
        self._process = None


def _exchanged(
    process: subprocess.Popen[bytes], line: bytes, seconds: float
) -> dict[str, Any]:
    """What comes back for a line.

    Raises:
        TimeoutError: Nothing comes in time; the process is ended.
        EOFError: The process has ended.
    """
    to, from_ = _pipes(process)
    was_late = Event()

    def end() -> None:
        was_late.set()
        process.kill()

    late = Timer(seconds, end)
    late.daemon = True
    late.start()
    try:
        to.write(line + b"\n")
        to.flush()
        answer = from_.readline()
    except OSError:
        answer = b""
    finally:
        late.cancel()
    if was_late.is_set():
        raise TimeoutError
    if not answer.endswith(b"\n"):
        raise EOFError
    found: dict[str, Any] = json.loads(answer)
    return found


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise MistakeError
    return process.stdin, process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, whatever it is doing, and tidy up after it."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not sent is not wanted any more
                pipe.close()


def _too_slow(seconds: float) -> RequestError:
    return refused(
        422,
        "SRV021",
        "this draft takes too long",
        f"there was no answer within {seconds:g} seconds",
        "save the file and run `b12guide test`, `b12guide prove` or `b12guide check` on it, which "
        "take the time that it needs",
    )


def _too_large() -> RequestError:
    return refused(
        422,
        "SRV022",
        "this draft needs too much memory",
        "the process that worked on it had to be given up",
        "take out what you added last, or save the file and run `b12guide check` on it",
    )
