"""What stands behind a line of the answer, as small print, and the list of citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from b12guide.graph.model import Grounds, Rule, RuleGraph, Source
from b12guide.show.page import Item, Tone

__all__ = ["citation_items", "grounds_details", "sources_of", "statements_of"]


def statements_of(rules: Iterable[Rule]) -> list[str]:
    """The ids of the statements behind `rules`, each once, in order."""
    return list(dict.fromkeys(s for rule in rules for s in rule.grounds.statements))


def sources_of(rules: Iterable[Rule]) -> list[str]:
    """The names of the sources that `rules` cite, each once, in order."""
    return list(dict.fromkeys(s for rule in rules for s in rule.grounds.sources))


def grounds_details(graph: RuleGraph, rules: Iterable[Rule]) -> tuple[str, ...]:
    """The statements and the citation numbers behind `rules`."""
    rules = tuple(rules)
    statements = " ".join(statements_of(rules))
    numbers = " ".join(citation_numbers(graph, sources_of(rules)))
    return tuple(filter(None, (statements, numbers)))


def definition_details(graph: RuleGraph, grounds: Grounds) -> tuple[str, ...]:
    """The strength, statements and citation numbers of one set of grounds."""
    numbers = " ".join(citation_numbers(graph, grounds.sources))
    strength = grounds.strength.value if grounds.strength else ""
    return tuple(filter(None, (strength, " ".join(grounds.statements), numbers)))


def citation_numbers(graph: RuleGraph, names: Iterable[str]) -> Iterator[str]:
    """The numbers by which the page cites the sources, such as "[1]", lowest first."""
    cited = [graph.sources[name] for name in names]
    return (_number(source) for source in sorted(cited, key=_printed))


def _printed(source: Source) -> tuple[bool, int, str]:
    return (source.printed is None, source.printed or 0, source.name)


def _number(source: Source) -> str:
    return f"[{source.name if source.printed is None else source.printed}]"


def citation_items(graph: RuleGraph, names: Iterable[str]) -> tuple[Item, ...]:
    """The list of sources, with what is doubtful about each citation."""
    cited = [graph.sources[name] for name in dict.fromkeys(names)]
    return tuple(_citation(source) for source in sorted(cited, key=_printed))


def _citation(source: Source) -> Item:
    if source.missing:
        text = "cited by the page, but not in the printed list"
        return Item(label=_number(source), text=text, tone=Tone.CAUTION)
    parts = (source.title, source.authors, source.year and str(source.year))
    details = [source.kind or ""]
    if source.inferred:
        details.append("number inferred from the order of the list")
    if source.link:
        details.append(source.link)
    return Item(
        label=_number(source),
        text=". ".join(part for part in parts if part),
        details=tuple(filter(None, details)),
    )
