"""What drugs, routes, events and units are called in a dosing instruction, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from b12guide.frozen import frozen_map
from b12guide.record import Record

__all__ = ["Names", "spaced"]


def spaced(text: str) -> str:
    """The text on one line with single spaces, as it is printed and read."""
    return " ".join(text.split())


@frozen(kw_only=True, repr=False)
class Names(Record):
    """The words that stand for names in one wording; a name without a word stands for itself.

    Attributes:
        drugs: Labels of drugs by name.
        routes: How a drug gets into the body by route, such as "by mouth".
        events: Labels of events by name, as they follow "until" and "after".
        units: Units that go by a word, in its plural: "micrograms" for "µg".
        for_life: How a bound for life is told.
        indefinitely: How a bound is told for which the source says "indefinitely".
    """

    drugs: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    routes: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    events: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    units: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    for_life: str = "for life"
    indefinitely: str = "indefinitely"

    def drug(self, name: str) -> str:
        """What a drug is called."""
        return _word(self.drugs, name)

    def event(self, name: str) -> str:
        """What an event is called."""
        return _word(self.events, name)

    def route(self, name: str) -> str:
        """How a drug gets into the body."""
        known = self.routes.get(name)
        return spaced(known) if known else f"by the {name.replace('_', ' ')} route"

    def unit(self, name: str, *, single: bool) -> str:
        """What a unit is called, of one or of several."""
        word = self.units.get(name)
        if word is None:
            return name
        return word.removesuffix("s") if single else word

    @property
    def ambiguous(self) -> tuple[str, ...]:
        """The words that stand for several names of one kind, and so cannot be read."""
        kinds = (self.drugs, self.routes, self.events)
        return tuple(word for kind in kinds for word in _repeated(kind.values()))


def _word(words: Mapping[str, str], name: str) -> str:
    return spaced(words.get(name, "")) or name.replace("_", " ")


def _repeated(words: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    found = []
    for word in map(spaced, words):
        key = word.casefold()
        if key in seen:
            found.append(word)
        seen.add(key)
    return found
