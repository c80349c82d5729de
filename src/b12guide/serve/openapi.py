"""The service as OpenAPI 3.1, made from the table of questions and the shipped schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from b12guide.graph.dictionary import DescribedFact
from b12guide.guideline import Guideline
from b12guide.hooks.services import discovery
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.patient.model import Units
from b12guide.resources import read
from b12guide.say.numbers import measured, range_text
from b12guide.serve import cards, editing
from b12guide.serve.arriving import FHIR
from b12guide.serve.policy import Policy
from b12guide.serve.question import A_DAY, HISTORY, QUESTIONS, Member, Question, Served
from b12guide.serve.refusal import MEDIA_TYPE

Json: TypeAlias = dict[str, Any]
_COMPONENTS = "#/components/schemas/"
_STATUSES: Mapping[int, str] = {
    400: "The body is no JSON, or says something twice.",
    404: "The guideline is not served, or has nothing of this name.",
    408: "The body did not come in time.",
    413: "The body is larger than the service takes.",
    415: "The body is not `application/json` in UTF-8.",
    422: "The body is not a question of this kind, or the patient cannot be used.",
    500: "b12guide made a mistake of its own.",
    503: "Too many questions are waiting, or the decision cannot be logged.",
}
_OF_QUESTIONS = tuple(_STATUSES)
_OF_HOOKS = ("cds-cards", "cds-feedback", "cds-request", "cds-services")


def document(served: Served, policy: Policy) -> Json:
    """The OpenAPI document of a service.

    Args:
        served: The guidelines that may be asked.
        policy: The policy of the service, which its description tells.
    """
    most = policy.limits.bytes
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "b12guide",
            "version": VERSION,
            "description": f"{EDUCATION_NOTICE} Measures need their units. A body has at most "
            f"{most:,} bytes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/": {"get": _page("page", "The page on which people ask")},
            "/service": {"get": _page("index", "What this service is")},
            "/guidelines": {"get": _read("guidelines", "The guidelines", "served")},
            "/facts": {"get": _of_one("facts", "The facts of a patient", served)},
            "/facts/schema": {
                "get": _of_one("facts_schema", "The JSON Schema of a patient", served)
            },
            **{one.path: {"post": _asked(one, served)} for one in QUESTIONS},
            "/fhir/plan": {"get": _plan(served)},
            **(_of_drafts(served) if policy.edit else {}),
            cards.PATH: {
                "get": _read("services", "The services of CDS Hooks", "cds-services")
            },
            f"{cards.PATH}/{{service}}": {"post": _carded(served, policy)},
            f"{cards.PATH}/{{service}}/feedback": {"post": _reported(served, policy)},
            "/openapi.json": {"get": _read("openapi", "This document", "document")},
            "/healthz": {"get": _read("healthz", "Whether the service runs", "state")},
            "/readyz": {
                "get": _read("readyz", "Whether it takes questions", "state", 503)
            },
        },
        "components": {
            "schemas": dict(_schemas(served)),
            **({"securitySchemes": _SIGNED} if policy.clients else {}),
        },
    }


# ------------------------------------------------------------------------------ operations


def _page(name: str, summary: str) -> Json:
    found = {"description": "A page.", "content": {"text/html": {}}}
    return _operation(name, summary, found, (422,))


def _read(name: str, summary: str, schema: str, *statuses: int) -> Json:
    return _operation(name, summary, _json_of(schema), (422, *statuses))


def _of_one(name: str, summary: str, served: Served) -> Json:
    schema = "facts" if name == "facts" else "document"
    found = _operation(name, summary, _json_of(schema), (404, 422))
    found["parameters"] = [
        {
            "name": "guideline",
            "in": "query",
            "required": len(served) > 1,
            "description": "The guideline; it can be left out where only one is served.",
            "schema": {"type": "string", "enum": list(served)},
        }
    ]
    return found


def _plan(served: Served) -> Json:
    found = _of_one("plan", "A guideline as resources of FHIR", served)
    found["responses"]["200"] = {
        "description": "A Bundle with a PlanDefinition and all that it names.",
        "content": {FHIR: {"schema": _ref("resource")}},
    }
    found["responses"]["503"] = found["responses"]["422"] | {
        "description": _STATUSES[503]
    }
    found["parameters"].append(
        {
            "name": "on",
            "in": "query",
            "required": False,
            "description": "The day for which its status holds.",
            "schema": dict(A_DAY),
        }
    )
    return found


def _asked(question: Question, served: Served) -> Json:
    found = _operation(
        question.name, question.title, _json_of(question.schema), _OF_QUESTIONS
    )
    found["responses"]["200"]["headers"] = {
        "b12guide-answer": {
            "description": "The digest of the answer, as the log of decisions has it.",
            "schema": {"type": "string"},
        }
    }
    bodies = [_ref(f"{question.name}.{name}") for name in served]
    found["description"] = question.says
    found["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": bodies[0] if len(bodies) == 1 else {"oneOf": bodies},
                "examples": {
                    name: {"value": example(question, one, named=len(served) > 1)}
                    for name, one in served.items()
                },
            }
        },
    }
    return found


def _of_drafts(served: Served) -> Json:
    begun = _of_one("edit_files", "The files of a guideline, to begin with", served)
    begun["responses"]["200"] = _json_of("files")
    begun["responses"]["503"] = begun["responses"]["422"] | {
        "description": _STATUSES[503]
    }
    return {
        "/edit.js": {"get": _built("edit_script", "The editor", "text/javascript")},
        "/edit.css": {"get": _built("edit_style", "Its style", "text/css")},
        "/edit/files": {"get": begun},
        **{one.path: {"post": _edited(one)} for one in editing.VERBS},
    }


def _built(name: str, summary: str, media_type: str) -> Json:
    found = {"description": "A part of the page.", "content": {media_type: {}}}
    return _operation(name, summary, found, (422,))


def _edited(verb: editing.Verb) -> Json:
    statuses = tuple(status for status in _OF_QUESTIONS if status != 404)
    found = _operation(f"edit_{verb.name}", verb.title, _json_of("draft"), statuses)
    found["description"] = verb.says
    found["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": editing.body_schema(verb),
                "examples": {"words": {"value": editing.example(verb)}},
            }
        },
    }
    return found


def _carded(served: Served, policy: Policy) -> Json:
    found = _of_hooks("call", "The cards of a service of CDS Hooks", served, policy)
    found["responses"]["200"] = _json_of("cds-cards")
    found["responses"]["412"] = _outcome("The Patient is missing.")
    found["requestBody"] = _in_json(_ref("cds-request"))
    return found


def _reported(served: Served, policy: Policy) -> Json:
    found = _of_hooks("feedback", "What became of cards", served, policy)
    found["responses"]["200"] = _json_of("nothing")
    found["requestBody"] = _in_json(_ref("cds-feedback"))
    return found


def _in_json(schema: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _of_hooks(name: str, summary: str, served: Served, policy: Policy) -> Json:
    services = discovery(tuple(served.values()))["services"]
    statuses = {**_STATUSES, 404: "There is no such service."}
    if policy.clients:
        statuses[401] = "The token is missing, or not to be trusted."
    found: Json = {
        "operationId": name,
        "summary": summary,
        "parameters": [
            {
                "name": "service",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "enum": [one["id"] for one in services]},
            }
        ],
        "responses": {
            str(status): _outcome(statuses[status]) for status in sorted(statuses)
        },
    }
    if policy.clients:
        found["security"] = [{"client": []}]
    return found


def _outcome(description: str) -> Json:
    return {
        "description": description,
        "content": {"application/json": {"schema": _ref("outcome")}},
    }


def _operation(name: str, summary: str, ok: Json, statuses: tuple[int, ...]) -> Json:
    problem = {MEDIA_TYPE: {"schema": _ref("problem")}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": ok,
            **{
                str(status): {"description": _STATUSES[status], "content": problem}
                for status in sorted(statuses)
            },
        },
    }


def _json_of(schema: str) -> Json:
    return {
        "description": "The answer.",
        "content": {"application/json": {"schema": _ref(schema)}},
    }


def _ref(name: str) -> Json:
    return {"$ref": _COMPONENTS + name}


# ------------------------------------------------------------------------------ schemas


def _schemas(served: Served) -> Iterator[tuple[str, Any]]:
    shipped = {
        "draft",
        "facts",
        "files",
        "history",
        *_OF_HOOKS,
        *(one.schema for one in QUESTIONS),
    }
    for name in sorted(shipped):
        yield name, _moved(json.loads(read("schema", f"{name}.schema.json")), name)
    for name, guideline in served.items():
        patient = f"patient.{name}"
        yield patient, _moved(guideline.json_schema(units=Units.REQUIRED), patient)
    for question in QUESTIONS:
        for name in served:
            yield f"{question.name}.{name}", _body(question, name, served)
    yield from _OWN.items()


def _moved(schema: Any, name: str) -> Any:
    """A schema as a component of this name: what it refers to inside itself is found there."""
    if isinstance(schema, list):
        return [_moved(one, name) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: _moved(one, name) for key, one in schema.items()}
    target = inside.get("$ref")
    if isinstance(target, str) and target.startswith("#/$defs/"):
        inside["$ref"] = f"{_COMPONENTS}{name}{target[1:]}"
    for key in ("$id", "$schema"):
        if isinstance(inside.get(key), str):
            del inside[key]
    return inside


def _body(question: Question, name: str, served: Served) -> Json:
    several = len(served) > 1
    needed = [
        member.name
        for member in question.members
        if member.is_required and member is not HISTORY
    ]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*(["guideline"] if several else []), *needed],
        "properties": {
            "guideline": {"type": "string", "const": name},
            **{one.name: _member(one, name) for one in question.members},
        },
        **(_UNLESS_A_RESOURCE if HISTORY in question.members else {}),
    }


_UNLESS_A_RESOURCE: Mapping[str, Any] = {
    "anyOf": [
        {"required": ["history"]},
        {"properties": {"patient": {"required": ["resourceType"]}}},
    ]
}


def _member(member: Member, guideline: str) -> Json:
    schema = member.schema
    found = dict(schema or {"anyOf": [_ref(f"patient.{guideline}"), _ref("resource")]})
    return {**found, "description": member.says}


_SIGNED = {
    "client": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT, signed with ES384 or RS384",
    }
}
_STRING = {"type": "string"}
_OWN: Mapping[str, Any] = {
    "document": {"type": "object"},
    "resource": {
        "description": "A resource of FHIR R4, such as a Bundle.",
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": _STRING},
    },
    "nothing": {"type": "object", "maxProperties": 0},
    "outcome": {
        "description": "An OperationOutcome of FHIR. It holds no values of patients.",
        "type": "object",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["severity", "code", "details", "diagnostics"],
                },
            },
        },
    },
    "state": {
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"type": "string", "enum": ["ok", "ready"]}},
    },
    "served": {
        "type": "object",
        "required": ["schema", "notice", "engine", "guidelines"],
        "properties": {
            "schema": {"const": "b12guide.served/1"},
            "notice": _STRING,
            "engine": {"type": "object"},
            "guidelines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "title", "version", "status", "digest"],
                },
            },
        },
    },
    "problem": {
        "description": "A problem of RFC 9457. It holds no values of patients.",
        "type": "object",
        "required": ["type", "title", "status", "errors"],
        "properties": {
            "type": _STRING,
            "title": _STRING,
            "status": {"type": "integer"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "fact", "pointer", "detail", "remedy"],
                    "properties": {
                        "code": _STRING,
                        "fact": {"type": ["string", "null"]},
                        "pointer": {
                            "description": "Where in the body, as a JSON Pointer.",
                            "type": ["string", "null"],
                        },
                        "detail": _STRING,
                        "remedy": {"type": ["string", "null"]},
                        "line": {"type": "integer"},
                        "column": {"type": "integer"},
                    },
                },
            },
        },
    },
}


# ------------------------------------------------------------------------------ examples

_A_DAY = "2026-01-05"
_A_BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": {"resourceType": "Patient", "id": "1"}}],
}


def example(question: Question, guideline: Guideline, *, named: bool) -> Json:
    """A body of this question that is answered.

    Args:
        question: The question.
        guideline: The guideline that is asked, from whose vocabulary the patient is made up.
        named: Whether the body says which guideline it asks.
    """
    facts = {"facts": dict(_facts(guideline))}
    made = {
        "patient": _A_BUNDLE if question.name == "read" else facts,
        "on": _A_DAY,
        "start": _A_DAY,
        "name": next(iter(guideline.graph.rules)),
        "question": next(iter(guideline.graph.rules.values())).title,
        "history": [{"on": _A_DAY, "dose": drug} for drug in _drugs(guideline)],
    }
    members = {one.name: made[one.name] for one in question.members if one.is_required}
    return {"guideline": guideline.name, **members} if named else members


def _facts(guideline: Guideline) -> Iterator[tuple[str, Any]]:
    """A finding and a measure that rules read."""
    read_by_rules = [fact for fact in guideline.facts.values() if fact.read_by]
    findings = (fact for fact in read_by_rules if fact.kind == "finding")
    measures = (fact for fact in read_by_rules if fact.unit and fact.plausible)
    for fact in (next(findings, None), next(measures, None)):
        if fact is not None:
            yield fact.name, _value(fact)


def _value(fact: DescribedFact) -> bool | str:
    if fact.plausible is None:
        return True
    middle = Fraction(sum(fact.plausible) // 2)
    return measured(range_text(middle, middle), fact.unit)


def _drugs(guideline: Guideline) -> Iterator[str]:
    names = sorted(guideline.graph.vocabulary.drugs)
    yield from names[:1]
