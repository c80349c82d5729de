"""What was worked out for earlier patients, kept under everything that it depends on.

Patients are rarely alike, but what decides one decision about them often is: the rules that apply,
and nothing else. So each part of an answer is worked out once for each way in which its grounds
can turn out. A memory that is full starts anew, so that it never grows without end.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

__all__ = ["remembered"]

MOST = 4096

T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)


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
