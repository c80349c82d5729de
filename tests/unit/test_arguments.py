"""Every wrong argument is refused in the library's own words, whatever it is."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import b12guide
from b12guide import (
    ArgumentError,
    B12GuideError,
    Limits,
    UnknownNameError,
    course,
    regimens,
)
from b12guide.timeline.model import Timeline

GUIDELINE = b12guide.load("mecobalamin_im")
DAY = dt.date(2026, 1, 1)
WHO = {"b12_deficiency": True, "paresthesia": True}
FRAME = pa.table({"b12_deficiency": [True, False]})
PATIENTS = pa.table({"patient": [1, 2], "b12_deficiency": [True, False]})
EVENTS = pa.table({"patient": [1], "on": ["2025-01-01"], "dose": ["mecobalamin"]})
ANSWER = GUIDELINE.recommend(WHO)
TIMELINE: Timeline = GUIDELINE.timeline(WHO, DAY)


class Something:
    """A thing of the caller's own."""


WRONG: tuple[Any, ...] = (
    *(None, True, 42, -1, 1.5, float("nan"), 10**5000, Fraction(1, 3)),
    *("", "nonsense", b"bytes", "\ud800", "2026-13-45"),
    *((), [], [None], ["x"], [1], [[]], {}, {1: 2}, {"x": object()}, {"x": None}),
    *(
        object(),
        Something(),
        Something,
        len,
        range(3),
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    ),
    *(dt.date(1, 1, 1), dt.timedelta(1), FRAME),
)

CALLS: Mapping[str, tuple[Callable[..., object], Mapping[str, object]]] = {
    "Patient": (b12guide.Patient, {"facts": {}, "otherwise": "unknown", "name": "x"}),
    "Limits": (Limits, {"bytes": 1, "depth": 1, "work": 1}),
    "load": (b12guide.load, {"name_or_path": "mecobalamin_im"}),
    "read_patient": (b12guide.read_patient, {"source": "x.json", "units": None}),
    "patient_from": (
        b12guide.patient_from,
        {"record": WHO, "otherwise": "unknown", "name": "x", "limits": Limits()},
    ),
    "patient_from_json": (b12guide.patient_from_json, {"body": b"{}", "name": "x"}),
    "recommend": (
        GUIDELINE.recommend,
        {
            "patient": WHO,
            "on": DAY,
            "fuzzy_threshold": "report",
            "units": "assume",
            "limits": Limits(),
        },
    ),
    "verdicts": (
        GUIDELINE.verdicts,
        {"patient": WHO, "on": DAY, "units": "assume", "limits": Limits()},
    ),
    "explain": (
        GUIDELINE.explain,
        {"name": "renal_form", "patient": WHO, "on": DAY, "limits": Limits()},
    ),
    "timeline": (
        GUIDELINE.timeline,
        {"patient": WHO, "start": DAY, "until": DAY, "events": {}, "units": None},
    ),
    "audit": (
        GUIDELINE.audit,
        {
            "patient": WHO,
            "history": [],
            "on": DAY,
            "families": ["folate"],
            "tolerance": "usual",
            "ignore": [],
            "units": None,
            "limits": Limits(),
        },
    ),
    "json_schema": (GUIDELINE.json_schema, {"units": "assume"}),
    "cohort": (
        GUIDELINE.cohort,
        {
            "frame": FRAME,
            "units": {},
            "keep": [],
            "ignore": [],
            "otherwise": "unknown",
            "on_bad": "error",
            "long": False,
            "assume": {},
            "fuzzy_threshold": "report",
            "truths": {},
            "decimal": ".",
            "decisions": None,
            "verdicts_only": False,
            "verdicts": "words",
            "questions": True,
            "names": ".",
        },
    ),
    "study": (GUIDELINE.study, {"frame": FRAME, "patient": None}),
    "audit_cohort": (
        GUIDELINE.audit_cohort,
        {
            "patients": PATIENTS,
            "events": EVENTS,
            "on": DAY,
            "families": None,
            "tolerance": "usual",
            "otherwise": "unknown",
            "on_bad": "error",
            "patient": "patient",
            "units": {},
            "ignore": [],
            "workers": 1,
        },
    ),
    "compare": (GUIDELINE.study(FRAME).compare, {"other": GUIDELINE}),
    "decision": (ANSWER.__getitem__, {"decision": "form"}),
    "to_text": (ANSWER.to_text, {"audience": "professional", "width": 80}),
    "to_html": (ANSWER.to_html, {"audience": "professional"}),
    "from_dict": (b12guide.Recommendation.from_dict, {"data": {}, "guideline": None}),
    "from_json": (b12guide.Recommendation.from_json, {"text": "", "guideline": None}),
    "timeline.to_text": (TIMELINE.to_text, {"width": 80}),
}


@pytest.mark.parametrize(
    ("name", "argument"),
    [(name, argument) for name, (_, usual) in CALLS.items() for argument in usual],
)
def test_a_wrong_argument_is_refused_by_an_error_of_ours(
    name: str, argument: str
) -> None:
    call, usual = CALLS[name]
    positional = name == "decision"
    for wrong in WRONG:
        with suppress(B12GuideError):
            call(wrong) if positional else call(**{**usual, argument: wrong})


def test_what_has_no_end_is_no_history() -> None:
    with pytest.raises(B12GuideError):
        GUIDELINE.audit({}, ({} for _ in itertools.count()), on=DAY)


NONE: Any = None
FOLAT: Any = "folat"


@pytest.mark.parametrize(
    ("ask", "kind", "said"),
    [
        (lambda: GUIDELINE.recommend({}, limits=NONE), ArgumentError, "`limits` has"),
        (
            lambda: GUIDELINE.audit({}, [], on=DAY, families=FOLAT),
            UnknownNameError,
            "did you mean `folate`",
        ),
        (
            lambda: b12guide.Patient(facts=NONE),
            b12guide.PatientError,
            "patient cannot be used",
        ),
        (
            lambda: b12guide.Patient(facts={}, otherwise="absnt"),
            UnknownNameError,
            "did you mean `absent`",
        ),
        (lambda: ANSWER["maintenence"], UnknownNameError, "did you mean `maintenance`"),
        (lambda: Limits(work=0), ArgumentError, "a whole number from 1 on"),
    ],
    ids=["limits", "families", "facts", "otherwise", "decision", "work"],
)
def test_the_error_says_what_is_taken(
    ask: Callable[[], Any], kind: type[B12GuideError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        ask()
    assert said in str(caught.value)


def test_a_wrong_argument_is_a_type_error_as_well_and_not_repeated() -> None:
    with pytest.raises(TypeError) as caught:
        GUIDELINE.recommend({}, limits="a secret")  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (51, "this is `51`"),
        (5.0, "this is `5.0`"),
        (True, "this is `True`"),
        (None, "this is `None`"),
        ("five", "this is the text `five`"),
        (10**30, "this is beyond all bounds"),
        ([], "this is of the type `list`"),
    ],
)
def test_a_number_out_of_bounds_is_told(value: Any, said: str) -> None:
    with pytest.raises(ArgumentError, match=r"from 1 to 50; ") as caught:
        regimens.compare(["1000 µg IM monthly"], years=value)
    assert str(caught.value).endswith(said)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, "`3`"),
        ((0.05, 3), "`0.05` to `3`"),
        ((Fraction(1, 2), Fraction(1, 4)), "`0.5` to `0.25`"),
        ((0, float("nan")), "`0` to `nan`"),
        (float("inf"), "`inf`"),
        (Decimal("sNaN"), "`sNaN`"),
    ],
)
def test_a_range_out_of_bounds_is_told(value: Any, said: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        regimens.compare(["1000 µg IM monthly"], discount=value)
    assert str(caught.value).endswith(f"highest; this is {said}")


def test_a_range_may_have_the_numbers_of_numpy() -> None:
    rates = (np.float32(0.1), np.int64(1))
    found = regimens.compare(["1000 µg IM monthly"], discount=rates)  # type: ignore[arg-type]

    assert found.discount == (Fraction(1, 10), Fraction(1))


def test_where_no_name_comes_near_and_there_are_few_all_are_told() -> None:
    with pytest.raises(UnknownNameError, match=r"; known: `error`, `unknown`$"):
        GUIDELINE.cohort(FRAME, on_bad="zzz")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError) as caught:
        GUIDELINE.explain("zzz", WHO)
    assert "known" not in str(caught.value), "there are too many"


ONE = ["1 mg mecobalamin IM monthly"]
STUDY = GUIDELINE.study(FRAME)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda: GUIDELINE.study(FRAME, patiet="id"),  # type: ignore[call-arg]
            "argument of `study` `patiet`; did you mean `patient`",
        ),
        (
            lambda: GUIDELINE.audit_cohort(PATIENTS, EVENTS, on=DAY, period="1 month"),  # type: ignore[call-arg]
            "argument of `audit_cohort` `period`; did you mean `periods`",
        ),
        (lambda: STUDY.regimens(yeers=3), "`regimens` `yeers`; did you mean `years`"),
        (lambda: STUDY.simulate(yeers=3), "`simulate` `yeers`; did you mean `years`"),
        (
            lambda: GUIDELINE.regimens.compare(yeers=3),
            "`compare` `yeers`; did you mean `years`",
        ),
        (lambda: GUIDELINE.regimens.of("maintenence"), "did you mean `maintenance`"),
        (
            lambda: GUIDELINE.adherence(
                WHO, [], on=DAY, every="1 month", start="first"
            ),
            "there is no start of follow-up `first`; did you mean `first event`",
        ),
        (lambda: regimens.compare({"two": ONE[0]})["tow"], "did you mean `two`"),
    ],
)
def test_a_slip_in_a_name_is_told_with_the_nearest(
    ask: Callable[[], Any], said: str
) -> None:
    with pytest.raises(UnknownNameError, match=said):
        ask()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda: GUIDELINE.regimens.compare(units={}),
            "`patients` has to be a frame of patients where there is `units`",
        ),
        (
            lambda: regimens.compare(ONE, levels={"parameters": "x"}),
            "`parameters` has to be ranges by name",
        ),
        (
            lambda: course.simulate(ONE[0], loading=3),  # type: ignore[arg-type]
            "`loading` has to be a `Regimen`",
        ),
        (
            lambda: course.published(trials_file=3),  # type: ignore[arg-type]
            "`trials_file` has to be the name of a TOML file",
        ),
        (
            lambda: GUIDELINE.study(FRAME, lonely="adjust"),
            "`lonely` has to be left out .* the text `adjust`",
        ),
        (
            lambda: GUIDELINE.audit(WHO, [], on=DAY, families=[]),
            "`families` has to be names of families; leave it out for all",
        ),
    ],
)
def test_a_slip_in_a_value_is_told_under_its_argument(
    ask: Callable[[], Any], said: str
) -> None:
    with pytest.raises(ArgumentError, match=said):
        ask()
