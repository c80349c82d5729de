"""What the public strategies draw can be used as it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import written
from b12guide.audit.history import history_from
from b12guide.diagnostics import has_errors
from b12guide.guideline import Guideline, load
from b12guide.library import Library, SourceFile
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from b12guide.registration import register
from b12guide.strategies import guidelines, histories, patients

register()


@cache
def shipped() -> Guideline:
    return load("mecobalamin_im")


@given(patients())
def test_every_patient_can_be_asked_about(patient: Patient) -> None:
    assert shipped().recommend(patient).decisions


@settings(max_examples=20)
@given(patients(complete=True))
def test_of_a_complete_patient_nothing_is_asked(patient: Patient) -> None:
    answer = shipped().recommend(patient)

    assert {q.fact for q in answer.questions} & {*patient.facts} == set()


@settings(max_examples=10)
@given(st.from_type(Patient))
def test_patients_are_drawn_by_their_type(patient: Patient) -> None:
    assert state(patient, shipped().graph).values.keys() <= {
        *shipped().graph.vocabulary.facts
    }


@given(histories())
def test_every_history_can_be_read(history: list[dict[str, Any]]) -> None:
    found = history_from(history, shipped().graph)

    assert len(found.events) <= len(history)


@settings(max_examples=15)
@given(guidelines())
def test_every_guideline_passes_its_checks(text: str) -> None:
    checked = written.check(Library(SourceFile("drawn.gdl", text.encode()), Path()))

    assert not has_errors(checked.diagnostics)
    assert checked.graph is not None
