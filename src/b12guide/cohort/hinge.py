"""What is not known of a cohort and would matter: the single facts on which answers hinge.

The questions of a patient name every fact that can still change any answer. So whoever has one
question only is settled by its answer, whatever it is; that is exact. Whoever has several may be
settled by fewer, with luck; that is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

import pyarrow as pa
from attrs import asdict, field, frozen

from b12guide.cohort.advice import Advice
from b12guide.cohort.assumed import Written
from b12guide.cohort.tables import Kind, frame_of
from b12guide.graph.model import RuleGraph
from b12guide.record import Shown

__all__ = ["Hinge", "Hinges", "Step", "hinges_of"]


@frozen(kw_only=True)
class Hinge:
    """One fact, or a definition where the facts behind it matter only together.

    Attributes:
        hinges: Patients of whom some answer can change with it.
        alone: Patients whom it would settle by itself.
    """

    fact: str
    label: str
    hinges: int
    alone: int


@frozen(kw_only=True)
class Step:
    """One fact in an order of asking: the next is the one that then settles most.

    Attributes:
        more: Patients settled by this fact after those before it.
        settled: Patients settled so far, those who were from the start included.
    """

    fact: str
    more: int
    settled: int


@frozen(kw_only=True, eq=False)
class Hinges(Shown):
    """On which facts the answers to a cohort hinge.

    Attributes:
        settled: Patients of whom nothing needs to be asked.
        facts: Those that would settle most by themselves first.
        order: Every fact that anybody is asked for, the next best first. Where no fact settles
            anybody by itself, the one that most open patients are asked for comes next.
        assumed: What was assumed of patients of whom it is not known.
    """

    _shown_by: ClassVar[str] = "b12guide.show.cohort_notebook"

    graph: RuleGraph = field(repr=False)
    patients: int
    settled: int
    facts: tuple[Hinge, ...] = field(repr=False)
    order: tuple[Step, ...] = field(repr=False)
    kind: Kind = field(repr=False)
    assumed: Written = field(factory=dict, repr=False)

    def to_frame(self) -> Any:
        """The facts as a frame of the kind that came in."""
        return frame_of(self.facts, Hinge, _TYPES, self.kind)

    def order_frame(self) -> Any:
        """The order of asking."""
        return frame_of(self.order, Step, _TYPES, self.kind)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "patients": self.patients,
            "assumed": dict(self.assumed),
            "settled": self.settled,
            "facts": [asdict(one) for one in self.facts],
            "order": [asdict(one) for one in self.order],
        }


_TYPES = dict.fromkeys(("fact", "label"), pa.string())


def hinges_of(found: Advice, graph: RuleGraph, kind: Kind) -> Hinges:
    """The facts on which advice about a cohort hinges."""
    groups: Counter[frozenset[str]] = Counter(map(frozenset, found.questions()))
    settled = groups.pop(frozenset(), 0)
    hinges: Counter[str] = Counter()
    for facts, count in groups.items():
        hinges.update(dict.fromkeys(facts, count))
    names = sorted(hinges, key=lambda f: (-groups[frozenset({f})], -hinges[f], f))
    return Hinges(
        graph=graph,
        patients=found.rows,
        settled=settled,
        facts=tuple(
            Hinge(
                fact=name,
                label=_label(graph, name),
                hinges=hinges[name],
                alone=groups[frozenset({name})],
            )
            for name in names
        ),
        order=_order(groups, settled),
        kind=kind,
        assumed=found.assumptions,
    )


def _label(graph: RuleGraph, name: str) -> str:
    definition = graph.definitions.get(name)
    return (
        graph.vocabulary.facts[name].label if definition is None else definition.label
    )


def _order(groups: Mapping[frozenset[str], int], settled: int) -> tuple[Step, ...]:
    open_ = dict(groups)
    steps = []
    while open_:
        alone: Counter[str] = Counter()
        wanted: Counter[str] = Counter()
        for facts, count in open_.items():
            wanted.update(dict.fromkeys(facts, count))
            if len(facts) == 1:
                alone.update(dict.fromkeys(facts, count))
        best = min(wanted, key=lambda f: (-alone[f], -wanted[f], f))
        settled += alone[best]
        steps.append(Step(fact=best, more=alone[best], settled=settled))
        left: Counter[frozenset[str]] = Counter()
        for facts, count in open_.items():
            if facts != {best}:
                left[facts - {best}] += count
        open_ = left
    return tuple(steps)
