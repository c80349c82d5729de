"""Proofs for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.prove.claim import Kind, Proof, Settled
from b12guide.prove.everything import Proofs
from b12guide.show.diagnostic import to_terminal
from b12guide.show.proof_diagnostic import proof_diagnostic
from b12guide.show.stated import reminder
from b12guide.show.width import wrapped
from b12guide.show.wording import plural

__all__ = ["proofs_text"]


def proofs_text(answer: Proofs, *, width: int = 80, colour: bool = False) -> str:
    """What is broken or not proved, then one line for each kind of claim, then the sum."""
    proofs, graph = answer.proofs, answer.graph
    shown = [
        to_terminal(proof_diagnostic(proof, graph), width=width, colour=colour)
        for proof in proofs
        if proof.is_open
    ]
    lines: list[str] = []
    for kind in Kind:
        some = [proof for proof in proofs if proof.claim.kind is kind]
        if some:
            lines += wrapped(f"{kind.value}: {_counts(some)}", width)
            lines += [
                f"  {line}"
                for remark in dict.fromkeys(p.remark for p in some if p.remark)
                for line in wrapped(remark, max(width - 2, 20))
            ]
    lines.append(f"{plural(len(proofs), 'claim')}: {_counts(proofs)}")
    lines += ["", *wrapped(reminder(graph), width)]
    return "\n\n".join([*shown, "\n".join(lines)]) + "\n"


def _counts(proofs: Iterable[Proof]) -> str:
    found = [proof.settled for proof in proofs]
    counts = ((s, found.count(s)) for s in Settled)
    return ", ".join(f"{count} {settled.value}" for settled, count in counts if count)
