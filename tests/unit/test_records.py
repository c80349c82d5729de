"""Records that were changed, cut short, made up or made by others are told, and never believed."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide import Guideline, GuidelineError, Recommendation, load
from b12guide.audit.finding import Audit
from b12guide.errors import B12GuideError, RecordError, ReplayError
from b12guide.evaluate.explanation import DecisionExplanation, RuleExplanation
from b12guide.timeline.model import Timeline

GUIDELINE = load("mecobalamin_im")
OWN = """language 1
guideline ours "Ours"
    version 3.1.4
    revised 2026-01-01
    uses    b12
source page "A page"
rule one
    when b12_deficiency
    form hydroxocobalamin
    strength should
    cites page
"""
ANSWER = GUIDELINE.recommend(
    {"b12_deficiency": True, "egfr": {"value": "35 mL/min", "on": "2025-03-05"}},
    on=dt.date(2026, 1, 5),
)
RECORDS = (
    (Recommendation, ANSWER.to_dict()),
    (RuleExplanation, GUIDELINE.explain("renal_form", {"egfr": 35}).to_dict()),
    (
        Timeline,
        GUIDELINE.timeline(
            {"b12_deficiency": True},
            dt.date(2026, 1, 5),
            events={"neurological_plateau": dt.date(2026, 2, 2)},
        ).to_dict(),
    ),
    (
        Audit,
        GUIDELINE.audit(
            {"b12_deficiency": True},
            [{"on": "2025-01-06", "dose": "mecobalamin", "amount": "1000 µg"}],
            on=dt.date(2026, 1, 5),
        ).to_dict(),
    ),
)


def changed(record: Any, path: tuple[str | int, ...], value: Any) -> Any:
    found = copy.deepcopy(record)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return found


def error_of(kind: Any, record: Any, **how: Any) -> RecordError:
    with pytest.raises(RecordError) as caught:
        kind.from_dict(record, **how)
    return caught.value


def test_a_changed_answer_is_told_where_and_shown_beside_that_of_today() -> None:
    path = ("decisions", "form", "preferred", 0)
    record = changed(ANSWER.to_dict(), path, "cyanocobalamin")
    with pytest.raises(ReplayError) as caught:
        Recommendation.from_dict(record)
    error = caught.value

    assert error.recorded is record
    assert error.replayed.form.preferred == ("hydroxocobalamin",)
    assert [(d.pointer, d.recorded, d.replayed) for d in error.discrepancies] == [
        ("/decisions/form/preferred/0", "cyanocobalamin", "hydroxocobalamin")
    ]
    assert error.diagnostics[0].pointer == "/decisions/form/preferred/0"
    assert "cyanocobalamin" not in str(error)
    assert "1 place differs" in str(error)


def test_a_changed_patient_is_told_because_the_answer_is_not_hers() -> None:
    path = ("patient", "stated", "facts", "egfr", "value")
    with pytest.raises(ReplayError) as caught:
        Recommendation.from_dict(changed(ANSWER.to_dict(), path, "90 mL/min"))

    assert "/patient/facts/1/value" in {d.pointer for d in caught.value.discrepancies}


def test_a_key_that_was_taken_out_or_put_in_is_told() -> None:
    record = ANSWER.to_dict()
    del record["notices"]
    record["mine"] = 1
    with pytest.raises(ReplayError) as caught:
        Recommendation.from_dict(record)

    assert {d.pointer for d in caught.value.discrepancies} == {"/notices", "/mine"}


def test_the_engine_of_then_is_kept_and_that_of_now_replays() -> None:
    record = changed(ANSWER.to_dict(), ("engine", "version"), "0.0.7")
    back = Recommendation.from_dict(record)

    assert back.to_dict() == record
    assert back.replay().to_dict() == ANSWER.to_dict()
    inner = GUIDELINE.explain("form", {"egfr": 35}).to_dict()
    old = changed(inner, ("engine", "version"), "0.0.7")
    assert DecisionExplanation.from_dict(old).to_dict() == old
    other = changed(record, ("scope",), "does not apply")
    with pytest.raises(ReplayError, match=r"b12guide 0\.0\.7 gave it, and this is"):
        Recommendation.from_dict(other)


def test_a_record_is_that_of_its_kind_only() -> None:
    rule = GUIDELINE.explain("renal_form", {"egfr": 35})

    assert error_of(Timeline, ANSWER.to_dict()).diagnostics[0].pointer == "/schema"
    assert (
        error_of(DecisionExplanation, rule.to_dict()).diagnostics[0].pointer
        == "/target/kind"
    )


# ---------------------------------------------------------------- whose guideline


def test_a_guideline_of_ones_own_has_to_be_given(tmp_path: Path) -> None:
    file = tmp_path / "ours.gdl"
    file.write_text(OWN, "utf-8")
    ours = load(file)
    record = ours.recommend({"b12_deficiency": True}).to_dict()
    error = error_of(Recommendation, record)

    assert error.diagnostics[0].code == "GDL741"
    assert error.diagnostics[0].pointer == "/guideline/digest"
    assert "does not ship" in str(error)
    for given_ in (ours, [GUIDELINE, ours], iter((ours,))):
        assert Recommendation.from_dict(record, guideline=given_).to_dict() == record


def test_another_version_is_named_beside_the_one_that_was_recorded(
    tmp_path: Path,
) -> None:
    file = tmp_path / "ours.gdl"
    file.write_text(OWN, "utf-8")
    record = load(file).recommend({}).to_dict()
    file.write_text(OWN.replace("3.1.4", "3.2.0"), "utf-8")
    error = error_of(Recommendation, record, guideline=load(file))

    assert "the record is of `ours` 3.1.4" in str(error)
    assert "here is `ours` 3.2.0" in str(error)


def test_a_shipped_name_with_another_digest_is_another_guideline() -> None:
    record = changed(ANSWER.to_dict(), ("guideline", "digest"), "sha256:0")

    assert error_of(Recommendation, record).diagnostics[0].code == "GDL741"


def test_the_name_of_a_guideline_opens_no_file(tmp_path: Path) -> None:
    file = tmp_path / "ours.gdl"
    file.write_text(OWN, "utf-8")
    record = changed(ANSWER.to_dict(), ("guideline", "name"), str(file))

    assert "does not ship" in str(error_of(Recommendation, record))


def test_what_is_said_of_a_guideline_of_ones_own_is_read_back(tmp_path: Path) -> None:
    files = (tmp_path / "ours.gdl", tmp_path / "next.gdl")
    files[0].write_text(
        OWN
        + 'example "one"\n    given b12_deficiency\n    expect form hydroxocobalamin\n'
    )
    files[1].write_text(OWN.replace("when b12_deficiency", "when egfr < 50 mL/min"))
    old, new = map(load, files)
    answers = (old.document(), old.prove(), old.test(), old.test("one"), old.diff(new))

    for answer in answers:
        record = json.loads(answer.to_json())
        assert error_of(type(answer), record).diagnostics[0].code == "GDL741"
        back = type(answer).from_dict(record, guideline=(old, new))
        assert back.to_dict() == record
        assert back.replay().to_dict() == record
    changes = changed(answers[-1].to_dict(), ("nobody_is_treated_differently",), True)
    with pytest.raises(ReplayError):
        type(answers[-1]).from_dict(changes, guideline=(old, new))
    files[0].write_text(OWN.replace("3.1.4", "3.2.0"))
    with pytest.raises(GuidelineError, match="not any more what it was"):
        Guideline(old.loaded).document()


@pytest.mark.parametrize("wrong", [7, "mecobalamin_im", [7], {"a": 1}])
def test_what_is_no_guideline_is_refused(wrong: Any) -> None:
    assert "not a guideline" in str(
        error_of(Recommendation, ANSWER.to_dict(), guideline=wrong)
    )


# ---------------------------------------------------------------------- any shape


def paths(data: Any, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where anything stands, the lists beyond their first item left out."""
    if above:
        yield above
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from paths(value, *above, key)
    elif isinstance(data, list):
        for number, value in enumerate(data[:1]):
            yield from paths(value, *above, number)


INPUTS = (
    *("schema", "guideline", "engine", "on", "options", "patient", "target"),
    *("start", "until", "events", "history", "families", "tolerance"),
)
PLACES = [
    (kind, record, path)
    for kind, record in RECORDS
    for path in paths({k: v for k, v in record.items() if k in INPUTS})
]
OF_AUDITS = ("on", "history", "families", "tolerance")
HOSTILE: tuple[Any, ...] = (
    *(None, True, -1, 10**400, float("nan"), float("inf"), "", "x", "\ud800", [], {}),
    *([[]], {"value": {}}, {1: 2}, "9999-12-31", "0001-01-01", b"x", object(), 1.5),
)


def refusal(kind: Any, record: Any) -> B12GuideError | None:
    try:
        kind.from_dict(record)
    except B12GuideError as error:
        return error
    return None


@pytest.mark.parametrize(
    "value",
    HOSTILE,
    ids=lambda value: (
        f"{type(value).__name__} {value!r:.12}"
        if type(value) is not object
        else "object"
    ),
)
def test_no_value_at_any_place_escapes_our_errors(value: Any) -> None:
    for kind, record, path in PLACES:
        if kind is Audit and path[0] not in OF_AUDITS:
            continue  # as in the others, which are quicker
        error = refusal(kind, changed(record, path, value))
        if error is not None:
            pointers = [one["pointer"] for one in error.problem()["errors"]]
            assert pointers
            assert None not in pointers
            assert str(error)


def test_nothing_may_be_missing() -> None:
    for kind, record, path in PLACES:
        if any(isinstance(key, int) for key in path) or path[0] == "history":
            continue
        short = copy.deepcopy(record)
        inner: Any = short
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        assert isinstance(error_of(kind, short), RecordError)


@given(st.recursive(st.none() | st.text() | st.integers(), st.lists))
def test_no_data_is_a_record(data: Any) -> None:
    assert error_of(Recommendation, data).diagnostics[0].pointer == ""


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "NaN", b"\xff", '{"schema": 1, "schema": 2}'),
        "[" * 100_000,
        '{"schema": NaN}',
        7,
        None,
    ],
)
def test_no_text_escapes_our_errors(text: Any) -> None:
    with pytest.raises(RecordError):
        Recommendation.from_json(text)


def test_what_is_wrong_with_the_patient_is_told_as_a_place_in_the_record() -> None:
    path = ("patient", "stated", "facts", "egfr", "value")
    error = error_of(Recommendation, changed(ANSWER.to_dict(), path, "35 florps"))

    assert error.diagnostics[0].pointer == "/patient/stated/facts/egfr/value"
    assert error.diagnostics[0].fact == "egfr"
    assert "florps" not in str(error)
    kind, record = RECORDS[-1]
    bad = changed(record, ("history", 0, "dose"), "florps")
    assert error_of(kind, bad).diagnostics[0].pointer == "/history/0/dose"


def test_the_patient_as_stated_is_a_patient_file() -> None:
    stated = json.loads(ANSWER.to_json())["patient"]["stated"]

    assert GUIDELINE.recommend(stated, on=dt.date(2026, 1, 5)) == ANSWER
