"""The OpenAPI document is true: schemas are schemas, examples are answered, statuses happen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import b12guide
from b12guide.serve.asking import answered
from b12guide.serve.openapi import document, example
from b12guide.serve.policy import Policy
from b12guide.serve.question import QUESTIONS, Question
from b12guide.serve.spelled import as_bytes

GUIDELINES = {name: b12guide.load(name) for name in ("mecobalamin_im", "nice_ng239")}
DOCUMENT: dict[str, Any] = document(GUIDELINES, Policy())
REGISTRY: Any = Registry().with_resource(
    "urn:openapi", DRAFT202012.create_resource(DOCUMENT)
)


def validator_of(name: str) -> Draft202012Validator:
    """The validator of a component."""
    schema = {"$ref": f"urn:openapi#/components/schemas/{name}"}
    return Draft202012Validator(schema, registry=REGISTRY)


def references(value: Any) -> Iterator[str]:
    match value:
        case {"$ref": str(target)}:
            yield target
        case _:
            pass
    match value:
        case dict():
            for one in value.values():
                yield from references(one)
        case list():
            for one in value:
                yield from references(one)
        case _:
            pass


def found_at(pointer: str) -> Any:
    value: Any = DOCUMENT
    for key in pointer.removeprefix("#/").split("/"):
        value = value[key]
    return value


def test_every_reference_leads_somewhere() -> None:
    targets = set(references(DOCUMENT))

    assert len(targets) > 50
    for target in targets:
        assert found_at(target) is not None


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_component_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


@pytest.mark.parametrize("guideline", GUIDELINES)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_every_example_is_of_its_schema(question: Question, guideline: str) -> None:
    body = example(question, GUIDELINES[guideline], named=True)
    validator = validator_of(f"{question.name}.{guideline}")

    validator.validate(body)
    assert not validator.is_valid(
        {key: body[key] for key in body if key != "guideline"}
    )
    assert not validator.is_valid(body | {"more": 1})


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_every_answer_is_of_its_schema(question: Question) -> None:
    body = example(question, GUIDELINES["mecobalamin_im"], named=True)
    found = answered(question, as_bytes(body), GUIDELINES, Policy().limits)

    validator_of(question.schema).validate(found.data)


def test_it_names_the_statuses_that_there_are() -> None:
    """`test_app` and `test_cards` show when each of them comes."""
    of_questions = {"200", "400", "404", "408", "413", "415", "422", "500", "503"}
    for question in QUESTIONS:
        told = DOCUMENT["paths"][question.path]["post"]["responses"]
        assert set(told) == of_questions
    cards = DOCUMENT["paths"]["/cds-services/{service}"]["post"]["responses"]
    assert set(cards) == of_questions | {"412"}


def test_it_says_what_a_body_may_weigh_and_what_it_is_for() -> None:
    told = DOCUMENT["info"]["description"]

    assert "For education and research" in told
    assert f"{Policy().limits.bytes:,} bytes" in told


def test_each_member_says_what_it_is() -> None:
    schemas: Mapping[str, Any] = DOCUMENT["components"]["schemas"]
    for question in QUESTIONS:
        members = schemas[f"{question.name}.mecobalamin_im"]["properties"]
        for name in set(members) - {"guideline"}:
            assert members[name]["description"]
