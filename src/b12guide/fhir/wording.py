"""What the vocabulary calls things, as CodeableConcepts.

Every concept has the name that the vocabulary declares, in a code system of ours, and its label as
text. A code of a terminology goes with it where the word has only one of that terminology: several
are different concepts (a mass and an amount of substance, two kinds of one disease), and none of
them is the word.

A drug goes out by codes of substances alone. A code of a product would order its strength and
form as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from b12guide.answers import Asked
from b12guide.arguments import instance
from b12guide.fhir.canonical import WORDS, own_code
from b12guide.fhir.codes import Codes
from b12guide.frozen import Record
from b12guide.graph.model import Code, RuleGraph
from b12guide.graph.query import fact_text
from b12guide.interop.dosage import Coding, Concept
from b12guide.say.names import drug_text, service_text, test_text
from b12guide.say.schedules import Names, names_of
from b12guide.values.code_system import uri_of

SUBSTANCES = frozenset({"atc", "unii"})
"""The terminologies whose codes stand for a drug whatever its strength and form."""


def graph_of(guideline: Asked | RuleGraph | None) -> RuleGraph | None:
    """The rule graph of what was given for a guideline.

    Raises:
        ArgumentError: It is no guideline.
    """
    if guideline is None:
        return None
    graph = getattr(guideline, "graph", guideline)
    expected = "a guideline, as `b12guide.load` gives it"
    return instance(graph, RuleGraph, "guideline", expected)


@frozen(repr=False)
class Wording(Record):
    """The words of a guideline; without one, every name stands for itself."""

    graph: RuleGraph | None

    def drug(self, name: str) -> Concept:
        """A drug."""
        words = {} if self.graph is None else self.graph.vocabulary.drugs
        codes = words[name].codes if name in words else ()
        substances = [code for code in codes if code.system in SUBSTANCES]
        text = _bare(name) if self.graph is None else drug_text(self.graph, name)
        return _concept(name, text, substances)

    def route(self, name: str) -> Concept:
        """A route."""
        if self.graph is None:
            return _concept(name, _bare(name))
        known = self.graph.vocabulary.routes.get(name)
        text = _bare(name) if known is None else known.label
        return _concept(name, text, known.codes if known else ())

    def test(self, name: str) -> Concept:
        """A test."""
        if self.graph is None:
            return _concept(name, _bare(name))
        known = self.graph.vocabulary.tests.get(name)
        return _concept(name, test_text(self.graph, name), known.codes if known else ())

    def service(self, name: str) -> Concept:
        """A service to which patients are referred."""
        if self.graph is None:
            return _concept(name, _bare(name))
        known = self.graph.vocabulary.services.get(name)
        codes = known.codes if known else ()
        return _concept(name, service_text(self.graph, name), codes)

    def fact(self, name: str) -> Concept:
        """A fact or a definition, events among them."""
        if self.graph is None:
            return _concept(name, _bare(name))
        known = self.graph.vocabulary.facts.get(name)
        codes = [code for code in known.codes if code.value is None] if known else []
        return _concept(name, fact_text(self.graph, name), codes)

    def names(self) -> Names:
        """The words for schedules."""
        return Names() if self.graph is None else names_of(self.graph)

    def read_route(self, concept: Mapping[str, Any]) -> str | None:
        """The name of a route, by our own code or by one of the vocabulary."""
        own = own_code(concept)
        if own is not None or self.graph is None:
            return own
        found = Codes.of(self.graph).route_of(concept)
        return None if found is None else found.name


def _bare(name: str) -> str:
    return name.replace("_", " ")


def _concept(name: str, text: str, codes: Iterable[Code] = ()) -> Concept:
    codes = list(codes)
    counts = Counter(code.system for code in codes)
    alone = [code for code in codes if counts[code.system] == 1]
    codings = [
        Coding(system=uri_of(code.system) or code.system, code=code.code)
        for code in alone
    ]
    return Concept(codings=(*codings, Coding(system=WORDS, code=name)), text=text)
