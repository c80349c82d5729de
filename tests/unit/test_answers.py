"""Every answer of the library keeps one contract: data, text, Markdown, HTML, and back again."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import partial
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory
from typing import Any

import narwhals.stable.v2
import pyarrow as pa
import pytest
from attrs import evolve, fields
from jsonschema import Draft202012Validator

import b12guide
from b12guide import course, load
from b12guide.answers import AddressedAnswer, Answer
from b12guide.cohort.files import advise_file
from b12guide.cohort.frames import FrameKind, arrow_of, kind_named, native
from b12guide.cohort.options import Options
from b12guide.cohort.prevalence import Prevalence, Summary
from b12guide.cohort.study import Study
from b12guide.cohort.subgroups import Subgroups
from b12guide.errors import ArgumentError, CohortError, RecordError
from b12guide.regimens import Adherence
from b12guide.resources import read
from b12guide.several.table import guideline_table
from b12guide.show.papers import WAYS

GUIDELINE = load("mecobalamin_im")
PATIENT = {"b12_deficiency": True, "egfr": 35, "paresthesia": True}
HISTORY = [
    {"on": "2025-02-01", "start": "folic_acid", "amount": "5 mg"},
    {"on": "2025-02-10", "dose": "hydroxocobalamin", "amount": "1000 µg"},
]
DAY = dt.date(2026, 1, 5)

OF_COHORTS = {
    *("Prevalence", "Hinges", "CohortBurden", "CohortComparison", "CohortAudit"),
    *("Subgroups", "MeasureCounts", "TableOne"),
    *("RegimenComparison", "Course", "CohortCourses", "Summary"),
}
"""No record holds the patients of a cohort, so that nothing is counted again."""


def study(kind: FrameKind = "pyarrow", **how: Any) -> Study:
    patients = {
        "b12_deficiency": [True, True, None],
        "egfr": [35.0, None, 80.0],
        "paresthesia": [None, True, None],
    }
    frame = native(pa.table(patients), kind)
    return GUIDELINE.study(frame, assume={"platelets": "250 x10^9/L"}, **how)


OF_STUDIES: Mapping[str, Callable[[Study], Answer]] = {
    "Prevalence": lambda of: of.prevalence,
    "Subgroups": lambda of: of.by("b12_deficiency"),
    "MeasureCounts": lambda of: of.measures({"egfr": "< 45 mL/min"}),
    "TableOne": lambda of: of.table_one(by="b12_deficiency"),
    "Hinges": lambda of: of.hinges,
    "CohortBurden": lambda of: of.burden,
    "CohortComparison": lambda of: of.what_if({"egfr < 50 mL/min": "egfr < 30 mL/min"}),
    "RegimenComparison": lambda of: of.regimens(
        {"injections": "1 mg IM every 2 to 3 months", "tablets": "1 mg orally daily"},
        loading="1 mg IM 3 times a week for 2 weeks",
        loading_weeks=(3, 12),
        adherence=Adherence(missed=(0.05, 0.2), late_days=(0, 21), tolerance_days=7),
        discount=(0, 0.03),
        years=2,
        people=20,
    ),
    "CohortCourses": lambda of: study(of.kind, otherwise="absent").simulate(
        years=0.1, people=5, loading_weeks=(3, 12)
    ),
}
"""What is asked of a study, by the class of the answer."""


def summary() -> Summary:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "patients.csv"
        file.write_text("b12_deficiency,egfr\ntrue,35\n,\n")
        found, _ = advise_file(GUIDELINE.evaluator, file, None, Options())
    return found


MADE: Mapping[str, Callable[[], Answer]] = {
    "Recommendation": lambda: GUIDELINE.recommend(PATIENT, on=DAY),
    "RuleExplanation": lambda: GUIDELINE.explain("renal_form", PATIENT),
    "DecisionExplanation": lambda: GUIDELINE.explain("maintenance"),
    "TopicExplanation": lambda: GUIDELINE.explain("S13", PATIENT),
    "Reply": lambda: GUIDELINE.ask(
        "which needle when platelets are 32?", PATIENT, why=True
    ),
    "Timeline": lambda: GUIDELINE.timeline(PATIENT, DAY),
    "Audit": lambda: GUIDELINE.audit(PATIENT, HISTORY, on=DAY),
    "AdherencePeriods": lambda: GUIDELINE.adherence(
        PATIENT, HISTORY, on=DAY, every="1 month"
    ),
    "Due": lambda: GUIDELINE.due(PATIENT, HISTORY, on=DAY),
    "Document": GUIDELINE.document,
    "Proofs": GUIDELINE.prove,
    "TrialReport": b12guide.load("aafp_2017").test,
    "Mutations": lambda: load("nhg_2014").mutate("no_certain_test"),
    "Difference": lambda: GUIDELINE.diff(GUIDELINE),
    "PanelAnswer": lambda: b12guide.panel([GUIDELINE, GUIDELINE]).recommend(
        PATIENT, on=DAY
    ),
    "Clashes": lambda: GUIDELINE.clashes(GUIDELINE),
    "Table": lambda: guideline_table((GUIDELINE.graph, GUIDELINE.graph)),
    "CohortAudit": lambda: GUIDELINE.audit_cohort(
        pa.table({"id": [1, 2, 3], "b12_deficiency": [True, None, True]}),
        pa.table(
            {
                "id": [1, 1, 2, 3],
                "on": ["2025-02-01", "2025-06-01", "2025-02-01", "2025-02-30"],
                "dose": ["mecobalamin", "cyanocobalamin", "mecobalamin", "mecobalamin"],
            }
        ),
        on=DAY,
        patient="id",
        on_bad="skip",
        workers=1,
    ),
    "Course": lambda: evolve(
        course.simulate(
            "1000 µg mecobalamin IM every 2 months",
            loading="1 mg mecobalamin IM on alternate days until neurological_plateau",
            loading_weeks=(3, 12),
            years=1,
            people=20,
            parameters={"store_loss": "0.1 %/d"},
        ),
        graph=GUIDELINE.graph,
        start=DAY,
    ),
    "PublishedReport": lambda: b12guide.course.published(people=20),
    "Summary": summary,
    **{
        name: partial(lambda ask: ask(study()), ask) for name, ask in OF_STUDIES.items()
    },
}
"""One real answer of each class."""


@pytest.fixture(scope="module", params=MADE)
def answer(request: pytest.FixtureRequest) -> Answer:
    return MADE[request.param]()


def kinds() -> Iterator[type[Answer]]:
    """All classes of answers, wherever they are."""
    for module in walk_packages(b12guide.__path__, "b12guide."):
        if not module.name.endswith("__main__") and ".lsp" not in module.name:
            import_module(module.name)
    found = [Answer]
    for kind in found:
        found += kind.__subclasses__()
    yield from (kind for kind in found if kind not in {Answer, AddressedAnswer})


def test_every_class_of_answers_is_tried_here() -> None:
    names = {kind.__name__ for kind in kinds()}

    assert names == set(MADE) == set(WAYS)


def schema_of(answer: Answer) -> Any:
    name = answer.to_dict()["schema"].removeprefix("b12guide.").removesuffix("/1")
    return json.loads(read("schema", f"{name}.schema.json"))


def test_its_data_is_json_of_its_schema_and_says_who_gave_it(answer: Answer) -> None:
    plain = answer.to_dict()
    schema = schema_of(answer)

    assert json.loads(answer.to_json()) == plain
    assert json.loads(answer.to_json(indent=None)) == plain
    assert "\n" not in answer.to_json(indent=None)
    Draft202012Validator(schema).validate(plain)
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(plain)
    assert schema["$id"].startswith("urn:b12guide:schema:")
    assert plain["engine"] == {"name": "b12guide", "version": b12guide.__version__}
    of = {
        "Difference": ("old", "new"),
        "CohortComparison": ("first", "second"),
        "PublishedReport": (),  # it is of no guideline
    }
    heads = plain.get("guidelines") or [
        plain[key] for key in of.get(type(answer).__name__, ("guideline",))
    ]
    for head in heads:
        assert {"name", "version", "status", "digest"} <= set(head)


def test_it_can_be_read(answer: Answer) -> None:
    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            assert attrs is not None
            assert tag not in {"script", "link", "iframe", "img"}

    narrow, wide = (answer.to_text(width=w).splitlines() for w in (40, 200))
    assert len(narrow) >= len(wide)
    assert answer.to_markdown().startswith("# ")
    assert answer.to_html().startswith("<!DOCTYPE html>")
    Tags().feed(answer.to_html())


def test_it_is_read_back_and_replayed(answer: Answer) -> None:
    plain = answer.to_dict()
    kind = type(answer)
    back = kind.from_dict(json.loads(answer.to_json()))

    assert type(back) is kind
    assert back == answer
    assert hash(back) == hash(answer)
    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301 -- its own bytes
    assert back.to_dict() == plain
    assert kind.from_json(answer.to_json()).to_dict() == plain
    assert kind.from_json(answer.to_json().encode()).to_dict() == plain
    assert back.to_text() == answer.to_text()
    assert back.to_html() == answer.to_html()
    if kind.__name__ in OF_COHORTS:
        with pytest.raises(RecordError, match="count them again"):
            back.replay()
    else:
        assert back.replay().to_dict() == plain


def frames_of(answer: Any) -> Iterator[tuple[str, Any]]:
    """Every frame that an answer gives without being asked for more, but those of each patient."""
    for name in dir(answer):
        if name.endswith("_frame") and not name.startswith("_"):
            with suppress(CohortError):
                yield name, getattr(answer, name)()


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("name", OF_STUDIES)
def test_what_was_counted_is_read_back_with_its_frames(
    name: str, kind: FrameKind
) -> None:
    counted = OF_STUDIES[name](study(kind))
    back = type(counted).from_json(counted.to_json())
    again, frames = dict(frames_of(back)), dict(frames_of(counted))

    assert back == counted == OF_STUDIES[name](study())
    assert set(frames) - set(again) <= {"patients_frame"}
    assert "to_frame" in again
    for one, frame in again.items():
        assert type(frame) is type(frames[one])
        assert type(frame).__module__.startswith(kind)
        assert arrow_of(frame, one).equals(arrow_of(frames[one], one))


@pytest.mark.parametrize("name", sorted(set(OF_STUDIES) - {"CohortCourses"}))
def test_what_was_counted_of_a_survey_is_read_back_as_equal(name: str) -> None:
    """Its shares have many digits, and patients are named by what JSON has no kind for."""
    drawn = pa.table(
        {
            "born": [dt.date(1950, 1, day) for day in (1, 2, 3, 4)],
            "b12_deficiency": [True, True, None, True],
            "egfr": [35.0, None, 80.0, 48.0],
            "people": [2.0, 1 / 3, 0.7, 0.0],
        }
    )
    asked = GUIDELINE.study(drawn, patient="born", weights="people")
    counted = OF_STUDIES[name](asked)
    back = type(counted).from_json(counted.to_json())

    assert back == counted
    assert hash(back) == hash(counted)


def test_rows_of_patients_who_go_by_a_day_are_read_back_as_equal() -> None:
    born = [dt.date(1950, 1, 1), dt.date(1950, 1, 2)]
    found = GUIDELINE.audit_cohort(
        pa.table({"born": born, "b12_deficiency": [True, None]}),
        pa.table(
            {
                "born": born,
                "on": ["2025-02-01", "2025-02-30"],
                "dose": ["mecobalamin"] * 2,
            }
        ),
        on=DAY,
        patient="born",
        on_bad="skip",
        workers=1,
    )
    back = type(found).from_json(found.to_json())

    assert found.skipped[0].patient == born[1]
    assert back == found
    assert hash(back) == hash(found)


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_the_parts_of_a_cohort_are_read_back_as_answers_of_their_own(
    kind: FrameKind,
) -> None:
    counted = study(kind).by("b12_deficiency")
    record = {**counted.to_dict(), "engine": {"name": "b12guide", "version": "0.0.1"}}
    back = Subgroups.from_dict(record)

    for mine, theirs in zip(back.groups, counted.groups, strict=True):
        assert mine.prevalence == theirs.prevalence
        assert mine.prevalence.engine == back.engine == "0.0.1"
        frames = mine.prevalence.to_frame(), theirs.prevalence.to_frame()
        assert len({type(one) for one in frames}) == 1


def test_a_package_of_frames_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_: pa.Table, backend: str) -> Any:
        raise ModuleNotFoundError(backend)

    back = Prevalence.from_json(study("polars").prevalence.to_json())
    monkeypatch.setattr(narwhals.stable.v2, "from_arrow", missing)

    with pytest.raises(CohortError, match="`polars` is not installed"):
        back.to_frame()
    with pytest.raises(ArgumentError, match="a package that is installed"):
        kind_named("polars")


def test_every_class_of_answers_compares_what_it_says() -> None:
    """One that inherits how it compares would be equal to all others of its class."""
    for kind in kinds():
        assert "__eq__" in vars(kind), kind
        assert any(one.eq for one in fields(kind) if one.name != "engine"), kind


@pytest.mark.parametrize("name", sorted(OF_COHORTS))
def test_another_number_of_patients_is_another_answer(name: str) -> None:
    counted = MADE[name]()
    record = json.loads(counted.to_json())
    part = record.get("summary", record)
    key = "patients" if "patients" in part else "people"
    part[key] += 1
    if "left_out" in part:  # those without a course are among them
        part["left_out"] += 1

    assert type(counted).from_dict(record) != counted


@pytest.mark.parametrize("third", [Fraction(1, 3), 0.1, 0.05])
def test_a_number_without_an_end_is_read_back_as_equal(third: Any) -> None:
    counted = b12guide.regimens.compare(
        {"tablets": "1 mg orally daily"},
        discount=third,
        loading_weeks=(third, 2),
        adherence=Adherence(missed=third),
        years=7,
        people=3,
    )
    found = course.simulate(
        "1 mg mecobalamin IM every month",
        years=third,
        people=3,
        parameters={"store_loss": third / 300},
    )

    assert type(counted).from_json(counted.to_json()) == counted
    assert course.Course.from_json(found.to_json()) == found


def test_a_changed_record_is_no_answer(answer: Answer) -> None:
    plain = answer.to_dict()
    for key in plain:
        short = {k: v for k, v in plain.items() if k != key}
        with pytest.raises(RecordError):
            type(answer).from_dict(short)
        with pytest.raises(RecordError):
            type(answer).from_dict({**plain, key: [{"x": object()}]})


def places(data: Any, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where anything stands, the lists beyond their first item left out."""
    if above:
        yield above
    pairs = data.items() if isinstance(data, dict) else enumerate(data[:1])
    for key, value in pairs:
        yield from places(value if isinstance(value, dict | list) else {}, *above, key)


LARGE = 20_000
HOSTILE: tuple[Any, ...] = (None, "x", -1, 10**30, [], {"a": 1}, "\ud800")


@pytest.mark.parametrize("name", sorted(OF_COHORTS))
def test_no_value_in_a_count_escapes_our_errors(name: str) -> None:
    counted = MADE[name]()
    record = json.loads(counted.to_json())
    is_large = len(str(record)) > LARGE
    for number, path in enumerate([*places(record)]):
        inner: Any = record
        for key in path[:-1]:
            inner = inner[key]
        kept = inner[path[-1]]
        # Each place of a small record gets all of them; of a large one, two in turn.
        few = HOSTILE[number % len(HOSTILE) :][:2]
        for value in few if is_large else HOSTILE:
            inner[path[-1]] = value
            with suppress(RecordError):
                type(counted).from_dict(record)
        inner[path[-1]] = kept


def test_an_audience_is_one_of_two() -> None:
    made = GUIDELINE.recommend(PATIENT)

    assert made.to_text(audience="patient") != made.to_text()
    assert made.to_html(audience="patient") != made.to_html()
    with pytest.raises(
        b12guide.UnknownNameError, match="there is no choice for `audience`"
    ):
        made.to_markdown(audience="nurse")


def test_definitions_that_schemas_share_are_the_same_in_each() -> None:
    """Each file stands alone, so that a validator needs no other."""
    seen: dict[str, Any] = {}
    for name in ("recommendation", "explanation", "timeline", "audit", "due"):
        found = json.loads(read("schema", f"{name}.schema.json"))["$defs"]
        for shared in ("engine", "options", "patient", "datum"):
            assert seen.setdefault(shared, found[shared]) == found[shared]


def test_the_drugs_of_an_answer_have_their_codes() -> None:
    drugs = {d["drug"]: d["codes"] for d in MADE["Recommendation"]().to_dict()["drugs"]}

    assert "hydroxocobalamin" in drugs
    assert all(
        re.fullmatch(r"[A-Z0-9]+", code["code"])
        for codes in drugs.values()
        for code in codes
        if code["system"] == "atc"
    )


def test_the_page_on_json_names_every_key_in_the_order_of_an_answer(root: Path) -> None:
    page = (root / "docs" / "json.md").read_text("utf-8")
    block = page.partition("```text\n")[2].partition("```")[0]
    plain = GUIDELINE.recommend(
        {"b12_deficiency": True, "egfr": {"value": 35, "on": "2025-03-05"}}, on=DAY
    ).to_dict()

    assert re.findall(r'^"(\w+)":', block, re.MULTILINE) == list(plain)
    for key in ("options", "patient"):
        assert set(plain[key]) <= set(re.findall(r'"(\w+)":', block))
    assert set(plain["patient"]["facts"][1]) <= set(re.findall(r'"(\w+)":', block))
    assert f'"version": "{plain["guideline"]["version"]}"' in block
    assert plain["decisions"]["maintenance"]["outcome"] == "depends"
    assert plain["decisions"]["form"]["outcome"] == "determined"
    assert plain["scope"] == "unknown"
    assert not plain["unread"]


def test_the_page_on_json_names_every_kind_of_answer(root: Path) -> None:
    page = (root / "docs" / "json.md").read_text("utf-8")

    for name, made in MADE.items():
        assert f"{name}`" in page
        assert made().to_dict()["schema"] in page
