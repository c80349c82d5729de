"""Whatever is known of a patient, the answer can be shown, and says the same in each format."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import b12guide
from b12guide import Guideline, Patient, PatientError, Recommendation
from b12guide.resources import read
from b12guide.say.names import Audience
from b12guide.say.numbers import number_text
from b12guide.show.papers import recommendation_page
from b12guide.show.terminal import columns
from b12guide.show.to_html import to_html
from b12guide.show.to_json import to_json
from b12guide.show.to_text import to_markdown, to_text
from b12guide.values.term import Kind


@cache
def guideline() -> Guideline:
    return b12guide.load("mecobalamin_im")


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(
        json.loads(read("schema", "recommendation.schema.json"))
    )


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    """Patients of whom a few facts are stated, and the rest is unknown or absent."""
    facts: dict[str, Any] = {}
    vocabulary = guideline().graph.vocabulary.facts
    for name in draw(st.lists(st.sampled_from(sorted(vocabulary)), max_size=12)):
        fact = vocabulary[name]
        match fact.kind:
            case Kind.MEASURE:
                assert fact.plausible is not None
                low, high = fact.plausible
                number = low + (high - low) * draw(
                    st.fractions(0, 1, max_denominator=64)
                )
                facts[name] = f"{number_text(number)} {fact.unit or ''}".strip()
            case Kind.CHOICE:
                facts[name] = draw(st.sampled_from([None, *fact.values]))
            case _:
                facts[name] = draw(st.sampled_from([True, True, False, None]))
    return Patient(facts=facts, otherwise=draw(st.sampled_from(["unknown", "absent"])))


def answered(patient: Patient) -> Recommendation:
    try:
        return guideline().recommend(patient)
    except PatientError:  # the facts contradict each other
        reject()


@settings(max_examples=max(30, settings().max_examples // 2))
@given(patient=patients(), width=st.integers(30, 110))
def test_whatever_is_known_the_answer_can_be_shown(
    patient: Patient, width: int
) -> None:
    answer = answered(patient)
    found = json.loads(json.dumps(to_json(answer)))
    page = recommendation_page(answer)
    text = to_text(page, width=width)

    assert [e.message for e in validator().iter_errors(found)] == []
    assert max(map(columns, text.splitlines())) <= width
    assert statements_behind(found) - set(re.findall(r"\bS\d\d\b", text)) == set()
    assert words(to_text(page)) - words(to_markdown(page).replace("\\", "")) == set()
    assert (
        words(to_text(page)) - words(to_html(page).rpartition("</style>")[2]) == set()
    )


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def statements_behind(found: dict[str, Any]) -> set[str]:
    """The statements of the rules that apply and stand behind an option."""
    named = {
        rule
        for decision in found["decisions"].values()
        for option in decision["options"]
        for rule in option["rules"]
    }
    return {
        statement
        for rule in found["rules"]
        if rule["verdict"] == "applies" and rule["rule"] in named
        for statement in rule["statements"]
    }


@given(patient=patients())
def test_a_patient_never_reads_names_meant_for_programs(patient: Patient) -> None:
    text = to_text(recommendation_page(answered(patient), Audience.PATIENT))
    body = text.partition("\n\n")[2]

    assert re.findall(r"\b[ST]\d\d\b|_", body) == []
    assert "for learning" in text
