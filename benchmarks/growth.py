"""How the time of one patient grows with the rules: all verdicts, of which few concern the patient.

The guidelines are made up: topics of ten rules that share their first condition, and a patient who
has one of the diseases and none of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from timing import medians, table

import b12guide
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.patient_view import verdict_codes

SIZES = (30, 300, 1000, 3000, 9900)
RULES_OF_A_TOPIC = 10
PATIENTS = 50
ROUNDS = 21
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


def patients(rules: int) -> list[Facts]:
    """Patients with one disease, of whom one fact in ten of it is unknown."""
    random = Random(SEED)  # noqa: S311 - nothing secret
    topics = rules // RULES_OF_A_TOPIC
    found = []
    for _ in range(PATIENTS):
        has = random.randrange(topics)
        about = {
            f"sign_{has}": random.random() < 0.5,
            f"habit_{has}": random.random() < 0.5,
            f"level_{has}": random.randrange(0, 100),
        }
        known = {name: v for name, v in about.items() if random.random() >= 0.1}
        values = {f"disease_{topic}": topic == has for topic in range(topics)}
        found.append(Facts(values=values | known))
    return found


def main() -> None:
    """Print the table."""
    evaluators: dict[int, Evaluator] = {}
    loading: dict[int, float] = {}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "growing.gdl"
        for size in SIZES:
            file.write_text(guideline(size), encoding="utf-8")
            start = perf_counter()
            evaluators[size] = b12guide.load(file).evaluator
            loading[size] = perf_counter() - start
    contestants = {}
    for size, evaluator in evaluators.items():
        people = patients(size)
        verdict_codes(evaluator, people[0])  # the function is made
        contestants[str(size)] = lambda e=evaluator, p=people: [
            verdict_codes(e, one) for one in p
        ]
    times = medians(contestants, rounds=ROUNDS, calls=PATIENTS)
    first = times[str(SIZES[0])]
    rows = [
        (
            f"{size:,}",
            f"{times[str(size)]:.1f}",
            f"{times[str(size)] / first:.1f}",
            f"{loading[size]:.1f}",
        )
        for size in SIZES
    ]
    head = ("rules", "all verdicts of one patient, µs", "ratio", "first load, s")
    print(table(head, rows))


if __name__ == "__main__":
    main()
