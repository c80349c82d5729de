"""Options that are read more easily as one, or in the light of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from b12guide.evaluate.answer import Option
from b12guide.graph.model import Monitoring, RuleGraph
from b12guide.show.advice import advice_text

__all__ = ["joined"]


def joined(options: Iterable[Option], graph: RuleGraph) -> Iterator[tuple[Option, str]]:
    """The options with their words.

    Tests with one timing and one ground are told together; what goes with every check of a
    test is told once.
    """
    told: dict[tuple[str, ...], Monitoring] = {}
    for option in _tests_together(options):
        advice = option.advice
        if not isinstance(advice, Monitoring):
            yield option, advice_text(advice, graph)
            continue
        before = told.setdefault(advice.tests, advice)
        if (
            before is not advice
            and _goes_with(advice) == _goes_with(before) != _NOTHING
        ):
            alone = evolve(
                advice, before_next_dose=False, companions=(), never_alone=False
            )
            yield option, f"{advice_text(alone, graph)}; in the same way"
        else:
            yield option, advice_text(advice, graph)


_NOTHING: tuple[bool, tuple[str, ...], bool] = (False, (), False)


def _goes_with(monitoring: Monitoring) -> tuple[bool, tuple[str, ...], bool]:
    return (
        monitoring.before_next_dose,
        monitoring.companions,
        monitoring.never_alone,
    )


def _tests_together(options: Iterable[Option]) -> Iterator[Option]:
    """The options, with tests joined that differ in nothing else."""
    found: dict[Option, list[str]] = {}
    for option in options:
        if isinstance(option.advice, Monitoring):
            without = evolve(option, advice=evolve(option.advice, tests=()))
            found.setdefault(without, []).extend(option.advice.tests)
        else:
            found[option] = []
    for option, tests in found.items():
        if isinstance(option.advice, Monitoring):
            yield evolve(option, advice=evolve(option.advice, tests=tuple(tests)))
        else:
            yield option
