"""Asks the shipped guideline about a patient, in the form that programs read."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Loaded
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.pipeline import load
from b12guide.show.to_json import to_json

__all__ = ["ADULT", "Json", "answer", "ask", "shipped"]

Json = dict[str, Any]

ADULT: Json = {
    "age": "45 years",
    "b12_deficiency": True,
    "egfr": "90 mL/min",
    "platelets": "250 x10^9/L",
    "ileal_resection": "0 cm",
    "ileal_involvement": "0 cm",
}
"""A deficient adult about whom nothing else is remarkable."""


@cache
def shipped() -> tuple[Loaded, Evaluator]:
    """The shipped guideline, and the evaluator that it is asked with."""
    loaded = load("mecobalamin_im")
    return loaded, Evaluator.of(loaded.graph)


def answer(facts: Json, otherwise: str = "absent", on: dt.date | None = None) -> Json:
    """What the guideline says about a patient of whom `facts` are recorded."""
    loaded, evaluator = shipped()
    patient = Patient(facts=facts, otherwise=Otherwise(otherwise))
    return dict(to_json(recommend(evaluator, state(patient, loaded.graph, on))))


def ask(**facts: Any) -> Json:
    """What it says about the unremarkable deficient adult, `facts` apart."""
    return answer({**ADULT, **facts})
