"""What a line rests on: its rules, their statements and sources, and both sides of a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from b12guide.evaluate.answer import Conflict, Recommendation, Side
from b12guide.graph import model
from b12guide.graph.query import brief_text
from b12guide.say.advice import advice_text
from b12guide.say.names import decision_text
from b12guide.say.words import capitalised, listing
from b12guide.show.page import Item, Tone


def statements_of(rules: Iterable[model.Rule]) -> list[str]:
    """The ids of the statements behind `rules`, each once, in order."""
    return list(dict.fromkeys(s for rule in rules for s in rule.grounds.statements))


def rules_named(graph: model.RuleGraph, names: Iterable[str]) -> list[model.Rule]:
    """The rules of these names."""
    return [graph.rules[name] for name in names]


def sources_of(rules: Iterable[model.Rule]) -> list[str]:
    """The names of the sources that `rules` cite, each once, in order."""
    return list(dict.fromkeys(s for rule in rules for s in rule.grounds.sources))


def evidence_details(grounds: model.Grounds) -> tuple[str, ...]:
    """How sure the source is of the evidence, and its grade."""
    certainty, grade = grounds.certainty, grounds.grade
    return (
        *(() if certainty is None else (f"{certainty.value} certainty",)),
        *(() if grade is None else (f"grade {grade}",)),
    )


def evidence_of(rules: Iterable[model.Rule]) -> tuple[str, ...]:
    """The same of several rules; where they differ, with the statements that each is about."""
    found: dict[tuple[str, ...], list[model.Rule]] = {}
    for rule in rules:
        found.setdefault(evidence_details(rule.grounds), []).append(rule)
    if len(found) == 1:
        return next(iter(found))
    return tuple(
        f"{', '.join(said)} ({' '.join(statements_of(some)) or some[0].name})"
        for said, some in found.items()
        if said
    )


def grounds_details(
    graph: model.RuleGraph, rules: Iterable[model.Rule]
) -> tuple[str, ...]:
    """The evidence, the statements and the citation numbers behind `rules`."""
    rules = tuple(rules)
    statements = " ".join(statements_of(rules))
    numbers = citation_numbers(graph, sources_of(rules))
    return tuple(filter(None, (*evidence_of(rules), statements, numbers)))


def definition_details(
    graph: model.RuleGraph, grounds: model.Grounds
) -> tuple[str, ...]:
    """The strength, evidence, statements and citation numbers of one set of grounds."""
    numbers = citation_numbers(graph, grounds.sources)
    strength = grounds.strength.value if grounds.strength else ""
    evidence = evidence_details(grounds)
    statements = " ".join(grounds.statements)
    return tuple(filter(None, (strength, *evidence, statements, numbers)))


def citation_numbers(graph: model.RuleGraph, names: Iterable[str]) -> str:
    """The numbers by which the page cites the sources, such as "[1,2]", lowest first."""
    cited = [graph.sources[name] for name in names]
    return _bracketed(sorted(cited, key=_printed))


def _printed(source: model.Source) -> tuple[bool, int, str]:
    return (source.printed is None, source.printed or 0, source.name)


def _bracketed(sources: Iterable[model.Source]) -> str:
    """The numbers in brackets; a source without a number goes by its name."""
    numbers = ",".join(s.name if s.printed is None else str(s.printed) for s in sources)
    return f"[{numbers}]" if numbers else ""


def challenge_items(
    challenges: Iterable[model.Challenge], graph: model.RuleGraph
) -> Iterator[Item]:
    """Outside evidence against rules, with who brings it."""
    for challenge in challenges:
        numbers = citation_numbers(graph, challenge.by)
        details = (numbers,) if numbers else ()
        yield Item(label=challenge.name, text=challenge.text, details=details)


def citation_items(graph: model.RuleGraph, names: Iterable[str]) -> tuple[Item, ...]:
    """The list of sources, with what is doubtful about each citation."""
    cited = sorted((graph.sources[name] for name in {*names}), key=_printed)
    return (
        *(_citation(source) for source in cited if not source.missing),
        *_together(
            (source for source in cited if source.missing),
            "cited by the page, but not in the printed list",
        ),
        *_together(
            (source for source in cited if source.inferred),
            "numbered after the order of the printed list, which has no numbers",
        ),
    )


def _together(sources: Iterable[model.Source], text: str) -> Iterator[Item]:
    """What is doubtful about several citations alike."""
    numbers = _bracketed(sources)
    if numbers:
        yield Item(label=numbers, text=text, tone=Tone.CAUTION)


def _citation(source: model.Source) -> Item:
    parts = (source.title, source.authors, source.year and str(source.year))
    details = [source.kind or ""]
    if source.link:
        details.append(source.link)
    return Item(
        label=_bracketed((source,)),
        text=". ".join(part for part in parts if part),
        details=tuple(filter(None, details)),
    )


def conflict_items(recommendation: Recommendation) -> Iterator[Item]:
    """Each certain conflict with its sides; those that may come true together, per decision."""
    for conflict in recommendation.conflicts:
        if conflict.certain:
            yield _item([conflict], recommendation)
    possible = smallest_conflicts(
        [c for c in recommendation.conflicts if not c.certain]
    )
    for _, group in groupby(possible, key=lambda c: c.decision):
        yield _item(list(group), recommendation)


def smallest_conflicts(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """The conflicts that do not merely contain another one."""
    order = list(model.Decision)
    rules = {id(c): frozenset(r for s in c.sides for r in s.rules) for c in conflicts}
    kept = [
        conflict
        for conflict in conflicts
        if not any(
            other.decision is conflict.decision
            and rules[id(other)] < rules[id(conflict)]
            for other in conflicts
        )
    ]
    return sorted(kept, key=lambda c: order.index(c.decision))


def _item(conflicts: Sequence[Conflict], recommendation: Recommendation) -> Item:
    return Item(
        label=decision_text(conflicts[0].decision),
        text=_text(conflicts, recommendation),
        tone=Tone.CAUTION,
        items=tuple(side_items(conflicts, recommendation)),
    )


def _text(conflicts: Sequence[Conflict], recommendation: Recommendation) -> str:
    graph = recommendation.graph
    facts = dict.fromkeys(fact for conflict in conflicts for fact in conflict.facts)
    certain = all(conflict.certain for conflict in conflicts)
    sentence = "these cannot be followed together" if certain else "these may collide"
    if facts:
        sentence += f", depending on {listing(brief_text(graph, f) for f in facts)}"
    sentences = [sentence]
    if all(conflict.expected for conflict in conflicts):
        sentences.append("the source itself leaves it open")
    if certain:
        sentences += [c.note.rstrip(".") for c in conflicts if c.note]
    return " ".join(f"{capitalised(sentence)}." for sentence in sentences)


def side_items(
    conflicts: Iterable[Conflict], recommendation: Recommendation
) -> Iterator[Item]:
    """The sides of some conflicts on one decision, each with its own authority."""
    for rules, advice in sides_of(side for one in conflicts for side in one.sides):
        yield _side(rules, advice, recommendation)


def sides_of(
    sides: Iterable[Side],
) -> tuple[tuple[tuple[str, ...], tuple[model.Advice, ...]], ...]:
    """The rules of each side with everything that they offer to choose from."""
    found: dict[tuple[str, ...], dict[model.Advice, None]] = {}
    for side in sides:
        found.setdefault(side.rules, {})[side.advice] = None
    return tuple((rules, tuple(advice)) for rules, advice in found.items())


def _side(
    rules: tuple[str, ...],
    advice: Sequence[model.Advice],
    recommendation: Recommendation,
) -> Item:
    graph = recommendation.graph
    behind = rules_named(graph, rules)
    strengths = (rule.grounds.strength for rule in behind)
    return Item(
        text=" or ".join(advice_text(one, graph) for one in advice),
        details=(
            ", ".join(rules),
            *dict.fromkeys(strength.value for strength in strengths if strength),
            *grounds_details(graph, behind),
        ),
    )
