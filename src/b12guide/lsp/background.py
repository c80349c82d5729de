"""Work that may take long, beside the conversation with the editor.

There is one thread, so that at most one thing is slow at a time. What is asked for anew takes the
place of what was asked for before: that is not begun any more, or told that nobody waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition, Event, Thread
from typing import TypeAlias

from attrs import define, field

__all__ = ["Background", "Job"]

Job: TypeAlias = Callable[[Callable[[], bool]], None]
"""Is given a function that says whether nobody waits any more."""

_LOG = logging.getLogger(__name__)


@define(eq=False)
class Background:
    """A thread that does one job after the other; the thread ends with the process."""

    _waiting: dict[str, Job] = field(factory=dict, init=False)
    _running: dict[str, Event] = field(factory=dict, init=False)
    _changed: Condition = field(factory=Condition, init=False)
    _thread: Thread | None = field(default=None, init=False)

    def ask(self, subject: str, job: Job) -> None:
        """Have a job done, in the place of any other on this subject."""
        with self._changed:
            self.drop(subject)
            self._waiting[subject] = job
            if self._thread is None:
                self._thread = Thread(target=self._work, daemon=True)
                self._thread.start()
            self._changed.notify()

    def drop(self, subject: str) -> None:
        """Wait no more for the job on a subject."""
        with self._changed:
            self._waiting.pop(subject, None)
            if subject in self._running:
                self._running[subject].set()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                subject = next(iter(self._waiting))
                job = self._waiting.pop(subject)
                cancelled = Event()
                self._running[subject] = cancelled
            try:
                job(cancelled.is_set)
            except Exception:  # noqa: BLE001 - the next job is to be done all the same
                _LOG.exception("a job on `%s` failed", subject)
            with self._changed:
                del self._running[subject]
