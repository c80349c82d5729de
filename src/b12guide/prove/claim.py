"""A claim about every possible patient, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import field, frozen

from b12guide.frozen import Record
from b12guide.graph.model import Place, RuleGraph
from b12guide.prove.witness import Witness, given_lines

__all__ = ["Claim", "ClaimKind", "Proof", "ProofOutcome"]


class ClaimKind(Enum):
    """What is claimed; the value is how the claim is listed."""

    GAP = "no gap"
    CONFLICT = "no undeclared conflict"
    FORBIDDEN = "no forbidden pair"
    DEAD = "no dead rule"
    REDUNDANT = "no redundant exception"
    WITHHELD = "withheld on every visit"
    LASTING = "learning overturns nothing"
    INVARIANT = "invariant"


class ProofOutcome(Enum):
    """What became of a claim; beyond the limit nothing is ever called proved.

    A vacuous claim holds, but only because it speaks of nothing: it would hold whatever the rules
    said of the patients it is meant to protect (M58).
    """

    PROVED = "proved"
    BROKEN = "broken"
    VACUOUS = "vacuous"
    NOT_PROVED = "not proved (limit)"


@frozen(kw_only=True, repr=False)
class Claim(Record):
    """Something that is to hold for every patient.

    Attributes:
        name: The rule, decision or invariant that it is about.
        text: The claim as a sentence.
        rules: The rules concerned.
        place: Where it is written, for an invariant.
    """

    kind: ClaimKind
    name: str
    text: str
    rules: tuple[str, ...] = ()
    place: Place | None = field(default=None, eq=False)


@frozen(kw_only=True, repr=False)
class Proof(Record):
    """A claim, settled or not.

    Attributes:
        witness: The smallest patient who breaks it, where a patient does.
        rules: The rules that are at odds for this patient.
        remark: What else the reader should know, such as conflicts that were accepted.
        expected: What an example of the witness should expect, in the language.
    """

    claim: Claim
    settled: ProofOutcome
    witness: Witness | None = None
    rules: tuple[str, ...] = ()
    remark: str = ""
    expected: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is something for the author to do."""
        return self.settled is not ProofOutcome.PROVED


def example_of(proof: Proof, graph: RuleGraph) -> str | None:
    """The example that fails until the claim is kept; None where nothing can be expected."""
    first = [f"rule {name} does not apply" for name in proof.rules[:1]]
    expectations = proof.expected or first
    if proof.witness is None or not expectations:
        return None
    about = proof.claim.name
    if proof.claim.kind is not ClaimKind.INVARIANT:
        about = f"{proof.claim.kind.value}: {' and '.join(proof.rules) or about}"
    given = given_lines(proof.witness.values, graph)
    lines = [f'example "counterexample to {about}"', *given]
    lines += [f"    expect {expected}" for expected in expectations]
    return "\n".join(lines) + "\n"


def examples_file(proofs: Iterable[Proof], graph: RuleGraph) -> str:
    """A file of all counterexamples, to be kept beside the guideline."""
    examples = (example_of(proof, graph) for proof in proofs)
    blocks = dict.fromkeys(e for e in examples if e is not None)
    head = f"language 1\nexamples for {graph.name}\n"
    return "\n".join([head, *blocks])
