"""What a guideline answers, as an author would write it who uses the words of its rules."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import evolve

from b12guide.evaluate.answer import Decided, Option
from b12guide.graph.model import Change, Exclusion, Rule, RuleGraph
from b12guide.graph.query import regimens_in
from b12guide.graph.value_to_syntax import action_of
from b12guide.regimen.model import Regimen
from b12guide.syntax.phrases import action_to_text


def option_in_gdl(
    option: Option, decided: Decided, graph: RuleGraph, *texts: str
) -> str | None:
    """An option as it would be written after `expect`; None where the language has no words.

    Args:
        option: What is advised.
        decided: The decision that it belongs to.
        graph: The guideline.
        texts: Whose words are taken before those of the rules, such as an example's.
    """
    rules = [graph.rules[name] for name in option.rules if name in graph.rules]
    # By name, what it is called in the first of the texts in which it is called anything.
    called: dict[str, str] = {}
    vocabulary = graph.vocabulary
    spaces = (
        vocabulary.drugs,
        vocabulary.tests,
        vocabulary.routes,
        vocabulary.sites,
        vocabulary.services,
    )
    names = {
        spelling: word.name
        for space in (*spaces, vocabulary.facts)
        for word in space.values()
        for spelling in (*word.synonyms, word.name)
    }
    for text in (*texts, *map(_source_of, rules)):
        for token in _WORD.findall(text):
            if token in names:
                called.setdefault(names[token], token)
    own = called
    advice = option.advice
    for regimen in () if _names_a_drug(rules) else regimens_in(advice):
        phases = tuple(evolve(phase, drugs=()) for phase in regimen.phases)
        bare = Regimen(phases)
        advice = advice.with_regimen(bare) if isinstance(advice, Change) else bare
    action = action_of(
        decided.decision,
        advice,
        optional=option.alternative and not isinstance(advice, Exclusion),
        words=lambda name: own.get(name, name),
    )
    return None if action is None else action_to_text(action)


def _names_a_drug(rules: Iterable[Rule]) -> bool:
    """Whether a schedule names its drug itself, instead of leaving it to the form."""
    return any(regimen.drugs for rule in rules for regimen in regimens_in(rule.value))


def _source_of(rule: Rule) -> str:
    """The text of a rule, to see which words its author uses."""
    if rule.place is None:
        return ""
    text, start = rule.place.text.characters, rule.place.span.start
    end = text.find("\nrule ", start)
    return text[start : end if end >= 0 else len(text)]


_WORD = re.compile(r"\w+")
