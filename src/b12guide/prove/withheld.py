"""Every `withhold` is respected on every visit.

Between two visits facts may change in any way, except that an event that happened stays. What is
offered on a visit depends on the facts of that visit alone. So a claim that holds of every patient
on a single visit holds on a timeline of any length; `VISITS` is how many the claim speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.evaluate import interpreter
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import answer
from b12guide.graph.model import Prohibition, Rule
from b12guide.patient.model import Stated
from b12guide.prove.advised import given_today, is_given_today, rules_naming
from b12guide.prove.by_worlds import Search
from b12guide.prove.claim import Claim, Kind, Proof
from b12guide.prove.replay import Test, facts_of
from b12guide.prove.rules import settled_by
from b12guide.truth import Truth

__all__ = ["VISITS", "withheld_proofs"]

VISITS = 24


def withheld_proofs(search: Search) -> Iterator[Proof]:
    """One proof for each drug that a rule withholds."""
    for rule in search.graph.rules.values():
        if isinstance(rule.value, Prohibition):
            for drug in rule.value.drugs:
                yield _is_respected(rule, rule.value, drug, search)


def _is_respected(
    rule: Rule, prohibition: Prohibition, drug: str, search: Search
) -> Proof:
    ends = [f"until {prohibition.until}"] if prohibition.until else []
    ends += [f"unless {prohibition.unless}"] if prohibition.unless else []
    claim = Claim(
        kind=Kind.WITHHELD,
        name=rule.name,
        text=f"{drug} is withheld {' '.join(ends)} on each of {VISITS} visits",
        rules=(rule.name,),
    )
    events = [n for n in search.evaluator.program.definitions if n.startswith("after ")]
    cone = search.cone_of((rule, *rules_naming(drug, search)), events)
    classes = 0
    if cone is not None:
        condition = search.evaluator.program.conditions[rule.name]
        classes = search.in_scope(cone) & cone.true(condition)
        classes &= given_today(drug, search, cone)
    return settled_by(claim, search, cone, classes, _is_given(rule, drug, search))


def _is_given(rule: Rule, drug: str, search: Search) -> Test:
    """Whether the drug is offered today although the rule's condition holds."""
    evaluator, graph = search.original, search.graph

    def test(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, evaluator)
        if interpreter.truth(rule.condition, graph, facts) is not Truth.TRUE:
            return False
        return is_given_today(drug, answer(evaluator, stated, facts), facts)

    return test
