"""Every wrong argument is refused in the library's own words, whatever it is."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest

import b12guide
from b12guide import ArgumentError, B12GuideError, Limits, UnknownNameError
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
