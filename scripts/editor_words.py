"""Writes the words of the language into the colours of the editors, from the grammar.

    python scripts/editor_words.py

The files under `editors/` list the words by their part, and all of them where a name or a unit must
be none; the editor in the browser has them as data. After a change to the grammar, `tests/editors`
fails until they say it, too.
"""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

from b12guide.highlight import WORDS
from b12guide.values.term import Strength

ROOT = Path(__file__).parent.parent
EDITORS = ROOT / "editors"
BROWSER = ROOT / "src" / "web" / "edit" / "words.json"
TEXTMATE = EDITORS / "vscode" / "syntaxes" / "b12guide.tmLanguage.json"
VIM = EDITORS / "vim" / "syntax" / "b12guide.vim"
EVERY = frozenset().union(*WORDS.values())

_LIST = re.compile(r"[a-z]+(?P<bar>\\?\|)[a-z]+(?:(?P=bar)[a-z]+)+")
_VIM_GROUPS = {"item": "gdlItem", "clause": "gdlClause", "other": "gdlWord"}
_FEWEST = 10


def relisted(found: re.Match[str]) -> str:
    """A list of words, as the grammar has them now; other alternatives stay as they are."""
    bar, before = found["bar"], set(found[0].split(found["bar"]))
    parts = [part for part, words in WORDS.items() if len(before & words) >= _FEWEST]
    if not parts:
        return found[0]
    now = set(WORDS[parts[0]]) if len(parts) == 1 else set(EVERY)
    if len(parts) > 1 and "days" not in before:  # a unit, although it is a word
        now.discard("days")
    return bar.join(sorted(now))


def of_vim(text: str) -> str:
    """The syntax file with the lists of keywords of each group."""
    for part, group in _VIM_GROUPS.items():
        head = f"syntax keyword {group}"
        if part == "item":
            head += " nextgroup=gdlName skipwhite"
        listed = " ".join(
            sorted(WORDS[part] - {"strength"})
        )  # it has a line of its own
        lines = [f"{head} {line}\n" for line in textwrap.wrap(listed, 72)]
        old = re.compile(rf"(?:^{head} (?!nextgroup|strength).*\n)+", re.MULTILINE)
        text = old.sub("".join(lines), text, count=1)
    return text


def of_browser() -> str:
    """The words by their part, and the strengths, the longer ones first, as JSON."""
    parts = {part: sorted(words) for part, words in WORDS.items()}
    strengths = sorted(
        (one.value for one in Strength), key=lambda text: (-len(text), text)
    )
    return json.dumps({**parts, "strength": strengths}, indent=2) + "\n"


def main() -> None:
    """Writes the files."""
    textmate = _LIST.sub(relisted, TEXTMATE.read_text("utf-8"))
    TEXTMATE.write_text(textmate, "utf-8")
    BROWSER.write_text(of_browser(), "utf-8")
    VIM.write_text(_LIST.sub(relisted, of_vim(VIM.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
