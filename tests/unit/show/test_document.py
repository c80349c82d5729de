"""A guideline as prose: each sentence says all that its rule says, and changes with it."""

from __future__ import annotations

import html.parser
import re
from collections.abc import Iterator
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

from b12guide import written
from b12guide.graph.condition import Established, Has, Not
from b12guide.graph.model import (
    Decision,
    Exclusion,
    ExpectedConflict,
    Grounds,
    Instruction,
    Monitoring,
    NotNeeded,
    Prohibition,
    Rule,
    RuleGraph,
    Silence,
    Value,
)
from b12guide.notice import EDUCATION_NOTICE
from b12guide.prove.invariants import required
from b12guide.regimen.model import Dose
from b12guide.say.names import PATIENT_NOTICE, Audience
from b12guide.say.numbers import number_text
from b12guide.show.document import guideline_page
from b12guide.show.page import Item, Page
from b12guide.show.rule_text import invariant_sentence, rule_sentence
from b12guide.show.to_html import to_html
from b12guide.show.to_text import to_markdown, to_text
from b12guide.values.term import Strength
from tests.unit.show.handmade import GRAPH

AUDIENCES = pytest.mark.parametrize("audience", list(Audience))


@cache
def shipped() -> written.Written:
    return written.read("mecobalamin_im")


@cache
def page(audience: Audience = Audience.PROFESSIONAL) -> Page:
    graph, draft = shipped().graph, shipped().draft
    return guideline_page(graph, audience, invariants=required(draft, graph))


RULES = pytest.mark.parametrize(
    "rule", shipped().graph.rules.values(), ids=lambda rule: rule.name
)


def items_of(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from items_of(item.items)


def all_items(page: Page) -> Iterator[Item]:
    for section in page.sections:
        yield from items_of(section.items)


def rule(value: Value, strength: Strength | None = None, **further: Any) -> Rule:
    further.setdefault("decision", Decision.FORM)
    grounds = GRAPH.rules["first_line"].grounds
    return Rule(
        name="a",
        title="A",
        value=value,
        grounds=attrs.evolve(grounds, strength=strength),
        **further,
    )


# ------------------------------------------------------------------------- sentences


def numbers_in(value: Any) -> Iterator[Fraction]:
    """Every number that the data holds."""
    match value:
        case bool() | str() | Enum() | None:
            return
        case Fraction() | int():
            yield Fraction(value)
        case tuple():
            for each in value:
                yield from numbers_in(each)
        case _:
            for field in attrs.fields(type(value)):
                yield from numbers_in(getattr(value, field.name))


_IN_WORDS = {
    "1": r"\b(1|once|daily|weekly|monthly|yearly|per (day|week|month|year))\b",
    "2": r"\b(2|twice|alternate days)\b",
}


@AUDIENCES
@RULES
def test_every_number_of_a_rule_stands_in_its_sentence(
    rule: Rule, audience: Audience
) -> None:
    sentence = rule_sentence(rule, shipped().graph, audience)

    for number in (*numbers_in(rule.value), *numbers_in(rule.condition)):
        text = number_text(number)
        pattern = _IN_WORDS.get(text, rf"(?<![\d.]){re.escape(text)}(?![\d.]\d)")
        assert re.search(pattern, sentence), (text, sentence)


def changed(value: Any) -> Iterator[Any]:
    """The data with one number or one flag changed, where that flag says anything."""
    match value:
        case Instruction(avoid=avoid):
            is_site = value.site and not (value.quadrant or value.direction)
            flags = ["avoid"] if is_site and not value.routinely else []
            flags += ["routinely"] if avoid else []
            yield from _changed(value, [*flags, "gauge", "pressure"])
        case Dose():
            yield from _changed(value, ["low", "high"])
        case Monitoring(every=None):
            fields = {field.name for field in attrs.fields(Monitoring)}
            yield from _changed(value, sorted(fields - {"at_least"}))
        case bool():
            yield not value
        case Fraction():
            yield value + 1
        case int():
            yield value + 1
        case tuple():
            for index, each in enumerate(value):
                for other in changed(each):
                    yield (*value[:index], other, *value[index + 1 :])
        case _ if attrs.has(type(value)):
            yield from _changed(value, [f.name for f in attrs.fields(type(value))])
        case _:
            return


def _changed(value: Any, fields: list[str]) -> Iterator[Any]:
    for field in fields:
        for other in changed(getattr(value, field)):
            yield attrs.evolve(value, **{field: other})


@AUDIENCES
@RULES
def test_whoever_changes_a_number_or_a_flag_changes_the_sentence(
    rule: Rule, audience: Audience
) -> None:
    graph = shipped().graph
    sentence = rule_sentence(rule, graph, audience)

    for value in changed(rule.value):
        other = attrs.evolve(rule, value=value)
        assert rule_sentence(other, graph, audience) != sentence, value
    for condition in changed(rule.condition):
        other = attrs.evolve(rule, condition=condition)
        assert rule_sentence(other, graph, audience) != sentence, condition


SENTENCES = {
    "loading_neurological": (
        "Given documented vitamin B12 deficiency and neurological symptoms of vitamin "
        "B12 deficiency, it is required to load with 1000 µg by intramuscular injection "
        "on alternate days until neurological improvement has reached its plateau."
    ),
    "post_bariatric": (
        "Given bariatric surgery in the past, one should maintain with 1000 µg by "
        "intramuscular injection every 3 months indefinitely, or 1000 to 2000 µg by "
        "mouth daily indefinitely."
    ),
    "fine_needle": (
        "Given platelet count from 25 to 50 \u00d710⁹/L inclusive (assuming T32), "
        "it is required to use a needle of 25 to 27 G."
    ),
    "folate_gate": (
        "For every patient, withhold folic acid until it is known that vitamin B12 is "
        "replete."
    ),
    "not_serum_b12_alone": (
        "Given an indication for vitamin B12 with a printed regimen, "
        "never rely on serum vitamin B12 alone."
    ),
    "homocysteine_target": (
        "Given an indication for vitamin B12 with a printed regimen, "
        "aim for plasma homocysteine below 10 µmol/L."
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences_of_the_shipped_guideline(name: str) -> None:
    sentence = rule_sentence(shipped().graph.rules[name], shipped().graph)

    assert sentence == SENTENCES[name]


@pytest.mark.parametrize(
    ("strength", "start"),
    [
        (Strength.REQUIRED, "it is required to treat"),
        (Strength.SHOULD, "one should treat"),
        (Strength.SHOULD_CONSIDER, "it should be considered to treat"),
        (Strength.MAY, "one may treat"),
        (Strength.ACCEPTABLE_ALTERNATIVE, "it is an acceptable alternative to treat"),
        (Strength.AVOID, "treat"),
        (None, "treat"),
    ],
)
def test_the_strength_is_part_of_the_sentence(
    strength: Strength | None, start: str
) -> None:
    value = GRAPH.rules["by_muscle"].value

    sentence = rule_sentence(rule(value, strength), GRAPH)

    assert sentence == f"For every patient, {start} by intramuscular injection."


def test_what_is_not_needed_or_contraindicated_is_said_outright() -> None:
    not_needed = rule(NotNeeded(), Strength.REQUIRED, decision=Decision.LOADING)
    outright = Exclusion(drugs=("mecobalamin", "folic_acid"), outright=True)

    assert rule_sentence(not_needed, GRAPH).endswith(", loading is not needed.")
    assert rule_sentence(rule(outright, Strength.DO_NOT), GRAPH) == (
        "For every patient, mecobalamin and folic acid are contraindicated."
    )


def test_a_prohibition_tells_its_end_once() -> None:
    value = Prohibition(
        drugs=("folic_acid",), until="b12_repleted", unless="b12_deficiency"
    )
    conditions = (
        Not(Established(Has("b12_repleted"))),
        Not(Established(Has("numbness"))),
    )

    alone = rule_sentence(rule(value, condition=conditions[0]), GRAPH)
    beside = rule_sentence(rule(value, condition=conditions[1]), GRAPH)

    end = (
        ", withhold folic acid until it is known that vitamin B12 is repleted"
        " unless vitamin B12 deficiency is known."
    )
    assert alone == f"For every patient{end}"
    assert beside == f"Given no record of numbness{end}"


def test_a_test_that_is_only_part_of_a_check_is_still_a_check() -> None:
    value = Monitoring(tests=("serum_b12",), never_alone=True, once=True)

    assert rule_sentence(rule(value, Strength.REQUIRED), GRAPH) == (
        "For every patient, it is required to monitor by serum B12 once, "
        "never relied on alone."
    )


# ------------------------------------------------------------------------------ page


@AUDIENCES
def test_every_rule_stands_on_the_page_with_its_grounds(audience: Audience) -> None:
    shown = {item.text: item for item in all_items(page(audience))}

    for rule in shipped().graph.rules.values():
        item = shown[rule_sentence(rule, shipped().graph, audience)]
        assert " ".join(rule.grounds.statements) in item.details
        strength = rule.grounds.strength
        assert strength is not None
        assert strength.value in item.details
        cites = any(re.fullmatch(r"\[.+\]", each) for each in item.details)
        assert cites == bool(rule.grounds.sources)


@AUDIENCES
def test_what_an_author_wrote_stands_in_quotation_marks(audience: Audience) -> None:
    graph, shown = shipped().graph, list(all_items(page(audience)))

    for rule in graph.rules.values():
        plain = audience is Audience.PATIENT
        words = rule.grounds.patient if plain else rule.grounds.because
        assert any(item.text == f"“{words}”" for item in shown)
    assert all(
        item.text.startswith("“")
        for item in shown
        if item.label == "In the author's words"
    )


def test_the_head_tells_the_review_status_and_what_it_is_for() -> None:
    assert page().notice == EDUCATION_NOTICE
    assert page(Audience.PATIENT).notice == PATIENT_NOTICE
    for audience in Audience:
        assert dict(page(audience).particulars)["Status"] == (
            "under review, not approved"
        )


def test_the_page_tells_what_stands_around_the_rules() -> None:
    graph, text = shipped().graph, " ".join(to_text(page(), width=100).split())

    assert "For: age of at least 18 years (assuming T47)." in text
    assert "51 of 51 statements are encoded." in text
    assert "9 of 11 sources resolve" in text
    assert "Overridden by Loading is complete" in text
    assert "An option, not an obligation." in text
    assert text.count("cannot both be followed") == len(graph.conflicts)
    assert (
        "Given diabetes mellitus, and nephropathy (albuminuria counts): always avoid "
        "cyanocobalamin." in text
    )
    assert (
        "Given an indication for vitamin B12 with a printed regimen: "
        "always choose hydroxocobalamin." in text
    )
    for name, assumption in graph.assumptions.items():
        assert f"{name} {assumption.text}" in text
    for silence in graph.silences:
        assert f"“{silence.text}”" in text


def test_a_guideline_of_almost_nothing_has_a_page() -> None:
    empty = RuleGraph(name="a", title="A", version="1.0.0", vocabulary=GRAPH.vocabulary)

    assert "For every patient." in to_text(guideline_page(empty))


def test_a_silence_with_grounds_tells_them() -> None:
    silence = Silence(
        topics=("numbness",),
        noted_as=("T1",),
        text="",
        condition=None,
        grounds=Grounds(statements=("S9",)),
    )
    conflict = ExpectedConflict(first="first_line", second="renal_form")
    graph = attrs.evolve(GRAPH, silences=(silence,), conflicts=(conflict,))

    text = to_text(guideline_page(graph))

    assert "- Numbness. (T1 · S9)" in text
    assert "can apply at once and cannot both be followed" in " ".join(text.split())


CLAIMS = {
    "never folic_acid before hydroxocobalamin": (
        "For every patient: never folic acid before hydroxocobalamin."
    ),
    "always may form mecobalamin when egfr < 50 mL/min": (
        "Given estimated glomerular filtration rate (eGFR) below 50 mL/min: always "
        "choose mecobalamin as an option."
    ),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_an_authors_claim_is_a_sentence(tmp_path: Path, claim: str) -> None:
    file = tmp_path / "g.gdl"
    file.write_text(
        'language 1\nguideline g "G"\n    uses b12\n'
        "rule r\n    when egfr < 50 mL/min\n    may form mecobalamin\n    strength may\n"
        f"invariant claim\n    {claim}\n",
        encoding="utf-8",
    )
    read = written.read(file)

    (claimed,) = required(read.draft, read.graph)

    assert invariant_sentence(claimed, read.graph) == CLAIMS[claim]


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.found.add(tag)


@AUDIENCES
def test_text_markdown_and_html_hold_the_same_sentences(audience: Audience) -> None:
    tags = Tags()
    tags.feed(to_html(page(audience)))
    flat = " ".join(re.sub(r"\\(.)", r"\1", to_markdown(page(audience))).split())

    assert "script" not in tags.found
    for rule in shipped().graph.rules.values():
        assert rule_sentence(rule, shipped().graph, audience) in flat
