"""A history that is pasted into the page: how it is read, and what is said to depart."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings

import b12guide
from b12guide.audit.event import Given
from b12guide.audit.history import history_from
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.recommend import recommend
from b12guide.guideline import Guideline
from b12guide.library import shipped
from b12guide.page.advice import advice_data
from b12guide.page.spellings import history_json
from b12guide.patient.model import Otherwise, Patient, Stated
from b12guide.patient.stated import state
from b12guide.timeline.plan import Pick, as_history, plan
from tests.page.in_node import in_node
from tests.strategies.shipped import patients

Json: TypeAlias = dict[str, Any]
GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)
SAID = """data => data.cases.map(
    ({answer, text, recorded, on}) => b12guide.compareText(data, answer, text, recorded, on))"""


def drawn(guideline: Guideline, count: int) -> list[Stated]:
    """Patients of whom all is known, the same ones every time."""
    found: list[Stated] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(patients(guideline.graph))
    def draw(patient: Stated) -> None:
        found.append(patient)

    draw()
    return found


def case(answer: Recommendation, rows: list[Json], on: str | None = None) -> Json:
    recorded = [n for n, v in answer.stated.values.items() if v is True]
    return {
        "answer": answer.to_dict(),
        "text": json.dumps(rows),
        "recorded": recorded,
        "on": on,
    }


def compared(guideline: Guideline, cases: list[Json]) -> list[Json]:
    graph = guideline.graph
    data = {"advice": advice_data(graph), "history": history_json(graph)}
    found: list[Json] = in_node(SAID, {**data, "cases": cases})
    return found


def asked(facts: Json, otherwise: Otherwise = Otherwise.ABSENT) -> Recommendation:
    guideline = b12guide.load("mecobalamin_im")
    stated = state(Patient(facts=facts, otherwise=otherwise), guideline.graph)
    return recommend(guideline.evaluator, stated)


@pytest.mark.parametrize("name", GUIDELINES)
def test_whoever_follows_a_timeline_is_found_to_follow_it(name: str) -> None:
    guideline = b12guide.load(name)
    cases, start, until = [], dt.date(2024, 1, 8), dt.date(2025, 3, 1)
    for stated in drawn(guideline, 40):
        with contextlib.suppress(PatientError):
            answer = recommend(guideline.evaluator, stated)
            timeline = plan(answer, start, until=until)
            for pick in Pick:
                # A dose of which the guideline names no drug is no row of a history.
                every = as_history(timeline, pick)
                rows = [row for row in every if "" not in row.values()]
                cases.append(case(answer, rows))

    for one, found in zip(cases, compared(guideline, cases), strict=True):
        assert found["bad"] == []
        assert found["departures"] == [], one["text"]


DOSE = {"dose": "hydroxocobalamin", "amount": "1000 µg", "route": "intramuscular"}
BYPASS = {"b12_deficiency": True, "bariatric_procedure": "roux_en_y"}


def doses(*days: str, **other: str) -> list[Json]:
    return [{"on": day, **DOSE, **other} for day in days]


LOADED = doses(
    *(
        "2024-01-08",
        "2024-01-10",
        "2024-01-12",
        "2024-01-15",
        "2024-01-17",
        "2024-01-19",
    )
)


@pytest.mark.parametrize(
    ("rows", "kind", "told"),
    [
        (
            [*LOADED, *doses("2024-04-19", "2024-09-01")],
            "gap",
            "135 days between two doses; the answer says every 3 months",
        ),
        (
            [*LOADED[:2], *doses("2024-04-05")],
            "course",
            "2 doses from 2024-01-08 to 2024-01-22; the answer says 6 doses",
        ),
        (
            [*LOADED, *doses("2024-04-19", amount="250 µg")],
            "amount",
            "250 µg of hydroxocobalamin; the answer says",
        ),
        (
            [*LOADED, *doses("2024-04-19", route="oral")],
            "route",
            "hydroxocobalamin by mouth; the answer says: by intramuscular injection",
        ),
        (
            [{"on": "2024-01-02", "start": "folic_acid", "amount": "5 mg"}, *LOADED],
            "waiting",
            "folic acid was begun before the treatment; the answer says: no folic acid until",
        ),
    ],
)
def test_a_departure_is_told_with_its_rows_rules_and_days(
    rows: list[Json], kind: str, told: str
) -> None:
    answer = asked(BYPASS)
    (found,) = compared(b12guide.load("mecobalamin_im"), [case(answer, rows)])

    one = next(each for each in found["departures"] if each["kind"] == kind)
    assert told in one["text"]
    assert one["rows"] != []
    assert one["rules"] != []
    assert set(one["rules"]) <= set(answer.graph.rules)


def test_a_drug_that_is_ruled_out_is_told_once_for_all_its_doses() -> None:
    answer = asked({"b12_deficiency": True, "egfr": "38 mL/min"})
    rows = doses("2024-01-08", "2024-01-10", dose="cyanocobalamin")
    (found,) = compared(b12guide.load("mecobalamin_im"), [case(answer, rows)])

    (one,) = [each for each in found["departures"] if each["kind"] == "drug"]
    assert one["text"] == ("cyanocobalamin was given; it is to be avoided, 2 times")
    assert one["rows"] == [1, 2]


def test_a_dose_of_another_form_is_no_gap_and_is_told() -> None:
    rows = [*LOADED, *doses("2024-04-19", "2024-10-01")]
    rows.insert(7, {**rows[0], "on": "2024-07-15", "dose": "cyanocobalamin"})
    (found,) = compared(b12guide.load("mecobalamin_im"), [case(asked(BYPASS), rows)])

    assert found["departures"] == []
    assert any("no dose of cyanocobalamin" in text for text in found["left"])


def test_a_silence_after_the_last_dose_is_told_only_where_a_last_day_is_given() -> None:
    guideline, answer = b12guide.load("mecobalamin_im"), asked(BYPASS)
    rows = [*LOADED, *doses("2024-04-19")]
    cases = [case(answer, rows), case(answer, rows, "2025-01-01")]
    without, with_day = compared(guideline, cases)

    assert without["departures"] == []
    assert [one["kind"] for one in with_day["departures"]] == ["gap"]


def test_what_is_not_looked_at_is_always_said() -> None:
    guideline = b12guide.load("mecobalamin_im")
    open_ = asked({"b12_deficiency": True}, Otherwise.UNKNOWN)
    found = compared(guideline, [case(asked(BYPASS), LOADED), case(open_, LOADED)])

    for one in found:
        assert any("Tests" in text for text in one["left"])
    assert any("loading doses was not compared" in text for text in found[1]["left"])


# ------------------------------------------------------------------------------ reading


def as_table(rows: list[Json], mark: str) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    table = csv.DictWriter(text, names, delimiter=mark)
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_table_is_read_as_the_same_rows_in_json(mark: str) -> None:
    rows = [
        {**LOADED[0], "note": 'said "well", and; more\nlines'},
        {"on": "2024-02-01", "event": "neurological_plateau"},
        {"on": "2024-03-01", "test": "serum_b12", "value": "410 pg/mL"},
        {"on": "2024-04-01", "start": "folic_acid", "amount": "5 mg"},
    ]
    guideline, answer = b12guide.load("mecobalamin_im"), asked(BYPASS)
    table = {**case(answer, rows), "text": as_table(rows, mark)}
    both = compared(guideline, [case(answer, rows), table])

    assert both[0]["bad"] == both[1]["bad"] == []
    assert both[0]["happenings"] == both[1]["happenings"]
    assert len(both[0]["happenings"]) == 4


def test_names_are_read_as_the_library_reads_them() -> None:
    guideline = b12guide.load("mecobalamin_im")
    written = ["hydroxocobalamin", "Hydroxocobalamin", "B03BA03", "atc B03BA03"]
    rows = [
        {"on": f"2024-01-0{number}", "dose": name, "amount": "1 mg", "route": "IM"}
        for number, name in enumerate(written, start=1)
    ]
    (found,) = compared(guideline, [case(asked(BYPASS), rows)])
    events = history_from(rows, guideline.graph).events

    assert found["bad"] == []
    assert [(one["name"], one["route"]) for one in found["happenings"]] == [
        (event.drug, event.route) for event in events if isinstance(event, Given)
    ]


@pytest.mark.parametrize(
    ("row", "told", "remedy"),
    [
        ({"on": "2024-02-30", **DOSE}, "is not a day", "2025-03-05"),
        (DOSE, "lacks its day", "2025-03-05"),
        ({"on": "2024-02-03"}, "does not say what happened", "one of dose"),
        ({"on": "2024-02-03", "dose": "water"}, "is not known here", "There are"),
        ({"on": "2024-02-03", **DOSE, "amount": "1000"}, "with its unit", "1000 µg"),
        ({"on": "2024-02-03", **DOSE, "amount": "900 g"}, "not a plausible", "Check"),
        ({"on": "2024-02-03", **DOSE, "nurse": "A."}, "is no field", "Leave out"),
    ],
)
def test_a_bad_row_is_told_with_its_number_and_the_others_are_read(
    row: Json, told: str, remedy: str
) -> None:
    rows = [LOADED[0], row, LOADED[1]]
    (found,) = compared(b12guide.load("mecobalamin_im"), [case(asked(BYPASS), rows)])

    (bad,) = found["bad"]
    assert bad["row"] == 2
    assert told in bad["text"]
    assert remedy in bad["remedy"]
    assert [one["row"] for one in found["happenings"]] == [1, 3]


@pytest.mark.parametrize("text", ["", "[", "[1, 2]", '{"on": 1}', "a,b\n1,2", "[[]]"])
def test_what_is_no_history_is_refused_in_words(text: str) -> None:
    one = {**case(asked(BYPASS), []), "text": text}
    (found,) = compared(b12guide.load("mecobalamin_im"), [one])

    assert found["bad"][0]["text"] != ""
    assert found["happenings"] == []
