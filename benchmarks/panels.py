"""How the time of one patient grows with the guidelines that are asked, few of which concern them.

The guidelines are made up: each is about a disease of its own, in ten rules of which all need the
disease, and all use the words of one file. A patient has one of the diseases, and what is not
mentioned is absent. What is shown of a panel is how all decisions stand; nobody opens the answers
of guidelines that have nothing to say.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time

from attrs import evolve
from timing import PROCESSOR, Aim, aims, medians, sized, table

import b12guide
from b12guide import Guideline
from b12guide.graph.condition import AllOf, Has, Not
from b12guide.graph.model import Loaded
from b12guide.panels import Panel

SIZES = (10, 100, 1000)[: sized(3, 2)]
RULES = 10
PATIENTS = 20
ROUNDS = sized(7, 3)
SEED = 5
DECISIONS = ("check level every {n} months", "form remedy", 'note "advice {n}"')


def words(diseases: int) -> str:
    """The words that all guidelines use."""
    found = ["language 1\nvocabulary words\ntest level\ndrug remedy\nfinding sign\n"]
    found += (f"finding disease_{number}\n" for number in range(diseases))
    return "".join(found)


def guideline(number: int) -> str:
    """The text of the guideline about one disease."""
    lines = [f"language 1\nguideline about_{number}\n    uses words\n"]
    for rule in range(RULES):
        what = DECISIONS[rule % len(DECISIONS)].format(n=rule + 1)
        sign = "sign" if rule % 2 else "not sign"
        lines.append(
            f"rule rule_{rule}\n    when disease_{number} and {sign}\n    {what}\n"
        )
    return "".join(lines)


def patients(diseases: int) -> list[dict[str, object]]:
    """Patients with one disease, about whose sign it is known or not."""
    random = Random(SEED)  # noqa: S311 - nothing secret
    found: list[dict[str, object]] = []
    for _ in range(PATIENTS):
        number = random.randrange(diseases)
        facts: dict[str, object] = {f"disease_{number}": True}
        if random.random() < 0.5:
            facts["sign"] = True
        found.append({"otherwise": "absent", "facts": facts})
    return found


def about(loaded: Loaded, number: int) -> Guideline:
    """The guideline about another disease: to load a thousand would take minutes."""
    led = Has(f"disease_{number}")
    rules = {
        name: evolve(
            rule, condition=AllOf((led, Has("sign") if place % 2 else Not(Has("sign"))))
        )
        for place, (name, rule) in enumerate(loaded.graph.rules.items())
    }
    graph = evolve(loaded.graph, name=f"about_{number}", rules=rules)
    return Guideline(evolve(loaded, graph=graph))


def main() -> None:
    """Print the tables."""
    first: dict[int, float] = {}
    contestants = {}
    with TemporaryDirectory() as folder:
        (Path(folder) / "words.gdl").write_text(words(SIZES[-1]), encoding="utf-8")
        file = Path(folder) / "about_0.gdl"
        file.write_text(guideline(0), encoding="utf-8")
        loaded = b12guide.load(file).loaded
    several = [about(loaded, number) for number in range(SIZES[-1])]
    for size in SIZES:
        people = patients(size)
        together = Panel(several[:size])
        start = process_time()
        together.recommend(people[0])
        first[size] = (process_time() - start) * 1e3
        contestants[str(size)] = partial(_round, together, people)
        contestants[str(size)]()
    times = medians(contestants, rounds=ROUNDS, calls=PATIENTS, clock=PROCESSOR)
    further = {size: times[str(size)] / 1e3 for size in SIZES}
    rows = [
        _row("first patient, ms", first, 1),
        _row("further patients, ms", further, 2),
    ]
    print(
        table(("", *(f"{size:,} guidelines" for size in SIZES), "last to first"), rows)
    )
    print()
    ratio = further[SIZES[-1]] / further[SIZES[0]]
    print(aims([Aim("a panel of many guidelines to one of few", 10, ratio, "x")]))


def _round(together: Panel, people: list[dict[str, object]]) -> None:
    for patient in people:
        together.recommend(patient)


def _row(name: str, values: dict[int, float], digits: int) -> tuple[str, ...]:
    ratio = values[SIZES[-1]] / values[SIZES[0]]
    shown = (f"{values[size]:.{digits}f}" for size in SIZES)
    return name, *shown, f"{ratio:.1f}"


if __name__ == "__main__":
    main()
