"""How a check says what it found."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, Severity
from b12guide.semantics.scope import Misfit
from b12guide.syntax.ast import Name, Node
from b12guide.syntax.explain.wishes import wished_instead
from b12guide.text import Text


def finding(  # noqa: PLR0913 - a diagnostic has as many parts
    code: str,
    message: str,
    place: tuple[Text, Node],
    *,
    help_: Help | str = "",
    others: Iterable[tuple[Text, Node, str]] = (),
    notes: tuple[str, ...] = (),
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    """A diagnostic at `place`, with the other places that belong to it.

    A wish that was read as a name or a unit is named instead: it is the cause.
    """
    text, node = place
    labels = (
        Label(text=text, span=node.span),
        *(Label(text=t, span=n.span, message=said) for t, n, said in others),
    )
    remedy = Help(message=help_) if isinstance(help_, str) else help_
    remedies = (remedy,) if remedy.message else ()
    return wished_instead(
        Diagnostic(
            code=code,
            message=message,
            severity=severity,
            labels=labels,
            notes=notes,
            help=remedies,
        )
    )


def remark(
    code: str, message: str, place: tuple[Text, Node], help_: str = ""
) -> Diagnostic:
    """A warning at `place`."""
    return finding(code, message, place, help_=help_, severity=Severity.WARNING)


def misfit(found: Misfit, place: tuple[Text, Node]) -> Diagnostic:
    """The diagnostic of a quantity that does not fit where it stands."""
    text, node = place
    edits: tuple[Edit, ...] = ()
    if found.instead is not None:
        edits = (Edit(text=text, span=node.span, replacement=found.instead),)
    help_ = Help(message=found.help, edits=edits)
    return finding(found.code, found.message, place, help_=help_)


def did_you_mean(near: Iterable[str], place: tuple[Text, Name]) -> Help | str:
    """The suggestion of nearby names, with an edit that puts the first in place."""
    names = tuple(near)
    if not names:
        return ""
    text, name = place
    message = "did you mean " + " or ".join(f"`{n}`" for n in names)
    edit = Edit(text=text, span=name.span, replacement=names[0])
    return Help(message=message, edits=(edit,) if len(names) == 1 else ())
