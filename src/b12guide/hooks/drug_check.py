"""What a guideline says about a drug that somebody gets or is about to get, drug by drug.

Four things may be wrong with a drug, and the first that holds is reported: it is withheld until
something else has come first, it is contraindicated, it is to be avoided, or the guideline does
not name it for this patient. Silence neither permits nor forbids a drug, so the last is for
information and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from attrs import frozen

from b12guide.evaluate.answer import Option, Outcome, Recommendation
from b12guide.evaluate.composition_parts import drugs_of, excluded_by, named
from b12guide.frozen import Record
from b12guide.graph import model as m
from b12guide.graph.query import brief_text
from b12guide.hooks.card import Card, Indicator, Suggestion
from b12guide.hooks.setting import Setting, own_silences
from b12guide.say.advice import advice_text
from b12guide.say.names import drug_text
from b12guide.say.words import capitalised, listing
from b12guide.show.decision_lines import decision_item
from b12guide.show.page import Item, Tone

__all__ = ["DrugFinding", "Matter", "drug_card", "drug_finding"]


class Matter(Enum):
    """What is the matter with a drug."""

    WITHHELD = "withheld"
    CONTRAINDICATED = "contraindicated"
    AVOIDED = "avoided"
    UNNAMED = "not named"


@frozen(kw_only=True, repr=False)
class DrugFinding(Record):
    """What is the matter with one drug.

    Attributes:
        decision: The decision that says so.
        certain: Whether it is so in every completion of what is unknown.
        text: What is the matter, as the rest of a sentence that begins with the drug.
        rules: The rules that say so.
        needs: The facts that it depends on, where it is not certain.
    """

    drug: str
    matter: Matter
    decision: m.Decision
    certain: bool
    text: str
    rules: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def indicator(self) -> Indicator:
        """How urgent it is."""
        if self.matter is Matter.UNNAMED:
            return Indicator.INFO
        if not self.certain or self.matter is Matter.AVOIDED:
            return Indicator.WARNING
        return Indicator.CRITICAL


def drug_finding(drug: str, answer: Recommendation) -> DrugFinding | None:
    """The gravest thing that is the matter with a drug; None where nothing is."""
    found = [*_withheld(drug, answer), *_excluded(drug, answer)]
    if not found:
        found = [*_unnamed(drug, answer)]
    order = list(Matter)
    return min(
        found, key=lambda f: (not f.certain, order.index(f.matter)), default=None
    )


def _withheld(drug: str, answer: Recommendation) -> Iterator[DrugFinding]:
    decided = answer.decisions.get(m.Decision.PERMISSION)
    found = [
        option
        for option in (() if decided is None else decided.options)
        if isinstance(option.advice, m.Prohibition) and drug in option.advice.drugs
    ]
    for certain in (True, False):
        some = [option for option in found if option.certain is certain]
        if decided is not None and some:
            gates = [o.advice for o in some if isinstance(o.advice, m.Prohibition)]
            yield DrugFinding(
                drug=drug,
                matter=Matter.WITHHELD,
                decision=m.Decision.PERMISSION,
                certain=certain,
                text=" and ".join(
                    dict.fromkeys(_gate(gate, answer.graph) for gate in gates)
                ),
                rules=_rules(some),
                needs=() if certain else _needed(_rules(some), answer),
            )


def _gate(gate: m.Prohibition, graph: m.RuleGraph) -> str:
    if gate.until is not None:
        return f"not until {brief_text(graph, gate.until)}"
    if gate.unless is not None:
        return f"not without {brief_text(graph, gate.unless)}"
    return "not to be given"


def _rules(options: list[Option]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for option in options for name in option.rules))


def _needed(rules: Iterable[str], answer: Recommendation) -> tuple[str, ...]:
    """The facts that the verdicts of rules wait for."""
    names = {*rules}
    waiting = [verdict for verdict in answer.rules if verdict.rule.name in names]
    return tuple(dict.fromkeys(fact for one in waiting for fact in one.needs))


def _excluded(drug: str, answer: Recommendation) -> Iterator[DrugFinding]:
    """Contraindications and advice against a drug, of whatever decision."""
    for decision, decided in answer.decisions.items():
        for one in decided.not_offered:
            if drug in one.drugs:
                yield DrugFinding(
                    drug=drug,
                    matter=Matter.CONTRAINDICATED,
                    decision=decision,
                    certain=one.certain,
                    text="contraindicated",
                    rules=one.rules,
                    needs=() if one.certain else _needed(one.rules, answer),
                )
        for option in decided.options:
            advice = option.advice
            if isinstance(advice, m.Exclusion) and drug in advice.drugs:
                outright, rules = advice.outright, _against(drug, option, answer.graph)
                yield DrugFinding(
                    drug=drug,
                    matter=Matter.CONTRAINDICATED if outright else Matter.AVOIDED,
                    decision=decision,
                    certain=option.certain,
                    text="contraindicated" if outright else "to be avoided",
                    rules=rules,
                    needs=() if option.certain else _needed(rules, answer),
                )


def _against(drug: str, option: Option, graph: m.RuleGraph) -> tuple[str, ...]:
    """The rules of an option that are against the drug; all of them where none says it alone."""
    found = tuple(n for n in option.rules if drug in excluded_by(graph.rules[n]))
    return found or option.rules


def _unnamed(drug: str, answer: Recommendation) -> Iterator[DrugFinding]:
    """That other drugs are named for this patient, and this one is not."""
    form = answer.decisions.get(m.Decision.FORM)
    if form is None or form.outcome is not Outcome.DETERMINED:
        return
    among = _of_form(answer.graph)
    offered = [o for o in form.options if isinstance(o.advice, m.FormChoice)]
    first = [o for o in offered if o.certain and not o.alternative]
    if (
        drug not in among
        or not first
        or any(drug in drugs_of(o.advice) for o in offered)
    ):
        return
    called = listing(
        dict.fromkeys(advice_text(o.advice, answer.graph) for o in first), "or"
    )
    yield DrugFinding(
        drug=drug,
        matter=Matter.UNNAMED,
        decision=m.Decision.FORM,
        certain=True,
        text=f"not named for this patient, neither for nor against; first is {called}",
        rules=_rules(first),
    )


def _of_form(graph: m.RuleGraph) -> frozenset[str]:
    """The drugs among which the guideline chooses, and those that a silence sets beside them."""
    rules = [rule for rule in graph.rules.values() if rule.decision is m.Decision.FORM]
    found = {drug for rule in rules for drug in (*named(rule), *excluded_by(rule))}
    about = [s for s in graph.silences if m.Decision.FORM in s.decisions]
    return frozenset(
        found.union(*(s.topics for s in about)) & {*graph.vocabulary.drugs}
    )


# -------------------------------------------------------------------------- its card


def drug_card(  # noqa: PLR0913 -- the drug may be on record or in an order
    setting: Setting,
    finding: DrugFinding,
    *,
    before: Iterable[Item] = (),
    after: Iterable[Item] = (),
    suggestions: Iterable[Suggestion] = (),
    reasons: Iterable[str] = (),
) -> Card:
    """The card on what is the matter with a drug.

    Args:
        setting: The answer.
        finding: What is the matter.
        before: What the detail begins with, such as the order.
        after: What it ends with.
        suggestions: Changes to take over.
        reasons: The codes of reasons for not following the card.
    """
    answer = setting.answer
    cited = setting.cited(finding.rules)
    is_withheld = finding.matter is Matter.WITHHELD
    other = m.Decision.ADJUNCT if is_withheld else m.Decision.FORM
    shown = tuple(dict.fromkeys((finding.decision, other)))
    return setting.card(
        about=finding.decision,
        facts=("drug", finding.drug, finding.matter.value, *sorted(finding.rules)),
        summaries=(
            *(
                f"{text}{ending}"
                for text in _texts(finding, setting.graph)
                for ending in (cited, "")
            ),
            f"A drug is {finding.matter.value}, see the detail",
        ),
        indicator=finding.indicator,
        items=[
            *before,
            *(
                decision_item(one, answer)
                for one in shown
                if one in answer.decisions and not answer.decisions[one].is_silent
            ),
            *_about(finding.drug, setting),
            *own_silences(setting, shown),
            *after,
        ],
        rules=finding.rules,
        suggestions=suggestions,
        reasons=reasons,
    )


def _texts(finding: DrugFinding, graph: m.RuleGraph) -> Iterator[str]:
    """What is the matter, in full and in fewer words; that it is not certain is never left out."""
    called = capitalised(drug_text(graph, finding.drug))
    perhaps = "" if finding.certain else "perhaps "
    text = f"{called}: {perhaps}{finding.text}"
    needs = [brief_text(graph, name) for name in finding.needs]
    for count in range(len(needs), 0, -1):
        some = [
            *needs[:count],
            *([f"{len(needs) - count} more"] * (count < len(needs))),
        ]
        yield f"{text}, depending on {listing(some)}"
    if not needs:
        yield text
        yield f"{called}: {perhaps}{finding.text.partition(' and ')[0].partition(';')[0]}"
    yield f"{called}: {perhaps}{finding.matter.value}"


def _about(drug: str, setting: Setting) -> Iterator[Item]:
    """What the guideline does not address about a drug, for this patient."""
    own = setting.answer.stated.own
    for silence in setting.answer.silences:
        if drug in silence.topics and not own.intersection(silence.topics):
            yield Item(
                label="Not addressed",
                text=capitalised(silence.text),
                details=silence.noted_as,
                tone=Tone.CAUTION,
            )
