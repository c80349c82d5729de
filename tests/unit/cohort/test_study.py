"""What a study counts is what single answers say."""

from __future__ import annotations

import copy
import pickle
import re
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve

from b12guide import (
    Guideline,
    GuidelineError,
    PatientError,
    UnknownNameError,
    load,
    patient_from,
)
from b12guide.cohort.decisive_facts import HingeStep
from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options
from b12guide.cohort.source import opened
from b12guide.errors import ArgumentError, CohortError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import DECISIONS
from b12guide.graph.model import Decision
from b12guide.values.term import Kind

KNOWN = {
    "age": 40,
    "ileal_resection": 0.0,
    "ileal_involvement": 0.0,
    "platelets": 200.0,
}
PEOPLE: list[dict[str, Any]] = [
    {"id": "a", "b12_deficiency": True, "paresthesia": False, "egfr": 48.0, **KNOWN},
    {"id": "b", "b12_deficiency": True, "paresthesia": False, "egfr": None, **KNOWN},
    {"id": "c", "b12_deficiency": True, "paresthesia": None, "egfr": 90.0, **KNOWN},
    {"id": "d", "b12_deficiency": True, "paresthesia": None, "egfr": None, **KNOWN},
    {"id": "e", "b12_deficiency": True, "paresthesia": True, "egfr": 90.0, **KNOWN},
    {"id": "f", "b12_deficiency": False, "paresthesia": False, "egfr": 40.0, **KNOWN},
    {
        **KNOWN,
        "id": "g",
        "b12_deficiency": True,
        "paresthesia": True,
        "egfr": 30.0,
        "age": 4,
    },
]
OPTIONS: Any = {"patient": "id", "otherwise": "absent"}


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    return pl.DataFrame(PEOPLE)


def single(guideline: Guideline, person: dict[str, Any]) -> Any:
    facts = {name: value for name, value in person.items() if name != "id"}
    return guideline.recommend(patient_from(facts, otherwise="absent"))


# ----------------------------------------------------------------------- prevalence


def test_counts_are_those_of_single_answers(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    answers = [single(guideline, person) for person in PEOPLE]
    found = guideline.study(people, **OPTIONS).prevalence

    assert found.patients == 7
    for rule in found.rules:
        said = Counter(
            v.verdict.value
            for a in answers
            for v in a.rules
            if v.rule.name == rule.rule
        )
        assert said == +Counter(
            {
                "applies": rule.applies,
                "does not apply": rule.does_not_apply,
                "unknown": rule.unknown,
                "indeterminate": rule.indeterminate,
                "overridden": rule.overridden,
            }
        )
    for decision in found.decisions:
        said = Counter(
            a.decisions[Decision(decision.decision)].outcome.value for a in answers
        )
        assert said["determined"] == decision.determined
        assert said["depends"] == decision.depends
        assert said["silent"] == decision.silent
    told = Counter({d.decision: 0 for d in found.decisions})
    for value in found.values:  # noqa: PD011 -- no frame
        told[value.decision] += value.patients
    assert set(told.values()) == {7}


def test_counts_come_as_frames_of_the_kind_that_came_in(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    for frame, kind in ((people, pl.DataFrame), (people.to_pandas(), pd.DataFrame)):
        study = guideline.study(frame, **OPTIONS)
        found = (
            study.prevalence.to_frame(),
            study.prevalence.decisions_frame(),
            study.prevalence.values_frame(),
            study.hinges.to_frame(),
            study.hinges.order_frame(),
            study.burden.to_frame(),
            study.what_if({"egfr < 50 mL/min": "egfr < 45 mL/min"}).to_frame(),
        )
        assert {type(one) for one in found} == {kind}


def test_a_cohort_without_patients_has_counts_of_nothing(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    study = guideline.study(people.clear(), **OPTIONS)

    assert study.prevalence.patients == 0
    assert {one.applies for one in study.prevalence.rules} == {0}
    assert study.hinges.order == ()
    assert study.burden.groups == ()
    assert study.compare(guideline.evaluator).differing == 0


# --------------------------------------------------------------------------- hinges


def test_a_fact_settles_whoever_is_asked_for_nothing_else(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    found = guideline.study(people, **OPTIONS).hinges
    by_name = {one.fact: (one.hinges, one.alone) for one in found.facts}

    assert by_name == {"egfr": (2, 1), "paresthesia": (2, 1)}  # b and d, c and d
    assert found.settled == 4  # a, e, f, g
    assert found.order == (
        HingeStep(fact="egfr", more=1, settled=5),
        HingeStep(fact="paresthesia", more=2, settled=7),
    )


def test_hinges_are_the_questions_of_single_answers(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    frame = people.drop("platelets", "ileal_resection")
    asked = [
        {q.fact for q in single(guideline, {n: p[n] for n in frame.columns}).questions}
        for p in PEOPLE
    ]
    found = guideline.study(frame, **OPTIONS).hinges

    assert {one.fact: one.hinges for one in found.facts} == Counter(
        fact for questions in asked for fact in questions
    )
    assert {one.fact: one.alone for one in found.facts if one.alone} == Counter(
        fact for questions in asked if len(questions) == 1 for fact in questions
    )


def test_hinges_of_one_decision_are_those_of_its_own_questions(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    answers = [single(guideline, person) for person in PEOPLE]
    found = guideline.study(people, **OPTIONS).hinges

    for decision in DECISIONS:
        asked = [
            {q.fact for q in answer.questions if decision in q.decides}
            for answer in answers
        ]
        of = found.of(decision.value)
        assert {one.fact: one.hinges for one in of.facts} == Counter(
            fact for facts in asked for fact in facts
        )
        assert of.settled == sum(not facts for facts in asked)
    assert found.settled_by_decision["form"] == 5  # of b and d the eGFR is not known
    assert found.settled_by_decision["loading"] == 5  # of c and d the symptoms are not
    assert {(h.decision, h.fact, h.hinges, h.alone) for h in found.by_decision} >= {
        ("form", "egfr", 2, 2),
        ("loading", "paresthesia", 2, 2),
    }
    assert found.decisions_frame().columns == [
        *("decision", "fact", "label", "hinges", "alone")
    ]
    with pytest.raises(UnknownNameError, match="did you mean `form`"):
        found.of("forms")


def test_a_decision_with_an_open_exclusion_is_not_settled(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    found = guideline.study(people, **OPTIONS).prevalence
    form = next(one for one in found.decisions if one.decision == "form")
    answers = [single(guideline, person).form for person in PEOPLE]

    assert form.determined == sum(a.outcome.value == "determined" for a in answers)
    assert form.settled == sum(not a.depends_on for a in answers) == 5
    assert form.settled < form.determined + form.silent


def test_a_threshold_of_the_source_leaves_a_decision_open(guideline: Guideline) -> None:
    person = {**PEOPLE[0], "crohns_disease": True, "ileal_involvement": 45.0}
    person["b12_deficiency"] = False
    study = guideline.study(pl.DataFrame([person]), **OPTIONS)
    settled = {one.decision: one.settled for one in study.prevalence.decisions}

    assert study.hinges.settled == 1  # nothing can be asked
    assert settled["maintenance"] == 0  # and yet something is open
    assert settled["loading"] == 1


def test_an_answered_question_settles_the_patient(guideline: Guideline) -> None:
    for egfr in (20.0, 49.9, 50.0, 120.0):
        answered = pl.DataFrame([{**PEOPLE[1], "egfr": egfr}])
        assert guideline.study(answered, **OPTIONS).hinges.settled == 1


# ---------------------------------------------------------------------- what changes


def test_a_lower_threshold_changes_who_lies_between(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    found = guideline.study(people, **OPTIONS).what_if(
        {"egfr < 50 mL/min": "egfr < 45 mL/min"}
    )
    changed = [cell for cell in found.cells if not cell.same]

    assert found.change == ("egfr < 45 mL/min instead of egfr < 50 mL/min",)
    assert found.differing == 1
    assert {cell.witnesses for cell in changed} == {("a",)}
    assert {name for name, count in found.changed.items() if count} == {"form"}
    (form,) = changed
    assert form.first_value == "hydroxocobalamin or mecobalamin, not cyanocobalamin"
    assert form.second_value == "hydroxocobalamin or mecobalamin"


def test_the_changed_guideline_answers_as_if_it_were_written_so(
    guideline: Guideline, people: pl.DataFrame, tmp_path: Any
) -> None:
    text = "\n".join(t.characters for t in guideline.loaded.texts[:1])
    file = tmp_path / "changed.gdl"
    other = text.replace("egfr < 50 mL/min", "egfr < 45 mL/min")
    assert other != text
    rules = other.split('\nexample "')
    file.write_text(
        rules[0] + "".join(_after_example(part) for part in rules[1:]), encoding="utf-8"
    )
    study = guideline.study(people, **OPTIONS)
    written = study.compare(load(str(file)).evaluator)
    changed = study.what_if({"egfr < 50 mL/min": "egfr < 45 mL/min"})

    assert written.cells == changed.cells


def _after_example(part: str) -> str:
    """What follows an example in a guideline's text."""
    lines = part.splitlines()[1:]
    while lines and lines[0].startswith(" "):
        lines = lines[1:]
    return "\n" + "\n".join(lines)


def test_an_inclusive_bound_can_be_read_as_exclusive(guideline: Guideline) -> None:
    frame = pl.DataFrame(
        [{**PEOPLE[0], "platelets": 25.0}, {**PEOPLE[0], "platelets": 24.0}]
    )
    study = guideline.study(frame, **OPTIONS)
    found = study.what_if(
        {
            "platelets from 25 to 50 x10^9/L": "platelets > 25 x10^9/L and "
            "platelets < 50 x10^9/L"
        }
    )

    assert found.changed["technique"] == 1


def test_a_threshold_that_is_a_range_can_be_read_at_one_end(
    guideline: Guideline,
) -> None:
    person = {**PEOPLE[0], "crohns_disease": True, "ileal_involvement": 45.0}
    study = guideline.study(pl.DataFrame([person]), **OPTIONS)
    found = study.what_if(
        {"ileal_involvement > 30 to 60 cm": "ileal_involvement > 30 cm"}
    )

    assert found.differing == 1


def test_without_an_assumption_what_rests_on_it_is_unknown(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    study = guideline.study(people, **OPTIONS)
    found = study.what_if(without=["T01"])
    form = [cell for cell in found.cells if cell.decision == "form" and not cell.same]

    assert found.change[0].startswith("without T01: ")
    assert found.changed["form"] > 0
    assert found.changed["loading"] == 0
    assert {cell.first_value for cell in form} <= {
        "hydroxocobalamin or mecobalamin",
        "hydroxocobalamin or mecobalamin, not cyanocobalamin",
        "hydroxocobalamin",
    }
    assert "hydroxocobalamin" in {cell.second_value for cell in form}


def test_a_change_of_nothing_is_refused(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    study = guideline.study(people, **OPTIONS)

    with pytest.raises(GuidelineError, match=r"instead:1:8: GDL304 `kg`"):
        study.what_if({"egfr < 50 mL/min": "egfr < 45 kg"})
    with pytest.raises(GuidelineError, match=r"instead:1:1: GDL202 .*`egf`"):
        study.what_if({"egf  < 50 mL/min": "egfr < 45 mL/min"})
    none: list[Any] = [None, {}, "egfr < 50 mL/min", {"egfr < 50 mL/min": 45}]
    for wrong in none:
        with pytest.raises(ArgumentError, match="`instead` has to be a mapping"):
            study.what_if(wrong)
    assert study.what_if(without="T01").change == study.what_if(without=["T01"]).change
    with pytest.raises(UnknownNameError, match="did you mean `egfr < 50 mL/min`"):
        study.what_if({"egfr < 40 mL/min": "egfr < 45 mL/min"})
    with pytest.raises(UnknownNameError, match="there is no assumption `T99`"):
        study.what_if(without=["T99"])
    with pytest.raises(GuidelineError, match="there is no measure `egfrr`"):
        study.what_if({"egfr < 50 mL/min": "egfrr < 45 mL/min"})
    with pytest.raises(GuidelineError):
        study.what_if({"egfr < 50 mL/min": "egfr < 45 kg"})
    with pytest.raises(GuidelineError):
        study.what_if({"egfr < 50 mL/min": "egfr <"})


# ------------------------------------------------------------------------ comparison

OTHER = """language 1
guideline other "Another"
    uses b12
rule which when b12_deficiency form hydroxocobalamin or mecobalamin strength should
rule begin when b12_deficiency and not paresthesia
    load 1000 µg IM 3 times per week for 2 weeks strength should
rule go_on when b12_deficiency maintain 1000 µg IM every month for life strength should
"""


def test_two_guidelines_are_crossed_cell_by_cell(
    guideline: Guideline, people: pl.DataFrame, tmp_path: Any
) -> None:
    file = tmp_path / "other.gdl"
    file.write_text(OTHER, encoding="utf-8")
    other = load(str(file))
    found = guideline.study(people, **OPTIONS).compare(other.evaluator)
    loading = {
        (c.first_outcome, c.second_outcome): (c.patients, c.same, c.witnesses)
        for c in found.cells
        if c.decision == "loading"
    }

    assert (found.first.name, found.second.name) == ("mecobalamin_im", "other")
    for decision in Decision:
        cells = [c for c in found.cells if c.decision == decision.value]
        assert sum(c.patients for c in cells) in {0, 7}
    assert loading["determined", "determined"] == (2, True, ())  # a and b
    assert loading["depends", "depends"][:2] == (
        2,
        False,
    )  # c and d: not the same doubt
    assert loading["determined", "silent"] == (1, False, ("e",))
    assert found.differing == 7  # to f, the form is named because of the kidneys
    assert found.to_dict()["changed"] == dict(found.changed)


def test_a_rule_whose_advice_others_give_anyhow_changes_nothing(
    guideline: Guideline,
) -> None:
    """The gate says what `folate_withheld_in_deficiency` says, to everybody."""
    rules = dict(guideline.graph.rules)
    del rules["folate_withheld_in_deficiency"]
    without = Evaluator.of(evolve(guideline.graph, rules=rules, digest=""))
    random = Random(11)  # noqa: S311 -- alike each time
    names = ("b12_deficiency", "folate_deficiency", "b12_treatment", "b12_repleted")
    frame = pl.DataFrame(
        {n: [random.choice([True, False, None]) for _ in range(400)] for n in names}
    )
    found = guideline.study(frame).compare(without)

    assert [cell for cell in found.cells if not cell.same] == []
    assert found.differing == 0


def test_equal_advice_is_counted_once(guideline: Guideline) -> None:
    random = Random(11)  # noqa: S311 -- alike each time
    names = [
        name
        for name, fact in guideline.graph.vocabulary.facts.items()
        if fact.kind is Kind.FINDING
    ]
    frame = pl.DataFrame(
        {n: [random.choice([True, False, None]) for _ in range(400)] for n in names}
    )
    found = guideline.study(frame, on_bad="unknown").prevalence
    parts = Counter(
        (one.decision, one.outcome, frozenset(re.split(r"; | \| | or ", one.value)))
        for one in found.values  # noqa: PD011 -- no frame
        if one.value and one.outcome != "depends"
    )

    assert set(parts.values()) == {1}


def test_patients_without_a_name_go_by_their_rows(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    study = guideline.study(people.drop("id"), otherwise="absent")
    found = study.what_if({"egfr < 50 mL/min": "egfr < 45 mL/min"})

    assert {cell.witnesses for cell in found.cells if not cell.same} == {(1,)}


def test_a_column_that_one_guideline_lacks_is_told(
    guideline: Guideline, tmp_path: Any
) -> None:
    file = tmp_path / "small.gdl"
    file.write_text(
        'language 1\nguideline small\nfinding tired "tired"\n'
        'rule r when tired note "rest" strength should\n',
        encoding="utf-8",
    )
    frame = pa.table({"b12_deficiency": [True], "tired": [True]})
    found = guideline.study(frame).compare(load(str(file)).evaluator)

    assert found.unread == (("b12_deficiency", "mecobalamin_im"), ("tired", "small"))


def test_a_guideline_is_compared_with_a_guideline(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    study = guideline.study(people, **OPTIONS)

    assert study.compare(guideline).differing == 0
    for wrong in ("mecobalamin_im", None, 3, people):
        with pytest.raises(CohortError, match="no guideline to compare with"):
            study.compare(wrong)  # type: ignore[arg-type]


CHANGE = {"egfr < 50 mL/min": "egfr < 95 mL/min"}


def test_everybody_who_is_told_something_else_can_be_had(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    found = guideline.study(people, **OPTIONS).what_if(CHANGE)
    frame = found.patients_frame()
    other = {
        p["id"]: single(guideline, {**p, "egfr": _lower(p["egfr"])}) for p in PEOPLE
    }

    assert frame.columns == [
        *("id", "decision", "first_outcome", "first_value"),
        *("second_outcome", "second_value"),
    ]
    assert frame["id"].n_unique() == found.differing
    assert frame["id"].is_sorted()
    assert Counter(frame["decision"].to_list()) == +Counter(found.changed)
    for row in frame.iter_rows(named=True):
        (before,) = (p for p in PEOPLE if p["id"] == row["id"])
        decision = Decision(row["decision"])
        mine, theirs = single(guideline, before), other[row["id"]]
        assert row["first_outcome"] == mine.decisions[decision].outcome.value
        assert row["second_outcome"] == theirs.decisions[decision].outcome.value
    assert (
        guideline.study(people, **OPTIONS)
        .compare(guideline)
        .patients_frame()
        .is_empty()
    )


def _lower(egfr: float | None) -> float | None:
    """What the changed threshold makes of a value: all of them lie below it."""
    return None if egfr is None else min(egfr, 40.0)


IDS: dict[str, Any] = {
    "large": pd.array([2**53 + 1, None, 3, 4, 5, 6, 7], dtype="Int64"),
    "moments": pd.date_range("2024-01-01", periods=7, tz="Europe/Berlin"),
    "categories": pd.Categorical(list("gfedcba")),
    "mixed": [1, "two", 3.5, None, (5,), "6", 7],
    "arrow": pd.array([1, 2, 3, 4, 5, 6, 7], dtype="int64[pyarrow]"),
}


@pytest.mark.parametrize("kind", IDS)
def test_patients_are_named_as_they_are(guideline: Guideline, kind: str) -> None:
    people = pd.DataFrame(PEOPLE).drop(columns="id").assign(who=IDS[kind])
    people.index = pd.Index([3, 1, 2, 2, 5, 6, 7])
    options = {**OPTIONS, "patient": "who"}
    found = guideline.study(people, **options).what_if(CHANGE)
    frame = found.patients_frame()
    rows = guideline.study(people.drop(columns="who"), otherwise="absent")
    numbers = rows.what_if(CHANGE).patients_frame()["row"].to_numpy() - 1

    assert frame["who"].dtype == people["who"].dtype
    assert frame["who"].tolist() == people["who"].iloc[numbers].tolist()
    cell = next(cell for cell in found.cells if not cell.same)
    assert set(map(str, cell.witnesses)) <= set(map(str, people["who"]))


def test_a_file_names_its_patients_too(
    guideline: Guideline, people: pl.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "people.parquet"
    people.write_parquet(file)
    source = opened(file, guideline.graph)
    found = guideline.study(source, **OPTIONS).what_if(CHANGE).patients_frame()
    wanted = guideline.study(people, **OPTIONS).what_if(CHANGE).patients_frame()

    assert found.to_pylist() == wanted.to_dicts()
    study = pickle.loads(  # noqa: S301 -- our own bytes
        pickle.dumps(guideline.study(source, **OPTIONS))
    )
    assert study.what_if(CHANGE).patients_frame().equals(found)


def test_a_study_and_its_results_travel(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    frames: list[Any] = [people, people.to_pandas(), people.to_arrow()]
    for frame in frames:
        study = guideline.study(frame, **OPTIONS)
        before = study.what_if(CHANGE).to_dict()
        assert study.hinges.settled == 4
        for carried in (
            pickle.loads(pickle.dumps(study)),  # noqa: S301 -- our own bytes
            copy.copy(study),
            copy.deepcopy(study),
        ):
            assert carried.prevalence.to_dict() == study.prevalence.to_dict()
            assert carried.hinges.to_dict() == study.hinges.to_dict()
            assert carried.what_if(CHANGE).to_dict() == before
        results: list[Any] = [study.prevalence, study.hinges, study.burden]
        results.append(study.what_if(without=["T01"]))
        for result in results:
            back = pickle.loads(pickle.dumps(result))  # noqa: S301 -- our own bytes
            assert back.to_dict() == result.to_dict()


# ---------------------------------------------------------------------------- burden


def test_the_burden_of_a_cohort_is_that_of_its_patients(
    guideline: Guideline, people: pl.DataFrame
) -> None:
    found = guideline.study(people, **OPTIONS).burden
    groups = {(g.loading, g.maintenance): g for g in found.groups if g.settled}
    standard = groups[
        "1000 µg intramuscular 3 times per week for 2 weeks",
        "1000 µg intramuscular every 2 to 3 months for life",
    ]

    assert (found.settled, found.open, found.without) == (3, 2, 2)
    assert standard.patients == 2  # a and b
    assert standard.burden is not None
    assert found.to_dict()["first"]["injections"] == {
        "low": 2 * 9 + 6,
        "high": 2 * 11 + 183,
    }
    assert found.to_dict()["later"]["injections"] == {"low": 2 * 4 + 6, "high": 3 * 6}
    assert found.to_dict()["later"]["amounts"] == [
        {"unit": "µg", "low": 14_000, "high": 18_000}
    ]
    assert found.to_dict()["first_open"]["injections"] == {"low": 0, "high": 2 * 183}


def test_units_of_columns_hold_for_the_burden_too(guideline: Guideline) -> None:
    rows = [{**PEOPLE[0], "egfr": 0.58}]
    study = guideline.study(pl.DataFrame(rows), units={"egfr": "mL/s"}, **OPTIONS)

    assert study.burden.settled == 1


# ------------------------------------------------------------------------------ files


def test_a_comparison_does_not_depend_on_the_pieces_it_is_read_in(
    guideline: Guideline, people: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = guideline.study(people, **OPTIONS)
    change = {"egfr < 50 mL/min": "egfr < 45 mL/min"}
    whole = (study.what_if(change), study.what_if(without=["T01"]))
    monkeypatch.setattr("b12guide.cohort.source.ROWS", 2)
    pieces = (study.what_if(change), study.what_if(without=["T01"]))

    assert [one.to_dict() for one in pieces] == [one.to_dict() for one in whole]


def test_a_text_file_keeps_its_columns_of_truths_as_they_came(
    guideline: Guideline, tmp_path: Path
) -> None:
    patients, advice = tmp_path / "patients.csv", tmp_path / "advice.parquet"
    patients.write_text("b12_deficiency,egfr\nTRUE,35\nNA,.\n", encoding="utf-8")
    options = Options(keep="b12_deficiency")
    advise_file(guideline.evaluator, patients, advice, options)

    assert pq.read_table(advice)["b12_deficiency"].to_pylist() == ["TRUE", None]


@pytest.mark.parametrize("column", ["id", "ID", "patient_id", "seqn", "person"])
def test_a_column_that_names_patients_is_told_how_to_be_named(
    guideline: Guideline, column: str
) -> None:
    frame = pl.DataFrame({"b12_deficiency": [True], column: ["a"], "town": ["ash"]})

    with pytest.raises(PatientError, match=f'audit take it as `patient="{column}"`'):
        guideline.cohort(frame)
    with pytest.raises(PatientError) as caught:
        _ = guideline.study(frame, patient=column).prevalence
    assert "name the patients" not in str(caught.value)
