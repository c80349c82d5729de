"""Reads the guideline that a directive names; what is wrong with it becomes Sphinx's warnings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from attrs import evolve
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from b12guide import written
from b12guide.diagnostics import Severity
from b12guide.errors import GuidelineError, UnknownNameError
from b12guide.graph.model import Decision, RuleGraph
from b12guide.library import SUFFIX, shipped
from b12guide.prove.invariants import required
from b12guide.say.advice import value_text
from b12guide.say.names import Audience, decision_text
from b12guide.show import graph_svg
from b12guide.show.document import guideline_page
from b12guide.show.patient_header import reminder
from b12guide.sphinxext import document
from b12guide.sphinxext.references import PagePlaces, Weight, kinds_of, reference
from b12guide.syntax.ast import Example
from b12guide.written import Written

_LOGGER = logging.getLogger(__name__)


def read(argument: str, env: BuildEnvironment) -> Written:
    """The guideline of a shipped name, or of a path that begins where the document stands.

    The document depends on every file that is read, so that it is read again when one changes.

    Raises:
        GuidelineError: There is no such guideline, or it has errors.
    """
    if not (argument.endswith(SUFFIX) or "/" in argument):
        found = _read(argument)
    else:
        path = env.relfn2path(argument)[1]
        env.note_dependency(path)
        found = _read(path)
    for file in found.draft.files:
        name = file.text.name
        place = shipped().get(name.removesuffix(SUFFIX), Path(name))
        if isinstance(place, Path):
            env.note_dependency(str(place))
    return found


@lru_cache(maxsize=16)
def _read(name_or_path: str) -> Written:
    return written.read(name_or_path)


def forget() -> None:
    """Have every guideline read anew, as a new build must."""
    _read.cache_clear()


def warn(error: GuidelineError, location: str) -> None:
    """Tell every error of a guideline where it stands, or else at the directive."""
    for diagnostic in error.diagnostics:
        if diagnostic.severity is Severity.ERROR:
            remedies = "".join(f"; {help_.message}" for help_ in diagnostic.help[:1])
            where = location
            if (place := diagnostic.place) is not None:
                line = place.text.position(place.span.start).line
                where = f"{place.text.name}:{line}"
            _LOGGER.warning(
                f"{diagnostic.code} {diagnostic.message}{remedies}",  # noqa: G004 - Sphinx has no other way
                location=where,
                type="b12guide",
                subtype=diagnostic.code,
            )


PREFIX = "b12guide:"
"""What the address of a box begins with until it is known: then the role and the full name."""

_ADDRESS = re.compile(rf' href="{PREFIX}([a-z]+):([^"]+)"')


class picture(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 -- docutils has no types, and small letters for nodes
    """A picture; `svg` is its text."""


class twin(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 -- as above
    """The picture in words, folded where a page can be."""


def register(app: Sphinx) -> None:
    """Tell Sphinx how the two are written, for every kind of output."""
    skip, leave = (_skip, None), (_leave, _leave)
    app.add_node(
        picture, html=(_draw, None), latex=skip, text=skip, man=skip, texinfo=skip
    )
    app.add_node(
        twin, html=(_fold, _unfold), latex=leave, text=leave, man=leave, texinfo=leave
    )


def _draw(translator: Any, node: Any) -> None:
    if translator.builder.name == "epub":
        raise nodes.SkipNode
    svg = _ADDRESS.sub(lambda found: _link(translator, found[1], found[2]), node["svg"])
    label = re.search(r'aria-label="([^"]*)"', svg)
    translator.body.append(
        '<div class="b12guide-picture" tabindex="0" role="group" '
        f'aria-label="{label[1] if label else ""}">{svg}</div>\n'
    )
    raise nodes.SkipNode


def _link(translator: Any, role: str, name: str) -> str:
    builder, here = translator.builder, translator.builder.current_docname
    found = builder.env.get_domain("b12guide").find(role, name, here)
    if not found:
        return ""
    if builder.name == "singlehtml":
        return f' href="#{found[0].anchor}"'
    address = builder.get_relative_uri(here, found[0].document)
    return f' href="{address}#{found[0].anchor}"'


def _fold(translator: Any, _: Any) -> None:
    if translator.builder.name != "epub":
        translator.body.append(
            '<details class="b12guide-twin"><summary>The picture in words</summary>\n'
        )


def _unfold(translator: Any, _: Any) -> None:
    if translator.builder.name != "epub":
        translator.body.append("</details>\n")


def _skip(_: Any, __: Any) -> None:
    raise nodes.SkipNode


def _leave(_: Any, __: Any) -> None:
    """Nothing is to be written here."""


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

    def places(self, graph: RuleGraph, weight: Weight = Weight.ROW) -> PagePlaces:
        """Where its parts are noted."""
        return PagePlaces(
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
            "sections": _several(document.NAMES, "section"),
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
            page = evolve(page, sections=(*page.sections, document.fact_section(graph)))
        self.told.add(graph.name)
        places = self.places(graph, Weight.DOCUMENT if professional else Weight.ROW)
        first, *others = document.page_nodes(
            page, places, audience, self.options.get("sections", document.NAMES)
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
        yield from document.rule_tables(self.places(guideline.graph), self.decisions())


class StatementsDirective(_GuidelineDirective):
    """`b12guide:statements`: what encodes each statement of the source."""

    option_spec: ClassVar[Any] = _Options({"no-index": directives.flag})

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The table."""
        yield from self.reminder(guideline.graph)
        yield document.statement_table(self.places(guideline.graph))


class FactsDirective(_GuidelineDirective):
    """`b12guide:facts`: what may be stated of a patient, and what reads it."""

    option_spec: ClassVar[Any] = _Options({"no-index": directives.flag})

    def shown(self, guideline: Written) -> Iterator[Any]:
        """The table."""
        yield from self.reminder(guideline.graph)
        yield document.fact_table(self.places(guideline.graph))


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
        yield document.example_table(
            self.places(graph), guideline.draft.each(Example), rule
        )


class GraphDirective(_GuidelineDirective):
    """`b12guide:graph`: the rules, what they read and which override which, as pictures."""

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
                    yield picture(
                        svg=graph_svg.definitions_to_svg(graph, _address(graph))
                    )
                    rows = [
                        _in_words(
                            graph,
                            reference(graph, "fact", one.name),
                            one.label,
                            (("reads", "fact", graph_svg.reads(one.condition)),),
                        )
                        for one in graph.definitions.values()
                    ]
                    yield twin("", nodes.bullet_list("", *rows, bullet="*"))
            elif any(rule.decision.value == name for rule in graph.rules.values()):
                decision = Decision(name)
                yield nodes.rubric("", decision_text(decision))
                yield picture(
                    svg=graph_svg.decision_to_svg(graph, decision, _address(graph))
                )
                rows = [
                    _in_words(
                        graph,
                        reference(graph, "rule", rule.name),
                        value_text(rule.value, graph),
                        (
                            ("reads", "fact", graph_svg.reads(rule.condition)),
                            ("exception to", "rule", rule.exception_to),
                        ),
                    )
                    for rule in graph_svg.rules_drawn(graph, decision)
                ]
                yield twin("", nodes.bullet_list("", *rows, bullet="*"))


def _address(graph: RuleGraph) -> Callable[[str], str | None]:
    kinds = kinds_of(graph)
    return lambda name: f"{PREFIX}{kinds[name]}:{graph.name}.{name}"


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
