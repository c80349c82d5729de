"""What was worked out for earlier patients, kept under everything that it depends on.

Patients are rarely alike, but what decides one decision about them often is: the rules that apply,
and nothing else. So each part of an answer is worked out once for each way in which its grounds
can turn out. A memory that is full starts anew, so that it never grows without end.

A `Memory` is the one part of a guideline that changes. It changes no answer, and a guideline that
is pickled or copied begins with an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field

if TYPE_CHECKING:
    from b12guide.evaluate.answer import Decided
    from b12guide.evaluate.composed import Composed

__all__ = ["Memory", "remembered"]

MOST = 4096

T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)


@define(eq=False, repr=False)
class Memory:
    """What one evaluator worked out for earlier patients.

    Attributes:
        met: How often the conditions were worked out without a function made for it.
        composed: What rules say together, by decision and the names of the rules.
        groups: Open facts that belong together, by what can be seen of them.
        decided: Where a decision stands, by what the rules say together in each completion.
        states, finished: The two stages of a closed decision, by what it follows from.
        resting: The assumptions behind a condition, by the truths of its parts.
    """

    met: int = field(init=False, default=0)
    composed: dict[Any, Composed] = field(init=False, factory=dict)
    groups: dict[Any, Any] = field(init=False, factory=dict)
    decided: dict[Any, Decided] = field(init=False, factory=dict)
    states: dict[Any, Any] = field(init=False, factory=dict)
    finished: dict[Any, Decided] = field(init=False, factory=dict)
    resting: dict[Any, tuple[str, ...]] = field(init=False, factory=dict)


def remembered(memory: dict[Key, T], key: Key | None, work_out: Callable[[], T]) -> T:
    """What `memory` has under `key`; what it does not have is worked out and kept.

    With None for a key, it is worked out and not kept.
    """
    if key is None:
        return work_out()
    found = memory.get(key)
    if found is None:
        if len(memory) >= MOST:
            memory.clear()
        found = memory[key] = work_out()
    return found
