"""The verdicts of a guideline as a text that a warehouse runs: a script for Polars, or SQL.

Each rule becomes one Boolean: true where it applies, false where it does not or another rule
overrides it, null where that is not known. Definitions, and conditions that several rules share,
are columns of a stage before them. Nothing but verdicts is exported; the head of the text says
what is missing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TypeAlias

from attrs import field, frozen

from b12guide.errors import B12GuideError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op, below
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Fact, Rule, RuleGraph, Status
from b12guide.interop.dialects import Polars, Sql, Wording
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.say.numbers import number_text
from b12guide.say.validity import standing_text
from b12guide.values.term import Kind


class Dialect(Enum):
    """What runs the text."""

    POLARS = "polars"
    SQL = "sql"


class Divider(Enum):
    """The sign between the parts of a column's name."""

    DOT = "."
    UNDERSCORE = "_"


Columns: TypeAlias = tuple[tuple[str, str], ...]
"""Names and expressions of columns that do not need each other."""


@frozen(kw_only=True, repr=False)
class VerdictExport(Record):
    """A text that works out verdicts without b12guide.

    Attributes:
        text: A module of Python with the function `verdicts(frame)`, or a query of the table
            `patients`.
        rules: The rules that have a column.
        left_out: Those that have none, each with the reason.
    """

    text: str
    rules: tuple[str, ...]
    left_out: Mapping[str, str] = field(converter=frozen_map)


def export_verdicts(
    evaluator: Evaluator,
    dialect: Dialect,
    keep: Iterable[str] = (),
    divider: Divider = Divider.DOT,
) -> VerdictExport:
    """The verdicts of a guideline in a language of tables.

    Args:
        evaluator: The guideline.
        dialect: What runs the text.
        keep: Columns of the patients to be carried along.
        divider: The sign between the parts of a column's name.

    Raises:
        B12GuideError: No rule can be exported.
    """
    left_out = _left_out(evaluator)
    rules = tuple(name for name in evaluator.graph.rules if name not in left_out)
    if not rules:
        reason = next(iter(left_out.values()), "it has none")
        message = f"no rule of {evaluator.graph.name} can be exported: {reason}"
        raise B12GuideError(message)
    words, write = _WRITERS[dialect]
    staged = _Stages(evaluator, words, rules, divider.value)
    head = _head(evaluator.graph, left_out, staged.facts)
    text = write(head, staged, tuple(keep))
    return VerdictExport(text=text, rules=rules, left_out=left_out)


def _left_out(evaluator: Evaluator) -> dict[str, str]:
    """The rules that ask whether something is on record which may follow from something else.

    Less is known without what follows, which makes a verdict null and never another one. But what
    is asked about the record is never null: "not on record" would be wrong where it follows.
    """
    program, graph = evaluator.program, evaluator.graph
    tied = frozenset[str]().union(
        *(program.support[step] for pair in program.implications for step in pair)
    )
    asks = {step for step in program.record if program.support[step] & tied}
    found = {}
    for name, rule in graph.rules.items():
        own = (program.conditions[name], program.exceptions[name], program.scope)
        wrong = sorted(asks.intersection(below(program, own, frozenset())))
        if wrong:
            facts = ", ".join(sorted(program.support[wrong[0]] & tied))
            found[rule.name] = (
                f"it asks what is on record about {facts}, which may follow from other facts"
            )
    return found


class _Stages:
    """The columns, stage by stage: those of a stage need only stages before it."""

    def __init__(
        self, evaluator: Evaluator, words: Wording, rules: Sequence[str], divider: str
    ) -> None:
        self.graph, self.program = evaluator.graph, evaluator.program
        self.words, self.rules, self.divider = words, rules, divider
        roots = [self.program.scope]
        for name in rules:
            roots += self.program.conditions[name], self.program.exceptions[name]
        self.terms: dict[int, str] = {}
        levels: dict[int, int] = {}
        self.worked_out: dict[int, list[tuple[str, str]]] = {}
        facts = set()
        counted = 0
        for step in self._needed(roots):
            node, operands = self.program.nodes[step], self._operands(step)
            level = max((levels[operand] for operand in operands), default=0)
            parts = [self.terms[operand] for operand in operands]
            if step in self.program.counted:
                count, _ = self.program.counted[step]
                counted += 1
                column = f"count.{counted}"
                term = words.at_least(count, parts)
                self.worked_out.setdefault(level, []).append((column, term))
                self.terms[step] = words.column(column)
                level += 1
            elif node.leaf is not None:
                facts.add(node.leaf.fact)
                self.terms[step] = words.leaf(node.leaf)
            elif node.op is Op.DEFINED:
                column = f"definition.{node.name}"
                self.worked_out.setdefault(level, []).append((column, parts[0]))
                self.terms[step] = words.column(column)
                level += 1
            else:
                self.terms[step] = self._joined(node.op, parts)
            levels[step] = level
        everything = self.graph.vocabulary.facts
        self.facts = [fact for name, fact in everything.items() if name in facts]

    def _operands(self, step: int) -> tuple[int, ...]:
        """What a node is worked out from where tables can count."""
        _, counted = self.program.counted.get(step, (0, None))
        return self.program.nodes[step].operands if counted is None else counted

    def _needed(self, roots: Iterable[int]) -> list[int]:
        """The nodes that `roots` are worked out from, in order."""
        seen: set[int] = set()
        pending = list(roots)
        while pending:
            step = pending.pop()
            if step not in seen:
                seen.add(step)
                pending += self._operands(step)
        return sorted(seen)

    def _joined(self, op: Op, parts: Sequence[str]) -> str:
        words = self.words
        match op:
            case Op.NOT:
                return words.negated(parts[0])
            case Op.ESTABLISHED:
                return words.or_else(parts[0], value=False)
            case Op.RECORDED:
                return words.is_known(parts[0])
            case _ if not parts:
                return words.truth(op is Op.ALL)
            case _:
                return words.joined(parts, is_all=op is Op.ALL)

    def stages(self) -> Iterator[tuple[str, Columns]]:
        """What stands before the verdicts, each with the name of its stage."""
        words = self.words
        yield "facts", tuple((f"fact.{f.name}", words.fact(f)) for f in self.facts)
        for number, level in enumerate(sorted(self.worked_out), start=1):
            yield f"definitions_{number}", tuple(self.worked_out[level])
        scope = words.or_else(self.terms[self.program.scope], value=True)
        yield "conditions", (("scope", scope), *self._conditions())

    def _conditions(self) -> Iterator[tuple[str, str]]:
        told = [self.graph.rules[name] for name in self.rules]
        needed = {e for rule in told for e in (*rule.exceptions,)}
        needed |= {rule.name for rule in told if rule.exceptions}
        for name in self.graph.rules:
            if name in needed:
                yield f"condition.{name}", self.terms[self.program.conditions[name]]

    def verdicts(self) -> Iterator[tuple[Rule, Columns]]:
        """The columns of each rule."""
        words = self.words
        for name in self.rules:
            rule = self.graph.rules[name]
            scope = words.column("scope")
            spoken_to = words.negated(scope) if rule.outside_scope else scope
            own = self.terms[self.program.conditions[name]]
            column = f"rule{self.divider}{name}"
            if not rule.exceptions:
                yield rule, ((column, words.joined([spoken_to, own], is_all=True)),)
                continue
            own = words.column(f"condition.{name}")
            but = words.joined(
                [words.column(f"condition.{one}") for one in rule.exceptions],
                is_all=False,
            )
            found = [
                words.joined(
                    [
                        spoken_to,
                        words.only_if(
                            words.is_known(own), words.joined([own, one], is_all=True)
                        ),
                    ],
                    is_all=True,
                )
                for one in (words.negated(but), but)
            ]
            other = f"overridden{self.divider}{name}"
            yield rule, ((column, found[0]), (other, found[1]))


# --------------------------------------------------------------------------- comments


_MEANING = (
    "One Boolean for each rule: true where it applies; false where it does not, or another rule "
    "overrides it (then `overridden` is true); null where that is not known or the source "
    "leaves it open. Null is never no."
)
_MISSING = (
    "What this text does not do, and b12guide does: it takes no decision from the verdicts, and "
    "names no question and no silence. It fills in nothing that follows from other facts, and "
    "does not see where facts contradict each other. It reads no column of a definition, no "
    "synonym and no unit. A number outside its range and a text that is no value of its "
    "fact count as null, without a word."
)


def _head(
    graph: RuleGraph, left_out: Mapping[str, str], facts: Sequence[Fact]
) -> tuple[str, ...]:
    """What the text says about itself, line by line."""
    approved = graph.status is Status.APPROVED
    review = graph.status.value + ("" if approved else "; not approved for any use")
    paragraphs = [
        f"The verdicts of {graph.name} {graph.version}: {_line(graph.title)}",
        f"status: {'; '.join(filter(None, (standing_text(graph), review)))}",
        f"digest: {graph.digest}",
        f"exported by b12guide {VERSION}; edit the guideline and not this text",
        EDUCATION_NOTICE,
        "",
        _MEANING,
        "",
        _MISSING,
    ]
    if graph.implications:
        paragraphs += ["", "Not filled in, and not checked:"]
        paragraphs += [f"- {_line(one.name)}" for one in graph.implications]
    if left_out:
        paragraphs += ["", "Rules that are left out:"]
        paragraphs += [f"- {name}: {why}" for name, why in left_out.items()]
    paragraphs += ["", "Columns that are read; add one that is missing as null:"]
    paragraphs += [f"- {fact.name}: {_kind(fact)}" for fact in facts]
    return tuple(
        line
        for paragraph in paragraphs
        for line in textwrap.wrap(
            paragraph,
            84,
            subsequent_indent="  " if paragraph.startswith("- ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        or [""]
    )


def _kind(fact: Fact) -> str:
    """What the column of a fact holds."""
    match fact.kind:
        case Kind.MEASURE:
            unit = f" in {_line(fact.unit)}" if fact.unit else ""
            if fact.plausible is None:
                return f"number{unit}"
            low, high = map(number_text, fact.plausible)
            return f"number{unit}, {low} to {high}"
        case Kind.CHOICE:
            return "text: " + ", ".join(map(_line, fact.values))
        case _:
            return "Boolean"


def _about(rule: Rule) -> str:
    """What stands above the columns of a rule."""
    grounds = rule.grounds
    behind = ", ".join((*grounds.statements, *grounds.sources)) or "no statement"
    return _line(f"{rule.name} ({rule.decision.value}; {behind}): {rule.title}")


def _line(text: str) -> str:
    """A text that cannot leave its line."""
    return " ".join(text.split())


def _commented(mark: str, lines: Iterable[str]) -> Iterator[str]:
    return (f"{mark} {line}".rstrip() for line in lines)


# ------------------------------------------------------------------------------ texts


def _sql(head: Iterable[str], staged: _Stages, keep: Sequence[str]) -> str:
    words = Sql()
    lines = [*_commented(words.comment, head), ""]
    before, opening = "patients", "WITH"
    for name, columns in staged.stages():
        if not columns:
            continue
        listed = [f"    {term} AS {words.column(column)}" for column, term in columns]
        lines += [f"{opening} {name} AS (", "  SELECT *,"]
        lines += [*",\n".join(listed).split("\n"), f"  FROM {before}", ")"]
        lines[-1] += ","
        before, opening = name, " "
    lines[-1] = ")"
    lines.append("SELECT")
    blocks = [f"  {words.column(name)}" for name in keep]
    for rule, columns in staged.verdicts():
        terms = (f"  {term} AS {words.column(column)}" for column, term in columns)
        blocks.append(f"  -- {_about(rule)}\n" + ",\n".join(terms))
    lines += [",\n".join(blocks), f"FROM {before}"]
    return "\n".join(lines) + "\n"


_CHECK = '''\
def verdicts(frame):
    """The verdicts about each row of a DataFrame or LazyFrame, in one of the same kind."""
    schema = frame.lazy().collect_schema()
    for name, kinds in COLUMNS.items():
        if name not in schema:
            raise KeyError(f"there is no column {name!r}; add it as null if nobody has it")
        if schema[name].base_type() not in kinds:
            raise TypeError(f"column {name!r} cannot be {schema[name]}")
    found = (
        frame.lazy()
'''


def _polars(head: Iterable[str], staged: _Stages, keep: Sequence[str]) -> str:
    lines = [*_commented(Polars.comment, head), "", "import polars as pl", ""]
    lines += [
        "TRUTHS = {pl.Boolean, pl.Null}",
        "TEXTS = {pl.String, pl.Categorical, pl.Enum, pl.Null}",
        "NUMBERS = {*pl.datatypes.group.NUMERIC_DTYPES, pl.Decimal, pl.Null}",
        "COLUMNS = {",
    ]
    kinds = {Kind.MEASURE: "NUMBERS", Kind.CHOICE: "TEXTS"}
    lines += [f"    {f.name!r}: {kinds.get(f.kind, 'TRUTHS')}," for f in staged.facts]
    lines += ["}", "", "", _CHECK.rstrip("\n")]
    for _, columns in staged.stages():
        lines += _with_columns([("", columns)])
    told = [(_about(rule), columns) for rule, columns in staged.verdicts()]
    lines += _with_columns(told)
    names = [*keep, *(name for _, columns in told for name, _ in columns)]
    lines += ["        .select(", *(f"            {name!r}," for name in names)]
    lines += ["        )", "    )"]
    lines.append(
        "    return found if isinstance(frame, pl.LazyFrame) else found.collect()"
    )
    return "\n".join(lines) + "\n"


def _with_columns(told: Iterable[tuple[str, Columns]]) -> Iterator[str]:
    yield "        .with_columns("
    for about, columns in told:
        if about:
            yield f"            # {about}"
        for name, term in columns:
            yield f"            ({term}).alias({name!r}),"
    yield "        )"


_Write: TypeAlias = Callable[[Iterable[str], _Stages, Sequence[str]], str]

_WRITERS: Mapping[Dialect, tuple[Wording, _Write]] = {
    Dialect.POLARS: (Polars(), _polars),
    Dialect.SQL: (Sql(), _sql),
}
