"""Answers over HTTP: a service that an application, a health record or a script can ask.

`asgi` makes an application of the ASGI standard, which uvicorn or another server runs, alone or as
a part of a larger one; `b12guide serve` does both. docs/serve.md says what can be asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

from b12guide.extras import load as load_extra
from b12guide.guideline import Guideline
from b12guide.library import PathLike
from b12guide.serve.policy import Policy

__all__ = ["Application", "Policy", "asgi"]

Application: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
"""An application of the ASGI standard: it takes a scope, and receives and sends messages."""


def asgi(
    guidelines: Iterable[Guideline | PathLike] | Guideline | PathLike,
    policy: Policy | None = None,
) -> Application:
    """The service as an ASGI application, its guidelines ready to answer.

    Args:
        guidelines: The guidelines that may be asked: loaded, or by name or path; one or several.
        policy: What the service may cost, and to whom it tells what; the usual one if left out.

    Raises:
        GuidelineError: There is no such guideline, or it has errors.
        ArgumentError: There is none at all, or two have the same name.
        MissingExtraError: The extra `serve` is not installed.

    >>> app = asgi("mecobalamin_im")
    """
    app: Any = load_extra("b12guide.serve.app", extra="serve")
    made: Application = app.application(guidelines, policy or Policy())
    return made
