"""Writes the cases of the conformance kit: `python -m tests.conformance.generate`.

Every guideline of the kit is asked about many patients; of those who are answered alike the
smallest is kept. What is written is plain data, so that another implementation can run it. The
expected answers come from this implementation: read the difference before you keep it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any, TypeAlias

from b12guide import passes
from b12guide.errors import PatientError
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import Compare, atoms
from b12guide.graph.model import RuleGraph
from b12guide.graph.used import facts_read
from b12guide.library import Library, SourceFile
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.resolve import state
from b12guide.show.to_json import to_json
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind

__all__ = ["HERE", "asked", "evaluator_of", "names", "whole_text"]

Json: TypeAlias = dict[str, Any]

HERE = Path(__file__).parent
MOST = 6000
"""Patients of one guideline; of more, every so manieth is taken."""

MOST_CASES = 60
"""Of one guideline, the smallest patients first."""

HEAD = """guideline {name} "{name}"
    version 1.0.0
    revised 2026-01-01
    scope   age >= 18 years
source page "A page"
"""
UNORDERED = {"text", "title", "label", "education", "description"}


def names() -> tuple[str, ...]:
    """The guidelines of the kit."""
    return tuple(path.stem for path in sorted((HERE / "guidelines").glob("*.gdl")))


def whole_text(name: str) -> str:
    """A guideline of the kit in one piece: vocabulary, head, rules with their grounds."""
    body = (HERE / "guidelines" / f"{name}.gdl").read_text(encoding="utf-8")
    rules = []
    for block in body.split("\nrule ")[1:]:
        strength = (
            "    strength claim\n"
            if "\n    note " in block
            else "    strength should\n"
        )
        if "strength" in block:
            strength = ""
        own, _, rest = block.partition("\nconflict ")
        after = f"conflict {rest}" if rest else ""
        rules.append(f"rule {own.rstrip()}\n{strength}    cites page\n{after}")
    before = body.split("\nrule ")[0].partition("\n")[2]
    words = (HERE / "vocabulary.gdl").read_text(encoding="utf-8")
    return words + HEAD.format(name=name) + before + "\n" + "".join(rules)


def section(name: str) -> str:
    """The section of the language reference that the guideline is about."""
    first = (HERE / "guidelines" / f"{name}.gdl").read_text("utf-8").partition("\n")[0]
    return "docs/language.md#" + first.removeprefix("# ")


@cache
def evaluator_of(text: str) -> Evaluator:
    """The evaluator of a guideline's text."""
    checked = passes.check(Library(SourceFile("kit.gdl", text.encode())))
    return Evaluator.of(passes.compiled(checked).graph)


def asked(text: str, patient: Json) -> Json:
    """What the guideline answers, without the words for people."""
    evaluator = evaluator_of(text)
    try:
        stated = state(patient_from(patient), evaluator.graph)
        answer = to_json(recommend(evaluator, stated))
    except PatientError as error:
        return {"refused": sorted({d.code for d in error.diagnostics})}
    return {
        "scope": answer["scope"],
        "rules": {
            rule["rule"]: {
                "verdict": rule["verdict"],
                "needs": sorted(rule["needs"]),
                "overridden_by": sorted(rule["overridden_by"]),
            }
            for rule in answer["rules"]
        },
        "decisions": {
            name: _bare(decision)
            for name, decision in answer["decisions"].items()
            if decision["outcome"] != "silent" or decision["options"]
        },
        "questions": sorted(question["fact"] for question in answer["questions"]),
        "conflicts": [
            sorted(rule for side in conflict["sides"] for rule in side["rules"])
            for conflict in answer["conflicts"]
        ],
    }


def _bare(value: Any) -> Any:
    """The value without words; lists whose order says nothing are sorted."""
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if k not in UNORDERED}
    if isinstance(value, list | tuple):
        return sorted(
            (_bare(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True)
        )
    return value


# ---------------------------------------------------------------------- generating


def _patients(graph: RuleGraph) -> Iterator[Json]:
    """Patients over every fact that is read, from the smallest to the largest."""
    facts = sorted(facts_read(graph) - {"age"})
    choices = [_values(name, graph) for name in facts]
    found = []
    for values in product(*choices):
        known = {n: v for n, v in zip(facts, values, strict=True) if v != "unmentioned"}
        for age in ("unmentioned", "17 years", "18 years"):
            with_age = known if age == "unmentioned" else {**known, "age": age}
            found += [
                {"facts": with_age, "otherwise": otherwise}
                for otherwise in ("unknown", "absent")
            ]
    found.sort(key=lambda p: (len(p["facts"]), p["otherwise"], json.dumps(p["facts"])))
    step = max(1, len(found) // MOST)
    yield from found[::step]


def _values(name: str, graph: RuleGraph) -> list[Any]:
    fact = graph.vocabulary.facts[name]
    match fact.kind:
        case Kind.CHOICE:
            return ["unmentioned", None, *fact.values]
        case Kind.MEASURE:
            cuts = {
                cut
                for rule in graph.rules.values()
                for leaf in atoms(rule.condition)
                if isinstance(leaf, Compare) and leaf.fact == name
                for cut in (leaf.low, leaf.high)
            }
            near = sorted({cut + by for cut in cuts for by in (-1, 0, 1)})
            return ["unmentioned", *(format_quantity(v, fact.unit) for v in near)]
        case _:
            return ["unmentioned", None, False, True]


def _cases(name: str) -> Iterator[Json]:
    text = whole_text(name)
    seen: set[str] = set()
    for patient in _patients(evaluator_of(text).graph):
        expected = asked(text, patient)
        behaviour = json.dumps(expected, sort_keys=True)
        if behaviour not in seen:
            seen.add(behaviour)
            yield {"patient": patient, "expected": expected}


def main() -> None:
    """Write one file of cases for each guideline."""
    for name in names():
        kit = {
            "schema": "b12guide.conformance/1",
            "section": section(name),
            "guideline": whole_text(name),
            "cases": list(islice(_cases(name), MOST_CASES)),
        }
        path = HERE / "cases" / f"{name}.json"
        lines = json.dumps(kit, ensure_ascii=False, indent=1, sort_keys=True)
        path.write_text(lines + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {len(kit['cases'])} cases\n")


if __name__ == "__main__":
    main()
