"""What a client reports of cards: checked, and given back without anything of a patient."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import b12guide
from b12guide import hooks
from tests.unit.hooks.conforming import FEEDBACK, broken, validator

GUIDELINE = b12guide.load("mecobalamin_im")
SERVICE = "mecobalamin_im-order-sign"
CARD = "4e0a3a1e-3283-4575-ab82-028d55fe2719"
OVERRIDDEN: dict[str, Any] = {
    "card": CARD,
    "outcome": "overridden",
    "outcomeTimestamp": "2026-11-29T10:05:31.5+02:00",
}
ACCEPTED: dict[str, Any] = {
    **OVERRIDDEN,
    "outcome": "accepted",
    "acceptedSuggestions": [{"id": f"urn:uuid:{CARD.upper()}"}],
}
REASON = {
    "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
    "code": "patient-refuses",
}


def reported(*entries: Any, **how: Any) -> tuple[hooks.Outcome, ...]:
    return hooks.feedback(GUIDELINE, SERVICE, {"feedback": [*entries]}, **how)


def test_what_was_accepted_is_named_in_one_spelling() -> None:
    (found,) = reported(ACCEPTED)

    assert found.accepted == (CARD,)
    assert found.at == dt.datetime(2026, 11, 29, 8, 5, 31, 500_000, tzinfo=dt.UTC)
    assert found.to_dict() == {
        "service": SERVICE,
        "guideline": GUIDELINE.digest,
        "card": CARD,
        "outcome": "accepted",
        "at": "2026-11-29T08:05:31.500000+00:00",
        "acceptedSuggestions": [CARD],
    }


def test_a_comment_comes_back_only_where_it_is_wanted() -> None:
    said = {"reason": REASON, "userComment": "Mrs. Jones does not want it"}
    entry = {**OVERRIDDEN, "overrideReason": said}
    (quiet,), (kept,) = reported(entry), reported(entry, comments=True)

    assert "comment" not in quiet.to_dict()
    assert "Jones" not in repr(quiet)
    assert kept.comment == "Mrs. Jones does not want it"
    assert quiet.to_dict()["reason"] == REASON


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"feedback": {}},
        {"feedback": []},
        {"feedback": [OVERRIDDEN] * 1001},
    ],
)
def test_a_report_is_a_list_of_some_reports(body: Any) -> None:
    with pytest.raises(hooks.HookError) as caught:
        hooks.feedback(GUIDELINE, SERVICE, body)

    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"card": None}, "card"),
        ({"card": "1"}, "card"),
        ({"outcome": "ignored"}, "outcome"),
        ({"outcome": "accepted"}, "acceptedSuggestions"),
        ({"acceptedSuggestions": []}, "acceptedSuggestions"),
        ({"acceptedSuggestions": [{"id": "x"}]}, "acceptedSuggestions"),
        ({"acceptedSuggestions": [5]}, "acceptedSuggestions"),
        ({"overrideReason": {}}, "overrideReason"),
        ({"overrideReason": 5}, "overrideReason"),
        ({"overrideReason": {"reason": {"system": "x"}}}, "overrideReason.reason"),
        (
            {"overrideReason": {"reason": {"code": "x", "system": 5}}},
            "overrideReason.reason",
        ),
        ({"outcomeTimestamp": "2026-11-29"}, "outcomeTimestamp"),
        ({"outcomeTimestamp": "2026-11-29T10:05:31"}, "outcomeTimestamp"),
        ({"outcomeTimestamp": "2026-13-29T10:05:31Z"}, "outcomeTimestamp"),
        ({"outcomeTimestamp": "0001-01-01T00:00:00+23:00"}, "outcomeTimestamp"),
        ({"outcomeTimestamp": 5}, "outcomeTimestamp"),
    ],
)
def test_each_mistake_is_named_with_its_place(
    change: dict[str, Any], place: str
) -> None:
    with pytest.raises(hooks.HookError) as caught:
        reported(OVERRIDDEN, {**OVERRIDDEN, **change})

    assert [issue.place for issue in caught.value.issues] == [f"feedback[1].{place}"]


def test_what_is_no_object_is_no_report() -> None:
    with pytest.raises(hooks.HookError):
        reported(5)


@pytest.mark.parametrize(
    "entry",
    [OVERRIDDEN, ACCEPTED, {**OVERRIDDEN, "overrideReason": {"userComment": "no"}}],
)
def test_what_is_taken_keeps_to_the_specification(entry: Any) -> None:
    reported(entry)

    validator("cds-feedback").validate({"feedback": [entry]})
    assert broken({"feedback": [entry]}, FEEDBACK) == []


@pytest.mark.parametrize(
    ("change", "invariant"),
    [
        ({"outcome": "ignored"}, "cds-fb-1"),
        ({"outcome": "accepted"}, "cds-fb-2"),
        ({"overrideReason": {"x": 1}}, "cds-fb-3"),
    ],
)
def test_the_conditions_of_the_specification_find_what_breaks_them(
    change: dict[str, Any], invariant: str
) -> None:
    entry = {**OVERRIDDEN, **change}

    assert broken({"feedback": [entry]}, FEEDBACK) == [invariant]
    with pytest.raises(hooks.HookError):
        reported(entry)
    assert list(validator("cds-feedback").iter_errors({"feedback": [entry]}))


def test_the_schemas_are_schemas() -> None:
    for name in ("cds-cards", "cds-services", "cds-request", "cds-feedback"):
        Draft202012Validator.check_schema(validator(name).schema)
