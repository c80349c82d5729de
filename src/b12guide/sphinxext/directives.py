"""The directives: each reads a guideline and puts a part of it on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar

from attrs import evolve
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from b12guide.errors import GuidelineError, UnknownNameError
from b12guide.graph.model import Decision, RuleGraph
from b12guide.prove.invariants import required
from b12guide.show.advice import value_text
from b12guide.show.graph_svg import (
    decision_to_svg,
    definitions_to_svg,
    reads,
    rules_drawn,
)
from b12guide.show.guideline_page import guideline_page
from b12guide.show.stated import reminder
from b12guide.show.wording import Audience, decision_text
from b12guide.sphinxext.document import NAMES, fact_section, page_nodes
from b12guide.sphinxext.entry import Weight
from b12guide.sphinxext.links import kinds_of, reference
from b12guide.sphinxext.picture import PREFIX, picture, twin
from b12guide.sphinxext.place import Places
from b12guide.sphinxext.reading import read, warn
from b12guide.sphinxext.table import (
    example_table,
    fact_table,
    rule_tables,
    statement_table,
)
from b12guide.syntax.ast import Example
from b12guide.written import Written

__all__ = [
    "ExamplesDirective",
    "FactsDirective",
    "GraphDirective",
    "GuidelineDirective",
    "RulesDirective",
    "StatementsDirective",
]

_Option = Callable[[str], Any]
_DECISIONS = tuple(decision.value for decision in Decision)


class _Options(dict[str, _Option]):
    """Options that answer a misspelt one with those that look like it."""

    def __missing__(self, name: str) -> _Option:
        near = get_close_matches(name, self, n=1) or list(self)
        raise KeyError(f'{name}"; did you mean "' + '" or "'.join(near))


def _several(known: Sequence[str], kind: str) -> _Option:
    """An option that takes some of the names `known`, separated by commas or blanks."""

    def read_names(argument: str | None) -> tuple[str, ...]:
        names = (argument or "").replace(",", " ").split()
        for name in names or [""]:
            if name not in known:
                raise ValueError(str(UnknownNameError(kind, name, known)))
        return tuple(names)

    return read_names


def _audience(argument: str | None) -> Audience:
    known = [audience.value for audience in Audience]
    name = (argument or "").strip()
    if name not in known:
        raise ValueError(str(UnknownNameError("audience", name, known)))
    return Audience(name)


class _GuidelineDirective(SphinxDirective):
    """What all of them do: read the guideline, tell what is wrong, show the notice once."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[Any]:
        """The nodes of the directive, or a word that they cannot be had."""
        argument = self.arguments[0].strip()
        try:
            found = read(argument, self.env)
            return list(self.shown(found))
        except GuidelineError as error:
            warn(error, self.get_location())
        except UnknownNameError as error:
            raise self.error(str(error)) from error
        text = (
            f"The guideline {argument} cannot be shown; the log of the build says why."
        )
        return [nodes.error("", nodes.paragraph("", text))]

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The nodes that show it."""
        raise NotImplementedError

    def places(self, graph: RuleGraph, weight: Weight = Weight.ROW) -> Places:
        """Where its parts are noted."""
        return Places(
            directive=self,
            graph=graph,
            weight=weight,
            indexed="no-index" not in self.options,
        )

    def decisions(self) -> Iterable[Decision]:
        """Those that are asked for, or all."""
        return [Decision(name) for name in self.options.get("decision", _DECISIONS)]

    @property
    def told(self) -> set[str]:
        """The guidelines whose notice the page has."""
        told: set[str] = self.env.temp_data.setdefault("b12guide", set())  # type: ignore[assignment]  # Sphinx allows for a missing default
        return told

    def reminder(self, graph: RuleGraph) -> Iterator[Any]:
        """The notice and the review status, once on a page."""
        told = self.told
        if graph.name not in told:
            told.add(graph.name)
            yield nodes.important("", nodes.paragraph("", reminder(graph)))


class GuidelineDirective(_GuidelineDirective):
    """`b12guide:guideline`: the whole guideline as a document."""

    option_spec: ClassVar[Any] = _Options(
        {
            "audience": _audience,
            "sections": _several(NAMES, "section"),
            "no-index": directives.flag,
        }
    )

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The document."""
        graph = guideline.graph
        audience = self.options.get("audience", Audience.PROFESSIONAL)
        professional = audience is Audience.PROFESSIONAL
        page = guideline_page(
            graph, audience, invariants=required(guideline.draft, graph)
        )
        if professional:
            page = evolve(page, sections=(*page.sections, fact_section(graph)))
        self.told.add(graph.name)
        places = self.places(graph, Weight.DOCUMENT if professional else Weight.ROW)
        first, *others = page_nodes(
            page, places, audience, self.options.get("sections", NAMES)
        )
        places.mark(first, "guideline", graph.name, graph.title)
        yield first
        yield from others


class RulesDirective(_GuidelineDirective):
    """`b12guide:rules`: the rules as tables."""

    option_spec: ClassVar[Any] = _Options(
        {"decision": _several(_DECISIONS, "decision"), "no-index": directives.flag}
    )

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The tables."""
        yield from self.reminder(guideline.graph)
        yield from rule_tables(self.places(guideline.graph), self.decisions())


class StatementsDirective(_GuidelineDirective):
    """`b12guide:statements`: what encodes each statement of the source."""

    option_spec: ClassVar[Any] = _Options({"no-index": directives.flag})

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The table."""
        yield from self.reminder(guideline.graph)
        yield statement_table(self.places(guideline.graph))


class FactsDirective(_GuidelineDirective):
    """`b12guide:facts`: what may be stated of a patient, and what reads it."""

    option_spec: ClassVar[Any] = _Options({"no-index": directives.flag})

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The table."""
        yield from self.reminder(guideline.graph)
        yield fact_table(self.places(guideline.graph))


class ExamplesDirective(_GuidelineDirective):
    """`b12guide:examples`: the examples that stand in the guideline or beside it."""

    option_spec: ClassVar[Any] = _Options({"rule": directives.unchanged_required})

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The table."""
        rule, graph = self.options.get("rule", ""), guideline.graph
        if rule and rule not in graph.rules:
            kind = "rule"
            raise UnknownNameError(kind, rule, graph.rules)
        yield from self.reminder(graph)
        yield example_table(self.places(graph), guideline.draft.each(Example), rule)


class GraphDirective(_GuidelineDirective):
    """`b12guide:graph`: the rules, what they read and what gives way to what, as pictures."""

    option_spec: ClassVar[Any] = _Options(
        {"decision": _several((*_DECISIONS, "definitions"), "decision")}
    )

    def shown(self, guideline: Written) -> Iterator[Any]:
        """A picture for each decision, each with its words."""
        graph = guideline.graph
        yield from self.reminder(graph)
        for name in self.options.get("decision", (*_DECISIONS, "definitions")):
            if name == "definitions":
                if graph.definitions:
                    yield nodes.rubric("", "Definitions")
                    yield picture(svg=definitions_to_svg(graph, _address(graph)))
                    yield twin("", _definitions_in_words(graph))
            elif any(rule.decision.value == name for rule in graph.rules.values()):
                decision = Decision(name)
                yield nodes.rubric("", decision_text(decision))
                yield picture(svg=decision_to_svg(graph, decision, _address(graph)))
                yield twin("", _rules_in_words(graph, decision))


def _address(graph: RuleGraph) -> Callable[[str], str | None]:
    kinds = kinds_of(graph)
    return lambda name: f"{PREFIX}{kinds[name]}:{graph.name}.{name}"


def _rules_in_words(graph: RuleGraph, decision: Decision) -> Any:
    return nodes.bullet_list(
        "",
        *(
            _in_words(
                graph,
                reference(graph, "rule", rule.name),
                value_text(rule.value, graph),
                (
                    ("reads", "fact", reads(rule.condition)),
                    ("exception to", "rule", rule.exception_to),
                ),
            )
            for rule in rules_drawn(graph, decision)
        ),
        bullet="*",
    )


def _definitions_in_words(graph: RuleGraph) -> Any:
    return nodes.bullet_list(
        "",
        *(
            _in_words(
                graph,
                reference(graph, "fact", definition.name),
                definition.label,
                (("reads", "fact", reads(definition.condition)),),
            )
            for definition in graph.definitions.values()
        ),
        bullet="*",
    )


def _in_words(
    graph: RuleGraph,
    name: Any,
    said: str,
    edges: Iterable[tuple[str, str, tuple[str, ...]]],
) -> Any:
    paragraph = nodes.paragraph("", "", name, nodes.Text(f": {said}"))
    for words, kind, names in edges:
        for number, other in enumerate(names):
            paragraph += nodes.Text(", " if number else f"; {words} ")
            paragraph += reference(graph, kind, other)
    return nodes.list_item("", paragraph)
