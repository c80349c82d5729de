"""How well questions in plain words are answered, and how fast: the table of docs/ask.md.

    B12GUIDE_TEST_DATA=FOLDER python benchmarks/questions.py

The questions are those of tests/clinical/ask, and those of FOLDER/questions.json where it is there.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.clinical.asking_questions import (
    Asked,
    given_questions,
    guideline,
    judged,
    own_questions,
    silences_of,
    told_by,
)


def is_first(asked: Asked) -> bool:
    """Whether what is wanted comes before everything else."""
    reply = guideline(asked.guideline).ask(asked.asks)
    if not silences_of(reply).isdisjoint(asked.wants) and not reply.items:
        return True
    statements = told_by(reply)
    return bool(statements) and not statements[0].isdisjoint(asked.wants)


def figures(title: str, questions: Iterable[Asked]) -> None:
    """One row of the table."""
    asked = tuple(questions)
    if not asked:
        return
    found = Counter((bool(one.wants), judged(one)) for one in asked)
    wanting = [one for one in asked if one.wants]
    first = sum(map(is_first, wanting))
    print(
        f"| {title} | {first} | {found[True, 'right']} of {len(wanting)} "
        f"| {found[True, 'silent']} "
        f"| {found[False, 'right']} of {len(asked) - len(wanting)} |"
    )


def pace() -> None:
    """How long a question takes, once the index is made."""
    asked = guideline("mecobalamin_im")
    questions = [one.asks for one in own_questions() if one.guideline == asked.name]
    start = time.perf_counter()
    asked.questions.to_dict()
    print(f"index: {(time.perf_counter() - start) * 1000:.0f} ms")
    for text in questions:
        asked.ask(text)
    start = time.perf_counter()
    for text in questions:
        asked.ask(text)
    each = (time.perf_counter() - start) / len(questions)
    print(f"a question: {each * 1000:.1f} ms")


print("| questions | first | among three | wrongly silent | rightly silent |")
print("|---|---|---|---|---|")
figures("given", given_questions())
figures("our own, of all shipped guidelines", own_questions())
pace()
