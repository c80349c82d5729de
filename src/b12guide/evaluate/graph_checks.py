"""GDL407, GDL408, GDL410 and GDL423 to GDL426: what is checked of a rule graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log2
from typing import TypeAlias

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.errors import PatientError
from b12guide.evaluate.completions import frontier
from b12guide.evaluate.decision import MOST_PARTS
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import NO_VALUE, Facts, Reading
from b12guide.evaluate.implications import listed, tied_components
from b12guide.evaluate.memory import Work
from b12guide.evaluate.patient_view import PatientView, verdicts_of
from b12guide.evaluate.program import below, compile_graph, open_facts
from b12guide.evaluate.propagation import Component
from b12guide.evaluate.recommend import DECISIONS, opened
from b12guide.evaluate.search import ComponentSolver
from b12guide.evaluate.worlds import domains
from b12guide.graph.model import Decision, Fact, RuleGraph
from b12guide.graph.query import statement_coverage
from b12guide.limits import USUAL, Limits
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.draft import Draft, Use, names_used
from b12guide.syntax import ast
from b12guide.syntax.ast import Source
from b12guide.values.term import Kind

Check: TypeAlias = Callable[[RuleGraph, Draft], Iterator[Diagnostic]]


def check_graph(graph: RuleGraph, draft: Draft) -> tuple[Diagnostic, ...]:
    """The diagnostics of all checks."""
    return tuple(d for check in CHECKS for d in check(graph, draft))


def citation_resolves(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL407: a source that is cited can be found."""
    declared = {s.name.text: (text, s) for text, s in draft.each(Source)}
    for source in graph.sources.values():
        if source.resolves:
            continue
        citing = [
            name.text
            for item in (i for _, i in draft.each_item())
            for use in names_used(item)
            if use.use is Use.SOURCE and use.name.text == source.name
            for name in (getattr(item, "name", None),)
            if name is not None
        ]
        if citing:
            text, item = declared[source.name]
            printed = "" if source.printed is None else f" [{source.printed}]"
            cited_by = ", ".join(f"`{name}`" for name in dict.fromkeys(citing))
            yield remark(
                "GDL407",
                f"the citation{printed} `{source.name}` does not resolve:"
                " the page cites a source that it does not list",
                (text, item.name),
                f"nothing can be done in this file; it is cited by {cited_by}",
            )


def statements_are_encoded(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL408: every statement of the source is encoded."""
    header = draft.header
    missing = [c.statement for c in statement_coverage(graph) if not c.encoded]
    if missing and header is not None and header.statements is not None:
        count = f"{len(missing)} of {len(graph.statements)}"
        noun = "statements is" if len(missing) == 1 else "statements are"
        yield remark(
            "GDL408",
            f"{count} {noun} not encoded: {_listed(missing)}",
            (draft.main.text, header.statements[0]),
            "encode them with rules, definitions, notes or `silent on`",
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"


def approval_covers_content(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL410: an approval was given to this very content."""
    header = draft.header
    if header is None or header.approval is None:
        return
    approval = header.approval
    if approval.digest != graph.digest:
        yield finding(
            "GDL410",
            f"the approval by {approval.by} on {approval.on} was given to other content",
            (draft.main.text, approval),
            notes=(f"the digest of the content is now {graph.digest}",),
            help_="have the content reviewed again, then write"
            f" `approved by ... on ... covering {graph.digest}`;"
            " until then say `status under review`",
        )


CHECKS: tuple[Check, ...] = (
    citation_resolves,
    statements_are_encoded,
    approval_covers_content,
)


MOST_LOOKED_AT = 64
"""Facts of a component for each of which the implications to blame are sought; a search each."""

MOST_LEFT_OUT = 200
"""Implications of which each is left out to see whether it is to blame."""

MOST_WORK = 2_000_000
"""The nodes that may be settled to find what is impossible, and why; more takes many seconds."""

Places: TypeAlias = Mapping[str, Label]
"""Where each implication was written, in the order of the files."""


@frozen
class _Impossible:
    """What nobody can have, and the numbers of the implications that forbid it."""

    fact: str
    bits: int
    blamed: frozenset[int]


def impossible(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """What nobody can be, because of what is said to follow from what.

    Args:
        graph: The facts, definitions and implications.
        draft: The files in which they were written.
    """
    program = compile_graph(graph)
    places = _places(draft)
    tied = tied_components(program, graph)
    thinking = _Thinking(tied.most_work)
    for component in tied.components:
        solver = thinking.solved(component, {})
        if solver.deduction.clash is not None:
            numbers = thinking.blamed(component, graph, {})
            names = [graph.implications[n].name for n in sorted(numbers)]
            yield Diagnostic(
                code="GDL423",
                message=f"no patient can keep {_these(names)}",
                labels=_labels(names, places),
                notes=("whatever is known of a patient, the patient would be refused",),
                help=(
                    Help(message="change one of them; there may be a `not` too many"),
                ),
            )
            continue
        if solver.unsettled:
            written = range(len(graph.implications))
            tying = [n for n in component.implications if n in written]
            names = [graph.implications[number].name for number in tying]
            yield Diagnostic(
                code="GDL425",
                severity=Severity.WARNING,
                message=f"{listed(solver.unsettled)} are tied together in more ways than can be"
                " thought through",
                labels=_labels(names, places)[:1],
                notes=("an answer about a patient says so where it matters",),
                help=(
                    Help(
                        message="say fewer things of one another, or say them through fewer"
                    ),
                ),
            )
        found: list[_Impossible] = []
        for name in component.facts:
            domain, left = component.domains[name], solver.deduction.values(name)
            if (
                domain.cells
            ):  # a measure: what it can be in addition to the one number that is left
                others = domain.every & ~left
                is_one = domain.only(left) is not None
                lost = [others] if is_one and others else []
            else:
                lost = [
                    1 << place
                    for place, value in enumerate(domain.values)
                    if not left >> place & 1 and value != NO_VALUE
                ]
            for bits in lost:
                if len(found) < MOST_LOOKED_AT and not thinking.is_over:
                    blamed = thinking.blamed(component, graph, {name: bits})
                    found.append(_Impossible(name, bits, blamed))
        yield from _told(found, component, graph, places)


class _Thinking:
    """Thinks through what is given, and counts what that costs. It is gone after a check."""

    def __init__(self, most_work: int) -> None:
        self.most_work = most_work
        self.work = 0

    @property
    def is_over(self) -> bool:
        """Whether too much was thought through to look for more, or for fewer to blame."""
        return self.work > MOST_WORK

    def solved(self, component: Component, given: Mapping[str, int]) -> ComponentSolver:
        """What follows where `given` is so."""
        solver = ComponentSolver(
            component=component,
            given=given,
            definitions={},
            assumed={},
            left_open=frozenset(),
            most_work=self.most_work,
        )
        solver.solve()
        self.work += solver.deduction.work
        return solver

    def blamed(
        self, component: Component, graph: RuleGraph, given: Mapping[str, int]
    ) -> frozenset[int]:
        """Implications that cannot all be kept where `given` is so, none of them needless.

        Where that takes too long, some may be needless.
        """
        clash = self.solved(component, given).deduction.clash
        if clash is None:
            return frozenset()
        kept = clash.implications
        if len(kept) > MOST_LEFT_OUT:
            return kept
        for number in sorted(kept):
            fewer = kept - {number}
            if self.is_over:
                break
            facts = {name: graph.vocabulary.facts[name] for name in component.facts}
            some = Component.of(
                component.program, facts, tuple(sorted(fewer)), (), Reading.REPORT
            )
            if self.solved(some, given).deduction.clash is not None:
                kept = fewer
        return kept


# -------------------------------------------------------------------------------- telling


def _places(draft: Draft) -> Places:
    found: dict[str, Label] = {}
    for text, item in draft.each(ast.Implication):
        found[item.name.text] = Label(text=text, span=item.name.span)
    for text, declaration in draft.each(ast.Declaration):
        for number, conclusion in enumerate(declaration.implies, start=1):
            suffix = "" if number == 1 else f"_{number}"
            name = f"{declaration.name.text}_implies{suffix}"
            found[name] = Label(text=text, span=conclusion.span)
    return found


def _labels(names: Sequence[str], places: Places) -> tuple[Label, ...]:
    """Where the implications are written, those of the main file first."""
    return tuple(places[name] for name in places if name in names)


def _these(names: Sequence[str]) -> str:
    noun = "the implication" if len(names) == 1 else "the implications"
    return f"{noun} {listed(names)}"


def _told(
    found: Sequence[_Impossible], component: Component, graph: RuleGraph, places: Places
) -> Iterator[Diagnostic]:
    """One diagnostic for each set of implications that holds no smaller one."""
    smallest = [
        blamed
        for blamed in dict.fromkeys(one.blamed for one in found)
        if not any(other.blamed < blamed for other in found)
    ]
    for blamed in smallest:
        names = [graph.implications[number].name for number in sorted(blamed)]
        mine = [one for one in found if one.blamed == blamed]
        with_it = [*mine[3:], *(one for one in found if one.blamed > blamed)]
        others = dict.fromkeys(one.fact for one in with_it)
        said = [_said(one, component, graph.vocabulary.facts[one.fact]) for one in mine]
        notes = [f"for the same reason {text}" for text in said[1:3]]
        place = graph.vocabulary.facts[mine[0].fact].place
        if others:
            verb = "is" if len(others) == 1 else "are"
            notes.append(f"{listed(others)} {verb} settled with it")
        yield Diagnostic(
            code="GDL424",
            message=f"{said[0]}: that would contradict {_these(names)}",
            labels=_labels(names, places)
            or (() if place is None else (Label(text=place.text, span=place.span),)),
            notes=tuple(notes),
            help=(
                Help(message="change what is said to follow, or leave the word out"),
            ),
        )


def _said(one: _Impossible, component: Component, fact: Fact) -> str:
    domain = component.domains[one.fact]
    if domain.cells:
        value = domain.only(domain.every & ~one.bits)
        unit = f" {fact.unit}" if fact.unit else ""
        return f"`{one.fact}` can never be anything but {value}{unit}"
    value = domain.values[one.bits.bit_length() - 1]
    if fact.kind is Kind.CHOICE:
        return f"`{one.fact}` can never be `{value}`"
    return f"`{one.fact}` can never be {'true' if value else 'false'}"


NOTE = (
    "where so much is unknown of a patient, an answer follows from the known facts alone,"
    " and says so"
)


def many_cases(
    graph: RuleGraph, draft: Draft, limits: Limits = USUAL
) -> Iterator[Diagnostic]:
    """A warning about each decision with too many cases, or that takes too much work to tell."""
    rules = [r for r in graph.rules.values() if r.decision is not Decision.NOTE]
    if not rules or (1 << min(len(rules), 64) <= MOST_PARTS and not graph.implications):
        return  # however their conditions turn out
    evaluator = Evaluator.of(graph)
    nobody = PatientView.of(evaluator, Facts())
    verdicts = verdicts_of(nobody)
    program, known = evaluator.program, nobody.rails

    def is_exact(decision: Decision) -> bool:
        asked = PatientView.of(evaluator, Facts(), Work(limits))
        try:
            return opened(decision, asked, verdicts.by_name).exact
        except PatientError:
            return False

    for decision in DECISIONS:
        heard = {rule.name for rule in evaluator.heard[decision]}
        if not heard or is_exact(decision):
            continue
        roots = [r for r in evaluator.roots[decision] if known[r] == (0, 0)]
        terms, _ = frontier(roots, nobody)
        facts = frozenset[str]().union(*(open_facts(program, t, known) for t in terms))
        steps = below(program, terms, nobody.closed)
        samples = domains(facts, graph, program, nobody.facts, steps)
        power = round(sum(log2(len(offered)) for offered in samples.values()))
        places = [
            Label(text=text, span=rule.name.span)
            for text, rule in draft.each(ast.Rule)
            if rule.name.text in heard
        ]
        yield Diagnostic(
            code="GDL426",
            severity=Severity.WARNING,
            message=f"the {decision.value} decision has about 2^{power} cases, too many to compare",
            labels=tuple(places[:1]),
            notes=(NOTE,),
            help=(
                Help(
                    message="let fewer rules decide one thing, or say which is the exception"
                ),
                Help(message="or let them read one definition instead of many facts"),
            ),
        )
