"""How the time of one patient grows with the rules, of which few concern the patient.

The guidelines are made up: topics of ten rules that share their first condition, and a patient who
has one of the diseases. Either it is told of each of the others that the patient has not got it,
so that there is the more to read the more rules there are, or nothing is told of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time

from timing import PROCESSOR, Aim, aims, medians, sized, table

import b12guide
from b12guide import Guideline
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.patient_view import verdict_codes

SIZES = (30, 300, 1000, 3000, 9900)[: sized(5, 2)]
RULES_OF_A_TOPIC = 10
PATIENTS = 20
ROUNDS = 7
WARMING = sized(20, 1)
SEED = 3


def guideline(rules: int) -> str:
    """The text of a guideline with so many rules."""
    return "language 1\nguideline growing\n" + "".join(
        line for topic in range(rules // RULES_OF_A_TOPIC) for line in _topic(topic)
    )


def _topic(number: int) -> Iterator[str]:
    yield f"finding disease_{number}\nfinding sign_{number}\nfinding habit_{number}\n"
    yield f"measure level_{number}\n    plausible 0 to 1000\n"
    conditions = (
        "sign_{n}",
        "not sign_{n}",
        "level_{n} < 20",
        "level_{n} >= 20 and sign_{n}",
        "(level_{n} > 30 or habit_{n})",
        "habit_{n}",
        "habit_{n} and level_{n} < 60",
        "level_{n} from 40 to 80",
        "not (sign_{n} or habit_{n})",
        "sign_{n} and habit_{n} and level_{n} > 90",
    )
    for rule, condition in enumerate(conditions):
        yield f"rule rule_{number}_{rule}\n    when disease_{number} and "
        yield condition.format(n=number) + '\n    note "advice"\n'


def patients(rules: int, *, told: bool) -> list[dict[str, object]]:
    """Patients with one disease, of whom one fact in ten of it is unknown.

    Args:
        rules: The rules of the guideline.
        told: Whether it is told of every other disease that the patient has not got it.
    """
    random = Random(SEED)  # noqa: S311 - nothing secret
    topics = rules // RULES_OF_A_TOPIC
    found = []
    for _ in range(PATIENTS):
        has = random.randrange(topics)
        about: dict[str, object] = {
            f"sign_{has}": random.random() < 0.5,
            f"habit_{has}": random.random() < 0.5,
            f"level_{has}": random.randrange(0, 100),
        }
        known = {name: v for name, v in about.items() if random.random() >= 0.1}
        diseases = {f"disease_{topic}": topic == has for topic in range(topics)}
        found.append((diseases if told else {f"disease_{has}": True}) | known)
    return found


Ask = Callable[[Guideline, dict[str, object]], object]

PUBLIC = "`verdicts` of a mapping"
ANSWER = "`recommend` of a mapping"
QUESTIONS: Mapping[str, Ask] = {
    "codes of facts": lambda guideline, facts: verdict_codes(
        guideline.evaluator, Facts(values=facts)
    ),
    PUBLIC: lambda guideline, facts: guideline.verdicts(facts),
    ANSWER: lambda guideline, facts: guideline.recommend(facts),
}


def main() -> None:
    """Print the tables."""
    guidelines: dict[int, Guideline] = {}
    loading: dict[int, float] = {}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "growing.gdl"
        b12guide.load("mecobalamin_im", cache=False)  # the parser is made
        for size in SIZES:
            file.write_text(guideline(size), encoding="utf-8")
            start = process_time()
            guidelines[size] = b12guide.load(file)
            loading[size] = process_time() - start
    head = ("", *(f"{size:,}" for size in SIZES), "last to first")
    rows = [_row("first load, s", loading, 2)]
    found = [
        Aim("first load of a guideline of 9,900 rules", 2, loading[SIZES[-1]], "s")
    ]
    for told, of in ((True, "every disease told"), (False, "one disease told")):
        people = {size: patients(size, told=told) for size in SIZES}
        for name, ask in QUESTIONS.items():
            first: dict[int, float] = {}
            contestants = {}
            for size, kept in guidelines.items():
                one = Guideline(kept.loaded)  # nothing is made yet
                start = process_time()
                ask(one, people[size][0])
                first[size] = (process_time() - start) * 1e3
                contestants[str(size)] = partial(_round, ask, one, people[size])
            for each in list(contestants.values()) * WARMING:
                each()  # what is made when patients come for it is made
            times = medians(contestants, rounds=ROUNDS, calls=PATIENTS, clock=PROCESSOR)
            median = {size: times[str(size)] for size in SIZES}
            rows.append(_row(f"{name}, {of}: first call, ms", first, 1))
            rows.append(_row(f"{name}, {of}: further calls, µs", median, 1))
            ratio = median[SIZES[-1]] / median[SIZES[0]]
            if name == ANSWER:
                what = f"`recommend`, 9,900 rules of 30, {of}"
                found.append(Aim(what, 10, ratio, "x"))
            if name == PUBLIC:
                what = f"`verdicts`, 9,900 rules of 30, {of}"
                found.append(Aim(what, 4, ratio, "x"))
                last = first[SIZES[-1]] / 1000
                what = f"`verdicts`, 9,900 rules, {of}: first call"
                found.append(Aim(what, 0.2, last, "s"))
    print(table(head, rows))
    print()
    print(aims(found))


def _round(ask: Ask, guideline: Guideline, people: list[dict[str, object]]) -> None:
    for facts in people:
        ask(guideline, facts)


def _row(name: str, values: Mapping[int, float], digits: int) -> tuple[str, ...]:
    ratio = values[SIZES[-1]] / values[SIZES[0]]
    shown = (f"{value:.{digits}f}" for value in values.values())
    return name, *shown, f"{ratio:.1f}"


if __name__ == "__main__":
    main()
