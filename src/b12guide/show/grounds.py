"""What stands behind a line of the answer, as small print, and the list of citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from b12guide.graph.model import Challenge, Grounds, Rule, RuleGraph, Source
from b12guide.show.page import Item, Tone

__all__ = [
    "challenge_items",
    "citation_items",
    "grounds_details",
    "rules_named",
    "sources_of",
    "statements_of",
]


def statements_of(rules: Iterable[Rule]) -> list[str]:
    """The ids of the statements behind `rules`, each once, in order."""
    return list(dict.fromkeys(s for rule in rules for s in rule.grounds.statements))


def rules_named(graph: RuleGraph, names: Iterable[str]) -> list[Rule]:
    """The rules of these names."""
    return [graph.rules[name] for name in names]


def sources_of(rules: Iterable[Rule]) -> list[str]:
    """The names of the sources that `rules` cite, each once, in order."""
    return list(dict.fromkeys(s for rule in rules for s in rule.grounds.sources))


def grounds_details(graph: RuleGraph, rules: Iterable[Rule]) -> tuple[str, ...]:
    """The statements and the citation numbers behind `rules`."""
    rules = tuple(rules)
    statements = " ".join(statements_of(rules))
    numbers = citation_numbers(graph, sources_of(rules))
    return tuple(filter(None, (statements, numbers)))


def definition_details(graph: RuleGraph, grounds: Grounds) -> tuple[str, ...]:
    """The strength, statements and citation numbers of one set of grounds."""
    numbers = citation_numbers(graph, grounds.sources)
    strength = grounds.strength.value if grounds.strength else ""
    return tuple(filter(None, (strength, " ".join(grounds.statements), numbers)))


def citation_numbers(graph: RuleGraph, names: Iterable[str]) -> str:
    """The numbers by which the page cites the sources, such as "[1,2]", lowest first."""
    cited = [graph.sources[name] for name in names]
    return _bracketed(sorted(cited, key=_printed))


def _printed(source: Source) -> tuple[bool, int, str]:
    return (source.printed is None, source.printed or 0, source.name)


def _bracketed(sources: Iterable[Source]) -> str:
    """The numbers in brackets; a source without a number goes by its name."""
    numbers = ",".join(s.name if s.printed is None else str(s.printed) for s in sources)
    return f"[{numbers}]" if numbers else ""


def challenge_items(
    challenges: Iterable[Challenge], graph: RuleGraph
) -> Iterator[Item]:
    """Outside evidence against rules, with who brings it."""
    for challenge in challenges:
        numbers = citation_numbers(graph, challenge.by)
        details = (numbers,) if numbers else ()
        yield Item(label=challenge.name, text=challenge.text, details=details)


def citation_items(graph: RuleGraph, names: Iterable[str]) -> tuple[Item, ...]:
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


def _together(sources: Iterable[Source], text: str) -> Iterator[Item]:
    """What is doubtful about several citations alike."""
    numbers = _bracketed(sources)
    if numbers:
        yield Item(label=numbers, text=text, tone=Tone.CAUTION)


def _citation(source: Source) -> Item:
    parts = (source.title, source.authors, source.year and str(source.year))
    details = [source.kind or ""]
    if source.link:
        details.append(source.link)
    return Item(
        label=_bracketed((source,)),
        text=". ".join(part for part in parts if part),
        details=tuple(filter(None, details)),
    )
