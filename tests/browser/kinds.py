"""Every kind of page that a person may open, each made when it is wanted."""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl

import b12guide
from b12guide.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
START, AUDITED = dt.date(2026, 1, 5), dt.date(2026, 6, 1)
PATIENTS: dict[str, Any] = {
    **{
        name: b12guide.read_patient(EXAMPLES / f"{name}.json")
        for name in ("bypass", "crohns", "neuropathy", "renal", "unknown_procedure")
    },
    "little known": {"facts": {"b12_deficiency": True}},
    "nothing known": {"facts": {}},
    "out of scope": {"facts": {"age": 9}},
}
FOLATE = b12guide.read_patient(EXAMPLES / "folate.toml")
HISTORY = json.loads((EXAMPLES / "folate_history.json").read_text(encoding="utf-8"))

Maker = Callable[[], str]


@cache
def guideline() -> b12guide.Guideline:
    return b12guide.load("mecobalamin_im")


def written(*words: object) -> str:
    """What the command line writes as HTML."""
    with redirect_stdout(io.StringIO()) as said:
        code = main([*map(str, words), "--format", "html"])
    assert code in {0, 1}, words
    return said.getvalue()


def noted(value: Any) -> str:
    """What a notebook shows of a value, in a page around it."""
    bundle = value._repr_mimebundle_()
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>:root{color-scheme:light dark}</style></head>"
        f"<body><main><h1>Notebook</h1><h2>Cell</h2>{bundle['text/html']}</main></body></html>"
    )


# ----------------------------------------------------------------------- many patients


@cache
def cohort() -> pl.DataFrame:
    """Forty patients, of every kind that a rule tells apart."""
    rows = [
        {
            "patient": number,
            "age": 20 + number,
            "b12_deficiency": number % 7 != 0,
            "paresthesia": (True, False, None)[number % 3],
            "egfr": (24.0, 47.0, 78.0, None)[number % 4],
            "diabetes": (True, False, None)[number // 2 % 3],
            "ileal_resection": (0.0, 0.0, 35.0)[number % 3],
            "folate_deficiency": (True, False, None)[number // 3 % 3],
            "platelets": 210.0,
        }
        for number in range(40)
    ]
    return pl.DataFrame(rows)


@cache
def events() -> pl.DataFrame:
    """The doses of twelve of them."""
    rows = [
        {
            "patient": number,
            "on": str(START + dt.timedelta(gap * (7 + number))),
            "dose": ("hydroxocobalamin", "cyanocobalamin")[number % 2],
            "amount": "1000 µg",
            "route": "intramuscular",
        }
        for number in range(12)
        for gap in range(9)
    ]
    return pl.DataFrame(rows)


@cache
def study() -> Any:
    return guideline().study(cohort(), patient="patient", otherwise="absent")


@cache
def audited_cohort() -> Any:
    return guideline().audit_cohort(
        cohort().head(12), events(), on=AUDITED, otherwise="absent", workers=1
    )


@cache
def files() -> Path:
    """The folder of what the command line reads."""
    folder = Path(tempfile.mkdtemp(prefix="b12guide-pages-"))
    cohort().write_csv(folder / "patients.csv")
    events().write_csv(folder / "events.csv")
    return folder


def of_files(*words: str) -> str:
    given = {"PATIENTS": "patients.csv", "EVENTS": "events.csv"}
    return written(*(files() / given[w] if w in given else w for w in words))


# ------------------------------------------------------------------------------- pages


def of_patients() -> Iterator[tuple[str, Maker]]:
    for name, patient in PATIENTS.items():
        advice = partial(recommended, patient)
        yield f"recommend: {name}", partial(page, advice)
        yield f"patient sheet: {name}", partial(page, advice, audience="patient")
        yield f"recommend in a notebook: {name}", partial(noted_of, advice)
        timeline = partial(planned, patient)
        yield f"timeline: {name}", partial(page, timeline)
        yield f"timeline in a notebook: {name}", partial(noted_of, timeline)
    years = partial(planned, PATIENTS["bypass"], until=dt.date(2031, 1, 5))
    yield "timeline: five years", partial(page, years)
    for of in ("maintenance", "maintenance_neurological"):
        explained = partial(explanation, of)
        yield f"explain: {of}", partial(page, explained)
        yield f"explain in a notebook: {of}", partial(noted_of, explained)
    for name, history in (("history", HISTORY), ("nothing given", [])):
        audit = partial(audited, history)
        yield f"audit: {name}", partial(page, audit)
        yield f"audit in a notebook: {name}", partial(noted_of, audit)


def page(answer: Callable[[], Any], **how: str) -> str:
    return str(answer().to_html(**how))


def noted_of(answer: Callable[[], Any]) -> str:
    return noted(answer())


def recommended(patient: Any) -> Any:
    return guideline().recommend(patient)


def planned(patient: Any, until: dt.date | None = None) -> Any:
    return guideline().timeline(patient, START, until=until)


def explanation(of: str) -> Any:
    return guideline().explain(of, PATIENTS["neuropathy"])


def audited(history: Any) -> Any:
    return guideline().audit(FOLATE, history, on=AUDITED)


def of_guidelines() -> Iterator[tuple[str, Maker]]:
    for audience in ("professional", "patient"):
        yield f"doc: {audience}", partial(written, "doc", "--audience", audience)
    yield "facts", partial(written, "facts")
    yield "coverage", partial(written, "test", "--coverage", "mecobalamin_im")
    yield "proofs", partial(written, "prove", "mecobalamin_im")
    yield "guideline in a notebook", lambda: noted(guideline())
    yield (
        "rule in a notebook",
        lambda: noted(guideline().graph.rules["maintenance_standard"]),
    )
    yield "difference", lambda: written("diff", "mecobalamin_im", changed())
    several = ("mecobalamin_im", "bnf_2021", "bomss_2020")
    chosen = [word for name in several for word in ("-g", name)]
    for name in ("bypass.json", "renal.json"):
        patient = EXAMPLES / name
        yield f"panel: {name}", partial(written, "panel", patient, *chosen)
    yield "table", partial(written, "table", *several)


def changed() -> Path:
    """The shipped guideline with one threshold moved."""
    shipped = ROOT / "guidelines"
    text = (shipped / "mecobalamin_im.gdl").read_text(encoding="utf-8")
    for file in ("b12.gdl",):
        (files() / file).write_text((shipped / file).read_text(encoding="utf-8"))
    path = files() / "changed.gdl"
    path.write_text(text.replace("egfr < 50", "egfr < 45"), encoding="utf-8")
    return path


def of_cohorts() -> Iterator[tuple[str, Maker]]:
    of = ("--id", "patient", "--otherwise", "absent")
    yield (
        "cohort",
        partial(of_files, "cohort", "PATIENTS", "--ignore", "patient", *of[2:]),
    )
    yield "audit of a cohort", partial(of_files, "audit", "PATIENTS", "EVENTS", *of)
    yield (
        "comparison",
        partial(
            of_files,
            *("compare", "--patients", "PATIENTS", *of),
            *("--instead", "egfr < 50 mL/min => egfr < 45 mL/min"),
        ),
    )
    for name in ("prevalence", "hinges", "burden"):
        yield f"{name} in a notebook", partial(noted_of, partial(counted, name))
    yield (
        "comparison in a notebook",
        lambda: noted(study().what_if({"egfr < 50 mL/min": "egfr < 45 mL/min"})),
    )
    yield "audit of a cohort in a notebook", lambda: noted(audited_cohort())


def counted(name: str) -> Any:
    found = getattr(study(), name)
    return found() if callable(found) else found


KINDS: dict[str, Maker] = dict((*of_patients(), *of_guidelines(), *of_cohorts()))
