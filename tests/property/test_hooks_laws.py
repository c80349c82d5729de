"""What holds of cards for whichever guideline, patient and orders: they keep to CDS Hooks.

The conditions of the specification are asked as FHIRPath, see `tests/unit/hooks/conforming.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import b12guide
from b12guide import hooks
from b12guide.audit.event import Given
from b12guide.errors import DosageError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.fhir.dosages import dosages_of
from b12guide.fhir.resources import Resources
from b12guide.graph import model as m
from b12guide.hooks.card import Card
from b12guide.hooks.dose_check import departures, dose_finding, offered
from b12guide.hooks.drafts import Draft, DraftDose, read_draft
from b12guide.hooks.drug_check import Matter, drug_finding
from b12guide.hooks.order_cards import Orders, order_cards
from b12guide.hooks.patient_view import view_cards
from b12guide.hooks.policy import Policy
from b12guide.hooks.setting import Setting
from b12guide.regimen.model import Dose, Every, Times
from b12guide.truth import Truth
from b12guide.values.duration import DurationRange, TimeUnit
from tests.strategies.graphs import draw_cohort, draw_graph
from tests.strategies.told import asked
from tests.unit.hooks.asked import bundle, condition, dosage, order, request
from tests.unit.hooks.conforming import CARDS, broken, problems

DAY = dt.date(2026, 11, 29)
NAMES = ("mecobalamin_im", "nice_ng239", "bnf_2021", "eisai_mecobalamin")


def answers(seed: int, rows: int = 3) -> Iterator[Recommendation]:
    """What a drawn guideline says about some drawn patients."""
    random = Random(seed)  # noqa: S311 -- alike each time
    graph = draw_graph(random)
    if random.random() < 0.3:
        graph = evolve(
            graph, status=m.Status.APPROVED, approved_by="Someone", approved_on="2026"
        )
    evaluator = Evaluator.of(graph)
    for stated in draw_cohort(random, graph, rows).stated():
        answer = asked(evaluator, stated)
        if answer is not None:
            yield answer


def drawn_orders(seed: int, graph: m.RuleGraph) -> Orders:
    """Drafts of all drugs and tests, at doses and paces of every kind."""
    random = Random(seed)  # noqa: S311 -- alike each time
    routes = [None, *graph.vocabulary.routes]
    drafts = []
    for number, drug in enumerate(graph.vocabulary.drugs):
        long = Fraction(random.choice((1, 2, 3, 8)))
        unit = random.choice([TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH])
        length = DurationRange(long, long, unit)
        amount = Fraction(random.choice((1, 5, 100, 1000)))
        dose = DraftDose(
            dose=random.choice(
                [None, Dose(amount, amount, random.choice(("µg", "mg")))]
            ),
            route=random.choice(routes),
            frequency=random.choice([None, Every(length), Times(1, 3, length)]),
            length=random.choice([None, length]),
            count=random.choice([None, (3, 3)]),
            as_needed=random.random() < 0.2,
            starts=random.choice([None, DAY]),
            text="a dose",
        )
        reference = f"MedicationRequest/{'#' if random.random() < 0.2 else ''}{number}"
        drafts.append(
            Draft(
                reference=reference,
                called=f"order of {drug}",
                drugs=(drug,),
                doses=random.choice([(), (dose,)]),
                unread=random.choice([(), ("something",)]),
                resource={"resourceType": "MedicationRequest", "id": str(number)},
            )
        )
    for number, test in enumerate(graph.vocabulary.tests):
        drafts.append(
            Draft(
                reference=f"ServiceRequest/{number}",
                called=test,
                tests=(test,),
                resource={"resourceType": "ServiceRequest", "id": str(number)},
            )
        )
    given_ = [
        Given(on=DAY - dt.timedelta(days=random.choice((1, 10, 40))), drug=drug)
        for drug in graph.vocabulary.drugs
        if random.random() < 0.3
    ]
    return Orders(drafts=tuple(drafts), given=tuple(given_))


def settings_of(answer: Recommendation, *, suggest: bool) -> Setting:
    return Setting(answer=answer, on=DAY, policy=Policy(suggest=suggest), service="x")


SEEDS = st.integers(0, 10**6)


@settings(max_examples=150)
@given(SEEDS, st.booleans())
def test_no_card_of_any_guideline_breaks_the_specification(
    seed: int, suggest: bool
) -> None:
    for answer in answers(seed):
        setting = settings_of(answer, suggest=suggest)
        orders = drawn_orders(seed, answer.graph)
        for cards in (
            view_cards(setting, current=tuple(answer.graph.vocabulary.drugs)),
            order_cards(setting, orders),
        ):
            plain = {"cards": [card.to_dict() for card in cards]}
            assert problems(plain) == []
            assert not_suggesting(answer, cards, suggest=suggest)
            uuids = [card.uuid for card in cards]
            uuids += [one.uuid for card in cards for one in card.suggestions]
            assert len(set(uuids)) == len(uuids)
            ranks = [card.indicator.rank for card in cards]
            assert ranks == sorted(ranks)
            assert answer.scope is not Truth.FALSE or not cards


def not_suggesting(
    answer: Recommendation, cards: tuple[Card, ...], *, suggest: bool
) -> bool:
    """Whether nothing is suggested where it may not be."""
    allowed = suggest or answer.graph.status is m.Status.APPROVED
    return (allowed and answer.scope is Truth.TRUE) or not any(
        c.suggestions for c in cards
    )


def rules_of(resource: Any) -> tuple[str, ...]:
    """The rules that a suggested order says it rests on."""
    return tuple(
        e["valueCode"] for e in resource["extension"] if e["url"].endswith("/rule")
    )


@settings(max_examples=150)
@given(SEEDS)
def test_only_what_is_certain_and_not_withheld_is_suggested(seed: int) -> None:
    for answer in answers(seed):
        setting = settings_of(answer, suggest=True)
        allowed = [
            option.rules
            for decided in answer.decisions.values()
            for option in decided.options
            if option.certain and not option.withheld
        ]
        for card in view_cards(setting):
            for action in (a for one in card.suggestions for a in one.actions):
                assert action.type == "create"
                assert rules_of(action.resource) in allowed
        for card in order_cards(setting, drawn_orders(seed, answer.graph)):
            for one in card.suggestions:
                (action,) = one.actions
                if action.type == "update":
                    assert action.resource is not None
                    assert action.resource["dosageInstruction"]
                    assert allowed


@settings(max_examples=150)
@given(SEEDS)
def test_what_a_regimen_advises_departs_from_nothing(seed: int) -> None:
    """A draft with the doses that a suggestion would write gets no card on its dose."""
    for answer in answers(seed):
        for drug in answer.graph.vocabulary.drugs:
            among = offered(drug, answer)
            for one in among:
                try:
                    elements = dosages_of(one.regimen, answer.graph)
                except DosageError:
                    continue
                resource = {
                    "resourceType": "MedicationRequest",
                    "id": "1",
                    "dosageInstruction": elements,
                }
                draft = read_draft(
                    "MedicationRequest/1", resource, answer.graph, Resources(())
                )
                assert draft.unread == ()
                for dose, phase in zip(draft.doses, one.regimen.phases, strict=True):
                    if phase in one.phases(drug):
                        assert departures(dose, phase) == ()
                        assert dose_finding(dose, drug, among) is None


@settings(max_examples=150)
@given(SEEDS)
def test_what_is_withheld_or_contraindicated_for_certain_is_critical(seed: int) -> None:
    for answer in answers(seed):
        decided = answer.permission
        gated = {
            drug
            for option in decided.options
            if option.certain and isinstance(option.advice, m.Prohibition)
            for drug in option.advice.drugs
        }
        for drug in answer.graph.vocabulary.drugs:
            finding = drug_finding(drug, answer)
            if drug in gated:
                assert finding is not None
                assert finding.indicator.value == "critical"
                assert finding.matter is Matter.WITHHELD
            if finding is not None and finding.indicator.value == "critical":
                assert finding.certain


@settings(max_examples=40)
@given(SEEDS)
def test_the_cards_of_an_answer_are_the_same_each_time(seed: int) -> None:
    for answer in answers(seed, rows=1):
        setting = settings_of(answer, suggest=True)
        orders = drawn_orders(seed, answer.graph)

        assert order_cards(setting, orders) == order_cards(setting, orders)
        assert view_cards(setting) == view_cards(setting)


# ---------------------------------------------------------- through the whole of a request

CODES = {
    name: [c.code for c in fact.codes if c.system == "snomed" and c.value is None]
    for name, fact in b12guide.load("mecobalamin_im").graph.vocabulary.facts.items()
}


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A request about a patient of any conditions, with orders of any kind."""
    hook = draw(st.sampled_from(["patient-view", "order-select", "order-sign"]))
    found = sorted(code for codes in CODES.values() for code in codes)
    chosen = draw(st.lists(st.sampled_from(found), max_size=4, unique=True))
    conditions = [condition(code, number) for number, code in enumerate(chosen)]
    drugs = ["hydroxocobalamin", "mecobalamin", "cyanocobalamin", "folic_acid"]
    orders = [
        order(
            draw(st.sampled_from(drugs)),
            dosage(
                draw(st.sampled_from([1, 5, 400, 1000])),
                draw(st.sampled_from(["ug", "mg", "mL"])),
                draw(st.integers(1, 3)),
                draw(st.integers(1, 3)),
                draw(st.sampled_from(["d", "wk", "mo"])),
                draw(st.sampled_from(["78421000", "26643006", "1", None])),
            ),
            id=f"m{number}",
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    birth = draw(st.sampled_from(["1960-05-05", "1960", "2020-01-01", None]))
    patient = {"resourceType": "Patient", "id": "7"} | (
        {"birthDate": birth} if birth else {}
    )
    body = request(hook, *conditions, orders=orders, patient=patient)
    for key in draw(
        st.lists(st.sampled_from(["procedures", "allergies", "observations"]))
    ):
        body["prefetch"][key] = draw(
            st.sampled_from([None, bundle(), {"resourceType": "OperationOutcome"}])
        )
    return hook, body


@settings(max_examples=60)
@given(st.sampled_from(NAMES), requests(), st.booleans())
def test_no_answer_of_a_shipped_guideline_breaks_the_specification(
    name: str, asked: tuple[str, dict[str, Any]], suggest: bool
) -> None:
    hook, body = asked
    guideline = b12guide.load(name)
    policy = hooks.Policy(suggest=suggest)
    answer = hooks.respond(guideline, f"{name}-{hook}", body, on=DAY, policy=policy)

    assert problems(answer) == []
    assert answer == hooks.respond(
        guideline, f"{name}-{hook}", body, on=DAY, policy=policy
    )
    if not suggest and guideline.status is not m.Status.APPROVED:
        assert all("suggestions" not in card for card in answer["cards"])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100)
@given(requests(), st.data())
def test_a_request_that_was_spoiled_is_answered_or_refused(
    drawn: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    """Any member of a request replaced by anything: an answer, or an error of ours."""
    hook, body = drawn
    inner: Any = body
    for _ in range(data.draw(st.integers(0, 6))):
        keys = [*inner] if isinstance(inner, dict) else [*range(len(inner))]
        deeper = [k for k in keys if isinstance(inner[k], dict | list) and inner[k]]
        if not deeper:
            break
        inner = inner[data.draw(st.sampled_from(deeper))]
    keys = [*inner] if isinstance(inner, dict) else [*range(len(inner))]
    if keys:
        inner[data.draw(st.sampled_from(keys))] = data.draw(_JSON)
    guideline = b12guide.load("mecobalamin_im")
    refusal: hooks.HookError | None = None
    answer: dict[str, Any] = {"cards": []}
    try:
        answer = hooks.respond(guideline, f"mecobalamin_im-{hook}", body, on=DAY)
    except hooks.HookError as error:
        refusal = error

    assert problems(answer) == []
    assert refusal is None or (refusal.status in {400, 412} and refusal.issues)


# -------------------------------------------------------------- the conditions are watched


CARD = {
    "uuid": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
    "summary": "A card",
    "detail": "More",
    "indicator": "info",
    "source": {"label": "A source"},
}
ACTION = {"type": "delete", "description": "Remove it", "resourceId": "A/1"}
ONE = {"label": "Remove it", "uuid": CARD["uuid"], "actions": [ACTION]}
TWO = {**CARD, "suggestions": [ONE, ONE], "selectionBehavior": "at-most-one"}


@pytest.mark.parametrize(
    ("card", "name"),
    [
        ({**TWO, "suggestions": [{**ONE, "isRecommended": True}] * 2}, "cds-resp-1"),
        (
            {
                **TWO,
                "suggestions": [
                    {**ONE, "actions": [{**ACTION, "resource": {"resourceType": "A"}}]}
                ],
            },
            "cds-resp-2",
        ),
        (
            {
                **CARD,
                "links": [
                    {
                        "label": "x",
                        "url": "https://x",
                        "type": "absolute",
                        "appContext": "y",
                    }
                ],
            },
            "cds-resp-3",
        ),
        ({**CARD, "overrideReasons": [{"system": "s", "code": "c"}]}, "cds-resp-4"),
        (
            {
                **TWO,
                "suggestions": [
                    {**ONE, "actions": [{"type": "delete", "resourceId": "A/1"}]}
                ],
            },
            "cds-resp-5",
        ),
        ({**CARD, "suggestions": [ONE]}, "cds-resp-6"),
        ({**CARD, "selectionBehavior": "any"}, "cds-resp-6b"),
        (
            {**TWO, "suggestions": [{**ONE, "actionSelectionBehavior": "some"}]},
            "cds-resp-7",
        ),
        ({**CARD, "summary": "x" * 140}, "summary"),
        ({**CARD, "indicator": "hard-stop"}, "indicator"),
        ({**CARD, "source": {"label": ""}}, "source"),
    ],
)
def test_each_condition_finds_what_breaks_it(card: dict[str, Any], name: str) -> None:
    assert broken({"cards": [card]}, CARDS) == [name]
    assert problems({"cards": [card]}) != []


def test_what_keeps_to_the_conditions_is_left_alone() -> None:
    assert problems({"cards": [CARD, TWO]}) == []
