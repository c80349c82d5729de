"""Examples that failed, as diagnostics: what is expected beside what is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.evaluate.answer import Conflict, Decided, RuleVerdict, Verdict
from b12guide.graph.model import Exclusion, Place, RuleGraph
from b12guide.show.advice import advice_text
from b12guide.show.wording import listing, plural
from b12guide.trial.coverage import Coverage
from b12guide.trial.result import Answered, ExampleResult, Names, Trial, Unmet
from b12guide.truth import Truth

__all__ = ["answered_text", "example_diagnostics", "trial_diagnostics"]

_SCOPE = {
    Truth.TRUE: "scope applies",
    Truth.FALSE: "scope does not apply",
    Truth.UNKNOWN: "scope unknown",
}


def trial_diagnostics(
    results: Sequence[ExampleResult], reached: Coverage | None, graph: RuleGraph
) -> tuple[Diagnostic, ...]:
    """Everything there is to say of a trial; `reached` is None where that was not asked."""
    found = [d for result in results for d in example_diagnostics(result, graph)]
    if not any(result.expectations for result in results):
        found.append(
            Diagnostic(
                code="GDL603",
                message="no example expects anything, so nothing was tried",
                help=(Help(message='write `example "..." given ... expect ...`'),),
            )
        )
    if reached is not None:
        found += _unreached(reached)
    return tuple(found)


def example_diagnostics(
    result: ExampleResult, graph: RuleGraph
) -> Iterator[Diagnostic]:
    """What is to be said of one example; nothing when it passed."""
    match result.trial:
        case Trial.PASSED:
            return
        case Trial.EMPTY:
            yield Diagnostic(
                code="GDL602",
                severity=Severity.WARNING,
                message=f"the example `{result.title}` expects nothing",
                labels=(_label(result.place),),
                help=(Help(message="add what is to be answered: `expect ...`"),),
            )
        case Trial.UNUSABLE:
            yield from result.diagnostics
        case Trial.FAILED:
            for unmet in result.unmet:
                yield _unmet(result, unmet, graph)


def _unmet(result: ExampleResult, unmet: Unmet, graph: RuleGraph) -> Diagnostic:
    answered = answered_text(unmet.answered, graph)
    return Diagnostic(
        code="GDL601",
        message=f"in `{result.title}`, `{unmet.expected}` is expected",
        labels=(_label(unmet.place, "answered otherwise"),),
        notes=(f"answered: {answered}",),
    )


def _unreached(reached: Coverage) -> Iterator[Diagnostic]:
    for rule in reached.rules:
        if not rule.decisive_in:
            yield Diagnostic(
                code="GDL604",
                severity=Severity.WARNING,
                message=f"no example reaches the rule `{rule.name}`",
                labels=(_label(rule.place),),
                help=(Help(message="add an example in which it applies"),),
            )


def _label(place: Place, message: str = "") -> Label:
    return Label(text=place.text, span=place.span, message=message)


def answered_text(answered: Answered, graph: RuleGraph) -> str:
    """What was answered, in one line."""
    match answered:
        case Truth():
            return _SCOPE[answered]
        case Names(kind=kind, names=names):
            return f"{kind} {listing(names)}" if names else f"{kind}: none"
        case RuleVerdict():
            return _verdict_text(answered)
        case Decided():
            return _decided_text(answered, graph)
        case tuple():
            return _conflicts_text(answered)
        case _:
            assert_never(answered)


def _verdict_text(verdict: RuleVerdict) -> str:
    text = f"rule {verdict.rule.name} {verdict.verdict.value}"
    if verdict.verdict is Verdict.OVERRIDDEN:
        text += f" by {listing(verdict.overridden_by)}"
    if verdict.needs:
        text += f", it waits for {listing(verdict.needs)}"
    return text


def _decided_text(decided: Decided, graph: RuleGraph) -> str:
    parts = [f"decision {decided.decision.value} {decided.outcome.value}"]
    for option in decided.options:
        words = advice_text(option.advice, graph)
        is_choice = option.alternative and not isinstance(option.advice, Exclusion)
        mark = "may " if is_choice else ""
        open_ = "" if option.certain else "perhaps "
        parts.append(f"{open_}{mark}{words} ({', '.join(option.rules)})")
    if decided.depends_on:
        parts.append(f"depends on {listing(decided.depends_on)}")
    return "; ".join(parts)


def _conflicts_text(conflicts: Iterable[Conflict]) -> str:
    found = [
        listing(dict.fromkeys(rule for side in c.sides for rule in side.rules))
        for c in conflicts
    ]
    if not found:
        return "no conflict"
    return f"{plural(len(found), 'conflict')}: {'; '.join(found)}"
