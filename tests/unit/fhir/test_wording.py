"""Words of a vocabulary as concepts."""

from __future__ import annotations

import b12guide
from b12guide.fhir.wording import Wording
from b12guide.interop.dosage import Concept

WORDING = Wording(b12guide.load("mecobalamin_im").graph)


def systems(concept: Concept) -> list[str]:
    return [str(each.system) for each in concept.codings]


def test_a_word_has_its_own_code_last() -> None:
    assert WORDING.route("oral").codings[-1].code == "oral"


def test_of_several_codes_of_one_terminology_none_is_the_word() -> None:
    # Serum B12 is measured as a mass or as an amount of substance: two codes of LOINC.
    concept = WORDING.test("serum_b12")

    assert "http://loinc.org" not in systems(concept)
    assert "http://snomed.info/sct" in systems(concept)


def test_a_drug_has_codes_of_its_substance_alone() -> None:
    assert systems(WORDING.drug("hydroxocobalamin"))[:-1] == [
        "http://www.whocc.no/atc",
        "http://fdasis.nlm.nih.gov",
    ]


def test_a_definition_is_a_concept_as_a_fact_is() -> None:
    graph = b12guide.load("mecobalamin_im").graph
    name = next(iter(graph.definitions))

    assert Wording(graph).fact(name).text
    assert WORDING.fact("paresthesia").codings[-1].code == "paresthesia"


def test_a_service_is_a_concept() -> None:
    graph = b12guide.load("mecobalamin_im").graph
    for name in graph.vocabulary.services:
        assert Wording(graph).service(name).codings[-1].code == name


def test_without_a_guideline_a_name_stands_for_itself() -> None:
    bare = Wording(None)
    found = [
        each("some_word")
        for each in (bare.drug, bare.route, bare.test, bare.service, bare.fact)
    ]

    assert {each.text for each in found} == {"some word"}
    assert {each.codings[0].code for each in found} == {"some_word"}
