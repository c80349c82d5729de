"""Options that are read more easily as one, or in the light of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from b12guide.evaluate.answer import Option
from b12guide.graph.model import Instruction, Monitoring, RuleGraph
from b12guide.show.advice import advice_text

__all__ = ["joined"]


def joined(options: Iterable[Option], graph: RuleGraph) -> Iterator[tuple[Option, str]]:
    """The options with their words.

    Tests with one timing and one ground are told together, and so are instructions on technique
    for one site; what goes with every check of a test is told once.
    """
    told: dict[tuple[str, ...], Monitoring] = {}
    technique: list[Option] = []
    for option in _tests_together(options):
        advice = option.advice
        if isinstance(advice, Instruction):
            technique.append(option)
            continue
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
    yield from _instructions_together(technique, graph)


def _instructions_together(
    options: Iterable[Option], graph: RuleGraph
) -> Iterator[tuple[Option, str]]:
    """Instructions that hold under the same circumstances and equally strongly."""

    def circumstances(option: Option) -> tuple[object, ...]:
        advice = option.advice
        site = advice.site if isinstance(advice, Instruction) else None
        return (option.strength, option.certain, option.alternative, site)

    found: dict[tuple[object, ...], list[Option]] = {}
    for option in options:
        found.setdefault(circumstances(option), []).append(option)
    for first, *others in found.values():
        rules = (first, *others)
        behind = dict.fromkeys(rule for option in rules for rule in option.rules)
        texts = dict.fromkeys(advice_text(option.advice, graph) for option in rules)
        yield evolve(first, rules=tuple(behind)), _as_one(list(texts))


def _as_one(texts: list[str]) -> str:
    """The phrases as one; the circumstances that they share are told once."""
    start, comma, _ = texts[0].partition(", ")
    shared = start + comma
    if comma and all(text.startswith(shared) for text in texts):
        return shared + " and ".join(text.removeprefix(shared) for text in texts)
    return "; ".join(texts)


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
