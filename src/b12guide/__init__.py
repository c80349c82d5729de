"""Executable clinical guidelines on vitamin B12 deficiency, for education and research.

>>> import b12guide
>>> guideline = b12guide.load("mecobalamin_im")
>>> answer = guideline.recommend({"b12_deficiency": True, "paresthesia": True})
>>> answer.form.preferred
('hydroxocobalamin',)
"""

from __future__ import annotations

from b12guide.errors import (
    B12GuideError,
    GuidelineError,
    MissingExtraError,
    PatientError,
    UnknownNameError,
)
from b12guide.evaluate.answer import (
    Conflict,
    Decided,
    Notice,
    Option,
    Outcome,
    Question,
    RuleVerdict,
    Verdict,
)
from b12guide.graph.model import Decision, RuleGraph
from b12guide.guideline import Guideline, Recommendation, load
from b12guide.patient.from_file import read_patient
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Patient
from b12guide.truth import Truth

__all__ = [
    "B12GuideError",
    "Conflict",
    "Decided",
    "Decision",
    "Guideline",
    "GuidelineError",
    "MissingExtraError",
    "Notice",
    "Option",
    "Outcome",
    "Patient",
    "PatientError",
    "Question",
    "Recommendation",
    "RuleGraph",
    "RuleVerdict",
    "Truth",
    "UnknownNameError",
    "Verdict",
    "__version__",
    "load",
    "patient_from",
    "read_patient",
]

__version__ = "0.1.0"
