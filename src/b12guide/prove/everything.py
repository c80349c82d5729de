"""Everything that is proved of a guideline, its document, and the examples that it lacks."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from b12guide.answers import AddressedAnswer, Answer
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import RuleGraph
from b12guide.limits import USUAL, Limits
from b12guide.prove.advised import event_conditions
from b12guide.prove.claim import Proof
from b12guide.prove.decisions import decision_proofs
from b12guide.prove.invariants import (
    Required,
    invariant_proof,
    required,
    withheld_proofs,
)
from b12guide.prove.lasting import lasting_proofs, unassured_conditions
from b12guide.prove.rules import rule_proofs
from b12guide.prove.search import Search, applying
from b12guide.prove.witness import Witness, given_lines
from b12guide.say.names import stated_value
from b12guide.say.words import listing
from b12guide.semantics.draft import Draft
from b12guide.syntax.phrases import quoted
from b12guide.trial.report import decisive_rules

__all__ = ["Document", "Proofs", "document_of", "invariants_of", "proofs_of", "prove"]


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


def proofs_of(graph: RuleGraph, draft: Draft, limits: Limits = USUAL) -> Proofs:
    """What is claimed of a guideline, with what becomes of it, within the limits of work."""
    return Proofs(graph=graph, draft=draft, proofs=prove(graph, draft, limits))


def prove(graph: RuleGraph, draft: Draft, limits: Limits = USUAL) -> tuple[Proof, ...]:
    """What is claimed of every guideline and what the author claims of this one, settled.

    Args:
        graph: The guideline.
        draft: The files in which its invariants stand.
        limits: How much work it may be; what is left then is not proved.
    """
    invariants, search = _search(graph, draft, limits)
    return (
        *decision_proofs(search),
        *rule_proofs(search),
        *withheld_proofs(search),
        *lasting_proofs(search),
        *(invariant_proof(invariant, search) for invariant in invariants),
    )


def invariants_of(graph: RuleGraph, draft: Draft) -> tuple[Proof, ...]:
    """The author's own claims alone, which may stand in the files of another guideline."""
    invariants, search = _search(graph, draft)
    return tuple(invariant_proof(invariant, search) for invariant in invariants)


def _search(
    graph: RuleGraph, draft: Draft, limits: Limits = USUAL
) -> tuple[tuple[Required, ...], Search]:
    invariants = required(draft, graph)
    further = {
        **event_conditions(graph),
        **unassured_conditions(graph),
        **{invariant.condition: invariant.when for invariant in invariants},
    }
    return invariants, Search.of(graph, further, limits)


@frozen(kw_only=True)
class Document(AddressedAnswer):
    """A guideline with the claims of its author, every sentence made from the rules.

    Attributes:
        draft: The files in which the invariants stand.
        invariants: What the author claims of every patient.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False, eq=False)
    invariants: tuple[Required, ...] = field(repr=False)


def document_of(graph: RuleGraph, draft: Draft) -> Document:
    """The document of a guideline."""
    return Document(graph=graph, draft=draft, invariants=required(draft, graph))


def covering(rules: Iterable[str], graph: RuleGraph) -> dict[Witness, tuple[str, ...]]:
    """Few patients, each with those of `rules` that they are the first to make decisive.

    A rule to which nobody can be found stays without a patient.
    """
    search = Search.of(graph)
    left = dict.fromkeys(rules)
    candidates: dict[Witness, tuple[str, ...]] = {}
    for rule in (graph.rules[name] for name in left):
        cone = search.cone_of((rule,))
        if cone is None:
            continue
        classes = search.addressed(cone, rule) & cone.applies(rule.name)
        witness = search.witness(cone, classes, applying((rule.name,), search.original))
        if isinstance(witness, Witness):
            answer = recommend(search.original, witness.stated, reading=witness.reading)
            decisive = decisive_rules(answer)
            candidates[witness] = tuple(n for n in graph.rules if n in decisive)
    found: dict[Witness, tuple[str, ...]] = {}
    while candidates:
        best = max(candidates, key=lambda w: sum(r in left for r in candidates[w]))
        reached = tuple(name for name in candidates.pop(best) if name in left)
        if not reached:
            break
        found[best] = reached
        for name in reached:
            del left[name]
    return found


def missing_examples(rules: Iterable[str], graph: RuleGraph) -> str:
    """A file of examples that make `rules` decisive, to be read over by the author."""
    blocks = [f"language 1\nexamples for {graph.name}\n"]
    for witness, reached in covering(rules, graph).items():
        values = witness.values.items()
        known = listing(stated_value(graph, name, value) for name, value in values)
        whom = f"with {known}" if known else "where nothing is known"
        shown = listing(graph.rules[name].title for name in reached)
        apply_ = "applies" if len(reached) == 1 else "apply"
        lines = [
            f"example {quoted(f'{shown}: {apply_} {whom}')}",
            *given_lines(witness.values, graph),
            *(f"    expect rule {name} applies" for name in reached),
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)
