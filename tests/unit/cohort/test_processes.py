"""Other processes answer as this one does, end with it, and are started where it is worth it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import b12guide

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa
import pyarrow.parquet as pq

from b12guide.cohort import processes, source, threads
from b12guide.cohort.advice_files import counted
from b12guide.cohort.files import advise_file
from b12guide.cohort.kernel import AdviceTask, kernel
from b12guide.cohort.options import Options
from b12guide.cohort.processes import Worker, WorkerError
from b12guide.cohort.threads import Helpers, in_order
from b12guide.errors import B12GuideError, CohortError, PatientError

GUIDELINE = b12guide.load("mecobalamin_im")
TABLE = pa.table(
    {
        "id": [f"p{number}" for number in range(300)],
        "egfr": [float(number % 100) for number in range(300)],
        "b12_deficiency": [number % 3 == 0 for number in range(300)],
    }
)
RECIPE = kernel(
    GUIDELINE.evaluator, TABLE.schema, Options(ignore=["id"]), "the cohort"
).recipe
BEGIN = "import pickle, sys, time; sys.path[:] = pickle.load(sys.stdin.buffer); "


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first rows of the batches that this process looks at, after another one is ready."""
    found: list[int] = []
    ask_here = threads._Crew._ask_here

    def waiting(self: Any, batch: Any, start: int) -> Any:
        while self.most > 1 and not (self.ready or self.unwanted.is_set()):
            time.sleep(0.01)
        found.append(start)
        return ask_here(self, batch, start)

    monkeypatch.setattr(threads._Crew, "_ask_here", waiting)
    monkeypatch.setattr(source, "ROWS", 10)
    return found


def started(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The processes that are started from now on."""
    found: list[Worker] = []
    start = Worker.start

    def starting() -> Worker:
        found.append(start())
        return found[-1]

    monkeypatch.setattr(Worker, "start", starting)
    return found


# ---------------------------------------------------------------------- the same answer


@pytest.mark.parametrize("workers", [2, 3])
def test_several_processes_answer_as_one_does(
    workers: int, here: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = GUIDELINE.cohort(TABLE, keep=["id"], workers=1)
    here.clear()
    others = started(monkeypatch)
    found = GUIDELINE.cohort(TABLE, keep=["id"], workers=workers)

    assert found.to_pylist() == alone.to_pylist()
    assert found.schema == alone.schema
    assert len(others) == workers - 1
    assert 0 < len(here) < 30  # the others looked at the rest
    assert all(one.process.poll() is not None for one in others)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".arrow", ""])
@pytest.mark.parametrize("is_long", [False, True])
def test_several_processes_write_the_same_file(
    suffix: str, is_long: bool, here: list[int], tmp_path: Path
) -> None:
    patients = tmp_path / "patients.parquet"
    pq.write_table(TABLE, patients)
    options = Options(keep="id", long=is_long)
    files, summaries = [], []
    for workers in (1, 2, 3) if suffix == ".parquet" else (1, 3):
        here.clear()
        advice = tmp_path / f"advice{suffix}" if suffix else None
        summary, report = advise_file(
            GUIDELINE.evaluator, patients, advice, options, workers=workers
        )
        summaries.append((summary.to_dict(), report))
        files.append(advice and advice.read_bytes())
        assert not [*tmp_path.glob(".*")]
        assert 0 < len(here) < 30 or workers == 1

    assert all(file == files[0] for file in files)
    assert all(summary == summaries[0] for summary in summaries)
    assert summaries[0][0]["patients"] == (0 if is_long else 300)


def test_the_file_is_what_arrow_writes_of_the_advice(tmp_path: Path) -> None:
    patients, advice = tmp_path / "patients.parquet", tmp_path / "advice.parquet"
    pq.write_table(TABLE, patients)
    advise_file(GUIDELINE.evaluator, patients, advice, Options(keep="id"))
    asked = kernel(GUIDELINE.evaluator, TABLE.schema, Options(keep="id"), str(patients))
    (batch,) = TABLE.to_batches()
    found = asked.advise(batch).advice
    assert found is not None
    expected = tmp_path / "expected.parquet"
    with pq.ParquetWriter(
        expected, asked.advice_schema, write_statistics=["id"]
    ) as writer:
        writer.write_batch(found)
    group = pq.read_metadata(advice).row_group(0)

    assert advice.read_bytes() == expected.read_bytes()
    assert group.column(0).statistics.max == "p99"
    assert not group.column(1).is_stats_set


def test_what_is_counted_is_what_stands_in_the_advice() -> None:
    column = ["rule.a", "questions", "bad", "kept"]
    words = pa.array(["applies", "unknown", "applies"]).dictionary_encode()
    lists = pa.array([["age", "egfr"], [], ["age"]], pa.list_(pa.string()))
    packed = pa.DictionaryArray.from_arrays(pa.array([0, 2, 2], pa.int32()), lists)
    many = pa.array([f"w{number % 20}" for number in range(60)]).dictionary_encode()
    batch = pa.RecordBatch.from_arrays(
        [words, packed, lists, pa.array([None, "x", None]).dictionary_encode()],
        names=column,
    )
    chunked = pa.Table.from_batches([batch, batch])

    assert counted(batch, tuple(column)) == {
        "rule.a": {"applies": 2, "unknown": 1},
        "questions": {"age": 3, "egfr": 1},
        "bad": {"age": 2, "egfr": 1},
        "kept": {None: 2, "x": 1},
    }
    assert counted(chunked, ("questions",)) == {"questions": {"age": 6, "egfr": 2}}
    assert counted(pa.table({"many": many}), ("many",))["many"] == dict.fromkeys(
        many.dictionary.to_pylist(), 3
    )


def test_rows_are_numbered_through_all_processes(here: list[int]) -> None:
    alone = GUIDELINE.cohort(TABLE, ignore=["id"], long=True, workers=1)
    here.clear()
    found = GUIDELINE.cohort(TABLE, ignore=["id"], long=True, workers=2)

    assert found.to_pylist() == alone.to_pylist()
    assert 0 < len(here) < 30


@pytest.mark.usefixtures("here")
def test_a_row_keeps_its_number_in_another_process() -> None:
    egfr = [-5.0 if number == 250 else 50.0 for number in range(300)]
    bad = TABLE.set_column(1, "egfr", [egfr])
    told = []
    for workers in (1, 2):
        with pytest.raises(PatientError) as caught:
            GUIDELINE.cohort(bad, keep=["id"], workers=workers)
        told.append(caught.value.diagnostics)

    assert told[0] == told[1]
    assert "row 251 (id p250)" in repr(told[0])


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has other processes do something else when they are asked."""

    def breaking(what: str) -> None:
        text = (
            BEGIN + "from b12guide.cohort import processes\n"
            "from b12guide.cohort.kernel import Kernel\n"
            "from b12guide.errors import CohortError\n"
            f"def advise(self, patients, start):\n    {what}\n"
            "Kernel.advise = advise\nprocesses.main()"
        )
        monkeypatch.setattr(processes, "_START", text)

    return breaking


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        ("raise CohortError('seen there')", CohortError, "seen there"),
        ("raise ValueError('oh')", WorkerError, "a mistake of its own.*ValueError: oh"),
        ("sys.exit(3)", WorkerError, r"ended before its time \(code 3\)"),
    ],
)
def test_what_goes_wrong_in_another_process_is_told(
    what: str, error: type[B12GuideError], said: str, broken: Any
) -> None:
    broken(what)
    with pytest.raises(error, match=said):
        GUIDELINE.cohort(TABLE, keep=["id"], workers=2)


# -------------------------------------------------------------------------- the end


def test_whoever_leaves_ends_a_process_in_the_middle_of_something(
    broken: Any, here: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken("time.sleep(1000)")
    others = started(monkeypatch)

    def interrupt(_done: int, _of: int | None) -> None:
        if here:
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        GUIDELINE.cohort(TABLE, keep=["id"], workers=2, progress=interrupt)

    assert others[0].process.poll() is not None
    assert time.monotonic() - begun < 100


def test_a_process_does_not_outlive_the_one_that_started_it() -> None:
    code = (
        "import os, pickle, sys\n"
        "from b12guide.cohort.kernel import AdviceTask\n"
        "from b12guide.cohort.processes import Worker\n"
        "worker = Worker.start()\n"
        "worker.prepare(AdviceTask(pickle.load(sys.stdin.buffer)))\n"
        "print(worker.process.pid, flush=True)\n"
        "os._exit(1)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(RECIPE),
        capture_output=True,
        check=False,
    )
    pid = int(found.stdout)
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if b"Z" in Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2][:3]:
            return  # it ended, and nobody asked for its code
        time.sleep(0.1)
    pytest.fail("it is still there")


def test_another_process_leaves_pandas_closed_until_it_is_needed() -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    code = (
        "import sys\n"
        "from b12guide.cohort.processes import _without_pandas\n"
        "_without_pandas()\n"
        "import pyarrow as pa\n"
        "import b12guide.cohort.kernel\n"
        "found = pa.table({'egfr': pa.array([40.0, None])})\n"
        "assert 'pandas' not in sys.modules\n"
        "assert len(found.to_pandas()) == 2\n"
        "import pandas\n"
        "assert pa.array(pandas.Series([1.0, None])).to_pylist() == [1.0, None]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# -------------------------------------------------------------------- worth their while


def test_other_processes_are_for_those_who_ask_and_for_much_work() -> None:
    task = AdviceTask(RECIPE)
    by_itself = Helpers(task=task, of=1000)

    assert Helpers(task=task, workers=2).are_worth_it(0.0, 0)
    assert not by_itself.are_worth_it(0.0, 0)
    assert not by_itself.are_worth_it(1.0, 500)  # a second is left
    assert by_itself.are_worth_it(1.0, 100)  # nine seconds are left
    assert not by_itself.are_worth_it(60.0, 1000)
    assert not Helpers(task=task).are_worth_it(1.0, 500)
    assert Helpers(task=task).are_worth_it(5.0, 500)


def batches(count: int) -> Iterator[Any]:
    columns = ["egfr", "b12_deficiency"]
    for number in range(count):
        yield TABLE.select(columns).slice(number, 1).to_batches()[0]


def test_a_small_cohort_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    others = started(monkeypatch)
    monkeypatch.setattr(source, "ROWS", 10)
    monkeypatch.setattr(threads, "cores", lambda: 4)
    GUIDELINE.cohort(TABLE, keep=["id"])

    assert others == []


@pytest.mark.usefixtures("here")
def test_a_large_cohort_starts_processes_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = started(monkeypatch)
    monkeypatch.setattr(threads, "cores", lambda: 3)
    monkeypatch.setattr(Helpers, "are_worth_it", lambda _self, _spent, _done: True)
    GUIDELINE.cohort(TABLE, keep=["id"])

    assert len(others) == 2


@pytest.mark.parametrize("workers", [None, 2])
def test_where_no_process_can_be_started_only_those_who_asked_are_told(
    workers: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr(threads, "cores", lambda: 2)
    monkeypatch.setattr(threads, "_WORTH", -1.0)
    helpers = Helpers(task=AdviceTask(RECIPE), workers=workers)
    answers = in_order(lambda _, start: start, batches(3), helpers=helpers)
    if workers is None:
        assert list(answers) == [0, 1, 2]
        return
    with pytest.raises(WorkerError, match="`workers=1` needs none"):
        list(answers)
