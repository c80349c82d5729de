"""Drafts of drawn answers: nothing uncertain or withheld, and nothing restricted less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.errors import PatientError
from b12guide.evaluate.answer import Option, Outcome, Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.fhir import schedule_from_fhir
from b12guide.graph import model as m
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.model import Stated
from b12guide.regimen.model import Regimen
from b12guide.truth import Truth
from tests.strategies import graphs
from tests.strategies.answers import drawn_answers, shipped_answers

URL = "https://github.com/b12guide/b12guide/fhir/StructureDefinition/"
Resource = dict[str, Any]
FEW = settings(max_examples=max(20, settings().max_examples // 3))
"""For what has nothing to do with which of many shapes an answer has."""


answers = drawn_answers() | shipped_answers()


def resources(bundle: Resource, kind: str = "") -> list[Resource]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if not kind or each["resourceType"] == kind]


def names_in(extensions: list[Resource], name: str) -> list[Resource]:
    return [each for each in extensions if each["url"] == URL + name]


def own_codes(concept: Resource) -> list[str]:
    return [
        c["code"] for c in concept["coding"] if c["system"].startswith("https://github")
    ]


def drug_of(request: Resource) -> str:
    (name,) = own_codes(request["medicationCodeableConcept"])
    return name


def decision_of(request: Resource) -> m.Decision:
    (name,) = own_codes(request["category"][0])
    return m.Decision(name)


def regimens(option: Option) -> Iterator[Regimen]:
    match option.advice:
        case Regimen():
            yield option.advice
        case m.Change(to=m.Regimens(regimens=found)):
            yield from found
        case _:
            pass


# ------------------------------------------------------------ certain, and not withheld


def against(answer: Recommendation) -> set[str]:
    """The drugs against which something speaks, in some completion, written once more."""
    found: set[str] = set()
    for decided in answer.decisions.values():
        for option in decided.options:
            match option.advice:
                case m.Prohibition(drugs=drugs) | m.Exclusion(drugs=drugs):
                    found.update(drugs)
                case m.FormChoice(excluded=drugs):
                    found.update(drugs)
                case m.Stop(treatment=name):
                    found.add(name)
                case _:
                    pass
        for one in decided.not_offered:
            found.update(one.drugs)
    for conflict in answer.conflicts:
        for side in conflict.sides:
            if isinstance(side.advice, m.Prohibition | m.Exclusion):
                found.update(side.advice.drugs)
    return found


@given(answers)
def test_a_dose_is_drafted_only_if_nothing_is_open(answer: Recommendation) -> None:
    requests = resources(answer.to_fhir(), "MedicationRequest")
    spoken = against(answer)

    for request in requests:
        decided = answer.decisions[decision_of(request)]
        drug = drug_of(request)
        wanted = schedule_from_fhir(request["dosageInstruction"])
        assert answer.scope is Truth.TRUE
        assert decided.outcome is not Outcome.CONFLICT
        assert drug not in spoken
        assert any(
            option.certain
            and not option.withheld
            and not option.drugs_open
            and not option.avoided
            and is_part_of(wanted, drug, regimen)
            for option in decided.options
            for regimen in regimens(option)
        )


def is_part_of(found: Regimen, drug: str, regimen: Regimen) -> bool:
    """Whether these are phases of the regimen one after the other, each with this of its drugs."""
    count = len(found.phases)
    for start in range(len(regimen.phases) - count + 1):
        some = regimen.phases[start : start + count]
        same = tuple(evolve(phase, drugs=(drug,)) for phase in some)
        if found.phases == same and all(drug in phase.drugs for phase in some):
            return True
    return False


@given(answers)
def test_what_may_be_given_is_drafted(answer: Recommendation) -> None:
    requests = resources(answer.to_fhir(), "MedicationRequest")
    spoken = against(answer)
    if answer.scope is not Truth.TRUE:
        assert requests == []
        return
    for decision in (m.Decision.LOADING, m.Decision.MAINTENANCE, m.Decision.ADJUNCT):
        for regimen in answer.decisions[decision].advised:
            assert isinstance(regimen, Regimen)
            free = [{*phase.drugs} - spoken for phase in regimen.phases]
            drafted = [each for each in requests if decision_of(each) is decision]
            is_avoided = any(
                option.avoided
                for option in answer.decisions[decision].options
                if option.advice == regimen
            )
            if all(free) and not is_avoided:
                assert any(drug_of(each) in set().union(*free) for each in drafted)


@given(answers)
def test_no_alternative_is_drafted_to_what_may_yet_be_the_default(
    answer: Recommendation,
) -> None:
    for request in resources(answer.to_fhir(), "MedicationRequest"):
        decided = answer.decisions[decision_of(request)]
        options = decided.options
        if decided.decision is m.Decision.ADJUNCT:  # drugs for matters of their own
            options = tuple(
                option
                for option in options
                if any(drug_of(request) in one.drugs for one in regimens(option))
            )
        if decided.decision is not m.Decision.CHANGE:
            drafted = schedule_from_fhir(request["dosageInstruction"])
            defaults = [option for option in options if not option.alternative]
            is_default = any(
                is_part_of(drafted, drug_of(request), regimen)
                for option in defaults
                for regimen in regimens(option)
            )
            assert is_default or all(
                option.certain for option in defaults if any(regimens(option))
            )


@FEW
@given(answers)
def test_the_phases_of_each_course_are_all_there(answer: Recommendation) -> None:
    """What one draft leaves out, the next one of its course has, and says that it follows."""
    bundle = answer.to_fhir()
    requests = resources(bundle, "MedicationRequest")
    for request in requests:
        first = request["dosageInstruction"][0]["sequence"]
        follows = names_in(request.get("modifierExtension", []), "follows")
        if first > 1:
            assert follows
            before = first - 1
            assert any(
                each["dosageInstruction"][-1]["sequence"] == before
                and decision_of(each) is decision_of(request)
                for each in requests
            )


@given(answers)
def test_maintenance_says_that_it_follows_loading(answer: Recommendation) -> None:
    loading = answer.decisions[m.Decision.LOADING]
    comes_first = bool(loading.options) or loading.outcome is Outcome.CONFLICT
    for request in resources(answer.to_fhir(), "MedicationRequest"):
        if decision_of(request) is m.Decision.MAINTENANCE:
            follows = names_in(request.get("modifierExtension", []), "follows")
            first = request["dosageInstruction"][0]["sequence"]
            assert bool(follows) is (comes_first or first > 1)


@FEW
@given(answers)
def test_a_change_says_what_it_takes_the_place_of(answer: Recommendation) -> None:
    for request in resources(answer.to_fhir(), "MedicationRequest"):
        replaced = names_in(request.get("modifierExtension", []), "in-place-of")
        assert bool(replaced) is (decision_of(request) is m.Decision.CHANGE)


@st.composite
def two_answers(draw: st.DrawFn) -> tuple[Recommendation, Recommendation]:
    """An answer, and the one about the same patient of whom one more fact is known."""
    random = draw(st.randoms(use_true_random=False))
    graph = graphs.draw_graph(random, claims=0)
    evaluator = Evaluator.of(graph)
    found: list[tuple[Recommendation, Recommendation]] = []
    for stated in graphs.draw_cohort(random, graph, 6).stated():
        if len(found) == 1:
            break
        found += learned(evaluator, stated, random)
    if not found:
        nobody = Stated(values={}, otherwise=stated.otherwise)
        found = [(recommend(evaluator, nobody), recommend(evaluator, nobody))]
    return found[0]


def learned(
    evaluator: Evaluator, stated: Stated, random: Random
) -> list[tuple[Recommendation, Recommendation]]:
    facts = evaluator.graph.vocabulary.facts
    open_ = [name for name, value in stated.values.items() if value is None]
    open_ = [name for name in open_ if name in facts]
    if not open_:
        return []
    name = random.choice(open_)
    value = graphs.draw_value(graphs.Draw(random), name, evaluator.graph)
    more = evolve(stated, values={**stated.values, name: value})
    try:
        return [(recommend(evaluator, stated), recommend(evaluator, more))]
    except PatientError:
        return []


@given(two_answers())
def test_who_follows_a_draft_keeps_to_whatever_is_learned(
    pair: tuple[Recommendation, Recommendation],
) -> None:
    before, after = pair
    for request in resources(before.to_fhir(), "MedicationRequest"):
        drafted = schedule_from_fhir(request["dosageInstruction"])
        advised = [
            regimen
            for option in after.decisions[decision_of(request)].options
            for regimen in regimens(option)
            if option.certain and not option.withheld
        ]
        assert any(keeps_to(drafted, regimen) for regimen in advised)
        assert drug_of(request) not in against(after)


def keeps_to(found: Regimen, regimen: Regimen) -> bool:
    """Whether to follow these phases is to follow some of the regimen, one after the other."""
    count = len(found.phases)
    return any(
        found in Regimen(regimen.phases[start : start + count])
        for start in range(len(regimen.phases) - count + 1)
    )


# ------------------------------------------------------------------ what is against it


@given(answers)
def test_what_speaks_against_a_drug_is_told_as_grave(answer: Recommendation) -> None:
    issues = resources(answer.to_fhir(), "DetectedIssue")
    for decided in answer.decisions.values():
        for option in decided.options:
            match option.advice:
                case m.Prohibition() | m.Exclusion(outright=True):
                    wanted = "high"
                case m.Exclusion():
                    wanted = "moderate"
                case _:
                    continue
            assert any(
                issue["severity"] == wanted
                and rules_in(issue) == list(option.rules)
                and issue["code"]["text"].startswith("perhaps") is not option.certain
                for issue in issues
            )
        for one in decided.not_offered:
            assert any(
                issue["severity"] == "high" and rules_in(issue) == list(one.rules)
                for issue in issues
            )
    for conflict in answer.conflicts:
        rules = {name for side in conflict.sides for name in side.rules}
        assert any(rules == set(rules_in(issue)) for issue in issues)


def rules_in(resource: Resource) -> list[str]:
    return [
        each["valueCode"] for each in names_in(resource.get("extension", []), "rule")
    ]


@FEW
@given(shipped_answers())
def test_a_silence_about_what_the_patient_has_is_told(answer: Recommendation) -> None:
    bundle = answer.to_fhir()
    issues = resources(bundle, "DetectedIssue")
    for silence in answer.silences:
        if set(silence.topics) & answer.stated.own:
            assert any(silence.text in issue["code"]["text"] for issue in issues)
    open_ = [each for each in issues if "not-addressed" in own_codes(each["code"])]
    for request in resources(bundle, "MedicationRequest"):
        linked = {each["reference"] for each in request.get("detectedIssue", [])}
        assert linked == {f"urn:uuid:{each['id']}" for each in open_}


# ------------------------------------------------------------------------- tests


@given(answers)
def test_a_test_is_asked_for_only_if_it_is_certain(answer: Recommendation) -> None:
    decided = answer.decisions[m.Decision.MONITORING]
    certain = [option for option in decided.options if option.certain]
    for request in resources(answer.to_fhir(), "ServiceRequest"):
        if decision_of(request) is m.Decision.REFERRAL:
            continue
        (test,) = own_codes(request["code"])
        behind = [each for each in certain if list(each.rules) == rules_in(request)]
        not_done = [
            test in option.advice.tests
            for option in behind
            if isinstance(option.advice, m.NotChecked)
        ]
        done = [
            option.advice
            for option in behind
            if isinstance(option.advice, m.Monitoring)
            and test in (*option.advice.tests, *option.advice.companions)
        ]
        if request.get("doNotPerform"):
            assert any(not_done)
        else:
            assert any(is_kept(advice, request) for advice in done)


def is_kept(advice: m.Monitoring, request: Resource) -> bool:
    """Whether a request restricts its test as the advice does."""
    modifiers = request.get("modifierExtension", [])
    names = {each["url"].removeprefix(URL) for each in modifiers}
    wanted = {
        *(["after"] if advice.after else []),
        *(["until"] if advice.until else []),
        *(["during"] if advice.during else []),
        *(["before-next-dose"] if advice.before_next_dose else []),
    }
    is_alone = advice.never_alone and own_codes(request["code"])[0] in advice.tests
    wanted |= {"never-alone"} if is_alone else set()
    return names - {"after-start", "follows"} == wanted


@given(answers)
def test_every_visit_is_asked_for(answer: Recommendation) -> None:
    requests = resources(answer.to_fhir(), "ServiceRequest")
    decided = answer.decisions[m.Decision.MONITORING]
    if answer.scope is not Truth.TRUE or decided.outcome is Outcome.CONFLICT:
        return
    for option in decided.options:
        if option.certain and isinstance(option.advice, m.Monitoring):
            own = [each for each in requests if rules_in(each) == list(option.rules)]
            tests = {own_codes(each["code"])[0] for each in own}
            assert {*option.advice.tests, *option.advice.companions} <= tests
            periods = {
                each.get("occurrenceTiming", {}).get("repeat", {}).get("period")
                for each in own
            }
            assert {float(s.every.low) for s in option.advice.recurring} <= periods
            after = [
                each
                for each in own
                if names_in(each.get("modifierExtension", []), "after-start")
            ]
            assert len(after) >= len(option.advice.times)


# ---------------------------------------------------------------------- the Bundle


@FEW
@given(answers)
def test_every_reference_leads_to_a_resource_of_the_bundle(
    answer: Recommendation,
) -> None:
    bundle = answer.to_fhir(subject="Patient/1")
    urls = [entry["fullUrl"] for entry in bundle["entry"]]

    assert len(urls) == len(set(urls))
    assert urls == [f"urn:uuid:{each['id']}" for each in resources(bundle)]
    assert set(references(bundle)) <= {*urls, "Patient/1"}
    for group in resources(bundle, "RequestGroup"):
        ids = [action["id"] for action in group["action"]]
        ids += [each["id"] for action in group["action"] for each in action["action"]]
        assert len(ids) == len(set(ids))
        assert set(related(group)) <= set(ids)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str) and "resourceType" not in value:
            yield value["reference"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def related(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.get("relatedAction", []):
            yield each["actionId"]
        for each in value.values():
            yield from related(each)
    elif isinstance(value, list):
        for each in value:
            yield from related(each)


@FEW
@given(answers)
def test_the_default_stands_before_what_may_be_done_instead(
    answer: Recommendation,
) -> None:
    for group in resources(answer.to_fhir(), "RequestGroup"):
        for action in group["action"]:
            titles = [each["title"] for each in action["action"]]
            is_or = [title.startswith("or ") for title in titles]
            if action["selectionBehavior"] == "at-most-one":
                assert is_or == sorted(is_or)


@FEW
@given(answers)
def test_every_draft_says_what_it_is(answer: Recommendation) -> None:
    bundle = answer.to_fhir()
    for each in resources(bundle):
        notes = [note["text"] for note in each.get("note", [])]
        said = each.get("detail", "\n".join(notes))
        assert EDUCATION_NOTICE in said
        assert f"{answer.graph.status.value}" in said
        assert answer.graph.digest in said
        for name in rules_in(each):
            assert answer.graph.rules[name].title in said
        if "intent" in each:
            assert (each["status"], each["intent"]) == ("draft", "proposal")


@FEW
@given(answers)
def test_the_same_answer_gives_the_same_bundle(answer: Recommendation) -> None:
    one, two = (json.dumps(answer.to_fhir(), allow_nan=False) for _ in range(2))

    assert one == two


@FEW
@given(answers)
def test_the_patient_is_in_no_id(answer: Recommendation) -> None:
    ids = [
        [entry["fullUrl"] for entry in answer.to_fhir(subject=who)["entry"]]
        for who in ("Patient/1", "Patient/2")
    ]

    assert ids[0] == ids[1]


@FEW
@given(answers)
def test_what_is_open_is_asked_for(answer: Recommendation) -> None:
    (response,) = resources(answer.to_fhir(), "GuidanceResponse")
    is_open = answer.scope is Truth.UNKNOWN or any(
        one.outcome is Outcome.DEPENDS for one in answer.decisions.values()
    )
    asked = {
        own_codes(names_in(each["extension"], "fact")[0]["valueCodeableConcept"])[0]
        for each in response.get("dataRequirement", [])
    }

    assert (response["status"] == "data-required") is is_open
    for question in answer.questions:
        assert asked & {question.fact, *question.behind}
    text = "\n".join(note["text"] for note in response["note"])
    for decided in answer.decisions.values():
        if not decided.is_silent:
            assert decided.text in text
    for notice in answer.notices:
        assert notice.text[1:] in text


@pytest.mark.parametrize(
    "kind", ["MedicationRequest", "ServiceRequest", "DetectedIssue"]
)
def test_the_laws_see_drafts_of_each_kind(kind: str) -> None:
    random = Random(7)  # noqa: S311 -- alike each time
    count = 0
    for _ in range(90):
        graph = graphs.draw_graph(random)
        for stated in graphs.draw_cohort(random, graph, 3).stated():
            try:
                answer = recommend(Evaluator.of(graph), stated)
            except PatientError:
                continue
            count += len(resources(answer.to_fhir(), kind))

    assert count > 10
