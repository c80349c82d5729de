"""The server: one conversation with an editor, and the work beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from threading import Condition, Event, Thread
from typing import Any, TypeAlias

from attrs import define, evolve, field, frozen
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from b12guide import __version__, written
from b12guide.diagnostics import Diagnostic, Label, in_order
from b12guide.editor.analysis import Analysis, Depth, deepen
from b12guide.editor.desk import Desk, Shelf
from b12guide.editor.whole_file import linted
from b12guide.editor.words import Mention, Named, mentions, named_at
from b12guide.lsp.protocol import SOURCE, ProtocolPlaces, published
from b12guide.text import Text

Job: TypeAlias = Callable[[Callable[[], bool]], None]
"""Work that may take long; it gets a function that says whether it was cancelled."""

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


PAUSE = 0.3
"""Seconds without a keystroke after which the longer work begins."""

Publish = Callable[[str, int | None, tuple[Diagnostic, ...]], None]


@frozen(eq=False)
class NamedWord:
    """A word that names something, in the guideline that its file is looked at with."""

    mention: Mention
    label: Label
    named: Named
    analysis: Analysis


@define(eq=False)
class Session:
    """The open files, their guidelines and what was published."""

    publish: Publish
    deepened: Callable[[], None]
    places: ProtocolPlaces = field(factory=ProtocolPlaces)
    desk: Desk = field(factory=Desk)
    versions: dict[str, int | None] = field(factory=dict)
    depths: dict[str, Depth] = field(factory=dict)
    _deep_of: dict[str, Analysis] = field(factory=dict)
    _found: dict[str, dict[str, tuple[Diagnostic, ...]]] = field(factory=dict)
    _told: dict[str, tuple[int | None, tuple[Diagnostic, ...]]] = field(factory=dict)
    _changed: dict[str, None] = field(factory=dict)
    _background: Background = field(factory=Background)
    _soon: asyncio.Handle | None = None
    _later: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------------------- files

    def put(self, name: str, characters: str, version: int | None) -> None:
        """Open a file, or take a change of it."""
        self.desk.put(name, characters)
        self.versions[name] = version
        self._touch(self.desk.mains(name))

    def close(self, name: str) -> None:
        """Let a file be what it is on the disk."""
        mains = self.desk.mains(name)
        self.desk.close(name)
        self.versions.pop(name, None)
        self._touch((*mains, *self.desk.mains(name)))

    def look_again(self) -> None:
        """Files on the disk have changed."""
        self.desk.forget()
        opened = (main for name in self.desk.texts for main in self.desk.mains(name))
        self._touch((*self._found, *opened))

    # ------------------------------------------------------------------- what is known

    def text(self, uri: str) -> Text | None:
        """The text of an open file."""
        return self.desk.texts.get(self.places.name(uri))

    def word(self, uri: str, position: types.Position) -> NamedWord | None:
        """The word at a position of an open file, if it names something."""
        text = self.text(uri)
        if text is None:
            return None
        analysis = self.analysis(text.name)
        offset = self.places.offset(text, position)
        found = named_at(analysis.draft, text.name, offset)
        if found is None:
            return None
        mention, label = found
        return NamedWord(mention, label, mention.named(analysis.scope), analysis)

    def analysis(self, name: str) -> Analysis:
        """What is known of the guideline that an open file belongs to."""
        return self.desk.analysis(self.main(name))

    def main(self, name: str) -> str:
        """The guideline that a file is looked at with: an open one if there is one."""
        mains = self.desk.mains(name)
        return next((main for main in mains if main in self.desk.texts), mains[0])

    def analyses(self, name: str) -> tuple[Analysis, ...]:
        """All guidelines that a file belongs to."""
        return tuple(self.desk.analysis(main) for main in self.desk.mains(name))

    def analyses_naming(self, name: str, named: Named) -> tuple[Analysis, ...]:
        """All guidelines that know what a file names: those that use its declaration, too."""
        mains = list(self.desk.mains(name))
        for analysis in self.analyses(name):
            for mention in mentions(analysis.draft, analysis.scope, named):
                label = analysis.draft.place(mention.text, mention.name.span)
                if mention.declares and label is not None:
                    mains += self.desk.mains(label.text.name)
        return tuple(self.desk.analysis(main) for main in dict.fromkeys(mains))

    def depth_now(self, name: str) -> Depth:
        """The longer work on the guideline that a file belongs to, done if it has to be."""
        main = self.main(name)
        analysis = self.desk.analysis(main)
        depth = self.depths.get(main)
        if depth is None or self._deep_of.get(main) is not analysis:
            depth = deepen(analysis, lambda: False) or Depth()
            self._went_deep(main, analysis, depth)
        return depth

    def diagnostics(self, name: str) -> tuple[Diagnostic, ...]:
        """What there is to say about a file, as far as it is known."""
        self.refresh()
        found = (by_file.get(name, ()) for by_file in self._found.values())
        return in_order(d for diagnostics in found for d in diagnostics)

    # ------------------------------------------------------------------------ publishing

    def _touch(self, mains: Iterable[str]) -> None:
        self._changed.update(dict.fromkeys(mains))
        if self._soon is None:
            loop = asyncio.get_running_loop()
            self._soon = loop.call_soon(self.refresh)

    def refresh(self) -> None:
        """Tell what is known right after a change."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if not self._changed:
            return
        changed, self._changed = tuple(self._changed), {}
        # Looked at at once are those that are open or known already, or else the first.
        desk = self.desk
        near = [
            main
            for main in changed
            if main in desk.texts or main in desk.known or main == changed[0]
        ]
        for main in near:
            self._tell(main)
        if self._later is not None:
            self._later.cancel()
        loop = asyncio.get_running_loop()
        far = tuple(main for main in changed if main not in near)
        self._later = loop.call_later(PAUSE, self._deepen, tuple(near), far)

    def _tell(self, main: str) -> None:
        analysis = self.desk.analysis(main)
        if not any(name in self.desk.texts for name in analysis.draft.readings):
            self._background.drop(main)
            self.depths.pop(main, None)
            self._say(main, ())
            return
        depth = self.depths.get(main)
        deep = () if depth is None else depth.diagnostics
        self._say(main, analysis.placed((*analysis.diagnostics, *deep)))

    def _say(self, main: str, diagnostics: Iterable[Diagnostic]) -> None:
        found: dict[str, tuple[Diagnostic, ...]] = {}
        for diagnostic in diagnostics:
            place = diagnostic.place
            name = main if place is None else place.text.name
            found[name] = (*found.get(name, ()), diagnostic)
        names = {main, *found, *self._found.pop(main, {})}
        if main in self.desk.known:
            names |= (
                self.desk.known[main].draft.readings.keys() & self.desk.texts.keys()
            )
        if found:
            self._found[main] = found
        for name in sorted(names):
            self._publish(name)

    def _publish(self, name: str) -> None:
        found = (by_file.get(name, ()) for by_file in self._found.values())
        told = in_order(d for some in found for d in some)
        before, now = self._told.get(name), (self.versions.get(name), told)
        if before == now or (before is None and now == (None, ())):
            return
        self._told[name] = now
        self.publish(name, *now)

    # --------------------------------------------------------------------------- in depth

    def _deepen(self, near: tuple[str, ...], far: tuple[str, ...]) -> None:
        self._later = None
        loop = asyncio.get_running_loop()
        for main in near:
            analysis = self.desk.analysis(main)
            self._background.ask(main, partial(self._go_deep, loop, main, analysis))
        for main in far:
            shelf, stamp = self.desk.shelf(main), self.desk.stamp
            self._background.ask(main, partial(self._go_far, loop, shelf, stamp))

    def _go_deep(
        self,
        loop: asyncio.AbstractEventLoop,
        main: str,
        analysis: Analysis,
        is_cancelled: Callable[[], bool],
    ) -> None:
        depth = deepen(analysis, is_cancelled)
        if depth is None or is_cancelled():
            return
        loop.call_soon_threadsafe(self._went_deep, main, analysis, depth)
        more = linted(analysis, depth)
        if more and not is_cancelled():
            found = (*depth.diagnostics, *more)
            depth = evolve(depth, diagnostics=found)
            loop.call_soon_threadsafe(self._went_deep, main, analysis, depth)

    def _went_deep(self, main: str, analysis: Analysis, depth: Depth) -> None:
        if self.desk.known.get(main) is analysis:
            self.depths[main] = depth
            self._deep_of[main] = analysis
            self._tell(main)
            self.deepened()

    def _go_far(
        self,
        loop: asyncio.AbstractEventLoop,
        shelf: Shelf,
        stamp: int,
        is_cancelled: Callable[[], bool],
    ) -> None:
        """Check a guideline that is not open, in which something that is open is used."""
        found = written.check(shelf).diagnostics

        def say() -> None:
            if self.desk.stamp == stamp:
                self._say(shelf.main.name, found)

        if not is_cancelled():
            loop.call_soon_threadsafe(say)


Feature: TypeAlias = tuple[str, Callable[..., Any], Any]
"""The method of the protocol, what answers it, and its options."""


class Protocol(LanguageServerProtocol):
    """The protocol, without the copies of open files that pygls would keep."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message; one that is a request and cannot be understood is answered."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if isinstance(data.get("id"), int | str) and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def _to_feature(self, method: str, params: Any) -> Iterator[Any]:
        yield self.fm.features[method], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: Any) -> Any:
        """A file is opened."""
        yield from self._to_feature(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: Any) -> Any:
        """An open file is changed."""
        yield from self._to_feature(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: Any) -> Any:
        """A file is closed."""
        yield from self._to_feature(types.TEXT_DOCUMENT_DID_CLOSE, params)


class Server(LanguageServer):
    """A server with its session."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__, protocol_cls=Protocol)
        self.session = Session(self._publish, self._refresh)
        self.was_shut_down = False

    def _publish(
        self, name: str, version: int | None, found: tuple[Diagnostic, ...]
    ) -> None:
        places = self.session.places
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=places.uri(name),
                version=version,
                diagnostics=[published(diagnostic, places) for diagnostic in found],
            )
        )

    def _refresh(self) -> None:
        """Have the editor ask again for what follows from the longer work."""
        workspace = self.client_capabilities.workspace
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log the error for those who maintain the server; the author of a file is not told."""
        logging.getLogger(__name__).error("%s: %s", source.__name__, error)
