"""Writes the cases of the conformance kit: `python -m tests.conformance.generate`.

Every guideline of the kit is asked about many patients; of those who are answered alike the
smallest is kept. The answers are those of the reference evaluator, which is written from
docs/meaning.md: where a case changes, so has the meaning. One case is one line, and plain data.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from math import prod
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from b12guide import written
from b12guide.evaluate import reference
from b12guide.evaluate.reference import (
    ReferenceDecided,
    ReferenceOption,
    asked,
    questions,
)
from b12guide.graph.condition import Compare
from b12guide.graph.model import RuleGraph
from b12guide.library import Library, SourceFile
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Stated
from b12guide.patient.stated import state
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind
from tests.conformance.words import words

Json: TypeAlias = dict[str, Any]

HERE = Path(__file__).parent
MOST = 400
"""Patients of one guideline who are asked about; of more, some are drawn."""

MOST_CASES = 24
"""Of one guideline, from the smallest patient to the largest."""

HEAD = """guideline {name} "{name}"
    version 1.0.0
    revised 2026-01-01
    scope   age >= 18 years
source page "A page"
"""


def names() -> tuple[str, ...]:
    """The guidelines of the kit."""
    return tuple(path.stem for path in sorted((HERE / "guidelines").glob("*.gdl")))


def whole_text(name: str) -> str:
    """A guideline of the kit in one piece: vocabulary, head, rules with their grounds."""
    body = (HERE / "guidelines" / f"{name}.gdl").read_text(encoding="utf-8")
    rules = []
    for block in body.split("\nrule ")[1:]:
        strength = "claim" if "\n    note " in block else "should"
        stated = "" if "strength" in block else f"    strength {strength}\n"
        own, _, rest = block.partition("\nconflict ")
        after = f"conflict {rest}" if rest else ""
        rules.append(f"rule {own.rstrip()}\n{stated}    cites page\n{after}")
    before = body.split("\nrule ")[0].partition("\n")[2]
    words_of_all = (HERE / "vocabulary.gdl").read_text(encoding="utf-8")
    return words_of_all + HEAD.format(name=name) + before + "\n" + "".join(rules)


@cache
def graph_of(text: str) -> RuleGraph:
    """A guideline's text, read."""
    checked = written.check(Library(SourceFile("kit.gdl", text.encode())))
    return written.compiled(checked).graph


def stated_of(graph: RuleGraph, patient: Json) -> Stated:
    """What a case says of a patient."""
    return state(patient_from(patient), graph)


def expected(graph: RuleGraph, patient: Json) -> Json:
    """What the reference answers about a patient, in words."""
    found = reference.answer(graph, stated_of(graph, patient))
    if found is None:
        return {"refused": True}
    verdicts = {n: v for n, v in found.verdicts.items() if v != "does not apply"}
    told: Json = {"scope": found.scope, "rules": verdicts}
    for decision, decided in found.decisions.items():
        said = decision_in_words(decided)
        asks = questions(found, decision)
        if asks != {frozenset()}:
            said["asks"] = sorted(map(sorted, asks))
        if said != {"outcome": "silent"}:
            told[decision.value] = said
    if found.silences:
        told["silent on"] = sorted(map(sorted, found.silences))
    return told


def decision_in_words(decided: ReferenceDecided) -> Json:
    """A decision: its outcome, and each line with its certainty and its rules."""
    told: Json = {"outcome": decided.outcome}
    lines = (in_words(option) for option in decided.options)
    parts = {
        "says": sorted(lines),
        "conflicts": sorted(map(sorted, decided.conflicts)),
        "not offered": sorted(
            f"{words(line)} [{', '.join(sorted(rules))}]"
            for line, _, rules in decided.not_offered
        ),
    }
    return told | {name: part for name, part in parts.items() if part}


def in_words(option: ReferenceOption) -> str:
    """A line, how certain it is, and the rules behind it."""
    text = words(option.line)
    is_offer = not text.startswith(("avoid", "contraindicated"))
    how = "certain" if option.is_certain else "possible"
    kind = f"may, {how}" if option.is_beside and is_offer else how
    return f"{kind}: {text} [{', '.join(sorted(option.rules))}]"


# ---------------------------------------------------------------------- generating


def patients(graph: RuleGraph) -> Iterator[Json]:
    """Patients over every fact that is read, from the smallest to the largest."""
    facts = sorted({x.fact for x in asked(graph)} - {"age"})
    choices = [
        *(values_of(name, graph) for name in facts),
        ["unmentioned", "17 years", "18 years"],
    ]
    size = prod(map(len, choices))
    random = Random(1)  # noqa: S311 -- the same patients each time
    drawn: Iterable[tuple[Any, ...]] = product(*choices)
    if size > MOST:
        drawn = {tuple(map(random.choice, choices)): None for _ in range(MOST)}
    found = []
    for values in drawn:
        known = {
            n: v
            for n, v in zip([*facts, "age"], values, strict=True)
            if v != "unmentioned"
        }
        found += [{"facts": known, "otherwise": word} for word in ("unknown", "absent")]
    found.sort(key=lambda p: (len(p["facts"]), p["otherwise"], json.dumps(p["facts"])))
    yield from found


def values_of(name: str, graph: RuleGraph) -> list[Any]:
    """What may be written of a fact; of a measure, what lies at its bounds and beside them."""
    fact = graph.vocabulary.facts[name]
    match fact.kind:
        case Kind.CHOICE:
            return ["unmentioned", None, *fact.values]
        case Kind.MEASURE:
            compared = [
                x for x in asked(graph) if isinstance(x, Compare) and x.fact == name
            ]
            cuts = {cut for x in compared for cut in (x.low, x.high)}
            near = sorted(
                {cut + by for cut in cuts for by in (-1, 0, 1) if cut + by >= 0}
            )
            return ["unmentioned", *(format_quantity(v, fact.unit) for v in near)]
        case _:
            return ["unmentioned", None, False, True]


def cases(name: str) -> list[Json]:
    """Of patients who are answered alike the smallest, as many as are kept."""
    graph = graph_of(whole_text(name))
    found: dict[str, Json] = {}
    for patient in patients(graph):
        answer = expected(graph, patient)
        found.setdefault(
            json.dumps(answer, sort_keys=True), {**patient, "expect": answer}
        )
    several = list(found.values())
    step = max(1, len(several) / MOST_CASES)
    return [several[int(i * step)] for i in range(min(len(several), MOST_CASES))]


def main() -> None:
    """Write one file of cases for each guideline."""
    for name in names():
        lines = [json.dumps(case, ensure_ascii=False) for case in cases(name)]
        path = HERE / "cases" / f"{name}.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {len(lines)} cases\n")


if __name__ == "__main__":
    main()
