"""The guideline in CQL: ELM in JSON, run by cql-execution in Node (`npm install cql-execution`).

CQL's logic has three values of its own, so that conditions are written as they are. The engine
runs in its own process and takes its own time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, assert_never

from contest import Answers, Contestant, NotInstalledError, Plain

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op, Program
from b12guide.graph.condition import Compare, Has, HasValue, Leaf, OneOf
from b12guide.values.term import Operator

__all__ = ["contestants"]

SYSTEM = "{urn:hl7-org:elm-types:r1}"
COMPARISONS = {
    Operator.LESS: "Less",
    Operator.AT_MOST: "LessOrEqual",
    Operator.MORE: "Greater",
    Operator.AT_LEAST: "GreaterOrEqual",
    Operator.EQUAL: "Equal",
}


def contestants(
    evaluator: Evaluator, patients: Sequence[Plain]
) -> Iterator[Contestant]:
    """A process of Node that holds the library and the patients."""
    modules = Path(os.environ.get("NODE_PATH", Path.cwd() / "node_modules"))
    node = shutil.which("node")
    if node is None or not (modules / "cql-execution").is_dir():
        message = "cql-execution: npm install cql-execution (and Node)"
        raise NotInstalledError(message)
    process = subprocess.Popen(  # noqa: S603 - our own script
        [node, Path(__file__).with_name("in_cql.cjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NODE_PATH": str(modules)},
    )
    rules = len(evaluator.graph.rules)
    given = {"library": library(evaluator), "rules": rules, "patients": list(patients)}

    def ask(line: str) -> Any:
        if process.stdin is None or process.stdout is None:
            raise AssertionError
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    ask(json.dumps(given))

    def answers() -> Answers:
        return [tuple(one) for one in ask("answers")]

    yield Contestant(
        name="cql-execution (Node)",
        answers=answers,
        round=lambda: float(ask("round")) / 1000,
    )


def library(evaluator: Evaluator) -> dict[str, Any]:
    """The guideline as an ELM library: facts are parameters, conditions are definitions."""
    program = evaluator.program
    facts = {n.leaf.fact: n.leaf for n in program.nodes if n.leaf is not None}
    definitions = [
        {"name": f"n{step}", "context": "Patient", "expression": expression}
        for step, expression in enumerate(_expressions(program))
    ]
    definitions += [
        {
            "name": f"r{number}",
            "context": "Patient",
            "expression": _code(program, name, outside=rule.outside_scope),
        }
        for number, (name, rule) in enumerate(evaluator.graph.rules.items())
    ]
    return {
        "library": {
            "identifier": {"id": "guideline", "version": "1"},
            "schemaIdentifier": {"id": "urn:hl7-org:elm", "version": "r1"},
            "usings": {
                "def": [{"localIdentifier": "System", "uri": SYSTEM.strip("{}")}]
            },
            "parameters": {
                "def": [
                    {"name": fact, "parameterTypeSpecifier": _named(_type(leaf))}
                    for fact, leaf in facts.items()
                ]
            },
            "statements": {"def": definitions},
        }
    }


def _type(leaf: Leaf) -> str:
    match leaf:
        case Has():
            return "Boolean"
        case OneOf():
            return "String"
        case Compare() | HasValue():
            return "Integer"


def _named(name: str) -> dict[str, str]:
    return {"type": "NamedTypeSpecifier", "name": SYSTEM + name}


def _literal(value: object, kind: str) -> dict[str, Any]:
    text = str(value).lower() if kind == "Boolean" else str(value)
    return {"type": "Literal", "valueType": SYSTEM + kind, "value": text}


def _expressions(program: Program) -> Iterator[dict[str, Any]]:
    for node in program.nodes:
        below = [{"type": "ExpressionRef", "name": f"n{o}"} for o in node.operands]
        match node.op:
            case Op.LEAF if node.leaf is not None:
                yield _leaf(node.leaf)
            case Op.ESTABLISHED:
                yield {"type": "IsTrue", "operand": below[0]}
            case Op.RECORDED:
                missing = {"type": "IsNull", "operand": below[0]}
                yield {"type": "Not", "operand": missing}
            case Op.NOT:
                yield {"type": "Not", "operand": below[0]}
            case Op.DEFINED:
                yield below[0]
            case Op.ANY:
                yield _joined("Or", below, neutral=False)
            case _:
                yield _joined("And", below, neutral=True)


def _joined(kind: str, parts: list[dict[str, Any]], *, neutral: bool) -> dict[str, Any]:
    if not parts:
        return _literal(neutral, "Boolean")
    whole = parts[0]
    for part in parts[1:]:
        whole = {"type": kind, "operand": [whole, part]}
    return whole


def _leaf(leaf: Leaf) -> dict[str, Any]:
    fact = {"type": "ParameterRef", "name": leaf.fact}
    match leaf:
        case Has():
            return fact
        case HasValue():
            missing = {"type": "IsNull", "operand": fact}
            return _chosen(missing, _nothing(), _literal(value=True, kind="Boolean"))
        case OneOf(values=values):
            equal = [
                {"type": "Equal", "operand": [fact, _literal(value, "String")]}
                for value in values
            ]
            return _joined("Or", equal, neutral=False)
        case Compare(operator=operator, low=low, high=high):
            kind = COMPARISONS[operator]
            ends = [
                {"type": kind, "operand": [fact, _literal(end, "Integer")]}
                for end in dict.fromkeys((low, high))
            ]
            if len(ends) == 1:
                return ends[0]
            agree = {"type": "Equal", "operand": ends}
            return _chosen(agree, ends[0], _nothing())
        case _:
            assert_never(leaf)


def _nothing() -> dict[str, Any]:
    nothing = {"type": "Null"}
    return {"type": "As", "operand": nothing, "asType": SYSTEM + "Boolean"}


def _chosen(condition: Any, then: Any, otherwise: Any) -> dict[str, Any]:
    return {"type": "If", "condition": condition, "then": then, "else": otherwise}


def _code(program: Program, rule: str, *, outside: bool) -> dict[str, Any]:
    own, excepted, scope = (
        {"type": "ExpressionRef", "name": f"n{step}"}
        for step in (program.conditions[rule], program.exceptions[rule], program.scope)
    )

    def is_(kind: str, operand: Any) -> dict[str, Any]:
        return {"type": kind, "operand": operand}

    unheard = is_("IsFalse", scope)
    if outside:
        unheard = is_("Not", unheard)
    numbers = [_literal(number, "Integer") for number in range(4)]
    settled = _chosen(
        is_("IsFalse", excepted),
        numbers[1],
        _chosen(is_("IsTrue", excepted), numbers[2], numbers[3]),
    )
    heard = _chosen(
        is_("IsFalse", own),
        numbers[0],
        _chosen(is_("IsTrue", own), settled, numbers[3]),
    )
    return _chosen(unheard, numbers[0], heard)
