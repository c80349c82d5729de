"""The program for a single patient, as one Python function.

The function is built as a syntax tree from checked nodes, never from text and never from anything
that an author or a user typed: names of facts only ever stand in it as string constants. A truth is
`True`, `False` or `None` for unknown inside it. What the function returns is tested against the
interpreter.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TypeAlias, assert_never

from attrs import frozen

from b12guide.evaluate.program import Node, Op, Program
from b12guide.graph.condition import Compare, Has, OneOf
from b12guide.patient.model import FactValue
from b12guide.values.term import Operator

__all__ = ["APPLIES", "FALLS", "OPEN", "OVERRIDDEN", "Compiled", "compiled"]

FALLS, APPLIES, OVERRIDDEN, OPEN = range(4)
"""The verdict codes: does not apply, applies, overridden, not decided."""

Compiled: TypeAlias = Callable[
    [Mapping[str, FactValue], Mapping[str, bool], Callable[[int], bool | None]],
    tuple[tuple[bool | None, ...], tuple[int, ...]],
]
"""From values, stated definitions and a way to read a difficult leaf to truths and verdicts."""

_OPERATORS: Mapping[Operator, ast.cmpop] = {
    Operator.LESS: ast.Lt(),
    Operator.AT_MOST: ast.LtE(),
    Operator.MORE: ast.Gt(),
    Operator.AT_LEAST: ast.GtE(),
    Operator.EQUAL: ast.Eq(),
}


def compiled(program: Program) -> Compiled:
    """The function that works out every node, and the verdict of every rule in order."""
    truths = _Truths.of(program)
    lines = [
        _assign(name, _call("get", _constant(fact)))
        for fact, name in truths.slots.items()
    ]
    for step, node in enumerate(program.nodes):
        lines += truths.statements(step, node)
    nodes = [truths[step] for step in range(len(program.nodes))]
    codes = [_verdict(program, truths, name) for name in program.conditions]
    lines.append(ast.Return(_tuple([_tuple(nodes), _tuple(codes)])))
    function = ast.FunctionDef(
        name="answer",
        args=ast.arguments(
            posonlyargs=[],
            args=[ast.arg(name) for name in ("values", "stated", "read")],
            kwonlyargs=[],
            kw_defaults=[],
            defaults=[],
        ),
        body=[
            _assign("get", ast.Attribute(_name("values"), "get", ast.Load())),
            *lines,
        ],
        decorator_list=[],
    )
    module = ast.fix_missing_locations(ast.Module([function], type_ignores=[]))
    namespace: dict[str, Compiled] = {}
    exec(  # noqa: S102 - the tree holds nothing but what this module put there
        compile(module, "<guideline>", "exec"), {"__builtins__": {}}, namespace
    )
    return namespace["answer"]


# -------------------------------------------------------------------------- nodes


@frozen
class _Truths:
    """The variables that hold the truth of each node; a finding's is that of its fact."""

    slots: Mapping[str, str]
    names: tuple[str, ...]

    @classmethod
    def of(cls, program: Program) -> _Truths:
        facts = sorted({n.leaf.fact for n in program.nodes if n.leaf is not None})
        slots = {fact: f"f{i}" for i, fact in enumerate(facts)}
        names = (
            slots[node.leaf.fact] if isinstance(node.leaf, Has) else f"n{step}"
            for step, node in enumerate(program.nodes)
        )
        return cls(slots, tuple(names))

    def __getitem__(self, step: int) -> ast.expr:
        return _name(self.names[step])

    def statements(self, step: int, node: Node) -> list[ast.stmt]:
        """The statements that leave the truth of a node in its variable."""
        here = self.names[step]
        operands = [self[operand] for operand in node.operands]
        match node.op:
            case Op.LEAF:
                leaf = node.leaf
                if leaf is None or isinstance(leaf, Has):
                    return []
                return [_assign(here, _leaf(step, leaf, _name(self.slots[leaf.fact])))]
            case Op.KNOWN:
                return [_assign(here, _is(operands[0], value=True))]
            case Op.NOT:
                opposite = ast.UnaryOp(ast.Not(), operands[0])
                return [_assign(here, _unless_unknown(operands[0], opposite))]
            case Op.DEFINED:
                got = ast.Attribute(_name("stated"), "get", ast.Load())
                stated = _assign(here, ast.Call(got, [_constant(node.name)], []))
                worked_out = [_assign(here, operands[0])]
                return [stated, ast.If(_is(_name(here), value=None), worked_out, [])]
            case Op.ALL:
                return [_assign(here, _all(operands))]
            case Op.ANY:
                return [_assign(here, _any(operands))]
            case _:
                assert_never(node.op)


def _leaf(step: int, leaf: Compare | OneOf, value: ast.expr) -> ast.expr:
    match leaf:
        case OneOf(values=values):
            among = ast.Compare(value, [ast.In()], [_tuple(map(_constant, values))])
            return ast.IfExp(_is(value, value=None), _read(step), among)
        case Compare(operator=operator, low=low, high=high):
            if low != high or low.denominator != 1:
                return _read(step)
            bound = _constant(low.numerator)
            compared = ast.Compare(value, [_OPERATORS[operator]], [bound])
            return _unless_unknown(value, compared)
        case _:
            assert_never(leaf)


def _all(operands: list[ast.expr]) -> ast.expr:
    if not operands:
        return _constant(value=True)
    fails = ast.BoolOp(ast.Or(), [_is(one, value=False) for one in operands])
    if len(operands) == 1:
        return operands[0]
    both = ast.BoolOp(ast.And(), operands)
    return ast.IfExp(fails, _constant(value=False), both)


def _any(operands: list[ast.expr]) -> ast.expr:
    if not operands:
        return _constant(value=False)
    if len(operands) == 1:
        return operands[0]
    unknown = ast.BoolOp(ast.Or(), [_is(one, value=None) for one in operands])
    neither = ast.IfExp(unknown, _constant(value=None), _constant(value=False))
    return ast.IfExp(ast.BoolOp(ast.Or(), operands), _constant(value=True), neither)


def _verdict(program: Program, truths: _Truths, rule: str) -> ast.expr:
    """The code of a rule's verdict."""
    own, exceptions = truths[program.conditions[rule]], program.exceptions[rule]
    decided: ast.expr = _constant(APPLIES)
    if program.nodes[exceptions] != Node(Op.ANY):
        given_way = truths[exceptions]
        decided = ast.IfExp(
            _is(given_way, value=None),
            _constant(OPEN),
            ast.IfExp(given_way, _constant(OVERRIDDEN), _constant(APPLIES)),
        )
    undecided = ast.IfExp(_is(own, value=None), _constant(OPEN), _constant(FALLS))
    return ast.IfExp(own, decided, undecided)


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
    return _call("read", _constant(step))


def _is(operand: ast.expr, *, value: bool | None) -> ast.expr:
    return ast.Compare(operand, [ast.Is()], [_constant(value)])


def _unless_unknown(operand: ast.expr, otherwise: ast.expr) -> ast.expr:
    return ast.IfExp(_is(operand, value=None), _constant(value=None), otherwise)
