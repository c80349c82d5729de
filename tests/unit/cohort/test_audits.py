"""The audits of a cohort are the audits of its patients, whatever the frame and the processes."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from b12guide import Guideline, PatientError, UnknownNameError, load
from b12guide.cohort.audits import Adherence, CohortAudit, Spacing
from b12guide.cohort.processes import WorkerError
from b12guide.errors import ArgumentError, CohortError
from b12guide.truth import Truth

ON = dt.date(2026, 1, 1)
PEOPLE: list[dict[str, Any]] = [
    {"patient": "a", "b12_deficiency": True, "paresthesia": False, "egfr": 35.0},
    {"patient": "b", "b12_deficiency": True, "paresthesia": True, "egfr": None},
    {"patient": "c", "b12_deficiency": True, "paresthesia": None, "egfr": 80.5},
    {"patient": "d", "b12_deficiency": False, "paresthesia": False, "egfr": 90.0},
]
EVENTS: list[dict[str, Any]] = [
    {"patient": "b", "on": dt.date(2025, 1, 1), "dose": "hydroxocobalamin"},
    {"patient": "a", "on": dt.date(2025, 1, 6), "dose": "cyanocobalamin"},
    {"patient": "b", "on": dt.date(2025, 1, 3), "dose": "hydroxocobalamin"},
    {"patient": "a", "on": dt.date(2025, 1, 8), "dose": "hydroxocobalamin"},
    {"patient": "b", "on": dt.date(2025, 3, 1), "event": "neurological_plateau"},
    {
        "patient": "a",
        "on": dt.date(2025, 4, 7),
        "test": "serum_b12",
        "value": "410 pg/mL",
    },
    {"patient": "b", "on": dt.date(2027, 3, 1), "stop": "hydroxocobalamin"},
    {
        "patient": "d",
        "on": dt.date(2025, 2, 1),
        "start": "folic_acid",
        "amount": "5 mg",
    },
]


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def one_by_one(
    guideline: Guideline,
    people: Sequence[Mapping[str, Any]] = PEOPLE,
    events: Sequence[Mapping[str, Any]] = EVENTS,
) -> list[tuple[Any, ...]]:
    """The findings that single audits give."""
    found = []
    for person in people:
        facts = {name: value for name, value in person.items() if name != "patient"}
        history = [
            {
                name: value.isoformat() if isinstance(value, dt.date) else value
                for name, value in event.items()
                if name != "patient" and value is not None
            }
            for event in events
            if event["patient"] == person["patient"]
        ]
        audit = guideline.audit(facts, history, on=ON)
        found += [
            (
                person["patient"],
                finding.on,
                finding.gravity.value,
                finding.family.value,
                finding.rule.name,
                list(finding.statements),
                finding.text,
                finding.limit,
                list(finding.compared),
                list(finding.needs),
                list(finding.assumptions),
                finding.clears,
                list(finding.challenges),
                "; ".join(missing.text for missing in finding.missing),
                [name for one in finding.silences for name in one.noted_as],
                list(finding.rules),
            )
            for finding in audit.findings
        ]
    return found


def rows(audit: CohortAudit) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in audit.table.to_pylist()]


def kept(audit: CohortAudit, rule: str) -> Adherence:
    return next(one for one in audit.adherence if one.rule == rule)


def refused(
    guideline: Guideline, people: Any, events: Any, **options: Any
) -> list[str]:
    with pytest.raises(PatientError) as error:
        guideline.audit_cohort(people, events, on=ON, **options)
    return [d.message for d in error.value.diagnostics]


# ------------------------------------------------------------------------- equality


def test_the_findings_are_those_of_single_audits(guideline: Guideline) -> None:
    audit = guideline.audit_cohort(frame(PEOPLE), frame(EVENTS), on=ON)

    assert rows(audit) == one_by_one(guideline)
    assert audit.table.column_names[0] == "patient"
    assert (audit.patients, audit.without_events) == (4, 1)
    assert (audit.events, audit.later) == (7, 1)
    assert sum(audit.counts.values()) == audit.table.num_rows > 10


def test_a_patient_without_events_is_audited_too(guideline: Guideline) -> None:
    resection = {"value": "30 cm", "on": "2024-01-15"}
    people = [{"patient": 1, "b12_deficiency": False, "ileal_resection": resection}]
    events = frame(EVENTS).clear().with_columns(patient=pl.lit(1))
    audit = guideline.audit_cohort(frame(people), events, on=ON)

    assert rows(audit) == one_by_one(guideline, people, ())
    assert "resection_prophylaxis" in {row[4] for row in rows(audit)}
    assert audit.without_events == 1


def test_processes_change_nothing(guideline: Guideline) -> None:
    people = [
        {**person, "patient": f"{number} {person['patient']}"}
        for number in range(3)
        for person in PEOPLE
    ]
    events = [
        {**event, "patient": f"{number} {event['patient']}"}
        for event in EVENTS
        for number in range(3)
    ]
    alone, together = (
        guideline.audit_cohort(frame(people), frame(events), on=ON, workers=workers)
        for workers in (1, 2)
    )

    assert alone.table.equals(together.table)
    assert alone.to_dict() == together.to_dict()
    assert rows(alone) == one_by_one(guideline, people, events)


@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "pyarrow", "duckdb"])
def test_every_kind_of_frame_is_taken(guideline: Guideline, kind: str) -> None:
    people, events = frame(PEOPLE), frame(EVENTS)
    make: Any = {
        "polars": lambda f: f,
        "lazy": lambda f: f.lazy(),
        "pandas": lambda f: pd.DataFrame(f.to_dicts()),
        "pyarrow": lambda f: f.to_arrow(),
        "duckdb": lambda f: duckdb.from_arrow(f.to_arrow()),
    }[kind]
    came_out: Any = {
        "pandas": pd.DataFrame,
        "polars": pl.DataFrame,
        "lazy": pl.DataFrame,
    }
    audit = guideline.audit_cohort(make(people), make(events), on=ON)

    assert rows(audit) == one_by_one(guideline)
    for found in (audit.findings, audit.adherence_frame(), audit.spacing_frame()):
        assert isinstance(found, came_out.get(kind, pa.Table))


def test_numbers_days_and_gaps_may_be_of_any_type(guideline: Guideline) -> None:
    people = pd.DataFrame(
        {"id": [1, 2], "b12_deficiency": [True, None], "egfr": [35, math.nan]}
    )
    events = pd.DataFrame(
        {
            "id": [1.0, 1.0, 2.0],
            "on": pd.to_datetime(
                ["2025-01-06T00:00", "2025-01-06T08:30", "2025-02-01T00:00"]
            ),
            "dose": ["hydroxocobalamin", "hydroxocobalamin", None],
            "event": [None, None, "b12_repleted"],
            "amount": ["1 mg", " 1000 µg ", ""],
            "needle": [25.0, 25.0, math.nan],
        }
    )
    audit = guideline.audit_cohort(people, events, on=ON, patient="id")
    first = [
        {
            "on": "2025-01-06",
            "dose": "hydroxocobalamin",
            "amount": "1 mg",
            "needle": 25,
        },
        {
            "on": "2025-01-06T08:30",
            "dose": "hydroxocobalamin",
            "amount": "1000 µg",
            "needle": 25,
        },
    ]
    single = guideline.audit({"b12_deficiency": True, "egfr": 35}, first, on=ON)

    assert [row[6] for row in rows(audit) if row[0] == 1] == [
        f.text for f in single.findings
    ]
    assert audit.spacing[0] == Spacing(loading=True, days=0, count=1)


def test_a_column_may_be_in_another_unit(guideline: Guideline) -> None:
    people = frame([{"patient": 1, "b12_deficiency": True, "egfr": 0.58}])
    events = frame([{"patient": 1, "on": "2025-01-06", "dose": "cyanocobalamin"}])
    audit = guideline.audit_cohort(people, events, on=ON, units={"egfr": "mL/s"})

    assert kept(audit, "renal_form").violation == 1


def test_what_is_not_mentioned_may_be_absent(guideline: Guideline) -> None:
    people = frame([{"patient": 1, "b12_deficiency": True, "paresthesia": None}])
    events = frame([{"patient": 1, "on": "2025-01-06", "dose": "hydroxocobalamin"}])
    absent = guideline.audit_cohort(people, events, on=ON, otherwise="absent")

    assert kept(absent, "loading_neurological").open == 1  # an empty cell is not a no
    assert "diabetic_nephropathy" not in {one.rule for one in absent.adherence}


# ------------------------------------------------------------------------ summaries


def test_adherence_counts_each_patient_by_the_gravest_finding(
    guideline: Guideline,
) -> None:
    audit = guideline.audit_cohort(frame(PEOPLE), frame(EVENTS), on=ON)
    renal = kept(audit, "renal_form")

    assert (renal.applied, renal.violation, renal.none) == (1, 1, 0)  # a
    assert renal.open == 1  # b, whose eGFR nobody knows
    assert renal.statements == ("S05",)
    for one in audit.adherence:
        graded = one.violation + one.warning + one.unresolved + one.info + one.none
        assert graded == one.applied
    told = Counter(name for row in rows(audit) for name in row[-1])
    assert {one.rule: one.findings for one in audit.adherence if one.findings} == told


def test_intervals_are_told_apart_by_loading(guideline: Guideline) -> None:
    people = frame([{"patient": 1, "b12_deficiency": True, "paresthesia": False}])
    days = (
        "2025-01-06",
        "2025-01-08",
        "2025-01-10",
        "2025-01-13",
        "2025-01-15",
        "2025-01-17",
        "2025-04-17",
        "2025-07-16",
        "2025-10-14",
    )
    events = frame(
        [{"patient": 1, "on": day, "dose": "hydroxocobalamin"} for day in days]
    )
    audit = guideline.audit_cohort(people, events, on=ON, otherwise="absent")

    assert audit.spacing == (
        Spacing(loading=False, days=90, count=3),
        Spacing(loading=True, days=2, count=4),
        Spacing(loading=True, days=3, count=1),
    )
    assert audit.days_between(0.5) == 90
    assert audit.days_between(0.5, loading=True) == 2
    assert audit.days_between(1, loading=True) == 3


def test_without_doses_there_is_no_interval(guideline: Guideline) -> None:
    audit = guideline.audit_cohort(
        frame(PEOPLE), frame(EVENTS[:0] or EVENTS[-1:]), on=ON
    )

    assert audit.spacing == ()
    assert audit.days_between(0.5) is None


def test_a_limited_audit_says_nothing_of_other_rules(guideline: Guideline) -> None:
    audit = guideline.audit_cohort(
        frame(PEOPLE), frame(EVENTS), on=ON, families=["folate"]
    )

    assert {one.decision for one in audit.adherence} <= {"permission", "adjunct"}
    assert {row[3] for row in rows(audit)} == {"folate"}


def test_nothing_is_held_against_a_child(guideline: Guideline) -> None:
    people = frame([{"patient": 1, "age": 4, "b12_deficiency": True}])
    events = frame([{"patient": 1, "on": "2025-01-06", "dose": "cyanocobalamin"}])
    audit = guideline.audit_cohort(people, events, on=ON)

    assert audit.scope[Truth.FALSE] == 1
    assert audit.adherence == ()
    assert audit.table.num_rows == 0


def test_an_empty_cohort_is_no_mistake(guideline: Guideline) -> None:
    audit = guideline.audit_cohort(frame(PEOPLE).clear(), frame(EVENTS).clear(), on=ON)

    assert audit.patients == 0
    assert audit.findings.columns[:2] == ["patient", "on"]
    assert audit.to_dict()["findings"] == []


def test_progress_is_told_up_to_the_last_patient(guideline: Guideline) -> None:
    told: list[tuple[int, int]] = []
    people = [{"patient": number, "b12_deficiency": False} for number in range(250)]
    events = frame([{"patient": 0, "on": "2025-01-06", "event": "b12_repleted"}])
    guideline.audit_cohort(
        frame(people),
        events,
        on=ON,
        workers=1,
        progress=lambda *step: told.append(step),
    )

    assert told == [(0, 250), (100, 250), (200, 250), (250, 250)]


# ------------------------------------------------------------------ what is refused


def test_rows_that_cannot_be_read_are_told_all_at_once(guideline: Guideline) -> None:
    people = [
        *PEOPLE,
        {"patient": "e", "egfr": -5.0},
        {"patient": None},
        {"patient": "d"},
    ]
    events = [
        *EVENTS,
        {"patient": "a", "on": "6 January 2025", "dose": "hydroxocobalamin"},
        {
            "patient": "e",
            "on": "2025-01-06",
            "dose": "hydroxocobolamin",
            "amount": "5 kg",
        },
        {"patient": "zz", "on": "2025-01-06", "dose": "hydroxocobalamin"},
        {"patient": None, "on": "2025-01-06", "dose": "hydroxocobalamin"},
    ]
    for one in events:
        one["on"] = str(one["on"])
    messages = refused(guideline, frame(people), frame(events))

    assert messages == [
        "patients, rows 4, 7: `d` has several rows",
        "patients, row 5 (patient e): `-5 mL/min` is not a plausible value of `egfr`",
        "patients, row 6 (no patient): the row has no id",
        "events, row 9 (patient a): `on`: `6 January 2025` is not a day",
        "events, row 10 (patient e): `dose`: there is no drug `hydroxocobolamin`",
        "events, row 11 (patient zz): this patient is not in the table of patients",
        "events, row 12 (no patient): the event has no patient",
    ]


def test_who_cannot_be_read_can_be_left_out_as_a_whole(guideline: Guideline) -> None:
    events = [{**event, "on": str(event["on"])} for event in EVENTS]
    events.append({"patient": "a", "on": "yesterday", "dose": "hydroxocobalamin"})
    audit = guideline.audit_cohort(
        frame(PEOPLE), frame(events), on=ON, on_bad="skip", workers=1
    )

    assert audit.patients == 3
    assert rows(audit) == one_by_one(guideline, PEOPLE[1:])
    (problem,) = audit.skipped
    assert (problem.patient, problem.table, problem.row) == ("a", "events", 9)
    assert audit.to_dict()["skipped"][0]["code"] == "GDL723"


def test_facts_that_contradict_each_other_are_told_with_their_patient(
    guideline: Guideline,
) -> None:
    people = frame(
        [{"patient": 1, "bariatric_surgery": False, "bariatric_procedure": "roux_en_y"}]
    )
    (message,) = refused(
        guideline, people, frame(EVENTS).clear().with_columns(patient=pl.lit(1))
    )

    assert message.startswith("patients, row 1 (patient 1): ")


@pytest.mark.parametrize(
    ("people", "events", "said"),
    [
        ([{"id": 1}], EVENTS, "`patients` has no column `patient` of ids"),
        ([{"patient": 1}], [{"patient": "1", "on": "2025-01-06"}], "the ids are int64"),
        (
            [{"patient": "a", "diabets": True}],
            EVENTS,
            "there is no fact called `diabets`",
        ),
        (
            PEOPLE,
            [{"patient": "a", "on": "2025-01-06", "does": "x"}],
            "`events` has a column",
        ),
        (
            PEOPLE,
            [{"patient": "a", "dose": "mecobalamin"}],
            "`events` has no column `on`",
        ),
    ],
)
def test_tables_are_refused_with_a_reason(
    guideline: Guideline, people: Any, events: Any, said: str
) -> None:
    (message,) = refused(guideline, frame(people), frame(events))

    assert message.startswith(said)


def test_what_is_no_table_is_refused(guideline: Guideline) -> None:
    mixed = pd.DataFrame({"patient": [1, 2], "egfr": [35, "35 mL/min"]})

    with pytest.raises(CohortError, match=r"`patients` cannot be a `builtins\.list`"):
        guideline.audit_cohort(PEOPLE, frame(EVENTS), on=ON)
    assert (
        "column `egfr` of `patients` cannot be read"
        in refused(guideline, mixed, frame(EVENTS))[0]
    )
    assert (
        "`egfrr`"
        in refused(guideline, frame(PEOPLE), frame(EVENTS), units={"egfrr": "x"})[0]
    )
    with pytest.raises(ArgumentError, match="whole number from 1 on"):
        guideline.audit_cohort(frame(PEOPLE), frame(EVENTS), on=ON, workers=0)


def test_a_unit_holds_for_numbers_that_are_written_as_text(
    guideline: Guideline,
) -> None:
    people = frame([{"patient": 1, "b12_deficiency": True, "egfr [mL/s]": "0.58"}])
    events = frame([{"patient": 1, "on": "2025-01-06", "dose": "cyanocobalamin"}])
    audit = guideline.audit_cohort(people, events, on=ON)

    assert kept(audit, "renal_form").violation == 1


def test_columns_can_be_left_out(guideline: Guideline) -> None:
    people = frame([{**person, "LBX1": 1, "site": "x"} for person in PEOPLE])
    audit = guideline.audit_cohort(
        people, frame(EVENTS), on=ON, ignore=["LBX*", "site"]
    )

    assert rows(audit) == one_by_one(guideline)


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        ({"otherwise": "abscent"}, "absent"),
        ({"on_bad": "skp"}, "skip"),
        ({"families": ["fom"]}, "form"),
        ({"tolerance": "usul"}, "usual"),
    ],
)
def test_a_slip_in_an_option_gets_a_suggestion(
    guideline: Guideline, options: dict[str, Any], meant: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"did you mean `{meant}`"):
        guideline.audit_cohort(frame(PEOPLE), frame(EVENTS), on=ON, **options)


def test_an_error_counts_what_it_does_not_tell(guideline: Guideline) -> None:
    people = frame([{"patient": number, "egfr": -1 - number} for number in range(300)])
    events = frame([{"patient": 0, "on": "2025-01-06", "event": "b12_repleted"}])
    messages = refused(guideline, people, events)

    assert len(messages) == 201
    assert messages[-1] == "100 more rows cannot be read"


# -------------------------------------------------------------------- other processes


def test_a_process_that_dies_is_told(
    guideline: Guideline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("b12guide.cohort.processes._START", "raise SystemExit(3)")

    with pytest.raises(WorkerError, match=r"ended before its time \(code 3\)"):
        guideline.audit_cohort(frame(PEOPLE), frame(EVENTS), on=ON, workers=2)


def test_a_mistake_in_a_process_is_told(
    guideline: Guideline, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (
        "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
        "from b12guide.cohort import audit_chunks as worker; "
        "from b12guide.cohort import processes; "
        "worker.audit_chunk = None; processes.main()"
    )
    monkeypatch.setattr("b12guide.cohort.processes._START", broken)

    with pytest.raises(WorkerError, match=r"a mistake of its own.*TypeError"):
        guideline.audit_cohort(frame(PEOPLE), frame(EVENTS), on=ON, workers=2)
