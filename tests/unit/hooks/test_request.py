"""Requests that cannot be served are refused with what is wrong and where."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import b12guide
from b12guide import hooks
from tests.unit.hooks.asked import ADULT, DEFICIENCY, ON, condition, order, request

GUIDELINE = b12guide.load("mecobalamin_im")


def refused(asked: Any, hook: str = "patient-view") -> hooks.HookError:
    with pytest.raises(hooks.HookError) as caught:
        hooks.respond(GUIDELINE, f"mecobalamin_im-{hook}", asked, on=ON)
    assert all(issue["details"]["text"] for issue in caught.value.outcome["issue"])
    assert all(issue["diagnostics"] for issue in caught.value.outcome["issue"])
    return caught.value


def places(error: hooks.HookError) -> list[str]:
    return [issue.place for issue in error.issues]


@pytest.mark.parametrize("body", [None, [], "x", 1, True])
def test_what_is_no_object_is_malformed(body: Any) -> None:
    assert refused(body).status == 400


def test_everything_that_is_wrong_is_named_at_once() -> None:
    error = refused(
        {"hook": "order-sign", "context": {}, "prefetch": [], "fhirAuthorization": {}}
    )

    assert error.status == 400
    assert places(error) == [
        "hook",
        "hookInstance",
        "context.userId",
        "fhirServer",
        "context.patientId",
        "prefetch",
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"patient": None},
        {"patient": {"resourceType": "OperationOutcome", "issue": []}},
        {"patient": {"resourceType": "Bundle", "type": "searchset", "entry": []}},
        {"patient": {"resourceType": "Bundle", "type": "searchset"}},
        {"patient": "Patient/7"},
        {"someone": ADULT},
    ],
)
def test_without_the_patient_nothing_can_be_said(sent: Any) -> None:
    error = refused({**request(), "prefetch": sent})

    assert error.status == 412
    assert [issue.code for issue in error.issues] == ["patient-missing"]
    assert places(error) == ["prefetch.patient"]


def test_a_patient_in_a_bundle_will_do() -> None:
    sent = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": ADULT}],
    }

    assert (
        hooks.respond(
            GUIDELINE, "mecobalamin_im-patient-view", request(patient=sent), on=ON
        )["cards"]
        == []
    )


def test_the_data_of_another_patient_are_refused() -> None:
    error = refused(request(patient={**ADULT, "id": "8"}))

    assert error.status == 400
    assert places(error) == ["prefetch.patient.id"]


def test_resources_that_are_not_built_like_resources_are_malformed() -> None:
    bad = {**condition(DEFICIENCY), "code": 5}
    error = refused(request("patient-view", bad))

    assert error.status == 400
    assert places(error) == ["prefetch.conditions.entry[0].resource.code"]
    assert DEFICIENCY not in str(error.outcome)


def test_keys_that_nobody_asked_for_are_left_alone() -> None:
    asked = request("patient-view", more={"resourceType": 5})

    assert (
        hooks.respond(GUIDELINE, "mecobalamin_im-patient-view", asked, on=ON)["cards"]
        == []
    )


def test_what_is_nested_without_end_is_malformed() -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(200):
        inner["extension"] = [{}]
        inner = inner["extension"][0]
    error = refused(request("patient-view", {**condition(DEFICIENCY), **deep}))

    assert error.status == 400
    assert "nested" in str(error)


@pytest.mark.parametrize(
    ("orders", "place"),
    [
        (None, "context.draftOrders"),
        ({"resourceType": "Patient"}, "context.draftOrders"),
        ({"resourceType": "Bundle", "entry": {}}, "context.draftOrders.entry"),
        ({"resourceType": "Bundle", "entry": [{}] * 201}, "context.draftOrders.entry"),
        (
            {"resourceType": "Bundle", "entry": [5]},
            "context.draftOrders.entry[0].resource",
        ),
        (
            {"resourceType": "Bundle", "entry": [{"resource": {}}]},
            "context.draftOrders.entry[0].resource",
        ),
        (
            {
                "resourceType": "Bundle",
                "entry": [{"resource": order("folic_acid")}] * 2,
            },
            "context.draftOrders.entry[1].resource.id",
        ),
    ],
)
def test_draft_orders_are_a_bundle_of_resources(orders: Any, place: str) -> None:
    asked = request("order-sign")
    asked["context"]["draftOrders"] = orders
    error = refused(asked, "order-sign")

    assert error.status == 400
    assert places(error) == [place]


@pytest.mark.parametrize(
    "named", ["Patient/9", "https://ehr.example/fhir/Patient/9/_history/1"]
)
def test_an_order_for_another_patient_is_refused(named: str) -> None:
    other = order("folic_acid", subject={"reference": named})
    error = refused(request("order-sign", orders=[other]), "order-sign")

    assert error.status == 400
    assert places(error) == ["context.draftOrders.entry[0].resource.subject"]


@pytest.mark.parametrize(
    "named", ["Patient/7", "https://ehr.example/fhir/Patient/7", "urn:uuid:7"]
)
def test_an_order_for_this_patient_is_looked_at(named: str) -> None:
    own = order("folic_acid", subject={"reference": named})
    asked = request("order-sign", orders=[own])
    answer = hooks.respond(GUIDELINE, "mecobalamin_im-order-sign", asked, on=ON)

    assert answer["cards"]


@pytest.mark.parametrize("chosen", [None, "MedicationRequest/m1", [""], [5]])
def test_selections_are_references(chosen: Any) -> None:
    asked = request("order-select", orders=[order("folic_acid")])
    asked["context"]["selections"] = chosen

    assert places(refused(asked, "order-select")) == ["context.selections"]


def test_a_selection_is_one_of_the_draft_orders() -> None:
    asked = request("order-select", orders=[order("folic_acid")])
    asked["context"]["selections"] = ["MedicationRequest/m2"]

    assert places(refused(asked, "order-select")) == ["context.selections"]


def test_a_selection_may_be_named_by_its_id_alone() -> None:
    asked = request("order-select", condition(DEFICIENCY), orders=[order("folic_acid")])
    asked["context"]["selections"] = ["m1"]

    found = hooks.respond(GUIDELINE, "mecobalamin_im-order-select", asked, on=ON)
    assert [card["indicator"] for card in found["cards"]] == ["critical"]


def test_an_order_without_an_id_goes_by_its_place() -> None:
    draft = order("folic_acid")
    del draft["id"]
    asked = request("order-sign", condition(DEFICIENCY), orders=[draft])
    policy = hooks.Policy(suggest=True)
    found = hooks.respond(
        GUIDELINE, "mecobalamin_im-order-sign", asked, on=ON, policy=policy
    )

    assert [card["indicator"] for card in found["cards"]] == ["critical"]
    assert "suggestions" not in found["cards"][0]  # nothing names what is to be deleted


def test_an_error_is_read_where_it_went_through_a_process_pool() -> None:
    error = refused({})
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 -- it was written here

    assert (back.status, back.issues, str(back)) == (
        error.status,
        error.issues,
        str(error),
    )
