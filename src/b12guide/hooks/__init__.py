"""CDS Hooks 3.0: what a guideline says at the moments at which a clinical system asks.

Functions on plain data: a request goes in, the JSON of the answer comes out. Whatever serves HTTP
calls them; nothing here opens a connection, reads a clock or keeps what it was asked.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from b12guide.extras import load

if TYPE_CHECKING:
    from b12guide.hooks.policy import Policy
    from b12guide.hooks.refused import HookError, Issue
    from b12guide.hooks.reported import Outcome, feedback
    from b12guide.hooks.responding import respond
    from b12guide.hooks.services import describe, discovery
    from b12guide.hooks.tokens import Caller, Issuer, check_token

__all__ = [
    "Caller",
    "HookError",
    "Issue",
    "Issuer",
    "Outcome",
    "Policy",
    "check_token",
    "describe",
    "discovery",
    "feedback",
    "respond",
]

_HOMES = {
    "Caller": "tokens",
    "HookError": "refused",
    "Issue": "refused",
    "Issuer": "tokens",
    "Outcome": "reported",
    "Policy": "policy",
    "check_token": "tokens",
    "describe": "services",
    "discovery": "services",
    "feedback": "reported",
    "respond": "responding",
}
_SIGNED = frozenset({"Caller", "Issuer", "check_token"})
"""What needs PyJWT, which the extra `serve` brings."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home = f"{__name__}.{_HOMES[name]}"
    module = load(home, extra="serve") if name in _SIGNED else import_module(home)
    return getattr(module, name)
