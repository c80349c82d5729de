"""What frozen classes have in common: how they show themselves.

One function for all of them, because a function generated for each class would make a good part
of the time that b12guide needs to start.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any, ClassVar, cast

import attrs

__all__ = ["Record", "Shown"]


class Record:
    """An attrs class, declared with `repr=False`, that shows its fields as attrs does.

    What it keeps beside its fields, it worked out from them, and does not pickle.
    """

    __slots__ = ()

    def __getstate__(self) -> dict[str, Any]:
        # A class with slots has its own, made by attrs; this is for those with a `__dict__`.
        kind = cast("type[attrs.AttrsInstance]", type(self))
        return {field.name: getattr(self, field.name) for field in attrs.fields(kind)}

    def __repr__(self) -> str:
        kind = cast("type[attrs.AttrsInstance]", type(self))
        shown = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in attrs.fields(kind)
            if field.repr
        )
        return f"{kind.__qualname__}({', '.join(shown)})"


class Shown:
    """A class whose instances a notebook shows as a page, and as a picture where one serves."""

    __slots__ = ()

    _shown_by: ClassVar[str] = "b12guide.show.notebook"
    """The module whose `bundle` lays it out; it is opened when something is to be shown."""

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
    ) -> dict[str, Any]:
        """The page as text, Markdown and HTML, for Jupyter, VS Code, marimo and their like."""
        bundle: dict[str, str] = import_module(self._shown_by).bundle(self)
        return {
            kind: content
            for kind, content in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }
