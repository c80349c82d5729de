"""Writes the grammar for constrained decoding: what a language model may write, letter by letter.

    python scripts/constrained_grammar.py

writes `grammar/gdl.llguidance.lark`, in the dialect of llguidance, from `grammar/gdl.lark` and the
tables that the parser itself reads by. A draft that it lets through parses. After a change to the
grammar, `tests/unit/syntax/test_grammar_constrained.py` fails until the file says it, too.

llguidance reads with other means than our parser, so some things have to be said anew:

* There, blanks have to be part of the grammar, or `orally` would be `or` and `ally`. So every word
  has a gap before it, but behind a comma, an opening parenthesis or a comparison.
* Our parser takes a word for a word of the language wherever one may stand there, and for a name
  otherwise. So each place of a name leaves out the words that the parser looks for in that place.
* What builders refuse is left out: a clause that is written twice, a day that is not in the
  calendar, a word that can be no unit.

What is left out although the parser takes it stands in docs/constrained-decoding.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from attrs import define, field, frozen
from lark.lexer import PatternStr

from b12guide.syntax.build.pieces import FREQUENCY_WORDS, NOT_UNITS, RESERVED
from b12guide.syntax.grammar import build

Symbol: TypeAlias = str
"""A rule in small letters, a terminal in capital ones, as Lark has them."""

_PLAIN = "[A-Za-z][A-Za-z0-9_]*"
# Letters and signs that no version of Unicode that is in use leaves unassigned, and none of which
# is hidden or turns the direction of the text.
_WIDE = (
    r"\u{a0}-\u{2ff}\u{370}-\u{377}\u{391}-\u{3a1}\u{3a3}-\u{3ff}\u{400}-\u{52f}\u{5d0}-\u{5ea}"
    r"\u{621}-\u{64a}\u{905}-\u{939}\u{1e00}-\u{1eff}\u{2010}-\u{2027}\u{2030}-\u{205e}"
    r"\u{2070}-\u{2071}\u{2074}-\u{208e}\u{20a0}-\u{20bf}\u{2100}-\u{218b}\u{2190}-\u{23ff}"
    r"\u{2500}-\u{27bf}\u{3041}-\u{3096}\u{30a1}-\u{30fa}\u{4e00}-\u{9fcc}\u{ac00}-\u{d7a3}"
)
_IN_STRING = rf"[ !#-\[\]-~\t{_WIDE}]"
_IN_COMMENT = rf"[ -~\t{_WIDE}]"
_A_GAP = rf"[ \t\f\r\n]|#{_IN_COMMENT}*[\r\n]"
_MONTH_DAY = (
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
)
_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP = "(([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)"
_A_DAY = f"{_YEAR}-({_MONTH_DAY})|{_LEAP}"
_A_UNIT_PART = (
    r"([A-Za-z]{1,30}[23\u{b2}\u{b3}]?|[\u{b5}\u{3bc}][A-Za-z]{1,30}[\u{b2}\u{b3}]?)"
)
_A_UNIT = (
    r"%|([x\u{d7}] ?)?10[\^*]?[0-9]{1,3}\/[A-Za-z]{1,12}"
    rf"|{_A_UNIT_PART}(\/{_A_UNIT_PART})*(\/1\.73 ?m[2\u{{b2}}])?"
)

_A_PATH = r"[A-Za-z][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.-]+)*"

_FIXED: Mapping[str, str] = {
    "STRING": rf'"({_IN_STRING}|\\{_IN_COMMENT})*"',
    "DECIMAL": r"[0-9]{1,12}(\.[0-9]{1,12})?",
    "WHOLE": r"[0-9]{1,12}",
    "EDITION": r"1(\.1)?",
    "VERSION": r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}",
    "DATE": _A_DAY,
    "PARTIAL_DATE": f"{_YEAR}(-(0[1-9]|1[0-2]))?|{_A_DAY}",
    "DIGEST": "sha256:[0-9a-f]{64}",
    "COMPARISON": r"<=|>=|\u{2264}|\u{2265}|<|>|=",
    "GAP": f"({_A_GAP})+",
    "IN_LINE": r"[ \t]+",
    "TAIL": f"({_A_GAP})*(#{_IN_COMMENT}*)?",
}
"""The words of the language but names, units and those that are written out."""

_WHOLE_NUMBERS = {"for_doses", "counted", "last_values", "authors", "printed"}
"""Rules in which a number counts something."""
_ANY_WORD = {"word", "kind"}
"""Rules in which a name may be a word of the language."""
_ON_RECORD = ("recorded", "established", "measured", "known")
_ONE_LINE = {"bound", "between", "last_values"}
"""Rules whose numbers begin no line: `5) and` would be the mark of a list."""
_CLOSE_BEHIND = {"COMMA", "LPAR", "COMPARISON"}
_PUNCTUATION = {"COMMA", "LPAR", "RPAR", "COMPARISON", "STRING"}
_MANY = 40
"""A rule with more ways of writing it is written down as the steps that they share."""
_DEEPEST = 48

_ONCE = frozenset(
    {
        *(
            "version",
            "revised",
            "status",
            "scope",
            "statements",
            "author",
            "reviewed_by",
        ),
        *(
            "licence",
            "contact",
            "intended_for",
            "effective",
            "retired",
            "superseded_by",
        ),
        *("asks", "unit", "plausible", "plausible_dose", "usual_dose", "molar_mass"),
        *("absent", "current", "strength", "certainty", "grade", "because"),
        *("for_patient", "section", "authors", "kind", "printed", "missing", "link"),
        *("asked", "as_needed", "with_food", "at_times", "recurring", "check_once"),
        *("before_next_dose", "companions", "never_alone", "after", "until", "during"),
    }
)
"""What an item may say once only, by the name of its rule in the grammar."""


FILE = Path(__file__).parent.parent / "grammar" / "gdl.llguidance.lark"


@cache
def grammar() -> str:
    """The grammar in the dialect of llguidance; its first rule is `start`."""
    return _Writer(_Tables.of(build())).text()


# ------------------------------------------------------------------------- the parser


@frozen
class _Way:
    """One way of writing a rule: its symbols, and by which name it is known."""

    name: str
    symbols: tuple[Symbol, ...]


_At: TypeAlias = tuple[_Way, int]
"""A place in a way of writing a rule: before the symbol of this number."""


@frozen(eq=False)
class _Tables:
    """What the parser's tables say.

    Attributes:
        ways: The ways of writing each rule.
        words: The words of the language, by the names of their terminals.
        expected: At each place, the words of the language that the parser would take there.
    """

    ways: Mapping[str, Sequence[_Way]]
    words: Mapping[str, str]
    expected: Mapping[_At, frozenset[str]]

    @classmethod
    def of(cls, lark: Any) -> _Tables:
        """Those of a parser."""
        words = {
            str(terminal.name): terminal.pattern.value
            for terminal in lark.terminals
            if isinstance(terminal.pattern, PatternStr)
        }
        ways: dict[str, list[_Way]] = {}
        for rule in lark.rules:
            symbols = tuple(str(one.name) for one in rule.expansion)
            origin = str(rule.origin.name)
            way = _Way(str(rule.alias or origin), symbols)
            ways.setdefault(origin, []).append(way)
        table = lark.parser.parser._parse_table  # noqa: SLF001 - it is about what is inside
        states = {
            number: {str(kind): step for kind, step in row.items()}
            for number, row in table.states.items()
        }
        walk = _Walk(ways, states)
        walk.from_start(table.start_states["file"])
        return cls(ways, words, walk.expected(words))


@define
class _Walk:
    """Goes through the states of the parser, with the places that each of them stands for."""

    ways: Mapping[str, Sequence[_Way]]
    states: Mapping[int, Mapping[str, tuple[Any, Any]]]
    places: dict[int, set[_At]] = field(factory=dict)
    entered: dict[int, list[tuple[int, Symbol]]] = field(factory=dict)
    ends: dict[tuple[int, Symbol], frozenset[int]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for begin, row in self.states.items():
            for symbol, (action, to) in row.items():
                if symbol in self.ways and action.name == "Shift":
                    self.entered.setdefault(to, []).append((begin, symbol))

    def from_start(self, start: int) -> None:
        """Find the places of every state."""
        waiting = [(start, (way, 0)) for way in self.ways["file"]]
        while waiting:
            state, (way, at) = waiting.pop()
            known = self.places.setdefault(state, set())
            if (way, at) in known:
                continue
            known.add((way, at))
            if at == len(way.symbols):
                continue
            symbol = way.symbols[at]
            waiting += [(state, (one, 0)) for one in self.ways.get(symbol, ())]
            if symbol in self.states[state]:
                waiting.append((self.states[state][symbol][1], (way, at + 1)))

    def expected(self, words: Mapping[str, str]) -> dict[_At, frozenset[str]]:
        """At each place of a name or unit, the words that would be taken for themselves."""
        found: dict[_At, frozenset[str]] = {}
        for state, places in self.places.items():
            for way, at in places:
                if at < len(way.symbols) and way.symbols[at] in {"NAME", "UNIT"}:
                    looked_for = self._looked_for(state, way.symbols[at])
                    taken = frozenset(words[one] for one in looked_for if one in words)
                    found[way, at] = found.get((way, at), frozenset()) | taken
        return found

    def _looked_for(self, state: int, terminal: str) -> set[str]:
        """What the parser looks for where it comes to a state with a terminal to be read.

        It reads a word in one state, and may then end rules before it comes to the state in which
        the word is taken.
        """
        reading, waiting = {state}, [state]
        while waiting:
            for before in self._ending_in(waiting.pop(), terminal):
                if before not in reading:
                    reading.add(before)
                    waiting.append(before)
        return {kind for one in reading for kind in self.states[one]}

    def _ending_in(self, state: int, terminal: str) -> Iterator[int]:
        """States in which a rule ends before a terminal, which leads to `state`."""
        for begin, symbol in self.entered.get(state, ()):
            for end in self._ends(begin, symbol):
                action, rule = self.states[end].get(terminal, (None, None))
                if action is None or action.name == "Shift":
                    continue
                if str(rule.origin.name) == symbol:
                    yield end

    def _ends(self, begin: int, symbol: Symbol) -> frozenset[int]:
        """The states in which a rule can end that began in a state."""
        if (begin, symbol) not in self.ends:
            found = set()
            for way in self.ways[symbol]:
                end: int | None = begin
                for step in way.symbols:
                    row = {} if end is None else self.states[end]
                    end = row[step][1] if step in row else None
                if end is not None:
                    found.add(end)
            self.ends[begin, symbol] = frozenset(found)
        return self.ends[begin, symbol]


# ------------------------------------------------------------------------- the grammar


@define
class _Writer:
    """Writes the grammar, rule by rule, each when another needs it."""

    tables: _Tables
    named: dict[str, str] = field(factory=dict)
    rules: dict[str, list[str]] = field(factory=dict)
    heads: dict[str, str] = field(factory=dict)
    waiting: list[tuple[str, bool]] = field(factory=list)
    nested: frozenset[str] = frozenset()
    split: dict[str, list[_Way]] = field(factory=dict)

    def text(self) -> str:
        """The whole grammar."""
        self.split = dict(self._split())
        self.nested = self._nested()
        start = self._rule("file", close=True)
        while self.waiting:
            self._write(*self.waiting.pop())
        lines = [*_HEAD, f"start: {start} TAIL?", ""]
        lines += [
            f"{self.heads.get(name, name)}: {' | '.join(ways)}"
            for name, ways in self.rules.items()
        ]
        lines += ["", *(f"{name}: /{pattern}/" for name, pattern in _FIXED.items())]
        lines += [f"{name}: {words}" for words, name in self.named.items()]
        return "\n".join(lines) + "\n"

    def _split(self) -> Iterator[tuple[str, list[_Way]]]:
        """The rules, what is called by a name of its own as a rule of its own."""
        own: dict[str, list[_Way]] = {}
        for origin, ways in self.tables.ways.items():
            mine: list[_Way] = []
            for way in ways:
                if origin == "file" and way.symbols[:1] != ("language",):
                    continue  # each file says in which version it is written
                called = way.name if way.name != origin else ""
                called = _MANNERS.get(way.symbols, called)
                if not called or called in self.tables.ways:
                    mine.append(way)
                    continue
                own.setdefault(called, []).append(way)
                one = _Way(origin, (called,))
                if one not in mine:
                    mine.append(one)
            yield origin, mine
        yield from own.items()

    def _nested(self) -> frozenset[str]:
        """The rules that a condition may stand in, inside another condition."""
        uses = {
            name: {s for way in ways for s in way.symbols if s in self.split}
            for name, ways in self.split.items()
        }

        def reached(start: str) -> set[str]:
            found, waiting = set[str](), [start]
            while waiting:
                for one in uses[waiting.pop()] - found:
                    found.add(one)
                    waiting.append(one)
            return found

        inside = reached("condition")
        return frozenset(one for one in inside if "condition" in reached(one))

    # ---------------------------------------------------------------- one rule

    def _rule(self, name: str, *, close: bool) -> str:
        """The name of a rule, which is then written; close where no gap has to come before it."""
        called = name.lstrip("_").lower() + ("_close" if close else "")
        if called not in self.rules:
            self.rules[called] = []
            self.waiting.append((name, close))
        if name in self.nested:
            return f"{called}::_"
        return f"{called}::0x0" if self._once(name) else called

    def _write(self, name: str, close: bool) -> None:
        called = name.lstrip("_").lower() + ("_close" if close else "")
        once = self._once(name)
        head = f"{called}::_" if name in self.nested or once else called
        ways = self.rules[called]
        self.heads[called] = head
        if once:
            ways += self._each_once(once, called)
        elif len(self.split[name]) > _MANY:
            ways += self._steps(self.split[name], called, close)
        else:
            ways += dict.fromkeys(
                self._way(one, name, close) for one in self.split[name]
            )

    def _way(self, way: _Way, origin: str, close: bool) -> str:
        deeper = origin in {"group", "not_"}
        symbols = [
            self._symbol(way, at, origin, close=self._is_close(way, at, close))
            for at in range(len(way.symbols))
        ]
        text = " ".join(symbols)
        if deeper:
            text = text.replace("::_", "::incr([0:6])") + f" %if lt([0:6], {_DEEPEST})"
        return text

    def _is_close(self, way: _Way, at: int, close: bool) -> bool:
        if at == 0:
            return close
        before, here = way.symbols[at - 1], way.symbols[at]
        return before in _CLOSE_BEHIND or (before == "NUMBER" and here == "UNIT")

    def _symbol(self, way: _Way, at: int, origin: str, *, close: bool) -> str:
        symbol = way.symbols[at]
        if symbol in self.split:
            called = self._rule(symbol, close=close)
            return called if origin in self.nested else called.replace("::_", "::0x0")
        gap = "IN_LINE" if symbol == "NUMBER" and way.name in _ONE_LINE else "GAP"
        if symbol in _PUNCTUATION or close:
            gap += "?"
        return f"{gap} {self._terminal(way, at)}"

    def _terminal(self, way: _Way, at: int) -> str:
        symbol = way.symbols[at]
        match symbol:
            case _ if symbol in self.tables.words:
                return f'"{self.tables.words[symbol]}"'
            case "NAME":
                return self._name(way, at)
            case "UNIT":
                return self._unit(way, at)
            case "PATH":
                return self._called("PATH", f"/{_A_PATH}/{_but(RESERVED)}")
            case "NUMBER" if way.name == "language":
                return "EDITION"
            case "NUMBER":
                is_whole = way.name in _WHOLE_NUMBERS and (
                    way.name != "last_values" or at == 1
                )
                return "WHOLE" if is_whole else "DECIMAL"
            case "DECLARED_ROUTE":
                return '"route"'
            case "LAST":
                return '"last"'
            case _:
                return symbol

    def _name(self, way: _Way, at: int) -> str:
        words = set(self.tables.expected.get((way, at), ()))
        if way.name not in _ANY_WORD:
            words |= RESERVED
        if way.name == "value":
            words |= {*_ON_RECORD}
        more = ""
        if way.name == "phase":
            is_drug = at == 0
            words |= (NOT_UNITS - {"orally"}) if is_drug else set()
            more = "" if is_drug else f" & ~/(?i:{'|'.join(sorted(FREQUENCY_WORDS))})/"
        return self._called("NAME", f"/{_PLAIN}/{_but(words)}{more}")

    def _unit(self, way: _Way, at: int) -> str:
        words = set(self.tables.expected.get((way, at), ())) | NOT_UNITS
        per_time = "(d|day|days|w|wk|week|weeks|mo|month|months|y|yr|year|years)"
        more = rf" & ~/.*\/{per_time}/" if way.name == "dose" else ""
        return self._called("UNIT", f"/{_A_UNIT}/{_but(words)}{more}")

    def _called(self, kind: str, pattern: str) -> str:
        """The name of a terminal, the same for the same pattern."""
        if pattern not in self.named:
            count = sum(name.startswith(kind) for name in self.named.values())
            self.named[pattern] = f"{kind}_{count + 1}"
        return self.named[pattern]

    # ---------------------------------------------------------------- lists

    def _once(self, name: str) -> tuple[tuple[Symbol, ...], ...]:
        """The entries of a list in which some may stand once only; empty for another rule."""
        if not name.startswith("__"):
            return ()
        entries = [
            way.symbols for way in self.split[name] if way.symbols[:1] != (name,)
        ]
        found = tuple(dict.fromkeys(e for one in entries for e in self._entries(one)))
        return found if any(entry[-1] in _ONCE for entry in found) else ()

    def _entries(self, symbols: tuple[Symbol, ...]) -> Iterator[tuple[Symbol, ...]]:
        """An entry, or those that it stands for, down to what has a name of its own."""
        last = symbols[-1]
        ways = self.split.get(last, ())
        is_choice = ways and last not in _ONCE and last in _CHOICES
        if not is_choice:
            yield symbols
            return
        for way in ways:
            yield from self._entries((*symbols[:-1], *way.symbols))

    def _each_once(
        self, entries: Iterable[tuple[Symbol, ...]], called: str
    ) -> Iterator[str]:
        """A list of entries, in any order; those that may stand once are counted by a bit each."""
        yield '""'
        bits: dict[str, int] = {}
        for entry in entries:
            way = _Way("", entry)
            text = " ".join(
                self._symbol(way, at, "", close=self._is_close(way, at, close=False))
                for at in range(len(entry))
            )
            if entry[-1] in _ONCE:
                bit = bits.setdefault(entry[-1], len(bits))
                yield f"{text} {called}::set_bit({bit}) %if bit_clear({bit})"
            else:
                yield f"{text} {called}::_"

    # ---------------------------------------------------------------- many ways

    def _steps(self, ways: Sequence[_Way], called: str, close: bool) -> Iterator[str]:
        """Many ways of writing a rule as a few steps, what they share written once."""
        texts = [
            [
                self._symbol(way, at, "", close=self._is_close(way, at, close))
                for at in range(len(way.symbols))
            ]
            for way in ways
        ]
        steps: dict[frozenset[tuple[str, ...]], str] = {}

        def step(rest: frozenset[tuple[str, ...]]) -> str:
            """The rule for what may still follow."""
            if rest not in steps:
                steps[rest] = name = f"{called}_{len(steps) + 1}"
                self.rules[name] = [*after(rest)]
            return steps[rest]

        def after(rest: frozenset[tuple[str, ...]]) -> Iterator[str]:
            for first in dict.fromkeys(one[0] for one in sorted(rest) if one):
                following = frozenset(one[1:] for one in rest if one[:1] == (first,))
                ends = () in following
                if following == {()}:
                    yield first
                else:
                    yield f"{first} {step(following - {()})}{'?' if ends else ''}"

        yield from after(frozenset(tuple(text) for text in texts))


_MANNERS = {("AS", "NEEDED"): "as_needed", ("WITH", "FOOD"): "with_food"}
_CHOICES = frozenset(
    {
        *(
            "header_clause",
            "imprint",
            "declaration_clause",
            "explanation_clause",
            "clause",
        ),
        *("source_clause", "silent_clause", "conflict_clause", "manner", "timing"),
        "timing_word",
    }
)
"""Rules that are a choice of others, in lists of which some may stand once only."""

_HEAD = (
    "// The guideline language for constrained decoding with llguidance.",
    "// Made by scripts/constrained_grammar.py: do not edit. A draft that it lets through parses;",
    "// then `b12guide check`, `prove` and `mutate` say what is wrong with it.",
    "%llguidance {}",
    "",
)


def _but(words: Iterable[str]) -> str:
    some = sorted(one for one in words if re.fullmatch(_PLAIN, one))
    return f" & ~/({'|'.join(some)})/" if some else ""


if __name__ == "__main__":
    FILE.write_text(grammar(), encoding="utf-8")
    print(f"{FILE.name}: {len(grammar())} characters")
