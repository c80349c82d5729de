"""Claims that are broken or not proved, as diagnostics with the smallest patient."""

from __future__ import annotations

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.graph.model import RuleGraph
from b12guide.prove.claim import Kind, Proof, Settled
from b12guide.prove.given import given_text

__all__ = ["proof_diagnostic"]

_CODES = {
    Kind.GAP: "GDL611",
    Kind.CONFLICT: "GDL612",
    Kind.FORBIDDEN: "GDL613",
    Kind.DEAD: "GDL614",
    Kind.REDUNDANT: "GDL615",
    Kind.WITHHELD: "GDL616",
    Kind.LASTING: "GDL617",
    Kind.INVARIANT: "GDL618",
}
_NOT_PROVED = "GDL619"
_VACUOUS = "GDL620"
_HELP = {
    Kind.GAP: "say what holds for this patient, or narrow the rule that speaks of them",
    Kind.CONFLICT: "let one rule be an `exception to` the other, or declare the conflict",
    Kind.FORBIDDEN: "narrow the conditions until the rules never meet",
    Kind.DEAD: "nobody can have this condition; correct it or leave the rule out",
    Kind.REDUNDANT: "the exception never changes anything; leave `exception to` out",
    Kind.WITHHELD: "see which exception lets the drug through",
    Kind.LASTING: "ask for the fact itself instead of whether it `is established`",
    Kind.INVARIANT: "change the rules, or the invariant if it claims too much",
}


def proof_diagnostic(proof: Proof, graph: RuleGraph) -> Diagnostic:
    """What is to be said of a claim that is not proved."""
    claim = proof.claim
    if proof.settled is Settled.NOT_PROVED:
        return Diagnostic(
            code=_NOT_PROVED,
            severity=Severity.WARNING,
            message=f"not proved (limit): {claim.text}",
            labels=_labels(proof, graph),
            notes=(proof.remark,) if proof.remark else (),
        )
    if proof.settled is Settled.VACUOUS:
        return Diagnostic(
            code=_VACUOUS,
            severity=Severity.WARNING,
            message=f"vacuous: {claim.text}",
            labels=_labels(proof, graph),
            notes=(proof.remark,),
            help=(Help(message="claim something that a changed rule could break"),),
        )
    notes = []
    if proof.witness is not None:
        patient = given_text(proof.witness.values, graph)
        notes.append(f"the smallest patient: {patient}")
    return Diagnostic(
        code=_CODES[claim.kind],
        message=f"broken: {claim.text}",
        labels=_labels(proof, graph),
        notes=tuple(notes),
        help=(Help(message=_HELP[claim.kind]),),
    )


def _labels(proof: Proof, graph: RuleGraph) -> tuple[Label, ...]:
    places = []
    if proof.claim.place is not None:
        places.append((proof.claim.place, ""))
    for name in proof.rules:
        place = graph.rules[name].place
        if place is not None:
            places.append((place, f"`{name}`"))
    return tuple(
        Label(text=place.text, span=place.span, message=message)
        for place, message in places
    )
