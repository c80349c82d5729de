"""Hypothesis strategies for people whom the shipped guideline may be asked about.

Measures are drawn at the bounds of the source and just beside them.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from b12guide.values.term import Kind
from tests.clinical.asking import Json, shipped

__all__ = ["known_people", "people"]

_FACTS = shipped()[0].graph.vocabulary.facts
_FINDINGS = sorted(
    name for name, fact in _FACTS.items() if fact.kind in {Kind.FINDING, Kind.EVENT}
)
_MEASURES = {
    "age": ("18 years", "45 years", "90 years"),
    "egfr": ("35 mL/min", "49.9 mL/min", "50 mL/min", "50.1 mL/min", "90 mL/min"),
    "ileal_resection": ("0 cm", "19.9 cm", "20 cm", "20.1 cm", "60 cm"),
    "ileal_involvement": ("0 cm", "30 cm", "60.1 cm", "100 cm"),
    "platelets": (
        "24.9 x10^9/L",
        "25 x10^9/L",
        "32 x10^9/L",
        "50 x10^9/L",
        "50.1 x10^9/L",
        "250 x10^9/L",
    ),
}
_PROCEDURES = (
    "none",
    "roux_en_y",
    "biliopancreatic_diversion",
    "sleeve_gastrectomy",
    "gastric_band",
    "other",
)
_GENES = ("none", "TCN2", "MMACHC", "MMADHC", "MTRR", "MTR", "other")


@st.composite
def known_people(draw: st.DrawFn) -> Json:
    """Adults of whom everything is known that the guideline reads."""
    present = draw(st.sets(st.sampled_from(_FINDINGS), max_size=8))
    facts: dict[str, Any] = {name: name in present for name in _FINDINGS}
    facts |= {name: draw(st.sampled_from(found)) for name, found in _MEASURES.items()}
    facts["bariatric_procedure"] = draw(st.sampled_from(_PROCEDURES))
    facts["bariatric_surgery"] = facts["bariatric_procedure"] != "none"
    facts["other_procedure_effect"] = draw(st.sampled_from(("impairs", "spares")))
    facts["cobalamin_gene"] = draw(st.sampled_from(_GENES))
    if facts["cobalamin_gene"] != "none":
        facts["inherited_cobalamin_defect"] = True
    if not facts["crohns_disease"]:
        facts["ileal_involvement"] = "0 cm"
    if facts["severe_neurological_symptoms"]:
        facts["other_neurological_symptom"] = True
    if facts["severe_deficiency"]:
        facts["b12_deficiency"] = True
    return facts


@st.composite
def people(draw: st.DrawFn) -> Json:
    """The same, a good deal of it forgotten."""
    facts = draw(known_people())
    share = draw(st.sampled_from((0, 3, 7)))
    forgotten = draw(st.lists(st.integers(0, 9), min_size=len(facts)))
    return {
        name: value
        for (name, value), luck in zip(facts.items(), forgotten, strict=False)
        if luck >= share
    }
