"""What the many small frozen classes have in common: how they show themselves.

One function for all of them, because a function generated for each class would make a good part
of the time that b12guide needs to start.
"""

from __future__ import annotations

from typing import cast

import attrs

__all__ = ["Record"]


class Record:
    """An attrs class, declared with `repr=False`, that shows its fields as attrs does."""

    __slots__ = ()

    def __repr__(self) -> str:
        kind = cast("type[attrs.AttrsInstance]", type(self))
        shown = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in attrs.fields(kind)
            if field.repr
        )
        return f"{kind.__qualname__}({', '.join(shown)})"
