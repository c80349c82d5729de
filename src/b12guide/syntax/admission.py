"""What a text has to be before it is parsed: GDL, in plain letters, not too large."""

# ruff: noqa: RUF001 - look-alike letters and odd dashes are the subject here

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from itertools import groupby, islice
from unicodedata import category, normalize
from unicodedata import name as name_of

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, found_at
from b12guide.syntax import scan
from b12guide.syntax.scan import CLAUSES, DECLARATIONS, GUIDELINE_ITEMS, masked, words
from b12guide.text import Span, Text

MOST_BYTES = 1 << 20
DEEPEST = 64
MOST_RULES = 10_000
MOST_DIGITS = 30
_DIVIDE = "divide it into parts and name them under `uses`"

_MOST_OF_A_KIND = 100

_BIDI = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_STARTERS = CLAUSES | DECLARATIONS | GUIDELINE_ITEMS
_MICRO_UNIT = re.compile(r"[\u00b5\u03bc][A-Za-z]+[²³]?")
_LONG_NUMBER = re.compile(rf"[0-9][0-9.]{{{MOST_DIGITS}}}")
_STATEMENT = re.compile(
    rf"^[ \t\f]*(?:{'|'.join(sorted(_STARTERS))})(?!\w)", re.MULTILINE
)
_ODD_LINE = re.compile(r"^[^\n]*[^\x00-\x7f][^\n]*", re.MULTILINE)

# Letters that look like a Latin one, by the Latin one.
_LOOK_ALIKES = {
    other: latin
    for latin, others in {
        "a": "а\u0251α", "c": "сϲ", "d": "ԁ", "e": "еҽ", "g": "ɡ", "h": "һ", "i": "іıι",
        "j": "ј", "k": "к", "l": "ӏ", "m": "м", "n": "п", "o": "оοօ", "p": "рρ", "q": "ԛ",
        "r": "г", "s": "ѕ", "t": "т", "u": "υս", "v": "ν", "w": "ԝω", "x": "хχ", "y": "уγ",
        "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј",
        "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ",
        "X": "ХΧ", "Y": "ҮΥ", "Z": "Ζ", "W": "Ԝ",
    }.items()
    for other in others
}  # fmt: skip


@frozen(kw_only=True)
class Admitted:
    """What there is to say of a text, and the characters that the parser may read, if any."""

    diagnostics: tuple[Diagnostic, ...]
    characters: str | None


def admitted(text: Text) -> Admitted:
    """The text as the parser may read it; it has the same length as `text`."""
    if other := foreign(text):
        return Admitted(diagnostics=(other,), characters=None)
    found = _limited(text)
    if found.characters and (ahead := newer(text, found.characters)):
        return Admitted(diagnostics=(*found.diagnostics, ahead), characters=None)
    return found


def _limited(text: Text) -> Admitted:
    size = len(text.characters.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        return Admitted(diagnostics=(too_large(text, size),), characters=None)
    if deep := tuple(_too_deep(text)):
        return Admitted(diagnostics=deep, characters=None)
    characters = text.characters
    found: list[Diagnostic] = []
    odd = {c for c in set(characters) if not " " <= c <= "~"}
    hidden: dict[str, str | int | None] = {c: " " for c in odd if _visible(c) != c}
    if hidden:
        found += islice(_hidden(text, hidden), _MOST_OF_A_KIND)
        characters = characters.translate(str.maketrans(hidden))
    if any(c.isalpha() and c not in "\u00b5\u03bc" for c in odd):
        found += islice(_letters(text, characters), _MOST_OF_A_KIND)
        characters = _latin(characters)
    if any(_ascii(c) != c for c in odd):
        found += islice(_wide(text, characters), _MOST_OF_A_KIND)
        characters = _narrowed(characters)
    if marked := tuple(marks(characters)):
        found += (told(text, mark) for mark in marked[:_MOST_OF_A_KIND])
        characters = without(characters, marked)
    if _LONG_NUMBER.search(characters):
        found += islice(_long_numbers(text, characters), _MOST_OF_A_KIND)
        pieces = list(characters)
        for start, end in _numbers(characters):
            pieces[start:end] = "1" + " " * (end - start - 1)
        characters = "".join(pieces)
    lines = characters.replace("\r", "\n")
    return Admitted(diagnostics=tuple(found), characters=lines)


def too_large(text: Text, size: int) -> Diagnostic:
    """GDL102: the diagnostic for a file of `size` bytes."""
    message = f"the file has {size} bytes, more than the {MOST_BYTES} that are read"
    return found_at(text, Span(0, 0), "GDL102", message, _DIVIDE)


def too_many_rules(text: Text, span: Span) -> Diagnostic:
    """GDL104: the diagnostic for the first rule beyond the limit."""
    message = f"the file has more than {MOST_RULES} rules"
    return found_at(
        text, span, "GDL104", message, _DIVIDE, seen="the first one too many"
    )


def _too_deep(text: Text) -> Iterator[Diagnostic]:
    """GDL103: parentheses and `not` inside each other."""
    characters = text.characters
    if not _may_be_too_deep(characters):
        return
    open_, nots = [0], 0
    for kind, start, end in words(characters):
        word = characters[start:end] if kind in {"word", "mark"} else ""
        if word in _STARTERS and _begins_line(characters, start):
            open_, nots = [0], 0
        elif word == "not":
            nots += 1
        elif word == "(":
            open_.append(open_[-1] + nots + 1)
            nots = 0
        elif word == ")":
            open_ = open_[:-1] or [0]
            nots = 0
        elif kind != "comment":
            nots = 0
        if open_[-1] + nots > DEEPEST:
            message = f"conditions stand more than {DEEPEST} deep inside each other"
            help_ = "give the inner condition a name with `define`"
            yield found_at(text, Span(start, end), "GDL103", message, help_)
            return


def _may_be_too_deep(characters: str) -> bool:
    """Whether some statement has enough parentheses and `not` at all."""
    opening = sorted((*_places(characters, "("), *_places(characters, "not")))
    first = 0
    while first + DEEPEST < len(opening):
        last = opening[first + DEEPEST]
        next_ = _STATEMENT.search(characters, opening[first], last)
        if next_ is None:
            return True
        first = bisect_left(opening, next_.end())
    return False


def _places(characters: str, word: str) -> Iterator[int]:
    """Where a word begins; it may be the beginning of a longer one."""
    at = characters.find(word)
    while at >= 0:
        if word == "(" or not re.match(r"\w", characters[at - 1 : at]):
            yield at
        at = characters.find(word, at + 1)


def _begins_line(characters: str, at: int) -> bool:
    return not characters[characters.rfind("\n", 0, at) + 1 : at].strip()


def _hidden(text: Text, hidden: Collection[str]) -> Iterator[Diagnostic]:
    """GDL106 and GDL108: characters that a reader cannot see."""
    for at, character in enumerate(text.characters):
        if character not in hidden or (at == 0 and character == "\ufeff"):
            continue
        code, message = "GDL108", "there is a control character in the text"
        if character in _BIDI:
            code = "GDL106"
            message = "a hidden character changes the order in which text is shown"
        span, seen = Span(at, at + 1), _called(character)
        yield found_at(text, span, code, message, "delete it", fix="", seen=seen)


def _visible(character: str) -> str:
    if character in "\t\n\r\f" or " " <= character <= "~":
        return character
    if character in _BIDI or character == "\ufeff":
        return " "
    return " " if category(character) in {"Cc", "Cs", "Zl", "Zp", "Cn"} else character


def _ascii(character: str) -> str:
    """The digit or sign of ASCII that is meant by a wide one, or by a digit of another script.

    Raised digits and letters are not looked at: `x10⁹/L` is a unit.
    """
    kind = category(character)
    if kind == "Nd":
        return str(int(character))
    if "\uff01" <= character <= "\uff5e" and not character.isalpha():
        return normalize("NFKC", character)
    return character


def _wide(text: Text, characters: str) -> Iterator[Diagnostic]:
    """GDL107: digits and signs that only look like those of ASCII."""
    for start, end in _wide_places(characters):
        plain = "".join(map(_ascii, characters[start:end]))
        yield found_at(
            text,
            Span(start, end),
            "GDL107",
            f"`{characters[start:end]}` looks like `{plain}` and is not",
            f"write `{plain}`",
            fix=plain,
            seen=_called(characters[start]),
        )


def _narrowed(characters: str) -> str:
    pieces = list(characters)
    for start, end in _wide_places(characters):
        pieces[start:end] = map(_ascii, characters[start:end])
    return "".join(pieces)


def _wide_places(characters: str) -> Iterator[tuple[int, int]]:
    """Where such characters stand, side by side, outside of texts and comments."""
    for line in _ODD_LINE.finditer(characters):
        plain = masked(line.group())
        places = [at for at, c in enumerate(plain) if _ascii(c) != c]
        for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
            (_, first), *_ = together = list(run)
            yield line.start() + first, line.start() + together[-1][1] + 1


def _letters(text: Text, characters: str) -> Iterator[Diagnostic]:
    """GDL107: letters in names that are not the Latin ones they look like."""
    for start, end in _odd_words(characters):
        yield odd_word(text, Span(start, end))


def odd_word(text: Text, span: Span) -> Diagnostic:
    """GDL107: the diagnostic for a word with such a letter."""
    word = text.slice(span)
    odd = next(c for c in word if not _is_plain(c))
    plain = "".join(map(_letters_of, word))
    reason = "looks like" if _letters_of(odd) != odd else "is not"
    is_known = _is_plain(plain)
    return found_at(
        text,
        span,
        "GDL107",
        f"a letter of `{word}` {reason} one of the letters a to z",
        f"write `{plain}`" if is_known else "use the letters a to z, digits and `_`",
        fix=plain if is_known else None,
        seen=_called(odd),
        notes=("names and words of the language are written with a to z",),
    )


def is_longer(word: str) -> bool:
    """Whether a letter of the word stands for several, as in `deﬁne`.

    Such a word cannot be read in its place by another of the same length.
    """
    return any(len(_letters_of(letter)) > 1 for letter in word)


def _latin(characters: str) -> str:
    pieces = list(characters)
    for start, end in _odd_words(characters):
        letters = map(_plain, characters[start:end])
        pieces[start:end] = [c if c.isascii() else "x" for c in letters]
    return "".join(pieces)


def _odd_words(characters: str) -> Iterator[tuple[int, int]]:
    """The words that are not plain; only lines that may hold one are looked at."""
    for line in _ODD_LINE.finditer(characters):
        for kind, start, end in words(line.group()):
            at, to = line.start() + start, line.start() + end
            if kind == "word" and not _is_plain(characters[at:to]):
                yield at, to


def _is_plain(word: str) -> bool:
    if word.isascii() or _MICRO_UNIT.fullmatch(word):
        return True
    return len(word) > 1 and word[-1] in "²³" and word[:-1].isascii()


def _letters_of(letter: str) -> str:
    """The plain letters that a letter stands for, a ligature for several."""
    together = normalize("NFKC", letter)
    return together if together.isascii() and together.isalpha() else _plain(letter)


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    decomposed = normalize("NFKD", letter)[:1]
    return _LOOK_ALIKES.get(letter) or (decomposed if decomposed.isascii() else letter)


def _called(character: str) -> str:
    return f"U+{ord(character):04X} {name_of(character, '').lower()}".rstrip()


def _long_numbers(text: Text, characters: str) -> Iterator[Diagnostic]:
    """GDL105: numbers longer than any measurement."""
    for start, end in _numbers(characters):
        message = f"a number has more than {MOST_DIGITS} digits"
        help_ = "write it in a larger unit"
        yield found_at(text, Span(start, end), "GDL105", message, help_)


def _numbers(characters: str) -> Iterator[tuple[int, int]]:
    for kind, start, end in words(characters):
        number = characters[start:end]
        if kind == "number" and len(number.replace(".", "")) > MOST_DIGITS:
            yield start, end


LANGUAGES = ("1", "1.1")
"""The versions of the language that are read, the newest last."""

_ODIN = re.compile(
    r"\ufeff?(?:\s|--[^\n]*\n)*(?:\(\w+\)\s*<|\w+\s*=\s*(?:\(\w+\)\s*)?<)"
)
_JSON = re.compile(r"\ufeff?\s*[\[{]")
_JSON_KEYS = (
    '"gdl_version"',
    '"archetype_bindings"',
    '"data_bindings"',
    '"gdlVersion"',
)
_LANGUAGE = re.compile(r"^[ \t]*language\s+([0-9]+)(?:\.([0-9]+))?", re.MULTILINE)
_MISSPELT = re.compile(
    r"^[ \t]*+(?:[^\w\s#][ \t]*+)?language\b", re.MULTILINE | re.IGNORECASE
)


def foreign(text: Text) -> Diagnostic | None:
    """GDL110: the diagnostic for a file in openEHR's language of the same suffix."""
    characters = text.characters
    odin = _ODIN.match(characters)
    json = _JSON.match(characters) and any(key in characters for key in _JSON_KEYS)
    if not (odin or json):
        return None
    form = "ODIN" if odin else "JSON"
    return found_at(
        text,
        Span(0, len(characters.partition("\n")[0])),
        "GDL110",
        f"this is an openEHR Guideline Definition Language file (in {form})",
        "open it with an openEHR tool, or write the guideline anew here",
        notes=(
            "openEHR's GDL and the language of b12guide share only the suffix `.gdl`",
        ),
    )


def newer(text: Text, characters: str) -> Diagnostic | None:
    """GDL111: the diagnostic for a language that is newer than ours."""
    found = _LANGUAGE.search(characters)
    newest = tuple(map(int, LANGUAGES[-1].split(".")))
    if found is None or (int(found[1]), int(found[2] or 0)) <= newest:
        return None
    return other_language(text, Span(found.start(1), found.end()), found[0].split()[-1])


def place_of_language(text: Text) -> Span | None:
    """Where a file names its version of the language; None where it does not."""
    found = _LANGUAGE.search(text.characters)
    if found is None:
        return None
    return Span(found.end() - len(found[0].lstrip()), found.end())


def other_language(text: Text, span: Span, version: str) -> Diagnostic:
    """GDL111: the diagnostic for a language version that does not exist here."""
    ours = " and ".join(LANGUAGES)
    upgrade = "upgrade b12guide with `pip install --upgrade b12guide`"
    help_ = f"write the file in `language {LANGUAGES[-1]}`"
    return found_at(
        text,
        span,
        "GDL111",
        f"the file is written in language {version}, and this b12guide reads {ours}",
        help_ if version.startswith("0") else f"{upgrade}, or {help_}",
        notes=("the version of the language is not that of the package",),
    )


def tries_language(characters: str) -> bool:
    """Whether a line begins with something like `language`."""
    return _MISSPELT.search(characters) is not None


def without_language(text: Text) -> Diagnostic:
    """GDL112: the diagnostic for a file that does not name its language version."""
    line = f"language {LANGUAGES[-1]}"
    start = 1 if text.characters.startswith("\ufeff") else 0
    return found_at(
        text,
        Span(start, start),
        "GDL112",
        "the file does not say in which language version it is written",
        f"begin the file with the line `{line}`",
        fix=f"{line}\n",
    )


def not_utf8(data: bytes, name: str, error: UnicodeDecodeError) -> Diagnostic:
    """GDL101: the diagnostic for bytes that are not UTF-8, at the first bad one."""
    characters = data.decode("utf-8", "replace")
    at = len(data[: error.start].decode("utf-8", "replace"))
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:400].count(0) > 40
    guess = "UTF-16" if wide else "another encoding"
    return found_at(
        Text(name, characters),
        Span(at, at + 1),
        "GDL101",
        "the file is not written in UTF-8",
        f"it may be {guess}; save it again as UTF-8",
        seen=f"the byte {data[error.start]:02x} does not belong here",
    )


@frozen
class StrayMark:
    """One mark: where it stands, and whether it is that of a list."""

    spans: tuple[Span, ...]
    is_bullet: bool = False


_FENCE = re.compile(r"[ \t]*((?:`{3,}|~{3,})[ \t]*\w*)[ \t]*$")
_BULLET = re.compile(r"[ \t]*((?:[-–—*•‣◦▪·+]|[0-9]{1,2}[.)])[ \t]+)(?=[*_]*[A-Za-z])")
_MARKED = "|".join(sorted(scan.STARTERS))
# Two asterisks anywhere, one around words, underscores around a word that begins a clause: a name
# may have underscores.
_BOLD = re.compile(
    r"\*{2,}|(?<![\w*])\*(?=\w[^*\n]*\w\*(?!\w))|(?<=\w)\*(?!\w)"
    rf"|(?<!\w)_{{1,3}}(?=(?:{_MARKED})_{{1,3}}(?!\w))"
)
_TRAILING = re.compile(r"(?<=[a-z])_{1,3}(?!\w)")
_LINE = re.compile(
    r"^[^\n]*(?:\*|__|```|~~~|^[ \t]*[-–—•‣◦▪·+0-9])[^\n]*", re.MULTILINE
)


def marks(characters: str) -> Iterator[StrayMark]:
    """The marks of a text outside of quotation marks and comments, in order."""
    for line in _LINE.finditer(characters):
        begin, written = line.start(), line.group()
        fence = _FENCE.match(written)
        if fence is not None:
            yield StrayMark((Span(*fence.span(1)).shifted(begin),))
            continue
        bullet = _BULLET.match(written)
        if bullet is not None:
            yield StrayMark((Span(*bullet.span(1)).shifted(begin),), is_bullet=True)
        after = bullet.end() if bullet is not None else 0
        plain = scan.masked(written)
        bold = [Span(*m.span()).shifted(begin) for m in _BOLD.finditer(plain, after)]
        if bold and written[bold[0].start - begin] == "_":
            closing = _TRAILING.search(written, bold[0].end - begin)
            bold += [Span(*closing.span()).shifted(begin)] if closing else []
        if bold:
            yield StrayMark(tuple(bold))


def told(text: Text, mark: StrayMark) -> Diagnostic:
    """GDL133 for the mark of a list, GDL166 for the others."""
    first, last = mark.spans[0], mark.spans[-1]
    sign = text.slice(first).strip()
    edits = tuple(Edit(text=text, span=span, replacement="") for span in mark.spans)
    if mark.is_bullet:
        return Diagnostic(
            code="GDL133",
            message=f"a line does not begin with `{sign}`",
            labels=(Label(text=text, span=first),),
            help=(
                Help(
                    message="leave it out; each clause begins with its own word",
                    edits=edits,
                ),
            ),
        )
    return Diagnostic(
        code="GDL166",
        message="marks of Markdown mean nothing here",
        labels=(Label(text=text, span=Span(first.start, last.end)),),
        help=(Help(message="leave it out", edits=edits),),
    )


def without(characters: str, found: tuple[StrayMark, ...]) -> str:
    """The text with blanks in the place of the marks."""
    pieces = list(characters)
    for mark in found:
        for span in mark.spans:
            pieces[span.start : span.end] = " " * (span.end - span.start)
    return "".join(pieces)
