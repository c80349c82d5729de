"""Asks about very many patients from many processes and threads, and looks for what wears out.

    python benchmarks/soak.py                       a million patients, which takes about an hour
    python benchmarks/soak.py --patients 20000      a short one

Patients are drawn by their number, so that every process draws the same ones. Each answer is kept
as its digest. Every tenth patient is asked about again by another process, in another order and
beside other patients: an answer that depends on what was asked before would be another one. The
memory of each process is measured as it goes; it has to level off. The exit code is 1 if an answer
differed, or the memory kept growing.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import b12guide
from b12guide import PatientError

sys.path.insert(0, str(Path(__file__).parent))
from people import relevant, values_of

GUIDELINE = "mecobalamin_im"
AGAIN = 10
"""Every so many patients one is asked about a second time, by another process."""
_DRAWS = 50
GROWTH = 1.1
"""What the memory may come to at the end, of what it was after the first third."""


class Part(NamedTuple):
    """What one process was asked, and what came of it.

    Attributes:
        digests: Of the answers, by the number of the patient.
        memory: In MB, at the end of the part.
    """

    process: int
    digests: dict[int, bytes]
    refused: int
    memory: float


_STATE: dict[str, Any] = {}
"""What a process has: the guideline and what facts may be. It is filled once."""


def _begin(threads: int) -> None:
    guideline = b12guide.load(GUIDELINE)
    program = guideline.evaluator.program
    facts = relevant(guideline.graph, program)
    offered = {fact.name: values_of(fact, program) for fact in facts}
    _STATE["guideline"] = guideline
    _STATE["offered"] = {name: values for name, values in offered.items() if values}
    _STATE["threads"] = threads


def _patient(number: int, draw: int) -> dict[str, Any]:
    """The facts of a patient; between none and all of them are known."""
    random = Random(f"{number}/{draw}")  # noqa: S311 -- nothing secret
    unknown = random.random()
    return {
        name: random.choice(values)
        for name, values in _STATE["offered"].items()
        if random.random() >= unknown
    }


def _ask(number: int) -> tuple[bytes, int]:
    """The digest of an answer, and how many draws contradicted themselves before it."""
    for draw in range(_DRAWS):
        with suppress(PatientError):
            answer = _STATE["guideline"].recommend(_patient(number, draw))
            told = repr(answer.to_dict()).encode()
            return blake2b(told, digest_size=8).digest(), draw
    return b"", _DRAWS


def _run(numbers: Sequence[int]) -> Part:
    with ThreadPoolExecutor(_STATE["threads"]) as threads:
        answers = dict(zip(numbers, threads.map(_ask, numbers), strict=True))
    digests = {number: digest for number, (digest, _) in answers.items()}
    refused = sum(draws for _, draws in answers.values())
    process = multiprocessing.current_process().pid or 0
    return Part(process, digests, refused, _memory())


def _memory() -> float:
    """The memory of this process now, in MB; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 1e6


def _parts(patients: int, size: int) -> Iterator[list[int]]:
    """All patients once, then every tenth again, from the last to the first."""
    for start in range(0, patients, size):
        yield list(range(start, min(start + size, patients)))
    again = list(range(0, patients, AGAIN))[::-1]
    for start in range(0, len(again), size):
        yield again[start : start + size]


def main() -> int:
    """Ask, compare, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--threads", type=int, default=8, help="in each process")
    parser.add_argument("--size", type=int, default=500, help="of a part")
    asked = parser.parse_args()
    begun = time.monotonic()
    first: dict[int, bytes] = {}
    differing: list[int] = []
    memory: dict[int, list[float]] = {}
    refused = done = 0
    with ProcessPoolExecutor(
        asked.processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(asked.threads,),
    ) as pool:
        waiting = [pool.submit(_run, p) for p in _parts(asked.patients, asked.size)]
        for number, future in enumerate(as_completed(waiting), start=1):
            part = future.result()
            for patient, digest in part.digests.items():
                if first.setdefault(patient, digest) != digest:
                    differing.append(patient)
            memory.setdefault(part.process, []).append(part.memory)
            refused += part.refused
            done += len(part.digests)
            if number % max(1, len(waiting) // 20) == 0 or number == len(waiting):
                peak = max(each[-1] for each in memory.values())
                minutes = (time.monotonic() - begun) / 60
                print(
                    f"{minutes:6.1f} min  {done:>9,} answers, {refused:,} refused, "
                    f"{len(differing)} differing, {peak:.1f} MB in the largest process",
                    flush=True,
                )
    growth = max(map(_growth, memory.values()))
    print(f"memory at the end: at most {growth:.2f} times that after the first third")
    if differing:
        print(f"answered in two ways: {sorted(differing)[:20]}")
    return int(bool(differing) or growth > GROWTH)


def _growth(measured: Sequence[float]) -> float:
    """The memory of a process at its end, of what it was after a third of its parts."""
    early = measured[len(measured) // 3]
    return measured[-1] / early if early else 1.0


if __name__ == "__main__":
    sys.exit(main())
