"""The names that b12guide gives its own extensions, codes and resources, and how they are made.

R4 has no element for some of what a guideline restricts, such as "until the symptoms are gone".
That goes into a *modifier* extension: FHIR forbids a program that does not know one to read on as
if it were not there. What only explains goes into a plain extension.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from b12guide.graph.model import RuleGraph

__all__ = ["BASE", "extension", "resource_id", "url", "urn"]

BASE = "https://github.com/b12guide/b12guide/fhir"
"""What all our canonical URLs begin with; they name things and need not lead anywhere."""

WORDS = f"{BASE}/CodeSystem/word"
"""The code system of the names that a vocabulary declares."""

_NAMESPACE = uuid5(NAMESPACE_URL, BASE)

Element = dict[str, Any]


def url(name: str) -> str:
    """The URL of one of our extensions."""
    return f"{BASE}/StructureDefinition/{name}"


def extension(name: str, **value: Any) -> Element:
    """An extension with one value: `extension("until", valueString="...")`."""
    return {"url": url(name), **value}


def resource_id(graph: RuleGraph, kind: str, *said: object) -> str:
    """The id of a resource: the same for the same content of the same guideline.

    It is made of the digest of the guideline and of what the resource says, never of who the
    patient is: two patients for whom the same is drafted get the same ids, in Bundles of their own.
    """
    parts = [graph.digest, kind, *said]
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str)
    return str(uuid5(_NAMESPACE, text))


def urn(id_: str) -> str:
    """The full URL of a resource of that id."""
    return UUID(id_).urn


def element(**fields: Any) -> Element:
    """An element without the keys that would say nothing."""
    return {k: v for k, v in fields.items() if v is not None and v not in ([], {}, "")}


def own_code(concept: Any) -> str | None:
    """The name of our own vocabulary in a CodeableConcept; None where it has none."""
    codings: Iterable[Any] = ()
    if isinstance(concept, Mapping):
        found = concept.get("coding", ())
        codings = found if isinstance(found, list) else ()
    for coding in codings:
        if isinstance(coding, Mapping) and coding.get("system") == WORDS:
            code = coding.get("code")
            return code if isinstance(code, str) else None
    return None
