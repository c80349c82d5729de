"""Laws of audits and timelines, for the shipped guideline."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from b12guide.audit.finding import STRICT, USUAL, Audit, Finding, Gravity, Tolerance
from b12guide.audit.history import history_from_text
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Outcome, Recommendation
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.text import Text
from b12guide.timeline.plan import Pick, as_history, plan
from tests.clinical.asking import ADULT, Json, shipped
from tests.clinical.dosing import Rows, audited_patient
from tests.clinical.people import known_people

_SOME_DAY = st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1))


def treated_people() -> st.SearchStrategy[Json]:
    """Adults with a reason for treatment whose long-term regimen is printed."""
    reasons: list[Json] = [
        {},
        {"paresthesia": True},
        {"egfr": "35 mL/min"},
        {"platelets": "30 x10^9/L"},
        {"ileal_resection": "30 cm"},
        {"b12_deficiency": False, "ileal_resection": "30 cm"},
        {"b12_deficiency": False, "bariatric_procedure": "roux_en_y"},
        {"b12_deficiency": False, "bariatric_procedure": "sleeve_gastrectomy"},
        {"bariatric_procedure": "gastric_band"},
        {"loading_complete": True},
        {"severe_deficiency": True, "persistent_symptoms": True},
        {"diabetes": True, "nephropathy": True},
        {"folate_deficiency": True},
    ]
    return st.sampled_from(reasons).map(lambda reason: {**ADULT, **reason})


def answered(facts: Json) -> Recommendation:
    loaded, evaluator = shipped()
    patient = Patient(facts=facts, otherwise=Otherwise.ABSENT)
    return recommend(evaluator, state(patient, loaded.graph))


@st.composite
def some_histories(draw: st.DrawFn) -> tuple[Rows, str]:
    """Rows in which little is as it should be, with a day of audit after all of them."""
    start = draw(_SOME_DAY)
    drugs = ("hydroxocobalamin", "mecobalamin", "cyanocobalamin")
    rows: Rows = []
    for _ in range(draw(st.integers(1, 12))):
        day = (start + dt.timedelta(days=draw(st.integers(0, 900)))).isoformat()
        match draw(
            st.sampled_from(("dose", "dose", "test", "folate", "event", "stop"))
        ):
            case "dose":
                row: dict[str, Any] = {
                    "dose": draw(st.sampled_from(drugs)),
                    "amount": draw(st.sampled_from(("1000 µg", "500 µg"))),
                    "route": draw(st.sampled_from(("intramuscular", "oral"))),
                    "site": draw(st.sampled_from(("deltoid", "gluteal"))),
                }
            case "test":
                tests = ("serum_b12", "ferritin", "homocysteine", "calcium")
                row = {"test": draw(st.sampled_from(tests))}
            case "folate":
                row = {"start": "folic_acid", "amount": "5 mg"}
            case "stop":
                row = {"stop": draw(st.sampled_from(drugs))}
            case _:
                events = ("b12_repleted", "levels_stable", "symptoms_returned")
                row = {"event": draw(st.sampled_from(events))}
        rows.append({"on": day, **row})
    last = max(str(row["on"]) for row in rows)
    after = dt.date.fromisoformat(last) + dt.timedelta(days=draw(st.integers(0, 200)))
    return rows, after.isoformat()


def said(answer: Audit) -> list[tuple[Any, ...]]:
    return [(f.on, f.gravity, f.rule.name, f.text) for f in answer.findings]


def graver(answer: Audit, gravity: Gravity) -> set[tuple[dt.date, str]]:
    found: list[Finding] = [f for f in answer.findings if f.gravity is gravity]
    return {(f.on, f.rule.name) for f in found}


# ------------------------------------------------------------------------------ laws


@given(
    treated_people(),
    _SOME_DAY,
    st.integers(0, 1200),
    st.sampled_from(Pick),
    st.sampled_from((USUAL, STRICT)),
    st.integers(2, 60),
)
def test_following_ones_own_timeline_leaves_nothing_to_find(  # noqa: PLR0913, PLR0917
    facts: Json,
    start: dt.date,
    length: int,
    pick: Pick,
    tolerance: Tolerance,
    plateau: int,
) -> None:
    answer = answered(facts)
    assume(answer.decisions[Decision.MAINTENANCE].outcome is Outcome.DETERMINED)
    events = {}
    if "paresthesia" in facts:
        events["neurological_plateau"] = start + dt.timedelta(days=plateau)
        length = max(length, plateau)
    if "folate_deficiency" in facts:
        events["b12_repleted"] = start + dt.timedelta(days=plateau)
        length = max(length, plateau)
    until = start + dt.timedelta(days=length)
    rows = as_history(plan(answer, start, until=until, events=events), pick)
    last = max(str(row["on"]) for row in rows)

    assert said(audited_patient(facts, rows, last, tolerance=tolerance)) == []


@given(
    known_people(),
    _SOME_DAY,
    st.integers(0, 1200),
    st.sampled_from(Pick),
    st.sampled_from((USUAL, STRICT)),
)
def test_whoever_is_known_well_enough_can_follow_a_timeline(
    facts: Json, start: dt.date, length: int, pick: Pick, tolerance: Tolerance
) -> None:
    answer = answered(facts)
    assume(answer.decisions[Decision.MAINTENANCE].outcome is Outcome.DETERMINED)
    timeline = plan(answer, start, until=start + dt.timedelta(days=length))
    rows = as_history(timeline, pick)
    # A course that waits for an event is followed as far as the timeline shows it, and no further.
    assume(
        rows and not any(entry.is_open for entry in timeline.entries if entry.window)
    )
    last = max(str(row["on"]) for row in rows)

    assert said(audited_patient(facts, rows, last, tolerance=tolerance)) == []


@given(treated_people(), some_histories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    facts: Json, history: tuple[Rows, str], random: Any
) -> None:
    rows, on = history
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert said(audited_patient(facts, rows, on)) == said(
        audited_patient(facts, shuffled, on)
    )


@given(treated_people(), some_histories())
def test_an_event_that_no_rule_reads_changes_nothing(
    facts: Json, history: tuple[Rows, str]
) -> None:
    rows, on = history
    irrelevant = {"on": rows[0]["on"], "test": "vitamin_a"}
    assume(not any("bariatric" in name for name in facts))

    assert said(audited_patient(facts, [*rows, irrelevant], on)) == said(
        audited_patient(facts, rows, on)
    )


@given(treated_people(), some_histories())
def test_a_row_that_is_told_twice_counts_once(
    facts: Json, history: tuple[Rows, str]
) -> None:
    rows, on = history
    once, twice = (audited_patient(facts, r, on) for r in (rows, [*rows, rows[0]]))

    assert said(once) == said(twice)
    assert len(twice.warnings) == len(once.warnings) + 1


@given(some_histories(), st.integers(-3000, 3000))
def test_moving_all_days_changes_nothing_that_is_counted_in_days(
    history: tuple[Rows, str], days: int
) -> None:
    facts = {**ADULT, "paresthesia": True}

    def moved(day: str) -> str:
        return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()

    def loading(answer: Audit) -> list[tuple[int, Gravity]]:
        return [
            (f.on.toordinal(), f.gravity)
            for f in answer.findings
            if f.rule.decision is Decision.LOADING
        ]

    rows, on = history
    later = [{**row, "on": moved(str(row["on"]))} for row in rows]
    before = loading(audited_patient(facts, rows, on, only=["interval"]))
    after = loading(audited_patient(facts, later, moved(on), only=["interval"]))

    # A course until an event ends where the spacing is one of months, whose length varies.
    assume(len(before) == len(after))
    assert [(day + days, gravity) for day, gravity in before] == after


@given(treated_people(), _SOME_DAY, st.integers(1, 60))
def test_folic_acid_before_the_first_dose_is_always_a_violation(
    facts: Json, start: dt.date, ahead: int
) -> None:
    rows = as_history(plan(answered(facts), start))
    early = (start - dt.timedelta(days=ahead)).isoformat()
    folate = {"on": early, "start": "folic_acid", "amount": "5 mg"}
    answer = audited_patient(
        {**facts, "folate_deficiency": True}, [*rows, folate], start.isoformat()
    )

    violations = {
        f.rule.name for f in answer.findings if f.gravity is Gravity.VIOLATION
    }
    assert "folate_gate" in violations


@given(
    treated_people(),
    some_histories(),
    st.tuples(st.integers(0, 14), st.integers(0, 14)),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_more_tolerance_never_adds_a_violation(
    facts: Json,
    history: tuple[Rows, str],
    narrow: tuple[int, int],
    more: tuple[int, int],
) -> None:
    rows, on = history
    wide = (narrow[0] + more[0], narrow[1] + more[1])
    answers = [
        audited_patient(
            facts, rows, on, tolerance=Tolerance(name="own", doses=doses, tests=tests)
        )
        for doses, tests in (narrow, wide)
    ]

    # A test that counts for a day only with more tolerance has to have its companions, too.
    taken = {"iron_status", "trough", "not_serum_b12_alone"}
    wider = {
        one for one in graver(answers[1], Gravity.VIOLATION) if one[1] not in taken
    }
    assert wider <= graver(answers[0], Gravity.VIOLATION)


@given(treated_people(), some_histories())
def test_the_families_together_find_what_all_of_them_find_alone(
    facts: Json, history: tuple[Rows, str]
) -> None:
    rows, on = history
    names = ("form", "interval", "folate", "technique", "monitoring", "continuation")
    alone = [
        one
        for name in names
        for one in said(audited_patient(facts, rows, on, only=[name]))
    ]

    assert sorted(map(str, alone)) == sorted(
        map(str, said(audited_patient(facts, rows, on)))
    )


@given(treated_people(), some_histories())
def test_no_finding_lies_after_the_day_of_the_audit(
    facts: Json, history: tuple[Rows, str]
) -> None:
    rows, on = history

    assert all(str(f.on) <= on for f in audited_patient(facts, rows, on).findings)


def rows_of_anything() -> st.SearchStrategy[Any]:
    """Rows that look like a history and may be wrong in every place."""
    fields = st.sampled_from(
        (
            *(
                "on",
                "time",
                "dose",
                "start",
                "stop",
                "test",
                "event",
                "amount",
                "route",
            ),
            *("site", "quadrant", "direction", "needle", "pressure", "frequency"),
            *("value", "note", "other"),
        )
    )
    values = (
        st.sampled_from(
            (
                *("2025-01-06", "2025-01-06T08:00", "0001-01-01", "9999-12-31"),
                *("hydroxocobalamin", "serum_b12", "platelets", "levels_stable"),
                *("1000 µg", "1000 mg", "25 G", "6 minutes", "daily", "deltoid", "IM"),
            )
        )
        | st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=8)
        | st.lists(st.integers(), max_size=2)
    )
    return st.lists(st.dictionaries(fields, values, max_size=5) | values, max_size=4)


@given(rows_of_anything())
def test_a_history_is_read_or_refused_with_reasons(rows: list[Any]) -> None:
    codes = codes_of(Text("history.json", json.dumps(rows)), ".json")

    assert all(code.startswith("GDL7") for code in codes)


@given(st.text(alphabet='on,dose;"\n\r 2025-16\u00e9', max_size=60))
def test_a_table_is_read_or_refused_with_reasons(characters: str) -> None:
    codes = codes_of(Text("history.csv", characters), ".csv")

    assert all(code.startswith("GDL7") for code in codes)


def codes_of(text: Text, suffix: str) -> list[str]:
    """The reasons for which a history is refused, none where it is read."""
    try:
        history_from_text(text, suffix, shipped()[0].graph)
    except PatientError as error:
        return [d.code for d in error.diagnostics] or ["refused without a reason"]
    return []
