"""The guideline in JSONLogic, run by datalogic (Rust, PyPI `datalogic-py`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from contest import Contestant, NotInstalledError, Plain, made, timed

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op, Program
from b12guide.graph.condition import Compare, Has, HasValue, Leaf, OneOf

__all__ = ["contestants"]


def contestants(
    evaluator: Evaluator, patients: Sequence[Plain]
) -> Iterator[Contestant]:
    """One rule for all verdicts, of a mapping and of one that the engine has parsed before."""
    try:
        import datalogic_py  # noqa: PLC0415 - only where it is installed
    except ImportError as error:
        message = "datalogic: pip install datalogic-py"
        raise NotInstalledError(message) from error
    logic = json.dumps(codes(evaluator))
    engine = datalogic_py.Engine()
    rule, making = made(lambda: engine.compile(logic))
    session = engine.session()
    parsed = [datalogic_py.DataHandle(json.dumps(patient)) for patient in patients]
    yield timed(
        "datalogic (Rust), from a dict",
        lambda: [rule.evaluate(patient) for patient in patients],
        making,
    )
    yield timed(
        "datalogic (Rust), parsed before",
        lambda: [session.evaluate_data(rule, one) for one in parsed],
    )


def codes(evaluator: Evaluator) -> list[Any]:
    """The code of each rule, an expression of two-valued logic."""
    program = evaluator.program
    pairs = _pairs(program)
    _, out_of_scope = pairs[program.scope]
    found = []
    for name, rule in evaluator.graph.rules.items():
        own, not_own = pairs[program.conditions[name]]
        excepted, unexcepted = pairs[program.exceptions[name]]
        unheard = {"!": out_of_scope} if rule.outside_scope else out_of_scope
        settled = 1 if excepted is False else {"if": [unexcepted, 1, excepted, 2, 3]}
        falls = _joined("or", [unheard, not_own], neutral=False)
        found.append({"if": [falls, 0, own, settled, 3]})
    return found


def _pairs(program: Program) -> list[tuple[Any, Any]]:
    """Each condition as two: that it is certainly true, and certainly false."""
    pairs: list[tuple[Any, Any]] = []
    for node in program.nodes:
        trues = [pairs[operand][0] for operand in node.operands]
        falses = [pairs[operand][1] for operand in node.operands]
        match node.op:
            case Op.LEAF if node.leaf is not None:
                pairs.append(_leaf(node.leaf))
            case Op.ESTABLISHED:
                pairs.append((trues[0], {"!": trues[0]}))
            case Op.RECORDED:
                known = _joined("or", [trues[0], falses[0]], neutral=False)
                pairs.append((known, {"!": known}))
            case Op.NOT:
                pairs.append((falses[0], trues[0]))
            case Op.DEFINED:
                pairs.append((trues[0], falses[0]))
            case Op.ANY:
                every = _joined("and", falses, neutral=True)
                pairs.append((_joined("or", trues, neutral=False), every))
            case _:
                some = _joined("or", falses, neutral=False)
                pairs.append((_joined("and", trues, neutral=True), some))
    return pairs


def _leaf(leaf: Leaf) -> tuple[Any, Any]:
    value = {"var": leaf.fact}
    known = {"!==": [value, None]}
    match leaf:
        case Has():
            return {"===": [value, True]}, {"===": [value, False]}
        case HasValue():
            return known, False
        case OneOf(values=values):
            among = {"in": [value, list(values)]}
            return among, {"and": [known, {"!": among}]}
        case Compare(operator=operator, low=low, high=high):
            sign = {"=": "==="}.get(operator.value, operator.value)
            ends = [{sign: [value, float(end)]} for end in dict.fromkeys((low, high))]
            return {"and": [known, *ends]}, {"and": [known, *({"!": e} for e in ends)]}
        case _:
            assert_never(leaf)


def _joined(word: str, parts: Sequence[Any], *, neutral: bool) -> Any:
    if (not neutral) in [part for part in parts if isinstance(part, bool)]:
        return not neutral
    kept = [part for part in parts if part is not neutral]
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else {word: kept}
