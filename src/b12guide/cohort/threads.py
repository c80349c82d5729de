"""Batches of a good size, looked at by several threads, with somebody waiting for the answers.

Whatever is done for a batch costs some milliseconds however few its rows are, so small batches are
gathered first. Threads cannot be interrupted from outside; so whatever may take long calls `go_on`
from time to time, says how far it is, and ends where nobody waits for it any more. That is how
Ctrl-C is heard at once, and how a progress bar moves while the first batch is still worked on.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from threading import Event
from typing import Any, TypeVar

import pyarrow as pa
from attrs import define, field

_MOST_WORKERS = 4
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


# ---------------------------------------------------------------------------- threads


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


def in_order(
    ask: Callable[[pa.RecordBatch, int], Found],
    batches: Iterable[pa.RecordBatch],
    tell: Callable[[int], None] = lambda _: None,
    position: Callable[[], int] | None = None,
) -> Generator[Found]:
    """What `ask` says of each batch and the number of its first row, in their order.

    Several batches are looked at at once, and at most a few are in memory. Anyone who does not want
    all answers closes the iterator, and the threads end soon.

    Args:
        ask: It is called in threads.
        batches: They are gone through in the thread that asks.
        tell: Told from time to time how far the work is, in the thread that asks.
        position: How far `batches` have been read; counted in rows if left out.
    """
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    waiting: deque[_BatchWork] = deque()
    unwanted = Event()
    start = begin = done = 0

    def attempt(part: _BatchWork, batch: pa.RecordBatch, start: int) -> Found:
        _PART.set(part)
        try:
            go_on()
            return ask(batch, start)
        finally:
            part.share = 1.0
            _PART.set(None)

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
    pool = ThreadPoolExecutor(workers)
    try:
        for batch in batches:
            end = position() if position is not None else start + batch.num_rows
            part = _BatchWork(end - begin, unwanted)
            part.answer = pool.submit(attempt, part, batch, start)
            waiting.append(part)
            start, begin = start + batch.num_rows, end
            if len(waiting) > workers:
                yield next_answer()
                done += waiting.popleft().width
        while waiting:
            yield next_answer()
            done += waiting.popleft().width
        tell(done)
    finally:
        # Not even a thread that does not listen for a while holds up the one who interrupts.
        unwanted.set()
        pool.shutdown(wait=False, cancel_futures=True)
