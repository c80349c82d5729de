"""The digest follows the content, and nothing but the content."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import given

from b12guide.graph import data
from b12guide.graph.conclusions import written
from b12guide.graph.condition import AllOf, AnyOf, AtLeast, Not
from b12guide.graph.from_syntax import lower
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import used_vocabulary
from b12guide.pipeline import check
from b12guide.regimen.phase import Dose
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.values.duration import Duration, DurationRange
from tests.strategies.graphs import graphs
from tests.unit.semantics.writing import checked

WRITTEN = """\
language 1
guideline tried "Tried"
    version   1.0.0
    revised   2026-01-01
    uses      b12
source summary "A summary"
define nerves as paresthesia or numbness
rule loading
    when      b12_deficiency and nerves and age >= 18 years
    load      1000 µg IM on alternate days for 2 weeks
    strength  required
    cites     summary
rule gate
    withhold  folic_acid until b12_repleted
rule kidneys
    exception to loading
    when      egfr < 60 mL/min
    load not needed
"""


def graph_of(block: str) -> RuleGraph:
    graph = checked(block).graph
    assert graph is not None
    return graph


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n    ", "\n\t  "),
        ("rule gate", "# the gate\nrule gate"),
        ("1000 µg", "1 mg"),
        ("1000 µg", "1000 mcg"),
        ("60 mL/min", "1 mL/s"),
        ("18 years", "216 months"),
        ("2 weeks", "14 days"),
        ("on alternate days", "every 2 days"),
        ("IM", "intramuscular"),
        ("paresthesia or numbness", "numbness or paresthesia"),
        ("paresthesia or numbness", "any of paresthesia, numbness"),
        ("b12_deficiency and nerves", "nerves and (b12_deficiency)"),
        ("paresthesia", "tingling"),
        ("b12_deficiency and nerves", "(any of b12_deficiency) and nerves"),
        ("b12_deficiency and nerves", "not (not b12_deficiency) and nerves"),
    ],
)
def test_another_spelling_keeps_the_digest(old: str, new: str) -> None:
    assert old in WRITTEN
    assert graph_of(WRITTEN.replace(old, new)).digest == graph_of(WRITTEN).digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1000 µg", "1001 µg"),
        ("egfr < 60", "egfr <= 60"),
        ("paresthesia or", "paresthesia and"),
        ("required", "should"),
        ("exception to loading", ""),
        ("A summary", "Another summary"),
        ("1.0.0", "1.0.1"),
        ("until b12_repleted", ""),
        ("rule gate", "rule folate_gate"),
        ("on alternate days for", "daily for"),
    ],
)
def test_another_meaning_changes_the_digest(old: str, new: str) -> None:
    assert old in WRITTEN
    assert graph_of(WRITTEN.replace(old, new)).digest != graph_of(WRITTEN).digest


def test_the_wording_of_a_question_is_content() -> None:
    sore = WRITTEN.replace("rule loading", 'finding sore "sore"\nrule loading')
    sore = sore.replace("paresthesia", "sore")
    asked = sore.replace('"sore"', '"sore"\n    asks "Is it sore?"')
    otherwise = asked.replace("Is it", "Are you")

    digests = [graph_of(written).digest for written in (sore, asked, otherwise)]
    assert len(set(digests)) == 3


def test_the_split_into_files_keeps_the_digest() -> None:
    head, rules = re.split(r"(?=^rule gate)", WRITTEN, flags=re.MULTILINE)
    split = (
        head.replace("b12\n", "b12, elsewhere\n", 1)
        + f"# file: elsewhere.gdl\nlanguage 1\npart elsewhere\n{rules}"
    )

    assert graph_of(split).digest == graph_of(WRITTEN).digest


def test_an_approval_is_not_part_of_what_it_covers() -> None:
    digest = graph_of(WRITTEN).digest
    approved = WRITTEN.replace(
        "    uses",
        f'    status approved by "A. Reviewer" on 2026-01-02 covering {digest}\n    uses',
        1,
    )

    assert graph_of(approved).digest == digest


def test_a_word_that_the_guideline_cannot_feel_keeps_the_digest() -> None:
    more = WRITTEN + 'finding sprue "sprue"\n'

    assert graph_of(more).digest == graph_of(WRITTEN).digest


def test_a_word_that_implies_something_used_changes_the_digest() -> None:
    more = WRITTEN + 'finding sprue "sprue"\n    implies numbness\n'

    assert graph_of(more).digest != graph_of(WRITTEN).digest


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_everything_in_the_shipped_guideline_keeps_the_digest(
    seed: int,
) -> None:
    draft = check("mecobalamin_im").draft
    shuffled = []
    for file in draft.files:
        items = list(file.items)
        random.Random(seed).shuffle(items)  # noqa: S311 - not for secrets
        shuffled.append(evolve(file, items=tuple(items)))
    turned = Draft(tuple(shuffled))
    before = lower(draft, scope_of(draft))

    assert lower(turned, scope_of(turned)).digest == before.digest


def plain(value: Any, *, without_order: bool = False) -> Any:
    """A value in plain terms, one step after another: the digest is that of their JSON."""
    match value:
        case None | bool() | str() | int():
            return value
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case Enum():
            return value.value
        case Duration(value=length, unit=unit):
            return plain(DurationRange(length, length, unit).smallest)
        case Dose(amount=(low, high, _)):
            return ["dose", plain(low), plain(high), value.measures]
        case DurationRange(unit=unit):
            kind = "calendar" if unit.is_calendar else "fixed"
            return [kind, *map(plain, value.smallest)]
        case AllOf() | AnyOf():
            joined = flat(type(value), value)
            name = "all" if isinstance(value, AllOf) else "any"
            parts = sorted(map(plain, joined), key=in_order)
            return parts[0] if len(parts) == 1 else [name, *parts]
        case AtLeast(count=count, operands=operands):
            return ["at least", count, *sorted(map(plain, operands), key=in_order)]
        case Not(operand=Not(operand=operand)):
            return plain(operand)
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case tuple():
            parts = [plain(each) for each in value]
            return sorted(parts, key=in_order) if without_order else parts
        case _:
            return {"": type(value).__name__} | {
                field.name: plain(
                    getattr(value, field.name),
                    without_order=field.name in data._WITHOUT_ORDER,
                )
                for field in attrs.fields(type(value))
                if field.eq
                and (getattr(value, field.name) or field.name not in data._LATER)
            }


in_order = json.JSONEncoder(sort_keys=True).encode


def flat(kind: type[AllOf | AnyOf], value: Any) -> list[Any]:
    if not isinstance(value, kind):
        return [value]
    return [one for each in value.operands for one in flat(kind, each)]


@given(graphs())
def test_the_digest_is_that_of_the_content_in_plain_terms(graph: RuleGraph) -> None:
    vocabulary, implications = used_vocabulary(graph)
    content = plain(evolve(graph, vocabulary=vocabulary, implications=()))
    content["definitions"] = plain(written(graph.definitions))
    content["implications"] = sorted(map(plain, implications), key=in_order)
    left_out = {
        "digest",
        "status",
        "approved_by",
        "approved_on",
        "imprint",
        "ages",
        "series",
    }
    for name in ("", *left_out):
        del content[name]
    for later in ("currencies", "derivations"):
        if not content[later]:
            del content[later]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))

    assert data.digest_of(graph) == f"sha256:{sha256(text.encode()).hexdigest()}"
