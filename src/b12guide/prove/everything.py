"""All proofs of a guideline."""

from __future__ import annotations

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.graph.model import RuleGraph
from b12guide.prove.advised import event_conditions
from b12guide.prove.by_worlds import Search
from b12guide.prove.claim import Proof
from b12guide.prove.decisions import decision_proofs
from b12guide.prove.invariants import Required, invariant_proofs, required
from b12guide.prove.lasting import lasting_proofs, unassured_conditions
from b12guide.prove.rules import rule_proofs
from b12guide.prove.withheld import withheld_proofs
from b12guide.semantics.draft import Draft

__all__ = ["Proofs", "invariants_of", "proofs_of", "prove"]


@frozen(kw_only=True)
class Proofs(Answer):
    """Everything that is claimed of a guideline, settled.

    Attributes:
        draft: The files in which the author's own claims stand.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False, eq=False)
    proofs: tuple[Proof, ...] = field(repr=False)

    @property
    def is_fine(self) -> bool:
        """Whether everything is proved, and there is nothing for the author to do."""
        return not any(proof.is_open for proof in self.proofs)


def proofs_of(graph: RuleGraph, draft: Draft) -> Proofs:
    """What is claimed of a guideline, with what becomes of it."""
    return Proofs(graph=graph, draft=draft, proofs=prove(graph, draft))


def prove(graph: RuleGraph, draft: Draft) -> tuple[Proof, ...]:
    """What is claimed of every guideline and what the author claims of this one, settled.

    Args:
        graph: The guideline.
        draft: The files in which its invariants stand.
    """
    invariants, search = _search(graph, draft)
    return (
        *decision_proofs(search),
        *rule_proofs(search),
        *withheld_proofs(search),
        *lasting_proofs(search),
        *invariant_proofs(invariants, search),
    )


def invariants_of(graph: RuleGraph, draft: Draft) -> tuple[Proof, ...]:
    """The author's own claims alone, which may stand in the files of another guideline."""
    return tuple(invariant_proofs(*_search(graph, draft)))


def _search(graph: RuleGraph, draft: Draft) -> tuple[tuple[Required, ...], Search]:
    invariants = required(draft, graph)
    further = {
        **event_conditions(graph),
        **unassured_conditions(graph),
        **{invariant.condition: invariant.when for invariant in invariants},
    }
    return invariants, Search.of(graph, further)
