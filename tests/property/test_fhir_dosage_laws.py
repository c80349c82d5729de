"""A FHIR dosage survives English and FHIR; whatever else is given is refused with a reason."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from b12guide.errors import DosageError
from b12guide.interop.dosage import Dosage
from b12guide.interop.dosage_from_english import dosage_from_english
from b12guide.interop.dosage_to_english import Legend, dosage_to_english
from b12guide.interop.fhir import dosage_from_fhir, dosage_to_fhir
from tests.strategies import fhir


@given(fhir.dosages, st.lists(fhir.dosages, max_size=1))
def test_reading_undoes_wording(dosage: Dosage, others: list[Dosage]) -> None:
    legend = Legend.of([*others, dosage])
    english = dosage_to_english(dosage, legend)

    assert dosage_from_english(english, legend) == dosage


@given(fhir.dosages)
def test_fhir_and_back_is_the_same_instruction(dosage: Dosage) -> None:
    element = dosage_to_fhir(dosage)
    written = json.dumps(element, default=str)

    assert dosage_from_fhir(element) == dosage
    assert "null" not in written


KEYS = (
    "timing|repeat|frequency|period|periodUnit|doseAndRate|value|doseQuantity|rateRatio|"
    "numerator|when|count|asNeededBoolean"
)
_keys = st.sampled_from(KEYS.split("|"))
_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_keys, inner),
    max_leaves=12,
)


@given(st.dictionaries(_keys, _values))
def test_any_object_is_read_or_refused_with_a_reason(element: dict[str, Any]) -> None:
    try:
        dosage = dosage_from_fhir(element)
    except DosageError as error:
        reasons = error.diagnostics
    else:
        reasons = ()
        assert dosage_from_fhir(dosage_to_fhir(dosage)) == dosage

    assert all(reason.code == "DOS201" for reason in reasons)


@given(fhir.dosages, st.text(max_size=20))
def test_any_text_is_read_or_refused_with_a_reason(dosage: Dosage, text: str) -> None:
    legend = Legend.of([dosage])
    try:
        dosage_from_english(f"{dosage_to_english(dosage, legend)} {text}", legend)
    except DosageError as error:
        reasons = error.diagnostics
    else:
        reasons = ()

    assert all(reason.place is not None for reason in reasons)


def test_numbers_are_exact() -> None:
    element = {
        "doseAndRate": [{"doseQuantity": {"value": Decimal("0.1"), "unit": "mg"}}]
    }

    assert dosage_to_english(dosage_from_fhir(element)) == "0.1 mg"
