"""A guideline as two-valued text, for engines that know no third value.

Each condition becomes two expressions, one that is true when the condition is certainly true and
one that is true when it is certainly false. Definitions are written out where they are used, for
these engines have no names for parts of an expression.
"""

from __future__ import annotations

from collections.abc import Iterable
from json import dumps
from typing import TypeAlias, assert_never

from attrs import frozen

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op, Program
from b12guide.graph.condition import Compare, Has, HasValue, Leaf, OneOf

__all__ = ["Dialect", "RuleText", "rule_texts"]

Pair: TypeAlias = tuple[str, str]


@frozen(kw_only=True)
class Dialect:
    """How an engine writes facts and connectives.

    Attributes:
        fact: The value of a fact.
        known: That a fact is known.
        is_guarded: Whether a fact must not be looked at unless it is known.
        has: That a finding is so, and that it is not.
        among: That a value is one of a list in JSON.
    """

    fact: str = "{fact}"
    known: str = "{fact} != null"
    is_guarded: bool = False
    has: tuple[str, str] = ("{value} == true", "{value} == false")
    among: str = "{value} in {values}"
    conjunction: str = " && "
    disjunction: str = " || "
    negation: str = "!"

    def leaf(self, atom: Leaf) -> Pair:
        """An atom, certainly true and certainly false."""
        value = self.fact.format(fact=atom.fact)
        known = [f"({self.known.format(fact=atom.fact)})"]
        seldom = known if self.is_guarded else []
        match atom:
            case Has():
                true, false = (part.format(value=value) for part in self.has)
                return self._all(*seldom, true), self._all(*seldom, false)
            case HasValue():
                return known[0], "false"
            case OneOf(values=values):
                among = self.among.format(value=value, values=dumps(list(values)))
                neither = self._all(*known, f"{self.negation}({among})")
                return self._all(*seldom, among), neither
            case Compare(operator=operator, low=low, high=high):
                sign = {"=": "=="}.get(operator.value, operator.value)
                ends = [f"({value} {sign} {end})" for end in dict.fromkeys((low, high))]
                fails = [f"{self.negation}{end}" for end in ends]
                return self._all(*known, *ends), self._all(*known, *fails)
            case _:
                assert_never(atom)

    def _all(self, *parts: str) -> str:
        return f"({self.conjunction.join(parts)})"


@frozen(kw_only=True)
class RuleText:
    """When a rule certainly applies, certainly does not, and is certainly overridden."""

    name: str
    applies: str
    falls: str
    overridden: str


def rule_texts(evaluator: Evaluator, dialect: Dialect) -> tuple[RuleText, ...]:
    """The rules of a guideline, in its order."""
    program = evaluator.program
    pairs = _pairs(program, dialect)
    _, out_of_scope = pairs[program.scope]
    found = []
    for name, rule in evaluator.graph.rules.items():
        true, false = pairs[program.conditions[name]]
        excepted, unexcepted = pairs[program.exceptions[name]]
        if rule.outside_scope:
            heard, unheard = out_of_scope, f"{dialect.negation}({out_of_scope})"
        else:
            heard, unheard = f"{dialect.negation}({out_of_scope})", out_of_scope
        found.append(
            RuleText(
                name=name,
                applies=_joined((heard, true, unexcepted), dialect.conjunction, "true"),
                falls=_joined((unheard, false), dialect.disjunction, "false"),
                overridden=_joined(
                    (heard, true, excepted), dialect.conjunction, "true"
                ),
            )
        )
    return tuple(found)


def _pairs(program: Program, dialect: Dialect) -> list[Pair]:
    pairs: list[Pair] = []
    for node in program.nodes:
        below = [pairs[operand] for operand in node.operands]
        trues, falses = [t for t, _ in below], [f for _, f in below]
        match node.op:
            case Op.LEAF:
                if node.leaf is None:
                    raise AssertionError
                pairs.append(dialect.leaf(node.leaf))
            case Op.ESTABLISHED:
                pairs.append((trues[0], f"{dialect.negation}({trues[0]})"))
            case Op.RECORDED:
                known = _joined((trues[0], falses[0]), dialect.disjunction, "false")
                pairs.append((known, f"{dialect.negation}({known})"))
            case Op.NOT:
                pairs.append((falses[0], trues[0]))
            case Op.DEFINED:
                pairs.append(below[0])
            case Op.ALL:
                pairs.append(
                    (
                        _joined(trues, dialect.conjunction, "true"),
                        _joined(falses, dialect.disjunction, "false"),
                    )
                )
            case Op.ANY:
                pairs.append(
                    (
                        _joined(trues, dialect.disjunction, "false"),
                        _joined(falses, dialect.conjunction, "true"),
                    )
                )
            case _:
                assert_never(node.op)
    return pairs


def _joined(parts: Iterable[str], word: str, empty: str) -> str:
    neutral = empty
    kept = [part for part in parts if part != neutral]
    absorbing = "false" if neutral == "true" else "true"
    if absorbing in kept:
        return absorbing
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else f"({word.join(kept)})"
