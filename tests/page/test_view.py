"""What of the page can be asked without a browser: numbers, links, rows, what changed."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide.page import program
from b12guide.show.first_screen import first_screen
from tests.page.in_node import in_node

NAMES = ["mecobalamin_im", "nice_ng239"]
PROGRAMS = [program(name) for name in NAMES]
EGFR = next(one for one in PROGRAMS[0]["papers"]["facts"] if one["name"] == "egfr")
B12 = next(one for one in PROGRAMS[0]["papers"]["facts"] if one["name"] == "serum_b12")


def of_page(body: str, data: Any) -> Any:
    """What a function of the parts of the page, `p`, makes of some data."""
    whole = f"data => {{ const p = b12guide.parts; return ({body})(data); }}"
    return in_node(whole, data, "page.js")


def read(fact: Any, number: str, unit: str) -> Any:
    body = "([fact, entry]) => p.readMeasure(fact, entry)"
    return of_page(body, [fact, {"number": number, "unit": unit}])


# ------------------------------------------------------------------------------ numbers


def test_a_number_is_read_exactly_and_converted_exactly() -> None:
    assert read(EGFR, "38", "mL/min") == {"value": "38", "own": None}
    assert read(B12, "0.1", "ng/mL")["value"] == "100"
    assert read(EGFR, " 37.50 ", "mL/min")["value"] == "75/2"


def test_what_it_comes_to_in_the_own_unit_is_told() -> None:
    assert read(B12, "0.1", "ng/mL")["own"] == "100 pg/mL"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("38,5", "38.5"),
        ("about 40", "one number"),
        ("<50", "one number"),
        ("-3", "0 to 250 mL/min"),
        ("1e3", "one number"),
        ("3800", "0 to 250 mL/min"),
        ("9" * 30, "0 to 250 mL/min"),
        ("0." + "1" * 40, "Round it"),
    ],
)
def test_what_cannot_be_true_is_refused_with_what_would_be(
    number: str, said: str
) -> None:
    assert said in read(EGFR, number, "mL/min")["refused"]


def test_a_range_is_told_in_the_unit_that_was_chosen() -> None:
    unit = next(one for one in B12["units"] if one["text"] == "ng/mL")

    assert f"{unit['label']}" in read(B12, "900000", "ng/mL")["refused"]


# -------------------------------------------------------------------------------- links


def back(fragment: str) -> Any:
    return of_page(
        "([f, programs]) => p.fromFragment(f, programs)", [fragment, PROGRAMS]
    )


def test_a_link_brings_back_what_was_entered() -> None:
    state = {
        "guideline": "nice_ng239",
        "facts": {
            "b12_deficiency": True,
            "pregnancy": False,
            "egfr": {"number": "38", "unit": "mL/min"},
        },
        "otherwise": "absent",
        "off": [],
        "calendar": {"start": "2026-01-05", "events": {"plateau": "2026-03-01"}},
        "tab": "calendar",
    }
    fragment = of_page("state => p.toFragment(state)", state)
    found = back(fragment)

    assert found["state"] == state
    assert found["unread"] == []
    assert fragment.startswith("#g=nice_ng239&facts=")


def test_a_number_in_a_link_has_its_unit_as_people_write_it() -> None:
    found = back("#facts=age:34 years;egfr:38mL/min;platelets:200")["state"]["facts"]

    assert found["age"] == {"number": "34", "unit": "year"}
    assert found["egfr"] == {"number": "38", "unit": "mL/min"}
    assert found["platelets"]["number"] == "200"


@pytest.mark.parametrize(
    "fragment",
    [
        "",
        "#",
        "#%%%",
        "#g=nobody",
        "#facts=;;;:::",
        "#facts=constructor:yes;__proto__:no;toString:yes",
        "#facts=pregnancy:perhaps;egfr:;egfr:38 stone;bariatric_procedure:<script>",
        "#off=constructor,T999&tab=nowhere&start=yesterday&days=x",
        "#facts=" + "a:yes;" * 5000,
    ],
)
def test_rubbish_in_a_link_enters_nothing_and_is_told(fragment: str) -> None:
    found = back(fragment)

    assert found["state"]["facts"] == {}
    assert found["state"]["guideline"] == "mecobalamin_im"
    assert found["state"]["tab"] == "answer"
    assert found["state"]["off"] == []
    if "facts=" in fragment and ";;;" not in fragment:
        assert found["unread"]


# ---------------------------------------------------------------------------- the answer


PATIENTS: list[dict[str, Any]] = [
    {},
    {"b12_deficiency": True},
    {"bariatric_procedure": "roux_en_y", "planning_pregnancy": True},
    {"b12_deficiency": True, "neurological_symptoms": True, "egfr": "38"},
    {"b12_deficiency": True, "neurological_symptoms": False, "age": "40"},
    {"age": "9"},
    {"folate_deficiency": True, "b12_deficiency": True},
]
LABELS = {
    *("CONCLUSION", "LOADING", "MAINTENANCE", "CHANGE", "FORM", "OTHER DRUGS"),
    *("NOT NOW", "CHECK", "REFER", "ALSO"),
}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("facts", PATIENTS, ids=str)
def test_the_rows_have_the_statements_of_the_first_screen(
    facts: dict[str, Any], number: int
) -> None:
    guideline = b12guide.load(NAMES[number])
    known = guideline.facts
    facts = {name: value for name, value in facts.items() if name in known}
    units = {one["name"]: one["unit"] for one in PROGRAMS[number]["papers"]["facts"]}
    stated = {
        name: f"{value} {units[name]}" if units[name] else value
        for name, value in facts.items()
    }
    expected = {
        row.label: statements_in(d for line in row.lines for d in line.details)
        for row in first_screen(guideline.recommend({"facts": stated}))
        if row.label in LABELS
    }
    rows = of_page(
        "([program, facts]) => { const asked = p.asked(program, {facts, otherwise: 'unknown'}, {});"
        " return p.rowsOf(asked.answer, program, p.explainer(program, {facts, otherwise:"
        " 'unknown'}, {})); }",
        [PROGRAMS[number], facts],
    )
    found = {
        row["label"].upper(): statements_in(
            s for ln in row["lines"] for s in ln["statements"]
        )
        for row in rows
    }

    assert found == expected


def statements_in(texts: Any) -> set[str]:
    known = {*PROGRAMS[0]["papers"]["statements"], *PROGRAMS[1]["papers"]["statements"]}
    return {word for text in texts for word in text.split() if word in known}


CHANGED = """([program, before, after]) => {
  const moment = (facts) => {
    const state = {...p.emptyState(program.guideline.name), facts};
    const {patient} = p.patientOf(state, program);
    return {state, answer: p.asked(program, patient, {}).answer};
  };
  const found = p.changedBy(moment(before), moment(after), program);
  return found && {...found, keys: [...found.keys]};
}"""


def changed(before: dict[str, Any], after: dict[str, Any]) -> Any:
    return of_page(CHANGED, [PROGRAMS[0], before, after])


def test_a_reduced_kidney_function_rules_cyanocobalamin_out_and_says_by_what() -> None:
    known = {"b12_deficiency": True, "age": {"number": "50", "unit": "year"}}
    found = changed(known, {**known, "egfr": {"number": "38", "unit": "mL/min"}})

    assert found["input"] == "eGFR 38 mL/min"
    assert any("cyanocobalamin" in one and "S05" in one for one in found["effects"])
    assert found["keys"]


def test_what_changes_nothing_is_told_as_such() -> None:
    known = {"age": {"number": "50", "unit": "year"}}
    found = changed(known, {"age": {"number": "51", "unit": "year"}})

    assert found["effects"] == []
    assert found["keys"] == []


def test_leaving_the_scope_is_told_before_all_else() -> None:
    known = {"b12_deficiency": True}
    found = changed(known, {**known, "age": {"number": "9", "unit": "year"}})

    assert found["effects"] == ["the guideline is not written for this patient"]


def outcomes(name: str) -> list[str]:
    body = """([program, name]) => {
      const fact = program.papers.facts.find((one) => one.name === name);
      return p.samplesOf(fact, program).map((one) => p.together([one], fact));
    }"""
    found: list[str] = of_page(body, [PROGRAMS[0], name])
    return found


def test_a_measure_is_cut_where_the_guideline_cuts_it() -> None:
    assert outcomes("egfr") == ["below 50 mL/min", "50 mL/min", "above 50 mL/min"]
    assert outcomes("pregnancy") == ["yes", "no"]


def test_stretches_that_meet_are_told_as_one() -> None:
    body = """([program, name]) => {
      const fact = program.papers.facts.find((one) => one.name === name);
      const all = p.samplesOf(fact, program);
      return [p.together(all.slice(1), fact), p.together(all.slice(0, 2), fact),
        p.together(all, fact), p.together([all[0], all[2]], fact)];
    }"""
    found = of_page(body, [PROGRAMS[0], "egfr"])

    assert found == [
        "50 mL/min or more",
        "50 mL/min or less",
        "any value",
        "below 50 mL/min or above 50 mL/min",
    ]


def test_the_copied_text_has_the_notice_the_status_and_a_citation_for_each_line() -> (
    None
):
    body = """([program, facts]) => {
      const state = {...p.emptyState(program.guideline.name), facts};
      const {patient} = p.patientOf(state, program);
      const {answer} = p.asked(program, patient, {});
      return p.answerText(program, state, answer, p.explainer(program, patient, {}));
    }"""
    text = of_page(body, [PROGRAMS[0], {"bariatric_procedure": "roux_en_y"}])

    assert "For education and research" in text
    assert "under review, not approved" in text
    advice = text.partition("LOADING")[2].splitlines()
    lines = [line for line in advice if line.startswith("  - ")]
    assert len(lines) > 10
    assert [line for line in lines if not statements_in([line.replace(")", " ")])] == []


# ------------------------------------------------------------------------------- order


def test_a_field_keeps_its_place_while_somebody_enters() -> None:
    body = """([program, before, facts, asked]) => {
      const state = {...p.emptyState(program.guideline.name), facts};
      return p.inPlace(before, state, asked, program);
    }"""
    before = ["age", "egfr", "pregnancy"]
    found = of_page(
        body,
        [
            PROGRAMS[0],
            before,
            {"egfr": {"number": "3", "unit": "mL/min"}},
            ["platelets", "age"],
        ],
    )

    assert found == ["age", "egfr", "platelets"]


def test_only_facts_that_can_change_something_are_asked_the_first_question_first() -> (
    None
):
    facts = {"b12_deficiency": True, "neurological_symptoms": False}
    body = """([program, facts]) => {
      const {answer} = p.asked(program, {facts, otherwise: "absent"}, {});
      return [p.askedFacts(answer, program), answer.questions.map((one) => one.fact)];
    }"""
    asked, questions = of_page(body, [PROGRAMS[0], facts])

    assert asked[: len(questions[:1])] == questions[:1]
    assert set(questions) <= set(asked)
    assert "b12_deficiency" not in asked
