"""The digest is that of a JSON text, which may be put together in any way that is quick.

An approval names a digest, so that the text must stay what it is, to the letter.
"""

from __future__ import annotations

import json
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from random import Random
from typing import Any

import attrs

import b12guide
from b12guide.frozen import FrozenMap
from b12guide.graph.conclusions import written
from b12guide.graph.condition import AllOf, AnyOf, AtLeast, Not
from b12guide.graph.data import digest_of
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import used_vocabulary
from b12guide.regimen.phase import Dose
from b12guide.values.duration import Duration, DurationRange
from tests.strategies.graphs import draw_graph
from tests.strategies.large import draw_large

LEFT_OUT = {
    "digest",
    "status",
    "approved_by",
    "approved_on",
    "imprint",
    "ages",
    "series",
}
LATER = {"asks", "current", "windows", "certainty", "grade", "lay", "lay_for"} | {
    *("apart", "as_needed", "with_food", "lasts", "then", "during", "services"),
    *("conclusions", "concluded"),
}
"""Without these a guideline has the digest that it had before there were such."""
IN_ANY_ORDER = {
    *("statements", "sources", "assumptions", "challenges", "exception_to", "topics"),
    *("silences", "conflicts", "noted_as", "synonyms", "codes", "also_written"),
    *("tests", "companions", "instructions", "excluded", "at", "windows"),
    "implications",
}


def in_order(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda one: json.dumps(one, sort_keys=True))


def plain(value: Any) -> Any:
    """What a value means, as lists, dicts and strings."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Duration):
        return plain(DurationRange(value.value, value.value, value.unit).smallest)
    if isinstance(value, Dose):
        low, high, _ = value.amount
        return ["dose", plain(low), plain(high), value.measures]
    if isinstance(value, DurationRange):
        kind = "calendar" if value.unit.is_calendar else "fixed"
        return [kind, *map(plain, value.smallest)]
    if isinstance(value, AllOf | AnyOf):
        flat = list(value.operands)
        while any(type(one) is type(value) for one in flat):
            flat = [
                inner
                for one in flat
                for inner in (one.operands if isinstance(one, type(value)) else (one,))
            ]
        name = "all" if isinstance(value, AllOf) else "any"
        joined = [plain(one) for one in flat]
        return joined[0] if len(joined) == 1 else [name, *in_order(joined)]
    if isinstance(value, AtLeast):
        return [
            "at least",
            value.count,
            *in_order([plain(one) for one in value.operands]),
        ]
    if isinstance(value, Not) and isinstance(value.operand, Not):
        return plain(value.operand.operand)
    if isinstance(value, dict | FrozenMap):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if attrs.has(type(value)):
        return {"": type(value).__name__} | {
            field.name: held(field.name, getattr(value, field.name))
            for field in attrs.fields(type(value))
            if field.eq and not (field.name in LATER and not getattr(value, field.name))
        }
    return value


def held(name: str, value: Any) -> Any:
    found = plain(value)
    is_list = name in IN_ANY_ORDER and isinstance(found, list)
    return in_order(found) if is_list else found


def expected(graph: RuleGraph) -> str:
    content = {
        field.name: held(field.name, getattr(graph, field.name))
        for field in attrs.fields(RuleGraph)
        if field.name not in LEFT_OUT
    }
    content["definitions"] = plain(written(graph.definitions))
    vocabulary, implications = used_vocabulary(graph)
    content["vocabulary"] = plain(vocabulary)
    content["implications"] = in_order([plain(one) for one in implications])
    content["currencies"] = {
        name: one
        for name, one in content["currencies"].items()
        if name in vocabulary.facts
    }
    for later in ("currencies", "derivations"):
        if not content[later]:
            del content[later]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + sha256(text.encode()).hexdigest()


def test_the_digest_of_a_shipped_guideline_is_that_of_its_json() -> None:
    graph = b12guide.load("mecobalamin_im").graph

    assert digest_of(graph) == expected(graph) == graph.digest


def test_the_digest_of_any_guideline_is_that_of_its_json() -> None:
    for seed in range(300):
        random = Random(seed)  # noqa: S311 - nothing secret
        graph = draw_graph(random) if seed % 3 else draw_large(random, topics=3)

        assert digest_of(graph) == expected(graph)
