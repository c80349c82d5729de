"""What is due as a calendar (iCalendar): one entry for each dose and each test that has days."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from b12guide.due.model import Due, DueDose, DueTest, Timing
from b12guide.extras import load
from b12guide.say.names import test_text
from b12guide.say.words import capitalised, listing
from b12guide.show.due_page import accepted_text, dose_title, dose_what
from b12guide.show.patient_header import reminder, unaddressed

_DAY = dt.timedelta(days=1)


def due_to_ics(due: Due) -> str:
    """What is due as the text of an `.ics` file.

    Raises:
        MissingExtraError: The extra `calendar` is not installed.
    """
    ical: Any = load("icalendar", extra="calendar")
    graph = due.graph
    calendar = ical.Calendar()
    calendar.add("prodid", "-//b12guide//due//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"What is due: {graph.title}")
    said = [f"Not addressed: {one.text}" for one in unaddressed(due.silences, graph)]
    said += [f"{capitalised(notice)}." for notice in due.notices]
    said += [
        f"Without a day: {title}: {item.text or item.timing(due.on).value}."
        for item, title in _titled(due)
        if _first_day(item) is None
    ]
    calendar.add("x-wr-caldesc", " ".join([*said, reminder(graph)]))
    for item, title in _titled(due):
        first = _first_day(item)
        if first is not None:
            calendar.add_component(_event(ical, item, title, first, due))
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _titled(due: Due) -> Iterator[tuple[DueDose | DueTest, str]]:
    """The doses that are asked for and the tests, each with its title."""
    for dose in due.doses:
        if not dose.is_optional:
            yield dose, dose_title(dose)
    for test in due.tests:
        names = listing(test_text(due.graph, name) for name in test.tests)
        yield test, f"Test: {names}"


def _first_day(item: DueDose | DueTest) -> dt.date | None:
    """The day on which its entry begins; what is held back has none."""
    return None if item.held_back else item.days.recommended or item.days.earliest


def _event(
    ical: Any, item: DueDose | DueTest, title: str, first: dt.date, due: Due
) -> Any:
    last = max(first, item.days.latest or first)
    timing = item.timing(due.on)
    event = ical.Event()
    event.add("uid", _identity(item, title, due))
    midnight = dt.datetime.combine(due.on, dt.time(), dt.UTC)
    event.add(
        "dtstamp", midnight
    )  # the day asked for: a clock would change each export
    event.add("dtstart", first)
    event.add("dtend", last + _DAY)
    late = {Timing.OVERDUE, Timing.PERHAPS_OVERDUE}
    event.add("summary", f"{title} ({timing.value})" if timing in late else title)
    event.add("description", "\n".join(filter(None, _described(item, due))))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if item.certain else "TENTATIVE")
    event.add("categories", ["dose" if isinstance(item, DueDose) else "test"])
    return event


def _described(item: DueDose | DueTest, due: Due) -> Iterable[str]:
    graph = due.graph
    if isinstance(item, DueDose):
        yield capitalised(dose_what(item, graph))
    yield capitalised(accepted_text(item.days))
    yield capitalised(item.text)
    for missing in item.why_open:
        yield f"Not certain: {missing.text}"
    statements = ", ".join(due.statements(item.rules))
    yield f"Statements: {statements}" if statements else ""
    for silence in unaddressed(due.silences, graph):
        yield f"Not addressed: {silence.text}"
    yield reminder(graph)


def _identity(item: DueDose | DueTest, title: str, due: Due) -> str:
    """The same for the same dose asked about on another day, so that a calendar moves it."""
    parts = (due.graph.name, title, *item.rules)
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{digest[:32]}@b12guide"
