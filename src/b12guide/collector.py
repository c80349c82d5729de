"""Python's collector of cycles, kept from searching while nothing can be found.

Code that builds hundreds of thousands of objects that stay is searched again and again for
objects that do not: a third of the time of loading a large guideline.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Nothing is collected in the block, unless somebody else sees to it.

    If the collector is at rest already, it stays so: it is woken where it was put to rest.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
