"""Facts stated in the words and units of a guideline."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any

import pytest

from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.patient.from_file import patient_from_text
from b12guide.patient.model import FactValue, Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.text import Text


def stated(graph: RuleGraph, name: str, raw: Any, on: str | None = None) -> Any:
    day = None if on is None else dt.date.fromisoformat(on)
    values = state(Patient(facts={name: raw}), graph, day).values
    assert list(values) == [name]
    return values[name]


def refused(graph: RuleGraph, facts: dict[Any, Any]) -> tuple[Diagnostic, ...]:
    with pytest.raises(PatientError) as caught:
        state(Patient(facts=facts), graph)
    return caught.value.diagnostics


def only(graph: RuleGraph, name: str, raw: Any) -> Diagnostic:
    (diagnostic,) = refused(graph, {name: raw})
    return diagnostic


def helps(diagnostic: Diagnostic) -> str:
    return "; ".join(h.message for h in diagnostic.help)


def place(diagnostic: Diagnostic) -> str:
    assert diagnostic.place is not None
    return diagnostic.place.text.slice(diagnostic.place.span)


# ------------------------------------------------------------------- what is taken


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("paresthesia", True, True),
        ("paresthesia", False, False),
        ("paresthesia", None, None),
        ("b12_repleted", True, True),
        ("neurological_symptoms", False, False),
        ("neurological_symptoms", None, None),
        ("bariatric_procedure", "roux_en_y", "roux_en_y"),
        ("bariatric_procedure", None, None),
        ("egfr", "35 mL/min", Fraction(35)),
        ("egfr", "35", Fraction(35)),
        ("egfr", 35, Fraction(35)),
        ("egfr", 35.1, Fraction("35.1")),
        ("egfr", Decimal("35.1"), Fraction("35.1")),
        ("egfr", Fraction(351, 10), Fraction("35.1")),
        ("egfr", "0.58 mL/s", Fraction("34.8")),
        ("egfr", "35 mL/min/1.73 m²", Fraction(35)),
        ("egfr", "0.5 mL/s/1.73m2", Fraction(30)),
        ("egfr", None, None),
        ("age", "45 years", Fraction(45)),
        ("age", "45 y", Fraction(45)),
        ("age", "18 months", Fraction(3, 2)),
        ("serum_b12", "200 pg/mL", Fraction(200)),
        ("serum_b12", "148 pmol/L", Fraction(148) * Fraction("1355.4") / 1000),
        ("serum_b12", "0.2 µg/L", Fraction(200)),
        ("platelets", "250 G/L", Fraction(250)),
        ("platelets", "250000 /µL", Fraction(250)),
        ("platelets", "250 x10⁹/L", Fraction(250)),
        ("transferrin_saturation", "0.2 fraction", Fraction(20)),
        ("transferrin_saturation", "20%", Fraction(20)),
        ("ferritin", "35 micrograms in a litre", Fraction(35)),
        ("injections", 6, Fraction(6)),
        ("injections", "6", Fraction(6)),
    ],
)
def test_a_value_is_stated_in_the_measures_own_unit(
    graph: RuleGraph, name: str, raw: Any, expected: FactValue | None
) -> None:
    value = stated(graph, name, raw)

    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("pins and needles", "paresthesia"),
        ("Pins-and_Needles", "paresthesia"),
        ("TINGLING", "paresthesia"),
    ],
)
def test_a_declared_synonym_is_taken_whatever_its_capitals(
    graph: RuleGraph, written: str, name: str
) -> None:
    found = state(Patient(facts={written: True}), graph)

    assert found.values == {name: True}
    assert found.places[name].text.slice(found.places[name].span) == "true"


def test_what_was_not_mentioned_stays_with_the_patient(graph: RuleGraph) -> None:
    patient = Patient(facts={}, otherwise="absent")

    found = state(patient, graph, dt.date(2025, 1, 1))

    assert found.values == {}
    assert found.otherwise is Otherwise.ABSENT
    assert found.on == dt.date(2025, 1, 1)


DATED = [
    {"value": "52 mL/min", "on": "2025-03-05"},
    {"value": "35 mL/min", "on": "2026-01-20"},
    {"value": None, "on": "2024-12-31"},
]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (None, 35),
        ("2026-01-20", 35),
        ("2026-01-19", 52),
        ("2025-03-05", 52),
        ("2025-03-04", None),
        ("2024-12-31", None),
        ("2020-01-01", None),
    ],
)
def test_the_latest_value_on_or_before_the_day_counts(
    graph: RuleGraph, on: str | None, expected: int | None
) -> None:
    assert stated(graph, "egfr", DATED, on) == expected
    assert stated(graph, "egfr", DATED[::-1], on) == expected


def test_a_single_value_may_have_a_date_or_none(graph: RuleGraph) -> None:
    day = dt.date(2025, 3, 5)

    assert stated(graph, "paresthesia", {"value": True}, "2020-01-01") is True
    assert stated(graph, "paresthesia", [{"value": True}], "2020-01-01") is True
    assert stated(graph, "egfr", {"value": 35, "on": day}, "2025-03-05") == 35
    assert stated(graph, "egfr", {"value": 35, "on": day}, "2025-03-04") is None
    moment = dt.datetime(2025, 3, 5, 12, 30, tzinfo=dt.UTC)
    assert stated(graph, "egfr", {"value": 35, "on": moment}, "2025-03-05") == 35


def test_one_value_twice_on_a_day_is_one_value(graph: RuleGraph) -> None:
    twice = [
        {"value": "200 ng/L", "on": "2025-03-05"},
        {"value": "200 pg/mL", "on": "2025-03-05"},
    ]

    assert stated(graph, "serum_b12", twice) == 200


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("name", "raw", "code", "told"),
    [
        ("paresthesia", "yes", "GDL710", "`True`"),
        ("paresthesia", "No", "GDL710", "`False`"),
        ("paresthesia", 1, "GDL710", "`True`"),
        ("paresthesia", 0, "GDL710", "`False`"),
        ("paresthesia", "unknown", "GDL710", "`None`"),
        ("paresthesia", "mild", "GDL710", "`True`, `False`"),
        ("paresthesia", 35.5, "GDL710", "`True`, `False`"),
        ("paresthesia", object(), "GDL710", "`True`, `False`"),
        ("b12_repleted", "2025-03-05", "GDL710", "`True`, `False`"),
        ("neurological_symptoms", "present", "GDL710", "`True`"),
        ("bariatric_procedure", "Roux-en-Y", "GDL711", '`"roux_en_y"`'),
        ("bariatric_procedure", "sleeve gastrectomy", "GDL711", '"sleeve_gastrectomy"'),
        ("bariatric_procedure", "gastric bypass", "GDL711", '"roux_en_y"'),
        ("bariatric_procedure", "sleeve_gastrectmy", "GDL711", '"sleeve_gastrectomy"'),
        ("bariatric_procedure", False, "GDL711", '"none"'),
        ("bariatric_procedure", "procedure", "GDL711", '`"none"` or `"other"`'),
        ("bariatric_procedure", "no", "GDL711", '"none"'),
        ("bariatric_procedure", "unknown", "GDL711", "`None`"),
        ("bariatric_procedure", True, "GDL711", "its values are `none`, `roux_en_y`"),
        ("cobalamin_gene", "tcn2", "GDL711", '"TCN2"'),
        ("cobalamin_gene", "no", "GDL711", "its values are `TCN2`, `MTR`"),
        ("egfr", True, "GDL712", "... mL/min"),
        ("egfr", float("nan"), "GDL712", "`None` when it is not known"),
        ("egfr", float("inf"), "GDL712", "`None` when it is not known"),
        ("egfr", Decimal("NaN"), "GDL712", "`None` when it is not known"),
        (
            "egfr",
            [{"value": [Decimal(1), {}]}],
            "GDL712",
            "`None` when it is not known",
        ),
        ("egfr", {"value": {1, 2}}, "GDL712", "`None` when it is not known"),
        ("egfr", object(), "GDL712", "`None` when it is not known"),
        ("injections", True, "GDL712", "write the number, or `None`"),
        ("egfr", "35,5 mL/min", "GDL712", "`35.5 mL/min`"),
        ("platelets", "250,000 /µL", "GDL712", "`250000 /µL` or `250.000 /µL`"),
        ("egfr", "high", "GDL712", "`12 mL/min`"),
        ("injections", "many", "GDL712", "a plain number"),
        ("egfr", "", "GDL712", "`12 mL/min`"),
        ("egfr", "> 90 mL/min", "GDL712", "the measured number"),
        ("egfr", "30-60 mL/min", "GDL712", "the measured number"),
        ("egfr", "3.5e1 mL/min", "GDL712", "`35 mL/min`"),
        ("egfr", "35 ML/MIN", "GDL713", "`mL/min`"),
        ("egfr", "35 mL/mn", "GDL713", "`mL/min`"),
        ("egfr", "35 bananas", "GDL713", "measured in `mL/min`"),
        ("injections", "6 bananas", "GDL713", "a plain number"),
        ("egfr", "35 mg", "GDL714", "measured in `mL/min`"),
        ("egfr", "35 mL/min/m2", "GDL714", "measured in `mL/min`"),
        ("ferritin", "35 nmol/L", "GDL714", "measured in `µg/L`"),
        ("age", "400 days", "GDL714", "measured in `years`"),
        ("injections", "6 mg", "GDL714", "a plain number"),
        ("serum_b12", "0.3 ng/L", "GDL715", "`0.3 ng/mL` or `0.3 µg/L`"),
        ("serum_b12", "0.3", "GDL715", "`0.3 ng/mL` or `0.3 µg/L`"),
        ("platelets", "250000", "GDL715", "`250000 /µL`"),
        ("age", "450 years", "GDL715", "`450 months`"),
        ("egfr", "-3 mL/min", "GDL715", "check the number"),
        ("egfr", {"value": 35, "on": "05/03/2025"}, "GDL716", "year-month-day"),
        ("egfr", {"value": 35, "on": "2025-02-30"}, "GDL716", "year-month-day"),
        ("egfr", {"value": 35, "on": "2025-3-5"}, "GDL716", "`2025-03-05`"),
        ("egfr", {"value": 35, "on": "2025/03/05"}, "GDL716", "`2025-03-05`"),
        ("egfr", {"value": 35, "on": "20250305"}, "GDL716", "`2025-03-05`"),
        ("egfr", {"value": 35, "on": "2025-03-05T10"}, "GDL716", "`2025-03-05`"),
        ("egfr", {"value": 35, "on": "2025-03-05T24:00"}, "GDL716", "`2025-03-05`"),
        ("egfr", {"value": 35, "on": 2025}, "GDL716", "year-month-day"),
        ("egfr", {"value": 35, "on": None}, "GDL716", "year-month-day"),
        ("egfr", {"on": "2025-03-05"}, "GDL717", '{"value": ...'),
        ("egfr", {"value": 35, "date": "2025-03-05"}, "GDL717", "`on`"),
        ("egfr", {"value": 35, "vlaue": 35}, "GDL717", "`value`"),
        ("egfr", {"value": 35, "method": "CKD-EPI"}, "GDL717", "`value`, `unit`, `on`"),
        ("egfr", {"value": 35, "unit": 7}, "GDL717", "`mL/min`"),
        ("egfr", {"value": 35, "unit": "mg"}, "GDL714", "measured in `mL/min`"),
        ("egfr", {"value": 35, "unit": "mL/mn"}, "GDL713", "`mL/min`"),
        ("egfr", {"value": "35 mL/s", "unit": "mL/min"}, "GDL717", "keep the unit"),
        ("egfr", {"value": 35, "unit": "mL/s", "code": "mL/min"}, "GDL717", "keep the"),
        ("egfr", {"value": 35, "code": "1", "system": "urn:x"}, "GDL717", "`unit`"),
        ("egfr", {"value": 35, "comparator": "ad"}, "GDL712", "`12 mL/min`"),
        ("egfr", {"value": "60 to 50", "unit": "mL/min"}, "GDL712", "the measured"),
        ("egfr", {"value": "<900", "unit": "mL/min"}, "GDL715", "check the number"),
        ("paresthesia", {"value": True, "unit": "mg"}, "GDL717", "leave out `unit`"),
        ("egfr", [], "GDL717", "`None`"),
        ("egfr", [35], "GDL717", '{"value": 35, "on": "YYYY-MM-DD"}'),
        ("egfr", "2026-01-01", "GDL712", '{"value": ..., "on": "YYYY-MM-DD"}'),
        ("egfr", "2026-1-1T10:00", "GDL712", '"on": "YYYY-MM-DD"'),
        ("injections", 10**31, "GDL719", "round it"),
        ("injections", Decimal("1e400"), "GDL719", "round it"),
        ("injections", Fraction(1, 10**31), "GDL719", "round it"),
        ("injections", "9" * 31, "GDL719", "round it"),
    ],
)
def test_a_value_that_cannot_be_taken_is_told_with_a_remedy(
    graph: RuleGraph, name: str, raw: Any, code: str, told: str
) -> None:
    diagnostic = only(graph, name, raw)

    assert diagnostic.code == code
    assert told in helps(diagnostic)
    assert f"`{name}`" in diagnostic.message + helps(diagnostic) or code == "GDL712"
    assert "\n" not in diagnostic.message
    assert diagnostic.place is not None


@pytest.mark.parametrize(
    ("written", "code", "told"),
    [
        ("platelet", "GDL707", "`platelets`"),
        ("Paresthesia", "GDL707", "`paresthesia`"),
        ("platelet count", "GDL707", "`platelets`"),
        ("neurological symptoms", "GDL707", "`neurological_symptoms`"),
        ("glomerular", "GDL707", "`egfr`"),
        ("cobalamin", "GDL707", "`serum_b12` or `cobalamin_gene`"),
        ("neuropathy", "GDL707", "`neurological_symptoms`"),
        ("nephropthy", "GDL707", "`nephropathy`"),
        ("b12_deficency", "GDL707", "`b12_deficiency`"),
        ("nmbns", "GDL707", "`numbness`"),
        ("serum b12", "GDL707", "`serum_b12`"),
        ("otherwise", "GDL707", "beside `facts`"),
        ("numb", "GDL707", "`numbness`"),
        ("gastric bypass", "GDL707", '"bariatric_procedure": "roux_en_y"'),
        (" ", "GDL707", "b12guide facts"),
        ("roux_en_y", "GDL707", '`"bariatric_procedure": "roux_en_y"`'),
        ("Sleeve gastrectomy", "GDL707", '"bariatric_procedure": "sleeve_gastrectomy"'),
        ("another procedure", "GDL707", "b12guide facts"),
        ("shoe_size", "GDL707", "b12guide facts"),
        ("methylcobalamin", "GDL708", ""),
        ("thiamine", "GDL708", ""),
        ("folate", "GDL708", "`folate_deficiency`"),
    ],
)
def test_a_name_that_is_no_fact_is_told_with_what_was_meant(
    graph: RuleGraph, written: str, code: str, told: str
) -> None:
    diagnostic = only(graph, written, True)

    assert diagnostic.code == code
    assert told in helps(diagnostic)
    assert f"`{written}`" in diagnostic.message
    assert place(diagnostic) == f'"{written}"'


def test_the_kind_of_another_word_is_told(graph: RuleGraph) -> None:
    drug, test = refused(graph, {"mecobalamin": True, "thiamine": "1 mg"})

    assert drug.message == "`mecobalamin` is a drug, not a fact"
    assert "history" in drug.notes[0]
    assert test.message == "`thiamine` is a test, not a fact"


def test_a_name_that_is_no_text_is_refused(graph: RuleGraph) -> None:
    (diagnostic,) = refused(graph, {3: True})

    assert diagnostic.code == "GDL707"
    assert "`3`" in diagnostic.message


def test_a_fact_under_two_names_is_refused(graph: RuleGraph) -> None:
    (diagnostic,) = refused(graph, {"paresthesia": True, "tingling": True})

    assert diagnostic.code == "GDL709"
    assert [lab.text.slice(lab.span) for lab in diagnostic.labels] == [
        '"tingling"',
        '"paresthesia"',
    ]


def test_two_values_on_one_day_are_refused_on_any_day(graph: RuleGraph) -> None:
    raw = [
        {"value": 35, "on": "2025-03-05"},
        {"value": 36, "on": "2025-03-05"},
        {"value": 40, "on": "2025-04-05"},
    ]

    diagnostic = only(graph, "egfr", raw)

    assert diagnostic.code == "GDL718"
    assert "2025-03-05" in diagnostic.message
    assert len(diagnostic.labels) == 2


def test_a_value_without_a_date_in_a_list_is_refused(graph: RuleGraph) -> None:
    diagnostic = only(graph, "egfr", [{"value": 35, "on": "2025-03-05"}, {"value": 36}])

    assert diagnostic.code == "GDL717"
    assert "36" in place(diagnostic)


def test_without_a_molar_mass_the_refusal_says_so(graph: RuleGraph) -> None:
    diagnostic = only(graph, "ferritin", "35 nmol/L")

    assert diagnostic.notes == (
        "`nmol/L` is an amount of substance per volume, `µg/L` is a mass per volume",
        "no molar mass is declared for `ferritin`",
    )


def test_an_unbelievable_value_is_told_in_both_units(graph: RuleGraph) -> None:
    diagnostic = only(graph, "serum_b12", "200 mmol/L")

    assert diagnostic.message == (
        "`200 mmol/L` (`271080000000 ng/L`) is not a plausible value of `serum_b12`"
    )
    assert diagnostic.notes == ("serum vitamin B12 is expected from 10 to 100000 ng/L",)


def test_all_mistakes_are_told_at_once_in_the_order_written(graph: RuleGraph) -> None:
    text = Text(
        "ann.json",
        """{"facts": {
  "platelet": 30,
  "paresthesia": "yes",
  "egfr": [
    {"value": "35 mL/mn", "on": "2025-03-05"},
    {"value": "35 mL/min", "on": "March"}
  ]
}}""",
    )
    with pytest.raises(PatientError) as caught:
        state(patient_from_text(text, ".json"), graph)

    found = caught.value.diagnostics
    assert [d.code for d in found] == ["GDL707", "GDL710", "GDL713", "GDL716"]
    assert [place(d) for d in found] == ['"platelet"', '"yes"', '"35 mL/mn"', '"March"']
    assert "ann.json:2:3: GDL707" in str(caught.value)


def test_a_certain_remedy_comes_as_an_edit(graph: RuleGraph) -> None:
    text = Text(
        "ann.json",
        '{"facts": {"platelet": "30 x10e9/L", "paresthesia": "yes", "egfr": "3,5 mL/min",'
        ' "ferritin": "35 MCG/L"}}',
    )
    with pytest.raises(PatientError) as caught:
        state(patient_from_text(text, ".json"), graph)

    edits = [e for d in caught.value.diagnostics for h in d.help for e in h.edits]
    mended = text.characters
    for edit in sorted(edits, key=lambda e: -e.span.start):
        mended = mended[: edit.span.start] + edit.replacement + mended[edit.span.end :]
    assert mended == (
        '{"facts": {"platelets": "30 x10e9/L", "paresthesia": true,'
        ' "egfr": "3.5 mL/min", "ferritin": "35 µg/L"}}'
    )


def test_a_value_without_an_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(PatientError, match="GDL719") as raised:
        Patient(facts={"egfr": {"value": endless}})

    assert [one.code for one in raised.value.diagnostics] == ["GDL719"]


def test_a_value_that_is_nested_deeply_is_refused(graph: RuleGraph) -> None:
    deep: list[Any] = []
    for _ in range(40):
        deep = [deep]

    assert only(graph, "egfr", {"value": deep}).code == "GDL712"


def test_text_without_quotation_marks_is_not_edited(graph: RuleGraph) -> None:
    text = Text("ann.yaml", "facts:\n  ferritin: 3,5 µg/L\n  platelet: 3\n")
    with pytest.raises(PatientError) as caught:
        state(patient_from_text(text, ".yaml"), graph)

    name, value = caught.value.diagnostics[::-1]
    assert value.help[0].edits == ()
    assert name.help[0].edits[0].replacement == "platelets"


def test_a_name_that_is_escaped_is_not_edited(graph: RuleGraph) -> None:
    text = Text("ann.json", '{"facts": {"pl\\u0061telet": 3}}')
    with pytest.raises(PatientError) as caught:
        state(patient_from_text(text, ".json"), graph)

    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.help[0].message == "did you mean `platelets`?"
    assert diagnostic.help[0].edits == ()


def test_the_characters_of_a_value_cannot_act_on_a_terminal(graph: RuleGraph) -> None:
    raw = "\x1b[31mred\u202e" + "x" * 1000

    diagnostic = only(graph, "bariatric_procedure", raw)

    assert diagnostic.message.isprintable()
    assert len(diagnostic.message) < 150


def test_places_given_by_a_caller_need_not_be_complete(graph: RuleGraph) -> None:
    written = patient_from_text(Text("x.json", '{"facts": {"egfr": 1}}'), ".json")
    patient = Patient(
        facts={"egfr": "high", "nothing": 1},
        places={"egfr": written.places["egfr"]},
        name="form",
    )

    with pytest.raises(PatientError) as caught:
        state(patient, graph)

    names = [d.place.text.name for d in caught.value.diagnostics if d.place]
    assert sorted(names) == ["form", "x.json"]


class Unprintable:
    """What cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


def nested(depth: int) -> Any:
    value: Any = 35
    for _ in range(depth):
        value = {"value": value}
    return value


HUGE = 10**5000


@pytest.mark.parametrize(
    "name", ["egfr", "injections", "paresthesia", "cobalamin_gene"]
)
@pytest.mark.parametrize(
    "make",
    [
        lambda: HUGE,
        lambda: -HUGE,
        lambda: Fraction(HUGE, 3),
        lambda: {"value": HUGE},
        lambda: {"value": 35, "on": HUGE},
        lambda: {"value": 35, HUGE: 1},
        lambda: {"value": 35, "unit": HUGE},
        lambda: [{"value": HUGE, "on": "2025-01-01"}],
        lambda: [HUGE, HUGE],
        Unprintable,
        lambda: {"value": Unprintable()},
        lambda: {"value": 35, "on": Unprintable()},
        lambda: nested(3),
        lambda: nested(50_000),
        lambda: Decimal("NaN"),
        lambda: Decimal("sNaN"),
        lambda: Decimal("-Infinity"),
        lambda: float("nan"),
        lambda: complex(35),
        lambda: b"35 mL/min",
        lambda: {35},
        lambda: "3" * 100_000,
        lambda: "35 mL/min\ud800",
    ],
    ids=count(),
)
def test_whatever_a_program_states_is_refused_with_a_remedy(
    graph: RuleGraph, name: str, make: Any
) -> None:
    for diagnostic in refused(graph, {name: make()}):
        assert diagnostic.help
        assert diagnostic.place is not None
        assert len(diagnostic.message) < 400


def test_a_key_may_be_whatever_a_program_has(graph: RuleGraph) -> None:
    (diagnostic,) = refused(graph, {HUGE: True})

    assert diagnostic.code == "GDL707"
