"""What a caller has in hand stays as it was: mappings, patients, guidelines, answers."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.frozen import FrozenMap, freeze

GUIDELINE = b12guide.load("mecobalamin_im")
SMALL = """language 1
guideline small "A small guideline"
  version 1.0.0
  status submitted
uses b12
source a "A paper"
rule form "A form"
  form hydroxocobalamin
  when b12_deficiency
  cites a
"""


# ------------------------------------------------------------------------- FrozenMap


def test_a_frozen_map_is_as_it_was_made() -> None:
    given = {"b": 1, "a": 2}
    made = FrozenMap(given)
    given["c"] = 3

    assert list(made) == ["b", "a"]
    assert list(reversed(made)) == ["a", "b"]
    assert (made["a"], made.get("c"), made.get("c", 0), len(made)) == (2, None, 0, 2)
    assert "a" in made
    assert "c" not in made


@pytest.mark.parametrize("equal", [{"a": 1, "b": 2}, FrozenMap({"b": 2, "a": 1})])
def test_a_frozen_map_equals_what_has_its_items(equal: Mapping[str, int]) -> None:
    made = FrozenMap([("a", 1), ("b", 2)])

    assert made == equal
    assert equal == made
    assert made != {**equal, "c": 3}
    assert made != [("a", 1), ("b", 2)]
    assert hash(made) == hash(FrozenMap(equal))


def test_a_frozen_map_joins_others_into_a_frozen_map() -> None:
    made = FrozenMap({"a": 1})

    assert dict(made | {"b": 2}) == {"a": 1, "b": 2}
    assert dict({"a": 0, "c": 3} | made) == {"a": 1, "c": 3}
    assert type({"a": 0} | made) is FrozenMap


@pytest.mark.parametrize(
    "change",
    [
        "made['a'] = 2",
        "del made['a']",
        "made.clear()",
        "made.update(a=2)",
        "made.pop('a')",
        "made._items.clear()",
        "made.items().mapping.clear()",
        "made._items = {}",
        "made.other = 1",
        "del made._items",
    ],
)
def test_nothing_changes_a_frozen_map(change: str) -> None:
    made = FrozenMap({"a": 1})
    with pytest.raises((TypeError, AttributeError)):
        exec(change, {"made": made})  # noqa: S102 -- from here

    assert made == {"a": 1}


def test_a_frozen_map_of_what_has_no_hash_has_none() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(FrozenMap({"a": []}))


def test_the_hash_of_a_frozen_map_stays_at_home() -> None:
    """Text has another hash in another process."""
    made = FrozenMap({"a": 1})
    before = pickle.dumps(made)
    hash(made)

    assert pickle.dumps(made) == before
    assert copy.deepcopy(made) == pickle.loads(before) == made  # noqa: S301 -- ours


# ---------------------------------------------------------------------------- freeze


def test_what_is_frozen_has_nothing_left_to_change() -> None:
    inner = [1, {"x": bytearray(b"y")}]
    made = freeze({"a": inner, "b": {1, 2}, "c": (inner, "z")})
    inner.append(2)

    assert made == {
        "a": (1, {"x": b"y"}),
        "b": frozenset({1, 2}),
        "c": ((1, {"x": b"y"}), "z"),
    }
    assert isinstance(hash(made), int)


def test_what_is_frozen_already_is_left_as_it_is() -> None:
    made = freeze({"a": [1, (2, 3)]})

    assert freeze(made) is made


def test_what_stands_in_it_twice_is_frozen_once() -> None:
    """Written out, this has 2^60 parts."""
    value: list[Any] = []
    for _ in range(60):
        value = [value, value]
    made = freeze(value)

    assert made[0] is made[1]


def test_what_contains_itself_cannot_be_frozen() -> None:
    value: dict[str, Any] = {}
    value["itself"] = [value]
    with pytest.raises(RecursionError, match="more than 64 deep"):
        freeze(value)


# -------------------------------------------------------------------------- patients


def test_a_patient_does_not_change_with_the_record_it_was_made_of() -> None:
    values: list[Any] = [{"value": "35 mL/min", "on": "2025-01-01"}]
    record: dict[str, Any] = {"b12_deficiency": True, "egfr": values}
    patients = [b12guide.patient_from(record), b12guide.Patient(facts=record)]
    before = [GUIDELINE.recommend(one).to_dict() for one in patients]
    values[0]["value"] = "90 mL/min"
    record.clear()

    assert [GUIDELINE.recommend(one).to_dict() for one in patients] == before


def test_patients_with_the_same_facts_are_one() -> None:
    one = b12guide.patient_from(
        {"egfr": 35, "age": [{"value": 40, "on": "2025-01-01"}]}
    )
    other = b12guide.Patient(
        facts={"age": ({"on": "2025-01-01", "value": 40.0},), "egfr": Fraction(35)}
    )

    assert one == other
    assert len({one, other, b12guide.patient_from({"egfr": 36})}) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"b12_deficiency": True}, {"b12_deficiency": 1}),
        ({"egfr": [{"value": True}]}, {"egfr": [{"value": 1.0}]}),
        ({"egfr": None}, {}),
        ({"egfr": "35 mL/min"}, {"egfr": 35}),
    ],
)
def test_patients_who_are_answered_differently_are_not_one(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    patients = [b12guide.patient_from(each) for each in (one, other)]

    assert patients[0] != patients[1]
    assert len(set(patients)) == 2


# ------------------------------------------------------------------------ guidelines


def test_a_guideline_that_is_loaded_twice_is_one(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "small.gdl", tmp_path / "other.gdl"
    file.write_text(SMALL, "utf-8")
    elsewhere.write_text(
        "# A remark.\n\n" + SMALL.replace("  when", "   when"), "utf-8"
    )
    once, again, moved = map(b12guide.load, (file, file, elsewhere))

    assert once is not again
    assert once == again == moved
    assert {once, again, moved, GUIDELINE} == {once, GUIDELINE}
    assert once != GUIDELINE
    assert once != once.graph


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status submitted", "status under review"),
        ("when b12_deficiency", "when paresthesia"),
        ("1.0.0", "1.0.1"),
        ('"A form"', '"Another form"'),
    ],
)
def test_guidelines_that_say_different_things_are_not_one(
    tmp_path: Path, old: str, new: str
) -> None:
    one, other = tmp_path / "one.gdl", tmp_path / "other.gdl"
    one.write_text(SMALL, "utf-8")
    other.write_text(SMALL.replace(old, new), "utf-8")

    assert old in SMALL
    assert b12guide.load(one) != b12guide.load(other)


def test_answers_can_be_kept_by_what_was_asked() -> None:
    asked = 0

    @lru_cache
    def answer(
        guideline: b12guide.Guideline, patient: b12guide.Patient
    ) -> b12guide.Recommendation:
        nonlocal asked
        asked += 1
        return guideline.recommend(patient)

    patient = {"b12_deficiency": True, "egfr": [{"value": 35, "on": "2025-01-01"}]}
    answers = {
        answer(b12guide.load("mecobalamin_im"), b12guide.patient_from(patient))
        for _ in range(3)
    }

    assert (asked, len(answers)) == (1, 1)
    assert answers == {GUIDELINE.recommend(patient)}


def test_a_guideline_says_which_one_it_is() -> None:
    graph = GUIDELINE.graph

    assert (GUIDELINE.version, GUIDELINE.status) == (graph.version, graph.status)
    assert GUIDELINE.digest == graph.digest


# ------------------------------------------------------------- what can be tried on them


@pytest.mark.parametrize(
    "change",
    [
        "answer.decisions.clear()",
        "answer.decisions.pop(b12guide.Decision.FORM)",
        "answer.decisions |= {b12guide.Decision.FORM: None}",
        "answer.stated.values['egfr'] = 3",
        "answer.decisions = {}",
        "answer.other = 1",
        "del answer.decisions",
        "answer.form.preferred = ()",
        "answer.rules.append(None)",
        "del guideline.graph.rules['renal_form']",
        "guideline.graph.vocabulary.facts.clear()",
        "guideline.loaded = None",
        "guideline.evaluator = None",
        "del guideline.evaluator",
        "guideline.other = 1",
        "guideline.evaluator.steps = {}",
        "guideline.evaluator.steps.clear()",
        "guideline.loaded.texts[0]._line_starts = ()",
        "patient.facts['egfr'] = 1",
        "patient.facts = {}",
        "patient.facts['age'].append(1)",
    ],
)
def test_an_ordinary_change_is_refused(change: str) -> None:
    patient = b12guide.patient_from(
        {"b12_deficiency": True, "age": [{"value": 40, "on": "2025-01-01"}]}
    )
    answer = GUIDELINE.recommend(patient)
    before = answer.to_dict()
    names = {"answer": answer, "guideline": GUIDELINE, "patient": patient}
    with pytest.raises((TypeError, AttributeError)):
        exec(change, {"b12guide": b12guide, **names})  # noqa: S102 -- from here

    assert answer.to_dict() == before == GUIDELINE.recommend(patient).to_dict()


# --------------------------------------------------------------------------------- repr


def test_what_is_printed_of_a_guideline_is_one_short_line() -> None:
    assert repr(GUIDELINE) == (
        f"Guideline('mecobalamin_im' {GUIDELINE.version}, {GUIDELINE.status.value})"
    )
    assert (
        repr(GUIDELINE.evaluator) == f"Evaluator('mecobalamin_im' {GUIDELINE.version})"
    )


def test_what_is_printed_of_a_record_leaves_out_what_is_as_usual() -> None:
    assert repr(b12guide.Patient(facts={"egfr": 35})) == "Patient(facts={'egfr': 35})"
    assert repr(b12guide.Notice(text="Read it.")) == "Notice(text='Read it.')"


def test_what_is_printed_of_much_says_how_much_it_is() -> None:
    rules = GUIDELINE.graph.rules

    assert repr(rules).startswith("FrozenMap({'hydroxocobalamin_first': Rule('hydroxo")
    assert repr(rules).endswith(f", ... {len(rules)} in all}})")


def test_what_cannot_be_written_out_can_be_printed() -> None:
    value: list[Any] = []
    for _ in range(60):
        value = [value, value]

    assert len(repr(b12guide.Patient(facts={"egfr": value, "x": "y" * 10**6}))) < 2_000
