"""How long proofs, comparisons and mutants take: `python benchmarks/prove.py`.

The work is done in this process; reading and checking the files is not counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from time import perf_counter
from typing import Any

from attrs import evolve

from b12guide import written
from b12guide.graph.condition import AllOf, AnyOf, Compare, Has, Not
from b12guide.graph.model import RuleGraph
from b12guide.prove.difference import difference
from b12guide.prove.everything import prove
from b12guide.prove.mutation import mutants, mutate
from b12guide.semantics.draft import Draft
from b12guide.values.term import Operator

SEED = 20260224


def random_rules(graph: RuleGraph, count: int) -> RuleGraph:
    """`count` rules that say what the guideline's rules say, under drawn conditions."""
    draw = random.Random(SEED)  # noqa: S311 - not for secrets
    findings = ["b12_deficiency", "numbness", "diabetes", "nephropathy", "pregnancy"]
    patterns = [rule for rule in graph.rules.values() if rule.decision.value != "note"]
    rules = {}
    for number in range(count):
        some = draw.sample(findings, draw.randint(1, 3))
        atoms = [Has(name) if draw.random() < 0.7 else Not(Has(name)) for name in some]
        bound = Fraction(draw.choice((30, 45, 50, 60)))
        measured = Compare("egfr", draw.choice(list(Operator)), bound, bound)
        kind = draw.choice((AllOf, AnyOf))
        rules[f"rule_{number}"] = evolve(
            draw.choice(patterns),
            name=f"rule_{number}",
            condition=kind((*atoms, measured)),
            exception_to=(),
            exceptions=(),
        )
    return evolve(graph, rules=rules, conflicts=(), silences=())


def timed(name: str, work: Callable[[], Any]) -> None:
    """Print how long `work` takes, and what it found."""
    start = perf_counter()
    found = work()
    print(f"{name:44} {perf_counter() - start:8.3f} s   {found}")


def main() -> None:
    """Print the table."""
    read = written.read("mecobalamin_im")
    graph, draft = read.graph, read.draft
    many = random_rules(graph, 300)
    nothing = Draft(draft.files[:1])
    nothing = Draft((evolve(nothing.files[0], items=()),))
    timed(
        "prove, shipped guideline (limit 1 s)",
        lambda: f"{len(prove(graph, draft))} claims",
    )
    timed(
        "prove, 300 random rules (limit 5 s)",
        lambda: f"{len(prove(many, nothing))} claims",
    )
    timed(
        "diff with itself (limit 1 s)", lambda: difference(graph, graph).is_proved_same
    )
    some = list(mutants(graph))[:500]
    timed(
        f"mutate, {len(some)} mutants (limit 30 s)",
        lambda: f"{len(mutate(graph, draft, some))} judged",
    )


if __name__ == "__main__":
    main()
