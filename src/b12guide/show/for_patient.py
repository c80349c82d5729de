"""The answer for the patient: the guideline's own plain words, few of them, and what to ask.

A sheet must not say what is false of its reader. So the words of a rule are printed only where
the rule applies and the answer still says what they say: where two rules meet in something
narrower, or a drug is taken away, the sheet says what is left, in words made from the answer. What
is usual comes before what else is possible, even if it is not certain (M26); what the guideline
does not address stands on top and beside what it concerns (M54).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from b12guide.evaluate import answer
from b12guide.evaluate.composition_parts import asked_by, drugs_of
from b12guide.evaluate.context import silences_beside
from b12guide.graph import model
from b12guide.graph.query import (
    brief_text,
    definitions_in,
    fact_text,
    facts_read_by,
    regimens_in,
)
from b12guide.regimen.model import Phase, Regimen
from b12guide.say.advice import advice_text
from b12guide.say.names import (
    PATIENT_NOTICE,
    Audience,
    asked_as,
    decision_text,
    decisions_read,
    drug_text,
    in_lay_words,
    value_label,
)
from b12guide.say.schedules import schedule_text
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, listing, uncapitalised
from b12guide.show import patient_header
from b12guide.show.decision_lines import is_offered
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.truth import Truth
from b12guide.values.term import Kind, Strength

NOTHING_ELSE = (
    "This guideline names nothing else for you here. Ask what can be done instead."
)
NOTHING_USUAL = "This guideline names no usual treatment here."
CONFLICT = (
    "This guideline says more than one thing here, and they do not fit together. "
    "Ask which of them is meant for you."
)
NOT_KNOWN = "This depends on something that is not known yet; see the questions below."
MAY_DIFFER = "this may be different for you; it depends on"
LEFT_OPEN = "This guideline leaves open whether this is meant for you: "
_MOST_QUESTIONS = 8
_CHOSEN = {
    model.Decision.FORM,
    model.Decision.LOADING,
    model.Decision.MAINTENANCE,
    model.Decision.ROUTE,
    model.Decision.ADJUNCT,
    model.Decision.CHANGE,
}
"""Decisions between things to be given: of these, what is only possible is named."""
_ONE = {model.Decision.LOADING, model.Decision.MAINTENANCE, model.Decision.ROUTE}
"""Decisions with one answer: what is usual, or certain, takes the place of the other defaults."""


def page_of(recommendation: answer.Recommendation) -> Page:
    """A short page in plain words."""
    graph = in_lay_words(recommendation.graph)
    if graph is not recommendation.graph:
        recommendation = evolve(recommendation, graph=graph)
    sections = (
        (
            patient_header.PATIENT_HEADING,
            patient_header.unaddressed(
                recommendation.silences, graph, Audience.PATIENT
            ),
        ),
        ("About this guideline", _scope(recommendation)),
        *(
            (
                _heading(recommendation, decision),
                _Row.of(recommendation, decision).items(),
            )
            for decision in decisions_read()
        ),
        ("Ask", _questions(recommendation)),
    )
    return Page(
        title=graph.title,
        warning=validity_text(graph, recommendation.on, Audience.PATIENT),
        particulars=tuple(
            patient_header.guideline_particulars(graph, recommendation.on)
        ),
        notice=PATIENT_NOTICE,
        sections=tuple(
            Section(title=title, items=items)
            for title, section in sections
            if (items := tuple(section))
        ),
    )


def _heading(recommendation: answer.Recommendation, decision: model.Decision) -> str:
    """What a decision is called; where a treatment may stop, not *Do not stop*."""
    decided = recommendation.decisions.get(decision)
    said = [] if decided is None else [option.advice for option in decided.options]
    for conflict in recommendation.conflicts:
        if conflict.decision is decision:
            said += [side.advice for side in conflict.sides]
    if any(isinstance(advice, model.Stop) for advice in said):
        return "Going on or stopping"
    return decision_text(decision, Audience.PATIENT)


def _scope(recommendation: answer.Recommendation) -> Iterator[Item]:
    match recommendation.scope:
        case Truth.FALSE:
            spoken = [text for text in _outside(recommendation) if text]
            if not spoken:
                text = (
                    "This guideline was not written for someone in your situation. "
                    "The people who treat you can advise you."
                )
                yield Item(text=text, tone=Tone.CAUTION)
            for text in dict.fromkeys(spoken):
                yield Item(text=capitalised(text), tone=Tone.CAUTION)
        case Truth.UNKNOWN:
            text = (
                "It is not known whether this guideline is meant for you. "
                "What follows holds if it is."
            )
            yield Item(text=text, tone=Tone.QUIET)
        case _:
            return


def _outside(recommendation: answer.Recommendation) -> Iterator[str]:
    """What the guideline says to those for whom it was not written."""
    for verdict in recommendation.rules:
        if verdict.rule.outside_scope and verdict.verdict is answer.Verdict.APPLIES:
            yield verdict.rule.grounds.patient or ""


# ------------------------------------------------------------------------ a decision


@frozen(eq=False)
class _Row:
    """What one decision and the rules that speak to it have to tell the patient."""

    recommendation: answer.Recommendation
    decision: model.Decision
    decided: answer.Decided
    verdicts: tuple[answer.RuleVerdict, ...]

    @classmethod
    def of(
        cls, recommendation: answer.Recommendation, decision: model.Decision
    ) -> _Row:
        nothing = answer.Decided(decision=decision, outcome=answer.Outcome.SILENT)
        return cls(
            recommendation=recommendation,
            decision=decision,
            decided=recommendation.decisions.get(decision, nothing),
            verdicts=tuple(
                verdict
                for verdict in recommendation.rules
                if verdict.rule.decision is decision and not verdict.rule.outside_scope
            ),
        )

    @property
    def graph(self) -> model.RuleGraph:
        return self.recommendation.graph

    def items(self) -> Iterator[Item]:
        """What is usual, then what is open, then what else is possible."""
        usual = [*self.certain(), *self.usual(), *self.possible(), *self.left_open()]
        others = [*self.alternatives()]
        if self.decided.outcome is answer.Outcome.CONFLICT:
            yield Item(text=CONFLICT, tone=Tone.CAUTION, items=tuple(self.sides()))
        elif others and not usual:
            yield Item(text=NOTHING_USUAL, tone=Tone.QUIET)
        yield from usual
        yield from self.forbidden()
        yield from others
        yield from self.also()
        yield from patient_header.unaddressed_beside(
            silences_beside(self.recommendation, self.decision),
            self.graph,
            Audience.PATIENT,
        )

    # ------------------------------------------------------------------ what is usual

    def sides(self) -> Iterator[Item]:
        """What stands against what, where the conflict is reported (M55)."""
        texts: dict[str, Item] = {}
        for side in self.clash():
            spoken = [self.graph.rules[name].grounds.patient for name in side.rules]
            made = f"{self.advice_words(side.advice)}."
            for words in filter(None, spoken) if any(spoken) else (made,):
                texts.setdefault(words, Item(text=capitalised(words)))
        yield from texts.values()

    def certain(self) -> Iterator[Item]:
        """The words of the rules that apply, and what is certain without such words."""
        spoken = self.spoken()
        texts: dict[str, Item] = {}
        for rule in spoken.values():
            words = rule.grounds.patient or ""
            texts.setdefault(
                words, Item(text=capitalised(words), details=self.doses(rule))
            )
        for option in self.defaults():
            if option.certain and option.withheld:
                yield Item(text=f"Not now: {self.words(option)}.", tone=Tone.CAUTION)
            elif (
                option.certain
                and spoken.keys().isdisjoint(option.rules)
                and not self.is_forbidden(option)
            ):
                yield Item(text=f"{capitalised(self.words(option))}.")
        yield from texts.values()

    def spoken(self) -> dict[str, model.Rule]:
        """The rules that apply and have words of their own for the patient."""
        contradicted = {name for side in self.clash() for name in side.rules}
        return {
            verdict.rule.name: verdict.rule
            for verdict in self.verdicts
            if verdict.verdict is answer.Verdict.APPLIES
            and not verdict.rule.optional
            and verdict.rule.grounds.patient
            and verdict.rule.name not in {*self.barred(), *contradicted}
            and self.holds(verdict.rule, self.defaults())
        }

    def usual(self) -> Iterator[Item]:
        """What holds unless something that is not known makes an exception."""
        if self.decision in _ONE and any(o.certain for o in self.defaults()):
            return
        found: dict[str, list[str]] = {}
        for verdict in self.verdicts:
            words = verdict.rule.grounds.patient
            if words and self.is_usual(verdict):
                found.setdefault(words, []).extend(verdict.needs)
        for words, needs in found.items():
            yield Item(
                text=f"Usually: {capitalised(words)}",
                details=(f"{MAY_DIFFER} {self.facts(dict.fromkeys(needs))}",),
            )

    def possible(self) -> Iterator[Item]:
        """What may be meant for the patient; as its rules' words may be false, in other words."""
        if (
            self.decision not in _CHOSEN
            or self.decided.outcome is answer.Outcome.CONFLICT
        ):
            return
        for option in self.defaults():
            if option.certain or self.is_told_as_usual(option):
                continue
            if not self.spoken().keys().isdisjoint(option.rules):
                continue  # it was said in the words of its rule
            if self.is_forbidden(option):
                continue
            if isinstance(option.advice, model.FormChoice) and not self.is_dosed():
                continue
            needs = self.needs(option)
            yield Item(
                text=f"Perhaps: {self.words(option)}.",
                details=(f"this depends on {self.facts(needs)}",) if needs else (),
                tone=Tone.QUIET,
            )

    def left_open(self) -> Iterator[Item]:
        """What the source's own threshold leaves open."""
        texts = dict.fromkeys(
            verdict.rule.grounds.patient
            for verdict in self.verdicts
            if verdict.verdict is answer.Verdict.INDETERMINATE
            and not verdict.rule.optional
        )
        for words in filter(None, texts):
            yield Item(text=LEFT_OPEN + capitalised(words), tone=Tone.QUIET)

    # ------------------------------------------------------------- what else there is

    def alternatives(self) -> Iterator[Item]:
        """What is permitted beside the default, each text once."""
        options = self.others()
        texts: dict[str, Item] = {}
        told: set[str] = set()
        for verdict in self.verdicts:
            rule, words = verdict.rule, verdict.rule.grounds.patient
            if (
                verdict.verdict is not answer.Verdict.APPLIES
                or not rule.optional
                or not words
            ):
                continue
            if rule.name in self.barred():
                continue
            if self.holds(rule, options):
                told.add(rule.name)
                before = _before(rule.grounds.strength)
                texts.setdefault(words, Item(text=f"{before}: {capitalised(words)}"))
        yield from texts.values()
        said = [o.advice for o in self.defaults() if o.certain]
        for option in options:
            if (
                option.certain
                and told.isdisjoint(option.rules)
                and option.advice not in said
            ):
                yield Item(text=f"{_before(option.strength)}: {self.words(option)}.")

    def barred(self) -> set[str]:
        """The rules whose words may be false, because something forbids what they offer (M46)."""
        return {
            rule
            for one in self.decided.not_offered
            for rule in (*one.offered_by, *one.rules)
        }

    def is_forbidden(self, option: answer.Option) -> bool:
        """Whether an option is a drug not to be used that `forbidden` tells of."""
        told = {drug for one in self.decided.not_offered for drug in one.drugs}
        match option.advice:
            case model.Exclusion(drugs=drugs):
                return told.issuperset(drugs)
            case _:
                return False

    def forbidden(self) -> Iterator[Item]:
        """What may not be given, why in the rule's words, and whether anything else is named."""
        for one in self.decided.not_offered:
            drugs = listing(drug_text(self.graph, drug) for drug in one.drugs)
            if not one.certain:  # the words of its rules may be false of the reader
                waiting = [
                    v.needs
                    for v in self.recommendation.rules
                    if v.rule.name in one.rules
                ]
                needs = dict.fromkeys(fact for needs in waiting for fact in needs)
                yield Item(
                    text=f"Perhaps not for you: {drugs}.",
                    details=(f"this depends on {self.facts(needs)}",) if needs else (),
                    tone=Tone.CAUTION,
                )
                continue
            rules = [self.graph.rules[name] for name in one.rules]
            reasons = dict.fromkeys(r.grounds.patient or f"{r.title}." for r in rules)
            text = f"Not for you: {drugs}. {' '.join(map(capitalised, reasons))}"
            yield Item(text=text, tone=Tone.CAUTION)
        is_settled = self.decided.outcome in {
            answer.Outcome.SILENT,
            answer.Outcome.DETERMINED,
        }
        if self.decided.not_offered and is_settled and not is_offered(self.decided):
            yield Item(text=NOTHING_ELSE, tone=Tone.CAUTION)

    def also(self) -> Iterator[Item]:
        """Facts that can change the answer and were not named so far."""
        told = {fact for v in self.verdicts if self.is_usual(v) for fact in v.needs}
        if self.decision in _CHOSEN:
            for option in self.defaults():
                if not self.is_told_as_usual(option):
                    told.update(self.needs(option))
        further = [fact for fact in self.decided.depends_on if fact not in told]
        if further:
            text = f"More may be said here. It depends on {self.facts(further)}."
            yield Item(text=text, tone=Tone.QUIET)
        elif self.decided.outcome is answer.Outcome.DEPENDS and not (
            told or self.decided.indeterminate
        ):
            yield Item(text=NOT_KNOWN, tone=Tone.QUIET)

    # ------------------------------------------------------------------------ helpers

    def clash(self) -> Iterator[answer.Side]:
        """The sides of what is certain to contradict itself here."""
        for conflict in self.recommendation.conflicts:
            if conflict.decision is self.decision and conflict.certain:
                yield from conflict.sides

    def defaults(self) -> list[answer.Option]:
        """What is advised rather than permitted, the certain first; drugs to avoid are."""
        found = [
            option
            for option in self.decided.options
            if not option.alternative or isinstance(option.advice, model.Exclusion)
        ]
        return sorted(found, key=lambda option: not option.certain)

    def others(self) -> list[answer.Option]:
        usual = self.defaults()
        return [option for option in self.decided.options if option not in usual]

    def words(self, option: answer.Option) -> str:
        """An option in words made from it."""
        return self.advice_words(option.advice)

    def advice_words(self, advice: model.Advice) -> str:
        text = advice_text(advice, self.graph, Audience.PATIENT)
        match advice:
            case Regimen(phases=phases) if len({p.drugs for p in phases}) == 1:
                drugs = dict.fromkeys(drug for phase in phases for drug in phase.drugs)
                named = [drug_text(self.graph, drug) for drug in drugs]
                text = schedule_text(
                    advice, self.graph, Audience.PATIENT, with_drugs=False
                )
                return f"{listing(named, 'or')}, {text}" if named else text
            case model.Exclusion(drugs=drugs):
                names = listing([drug_text(self.graph, name) for name in drugs], "or")
                return f"do not use {names}"
            case model.Routes():
                return f"it is given {text}"
            case _:
                return text

    def doses(self, rule: model.Rule) -> tuple[str, ...]:
        """The doses that a rule's words stand for, with drug, amount and route."""
        if not regimens_in(rule.value):
            return ()
        found = [o for o in self.defaults() if rule.name in o.rules and not o.withheld]
        return tuple(listing((self.words(o) for o in found), "or") for _ in found[:1])

    def holds(self, rule: model.Rule, options: Sequence[answer.Option]) -> bool:
        """Whether the answer still says all that a rule says.

        Two rules may meet in something narrower ("every 2 to 3 months" and "every 3 months"), and a
        drug may be taken away; the words of the wider rule would then be false.
        """
        match rule.value:
            case model.Regimens(regimens=regimens):
                left = [
                    _schedule(o.advice)
                    for o in options
                    if isinstance(o.advice, Regimen) and not o.withheld
                ]
                return all(_schedule(regimen) in left for regimen in regimens)
            case model.Routes(routes=routes):
                return any(
                    isinstance(o.advice, model.Routes)
                    and {*o.advice.routes} == {*routes}
                    for o in options
                )
            case model.FormChoice(drugs=drugs):
                left_over = {
                    drug
                    for option in self.decided.options
                    if isinstance(option.advice, model.FormChoice)
                    for drug in option.advice.drugs
                }
                return {*drugs} <= left_over
            case model.Change(of=of, to=to):
                changes = [o for o in options if isinstance(o.advice, model.Change)]
                into = [
                    evolve(option, advice=advice)
                    for option in changes
                    if isinstance(option.advice, model.Change)
                    and option.advice.of is of
                    for advice in _taking_the_place(option.advice)
                ]
                if isinstance(to, model.FormChoice):
                    drugs_left = {d for one in into for d in drugs_of(one.advice)}
                    return {*to.drugs} <= drugs_left
                return self.holds(evolve(rule, value=to), into)
            case model.Monitoring() | model.NotChecked() as value:
                # A test about which rules contradict each other is neither (M79).
                told = [
                    option.advice
                    for option in self.decided.options
                    if isinstance(option.advice, type(value))
                ]
                return asked_by(value) <= {t for one in told for t in asked_by(one)}
            case _:
                return True

    def is_usual(self, verdict: answer.RuleVerdict) -> bool:
        """Whether a rule's own condition is met, and only its exceptions are open."""
        rule, definitions = verdict.rule, self.graph.definitions
        if verdict.verdict is not answer.Verdict.UNKNOWN or rule.optional:
            return False
        read = facts_read_by(rule.condition, definitions)
        read |= definitions_in(rule.condition, definitions)
        return read.isdisjoint(verdict.needs)

    def is_told_as_usual(self, option: answer.Option) -> bool:
        """Whether what is usual is named, so that this need not be, or is it itself."""
        if self.decision in _ONE and any(o.certain for o in self.defaults()):
            return False
        usual = {v.rule.name for v in self.verdicts if self.is_usual(v)}
        return (
            bool(usual) if self.decision in _ONE else not usual.isdisjoint(option.rules)
        )

    def is_dosed(self) -> bool:
        """Whether there is anything to be given, of which a form may be the right one."""
        decisions = self.recommendation.decisions
        return any(
            decisions[one].options
            for one in (model.Decision.LOADING, model.Decision.MAINTENANCE)
            if one in decisions
        )

    def needs(self, option: answer.Option) -> list[str]:
        waiting = (v.needs for v in self.verdicts if v.rule.name in option.rules)
        return list(dict.fromkeys(fact for needs in waiting for fact in needs))

    def facts(self, names: Iterable[str]) -> str:
        return listing(brief_text(self.graph, name) for name in names)


def _before(strength: Strength | None) -> str:
    if strength is Strength.SHOULD_CONSIDER:
        return "Worth considering"
    return "Another possibility"


def _taking_the_place(change: model.Change) -> Sequence[model.Advice]:
    """What something is changed to, as if it were advised by itself."""
    return change.regimens if isinstance(change.to, model.Regimens) else (change.to,)


def _schedule(regimen: Regimen) -> tuple[Phase, ...]:
    """A regimen without its drugs and ends, which the form and other rules may fill in."""
    return tuple(
        evolve(phase, drugs=(), bound=None, after=None) for phase in regimen.phases
    )


# ------------------------------------------------------------------------- questions


def _questions(recommendation: answer.Recommendation) -> Iterator[Item]:
    graph = recommendation.graph
    for question in recommendation.questions[:_MOST_QUESTIONS]:
        yield Item(
            text=question_text(question.fact, graph),
            details=tuple(_details(question, recommendation)),
        )
    further = recommendation.questions[_MOST_QUESTIONS:]
    if further:
        texts = " ".join(question_text(question.fact, graph) for question in further)
        yield Item(text=f"Then: {texts}", tone=Tone.QUIET)


_VERBS = (" has ", " have ", " is ", " are ", " was ", " were ")


def question_text(name: str, graph: model.RuleGraph) -> str:
    """The fact as a question: a sentence is turned round, a noun is asked for."""
    label = fact_text(graph, name)
    if asks := asked_as(name, graph):
        return asks
    fact = graph.vocabulary.facts.get(name)
    kind = None if fact is None else fact.kind
    if kind is Kind.EVENT:
        found = [(label.index(verb), verb) for verb in _VERBS if verb in label]
        if found:
            at, verb = min(found)
            rest = label[at + len(verb) :]
            return f"{capitalised(verb.strip())} {label[:at]} {rest}?"
        return f"Has this happened: {label}?"
    if label.startswith("whether "):
        return f"Is it known {label}?"
    if kind is Kind.MEASURE:
        return f"What is your {label}?"
    if kind is Kind.CHOICE and fact is not None:
        values = listing([value_label(graph, name, v) for v in fact.values], "or")
        return f"Which is your {label}: {values}?"
    return f"Does this apply to you: {label}?"


def _details(
    question: answer.Question, recommendation: answer.Recommendation
) -> Iterator[str]:
    graph = recommendation.graph
    if question.behind and not asked_as(question.fact, graph):
        labels = [brief_text(graph, fact) for fact in question.behind]
        yield f"such as {listing(labels, 'or')}"
    rules = [rule for rule in graph.rules.values() if not rule.outside_scope]
    spoken = {rule.decision for rule in rules} - {model.Decision.NOTE}
    if spoken.issubset(question.decides):
        yield "matters for everything on this page"
    elif question.decides:
        titles = (decision_text(d, Audience.PATIENT) for d in question.decides)
        yield f"matters for: {listing(map(uncapitalised, titles))}"
