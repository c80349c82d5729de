"""Hypothesis strategies: patients at the edges of a guideline, histories, guidelines.

With the extra `test` installed, `st.from_type(Patient)` draws patients, too. Every patient that is
drawn can be asked about: the facts never contradict what the vocabulary implies.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.implications import implied_facts
from b12guide.graph.condition import Compare, atoms
from b12guide.graph.model import Fact, RuleGraph
from b12guide.graph.query import used_vocabulary
from b12guide.library import PathLike
from b12guide.patient.model import FactValue, Otherwise, Patient, Stated
from b12guide.pipeline import load
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind

DEFAULT = "mecobalamin_im"


@frozen
class _Edges:
    """A guideline and, of each fact that it reads, the values worth trying."""

    evaluator: Evaluator
    values: tuple[tuple[str, tuple[FactValue, ...]], ...]


@cache
def _edges(guideline: str) -> _Edges:
    graph = load(guideline).graph
    used, _ = used_vocabulary(graph)
    values = tuple((name, _values(fact, graph)) for name, fact in used.facts.items())
    return _Edges(Evaluator.of(graph), values)


def _values(fact: Fact, graph: RuleGraph) -> tuple[FactValue, ...]:
    match fact.kind:
        case Kind.MEASURE:
            # Every threshold, a little to either side, and the middle between
            # two.
            conditions = [
                *(rule.condition for rule in graph.rules.values()),
                *(definition.condition for definition in graph.definitions.values()),
                *(one.condition for one in graph.silences if one.condition is not None),
                graph.scope,
            ]
            cuts = sorted(
                {
                    cut
                    for condition in conditions
                    for leaf in atoms(condition)
                    if isinstance(leaf, Compare) and leaf.fact == fact.name
                    for cut in (leaf.low, leaf.high)
                }
            )
            low, high = fact.plausible or (Fraction(0), Fraction(1000))
            near = Fraction(1, 10)
            tried = {low, high, *((a + b) / 2 for a, b in pairwise([low, *cuts, high]))}
            tried |= {cut + by for cut in cuts for by in (-near, Fraction(0), near)}
            return tuple(sorted(value for value in tried if low <= value <= high))
        case Kind.CHOICE:
            return fact.values
        case _:
            return (False, True)


@st.composite
def patients(
    draw: st.DrawFn, guideline: PathLike = DEFAULT, *, complete: bool = False
) -> Patient:
    """Patients whose measures lie at, just beside and between the guideline's thresholds.

    Args:
        draw: Given by Hypothesis.
        guideline: The guideline whose facts and thresholds are used.
        complete: Whether everything is to be known of them.
    """
    edges = _edges(os.fspath(guideline))
    vocabulary = edges.evaluator.graph.vocabulary.facts
    kept: dict[str, FactValue] = {}
    recorded: dict[str, Any] = {}
    known_of = st.just("known")
    if not complete:
        known_of = st.sampled_from(("known", "known", "absent", "unknown"))
    for name, values in edges.values:
        how = draw(known_of)
        if how == "unknown":
            recorded[name] = None
        if how != "known":
            continue
        start = draw(st.integers(0, len(values) - 1))
        for value in (*values[start:], *values[:start]):
            if _is_possible({**kept, name: value}, edges.evaluator):
                kept[name] = value
                fact = vocabulary[name]
                recorded[name] = (
                    format_quantity(value, fact.unit)
                    if isinstance(value, Fraction)
                    else value
                )
                break
    otherwise = Otherwise.UNKNOWN
    if not complete:
        otherwise = draw(st.sampled_from(Otherwise))
    if not _is_possible(kept, edges.evaluator, otherwise):
        otherwise = Otherwise.UNKNOWN
    return Patient(facts=recorded, otherwise=otherwise)


def _is_possible(
    values: dict[str, FactValue],
    evaluator: Evaluator,
    otherwise: Otherwise = Otherwise.UNKNOWN,
) -> bool:
    stated = Stated(values=values, otherwise=otherwise)
    try:
        implied_facts(stated, evaluator.graph, evaluator.program)
    except PatientError:
        return False
    return True


# ----------------------------------------------------------------------- histories

_FIRST = dt.date(2025, 1, 1)


@st.composite
def histories(
    draw: st.DrawFn, *, drugs: Sequence[str] = ("hydroxocobalamin", "mecobalamin")
) -> list[dict[str, Any]]:
    """Dated injections, tests and events of up to two years, in order, as in a history file."""
    drug = draw(st.sampled_from(drugs))
    day, found = _FIRST, []
    for gap in draw(st.lists(st.integers(1, 120), min_size=1, max_size=24)):
        day += dt.timedelta(days=gap)
        kind = draw(st.sampled_from(("dose", "dose", "dose", "test", "event")))
        entry: dict[str, Any] = {"on": day.isoformat()}
        match kind:
            case "dose":
                amount = draw(st.sampled_from(("1000 µg", "1 mg", "500 µg")))
                entry |= {"dose": drug, "amount": amount, "route": "intramuscular"}
            case "test":
                number = draw(st.integers(100, 2000))
                entry |= {"test": "serum_b12", "value": f"{number} pg/mL"}
            case _:
                event = st.sampled_from(("loading_complete", "neurological_plateau"))
                entry |= {"event": draw(event)}
        found.append(entry)
    return found


# ---------------------------------------------------------------------- guidelines

_HEAD = """language 1
guideline drawn "Drawn"
    version 1.0.0
    revised 2026-01-01
    uses    b12
source page "A page"
"""
_ATOMS = (
    "b12_deficiency",
    "not b12_deficiency",
    "numbness",
    "diabetes",
    "egfr < 50 mL/min",
    "egfr >= 50 mL/min",
    "ileal_resection > 20 cm",
    "bariatric_procedure is roux_en_y",
)
_ACTIONS = (
    "form hydroxocobalamin",
    "form hydroxocobalamin or mecobalamin",
    "avoid cyanocobalamin",
    "load 1000 µg IM 3 times per week for 2 weeks",
    "load 1000 µg IM on alternate days until neurological_plateau",
    "maintain 1000 µg IM every 2 to 3 months for life",
    "maintain 1000 µg IM every month for life",
    "check serum_b12 every year",
    "route intramuscular",
)


@st.composite
def guidelines(draw: st.DrawFn, *, most_rules: int = 6) -> str:
    """The text of a guideline over the shipped vocabulary that passes the checks."""
    rules = []
    for number in range(draw(st.integers(1, most_rules))):
        atoms_drawn = draw(
            st.lists(st.sampled_from(_ATOMS), min_size=1, max_size=3, unique=True)
        )
        joint = draw(st.sampled_from((" and ", " or ")))
        parent = draw(st.integers(-2, number - 1))
        exception = f"    exception to rule_{parent}\n" if parent >= 0 else ""
        action = draw(st.sampled_from(_ACTIONS))
        rules.append(
            f"rule rule_{number}\n{exception}    when {joint.join(atoms_drawn)}\n"
            f"    {action}\n    strength should\n    cites page\n"
        )
    return _HEAD + "".join(rules)
