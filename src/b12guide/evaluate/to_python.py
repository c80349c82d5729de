"""The verdicts of a single patient, or the truth of every condition, as one Python function.

The functions are built as a syntax tree from checked nodes, never from text and never from anything
that an author or a user typed: names of facts only ever stand in it as string constants. A truth
is `True`, `False` or `None` for unknown inside it. Rules that share a condition without which none
of them applies form a block that is skipped when it is false. What the functions return is tested
against the interpreter.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeAlias, assert_never

from attrs import frozen

from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.program import Op, Program, ProgramNode, below, reader
from b12guide.graph.condition import Compare, Has, HasValue, OneOf
from b12guide.graph.model import RuleGraph
from b12guide.values.term import Operator

FALLS, APPLIES, OVERRIDDEN, OPEN = range(4)
"""The verdict codes: does not apply, applies, overridden, not decided."""

Codes: TypeAlias = Callable[[Facts], bytearray]
"""From what is known of a patient to the verdict code of every rule."""

BlockFunction: TypeAlias = Callable[[Facts, bytearray], None]
"""Leaves the codes of some rules in an array where all of them fall so far."""

Truths: TypeAlias = Callable[[Facts], tuple[bool | None, ...]]
"""From what is known of a patient to the truth of every node of the program."""

Kept: TypeAlias = Callable[[Facts], tuple[bool, ...]]
"""From what is known of a patient to whether each implication holds whatever is unknown."""

_OPERATORS: Mapping[Operator, ast.cmpop] = {
    Operator.LESS: ast.Lt(),
    Operator.AT_MOST: ast.LtE(),
    Operator.MORE: ast.Gt(),
    Operator.AT_LEAST: ast.GtE(),
    Operator.EQUAL: ast.Eq(),
}

_READINGS = {"LOWER": Reading.LOWER, "UPPER": Reading.UPPER}

Pair: TypeAlias = tuple[int, int]
"""The condition of a rule, and the disjunction of its exceptions' conditions."""


def compiled(graph: RuleGraph, program: Program) -> Codes:
    """The function that gives the code of the verdict of every rule, in order."""
    writer = PythonWriter(program)
    inside, outside = (
        writer.blocks(places_of(rule_pairs(graph, program, outside=outside)))
        for outside in (False, True)
    )
    scope = _is(_name(writer.names[program.scope]), value=False)
    found: Codes = _function(
        ("facts",),
        {"NONE": bytearray(len(graph.rules)), "read": reader(program)},
        _assign("found", ast.Call(_attribute("NONE", "copy"), [], [])),
        *writer.nodes(below(program, [program.scope], frozenset())),
        ast.If(scope, [*outside, ast.Return(_name("found"))], []),
        *inside,
        ast.Return(_name("found")),
    )
    return found


def block_function(
    writer: PythonWriter, places: Mapping[Pair, list[int]]
) -> BlockFunction:
    """The function that leaves the codes of the rules with these pairs in their places."""
    found: BlockFunction = _function(
        ("facts", "found"), {"read": reader(writer.program)}, *writer.blocks(places)
    )
    return found


def truths(program: Program) -> Truths:
    """The function that gives the truth of every node."""
    writer = PythonWriter(program)
    found: Truths = _function(
        ("facts",),
        {"read": reader(program)},
        *writer.nodes(range(len(program.nodes))),
        ast.Return(_tuple(map(_name, writer.names))),
    )
    return found


def kept(program: Program) -> Kept:
    """The function that tells of every implication whether the known facts alone keep it."""
    writer = PythonWriter(program)
    ends = [step for pair in program.implications for step in pair]
    found: Kept = _function(
        ("facts",),
        {"read": reader(program)},
        *writer.nodes(below(program, ends, frozenset())),
        ast.Return(
            _tuple(
                [
                    _some(
                        [
                            _is(_name(writer.names[premise]), value=False),
                            _is(_name(writer.names[conclusion]), value=True),
                        ]
                    )
                    for premise, conclusion in program.implications
                ]
            )
        ),
    )
    return found


def _function(
    arguments: tuple[str, ...], constants: Mapping[str, Any], *body: ast.stmt
) -> Any:
    """The function of these `arguments` with this body, which knows `constants`."""
    function = ast.FunctionDef(
        name="answer",
        args=ast.arguments(
            posonlyargs=[],
            args=[ast.arg(name) for name in arguments],
            kwonlyargs=[],
            kw_defaults=[],
            defaults=[],
        ),
        body=[
            _assign("values", _attribute("facts", "values")),
            _assign("get", _attribute("values", "get")),
            _assign("stated", _attribute("facts", "definitions")),
            *body,
        ],
        decorator_list=[],
    )
    module = ast.fix_missing_locations(ast.Module([function], type_ignores=[]))
    namespace: dict[str, Any] = {**constants, **_READINGS, "__builtins__": {}}
    exec(  # noqa: S102 - the tree holds nothing but what this module put there
        compile(module, "<guideline>", "exec"), namespace
    )
    # It does not know itself: then it goes, with all that it reads, when its evaluator goes.
    return namespace.pop("answer")


def rule_pairs(
    graph: RuleGraph, program: Program, *, outside: bool
) -> list[Pair | None]:
    """The pairs of the rules for those outside the scope, or within it; None for the others."""
    # Both stand in the order of the rules.
    pairs = zip(program.conditions.values(), program.exceptions.values(), strict=True)
    return [
        pair if rule.outside_scope is outside else None
        for rule, pair in zip(graph.rules.values(), pairs, strict=True)
    ]


def places_of(pairs: Iterable[Pair | None]) -> dict[Pair, list[int]]:
    """The places at which each pair stands."""
    found: dict[Pair, list[int]] = {}
    for place, pair in enumerate(pairs):
        if pair is not None:
            found.setdefault(pair, []).append(place)
    return found


# ------------------------------------------------------------------------- blocks


def _gates(program: Program, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """For each pair that has one, the node that it shares with others and cannot do without.

    Most rules of a guideline begin with the same few conditions, one of which is false of most
    patients. Where a node that several rules need is false, none of them applies and nothing else
    that only they read matters: it becomes the gate of a block. Of the conjuncts of a rule the one
    that most rules share is taken, the earliest where some are shared alike, so that one program is
    always written in one way. A gate before a single rule would save nothing.
    """
    parts = {
        pair: (
            program.nodes[pair[0]].operands
            if program.nodes[pair[0]].op is Op.ALL
            else (pair[0],)
        )
        for pair in pairs
    }
    shared = Counter(part for found in parts.values() for part in found)
    gates = {
        pair: max(found, key=lambda part: (shared[part], -part))
        for pair, found in parts.items()
        if found
    }
    sizes = Counter(gates.values())
    return {pair: gate for pair, gate in gates.items() if sizes[gate] > 1}


def _places(
    program: Program, gates: Mapping[Pair, int | None]
) -> dict[int, int | None]:
    """For each node that is needed, the only block that needs it; None for all blocks.

    What two blocks need stands before both, or it would have no value in the second when the first
    is skipped; so do the gates themselves, and all that they are worked out from.
    """
    found: dict[int, int | None] = {}
    for pair, gate in gates.items():
        for step in below(program, pair, frozenset()):
            found[step] = gate if found.get(step, gate) == gate else None
    for gate in gates.values():
        if gate is not None:
            for step in below(program, [gate], frozenset()):
                found[step] = None
    return found


# -------------------------------------------------------------------------- nodes


@frozen(slots=False, eq=False, repr=False)
class PythonWriter:
    """Writes statements about the nodes of a program; a finding has the variable of its fact."""

    program: Program

    @cached_property
    def slots(self) -> Mapping[str, str]:
        """The variable of each fact."""
        facts = sorted({n.leaf.fact for n in self.program.nodes if n.leaf is not None})
        return {fact: f"f{i}" for i, fact in enumerate(facts)}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variable of each node."""
        slots = self.slots
        return tuple(
            slots[node.leaf.fact] if isinstance(node.leaf, Has) else f"n{step}"
            for step, node in enumerate(self.program.nodes)
        )

    @cached_property
    def certain(self) -> frozenset[int]:
        """The nodes that are never unknown."""
        certain: set[int] = set()
        for step, node in enumerate(self.program.nodes):
            if node.op in (Op.ESTABLISHED, Op.RECORDED) or (
                node.op is not Op.LEAF and certain.issuperset(node.operands)
            ):
                certain.add(step)
        return frozenset(certain)

    def blocks(self, places_of: Mapping[Pair, list[int]]) -> list[ast.stmt]:
        """Statements that leave the codes of rules in their places; where none stand they fall."""
        pairs = tuple(places_of)
        shared = _gates(self.program, pairs)
        gates = {pair: shared.get(pair) for pair in pairs}
        places = _places(self.program, gates)
        needed = sorted(places)
        lines = self.nodes(step for step in needed if places[step] is None)
        lines += [
            self.code(pair, places_of[pair]) for pair in pairs if gates[pair] is None
        ]
        for gate in dict.fromkeys(gates.values()):
            if gate is None:
                continue
            steps = (step for step in needed if places[step] == gate)
            worked_out = self.nodes(steps, gate)
            worked_out += [
                self.code(pair, places_of[pair])
                for pair in pairs
                if gates[pair] == gate
            ]
            may_hold = _is_not(_name(self.names[gate]), value=False)
            lines.append(ast.If(may_hold, worked_out, []))
        return lines

    def nodes(self, steps: Iterable[int], gate: int | None = None) -> list[ast.stmt]:
        """Statements that leave the truth of each node in its variable; `gate` is not false."""
        lines: list[ast.stmt] = []
        read: set[str] = set()
        for step in steps:
            node = self.program.nodes[step]
            if node.leaf is not None and node.leaf.fact not in read:
                fact = node.leaf.fact
                read.add(fact)
                lines.append(_assign(self.slots[fact], _call("get", _constant(fact))))
            lines += self.node(step, node, gate)
        return lines

    def node(self, step: int, node: ProgramNode, gate: int | None) -> list[ast.stmt]:
        """Statements that leave the truth of one node in its variable."""
        here = self.names[step]
        operands = [_name(self.names[operand]) for operand in node.operands]
        match node.op:
            case Op.LEAF:
                leaf = node.leaf
                if leaf is None or isinstance(leaf, Has):
                    return []
                return [_assign(here, _leaf(step, leaf, _name(self.slots[leaf.fact])))]
            case Op.ESTABLISHED:
                return [_assign(here, _is(operands[0], value=True))]
            case Op.RECORDED:
                return [_assign(here, _is_not(operands[0], value=None))]
            case Op.NOT:
                opposite: ast.expr = ast.UnaryOp(ast.Not(), operands[0])
                if step not in self.certain:
                    opposite = _unless_unknown(operands[0], opposite)
                return [_assign(here, opposite)]
            case Op.DEFINED:
                got = _attribute("stated", "get")
                stated = _assign(here, ast.Call(got, [_constant(node.name)], []))
                worked_out = [_assign(here, operands[0])]
                return [stated, ast.If(_is(_name(here), value=None), worked_out, [])]
            case (
                Op.ALL
            ):  # inside its block a gate is not false, and need not be looked at
                may_fail = [self.names[o] for o in node.operands if o != gate]
                return [_assign(here, _all(operands, may_fail))]
            case Op.ANY:
                open_ = [self.names[o] for o in node.operands if o not in self.certain]
                return [_assign(here, _any(operands, open_))]
            case _:
                assert_never(node.op)

    def code(self, pair: Pair, places: list[int]) -> ast.stmt:
        """The statement that leaves the code of a verdict in the `places` of its rules."""
        own, exceptions = pair
        decided: ast.expr = _constant(APPLIES)
        if self.program.nodes[exceptions] != ProgramNode(Op.ANY):
            decided = self.chosen(exceptions, _constant(OVERRIDDEN), APPLIES)
        if self.program.nodes[own] != ProgramNode(Op.ALL):
            decided = self.chosen(own, decided, FALLS)
        found = _name("found")
        targets = [ast.Subscript(found, _constant(p), ast.Store()) for p in places]
        return ast.Assign([*targets], decided)

    def chosen(self, step: int, when_true: ast.expr, when_false: int) -> ast.expr:
        """One code or the other by the truth of a node, `OPEN` where it is unknown."""
        truth, otherwise = _name(self.names[step]), _constant(when_false)
        if step not in self.certain:
            unknown = _is(truth, value=None)
            otherwise = ast.IfExp(unknown, _constant(OPEN), otherwise)
        return ast.IfExp(truth, when_true, otherwise)


def _leaf(step: int, leaf: Compare | OneOf | HasValue, value: ast.expr) -> ast.expr:
    match leaf:
        case HasValue():
            return _unless_unknown(value, _constant(value=True))
        case OneOf(values=(only,)):
            among = ast.Compare(value, [ast.Eq()], [_constant(only)])
            return ast.IfExp(_is(value, value=None), _read(step), among)
        case OneOf(values=values):
            among = ast.Compare(value, [ast.In()], [_tuple(map(_constant, values))])
            return ast.IfExp(_is(value, value=None), _read(step), among)
        case Compare(operator=operator, low=low, high=high):
            if low.denominator != 1 or high.denominator != 1:
                return _read(step)
            at_low, at_high = (
                ast.Compare(value, [_OPERATORS[operator]], [_constant(b.numerator)])
                for b in (low, high)
            )
            if low == high:
                return _unless_unknown(value, at_low)
            agree = ast.Compare(at_low, [ast.Is()], [at_high])
            return _unless_unknown(
                value, ast.IfExp(agree, at_low, _as_read(at_low, at_high))
            )
        case _:
            assert_never(leaf)


def _all(operands: list[ast.expr], may_fail: list[str]) -> ast.expr:
    if not operands:
        return _constant(value=True)
    if len(operands) == 1:
        return operands[0]
    fails = _some([_is(_name(one), value=False) for one in may_fail])
    return ast.IfExp(fails, _constant(value=False), ast.BoolOp(ast.And(), operands))


def _any(operands: list[ast.expr], open_: list[str]) -> ast.expr:
    if not operands:
        return _constant(value=False)
    if len(operands) == 1:
        return operands[0]
    holds = ast.BoolOp(ast.Or(), operands)
    if not open_:
        return holds
    unknown = _some([_is(_name(one), value=None) for one in open_])
    neither = ast.IfExp(unknown, _constant(value=None), _constant(value=False))
    return ast.IfExp(holds, _constant(value=True), neither)


def _some(operands: list[ast.expr]) -> ast.expr:
    return operands[0] if len(operands) == 1 else ast.BoolOp(ast.Or(), operands)


# ------------------------------------------------------------------------- pieces


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _constant(value: bool | str | int | None) -> ast.expr:
    return ast.Constant(value)


def _tuple(items: list[ast.expr] | map[ast.expr]) -> ast.expr:
    return ast.Tuple(list(items), ast.Load())


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _call(name: str, argument: ast.expr) -> ast.expr:
    return ast.Call(_name(name), [argument], [])


def _read(step: int) -> ast.expr:
    return ast.Call(_name("read"), [_constant(step), _name("facts")], [])


def _as_read(at_low: ast.expr, at_high: ast.expr) -> ast.expr:
    """The truth inside a printed range, by the reading of thresholds."""
    reading = _attribute("facts", "reading")
    is_lower, is_upper = (
        ast.Compare(reading, [ast.Is()], [_name(end)]) for end in _READINGS
    )
    upper = ast.IfExp(is_upper, at_high, _constant(None))
    return ast.IfExp(is_lower, at_low, upper)


def _attribute(of: str, name: str) -> ast.expr:
    return ast.Attribute(_name(of), name, ast.Load())


def _is(operand: ast.expr, *, value: bool | None) -> ast.expr:
    return ast.Compare(operand, [ast.Is()], [_constant(value)])


def _is_not(operand: ast.expr, *, value: bool | None) -> ast.expr:
    return ast.Compare(operand, [ast.IsNot()], [_constant(value)])


def _unless_unknown(operand: ast.expr, otherwise: ast.expr) -> ast.expr:
    return ast.IfExp(_is(operand, value=None), _constant(value=None), otherwise)
