"""Lists of questions as numbers, beside the same put together one by one."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from b12guide.cohort.bits import Sorted
from b12guide.cohort.question_lists import Askable, AskedFacts
from b12guide.evaluate.questions import rank
from b12guide.evaluate.recommend import DECISIONS
from b12guide.graph.model import Decision
from b12guide.guideline import load

GUIDELINE = load("mecobalamin_im")
FACTS = list(GUIDELINE.graph.vocabulary.facts)
NAMES = [*FACTS, *GUIDELINE.graph.definitions]

Reason = tuple[tuple[str, int], ...]


def one_by_one(
    reasons: Iterable[Reason], decisions: tuple[Decision, ...]
) -> AskedFacts:
    served: dict[str, int] = {}
    for reason in reasons:
        for name, bits in reason:
            served[name] = served.get(name, 0) | bits
    found = []
    for name, bits in served.items():
        which = tuple(d for n, d in enumerate(decisions) if bits >> n & 1)
        place = FACTS.index(name) if name in FACTS else -1
        found.append((rank(name, which, place), (name, which)))
    return tuple(each for _, each in sorted(found, key=lambda one: one[0]))


@pytest.mark.parametrize("seed", range(8))
def test_reasons_together_are_in_the_order_of_their_use(seed: int) -> None:
    random = Random(seed)  # noqa: S311 -- nothing secret
    decisions = DECISIONS if seed % 2 else tuple(random.sample(DECISIONS, 4))
    askable = Askable.of(GUIDELINE.graph, decisions)
    kinds: list[list[Reason]] = [
        [
            (),
            *(
                tuple(
                    (name, random.randrange(1, 1 << len(decisions)))
                    for name in random.sample(NAMES, random.randrange(1, 6))
                )
                for _ in range(random.randrange(1, 7))
            ),
        ]
        for _ in range(seed)
    ]
    which = [[random.randrange(len(kind)) for _ in range(40)] for kind in kinds]
    found = askable.together(
        [
            (np.stack([askable.served(one) for one in kind]), np.array(mine))
            for kind, mine in zip(kinds, which, strict=True)
        ],
        Sorted(40, np.arange(40)),
    )
    wanted = tuple(
        one_by_one(
            [kind[mine[row]] for kind, mine in zip(kinds, which, strict=True)],
            decisions,
        )
        for row in range(40)
    )

    assert found.open == wanted
    for decision in decisions:
        assert found.serving(decision).tolist() == [
            any(decision in decides for _, decides in one) for one in wanted
        ]


def test_lists_in_order_come_back_as_they_were() -> None:
    askable = Askable.of(GUIDELINE.graph, DECISIONS)
    lists: list[AskedFacts] = [(), (("egfr", DECISIONS[1:3]), ("age", DECISIONS[:1]))]

    assert askable.listed(lists, np.array([1, 0])).open == tuple(lists)
    assert askable.nothing(3).open == ((),)
    assert askable.nothing(3).group.tolist() == [0, 0, 0]


def test_names_are_held_once_in_tables_and_are_text_in_frames() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    table = pa.table({"b12_deficiency": [True, None], "egfr": [None, 1e9]})
    found = GUIDELINE.cohort(table, on_bad="unknown")
    kind = pa.list_(pa.dictionary(pa.int32(), pa.string()))
    questions, bad = found["questions"].to_pylist(), found["bad"].to_pylist()
    in_pandas = GUIDELINE.cohort(table.to_pandas(), on_bad="unknown")
    in_polars = GUIDELINE.cohort(polars.from_arrow(table), on_bad="unknown")
    text = pa.list_(pa.string())

    assert found.schema.field("questions").type == kind
    assert found.schema.field("bad").type == kind
    assert bad == [[], ["egfr"]]
    assert "egfr" in questions[0]
    assert in_pandas["questions"].dtype == pandas.ArrowDtype(text)
    assert in_pandas["questions"].tolist() == questions
    assert in_polars["questions"].dtype == polars.List(polars.String)
    assert in_polars["bad"].to_list() == bad
