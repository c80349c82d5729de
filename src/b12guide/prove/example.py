"""A counterexample as an example in the language, ready to be kept with the guideline."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.graph.model import RuleGraph
from b12guide.prove.claim import Kind, Proof
from b12guide.prove.given import given_text

__all__ = ["example_of", "examples_file"]


def example_of(proof: Proof, graph: RuleGraph) -> str | None:
    """The example that fails until the claim is kept; None where nothing can be expected."""
    expectations = _expectations(proof)
    if proof.witness is None or not expectations:
        return None
    given = given_text(proof.witness.values, graph)
    lines = [f'example "{_title(proof)}"', f"    given  {given}"]
    lines += [f"    expect {expected}" for expected in expectations]
    return "\n".join(lines) + "\n"


def _title(proof: Proof) -> str:
    match proof.claim.kind:
        case Kind.INVARIANT:
            return f"counterexample to {proof.claim.name}"
        case _:
            about = " and ".join(proof.rules) or proof.claim.name
            return f"counterexample to {proof.claim.kind.value}: {about}"


def _expectations(proof: Proof) -> tuple[str, ...]:
    if proof.expected:
        return proof.expected
    return tuple(f"rule {name} does not apply" for name in proof.rules[:1])


def examples_file(proofs: Iterable[Proof], graph: RuleGraph) -> str:
    """A file of all counterexamples, to be kept beside the guideline."""
    examples = (example_of(proof, graph) for proof in proofs)
    blocks = dict.fromkeys(e for e in examples if e is not None)
    head = f"language 1\nexamples for {graph.name}\n"
    return "\n".join([head, *blocks])
