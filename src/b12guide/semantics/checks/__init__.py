"""Everything that is checked of a draft before it is lowered."""

from __future__ import annotations

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope

__all__ = ["check_draft"]


def check_draft(draft: Draft, scope: Scope) -> tuple[Diagnostic, ...]:
    """The diagnostics of all checks."""
    return ()
