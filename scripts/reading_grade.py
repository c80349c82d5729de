"""How hard the words for patients are to read, as a school grade.

    python scripts/reading_grade.py            every text and sheet, the hardest first
    python scripts/reading_grade.py --bar 6    only what is harder than that; exit 1 if anything is

Two kinds of text are measured: each `patient "..."` and `asks "..."` text of the shipped guideline,
and each patient sheet under tests/pages. The grade is that of Flesch and Kincaid (1975):

    0.39 * words / sentences + 11.8 * syllables / words - 15.59

A name that no other word can replace is counted as an easy word, of one syllable: drug names,
because they are printed on the box (what the guideline declares with `drug`, their synonyms, and
`vitamin`), and the few names of diseases and blood tests in NAMES, which patients know from their
letters. Every other word is counted as it is spoken; a number or a single letter is one syllable.
Headings, the lines that name the guideline, and the command are left out of a sheet.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

NAMES = frozenset({
    "anaemia", "antibodies", "diabetes", "dialysis", "haemoglobin", "homocysteine", "intrinsic",
    "pernicious", "potassium", "transferrin",
})  # fmt: skip
SENTENCE = re.compile(r"[.?!](?=\s|$)")
WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*")
VOWELS = re.compile(r"[aeiouy]+")
# First halves of words that are written as one, and words that are spelled unlike others.
FIRST_HALVES = ("every", "guide", "life", "note", "some", "time", "where")
UNUSUAL = {
    "anyone": 3, "beyond": 2, "create": 2, "diabetes": 4, "disease": 2, "evening": 2, "every": 2,
    "hundred": 2, "increase": 2, "mg": 1, "rely": 2, "safety": 2, "science": 2, "therefore": 2,
    "tongue": 1,
}  # fmt: skip
# An e that is written and not spoken, as in like, while, takes, stopped, safely.
UNSPOKEN = re.compile(
    r"(?:(?<=[^aeiouyl])|(?<=[aeioury]l))e$"
    r"|(?:(?<=[^aeiouyscgxzl])|(?<=[aeiou]l))(?<![cs]h)es$"
    r"|(?:(?<=[^aeiouytdl])|(?<=[aeioul]l))ed$"
    r"|(?<=[^aeiouyl])e(?=ly$|ment|ful|less|ness|'|lets?$)"
)
# Two vowels side by side and each spoken, as in idea, diet, usual, going, create.
TWICE = re.compile(
    r"i[aou](?!us)|ie(?=t|nt|r$|st$)|ea(?=s?$|t(?:e|ing|ion)s?$)|eo(?=$|[lc])|ua|uou|ui(?=ty)"
    r"|[aeiouy](?=ing)|iety|[^aeiouy]sm$"
)
# The opposite, as in special, question, anxious, onion, layer.
ONCE = re.compile(r"(?:[tscg]i|[gq]u)(?=[aeo])|[cst]ious|nion|llion|[aeiou]y[aeo]")


def syllables(word: str) -> int:
    """How many syllables a word has, by the way English is usually spelled."""
    word = word.lower()
    if word in UNUSUAL:
        return UNUSUAL[word]
    for half in FIRST_HALVES:
        if len(word) > len(half) + 2 and word.startswith(half):
            return syllables(half) + syllables(word.removeprefix(half))
    spoken = ONCE.sub("bo", UNSPOKEN.sub("", word))
    return max(1, len(VOWELS.findall(spoken)) + len(TWICE.findall(spoken)))


def grade(text: str, easy: frozenset[str] = frozenset()) -> float:
    """The school grade of a text, its drug names counted as one syllable."""
    sentences = [s for s in SENTENCE.split(text) if WORD.search(s)]
    words = [word.lower() for word in WORD.findall(text)]
    spoken = sum(1 if word in easy else syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def drug_names(vocabulary: str) -> frozenset[str]:
    """The words in which the drugs of a vocabulary are named."""
    drugs = re.findall(
        r'^drug \w+ "(.*?)"\s+(?:synonyms(.*?)\n +\w+ )?',
        vocabulary,
        re.MULTILINE | re.DOTALL,
    )
    return frozenset(WORD.findall(" ".join(map(" ".join, drugs)).lower())) | {"vitamin"}


def texts_of(guideline: str) -> Iterator[tuple[str, str]]:
    """What a guideline says to patients, and where: `patient "..."` and `asks "..."`."""
    for found in re.finditer(
        r'^ +(?:patient|asks) +("(?:[^"]*"\s+")*[^"]*")', guideline, re.MULTILINE
    ):
        line = guideline.count("\n", 0, found.start()) + 1
        yield f"line {line}", " ".join(re.findall(r'"([^"]*)"', found[1]))


def sentences_of(sheet: str) -> str:
    """The text of a patient sheet without its headings and the lines that name the guideline."""
    paragraphs = re.split(r"\n\s*\n|\n(?=  - )", sheet)
    kept = [
        " ".join(one.split()).removeprefix("- ")
        for one in paragraphs
        if one.startswith("  - ")
    ]
    return " ".join(one if one.endswith((".", "?")) else f"{one}." for one in kept)


def measured() -> Iterator[tuple[float, str, str]]:
    """Every text with its grade and its place."""
    easy = NAMES | drug_names((ROOT / "guidelines/b12.gdl").read_text(encoding="utf-8"))
    for file in sorted((ROOT / "guidelines").glob("*.gdl")):
        for place, text in texts_of(file.read_text(encoding="utf-8")):
            yield grade(text, easy), f"{file.name}, {place}", text
    for file in sorted((ROOT / "tests/pages").glob("*/patient_sheet.txt")):
        text = sentences_of(file.read_text(encoding="utf-8"))
        yield grade(text, easy), f"the sheet of {file.parent.name}", text


def main() -> int:
    """Prints what is measured, the hardest first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--bar", type=float, help="show only what is harder, and fail if anything is"
    )
    bar = parser.parse_args().bar
    found = sorted(measured(), reverse=True)
    shown = [one for one in found if bar is None or one[0] > bar]
    for hardness, place, text in shown:
        print(f"{hardness:5.1f}  {place}: {text[:200]}")
    mean = sum(one[0] for one in found) / len(found)
    print(
        f"{len(found)} texts, grade {mean:.1f} on average; {found[0][0]:.1f} is the hardest"
    )
    return 1 if bar is not None and shown else 0


if __name__ == "__main__":
    sys.exit(main())
