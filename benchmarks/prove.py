"""How long proofs, comparisons and mutants take: `python benchmarks/prove.py`.

The work is done in this process; reading and checking the files is not counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from statistics import median
from time import process_time

from attrs import evolve
from timing import Aim, aims, sized, table

from b12guide import written
from b12guide.graph.condition import AllOf, AnyOf, Compare, Has, Not
from b12guide.graph.model import RuleGraph
from b12guide.prove.difference import difference
from b12guide.prove.everything import prove
from b12guide.prove.mutation import mutants, mutate
from b12guide.semantics.draft import Draft
from b12guide.values.term import Operator

SEED = 20260224
LONG = 5.0


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


def timed(work: Callable[[], object]) -> float:
    """The seconds that it takes, the median of three runs if it does not take long."""
    times: list[float] = []
    while len(times) < 3 and sum(times) < LONG:
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times)


def main() -> None:
    """Print the table."""
    read = written.read("mecobalamin_im")
    graph, draft = read.graph, read.draft
    many = random_rules(graph, sized(300, 10))
    nothing = Draft(draft.files[:1])
    nothing = Draft((evolve(nothing.files[0], items=()),))
    some = list(mutants(graph))[: sized(500, 5)]
    works: dict[str, tuple[float, Callable[[], object]]] = {
        "prove, shipped guideline": (1, lambda: prove(graph, draft)),
        "prove, random rules": (5, lambda: prove(many, nothing)),
        "diff with itself": (1, lambda: difference(graph, graph).is_proved_same),
        "mutate, mutants judged": (30, lambda: mutate(graph, draft, some)),
    }
    counts = {
        "prove, random rules": len(many.rules),
        "mutate, mutants judged": len(some),
    }
    times = {name: timed(work) for name, (_, work) in works.items()}
    lines = [
        (name, f"{counts.get(name, 1):,}", f"{time:.3f}")
        for name, time in times.items()
    ]
    print(table(("proofs", "how many", "s"), lines))
    print()
    print(aims([Aim(n, works[n][0], time, "s") for n, time in times.items()]))


if __name__ == "__main__":
    main()
