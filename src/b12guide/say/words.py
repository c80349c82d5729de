"""Lists, plurals, capitals: how words are put together in English."""

from __future__ import annotations

from collections.abc import Iterable


def listing(words: Iterable[str], last: str = "and") -> str:
    """The words as an English list; nothing where there are none.

    >>> listing(["a", "b", "c"], "or")
    'a, b or c'
    """
    *first, end = list(words) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def choice_text(words: tuple[str, ...]) -> str:
    """The words as a choice whose first member comes first."""
    if len(words) == 1:
        return words[0]
    *others, last = words[1:]
    end = f"{', '.join(others)} or {last}" if others else last
    return f"{words[0]} (first choice) or {end}"


def plural(count: str | int, noun: str) -> str:
    """The count with its noun, which takes an s unless the count is 1."""
    return f"{count} {noun}" if str(count) == "1" else f"{count} {noun}s"


def capitalised(sentence: str) -> str:
    """The sentence with a capital first letter; a word with capitals of its own stays as it is.

    >>> capitalised("tingling"), capitalised("eGFR below 50 mL/min")
    ('Tingling', 'eGFR below 50 mL/min')
    """
    first = sentence.partition(" ")[0]
    return (
        sentence if first[1:] != first[1:].lower() else first[:1].upper() + sentence[1:]
    )


def uncapitalised(sentence: str) -> str:
    """The sentence with a small first letter; the rest, such as "B12", is left alone."""
    return sentence[:1].lower() + sentence[1:]


def spaced(text: str) -> str:
    """The text on one line with single spaces, as it is printed and read."""
    return " ".join(text.split())
