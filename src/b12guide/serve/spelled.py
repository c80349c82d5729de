"""Data as JSON: as it is sent, and in one spelling, so that the same data have the same digest.

In the one spelling names are in order, there are no blanks, and numbers stay as they were written:
`35` and `35.0` are two spellings of what a laboratory said, and both are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def as_bytes(value: Any) -> bytes:
    """Plain data as it is sent."""
    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        default=_builtin,
    ).encode()


def canonical(value: Any) -> str:
    """The one spelling of plain data as JSON.

    >>> canonical({"b": [1, None], "a": Decimal("0.50")})
    '{"a":0.50,"b":[1,null]}'
    """
    try:  # what has no Decimal in it, as the standard library spells it
        return json.dumps(
            value,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
            sort_keys=True,
        )
    except TypeError:
        return _part(value)


def _part(value: Any) -> str:
    match value:
        case Mapping():
            items = (f"{_text(key)}:{_part(value[key])}" for key in sorted(value))
            return f"{{{','.join(items)}}}"
        case list() | tuple():
            return f"[{','.join(map(_part, value))}]"
        case Decimal():
            return str(value)
        case _:
            return _text(value)


def digest_of(value: Any) -> str:
    """The SHA-256 of the one spelling, such as `sha256:2f77...`."""
    return f"sha256:{hashlib.sha256(canonical(value).encode()).hexdigest()}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _builtin(value: Any) -> Any:
    """What the standard library cannot write: a frozen mapping as a dict."""
    if isinstance(value, Mapping):
        return dict(value)
    message = f"a `{type(value).__name__}` is not plain data"
    raise TypeError(message)
