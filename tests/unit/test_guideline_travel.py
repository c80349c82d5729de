"""Guidelines, answers and errors go through pickle, copy and every kind of process pool."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import pickletools
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import b12guide
from b12guide import written
from b12guide.cohort.processes import WorkerError
from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.errors import (
    ArgumentError,
    B12GuideError,
    CohortError,
    Discrepancy,
    DosageError,
    GuidelineError,
    MissingExtraError,
    PatientError,
    RecordError,
    ReplayError,
    SettingsError,
    UnknownNameError,
    _DiagnosedError,
)
from b12guide.graph.model import graph_of
from b12guide.hooks.refused import HookError, malformed
from b12guide.prove.everything import invariants_of
from b12guide.pytest_plugin import ExampleFailedError
from b12guide.serve.cards import _RefusedError
from b12guide.serve.question import _WrongError
from b12guide.serve.refusal import RequestError
from b12guide.syntax.build.pieces import Doubt, Refusal
from b12guide.text import Span, Text
from b12guide.trial.run import run_examples

PATIENT = {"b12_deficiency": True, "folate_deficiency": True, "egfr": "35 mL/min"}
HISTORY = [
    {"on": "2025-02-01", "start": "folic_acid", "amount": "5 mg"},
    {"on": "2025-02-10", "dose": "hydroxocobalamin", "amount": "1000 µg"},
]
PLACE = Label(text=Text("a.json", "abc\ndef\n"), span=Span(4, 7), message="here")
DIAGNOSTIC = Diagnostic(
    code="GDL701",
    message="a fact is not known",
    labels=(PLACE,),
    notes=("a note",),
    help=(
        Help(
            message="a remedy",
            edits=(Edit(text=PLACE.text, span=PLACE.span, replacement="x"),),
        ),
    ),
)


def pickled(protocol: int, it: Any) -> Any:
    return pickle.loads(pickle.dumps(it, protocol))  # noqa: S301 -- ours


ROADS: dict[str, Callable[[Any], Any]] = {
    **{f"pickle {n}": partial(pickled, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def used(guideline: b12guide.Guideline) -> b12guide.Guideline:
    """The guideline after many patients, and after every other way to ask it."""
    for age in range(20, 40):
        patient = {**PATIENT, "age": age}
        guideline.recommend(patient)
        guideline.verdicts(patient)
        guideline.explain("maintenance", patient)
    guideline.loaded.texts[0].position(10)
    return guideline


USED = used(b12guide.load("mecobalamin_im"))


def values() -> Iterator[tuple[str, Any]]:
    day = dt.date(2025, 3, 1)
    yield "guideline", USED
    yield "graph", USED.graph
    yield "patient", b12guide.patient_from(PATIENT)
    yield "recommendation", USED.recommend(PATIENT)
    yield "verdicts", USED.verdicts(PATIENT)
    yield "explanation of a rule", USED.explain("renal_form", PATIENT)
    yield "explanation of a decision", USED.explain("maintenance", PATIENT)
    yield "timeline", USED.timeline(PATIENT, day)
    yield "audit", USED.audit(PATIENT, HISTORY, on=day)
    yield "facts", USED.facts
    draft = written.read("mecobalamin_im").draft
    yield "trials", run_examples(USED.evaluator, draft)
    yield "proofs", invariants_of(USED.graph, draft)


VALUES = dict(values())


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("what", VALUES)
def test_what_a_guideline_gives_arrives_equal(what: str, road: str) -> None:
    assert ROADS[road](VALUES[what]) == VALUES[what]


@pytest.mark.parametrize("road", ROADS)
def test_a_guideline_that_arrived_answers_byte_for_byte(road: str) -> None:
    arrived = ROADS[road](USED)
    there, here = arrived.recommend(PATIENT), USED.recommend(PATIENT)

    assert json.dumps(there.to_dict()) == json.dumps(here.to_dict())
    assert there.to_text() == here.to_text()
    assert arrived.verdicts(PATIENT) == USED.verdicts(PATIENT)


@pytest.mark.parametrize("road", ROADS)
def test_an_evaluator_arrives_with_an_empty_memory(road: str) -> None:
    USED.recommend({})  # so that there is something to remember, whatever ran before
    USED.recommend(PATIENT)
    arrived = ROADS[road](USED.evaluator)

    assert USED.evaluator.memory.composed
    assert not arrived.memory.composed
    assert arrived.graph == USED.graph


def test_a_guideline_takes_along_what_was_loaded_and_nothing_else() -> None:
    guideline = b12guide.load("mecobalamin_im")
    before = pickle.dumps(guideline)

    assert pickle.dumps(used(guideline)) == before


@pytest.mark.parametrize("road", sorted(set(ROADS) - {"copy"}))
def test_a_rule_that_arrived_with_its_answer_is_shown_as_before(road: str) -> None:
    answer = USED.recommend(PATIENT)
    arrived = ROADS[road](answer)

    assert graph_of(arrived.rules[0].rule) is arrived.graph is not answer.graph
    assert arrived.rules[0]._repr_mimebundle_() == answer.rules[0]._repr_mimebundle_()


def test_an_answer_takes_along_no_rendering_of_its_patient() -> None:
    answer = USED.recommend(PATIENT)
    before = pickle.dumps(answer)

    assert answer.stated.places["egfr"].text.characters  # it is rendered to be shown
    assert pickle.dumps(answer) == before


@pytest.mark.parametrize("what", VALUES)
def test_nothing_but_data_is_pickled(what: str) -> None:
    """No iterator, function or module: Python 3.14 refuses some, and others are of one version."""
    data = {"_codecs", "copyreg", "datetime", "decimal", "fractions"}
    named = [
        str(argument).split(" ")[0]
        for code, argument, _ in pickletools.genops(pickle.dumps(VALUES[what], 2))
        if code.name == "GLOBAL"
    ]
    others = {name for name in named if not name.startswith("b12guide.")}

    assert others <= data | {"__builtin__"}


# -------------------------------------------------------------------------- errors

ERRORS: dict[type[BaseException], BaseException] = {
    B12GuideError: B12GuideError("it is so"),
    _DiagnosedError: _DiagnosedError("it is so", [DIAGNOSTIC]),
    GuidelineError: GuidelineError("cannot be used", [DIAGNOSTIC, DIAGNOSTIC]),
    PatientError: PatientError("cannot be used", iter([DIAGNOSTIC])),
    SettingsError: SettingsError("cannot be used"),
    DosageError: DosageError("cannot be used", [DIAGNOSTIC]),
    RecordError: RecordError("cannot be read", [DIAGNOSTIC]),
    ReplayError: ReplayError(
        "differs",
        [DIAGNOSTIC],
        recorded={"a": [1]},
        replayed=None,
        discrepancies=[Discrepancy("/a/0", 1, 2)],
    ),
    CohortError: CohortError("a frame", "of another kind"),
    ArgumentError: ArgumentError("limits", "a `Limits`", 42),
    UnknownNameError: UnknownNameError("rule", "renal_from", ["renal_form", "other"]),
    MissingExtraError: MissingExtraError("pyarrow", "cohort"),
    WorkerError: WorkerError("it ended"),
    ExampleFailedError: ExampleFailedError("not as expected"),
    HookError: HookError(400, [malformed("no hook is named", "name it")]),
    RequestError: RequestError(405, "it is no question", (), {"Allow": "POST"}),
    _WrongError: _WrongError("a day", "/on"),
    _RefusedError: _RefusedError(401, [malformed("the token is too old", "ask again")]),
    Refusal: Refusal(Doubt.REPEATED, Span(1, 2), "printed"),
}
"""One of each class."""


def fields(error: BaseException) -> dict[str, Any]:
    return {"args": error.args, "text": str(error), "repr": repr(error), **vars(error)}


def errors_of_the_package() -> Iterator[type[BaseException]]:
    for module in walk_packages(b12guide.__path__, "b12guide."):
        if not module.name.endswith("__main__"):
            with suppress(ModuleNotFoundError):  # of an extra
                import_module(module.name)

    def below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
        for one in type.__subclasses__(kind):
            yield one
            yield from below(one)

    for kind in below(BaseException):
        if kind.__module__.split(".")[0] == "b12guide":
            yield kind


def test_every_error_of_the_package_is_tried_here() -> None:
    """One that is made in its own way needs an example; the others are made of a message."""
    for kind in errors_of_the_package():
        assert kind in ERRORS or "__init__" not in vars(kind), kind
        error = ERRORS.get(kind) or kind("it is so")
        for road in ROADS.values():
            assert fields(road(error)) == fields(error)


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_arrives_with_its_fields(kind: type[BaseException], road: str) -> None:
    error = ERRORS[kind]
    arrived = ROADS[road](error)

    assert type(arrived) is kind
    assert fields(arrived) == fields(error)


@pytest.mark.parametrize("road", ROADS)
def test_notes_arrive_with_an_error(road: str) -> None:
    error = UnknownNameError("rule", "x", [])
    error.add_note("in line 3 of the request")

    assert ROADS[road](error).__notes__ == ["in line 3 of the request"]


class OwnError(UnknownNameError):
    """An application's own, made in its own way."""

    def __init__(self, *, code: int) -> None:
        self.code = code
        super().__init__("fact", "egfrr", ["egfr"])


@pytest.mark.parametrize("road", ROADS)
def test_an_error_that_an_application_derived_arrives_as_well(road: str) -> None:
    error = OwnError(code=3)

    assert fields(ROADS[road](error)) == fields(error)


# ------------------------------------------------------------------------ processes

POOL = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import b12guide
from b12guide.extras import load as load_extra

patient = {"b12_deficiency": True, "folate_deficiency": True, "egfr": "35 mL/min"}
guideline = b12guide.load("mecobalamin_im")
for age in range(20, 40):
    guideline.recommend({**patient, "age": age})
Guideline = b12guide.Guideline
with ProcessPoolExecutor(1, mp_context=get_context(sys.argv[1])) as pool:
    answer = pool.submit(Guideline.recommend, guideline, patient).result()
    assert answer == guideline.recommend(patient)
    assert answer.to_text() == guideline.recommend(patient).to_text()
    assert pool.submit(b12guide.load, "mecobalamin_im").result() == guideline
    for wanted, *task in (
        (b12guide.UnknownNameError, Guideline.explain, guideline, "renal_from"),
        (b12guide.PatientError, Guideline.recommend, guideline, {"egfrr": 35}),
        (b12guide.GuidelineError, b12guide.load, "mecobalamin_im_"),
    ):
        error = pool.submit(*task).exception()
        assert type(error) is wanted, error
        try:
            task[0](*task[1:])
        except wanted as here:
            assert str(error) == str(here)
            assert error.args == here.args
            assert getattr(error, "diagnostics", 0) == getattr(here, "diagnostics", 0)
            assert getattr(error, "suggestions", 0) == getattr(here, "suggestions", 0)
    error = pool.submit(load_extra, "not_installed_at_all", extra="cohort").exception()
    assert (error.package, error.extra) == ("not_installed_at_all", "cohort")
    assert pool.submit(len, "alive").result() == 5
print("well")
"""


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_a_pool_of_processes_answers_and_outlives_every_error(method: str) -> None:
    multiprocessing = import_module("multiprocessing")
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system does not {method}")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", POOL, method],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert (run.stdout, run.stderr) == ("well\n", "")
