"""The grammar for constrained decoding lets guidelines through, and nothing that does not parse."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest

from b12guide import resources
from b12guide.library import shipped
from b12guide.syntax.admission import DEEPEST
from b12guide.syntax.parse import parse_partial
from b12guide.text import Text

llguidance = pytest.importorskip("llguidance", reason="llguidance is not installed")

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "constrained_grammar.py"
GRAMMAR = resources.read("grammar", "gdl.llguidance.lark")
HEAD = "language 1.1\nguideline g\n"

MATCHER: Any = llguidance.LLMatcher(
    llguidance.LLTokenizer("byte"), llguidance.LLMatcher.grammar_from_lark(GRAMMAR)
)


def accepts(text: str) -> bool:
    """Whether the grammar lets a whole text through."""
    matcher, content = MATCHER.deep_copy(), list(text.encode())
    while content:
        count = matcher.try_consume_tokens(content[:512])
        if count < len(content[:512]):
            return False
        content = content[512:]
    return bool(matcher.is_accepting())


def parses(text: str) -> bool:
    return not parse_partial(Text("draft.gdl", text))[1]


def texts() -> Iterator[tuple[str, str]]:
    """Every guideline file that there is, with its name, as it is written."""
    for name, file in shipped().items():
        yield name, file.read_text("utf-8")
    for folder in ("examples", "templates", "tests"):
        for path in sorted((ROOT / folder).rglob("*.gdl")):
            try:
                text = path.read_bytes().decode("utf-8-sig")
            except UnicodeDecodeError:
                continue
            yield str(path.relative_to(ROOT)), text


TEXTS = dict(texts())
VALID = {name: text for name, text in TEXTS.items() if parses(text)}
NARROWER = {"tests/browser/strange.gdl"}
"""What the grammar does not let through although it parses: a number of 13 digits."""


def script() -> Any:
    if not SCRIPT.is_file():
        pytest.skip("only a checkout has scripts/")
    spec = spec_from_file_location("constrained_grammar", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_what_the_grammar_of_the_language_makes() -> None:
    remedy = "run `python scripts/constrained_grammar.py`"

    assert script().grammar() == GRAMMAR, remedy


def test_llguidance_has_nothing_to_say_against_it() -> None:
    lark = llguidance.LLMatcher.grammar_from_lark(GRAMMAR)

    assert llguidance.LLMatcher.validate_grammar_with_warnings(lark) == (False, [])


@pytest.mark.parametrize("name", [name for name in VALID if name not in NARROWER])
def test_every_file_that_parses_is_let_through(name: str) -> None:
    assert accepts(VALID[name])


def test_no_file_with_errors_is_let_through() -> None:
    wrong = [name for name in TEXTS if name not in VALID]

    assert len(wrong) > 20
    assert [name for name in wrong if accepts(TEXTS[name])] == []


@pytest.mark.parametrize(
    "text",
    [
        "rule r when any of a,b load 1 mg",  # what stands behind a comma may stand close
        "rule r when a<50 cites b",
        "rule r when (a or b) and not (c) states S1",
        "rule r # why\n when a # so\n # and\n form x",
        'rule r "one" "two" because "µ “quoted” é ≥ 4" form x, not y',
        "rule r when last 2 b12 > 1000 pg/mL assuming A1",
        "define last as b\nrule r when last",
        'rule r route oral or im\nroute oral "by mouth"',
        "rule r load x 15 mg/kg at most 1000 mg oral every 3 to 4 weeks for 6 doses with food",
        "rule r check b12 at 3, 6 and 12 months, before the next dose",
        'source s "S" by "A", 2026 kind summary printed as 1 inferred link "x"',
        'finding f "F" synonyms on, "or so" code snomed "1" for none from "x"',
        'choice c values none "none", one "one"',
        'example "e" given a 5 mg/mL on 2024-02-29, otherwise absent expect no load 1 mg',
    ],
)
def test_what_is_written_in_another_way_is_let_through(text: str) -> None:
    assert parses(HEAD + text)
    assert accepts(HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        "rule r whena",  # a word runs on
        "rule r when a or",
        "rule r when not",
        "rule r when when",
        "rule r strength should strength may",  # a clause is written twice
        'rule r because "a" because "b"',
        "rule rule",
        "rule r load 5 IM",
        "rule r load 5 mg/day",
        "rule r load 5 mg twice twice",
        'example "e" given a on 2023-02-29',
        'example "e" asked on 2024-02-29 asked on 2024-02-28',
        "rule r when (a",
        'rule r because "not closed',
        "rule r load 5 mg for 2.5 doses",
        "rule r check b12 once once",
        "rule _r",
        "effective 2024-13",
        "rule r when a > 0000000000000000000000000000000000000001",
        "choice c values recorded",
    ],
)
def test_what_does_not_parse_is_kept_out(text: str) -> None:
    assert not accepts(HEAD + text)


def test_a_file_says_in_which_version_it_is_written() -> None:
    assert accepts("language 1\n")
    assert accepts("# a comment\nlanguage 1.1 # and another")
    assert not accepts("guideline g")
    assert not accepts("language 2\nguideline g")
    assert not accepts("language 1.0\nguideline g")


def test_conditions_are_kept_from_standing_too_deep() -> None:
    deep = HEAD + "rule r when {}a{}"
    within, beyond = 40, DEEPEST + 1

    assert accepts(deep.format("(" * within, ")" * within))
    assert not accepts(deep.format("(" * beyond, ")" * beyond))
    assert not accepts(deep.format("not " * beyond, ""))


def test_no_letter_that_is_let_through_is_hidden() -> None:
    found = re.search(r"a0}.*?\]", GRAMMAR)
    assert found is not None
    letters = re.findall(r"\\u\{(\w+)\}(?:-\\u\{(\w+)\})?", rf"\u{{{found[0]}")
    assert len(letters) > 20

    for low, high in letters:
        for number in range(int(low, 16), int(high or low, 16) + 1):
            assert category(chr(number)) not in {"Cc", "Cs", "Cn", "Zl", "Zp"}, number
            assert parses(f'language 1\n# {chr(number)}\nguideline g "{chr(number)}"')


def mutated(text: str, dice: random.Random) -> str:
    """A text with a word left out, written twice, or put in the place of another."""
    words = re.findall(r'"[^"\n]*"|[\w.:/^]+|\s+|.', text)
    at, other = dice.randrange(len(words)), dice.randrange(len(words))
    match dice.randrange(4):
        case 0:
            del words[at]
        case 1:
            words.insert(at, words[other])
        case 2:
            words[at], words[other] = words[other], words[at]
        case _:
            words[at] = words[other]
    return "".join(words)


@pytest.mark.parametrize(
    "name", ["aafp_2017", "bomss_2020", "aafp_2025.examples", "b12"]
)
def test_of_files_with_a_slip_those_that_are_let_through_parse(name: str) -> None:
    dice = random.Random(name)  # noqa: S311 - nothing is kept secret by it
    wrong, missed, tried = [], 0, 60
    for _ in range(tried):
        text = mutated(VALID[name], dice)
        if accepts(text):
            wrong += [] if parses(text) else [text]
        else:
            missed += parses(text)

    assert wrong == []
    assert missed <= tried // 20  # what the grammar leaves out is rare


def allowed(matcher: Any) -> list[int]:
    """The bytes that may come next."""
    mask = matcher.compute_bitmask()
    return [byte for byte in range(256) if mask[byte >> 3] >> (byte & 7) & 1]


def drafted(dice: random.Random, length: int) -> str | None:
    """A text made of allowed bytes, one after the other; None where it does not come to an end."""
    matcher, draft = MATCHER.deep_copy(), bytearray()
    while len(draft) < 6 * length:
        if len(draft) > length and matcher.is_accepting():
            return draft.decode()
        options = allowed(matcher)
        assert options, draft
        ends_word = draft[-1:].isalnum() and [one for one in options if one in b" \n"]
        plain = [one for one in options if chr(one).isalnum() and one < 128]
        quiet = [one for one in options if one != ord("#")] or options
        chance = dice.random()
        if ends_word and chance < 0.35:
            byte = dice.choice(ends_word)
        elif ord('"') in options and len(options) > 60 and chance < 0.6:
            byte = ord('"')
        elif plain and chance < 0.9:
            byte = dice.choice(plain)
        else:
            byte = dice.choice(quiet if chance < 0.99 else options)
        assert matcher.try_consume_tokens([byte]) == 1
        draft.append(byte)
    return None


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_drafted_by_the_grammar_parses(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    drafts = [drafted(dice, dice.randrange(1, 400)) for _ in range(25)]
    ended = [draft for draft in drafts if draft is not None]

    assert len(ended) > 20
    assert [draft for draft in ended if not parses(draft)] == []
