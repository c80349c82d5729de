"""Batches of a good size, looked at by a thread and by processes, with somebody waiting for them.

Whatever is done for a batch costs some milliseconds however few its rows are, so small batches are
gathered first. Threads cannot be interrupted from outside; so whatever may take long calls `go_on`
from time to time, says how far it is, and ends where nobody waits for it any more. That is how
Ctrl-C is heard at once, and how a progress bar moves while the first batch is still worked on.

A second thread would gain nothing, as both would wait for the interpreter. So there are other
processes where much is left to do: not before, since each has to begin anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from queue import SimpleQueue
from threading import Event
from time import thread_time
from typing import Any, TypeVar

import pyarrow as pa
from attrs import define, field, frozen

from b12guide.cohort.processes import Task, Worker, WorkerError, cores, stream_of

_WORTH = 4.0
"""Seconds of work left, of one processor, from which on other processes are started."""

_MOMENT = 0.1
"""Seconds after which the one who waits looks up: for Ctrl-C, and to tell how far the work is."""

Found = TypeVar("Found")


# -------------------------------------------------------------------------- gathering


def gathered(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order, `rows` at a time; batches without rows are left out."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        waiting.append(batch)
        count += batch.num_rows
        if count < rows:
            continue
        *whole, last = _together(waiting, rows)
        yield from whole
        if last.num_rows < rows:
            waiting, count = [last], last.num_rows
        else:
            yield last
            waiting, count = [], 0
    if waiting:
        yield from _together(waiting, rows)


def _together(batches: list[pa.RecordBatch], rows: int) -> list[pa.RecordBatch]:
    """The rows of some batches in as few as possible, none of more than `rows`.

    Not all batches can become one: together they may have more categories than their type can
    number, or more text than one column can hold.
    """
    try:
        found = batches[0] if len(batches) == 1 else pa.concat_batches(batches)
    except (pa.ArrowException, NotImplementedError):
        half = len(batches) // 2
        return [*_together(batches[:half], rows), *_together(batches[half:], rows)]
    return [found.slice(start, rows) for start in range(0, found.num_rows, rows)]


# ------------------------------------------------------------- a thread, and processes


class _NotWantedError(Exception):
    """Ends a thread whose answer nobody waits for; it is seen by nobody."""


@define(eq=False)
class _BatchWork:
    """A batch that is looked at.

    Attributes:
        width: How much of the whole it is, in whatever that is counted.
        share: How much of it is done, from 0 to 1.
        unwanted: Set when nobody waits for any part.
    """

    width: int
    unwanted: Event
    share: float = 0.0
    answer: Future[Any] = field(init=False)


_PART: ContextVar[_BatchWork | None] = ContextVar("part", default=None)


def go_on(share: float | None = None) -> None:
    """Tell how much of a batch is done, if it is known, and end here if nobody waits for it."""
    part = _PART.get()
    if part is None:
        return
    if part.unwanted.is_set():
        raise _NotWantedError
    if share is not None:
        part.share = share


@frozen(kw_only=True)
class Helpers:
    """Processes that may help with batches.

    Attributes:
        task: What they are for; they are asked with a batch as a stream, and the number of its
            first row.
        workers: How many processes work, this one included; as many as there are cores where much
            is left to do, if None.
        of: How far the work goes, counted as `tell` counts; None where nobody knows.
    """

    task: Task
    workers: int | None = None
    of: int | None = None

    @property
    def most(self) -> int:
        """How many processes work at most, this one included."""
        return self.workers or cores()

    def are_worth_it(self, spent: float, done: int) -> bool:
        """Whether enough is left to do, after so many seconds of work."""
        if self.workers is not None:
            return True
        if self.of is None:
            return spent >= _WORTH
        return done > 0 and spent * (self.of - done) / done >= _WORTH


class _Crew:
    """A thread of this process, and later other processes, each with one batch at a time."""

    def __init__(
        self, ask: Callable[[pa.RecordBatch, int], Any], helpers: Helpers | None
    ) -> None:
        self.ask, self.helpers = ask, helpers
        self.most = 1 if helpers is None else helpers.most
        self.pool = ThreadPoolExecutor(self.most)
        self.unwanted = Event()
        self.started: list[Worker] = []
        self.ready: list[Worker] = []
        self.idle: SimpleQueue[Callable[[pa.RecordBatch, int], Any]] = SimpleQueue()
        self.idle.put(self._ask_here)
        self.spent = 0.0

    def enlist(self, done: int) -> None:
        """Start the other processes if that is worth it, once so much is done."""
        helpers = self.helpers
        if (
            self.started
            or helpers is None
            or not helpers.are_worth_it(self.spent, done)
        ):
            return
        try:
            for _ in range(self.most - 1):
                self.started.append(Worker.start())
                self.pool.submit(self._prepare, self.started[-1], helpers.task)
        except WorkerError:
            self.most = 1
            if helpers.workers is not None:
                raise

    def take(self, batch: pa.RecordBatch, start: int, width: int) -> _BatchWork:
        """Have a batch looked at."""
        part = _BatchWork(width, self.unwanted)
        part.answer = self.pool.submit(self._attempt, part, batch, start)
        return part

    @property
    def room(self) -> int:
        """How many batches may be under way; where several work, one may be slow."""
        return 1 + 2 * len(self.ready)

    def dismiss(self) -> None:
        """End them all; a thread in the middle of something ends soon."""
        # Not even a thread that does not listen for a while holds up the one who interrupts.
        self.unwanted.set()
        for worker in self.started:
            worker.end()
        self.pool.shutdown(wait=False, cancel_futures=True)
        for worker in self.started:
            worker.close()

    def _prepare(self, worker: Worker, task: Task) -> None:
        with suppress(WorkerError):  # the one who asks it will see that it is dead
            worker.prepare(task)
        self.ready.append(worker)
        self.idle.put(lambda batch, start: worker.ask((stream_of(batch), start)))

    def _ask_here(self, batch: pa.RecordBatch, start: int) -> Any:
        begun = thread_time()
        found = self.ask(batch, start)
        self.spent += thread_time() - begun
        return found

    def _attempt(self, part: _BatchWork, batch: pa.RecordBatch, start: int) -> Any:
        asked = self.idle.get()
        _PART.set(part)
        try:
            go_on()
            return asked(batch, start)
        finally:
            part.share = 1.0
            _PART.set(None)
            self.idle.put(asked)


def in_order(
    ask: Callable[[pa.RecordBatch, int], Found],
    batches: Iterable[pa.RecordBatch],
    tell: Callable[[int], None] = lambda _: None,
    position: Callable[[], int] | None = None,
    helpers: Helpers | None = None,
) -> Generator[Found]:
    """What `ask` says of each batch and the number of its first row, in their order.

    At most a few batches are in memory. Anyone who does not want all answers closes the iterator:
    processes end at once, and the thread ends soon.

    Args:
        ask: It is called in a thread.
        batches: They are gone through in the thread that asks.
        tell: Told from time to time how far the work is, in the thread that asks.
        position: How far `batches` have been read; counted in rows if left out.
        helpers: Processes that answer as `ask` does.

    Raises:
        WorkerError: A process failed.
    """
    waiting: deque[_BatchWork] = deque()
    start = begin = done = 0

    def next_answer() -> Found:
        while True:
            tell(done + int(sum(part.width * part.share for part in waiting)))
            try:
                found: Found = waiting[0].answer.result(_MOMENT)
            except TimeoutError:
                if not waiting[0].answer.done():
                    continue
                raise
            return found

    tell(0)
    crew = _Crew(ask, helpers)
    try:
        for batch in batches:
            crew.enlist(done)
            end = position() if position is not None else start + batch.num_rows
            waiting.append(crew.take(batch, start, end - begin))
            start, begin = start + batch.num_rows, end
            while len(waiting) > crew.room:
                yield next_answer()
                done += waiting.popleft().width
        while waiting:
            yield next_answer()
            done += waiting.popleft().width
        tell(done)
    finally:
        crew.dismiss()
