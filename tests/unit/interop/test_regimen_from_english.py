"""Dosing English read: the shipped schedules, prescribers' shorthand, and what is refused."""

from __future__ import annotations

from functools import cache

import pytest

from b12guide.diagnostics import Help
from b12guide.errors import ArgumentError, DosageError
from b12guide.graph.model import Regimens, RuleGraph
from b12guide.graph.query import regimens_in
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.library import shipped_guidelines
from b12guide.pipeline import load
from b12guide.regimen.model import Regimen
from b12guide.say.names import Audience
from b12guide.say.schedules import Names, names_of, regimen_to_english, schedule_text
from tests.unit.show.handmade import (
    ALTERNATE_DAYS,
    FOLIC_ACID,
    GRAPH,
    TAPER,
    THRICE_WEEKLY,
    TWO_TO_THREE_MONTHS,
)


@cache
def shipped() -> RuleGraph:
    return load("mecobalamin_im").graph


EVERY = [(name, load(name).graph) for name in shipped_guidelines()]


@cache
def names() -> Names:
    return names_of(shipped())


REGIMENS = [
    regimen
    for rule in shipped().rules.values()
    if isinstance(rule.value, Regimens)
    for regimen in rule.value.regimens
]


@pytest.mark.parametrize("audience", list(Audience))
def test_every_shipped_schedule_survives_english(audience: Audience) -> None:
    names = names_of(shipped(), audience)

    assert len(REGIMENS) >= 15
    for regimen in REGIMENS:
        text = schedule_text(regimen, shipped(), audience)
        assert regimen_from_english(text, names) == regimen


def of_rules(graph: RuleGraph) -> list[Regimen]:
    """Every regimen of every rule, of changes as well."""
    return [one for rule in graph.rules.values() for one in regimens_in(rule.value)]


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize(("name", "graph"), EVERY)
def test_every_rule_of_every_guideline_survives_english(
    name: str, graph: RuleGraph, audience: Audience
) -> None:
    for regimen in of_rules(graph):
        text = schedule_text(regimen, graph, audience)
        assert regimen_from_english(text, names_of(graph, audience)) == regimen, name
        if audience is Audience.PROFESSIONAL:
            assert regimen_from_english(text, graph) == regimen
            assert regimen_from_english(text) == regimen


def test_all_shipped_guidelines_together_have_regimens_of_many_shapes() -> None:
    found = [one for _, graph in EVERY for one in of_rules(graph)]

    assert len(EVERY) == 10
    assert len(found) >= 50
    assert any(one.has_several_phases for one in found)


@pytest.mark.parametrize(
    "regimen", [ALTERNATE_DAYS, THRICE_WEEKLY, TWO_TO_THREE_MONTHS, FOLIC_ACID, TAPER]
)
@pytest.mark.parametrize("audience", list(Audience))
def test_several_drugs_and_phases_survive_english(
    regimen: Regimen, audience: Audience
) -> None:
    text = schedule_text(regimen, GRAPH, audience)

    assert regimen_from_english(text, names_of(GRAPH, audience)) == regimen


AFTER_BOTH = "after vitamin B12 is replete and after the loading course is complete"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            "1000mcg IM q2w x 6 weeks",
            "1000 µg by intramuscular injection every 2 weeks for 6 weeks (3 doses)",
        ),
        ("1 mg po daily", "1 mg by mouth daily"),
        (
            "Hydroxocobalamin 1 mg i.m.",
            "hydroxocobalamin 1 mg by intramuscular injection",
        ),
        ("0.5-1 mg orally, twice daily", "0.5 to 1 mg by mouth twice per day"),
        ("two mg three times a week", "2 mg 3 times per week"),
        ("at least 1 mg daily", "at least 1 mg daily"),
        ("up to 4 mg by mouth daily", "at most 4 mg by mouth daily"),
        ("15 mg/kg weekly", "15 mg/kg weekly"),
        ("15 mg per kg, max 1 g weekly", "15 mg/kg, at most 1 g weekly"),
        (
            "10 to 15 mg/kg at most 1000 mg (for 72 kg: 720 to 1000 mg) weekly",
            "10 to 15 mg/kg, at most 1000 mg weekly",
        ),
        (
            "1 mg for ten doses at least three days apart",
            "1 mg for 10 doses at least 3 days apart",
        ),
        ("1 mg daily prn with meals", "1 mg daily as needed with food"),
        ("1 g IV as a single dose", "1 g intravenously once"),
        ("1 g once, then 1 mg once daily", "1 g once, then 1 mg daily"),
        ("1 mg every other day for ten doses", "1 mg on alternate days for 10 doses"),
        ("1 mg q4-6h", "1 mg every 4 to 6 hours"),
        ("1 mg tid", "1 mg 3 times per day"),
        ("1 mg t.i.d. indefinitely", "1 mg 3 times per day indefinitely"),
        ("1 mg once every 2 to 3 months", "1 mg every 2 to 3 months"),
        ("1 mg hourly", "1 mg every hour"),
        ("1 mg 3 times per 2 weeks", "1 mg 3 times every 2 weeks"),
        ("1 mg for 6 doses within 2 weeks", "1 mg for 6 doses within 2 weeks"),
        ("mecobalamin 1 mg oral weekly", "mecobalamin 1 mg by mouth weekly"),
        ("1 g once at least 3 days apart", "1 g for 1 dose at least 3 days apart"),
        ("1 g once as needed", "1 g once as needed"),
        (
            "1 mg oral every day after b12_repleted and loading_complete",
            f"1 mg by mouth daily, {AFTER_BOTH}",
        ),
        ("1 mg qd", "1 mg daily"),
        ("1 mg per day", "1 mg daily"),
        (
            "MECOBALAMIN (first choice) or hydroxocobalamin 1 mg monthly",
            "mecobalamin (first choice) or hydroxocobalamin 1 mg monthly",
        ),
    ],
)
def test_shorthand_is_read(written: str, meant: str) -> None:
    read = regimen_from_english(written, names())

    assert regimen_to_english(read, names()) == meant


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", ["there is no dose, such as `1000 µg`"]),
        ("daily", ["there is no dose, such as `1000 µg`"]),
        ("1 mg dayly", ["`dayly` is not understood"]),
        ("1 mg daily weekly", ["`weekly`: the frequency is said twice"]),
        ("1 mg \u0130M", ["`\u0130M` is not understood"]),
        ("1 mg 2 mg", ["`2 mg`: the dose is said twice"]),
        (
            "1 mg 3 times per week for 2 weeks (5 doses)",
            ["`(5 doses)` does not follow from the rest"],
        ),
        (
            "1 mg daily, then until the sky falls",
            [
                "there is no dose, such as `1000 µg`",
                "`until the sky falls` is not understood",
            ],
        ),
        ("at least 1 to 2 mg", ["`at least` is not understood"]),
        ("1 mg once every other day", ["`once` is not understood"]),
        (
            "1 mg daily once",
            ["`once` is a single dose, and the frequency is said as well"],
        ),
        ("1 mg every 3 to 2 days", ["`every 3 to 2 days` is not understood"]),
        (
            "1 mg daily or 2 mg weekly",
            [
                "`or` is not understood",
                "`2 mg`: the dose is said twice",
                "`weekly`: the frequency is said twice",
            ],
        ),
    ],
)
def test_what_cannot_be_read_is_told_all_at_once(text: str, reasons: list[str]) -> None:
    with pytest.raises(DosageError) as raised:
        regimen_from_english(text, names())

    assert {d.message for d in raised.value.diagnostics} == set(reasons)


def test_a_misspelt_word_gets_a_suggestion() -> None:
    with pytest.raises(DosageError) as raised:
        regimen_from_english("hydroxycobalmin 1 mg daily", names())

    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.help[0].message == "did you mean `hydroxocobalamin`?"
    assert diagnostic.place is not None
    assert diagnostic.place.text.slice(diagnostic.place.span) == "hydroxycobalmin"


def test_several_schedules_are_sent_to_their_own_reader() -> None:
    with pytest.raises(DosageError) as raised:
        regimen_from_english("1 mg daily or weekly")

    assert raised.value.diagnostics[0].help == (
        Help(message="`regimens_of_value` reads several schedules"),
    )


def test_what_is_no_text_and_no_words_is_refused() -> None:
    with pytest.raises(ArgumentError, match="`text`"):
        regimen_from_english(None)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"`guideline\.graph`"):
        regimen_from_english("1 mg", {"IM": "oral"})  # type: ignore[arg-type]


def test_a_label_that_is_the_name_of_another_is_the_label() -> None:
    crossed = Names(drugs={"one": "other", "other": "zinc"})
    read = regimen_from_english("other 1 mg", crossed)

    assert read.drugs == ("one",)
    assert regimen_to_english(read, crossed) == "other 1 mg"


def test_a_word_for_two_events_is_not_guessed() -> None:
    twice = Names(events={"one": "it is over", "other": "It is  over"})

    with pytest.raises(DosageError, match="DOS105 `It is over` stands for more than"):
        regimen_from_english("1 mg daily until it is over", twice)


def test_names_without_words_stand_for_themselves() -> None:
    (phase,) = FOLIC_ACID.phases

    assert phase.route == "oral"
    assert regimen_to_english(FOLIC_ACID, Names()) == (
        "folic acid 5 mg by the oral route daily, after b12 repleted"
    )


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("1 mg IM daily for 1 week then monthly", "1 mg IM monthly"),
        ("cyanocobalamin 1 mg IM once, then orally daily", "cyanocobalamin 1 mg daily"),
        ("monthly then daily", None),
        ("1 mg IM daily for 1 week then", None),
    ],
)
def test_a_phase_without_its_dose_is_told_to_repeat_it(
    text: str, mended: str | None
) -> None:
    with pytest.raises(DosageError) as caught:
        regimen_from_english(text)
    helps = [one.message for d in caught.value.diagnostics for one in d.help]
    said = [one for one in helps if one.startswith("each phase repeats its dose")]

    assert bool(said) is (mended is not None)
    for one in caught.value.diagnostics:
        for remedy in one.help:
            (edit,) = remedy.edits
            place = edit.span.start
            whole = edit.text.characters
            fixed = f"{whole[:place]}{edit.replacement}{whole[place:]}"
            assert f"`{fixed}`" in remedy.message
            assert len(regimen_from_english(fixed).phases) == 2
            assert all(p.route for p in regimen_from_english(fixed).phases)
