"""Ctrl-C while many patients are thought about: heard at once, and nothing half done is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import b12guide
from b12guide.graph.model import Fact
from b12guide.values.term import Kind

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

ROWS = 20_000
MEASURES = {"age": (18, 95), "egfr": (5, 120), "platelets": (10, 400)}
PATIENCE = 40  # seconds; a machine that does much else at once is slow
SLOW = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from b12guide.cohort.answerer import _Answering
answer = _Answering.answer
def slow(*arguments):
    time.sleep(0.2)
    return answer(*arguments)
_Answering.answer = slow
"""
"""Makes a batch the work of many minutes, in small steps.

Tests that run in the background have SIGINT ignored, and their children inherit that.
"""


@pytest.fixture(scope="module")
def patients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Patients of whom nearly all is known, each time something else is not."""
    random = np.random.default_rng(7)

    def column(fact: Fact) -> pa.Array:
        known = random.random(ROWS) < 0.5
        if fact.kind is Kind.MEASURE:
            low, high = MEASURES[fact.name]
            return pa.array(random.uniform(low, high, ROWS).round(1), mask=~known)
        return pa.array(
            known, mask=~known
        )  # what is not true is unknown: no contradictions

    facts = b12guide.load("mecobalamin_im").graph.vocabulary.facts.values()
    table = pa.table(
        {
            fact.name: column(fact)
            for fact in facts
            if fact.kind in {Kind.FINDING, Kind.EVENT} or fact.name in MEASURES
        }
    )
    numbered = table.append_column("patient", pa.array(range(ROWS)))
    file = tmp_path_factory.mktemp("data") / "patients.parquet"
    pq.write_table(numbered, file)
    return file


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def interrupt(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a process ends on SIGINT, and what it says; it is not waited for beyond patience."""
    time.sleep(2)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    try:
        _, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return process.returncode, errors.strip()


def test_the_command_ends_and_leaves_the_old_file_and_no_draft(
    patients: Path, tmp_path: Path
) -> None:
    advice = tmp_path / "advice.parquet"
    advice.write_text("old", encoding="utf-8")
    process = start(
        *("-c", SLOW + "from b12guide.cli.command import run; run()", "cohort"),
        *(str(patients), "-o", str(advice), "--keep", "patient"),
    )
    deadline = time.monotonic() + PATIENCE
    while len(list(tmp_path.iterdir())) == 1 and time.monotonic() < deadline:
        time.sleep(0.1)  # until it has begun to write

    assert interrupt(process) == (130, "")
    assert [file.name for file in tmp_path.iterdir()] == ["advice.parquet"]
    assert advice.read_text(encoding="utf-8") == "old"


BEFORE = """
import datetime, b12guide, pyarrow as pa, pyarrow.parquet as pq
guideline = b12guide.load("mecobalamin_im")
table = pq.read_table(sys.argv[1])
people = table.drop_columns("patient")
events = pa.table({
    "patient": [n for n in range(3000) for _ in range(12)],
    "on": [datetime.date(2024, month, 1) for _ in range(3000) for month in range(1, 13)],
    "dose": ["hydroxocobalamin"] * 36000,
})
day = datetime.date(2025, 1, 1)
print("begun")
"""


@pytest.mark.parametrize(
    "call",
    [
        "guideline.cohort(people)",
        "guideline.cohort(people.to_pandas())",
        "guideline.study(people).prevalence",
        "guideline.study(people).compare(guideline.evaluator)",
        "guideline.audit_cohort(table.slice(0, 3000), events, on=day, workers=2)",
        "guideline.audit_cohort(table.slice(0, 3000), events, on=day, workers=1)",
    ],
)
def test_a_program_is_interrupted_and_its_threads_end(
    call: str, patients: Path
) -> None:
    process = start("-c", SLOW + BEFORE + call, str(patients))
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n", process.communicate()
    code, errors = interrupt(process)

    assert code == -signal.SIGINT
    assert errors.endswith("KeyboardInterrupt")
