"""A guideline as FHIR, read by somebody who did not write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Resource = dict[str, Any]


def resources(bundle: Resource, kind: str) -> list[Resource]:
    """The resources of a kind."""
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if each["resourceType"] == kind]


def actions(bundle: Resource) -> dict[str, Resource]:
    """The actions of the plan, by id."""
    (plan,) = resources(bundle, "PlanDefinition")
    return {each["id"]: each for each in plan.get("action", ())}


def texts(found: Any) -> Iterator[str]:
    """Every text inside, left to right."""
    match found:
        case str():
            yield found
        case Mapping():
            for value in found.values():
                yield from texts(value)
        case list():
            for value in found:
                yield from texts(value)
        case _:
            pass


def urls(bundle: Resource) -> set[str]:
    """What a canonical reference may name here: each URL with its version."""
    found = [entry["resource"] for entry in bundle["entry"]]
    return {f"{each['url']}|{each['version']}" for each in found}


def references(found: Any) -> Iterator[str]:
    """Every canonical reference inside."""
    match found:
        case Mapping():
            for key, value in found.items():
                if key in {"library", "resource", "definitionCanonical", "reference"}:
                    yield from (text for text in texts(value) if "|" in text)
                elif isinstance(value, list | Mapping):
                    yield from references(value)
        case list():
            for value in found:
                yield from references(value)
        case _:
            pass
