"""The page lays a regimen out on the same days, in the same words, as the library."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pytest
from attrs import evolve
from hypothesis import strategies as st

import b12guide
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Regimens, RuleGraph
from b12guide.library import shipped
from b12guide.page.advice import advice_data
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.pipeline import load
from b12guide.regimen.model import Regimen
from b12guide.show.timeline_data import timeline_rows
from b12guide.show.timeline_page import told
from b12guide.timeline.plan import plan
from b12guide.values.term import Kind
from tests.page.drawing import drawn
from tests.page.in_node import in_node
from tests.strategies.schedules import regimens
from tests.strategies.shipped import patients

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")
DEFICIENT = Patient(facts={"b12_deficiency": True}, otherwise=Otherwise.ABSENT)

GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)
SAID = """data => data.cases.map(one => {
  const found = b12guide.timelineOf(data.advice, one.answer, one.options);
  if ("refused" in found) return found;
  const unplaced = found.unplaced.map(({text, rules, statements}) => ({text, rules, statements}));
  return {entries: found.rows, unplaced, notices: found.notices, assumptions: found.assumptions};
})"""


def dated(graph: RuleGraph, luck: random.Random, start: dt.date) -> dict[str, dt.date]:
    """Some events of a guideline, each expected on a day."""
    events = [n for n, f in graph.vocabulary.facts.items() if f.kind is Kind.EVENT]
    some = luck.sample(events, min(len(events), luck.choice([0, 0, 1, 3])))
    return {name: start + dt.timedelta(luck.randrange(300)) for name in some}


def said_of(answer: Recommendation, luck: random.Random) -> tuple[Json, Json]:
    """What Node is given of an answer, and what the library says of it on a calendar."""
    start = dt.date(2023, 12, 20) + dt.timedelta(luck.randrange(900))
    events = dated(answer.graph, luck, start)
    until = start + dt.timedelta(luck.choice([30, 200, 365, 900]))
    timeline = plan(answer, start, until=until, events=events)
    options = {
        "start": start.isoformat(),
        "until": until.isoformat(),
        "events": {event: day.isoformat() for event, day in events.items()},
        "recorded": [n for n, v in answer.stated.values.items() if v is True],
    }
    unplaced = [
        {
            "text": one.text,
            "rules": list(one.rules),
            "statements": list(timeline.statements(one.rules)),
        }
        for one in timeline.unplaced
    ]
    expected = {
        "entries": timeline_rows(timeline),
        "unplaced": unplaced,
        "notices": list(told(timeline)),
        "assumptions": [one.name for one in timeline.assumptions],
    }
    return {"answer": answer.to_dict(), "options": options}, expected


def compared(graph: RuleGraph, cases: list[tuple[Json, Json]]) -> None:
    """Asks Node about all cases of a guideline, and compares key by key."""
    data = {"advice": advice_data(graph), "cases": [asked for asked, _ in cases]}
    found = in_node(SAID, data)

    for mine, (asked, expected) in zip(found, cases, strict=True):
        for key, value in expected.items():
            assert mine.get(key) == value, (key, asked["options"], mine.get("refused"))


@pytest.mark.parametrize("name", GUIDELINES)
def test_the_days_and_words_of_each_shipped_guideline_are_those_of_the_library(
    name: str,
) -> None:
    guideline = b12guide.load(name)
    luck = random.Random(name)  # noqa: S311 -- the same every time
    cases = []
    for stated in drawn(patients(guideline.graph), 40):
        with contextlib.suppress(PatientError):  # those who contradict themselves
            answer = recommend(guideline.evaluator, stated)
            cases.append(said_of(answer, luck))

    assert len(cases) > 15
    compared(guideline.graph, cases)


def with_regimens(
    graph: RuleGraph, loading: Iterable[Regimen], maintenance: Iterable[Regimen]
) -> RuleGraph:
    """The guideline with these regimens to choose from."""
    values = {"loads": tuple(loading), "maintains": tuple(maintenance)}
    rules = {
        name: evolve(rule, value=Regimens(regimens=values[name]))
        if name in values
        else rule
        for name, rule in graph.rules.items()
    }
    return evolve(graph, rules=rules, digest="")


def test_schedules_of_every_shape_are_laid_out_on_the_same_days() -> None:
    template = load(Path(__file__).parents[1] / "property" / "any_schedule.gdl").graph
    luck = random.Random(5)  # noqa: S311 -- the same every time
    cases = []
    several = drawn(st.tuples(regimens(), regimens()), 250)
    for loading, maintenance in several:
        graph = with_regimens(template, [loading], [maintenance])
        answer = recommend(Evaluator.of(graph), state(DEFICIENT, graph))
        cases.append(said_of(answer, luck))

    # The words of all of them are those of a guideline that has them all.
    compared(with_regimens(template, *zip(*several, strict=True)), cases)


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"start": "2026-02-30"}, "is no day"),
        ({"start": "2026-02-01", "until": "2026-01-01"}, "before the first day"),
        ({"start": "2026-02-01", "until": "2226-01-01"}, "longer than 120 years"),
        (
            {"start": "2026-02-01", "events": {"neurological_plateau": "2026-01-01"}},
            "enter it among the facts",
        ),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(
    options: dict[str, Any], refused: str
) -> None:
    guideline = b12guide.load("mecobalamin_im")
    answer = guideline.recommend({"b12_deficiency": True}).to_dict()
    data = {
        "advice": advice_data(guideline.graph),
        "cases": [{"answer": answer, "options": options}],
    }

    (found,) = in_node(SAID, data)

    assert refused in found["refused"]


def test_the_calendar_file_is_read_back_entry_by_entry() -> None:
    icalendar = pytest.importorskip("icalendar", reason="the extra calendar")
    guideline = b12guide.load("mecobalamin_im")
    patient = {"b12_deficiency": True, "bariatric_procedure": "roux_en_y"}
    answer = recommend(
        guideline.evaluator, state(Patient(facts=patient), guideline.graph)
    )
    asked, expected = said_of(answer, random.Random(1))  # noqa: S311 -- the same every time
    title = "A title; with a comma, a \\ and µg ∙ " + "long " * 20
    data = {
        "advice": advice_data(guideline.graph),
        **asked,
        "of": {"name": "mecobalamin_im", "title": title, "reminder": "For education."},
    }
    body = """data => b12guide.calendarFile(
        data.advice, data.answer, b12guide.timelineOf(data.advice, data.answer, data.options),
        data.of)"""

    text = in_node(body, data)
    calendar = icalendar.Calendar.from_ical(text)
    events = calendar.walk("VEVENT")

    assert text == in_node(body, data)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    escaped = title.replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,")
    assert str(calendar["X-WR-CALNAME"]) == f"Timeline: {escaped}"
    dated = [one for one in expected["entries"] if one["earliest"]]
    assert len(events) == len(dated) > 5
    assert len({event["UID"] for event in events}) == len(events)
    for event, entry in zip(events, dated, strict=True):
        assert event.decoded("DTSTART").isoformat() == entry["earliest"]
        last = event.decoded("DTEND") - dt.timedelta(1)
        assert last.isoformat() == entry["latest"]
        said = event["DESCRIPTION"].lower()
        assert entry["text"].lower() in said
        assert ", ".join(entry["statements"]).lower() in said
        assert said.endswith("for education.")
