"""Executable clinical guidelines on vitamin B12 deficiency, for education and research.

>>> import b12guide
>>> guideline = b12guide.load("mecobalamin_im")
>>> answer = guideline.recommend({"b12_deficiency": True, "paresthesia": True})
>>> answer.form.preferred
('hydroxocobalamin',)

The names below are opened at their first use, so that `import b12guide` costs next to nothing.
"""

from __future__ import annotations

from b12guide import interruption

interruption.begin()  # Ctrl-C, where this is the command line; before anything takes time

from importlib import import_module  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

if TYPE_CHECKING:
    from b12guide.errors import (
        B12GuideError,
        CohortError,
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
        Recommendation,
        RuleVerdict,
        Verdict,
    )
    from b12guide.graph.model import Decision, RuleGraph
    from b12guide.guideline import Guideline, load
    from b12guide.limits import Limits
    from b12guide.patient.from_file import patient_from_json, read_patient
    from b12guide.patient.from_mapping import patient_from
    from b12guide.patient.model import Patient
    from b12guide.truth import Truth

__all__ = [
    "B12GuideError",
    "CohortError",
    "Conflict",
    "Decided",
    "Decision",
    "Guideline",
    "GuidelineError",
    "Limits",
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
    "patient_from_json",
    "read_patient",
]

__version__ = "0.1.0"

_HOMES = {
    "errors": (
        "B12GuideError",
        "CohortError",
        "GuidelineError",
        "MissingExtraError",
        "PatientError",
        "UnknownNameError",
    ),
    "evaluate.answer": (
        "Conflict",
        "Decided",
        "Notice",
        "Option",
        "Outcome",
        "Question",
        "Recommendation",
        "RuleVerdict",
        "Verdict",
    ),
    "graph.model": ("Decision", "RuleGraph"),
    "guideline": ("Guideline", "load"),
    "limits": ("Limits",),
    "patient.from_file": ("patient_from_json", "read_patient"),
    "patient.from_mapping": ("patient_from",),
    "patient.model": ("Patient",),
    "truth": ("Truth",),
}
"""Where each public name is at home."""


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"b12guide.{home}"), name)
            globals()[name] = value
            return value
    message = f"module `b12guide` has no attribute `{name}`"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
