"""Reads the cases of `docs/meaning.md` and runs them.

A case is a block of guideline text under a numbered rule. Its examples are tried; blocks of plain
text that follow it say what `check` finds in it, what `prove` makes of its claims, on which days
its doses fall, and what an audit of a short record finds.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from b12guide import written
from b12guide.audit.history import history_from
from b12guide.audit.run import audit
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.library import locate
from b12guide.patient.stated import state
from b12guide.prove.everything import invariants_of
from b12guide.say.names import Audience
from b12guide.semantics.scope import scope_of
from b12guide.show.papers import recommendation_page
from b12guide.show.to_text import to_text
from b12guide.syntax.ast import Example
from b12guide.timeline.model import EntryKind
from b12guide.timeline.plan import plan
from b12guide.trial.result import Trial
from b12guide.trial.run import patient_of, run_examples

HEAD = """language 1
guideline case "A case"
    version 1.0.0
    revised 2026-01-01
    uses    b12
{scope}source page "A page"
    by "Somebody", 2026
    printed as 1
"""
_RULE = re.compile(r"^### (M\d+)\. (.*)$", flags=re.MULTILINE)
_BLOCK = re.compile(r"^```(gdl|text)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)


@frozen
class Case:
    """Guideline text of one rule, and the plain blocks that follow it."""

    name: str
    text: str
    says: tuple[str, ...]


def cases_of(page: str) -> tuple[Case, ...]:
    """Every case of the page, named after its rule."""
    found: list[Case] = []
    starts = [*_RULE.finditer(page)]
    ends = [start.start() for start in starts[1:]] + [len(page)]
    for start, end in zip(starts, ends, strict=True):
        guideline, said = "", []
        for kind, block in [*_BLOCK.findall(page[start.end() : end]), ("gdl", "")]:
            if kind == "text":
                said.append(block)
                continue
            if guideline:
                name = f"{start[1]} {start[2]}"
                found.append(Case(name, _whole(guideline), tuple(said)))
            guideline, said = block, []
    return tuple(found)


def _whole(text: str) -> str:
    """The text under a header, each rule with a strength where it has none, and a source.

    A `scope` on the first line belongs to the header.
    """
    scope = ""
    if text.lstrip().startswith("scope"):
        scope, text = text.split("\n", 1)
        scope += "\n"
    pieces = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    return HEAD.format(scope=scope) + "".join(_with_grounds(p) for p in pieces)


def _with_grounds(piece: str) -> str:
    if not piece.startswith("rule "):
        return piece
    strength = "claim" if re.search(r"^\s+note\b", piece, re.MULTILINE) else "should"
    if not re.search(r"^\s+strength\b", piece, re.MULTILINE):
        piece += f"    strength {strength}\n"
    return piece + "    cites page\n"


def run(case: Case) -> list[str]:
    """What the program says otherwise than the page; nothing when they agree."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.gdl"
        file.write_text(case.text, encoding="utf-8")
        checks = [said for said in case.says if said.startswith("check finds")]
        wrong = [line for said in checks for line in _checked(file, said)]
        others = [said for said in case.says if said not in checks]
        if not others and "\nexample " not in case.text:
            return wrong
        if written.check(locate(file)).graph is None:
            codes = [str(d) for d in written.check(locate(file)).diagnostics]
            return [*wrong, f"the case cannot be read: {codes}"]
        return [*wrong, *_tried(file), *(w for s in others for w in _said(file, s))]


def _checked(file: Path, said: str) -> Iterator[str]:
    """`check finds CODE ...`, or `check finds nothing`."""
    wanted = set(re.findall(r"GDL\d+", said))
    found = {d.code for d in written.check(locate(file)).diagnostics}
    if not wanted <= found or (not wanted and found):
        yield f"check finds {sorted(found)}, not {sorted(wanted)}"


def _tried(file: Path) -> Iterator[str]:
    read = written.read(file)
    evaluator = Evaluator.of(read.graph)
    for result in run_examples(evaluator, read.draft):
        if result.trial is not Trial.PASSED:
            unmet = [unmet.expected for unmet in result.unmet]
            yield f"{result.example.title.text}: {result.trial.value} {unmet}"


def _said(file: Path, said: str) -> Iterator[str]:
    first, *lines = said.splitlines()
    match first.split():
        case ["refused:", *_]:
            found, lines = _refused(file, first.partition(": ")[2]), []
        case ["the", "answer", "to", *_]:
            given = first.removeprefix("the answer to ").removesuffix(" says")
            text = _answer(file, given)
            found = [line for line in lines if " ".join(line.split()) in text]
        case ["prove"]:
            found = _proved(file)
        case ["days", "from", start, "to", end]:
            found = _days(file, start, end)
        case ["audit", "on", day, "of", *_]:
            given = first.partition(" of ")[2]
            cut = next(i for i, line in enumerate(lines) if line.startswith("finds"))
            found = _audited(file, given, day, lines[:cut])
            lines = [line for line in lines[cut + 1 :] if line]
        case _:
            found = [f"nobody understands `{first}`"]
    if found != lines:
        yield f"{first}: found {found}, not {lines}"


def _refused(file: Path, given: str) -> list[str]:
    graph = written.read(file).graph
    try:
        recommend(Evaluator.of(graph), state(_patient(given, file), graph))
    except PatientError as error:
        return [d.code for d in error.diagnostics if d.code != "GDL790"]
    return ["the patient was answered"]


def _answer(file: Path, given: str) -> str:
    """The printed answer to a patient, on one line."""
    graph = written.read(file).graph
    found = recommend(Evaluator.of(graph), state(_patient(given, file), graph))
    page = recommendation_page(found, Audience.PROFESSIONAL)
    return " ".join(to_text(page, width=1000).split())


def _proved(file: Path) -> list[str]:
    read = written.read(file)
    return [
        f"{proof.claim.name}: {proof.settled.value}"
        for proof in invariants_of(read.graph, read.draft)
    ]


def _days(file: Path, start: str, end: str) -> list[str]:
    """The days of the doses of a deficient patient about whom nothing else is so."""
    graph = written.read(file).graph
    patient = _patient("b12_deficiency, otherwise absent", file)
    answer = recommend(Evaluator.of(graph), state(patient, graph))
    found = plan(answer, dt.date.fromisoformat(start), until=dt.date.fromisoformat(end))
    windows = [
        (entry.window.earliest, entry.window.latest)
        for entry in found.entries
        if entry.kind is EntryKind.DOSE and entry.window is not None
    ]
    return [f"{a}" if a == b else f"{a} to {b}" for a, b in windows]


def _audited(file: Path, given: str, day: str, rows: list[str]) -> list[str]:
    graph = written.read(file).graph
    history = history_from([_row(row) for row in rows], graph)
    on = dt.date.fromisoformat(day)
    found = audit(Evaluator.of(graph), _patient(given, file), history, on)
    return [
        f"{one.on} {one.gravity.value} {' '.join(one.statements)}"
        for one in found.findings
    ]


def _row(line: str) -> dict[str, Any]:
    """`2025-01-06 dose NAME 1000 µg ROUTE`, `... test NAME`, `... event NAME`."""
    on, kind, name, *rest = line.split()
    row: dict[str, Any] = {"on": on, kind: name}
    match rest:
        case [number, unit, *route]:
            row["amount"] = f"{number} {unit}"
            if route:
                row["route"] = route[0]
        case _:
            pass
    return row


def _patient(given: str, file: Path) -> Any:
    """The patient of `given ...`, read as an example's is."""
    text = f'language 1\nexamples for case\nexample "patient"\n    given {given}\n'
    beside = file.with_name("case.examples.gdl")
    beside.write_text(text, encoding="utf-8")
    draft = written.read(file).draft
    beside.unlink()
    scope = scope_of(draft)
    found = [
        patient_of(example, where, scope)
        for where, example in draft.each(Example)
        if example.title.text == "patient"
    ]
    return found[0]
