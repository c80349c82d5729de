"""Timelines of schedules that the shipped guideline does not have, from text to days."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from b12guide.evaluate.answer import Decided, Outcome
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.frozen import spelled
from b12guide.graph.model import Decision
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.resources import read
from b12guide.show.timeline_data import timeline_to_json
from b12guide.show.timeline_page import timeline_page
from b12guide.show.timeline_svg import timeline_to_svg
from b12guide.show.to_json import to_json
from b12guide.show.to_text import to_text
from b12guide.timeline.model import Entry, EntryKind, Timeline
from b12guide.timeline.plan import plan
from tests.unit.semantics.writing import checked

START = dt.date(2026, 1, 5)
HEAD = """\
language 1
guideline tried "Tried"
    version   1.0.0
    revised   2026-01-01
    uses      b12
source summary "A summary"
    by "Somebody", 2026
"""


def guideline(*actions: str, head: str = "") -> str:
    """A guideline in which each action applies to everybody who is deficient."""
    rules = (
        f"rule {'abcdef'[number]}\n    when b12_deficiency\n    {action}\n"
        "    strength should\n    cites summary\n"
        for number, action in enumerate(actions)
    )
    return HEAD + head + "".join(rules)


def timeline_of(
    text: str,
    start: dt.date = START,
    *,
    until: dt.date | None = None,
    events: dict[str, dt.date] | None = None,
    **facts: Any,
) -> Timeline:
    graph = checked(text).graph
    assert graph is not None, checked(text).diagnostics
    patient = Patient(
        facts={"b12_deficiency": True, **facts}, otherwise=Otherwise.UNKNOWN
    )
    answer = recommend(Evaluator.of(graph), state(patient, graph, start))
    return plan(answer, start, until=until, events=events)


def doses(found: Timeline, decision: Decision = Decision.LOADING) -> list[Entry]:
    return [
        e for e in found.entries if e.kind is EntryKind.DOSE and e.decision is decision
    ]


def words(found: Timeline) -> str:
    return " ".join(to_text(timeline_page(found)).split())


def first_days(found: list[Entry]) -> list[str]:
    return [str(e.window.earliest) for e in found if e.window is not None]


# ------------------------------------------------------------------- calendar ends


@pytest.mark.parametrize(
    ("action", "start", "count", "last"),
    [
        ("load 1000 µg IM daily for 1 month", "2026-01-31", 28, "2026-02-27"),
        ("load 1000 µg IM daily for 1 month", "2024-01-31", 29, "2024-02-28"),
        ("load 1000 µg IM daily for 1 month", "2026-02-28", 28, "2026-03-27"),
        ("load 1000 µg IM daily for 1 month", "2026-03-31", 30, "2026-04-29"),
        ("load 1000 µg IM weekly for 3 months", "2026-01-05", 13, "2026-03-30"),
        ("load 1000 µg IM weekly for 3 months", "2026-11-30", 13, "2027-02-22"),
        (
            "load 1000 µg IM 3 times per week for 1 month",
            "2026-02-01",
            12,
            "2026-02-24",
        ),
        ("load 1000 µg IM every 3 days for 2 weeks", "2026-01-05", 5, "2026-01-17"),
        ("load 1000 µg IM 3 times per week for 10 days", "2026-01-05", 5, "2026-01-13"),
        ("load 1000 µg IM for 1 doses", "2026-01-05", 1, "2026-01-05"),
        ("load 1000 µg IM daily for 7 doses", "2026-01-05", 7, "2026-01-11"),
        (
            "maintain 1000 µg IM every 2 weeks for 6 months",
            "2026-01-31",
            13,
            "2026-07-18",
        ),
        ("maintain 1000 µg IM monthly for 6 months", "2026-08-31", 6, "2027-01-31"),
        ("maintain 1000 µg IM yearly for 4 years", "2024-02-29", 4, "2027-02-28"),
    ],
)
def test_a_bound_ends_doses_on_the_calendar(
    action: str, start: str, count: int, last: str
) -> None:
    first = dt.date.fromisoformat(start)
    found = timeline_of(guideline(action), first, until=first + dt.timedelta(days=2000))
    decision = Decision("loading" if action.startswith("load") else "maintenance")
    given = doses(found, decision)

    assert len(given) == count
    assert first_days(given)[0] == start
    assert first_days(given)[-1] == last
    assert not any(entry.goes_on or entry.is_open for entry in given)


def test_doses_of_a_range_keep_their_spacing() -> None:
    action = "load 1000 µg IM every 2 to 4 days for 3 doses at least 3 days apart"
    found = timeline_of(guideline(action), dt.date(2026, 1, 5))
    windows = [entry.window for entry in doses(found, Decision.LOADING)]

    assert [(str(w.earliest), str(w.latest)) for w in windows if w] == [
        ("2026-01-05", "2026-01-05"),
        ("2026-01-08", "2026-01-09"),
        ("2026-01-11", "2026-01-13"),
    ]


def test_doses_in_a_week_keep_their_spacing() -> None:
    action = "load 1000 µg IM 3 times per week for 1 week at least 2 days apart"
    found = timeline_of(guideline(action), dt.date(2026, 1, 5))
    windows = [entry.window for entry in doses(found, Decision.LOADING)]

    assert [(str(w.earliest), str(w.latest)) for w in windows if w] == [
        ("2026-01-05", "2026-01-05"),
        ("2026-01-07", "2026-01-09"),
        ("2026-01-09", "2026-01-11"),
    ]


def test_doses_that_are_only_spaced_have_no_further_day() -> None:
    action = "load 1000 µg IM for 10 doses at least 3 days apart"
    found = timeline_of(guideline(action), dt.date(2026, 1, 5))
    first, further = doses(found, Decision.LOADING)

    assert first.window is not None
    assert further.window is None
    assert further.text == "further doses have no date: at least 3 days apart"


def test_what_is_taken_as_needed_has_no_dose_that_is_due() -> None:
    action = (
        "load 1000 µg oral daily for 2 weeks as needed with food"
        " then 1000 µg oral weekly for 2 doses"
    )
    found = timeline_of(guideline(action), dt.date(2026, 1, 5))
    (needed,) = [e for e in found.entries if e.text == "no dose is due"]

    assert needed.window is not None
    assert str(needed.window.earliest) == "2026-01-05"
    assert first_days(doses(found, Decision.LOADING)) == ["2026-01-19", "2026-01-26"]


# -------------------------------------------------------------------- several phases


def test_the_phase_for_life_follows_the_first() -> None:
    text = guideline(
        "maintain 1000 µg IM every month for 6 months then 1000 µg IM every 3 months for life"
    )
    found = timeline_of(text, until=dt.date(2027, 12, 31))
    given = doses(found, Decision.MAINTENANCE)

    assert first_days(given) == [
        *("2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05", "2026-05-05"),
        *("2026-06-05", "2026-09-05", "2026-12-05", "2027-03-05", "2027-06-05"),
        *("2027-09-05", "2027-12-05"),
    ]
    assert [e.stage for e in given] == [1] * 6 + [2] * 6
    assert "(phase 2)" in words(found)


def test_three_phases_each_begin_when_the_one_before_is_over() -> None:
    text = guideline(
        "load 1000 µg IM daily for 1 week then 1000 µg IM weekly for 4 doses"
        " then 1000 µg IM monthly for life"
    )
    found = timeline_of(text, until=dt.date(2026, 5, 1))

    assert first_days(doses(found)) == [
        *(f"2026-01-{day:02}" for day in range(5, 12)),
        *("2026-01-18", "2026-01-25", "2026-02-01", "2026-02-08"),
        *("2026-03-08", "2026-04-08"),
    ]


def test_a_daily_month_goes_over_into_weekly_for_life() -> None:
    text = guideline(
        "load 1000 µg IM daily for 1 month then 1000 µg IM weekly for life"
    )
    found = timeline_of(text, until=dt.date(2027, 1, 5))
    first, second = ([e for e in doses(found) if e.stage == stage] for stage in (1, 2))

    assert (len(first), first_days(first)[-1]) == (31, "2026-02-04")
    assert first_days(second)[:2] == ["2026-02-11", "2026-02-18"]
    assert [e.goes_on for e in second] == [False] * 4 + [True]
    assert "and so on, weekly for life" in words(found)


def test_a_phase_after_the_last_day_says_when_it_begins() -> None:
    text = guideline(
        "load 1000 µg IM daily for 1 month then 1000 µg IM weekly for life"
    )
    found = timeline_of(text, until=dt.date(2026, 2, 8))
    *_, last = doses(found)

    assert (last.stage, last.window) == (2, None)
    assert "begins after the last day shown, on 2026-02-11" in words(found)


def test_what_follows_an_event_of_unknown_day_waits_for_it() -> None:
    text = guideline(
        "load 1000 µg IM on alternate days until neurological_plateau"
        " then 1000 µg IM weekly for 4 weeks",
        "maintain 1000 µg IM every 2 months for life",
    )
    found = timeline_of(text)
    dated = [e for e in doses(found) if e.window is not None]
    waiting = [e for e in doses(found) if e.window is None]
    (maintenance,) = doses(found, Decision.MAINTENANCE)

    assert all(e.is_open for e in dated)
    assert len(dated) == 5
    assert [e.after for e in (*waiting, maintenance)] == [("neurological_plateau",)] * 2

    known = timeline_of(text, events={"neurological_plateau": dt.date(2026, 1, 9)})

    # The dose of the day on which the plateau is reached still belongs to the first phase.
    assert first_days(doses(known)) == [
        *("2026-01-05", "2026-01-07", "2026-01-09"),
        *("2026-01-16", "2026-01-23", "2026-01-30", "2026-02-06"),
    ]
    assert first_days(doses(known, Decision.MAINTENANCE))[0] == "2026-04-06"


# ----------------------------------------------------------------------------- gates


@pytest.mark.parametrize("order", [("b12_repleted", "loading_complete"), None])
def test_two_gates_from_two_rules_both_hold(order: tuple[str, str] | None) -> None:
    one, two = order or ("loading_complete", "b12_repleted")
    text = guideline(
        f"give folic_acid 5 mg oral daily after {one}",
        f"give folic_acid 5 mg oral daily after {two}",
    )
    waiting = timeline_of(text)
    (entry,) = [e for e in waiting.entries if e.decision is Decision.ADJUNCT]

    assert (entry.window, entry.after) == (None, ("b12_repleted", "loading_complete"))

    first = {"b12_repleted": dt.date(2026, 3, 1)}
    half = timeline_of(text, events=first)
    (entry,) = [e for e in half.entries if e.decision is Decision.ADJUNCT]
    assert (entry.window, entry.after) == (None, ("loading_complete",))

    both = {**first, "loading_complete": dt.date(2026, 4, 1)}
    (course,) = doses(timeline_of(text, events=both), Decision.ADJUNCT)
    assert first_days([course]) == ["2026-04-01"]


def test_one_rule_may_name_both_gates() -> None:
    text = guideline(
        "give folic_acid 5 mg oral daily after loading_complete and b12_repleted"
    )
    found = timeline_of(text)
    (entry,) = [e for e in found.entries if e.decision is Decision.ADJUNCT]

    assert entry.after == ("b12_repleted", "loading_complete")
    shown = to_json(found.recommendation)["decisions"]["adjunct"]["options"][0]
    assert shown["after"] == ["b12_repleted", "loading_complete"]
    assert "after the loading course is complete" in words(found)


def test_a_gate_that_has_come_long_ago_is_open() -> None:
    text = guideline("maintain 1000 µg IM monthly for life after loading_complete")

    assert first_days(
        doses(timeline_of(text, loading_complete=True), Decision.MAINTENANCE)
    )[0] == str(START)
    assert first_days(doses(timeline_of(text), Decision.MAINTENANCE)) == []


# ------------------------------------------------------------- choices and what is told


def test_alternatives_stand_beside_with_all_their_phases() -> None:
    text = guideline(
        "load 1000 µg IM daily for 7 doses then 1000 µg IM weekly for 4 weeks"
        " or 2000 µg oral daily for 1 month then 1000 µg oral daily for life"
    )
    found = timeline_of(text)

    assert len(doses(found)) == 11
    assert (
        "another choice: 2000 µg by mouth daily for 1 month, then 1000 µg by mouth "
        "daily for life" in words(found).lower()
    )


def test_a_daily_drug_for_life_is_not_a_year_of_entries() -> None:
    found = timeline_of(guideline("maintain 1000 µg oral daily for life"))

    assert len(doses(found, Decision.MAINTENANCE)) == 5
    assert "and so on, daily for life" in words(found)
    assert "goes on for life" in timeline_to_svg(found)


def test_without_a_printed_end_the_timeline_says_so() -> None:
    found = timeline_of(guideline("maintain 1000 µg oral daily"))

    assert "and so on, daily (no end is printed)" in words(found)


def test_nothing_to_give_is_told_in_words() -> None:
    text = guideline("maintain not needed", "load not needed")
    found = timeline_of(text)

    assert "Loading: not needed" in words(found)
    assert "The guideline asks for no dose for this patient" in words(found)
    assert "Maintenance: not needed" in timeline_to_json(found)["notices"]


def test_out_of_scope_is_told_in_words() -> None:
    head = "    scope age >= 18 years\n"
    text = guideline("load 1000 µg IM daily for 7 doses").replace(
        "    uses      b12\n", f"    uses      b12\n{head}"
    )
    found = timeline_of(text, age="12 years")

    assert found.entries == ()
    assert "not written for this patient" in words(found)


def test_a_silence_stands_at_the_top_and_beside_what_it_concerns() -> None:
    text = guideline("give folic_acid 5 mg oral daily for 4 months") + (
        'silent on folic_acid "How long folate is given afterwards is not said."\n'
        "    when folate_deficiency\n"
    )
    found = timeline_of(text, folate_deficiency=True)
    plain = timeline_to_json(found)
    (row,) = [row for row in plain["entries"] if row["phase"] == "adjunct"]

    assert words(found).index("How long folate") < words(found).index("Other drugs")
    assert words(found).count("How long folate") == 2
    assert row["silent"] == ["folic_acid"]
    assert [one["about"] for one in plain["silent"]] == ["folic_acid"]


def test_what_is_contraindicated_is_told_as_such() -> None:
    text = guideline(
        "load hydroxocobalamin 1000 µg IM 3 times per week for 2 weeks",
        "contraindicated hydroxocobalamin",
    ).replace(
        "strength should\n    cites summary\n", "strength do not\n    cites summary\n"
    )
    text = text.replace("strength do not", "strength should", 1)
    found = timeline_of(text)

    assert doses(found) == []
    assert (
        "Not offered: contraindicated (b): hydroxocobalamin 1000 µg by intramuscular injection "
        "3 times per week for 2 weeks (6 doses) (hydroxocobalamin contraindicated)"
        in words(found)
    )
    assert "names no alternative to what is contraindicated" in words(found)


def test_what_is_withheld_is_not_given_now() -> None:
    text = guideline(
        "load hydroxocobalamin 1000 µg IM daily for 3 doses",
        "withhold hydroxocobalamin until b12_repleted",
    )
    waiting = timeline_of(text)
    known = timeline_of(text, events={"b12_repleted": dt.date(2026, 2, 1)})

    assert [(e.window, e.after) for e in doses(waiting)] == [(None, ("b12_repleted",))]
    assert first_days(doses(known)) == ["2026-02-01", "2026-02-02", "2026-02-03"]

    unless = timeline_of(text.replace("until b12_repleted", "unless numbness"))
    assert first_days(doses(unless)) == []
    assert "not now: withheld" in words(unless)


def test_what_is_to_be_avoided_is_marked() -> None:
    text = guideline(
        "load cyanocobalamin 1000 µg IM daily for 3 doses", "avoid cyanocobalamin"
    ).replace("strength should", "strength avoid")
    text = text.replace("strength avoid", "strength should", 1)

    assert "yet cyanocobalamin is to be avoided" in words(timeline_of(text))


def test_the_sides_of_a_contradiction_stand_side_by_side() -> None:
    text = guideline(
        "load 1000 µg IM daily for 7 doses then 1000 µg IM weekly for life",
        "load 1000 µg IM monthly for life",
    )
    shown = words(timeline_of(text))

    assert "contradict each other" in shown
    assert shown.count("One side of the contradiction") == 2
    assert "daily for 7 doses, then 1000 µg by intramuscular injection weekly" in shown


def test_what_is_undecided_is_told_with_what_it_may_come_to() -> None:
    text = guideline("load 1000 µg IM daily for 7 doses").replace(
        "when b12_deficiency", "when b12_deficiency and numbness"
    )
    found = timeline_of(text)

    assert doses(found) == []
    assert "Loading depends on what is not known yet" in words(found)
    assert "One possible regimen: 1000 µg" in words(found)


# ------------------------------------------------------------------------------ tests


def test_several_tests_of_one_day_stand_in_one_line() -> None:
    text = guideline(
        "check serum_b12 at 3, 6 and 12 months",
        "check ferritin every 3 months",
        "check calcium every 6 months",
    )
    shown = words(timeline_of(text))
    tests = shown.split(" Tests ")[1]

    assert "dose" not in tests
    assert tests.count("2026-07-05") == 1
    line = tests.split("2026-07-05 ")[1].split(" (")[0]
    assert sorted(line.lower().split("; ")) == [
        "calcium",
        "ferritin",
        "serum vitamin b12",
    ]


def test_only_tests_that_are_alike_fold_into_one_line() -> None:
    text = guideline("check serum_b12 every month", "check ferritin every 4 months")
    shown = words(timeline_of(text))

    assert "12 tests: serum vitamin B12 monthly" in shown
    assert shown.count("erritin") >= 1
    assert "2026-09-05" in shown


def test_a_test_after_an_event_waits_for_it() -> None:
    text = guideline("check ferritin at 3 months after loading_complete")
    (waiting,) = timeline_of(text).entries
    known = timeline_of(text, events={"loading_complete": dt.date(2026, 1, 31)})

    assert (waiting.window, waiting.after) == (None, ("loading_complete",))
    assert [str(e.window.earliest) for e in known.entries if e.window] == ["2026-04-30"]


def test_a_test_until_an_event_ends_with_it() -> None:
    text = guideline("check ferritin every month until loading_complete")
    known = timeline_of(text, events={"loading_complete": dt.date(2026, 3, 5)})
    unknown = timeline_of(text)

    assert [str(e.window.earliest) for e in known.entries if e.window] == [
        "2026-02-05",
        "2026-03-05",
    ]
    assert unknown.entries[-1].goes_on
    assert "and so on monthly, until the loading course is complete" in words(unknown)


# ------------------------------------------------------------------------------ units


@pytest.mark.parametrize(
    ("one", "two", "text"),
    [
        ("1000 µg", "1000 mcg", "1000 µg"),
        ("1 mg", "1 mg", "1 mg"),
        ("1 mg", "1000 µg", "1 mg"),
        ("500 to 1000 µg", "0.5 to 2 mg", "500 to 1000 µg"),
        ("1 to 3 mg", "2000 µg", "2 mg"),
    ],
)
def test_a_dose_is_printed_in_the_unit_that_was_written(
    one: str, two: str, text: str
) -> None:
    for first, second in ((one, two), (two, one)):
        found = timeline_of(
            guideline(
                f"load {first} IM daily for 7 doses", f"load {second} IM for 1 week"
            )
        )

        assert f" {text} by intramuscular injection" in words(found)
        plain = to_json(found.recommendation)["decisions"]["loading"]
        assert plain["outcome"] == "determined"
        assert plain["options"][0]["dose"]["unit"] == text.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("daily", "once daily"),
        ("daily", "every day"),
        ("weekly", "once per week"),
        ("every 2 to 3 days", "3 times per week"),
        ("daily for 7 doses", "once daily for 1 week"),
        ("daily for 2 weeks", "daily for 1 to 3 weeks"),
        ("3 times per week for 2 weeks", "3 times per week for 6 doses"),
        ("monthly indefinitely", "monthly for life"),
        ("daily for 7 days", "daily for 1 week"),
    ],
)
def test_what_comes_to_the_same_is_no_conflict(one: str, two: str) -> None:
    answers = [
        timeline_of(
            guideline(f"load 1000 µg IM {first}", f"load 1000 µg IM {second}")
        ).recommendation.loading
        for first, second in ((one, two), (two, one))
    ]

    assert [answer.outcome for answer in answers] == [Outcome.DETERMINED] * 2
    first, second = (schedules(answer) for answer in answers)
    assert first == second


def schedules(answer: Decided) -> list[str]:
    """What is offered, with the units and words in which it is printed."""
    return [spelled(option.advice) for option in answer.options]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("daily", "weekly"),
        ("daily until neurological_plateau", "daily until b12_repleted"),
        ("daily for 7 doses", "daily for 2 weeks"),
        ("daily for 1 week", "daily for life"),
        ("every 2 days", "3 times per week"),
        ("weekly for 4 weeks", "weekly for 1 month"),
    ],
)
def test_what_does_not_come_to_the_same_is_a_conflict(one: str, two: str) -> None:
    found = timeline_of(guideline(f"load 1000 µg IM {one}", f"load 1000 µg IM {two}"))

    assert (
        to_json(found.recommendation)["decisions"]["loading"]["outcome"] == "conflict"
    )


@pytest.mark.parametrize("often", ["100000 times per day", "25 times per day"])
def test_nobody_lists_what_nobody_takes(often: str) -> None:
    found = checked(guideline(f"load 1000 µg IM {often}"))

    assert "GDL318" in [d.code for d in found.diagnostics]


def test_the_json_is_as_its_schema_says() -> None:
    schema = json.loads(read("schema", "timeline.schema.json"))
    text = guideline(
        "load 1000 µg IM daily for 1 to 2 weeks then 1 mg IM weekly until b12_repleted",
        "maintain 1000 µg IM monthly for 6 months then 1000 µg IM every 3 months",
        "give folic_acid 5 mg oral daily for 3 doses then folic_acid 1 mg oral weekly",
        "check ferritin every week until loading_complete",
        "check calcium at 3 months after loading_complete",
    )
    found = timeline_of(text, events={"b12_repleted": dt.date(2026, 2, 28)})
    document = json.loads(json.dumps(timeline_to_json(found)))

    Draft202012Validator(schema).validate(document)
    assert any(row["optional"] for row in document["entries"])


def test_what_changes_or_ends_a_treatment_is_not_left_out() -> None:
    found = timeline_of(
        guideline(
            "maintain 1000 µg IM monthly",
            "change maintain to 1000 µg IM every 3 months",
            "stop b12_treatment",
        )
    )

    texts = [one.text for one in found.unplaced]
    assert "stop treatment with vitamin B12 (should)" in texts
    assert any(text.startswith("change maintenance to") for text in texts)
