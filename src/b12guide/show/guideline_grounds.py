"""What stands around the rules of a guideline: conflicts, silences, challenges, sources."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.graph.coverage import statement_coverage
from b12guide.graph.model import ExpectedConflict, RuleGraph, Silence
from b12guide.show.condition_text import condition_text
from b12guide.show.grounds import citation_items, citation_numbers, definition_details
from b12guide.show.page import Item, Tone
from b12guide.show.rule_text import rule_sentence
from b12guide.show.wording import Audience, capitalised, listing, topic_text

__all__ = [
    "challenge_items",
    "conflict_items",
    "coverage_items",
    "quoted",
    "silence_items",
    "source_items",
]


def quoted(words: str) -> str:
    """An author's words, set apart from sentences that were generated."""
    return f"\u201c{words}\u201d"


def conflict_items(graph: RuleGraph, audience: Audience) -> Iterator[Item]:
    """The pairs of rules that the source itself leaves at odds, each with both sentences."""
    for conflict in graph.conflicts:
        yield _conflict(conflict, graph, audience)


def _conflict(conflict: ExpectedConflict, graph: RuleGraph, audience: Audience) -> Item:
    rules = [graph.rules[name] for name in (conflict.first, conflict.second)]
    titles = " and ".join(quoted(rule.title) for rule in rules)
    plain = audience is Audience.PATIENT
    sides = tuple(
        Item(
            text=rule_sentence(rule, graph, audience),
            details=definition_details(graph, rule.grounds),
        )
        for rule in rules
    )
    return Item(
        text=f"{titles} can apply at once and cannot both be followed; "
        "the source does not say which gives way.",
        details=() if plain else conflict.noted_as,
        tone=Tone.CAUTION,
        items=(*sides, *_quotation(conflict.because)),
    )


def _quotation(words: str) -> Iterator[Item]:
    if words:
        yield Item(label="In the author's words", text=quoted(words), tone=Tone.QUIET)


def silence_items(graph: RuleGraph, audience: Audience) -> Iterator[Item]:
    """The topics without an answer. Silence is neither permission nor prohibition."""
    for silence in graph.silences:
        yield _silence(silence, graph, audience)


def _silence(silence: Silence, graph: RuleGraph, audience: Audience) -> Item:
    topics = capitalised(listing(topic_text(graph, t) for t in silence.topics))
    details = silence.noted_as
    if silence.grounds.statements or silence.grounds.sources:
        details += definition_details(graph, silence.grounds)
    items = list(_quotation(silence.text))
    if silence.condition is not None:
        given = condition_text(silence.condition, graph, audience)
        items.insert(0, Item(label="Worth saying", text=f"given {given}"))
    return Item(
        text=f"{topics}.",
        details=() if audience is Audience.PATIENT else details,
        items=tuple(items),
    )


def challenge_items(graph: RuleGraph) -> Iterator[Item]:
    """What outside evidence says against the source; it changes no answer."""
    for challenge in graph.challenges.values():
        numbers = citation_numbers(graph, challenge.by)
        details = (numbers,) if numbers else ()
        yield Item(label=challenge.name, text=challenge.text, details=details)


def source_items(graph: RuleGraph) -> Iterator[Item]:
    """Every source, with what is doubtful about its citation."""
    resolving = sum(source.resolves for source in graph.sources.values())
    if graph.sources:
        count = f"{resolving} of {len(graph.sources)} sources resolve"
        yield Item(text=f"{count}: their citation leads somewhere.")
    yield from citation_items(graph, graph.sources)


def coverage_items(graph: RuleGraph) -> Iterator[Item]:
    """Each statement of the source with what encodes it, the missing ones first."""
    coverage = statement_coverage(graph)
    if not coverage:
        return
    encoded = sum(bool(each.encoded) for each in coverage)
    yield Item(text=f"{encoded} of {len(coverage)} statements are encoded.")
    for each in sorted(coverage, key=lambda each: bool(each.encoded)):
        text = "; ".join(f"{how.value} {name}" for how, name in each.encoded)
        tone = Tone.PLAIN if each.encoded else Tone.CAUTION
        yield Item(label=each.statement, text=text or "missing", tone=tone)
