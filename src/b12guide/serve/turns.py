"""Turns: so many pieces of work at once, so many that wait, and the others come back later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

from attrs import define, field

from b12guide.serve.refusal import refused

T = TypeVar("T")


@define(eq=False)
class Turns:
    """Threads that work, and those who wait for one.

    Attributes:
        at_once: How many work at the same time.
        waiting: How many more may wait.
        busy: How many work or wait now.
    """

    at_once: int
    waiting: int
    threads: ThreadPoolExecutor = field(init=False)
    busy: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.threads = ThreadPoolExecutor(self.at_once, "b12guide")

    def refuse_more(self) -> None:
        """Refuse a question where as many are waiting as may wait.

        Raises:
            RequestError: There are (503).
        """
        if self.busy >= self.at_once + self.waiting:
            raise refused(
                503,
                "SRV013",
                "too many questions are waiting",
                "as many questions are waiting as may wait",
                "ask again in a second",
                {"retry-after": "1"},
            )

    async def take(self, work: Callable[[], T]) -> T:
        """What `work` gives, as soon as it has its turn.

        Raises:
            RequestError: Too many are waiting.
        """
        return await asyncio.shield(self._begun(work))

    async def take_while(
        self, work: Callable[[], T], left: Awaitable[object]
    ) -> T | None:
        """The same; None, and the turn is given up, if `left` comes before it.

        What has begun goes on to its end: a thread cannot be stopped.

        Args:
            work: What is to be done.
            left: Comes to an end when nobody waits for it any more.

        Raises:
            RequestError: Too many are waiting.
        """
        has_begun = Event()

        def beginning() -> T:
            has_begun.set()
            return work()

        running = self._begun(beginning)
        leaving = asyncio.ensure_future(left)
        both: set[asyncio.Future[Any]] = {running, leaving}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
        if running.done():
            return running.result()
        if not has_begun.is_set():
            running.cancel()
        return None

    def _begun(self, work: Callable[[], T]) -> asyncio.Future[T]:
        self.refuse_more()
        self.busy += 1
        try:
            running = asyncio.get_running_loop().run_in_executor(self.threads, work)
        except BaseException:
            self.busy -= 1
            raise
        running.add_done_callback(self._done)  # even where the client has left
        return running

    def _done(self, _: asyncio.Future[Any]) -> None:
        self.busy -= 1
