"""What stands above each rule: the examples that reach it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from b12guide.editor.analysis import Analysis, Depth
from b12guide.show.wording import plural
from b12guide.syntax import ast
from b12guide.text import Span
from b12guide.trial.result import Trial

__all__ = ["Lens", "Tried", "lenses", "tried"]


@frozen
class Lens:
    """A line above a rule or example; empty words where nothing was tried yet."""

    at: Span
    words: str
    rule: str = ""
    example: str = ""


def lenses(analysis: Analysis, depth: Depth | None, file: str) -> Iterator[Lens]:
    """The lines above the rules and examples of a file."""
    reading = analysis.draft.readings.get(file)
    knows = depth is not None and depth.graph is not None
    decisive = depth.decisive if depth is not None else {}
    trials = {r.title: r.trial for r in depth.results} if depth is not None else {}
    for piece in () if reading is None else reading.pieces:
        for item in piece.known.parts.items:
            match item:
                case ast.Rule(name=name):
                    count = len(decisive.get(name.text, ()))
                    reached = f"{plural(count, 'example')}, covered" if count else ""
                    words = reached or "no example reaches this rule"
                    at = name.span.shifted(piece.offset)
                    yield Lens(at, words if knows else "", rule=name.text)
                case ast.Example(title=title):
                    trial = trials.get(title.text)
                    at = title.span.shifted(piece.offset)
                    words = "" if trial is None else trial.value
                    yield Lens(at, words, example=title.text)
                case _:
                    pass


@frozen
class Tried:
    """What came of trying examples, in a sentence."""

    sentence: str
    failed: bool


def tried(depth: Depth, rule: str, example: str) -> Tried:
    """What came of the examples that reach a rule, of one of them, or of all."""
    if depth.graph is None:
        return Tried(
            "the guideline has errors, so no example can be tried", failed=True
        )
    titles = depth.decisive.get(rule, ())
    chosen = [
        result
        for result in depth.results
        if (not rule or result.title in titles)
        and (not example or result.title == example)
    ]
    of = f" of the rule `{rule}`" if rule else ""
    if not chosen:
        return Tried(f"no example reaches the rule `{rule}`", failed=True)
    good = [result for result in chosen if result.trial is Trial.PASSED]
    count = f"{len(good)} of {plural(len(chosen), 'example')}{of} passed"
    bad = [f"`{r.title}`: {r.trial.value}" for r in chosen if r not in good]
    return Tried("; ".join((count, *bad)), failed=bool(bad))
