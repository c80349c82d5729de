"""Checks a draft again after each change, and of its items only those it may have touched.

Most checks look at one item and at what the names in it mean. As long as the words are the very
same, what they said of an item stays, unless it refers to a rule or source that came or went.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from operator import is_

from attrs import define, field

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks import MOST, OF_ITEMS, OF_THE_WHOLE, check_draft
from b12guide.semantics.draft import Draft
from b12guide.semantics.pieces import PiecedDraft
from b12guide.semantics.scope import Namespace, Scope, folded
from b12guide.syntax.ast import Declaration, Definition, File
from b12guide.syntax.reread import Known, Reading, ReadPiece
from b12guide.text import Span

__all__ = ["Checker"]

_Found = tuple[tuple[Diagnostic, ...], ...]
"""What each check of items says."""


@define(eq=False)
class Checker:
    """Checks the versions of one draft, one after the other."""

    _words: tuple[Declaration | Definition, ...] = field(default=(), init=False)
    _names: tuple[tuple[Namespace, str], ...] = field(default=(), init=False)
    _found: dict[Known, _Found] = field(factory=dict, init=False)

    def check(self, draft: PiecedDraft, scope: Scope) -> tuple[Diagnostic, ...]:
        """What `check_draft` says."""
        self._look_up(scope)
        before, self._found = self._found, {}
        for _, piece in draft.each_piece():
            known = piece.known
            self._found[known] = before.get(known) or _checked(known, scope)
        by_check = [
            tuple(chain(*some)) for some in zip(*self._found.values(), strict=True)
        ]
        if any(len(some) > MOST for some in by_check):
            return check_draft(draft, scope)
        return (*chain(*by_check), *check_draft(draft, scope, OF_THE_WHOLE))

    def _look_up(self, scope: Scope) -> None:
        """Forget what was found if something may have another meaning now."""
        words: list[Declaration | Definition] = []
        names: list[tuple[Namespace, str]] = []
        for entry in scope.declared:
            match entry.item:
                case Declaration() | Definition() as word:
                    words.append(word)
                case _:
                    names.append((entry.namespace, entry.name))
        alike = len(words) == len(self._words) and all(map(is_, words, self._words))
        others = {folded(name) for _, name in {*names} ^ {*self._names}}
        self._words, self._names = tuple(words), tuple(names)
        if not alike:
            self._found = {}
        elif others:
            self._found = {
                known: found
                for known, found in self._found.items()
                if not any(found) and others.isdisjoint(_words_in(known))
            }


@lru_cache(maxsize=20_000)
def _words_in(known: Known) -> frozenset[str]:
    """The names that a piece refers to."""
    references = _alone(known).each_reference()
    return frozenset(folded(reference.name.text) for _, reference, _ in references)


def _checked(known: Known, scope: Scope) -> _Found:
    draft = _alone(known)
    return tuple(tuple(check(draft, scope)) for check in OF_ITEMS)


def _alone(known: Known) -> Draft:
    """A draft of one piece."""
    text = known.text
    piece = ReadPiece(known=known, span=Span(0, len(text.characters)), offset=0)
    reading = Reading(text=text, head=text, pieces=(piece,))
    file = File(text=text, language=None, headers=known.parts.headers, items=())
    return PiecedDraft((file,), readings={text.name: reading})
