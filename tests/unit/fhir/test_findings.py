"""What a record denies, and what that leaves open."""

from __future__ import annotations

import pytest

import b12guide
from b12guide.fhir import Reading, read
from tests.strategies.resources import SNOMED, concept, condition

GUIDELINE = b12guide.load("mecobalamin_im")
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"


def reading(*resources: dict[str, object]) -> Reading:
    return read(list(resources), GUIDELINE, on="2026-03-05")


@pytest.mark.parametrize("code", ["D51.0", "D51.1"])
def test_that_one_kind_is_refuted_leaves_the_others_open(code: str) -> None:
    kind = condition(code, system=ICD10CM, name="k", verified="refuted")

    assert reading(kind).patient.facts == {"b12_deficiency": None}
    assert [one.reason for one in reading(kind).unread] == [
        f"that icd10cm {code} is refuted leaves other kinds of `b12_deficiency` open"
    ]
    assert reading(condition(), kind).patient.facts == {"b12_deficiency": True}


def test_where_the_finding_itself_is_refuted_too_it_is_not_so() -> None:
    both = condition(verified="refuted")
    both["code"] = concept((ICD10CM, "D51.0"), (SNOMED, "190634004"))

    assert reading(both).patient.facts == {"b12_deficiency": False}


def test_a_code_that_is_alone_in_its_terminology_is_the_finding_itself() -> None:
    refuted = condition("84027009", verified="refuted")

    assert reading(refuted).patient.facts == {"pernicious_anaemia": False}
