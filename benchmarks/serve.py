"""A service asked by 16 clients at once, beside the same framework that only says hello.

Each of 16 clients keeps a connection and asks again as soon as it has its answer: `b12guide serve`
and a bare application of Starlette in turn, about patients who are all different, a tenth of the
facts not known. The aim is about the 99th percentile as a ratio of the two.

`python benchmarks/serve.py --minutes 10` goes on for so long and exits with 1 if any answer was an
error, or if the memory went on growing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import monotonic, perf_counter

from attrs import define, field
from timing import Aim, aims, sized, table

import b12guide

CLIENTS = 16
ROUNDS = sized(5, 1)
SECONDS = sized(6, 1)
GUIDELINE = b12guide.load("mecobalamin_im")
HELLO = """
import json, socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

async def hello(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse({"hello": "world"})

app = Starlette(routes=[Route("/recommend", hello, methods=["POST"])])
taken = socket.create_server(("127.0.0.1", 0), backlog=2048)
print(json.dumps({"address": "http://127.0.0.1:%d" % taken.getsockname()[1]}), file=sys.stderr)
sys.stderr.flush()
config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
uvicorn.Server(config).run(sockets=[taken])
"""
SERVICE = ["-m", "b12guide.cli", "serve", "--port", "0"]


def bodies(seed: int) -> Iterator[bytes]:
    """Questions about patients who are all different."""
    random = Random(seed)  # noqa: S311 - made-up patients
    facts = [
        fact
        for fact in GUIDELINE.facts.values()
        if fact.kind == "finding" and not fact.tied_to
    ]
    while True:
        found: dict[str, object] = {
            fact.name: random.random() < 0.3 for fact in facts if random.random() < 0.9
        }
        found["b12_deficiency"] = True
        found["egfr"] = f"{random.uniform(10, 110):.2f} mL/min"
        question = {"patient": {"facts": found}, "on": "2026-01-05"}
        yield json.dumps(question).encode()


@define
class Served:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    @property
    def memory(self) -> float:
        """What it holds in memory, in MB."""
        told = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"^VmRSS:\s*([0-9]+) kB$", told, re.MULTILINE)
        return 0.0 if found is None else int(found[1]) / 1024


@contextmanager
def served(command: list[str]) -> Iterator[Served]:
    """A server that runs, and whose log goes nowhere."""
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, *command], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None  # noqa: S101 -- a pipe was asked for
    address = json.loads(process.stderr.readline())["address"]
    reader = threading.Thread(target=_forgotten, args=(process,), daemon=True)
    reader.start()
    try:
        yield Served(process, int(address.rpartition(":")[2]))
    finally:
        process.terminate()
        process.wait()
        reader.join()
        process.stderr.close()


def _forgotten(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None  # noqa: S101 -- a pipe was asked for
    for _ in process.stderr:
        pass


@define
class Tally:
    """What the clients saw."""

    times: list[float] = field(factory=list)
    errors: int = 0


def crowd(port: int, seconds: float, seed: int) -> Tally:
    """What 16 clients see, in a process of their own for each half of them."""
    told = []
    halves = [
        subprocess.Popen(  # noqa: S603 - our own script
            [
                sys.executable,
                __file__,
                "--half",
                str(port),
                str(seconds),
                str(seed + one),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for one in range(2)
    ]
    for half in halves:
        out, _ = half.communicate()
        told.append(json.loads(out))
    return Tally(
        times=[time for one in told for time in one["times"]],
        errors=sum(one["errors"] for one in told),
    )


def half(port: int, seconds: float, seed: int) -> Tally:
    """What half of the clients see, each on its own connection."""
    tally = Tally()
    end = monotonic() + seconds
    threads = [
        threading.Thread(target=client, args=(port, end, seed * 1000 + one, tally))
        for one in range(CLIENTS // 2)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return tally


def client(port: int, end: float, seed: int, tally: Tally) -> None:
    """Ask again and again until the end."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Content-Type": "application/json"}
    for body in bodies(seed):
        start = perf_counter()
        if monotonic() > end:
            break
        connection.request("POST", "/recommend", body, headers)
        reply = connection.getresponse()
        reply.read()
        tally.times.append((perf_counter() - start) * 1000)
        tally.errors += reply.status != 200
    connection.close()


def percentile(times: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(times, n=100)[-1]


def compare() -> int:
    """Print the tables."""
    names = {"Starlette that says hello": ["-c", HELLO], "`b12guide serve`": SERVICE}
    seen: dict[str, list[Tally]] = {name: [] for name in names}
    with served(names["Starlette that says hello"]) as bare, served(SERVICE) as ours:
        both = dict(zip(names, (bare, ours), strict=True))
        for one in both.values():  # once, not counted
            crowd(one.port, SECONDS / 3, 0)
        before = ours.memory
        for number in range(ROUNDS):
            for name, one in both.items():
                seen[name].append(crowd(one.port, SECONDS, 1 + number))
        after = ours.memory
    rows = []
    tails = {}
    for name, tallies in seen.items():
        count = median(len(one.times) / SECONDS for one in tallies)
        middle = median(median(one.times) for one in tallies)
        tails[name] = median(percentile(one.times) for one in tallies)
        errors = sum(one.errors for one in tallies)
        rows.append(
            (name, f"{count:,.0f}", f"{middle:.1f}", f"{tails[name]:.1f}", str(errors))
        )
    head = ("16 clients", "answers/s", "median, ms", "99th percentile, ms", "errors")
    print(table(head, rows))
    print()
    held = [("memory of the service, MB", f"{before:.0f}", f"{after:.0f}")]
    print(table(("under load", "before", "after"), held))
    print()
    bare_tail, our_tail = tails.values()
    print(
        aims(
            [
                Aim(
                    "99th percentile of the service, of bare Starlette",
                    10,
                    our_tail / bare_tail,
                    "x",
                )
            ]
        )
    )
    return int(any(one.errors for tallies in seen.values() for one in tallies))


def soak(minutes: float) -> int:
    """Ask for so long; whether there was an error, or the memory went on growing."""
    seconds = minutes * 60 / 10
    with served(SERVICE) as ours:
        crowd(ours.port, min(20.0, seconds), 0)
        held, errors, times = [ours.memory], 0, []
        for number in range(10):
            tally = crowd(ours.port, seconds, 1 + number)
            held.append(ours.memory)
            errors += tally.errors
            times += tally.times
            print(
                f"{number + 1}/10: {len(times):,} answers, {errors} errors, {held[-1]:.0f} MB",
                flush=True,
            )
    grown = held[-1] - held[len(held) // 2]
    print(
        f"99th percentile {percentile(times):.1f} ms; {grown:+.1f} MB in the second half"
    )
    return int(errors > 0 or grown > 0.1 * held[-1])


def main() -> int:
    """Compare, or soak."""
    if "--half" in sys.argv:
        port, seconds, seed = sys.argv[sys.argv.index("--half") + 1 :][:3]
        tally = half(int(port), float(seconds), int(seed))
        print(json.dumps({"times": tally.times, "errors": tally.errors}))
        return 0
    if "--minutes" in sys.argv:
        return soak(float(sys.argv[sys.argv.index("--minutes") + 1]))
    return compare()


if __name__ == "__main__":
    sys.exit(main())
