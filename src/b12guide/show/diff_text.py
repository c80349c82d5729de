"""The difference between two guidelines for a terminal, both answers side by side."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.evaluate.answer import Recommendation
from b12guide.graph.model import Decision, RuleGraph
from b12guide.prove.comparison import Compared, Sameness
from b12guide.prove.difference import Change, Difference, Treated
from b12guide.prove.given import given_text
from b12guide.show.stated import reminder
from b12guide.show.trial_diagnostic import answered_text
from b12guide.show.width import wrapped
from b12guide.show.wording import listing

__all__ = ["about", "diff_text", "said_of"]


def diff_text(difference: Difference, *, width: int = 80, colour: bool = False) -> str:
    """Rules that changed, decisions that changed with a patient each, and what is proved."""
    del colour  # nothing of it is marked
    lines = [_head(difference.old) + " -> " + _head(difference.new)]
    for change in Change:
        for one in difference.rules:
            if one.change is change:
                parts = f": {listing(one.parts)}" if one.parts else ""
                lines.append(f"rule {change.value}: {one.name}{parts}")
    changed = [
        t for t in difference.treated if t.compared.sameness is not Sameness.SAME
    ]
    for treated in changed:
        lines += ["", *_treated(treated, difference, width)]
    lines.append("")
    if not changed:
        lines.append("proved: no patient is treated differently")
    else:
        same = [t.compared for t in difference.treated if t not in changed]
        names = ", ".join(about(compared) for compared in same)
        if names:
            lines += wrapped(f"proved the same for every patient: {names}", width)
    lines += ["", *wrapped(reminder(difference.new), width)]
    return "\n".join(lines) + "\n"


def _head(graph: RuleGraph) -> str:
    return f"{graph.name} {graph.version}"


def about(compared: Compared) -> str:
    """What was compared."""
    return "scope" if compared.decision is None else compared.decision.value


def _treated(treated: Treated, difference: Difference, width: int) -> Iterator[str]:
    compared = treated.compared
    facts = f": {listing(compared.facts)}" if compared.facts else ""
    yield f"{about(compared)}: {compared.sameness.value}{facts}"
    if compared.witness is not None:
        patient = given_text(compared.witness.values, difference.old)
        yield from _indented(f"a patient: {patient}", width)
        for label, answer in (("old", treated.old), ("new", treated.new)):
            if answer is not None:
                yield from _indented(f"{label}: {said_of(compared, answer)}", width)


def _indented(text: str, width: int) -> Iterator[str]:
    for line in wrapped(text, max(width - 4, 20)):
        yield f"    {line}"


def said_of(compared: Compared, answer: Recommendation) -> str:
    """What a guideline answers about the witness of a decision, in one line."""
    if compared.decision is None:
        return answered_text(answer.scope, answer.graph)
    if compared.decision is Decision.NOTE:
        notes = [notice.text for notice in answer.notices if notice.rule is not None]
        return " / ".join(notes) or "no remark"
    return answered_text(answer.decisions[compared.decision], answer.graph)
