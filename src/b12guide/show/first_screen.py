"""The answer on one screen: what a nurse reads at a terminal before anything else.

At most 24 lines. Every row keeps at least a line, which counts what had to be left out, so nothing
is dropped without a word: a row shows its first entries, the default before what may be done
instead, and ends with "3 more: --full". Where the answer depends on what is not recorded, each
line says on what: a table of branches takes the place of many a "perhaps".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from attrs import evolve, frozen

from b12guide.evaluate.answer import (
    Conflict,
    Decided,
    Option,
    Outcome,
    Recommendation,
    Verdict,
)
from b12guide.evaluate.context import SCOPE_UNKNOWN
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import Explainer, Explanation
from b12guide.evaluate.patient_view import view_of
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Resting,
    atoms,
    so_many_of,
)
from b12guide.graph.model import Advice, Decision, Monitoring, Rule, RuleGraph, Silence
from b12guide.graph.query import brief_text, facts_read_by
from b12guide.patient.derived_text import worked_out_briefly
from b12guide.patient.model import Otherwise
from b12guide.regimen.model import Regimen
from b12guide.say.advice import advice_text
from b12guide.say.conditions import condition_text
from b12guide.say.names import (
    Audience,
    asked_as,
    decision_text,
    route_text,
    stated_value,
    topic_text,
)
from b12guide.say.schedules import Names, names_of, regimen_to_english
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, listing, plural
from b12guide.show import citations, decision_lines, terminal
from b12guide.show.page import Item, Section, SectionShape, Tone
from b12guide.show.patient_header import (
    found_on,
    guideline_particulars,
    holding,
    values_over_time,
)
from b12guide.show.screen import (
    LEAST,
    LINES,
    WIDEST,
    ScreenLine,
    ScreenRow,
    fitted,
    in_order,
    shortest,
)
from b12guide.truth import Truth

_SCOPE = "not known to be written for this patient; it holds if it is"

_LONGEST_CASE = 140
_MOST_QUESTIONS = 3
_MOST_DECISIONS = 3
_BRANCHES = 3
_MOST_FACTS = 2


def first_screen(recommendation: Recommendation) -> tuple[ScreenRow, ...]:
    """The rows of the first screen with everything that they have to say, whatever the room."""
    branches = _Branches.of(recommendation)
    rows = [
        *_patient(recommendation),
        ScreenRow(
            label="NOT ADDRESSED",
            lines=(*_silences(recommendation),),
            shape=SectionShape.CHIPS,
        ),
        ScreenRow(
            label="NOTE",
            shape=SectionShape.CHIPS,
            lines=tuple(
                ScreenLine(
                    text=notice.text,
                    brief=_SCOPE if notice.text == SCOPE_UNKNOWN else "",
                    tone=Tone.CAUTION,
                    rank=1,
                )
                for notice in recommendation.notices
                if notice.rule is None
            ),
        ),
        *(
            ScreenRow(
                label=label,
                lines=(*branches.row(decisions),),
                decisions=decisions,
                shape=shape,
            )
            for label, shape, decisions in _ROWS
        ),
        ScreenRow(label="ASK NEXT", lines=(*_questions(recommendation),)),
    ]
    return tuple(in_order(row) for row in rows if row.lines)


def first_screen_text(
    recommendation: Recommendation, *, width: int = 80, colour: bool = False
) -> str:
    """The first screen in at most 24 lines of at most `width` columns."""
    style = terminal.COLOURED if colour else terminal.PLAIN
    width = min(max(width, LEAST), WIDEST)
    rows = first_screen(recommendation)
    graph = recommendation.graph
    status = dict(guideline_particulars(graph))["Status"]
    texts = [
        f"{graph.name} {graph.version} · {status} · education and research only; verify",
        f"{graph.name} {graph.version} · {status} · education and research only",
        f"{status} · education and research only",
    ]
    warning = validity_text(graph, recommendation.on)
    first = terminal.wrapped(warning, width) if warning else []
    head = [*first, *shortest(texts, width)]
    foot = _foot(recommendation, rows, width)
    lines = [style(terminal.Ink.CAUTION, line) for line in head]
    for row in fitted(rows, LINES - len(head) - len(foot), width):
        lines += row.printed(width, style)
    lines += [style(terminal.Ink.QUIET, line) for line in foot]
    return "\n".join(lines) + "\n"


_LAST = (
    "NOTE",
    "FORM",
    "NOT NOW",
    "OTHER DRUGS",
    "ASK NEXT",
    "ALSO",
    "ABSENT",
    "NOT RECORDED",
)
_MOST_CHIPS, _MOST_SILENCES = 8, 3


def summary(recommendation: Recommendation) -> tuple[Section, ...]:
    """The first screen as cards and chips: known facts, what is advised, what is not known."""
    is_in_scope = recommendation.scope is Truth.TRUE
    last = _LAST if is_in_scope else set(_LAST) - {"NOTE"}
    rows = sorted(
        first_screen(recommendation),
        key=lambda row: _LAST.index(row.label) if row.label in last else -1,
    )
    return tuple(
        Section(
            title=row.label.capitalize(),
            items=(*(_chips if row.shape is SectionShape.CHIPS else _items)(row),),
            shape=row.shape,
        )
        for row in rows
    )


def _items(row: ScreenRow) -> Iterator[Item]:
    for line in row.lines:
        tone = Tone.QUIET if not line.certain and line.tone is Tone.PLAIN else line.tone
        text = line.text if line.certain else line.brief or line.text
        yield Item(text=text, details=line.details, tone=tone)


def _chips(row: ScreenRow) -> Iterator[Item]:
    """Facts are known, or unknown and dashed; of many, the first few."""
    tone = Tone.QUIET if row.label in {"ABSENT", "NOT RECORDED"} else Tone.PLAIN
    shown = [line for line in row.lines if line.is_told_whole or not line.brief]
    most = _MOST_SILENCES if row.label == "NOT ADDRESSED" else _MOST_CHIPS
    for line in shown[:most]:
        chip = tone if line.tone is Tone.PLAIN else line.tone
        yield Item(text=line.text, details=line.details, tone=chip)
    further = len(row.lines) - len(shown[:most])
    if further:
        more = f"{further} more below" if shown else f"{further} in general, told below"
        yield Item(text=more, tone=tone)


# ------------------------------------------------------------------------ what is said


_ROWS = (
    ("CONCLUSION", SectionShape.LIST, (Decision.CONCLUSION,)),
    ("LOADING", SectionShape.CARD, (Decision.LOADING,)),
    ("MAINTENANCE", SectionShape.CARD, (Decision.MAINTENANCE,)),
    ("CHANGE", SectionShape.LIST, (Decision.CHANGE,)),
    ("FORM", SectionShape.LIST, (Decision.FORM,)),
    ("OTHER DRUGS", SectionShape.LIST, (Decision.ADJUNCT,)),
    ("NOT NOW", SectionShape.LIST, (Decision.PERMISSION,)),
    ("CHECK", SectionShape.CARD, (Decision.MONITORING,)),
    ("REFER", SectionShape.LIST, (Decision.REFERRAL,)),
    (
        "ALSO",
        SectionShape.LIST,
        (Decision.ROUTE, Decision.CONTINUATION, Decision.TECHNIQUE, Decision.TARGETS),
    ),
)
_ALWAYS_SAID = {Decision.FORM, Decision.LOADING, Decision.MAINTENANCE}


def _foot(
    recommendation: Recommendation, rows: Sequence[ScreenRow], width: int
) -> list[str]:
    """Where the rest is; what stands behind the answer is counted."""
    notices = [n for n in recommendation.notices if n.rule is not None]
    behind = [
        plural(len(some), word)
        for some, word in (
            (notices, "remark"),
            (recommendation.assumptions, "assumption"),
            (recommendation.challenges, "challenge"),
        )
        if some
    ]
    held = f" ({', '.join(behind)})" if behind else ""
    asked = next(
        (
            detail.split()[0]
            for row in rows
            for entry in row.lines
            for detail in entry.details
            if detail.split()[:1]
            and detail.split()[0] in recommendation.graph.statements
        ),
        "maintenance",
    )
    texts = [
        f"All of it: --full{held} · why: b12guide explain {asked} PATIENT",
        f"All of it: --full{held}",
        "All of it: --full",
    ]
    return shortest(texts, width)


def _patient(recommendation: Recommendation) -> Iterator[ScreenRow]:
    stated, graph = recommendation.stated, recommendation.graph
    days = found_on(stated)
    present = [
        stated_value(graph, name, value) + days.get(name, "")
        for name, value in stated.recorded.items()
        if value is not None and value is not False
    ]
    present += [worked_out_briefly(graph, one) for one in stated.worked_out]
    absent = [
        brief_text(graph, name) + days.get(name, "")
        for name, value in stated.recorded.items()
        if value is False
    ]
    absent += [
        stated_value(graph, name, value)
        for name, value in recommendation.assumed_absent.items()
    ]
    if stated.otherwise is Otherwise.ABSENT:
        absent = ["every finding that is not mentioned", *absent]
    asked = [question.fact for question in recommendation.questions]
    unknown = dict.fromkeys(
        name for name, value in stated.recorded.items() if value is None
    )
    unknown |= dict.fromkeys(
        sorted(
            {f for one in recommendation.decisions.values() for f in one.depends_on},
            key=lambda f: (asked.index(f) if f in asked else len(asked), f),
        )
    )
    for label, texts, most, first, further in (
        ("PATIENT", present or ["nothing is recorded as present"], 6, 0, 2),
        ("ABSENT", absent, 3, 5, 7),
        ("NOT RECORDED", [brief_text(graph, name) for name in unknown], 3, 3, 6),
    ):
        entries = (
            ScreenLine(text=text, rank=first if place < most else further)
            for place, text in enumerate(texts)
        )
        yield ScreenRow(label=label, lines=tuple(entries), shape=SectionShape.CHIPS)
    over_time = tuple(
        ScreenLine(text=text, rank=3) for text in values_over_time(stated, graph)
    )
    if over_time:
        yield ScreenRow(label="OVER TIME", lines=over_time, shape=SectionShape.CHIPS)
    if recommendation.holds_until is not None:
        line = ScreenLine(
            text=holding(recommendation), brief=str(recommendation.holds_until), rank=3
        )
        yield ScreenRow(label="HOLDS UNTIL", lines=(line,), shape=SectionShape.CHIPS)


def _silences(recommendation: Recommendation) -> Iterator[ScreenLine]:
    """What is not addressed: first what concerns a fact of the patient that decides no dose.

    Such a fact (a pregnancy, an allergy) is nowhere else on this screen, so it is reported whole.
    """
    graph, own = recommendation.graph, recommendation.stated.own
    dosing = {
        fact
        for rule in graph.rules.values()
        if rule.decision in _ALWAYS_SAID
        for fact in facts_read_by(rule.condition, graph.definitions)
    }

    def given(silence: Silence) -> list[str]:
        said = atoms(silence.condition) if silence.condition else ()
        read = [leaf.fact for leaf in said if not isinstance(leaf, Defined)]
        return [name for name in dict.fromkeys((*silence.topics, *read)) if name in own]

    def is_personal(silence: Silence) -> bool:
        return any(name not in dosing for name in given(silence))

    texts: dict[str, list[Silence]] = {}
    for silence in sorted(recommendation.silences, key=lambda s: not is_personal(s)):
        named = listing(topic_text(graph, topic) for topic in silence.topics)
        texts.setdefault(silence.text or named, []).append(silence)
    for text, some in texts.items():
        topics = dict.fromkeys(
            f"giving {route_text(graph, topic, Audience.PROFESSIONAL)}"
            if topic in graph.vocabulary.routes
            else topic_text(graph, topic)
            for silence in some
            for topic in silence.topics
        )
        facts = dict.fromkeys(
            brief_text(graph, n) for s in some for n in given(s) if n not in s.topics
        )
        about = dict.fromkeys(
            decision_text(d).lower() for s in some for d in s.decisions
        )
        brief = listing(topics) + (f" for {listing(about)}" if about else "")
        is_told_whole = any(is_personal(silence) for silence in some)
        yield ScreenLine(
            text=capitalised(text).rstrip("."),
            brief=f"{brief}, given {listing(facts)}"
            if facts and is_told_whole
            else brief,
            details=tuple(dict.fromkeys(name for s in some for name in s.noted_as)),
            tone=Tone.CAUTION,
            rank=2 if is_told_whole else 4,
            is_told_whole=is_told_whole,
        )


def _questions(recommendation: Recommendation) -> Iterator[ScreenLine]:
    graph = recommendation.graph
    for number, question in enumerate(recommendation.questions, 1):
        asks = asked_as(question.fact, graph) or f"{capitalised(question.label)}?"
        decisions = decision_lines.spoken_of(question.decides, graph)
        names = [decision_text(decision).lower() for decision in decisions]
        if len(names) > _MOST_DECISIONS + 1:
            further = len(names) - _MOST_DECISIONS
            names = [*names[:_MOST_DECISIONS], f"{further} more"]
        if question.instead:
            parts = [brief_text(graph, fact) for fact in question.instead]
            asks = f"{asks} Or: {listing(parts)}?"
        asked = f"{number}. {asks}"
        settles = f" (settles {listing(names)})" if names else ""
        rank = 1 if number == 1 else 5 if number <= _MOST_QUESTIONS else 9
        yield ScreenLine(text=asked + settles, brief=asked, rank=rank)


@frozen
class _Branches:
    """The decisions of an answer in lines, each with what it waits for."""

    recommendation: Recommendation
    explainer: Explainer

    @classmethod
    def of(cls, recommendation: Recommendation) -> _Branches:
        """Those of an answer, with all that is known of its patient."""
        evaluator = Evaluator.of(recommendation.graph)
        known = view_of(evaluator, recommendation.stated, recommendation.reading)
        outlines = evaluator.outlines
        return cls(recommendation, Explainer(outlines=outlines, facts=known.facts))

    @property
    def graph(self) -> RuleGraph:
        """The guideline."""
        return self.recommendation.graph

    def row(self, decisions: Collection[Decision]) -> Iterator[ScreenLine]:
        """The lines of a row: conflicts, then what is advised, the default first."""
        if len(decisions) > 1:
            yield from self._several(decisions)
            return
        for decision in decisions:
            yield from self._decision(decision)
        if Decision.PERMISSION in decisions:
            adjunct = self.recommendation.decisions.get(Decision.ADJUNCT)
            if adjunct is not None:
                yield from self._options(adjunct, withheld=True)

    def _several(self, decisions: Collection[Decision]) -> Iterator[ScreenLine]:
        """Decisions of less weight in one row, what calls for caution first."""
        found = [(one, d) for d in decisions for one in self._decision(d)]
        for one, decision in sorted(found, key=lambda f: f[0].tone is not Tone.CAUTION):
            label = decision_text(decision).lower()
            yield evolve(
                one,
                text=f"{label}: {one.text}",
                brief=one.brief and f"{label}: {one.brief}",
                rank=one.rank if one.tone is Tone.CAUTION else 8,
            )

    def _decision(self, decision: Decision) -> Iterator[ScreenLine]:
        decided = self.recommendation.decisions.get(decision)
        certain, possible = self._conflicts(decision)
        yield from certain
        if decided is None:
            return
        if decision in _ALWAYS_SAID and decided.is_silent:
            if self.recommendation.scope is not Truth.FALSE:
                yield ScreenLine(text="not stated by the guideline", tone=Tone.QUIET)
            return
        told = [*self._decided(decided)]
        is_open = decided.outcome is Outcome.DEPENDS
        if decision in _ALWAYS_SAID and is_open and not told:
            facts = [brief_text(self.graph, name) for name in decided.depends_on]
            told.append(
                ScreenLine(text=f"depends on {listing(facts)}", tone=Tone.QUIET)
            )
        branches = [one for one in told if not one.text.startswith("alternatively")]
        yield from (*branches, *possible, *told[len(branches) :])

    def _decided(self, decided: Decided) -> Iterator[ScreenLine]:
        if decided.outcome is Outcome.NOT_NEEDED:
            found = " ".join(
                citations.statements_of(
                    citations.rules_named(self.graph, decided.rules)
                )
            )
            details = (found,) if found else ()
            yield ScreenLine(text="not needed", details=details, rank=2)
        yield from self._options(decided, withheld=False)
        for one in decided.not_offered:
            rules = citations.rules_named(self.graph, one.rules)
            yield ScreenLine(
                text=decision_lines.not_offered_text(one, self.graph),
                details=tuple(citations.statements_of(rules))
                or tuple(r.title for r in rules),
                tone=Tone.CAUTION,
                certain=one.certain,
                rank=1,
            )
        is_settled = decided.outcome in {Outcome.SILENT, Outcome.DETERMINED}
        if (
            decided.not_offered
            and is_settled
            and not decision_lines.is_offered(decided)
        ):
            yield ScreenLine(
                text="the guideline names no alternative", tone=Tone.CAUTION
            )
        shown = {rule for option in decided.options for rule in option.rules}
        for rule in citations.rules_named(self.graph, decided.indeterminate):
            if rule.name not in shown:
                yield ScreenLine(
                    text=f"left open by the source's own threshold: {rule.title}",
                    details=tuple(citations.statements_of([rule])),
                    tone=Tone.CAUTION,
                    rank=4,
                )

    def _options(self, decided: Decided, *, withheld: bool) -> Iterator[ScreenLine]:
        is_adjunct = decided.decision is Decision.ADJUNCT
        lines = [*decision_lines.option_lines(decided, self.recommendation)]
        cases = [self._case(option) for option, _ in lines]
        order = sorted(
            range(len(lines)),
            key=lambda i: (
                lines[i][0].alternative,
                not lines[i][0].certain,
                not _is_usual(cases[i]),
            ),
        )
        for place, number in enumerate(order):
            option, text = lines[number]
            if is_adjunct and option.withheld is not withheld:
                continue
            entry = self._entry(option, text, cases[number], decided)
            yield evolve(entry, rank=_rank(option, decided, place))

    def _entry(
        self, option: Option, text: str, case: Condition | None, decided: Decided
    ) -> ScreenLine:
        if isinstance(option.advice, Regimen):
            text = _dose_text(option.advice, self.graph)
        details = decision_lines.option_details(option, self.recommendation)
        when = self._when(case, option, decided) if case is not None else ""
        brief = self._in_few_words(option)
        if not option.certain:
            depending = f"{self._depending(option)}: {text}"
            text = f"{when}: {text}" if when else depending
            brief = depending if len(depending) < len(text) else ""
        if option.drugs_open:
            details = (*details, "which drug is open, see FORM")
        is_disputed = decided.outcome is Outcome.CONFLICT and option.alternative
        if decision_lines.is_instead(option, decided) or (
            is_disputed and decided.decision is not Decision.FORM
        ):
            text, brief = f"alternatively {text}", brief and f"alternatively {brief}"
        if option.withheld:
            text, brief = f"not now: {text}", brief and f"not now: {brief}"
        if option.avoided:
            against = citations.rules_named(self.graph, option.avoided)
            details = (*details, "but: " + listing(rule.title for rule in against))
        return ScreenLine(
            text=text,
            brief=brief,
            details=details,
            tone=Tone.CAUTION if option.avoided or option.withheld else Tone.PLAIN,
            rules=option.rules,
            certain=option.certain,
            when=case if when else None,
        )

    def _depending(self, option: Option) -> str:
        """On what an open option depends, in passing."""
        facts = decision_lines.needs_of(option, self.recommendation)
        labels = [brief_text(self.graph, fact) for fact in facts]
        if len(labels) > _MOST_FACTS:
            labels = [
                *labels[: _MOST_FACTS - 1],
                f"{len(labels) - _MOST_FACTS + 1} more",
            ]
        if labels:
            return f"depending on {listing(labels)}"
        is_open = any(
            verdict.verdict is Verdict.INDETERMINATE
            for verdict in self.recommendation.rules
            if verdict.rule.name in option.rules
        )
        source = "the source's own threshold"
        return f"depending on {source if is_open else 'what is not recorded'}"

    def _in_few_words(self, option: Option) -> str:
        """What is tested and when, without how; it says that something is left out."""
        test = option.advice
        if not (isinstance(test, Monitoring) and option.certain):
            return ""
        least = evolve(test, before_next_dose=False, companions=(), never_alone=False)
        return f"{advice_text(least, self.graph)} …" if least != test else ""

    def _conflicts(
        self, decision: Decision
    ) -> tuple[list[ScreenLine], list[ScreenLine]]:
        """Each certain conflict with both of its sides; what may collide, in one line."""
        found = [c for c in self.recommendation.conflicts if c.decision is decision]
        certain = [
            ScreenLine(
                text="the guideline contradicts itself: " + self._sides([conflict]),
                brief="the guideline contradicts itself: --full",
                tone=Tone.CAUTION,
                rank=1,
                is_told_whole=True,
            )
            for conflict in found
            if conflict.certain
        ]
        possible = citations.smallest_conflicts([c for c in found if not c.certain])
        if not possible:
            return certain, []
        facts = dict.fromkeys(fact for conflict in possible for fact in conflict.facts)
        labels = [brief_text(self.graph, fact) for fact in facts]
        if len(labels) > _MOST_DECISIONS + 1:
            further = f"{len(labels) - _MOST_DECISIONS} more"
            labels = [*labels[:_MOST_DECISIONS], further]
        on = f", depending on {listing(labels)}" if labels else ""
        rules = dict.fromkeys(
            r for c in possible for side in c.sides for r in side.rules
        )
        said = " / ".join(
            citations.statements_of(citations.rules_named(self.graph, rules))
        ) or listing(rules)
        entry = ScreenLine(
            text=f"may contradict itself{on}: {self._sides(possible)}",
            brief=f"{len(rules)} rules may conflict ({said}){on}",
            certain=False,
            tone=Tone.CAUTION,
            rank=4,
        )
        return certain, [entry]

    def _sides(self, conflicts: Iterable[Conflict]) -> str:
        """Both sides, each with its own authority."""
        sides = citations.sides_of(
            side for conflict in conflicts for side in conflict.sides
        )
        return " against ".join(
            f"{' or '.join(self._advice(one) for one in advice)} "
            f"({' · '.join(self._authority(rules))})"
            for rules, advice in sides
        )

    def _advice(self, advice: Advice) -> str:
        if isinstance(advice, Regimen):
            return _dose_text(advice, self.graph)
        return advice_text(advice, self.graph)

    def _authority(self, names: Iterable[str]) -> Iterator[str]:
        rules = citations.rules_named(self.graph, names)
        strengths = [rule.grounds.strength for rule in rules]
        yield from dict.fromkeys(strength.value for strength in strengths if strength)
        yield from citations.evidence_of(rules)
        yield " ".join(citations.statements_of(rules)) or ", ".join(names)

    # ---------------------------------------------------------------- on what it depends

    def _case(self, option: Option) -> Condition | None:
        """What has to come true for one of an open option's rules to apply.

        Only what is not known stands in it. None where that is not a matter of facts: a rule that
        applies already, a bound that the source prints as a range.
        """
        if option.certain:
            return None
        found: list[frozenset[Condition]] = []
        for rule in citations.rules_named(self.graph, option.rules):
            parts = self._conjuncts(rule)
            if parts is None:
                return None
            found.append(frozenset(parts))
        # Of "A" and "A and B" the first says it all.
        least = [one for one in dict.fromkeys(found) if not any(o < one for o in found)]
        either = [_all(sorted(one, key=repr)) for one in least]
        return either[0] if len(either) == 1 else AnyOf(tuple(either))

    def _conjuncts(self, rule: Rule) -> list[Condition] | None:
        """The open parts of what a rule needs, its exceptions denied; none if it cannot apply."""
        parts: list[Condition] = []
        for name, is_exception in (
            (rule.name, False),
            *((name, True) for name in rule.exceptions),
        ):
            found = self.explainer.rule(name)
            if found.truth is Truth.UNKNOWN:
                open_ = _open_part(found)
                if open_ is None:
                    return None
                parts += [Not(open_)] if is_exception else _conjuncts(open_)
            elif (found.truth is Truth.TRUE) is is_exception:
                return None
        return parts or None

    def _when(self, case: Condition, option: Option, decided: Decided) -> str:
        """The case in words, where they are few; or that none of the other lines applies."""
        text = f"if {condition_text(case, self.graph)}"
        if (
            _is_usual(case)
            and len(_conjuncts(case)) > 1
            and self._are_told(option, decided)
        ):
            return "unless a line below applies"
        return text if terminal.columns(text) <= _LONGEST_CASE else ""

    def _are_told(self, option: Option, decided: Decided) -> bool:
        """Whether all exceptions of an option's rules are among the other options."""
        told = {
            rule for one in decided.options if one is not option for rule in one.rules
        }
        exceptions = {
            name
            for rule in citations.rules_named(self.graph, option.rules)
            for name in rule.exceptions
        }
        open_ = {
            name
            for name in exceptions
            if self.explainer.rule(name).truth is Truth.UNKNOWN
        }
        return open_ <= told


def _rank(option: Option, decided: Decided, place: int) -> int:
    """How soon a line is placed: doses before the rest, what is certain before what is open."""
    if decided.decision in {Decision.LOADING, Decision.MAINTENANCE}:
        if place == 0:
            return 1
        if option.alternative:
            return 4 if option.certain else 7
        return 2 if option.certain or place <= _BRANCHES else 4
    if place == 0 or option.withheld or option.avoided:
        return 2
    if decided.decision is Decision.MONITORING or not option.certain:
        return 6
    return 5 if option.alternative else 3


def _open_part(explanation: Explanation) -> Condition | None:
    """A condition that is not known, without its parts that are; None if a range leaves it open."""
    if explanation.indeterminate:
        return None
    condition = explanation.condition
    match condition:
        case Resting():
            return _open_part(explanation.children[0])
        case Not():
            inner = _open_part(explanation.children[0])
            return None if inner is None else Not(inner)
        case AllOf() | AnyOf() | AtLeast():
            parts: list[Condition] = []
            for child in explanation.children:
                if child.truth is Truth.UNKNOWN:
                    part = _open_part(child)
                    if part is None:
                        return None
                    parts.append(part)
            if len(parts) == 1:
                return parts[0]
            if isinstance(condition, AtLeast):
                so = sum(child.truth is Truth.TRUE for child in explanation.children)
                return so_many_of(condition.count - so, tuple(parts))
            return evolve(condition, operands=tuple(parts))
        case _:
            return condition


def _conjuncts(condition: Condition) -> Sequence[Condition]:
    return condition.operands if isinstance(condition, AllOf) else (condition,)


def _all(parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _is_usual(case: Condition | None) -> bool:
    """Whether a case is that of somebody in whom nothing in particular is found."""
    return case is not None and all(isinstance(part, Not) for part in _conjuncts(case))


def _dose_text(regimen: Regimen, graph: RuleGraph) -> str:
    """A schedule with its drugs, briefly: which drug comes first stands under the form."""
    names = _brief_names(graph)
    drugs = {phase.drugs for phase in regimen.phases}
    if len(drugs) > 1 or not regimen.drugs:
        return regimen_to_english(regimen, names)
    said = listing([names.drug(drug) for drug in regimen.drugs], "or")
    return f"{said} {regimen_to_english(regimen, names, with_drugs=False)}"


def _brief_names(graph: RuleGraph) -> Names:
    """The words for schedules, with the short names of routes where the vocabulary has them."""
    names = names_of(graph)
    brief = {
        name: next((s for s in word.synonyms if s.isupper() and s.isalpha()), None)
        for name, word in graph.vocabulary.routes.items()
    }
    return evolve(
        names, routes={**names.routes, **{n: s for n, s in brief.items() if s}}
    )
