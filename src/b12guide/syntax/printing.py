"""A guideline in the one style: printed from its syntax tree, or formatted as it was written.

Formatting keeps the words in the order in which the author wrote them. What changes are blanks and
line ends, the lines on which a long text is folded, and the spelling of `µ` and of `≤`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from typing import TypeVar, assert_never

from attrs import fields

from b12guide.diagnostics import Diagnostic
from b12guide.errors import GuidelineError
from b12guide.syntax import ast
from b12guide.syntax.grammar import Start, tree_of
from b12guide.syntax.layout import one_spelling, page, page_to_text
from b12guide.syntax.parse import comments_in, parse, parse_partial
from b12guide.syntax.phrases import (
    clause,
    clauses,
    condition_to_text,
    full_range,
    head,
    keyword_and_rest,
    listed,
    prose,
    quantity,
    quoted,
    word,
)
from b12guide.text import Text

T = TypeVar("T")


def example_to_text(example: ast.Example) -> Iterator[str]:
    """The lines of an example."""
    yield f"example {quoted(example.title.text)}\n"
    if example.given:
        yield clause("given", ", ".join(map(_given, example.given)))
    if example.asked is not None:
        yield clause("asked", f"on {example.asked}")
    for expectation in example.expectations:
        yield clause("expect", _expectation(expectation))


def _given(entry: ast.Given | ast.GivenAge | ast.GivenOverTime | ast.Otherwise) -> str:
    match entry:
        case ast.GivenAge(age=age, negated=negated):
            return f"{'not ' if negated else ''}{condition_to_text(age)}"
        case ast.GivenOverTime(asked=asked, negated=negated):
            return f"{'not ' if negated else ''}{condition_to_text(asked)}"
        case ast.Otherwise(absent=absent):
            return "otherwise absent" if absent else "otherwise unknown"
        case ast.Given(name=name, value=value, on=on):
            dated = f" on {on}" if on else ""
            return _fact(name, value) + dated
        case _:
            assert_never(entry)


def _fact(name: ast.Name, value: ast.Presence | ast.Quantity | ast.Name) -> str:
    match value:
        case ast.Presence.PRESENT:
            return name.text
        case ast.Presence.ABSENT:
            return f"not {name.text}"
        case ast.Presence.UNKNOWN:
            return f"{name.text} unknown"
        case ast.Quantity():
            return f"{name.text} {quantity(value)}"
        case ast.Name(text=text):
            return f"{name.text} is {text}"
        case _:
            assert_never(value)


def _expectation(expectation: ast.Expectation) -> str:
    match expectation:
        case ast.ExpectAction(action=action, negated=negated):
            keyword, rest = keyword_and_rest(action)
            return f"{'no ' if negated else ''}{keyword} {rest}"
        case ast.ExpectRule(rule=rule, verdict=verdict):
            return f"rule {rule.text} {verdict}"
        case ast.ExpectDecision(decision=decision, outcome=outcome, facts=facts):
            on = f" on {listed(facts)}" if facts else ""
            return f"decision {decision.text} {outcome}{on}"
        case ast.ExpectReasons(decision=decision, rules=rules):
            return f"decision {decision.text} because {listed(rules)}"
        case ast.ExpectQuestion(fact=fact, negated=negated):
            return f"{'no ' if negated else ''}question {fact.text}"
        case ast.ExpectMention(kind=kind, name=name):
            return f"{kind}{' on' if kind == 'silent' else ''} {name.text}"
        case ast.ExpectConflict(first=first, second=second):
            return f"conflict between {first.text} and {second.text}"
        case ast.ExpectScope(verdict=verdict):
            return f"scope {verdict}"
        case _:
            assert_never(expectation)


def to_text(file: ast.File) -> str:
    """The text of a file that says what `file` says."""
    language = () if file.language is None else (f"language {file.language}\n",)
    headers = ["".join(_header(header)) for header in file.headers]
    words = tuple(takewhile(_is_word, file.items)) if len(headers) > 1 else ()
    blocks = [
        "".join(language) + "".join(headers[:1]),
        *map(_item, words),
        *headers[1:],
        *map(_item, file.items[len(words) :]),
    ]
    return _in_style("\n".join(block for block in blocks if block), "file")


def item_to_text(item: ast.Item) -> str:
    """The lines of one item."""
    return _in_style(
        _item(item), "vocabulary_chunk" if _is_word(item) else "guideline_chunk"
    )


def _in_style(characters: str, start: Start) -> str:
    return page_to_text(page(tree_of(characters, start), characters))


def _item(item: ast.Item) -> str:
    match item:
        case ast.Source():
            return "".join(_source(item))
        case ast.Assumption(name=name, text=text):
            return head("assumption", name.text, title=text)
        case ast.Challenge(name=name, text=text, by=by):
            line = head("challenge", name.text, title=text)
            return line + (clause("by", listed(by)) if by else "")
        case ast.Currency():
            return _currency(item)
        case ast.Definition():
            return "".join(_definition(item))
        case ast.Rule():
            return "".join(_rule(item))
        case ast.Silent():
            return "".join(_silent(item))
        case ast.ExpectedConflict():
            return "".join(_conflict(item))
        case ast.Invariant():
            return "".join(_invariant(item))
        case ast.Example():
            return "".join(example_to_text(item))
        case ast.Implication(name=name, premise=premise, conclusion=conclusion):
            return (
                head("implication", name.text)
                + clause("when", condition_to_text(premise))
                + clause("then", condition_to_text(conclusion))
            )
        case ast.Derivation():
            return _derivation(item)
        case ast.Declaration():
            return "".join(_declaration(item))
        case _:
            assert_never(item)


def _is_word(item: ast.Item) -> bool:
    return isinstance(item, ast.Declaration | ast.Implication | ast.Derivation)


def _header(header: ast.Header) -> Iterator[str]:
    kind = f"{header.kind} for" if header.kind == "examples" else header.kind
    status = header.status
    if (said := header.approval) is not None:
        status = f"approved by {quoted(said.by)} on {said.on} covering {said.digest}"
    yield head(kind, header.name.text, title=header.title)
    yield from clauses(
        ("version", header.version),
        ("revised", header.revised),
        ("status", status),
        ("scope", condition_to_text(header.scope) if header.scope else None),
        ("uses", listed(header.uses)),
        ("statements", listed(header.statements or (), " to ")),
        ("author", ", ".join(map(quoted, header.authors))),
        ("reviewed by", ", ".join(map(quoted, header.reviewers))),
        ("licence", _said(header.licence, quoted)),
        ("contact", _said(header.contact, quoted)),
        ("intended for", prose(header.intended_for)),
        ("effective", header.effective),
        ("retired", header.retired),
        ("supersedes", listed(header.supersedes)),
        ("superseded by", _said(header.superseded_by, lambda name: name.text)),
    )


def _rule(rule: ast.Rule) -> Iterator[str]:
    yield head("rule", rule.name.text, title=rule.title)
    yield from clauses(("exception to", listed(rule.exception_to)))
    if rule.outside_scope:
        yield clause("outside scope")
    for condition in rule.conditions:
        yield clause("when", condition_to_text(condition))
    for action in rule.actions:
        yield clause(*keyword_and_rest(action))
    yield from _grounds(rule.grounds)


def _grounds(grounds: ast.Grounds) -> Iterator[str]:
    challenged = listed(grounds.challenged)
    return clauses(
        ("lay", ", ".join(map(word, grounds.lay))),
        ("strength", grounds.strength and grounds.strength.value),
        ("certainty", grounds.certainty and grounds.certainty.value),
        ("grade", _said(grounds.grade, quoted)),
        ("states", listed(grounds.states)),
        ("cites", listed(grounds.cites)),
        ("section", prose(grounds.section)),
        ("assumes", listed(grounds.assumes)),
        ("challenged", challenged and f"by {challenged}"),
        ("because", prose(grounds.because)),
        ("patient", prose(grounds.patient)),
    )


def _definition(definition: ast.Definition) -> Iterator[str]:
    yield head("define", definition.name.text, title=definition.title)
    yield from clauses(
        ("as", condition_to_text(definition.condition)),
        ("asks", prose(definition.asks)),
    )
    yield from _grounds(definition.grounds)


def _source(source: ast.Source) -> Iterator[str]:
    yield head("source", source.name.text, title=source.title)
    if source.authors is not None:
        year = "" if source.year is None else f", {source.year}"
        yield clause("by", f"{quoted(source.authors)}{year}")
    if source.kind:
        yield clause("kind", source.kind.text)
    if source.printed is not None:
        inferred = " inferred" if source.inferred else ""
        yield clause("printed", f"as {source.printed}{inferred}")
    if source.missing:
        yield clause("missing")
    if source.link is not None:
        yield clause("link", quoted(source.link))


def _silent(silent: ast.Silent) -> Iterator[str]:
    noted = ("as", listed(silent.noted_as)) if silent.noted_as else ()
    yield head("silent on", listed(silent.topics), *noted, title=silent.text)
    for condition in silent.conditions:
        yield clause("when", condition_to_text(condition))
    yield from _grounds(silent.grounds)


def _conflict(conflict: ast.ExpectedConflict) -> Iterator[str]:
    sides = (conflict.first.text, "and", conflict.second.text)
    yield head("conflict expected between", *sides)
    for name in conflict.noted_as:
        yield clause("as", name.text)
    yield from clauses(("because", prose(conflict.because)))


def _currency(currency: ast.Currency) -> str:
    length = f"as current for {quantity(currency.length)}"
    rest = "".join(f" assuming {name.text}" for name in currency.assuming)
    return head("regard", listed(currency.facts), length + rest)


def _derivation(derivation: ast.Derivation) -> str:
    worked_out = f"{derivation.equation.text}({listed(derivation.parts)})"
    rest = "".join(f" assuming {name.text}" for name in derivation.assuming)
    return head("derive", derivation.measure.text, f"from {worked_out}{rest}")


def _invariant(invariant: ast.Invariant) -> Iterator[str]:
    yield head("invariant", invariant.name.text, title=invariant.title)
    match invariant.claim:
        case ast.Never(target=target, when=when, unless=unless):
            condition = f" when {condition_to_text(when)}" if when else ""
            exception = f" unless {condition_to_text(unless)}" if unless else ""
            yield clause("never", _target(target) + condition + exception)
        case ast.Always(target=target, when=when):
            condition = f" when {condition_to_text(when)}" if when else ""
            yield clause("always", _target(target) + condition)
        case ast.NeverBefore(target=target, before=before):
            yield clause("never", f"{target.text} before {before.text}")
        case _:
            assert_never(invariant.claim)


def _target(target: ast.Name | ast.Action) -> str:
    if isinstance(target, ast.Name):
        return target.text
    return " ".join(keyword_and_rest(target))


def _code(code: ast.Code) -> Iterator[str]:
    yield f"{code.system.text} {quoted(code.code)}"
    if code.value is not None:
        yield f"for {code.value.text}"
    if code.seen is not None:
        yield f"from {quoted(code.seen)}"


def _lay_for(called: ast.LayWords) -> str:
    return f"{', '.join(map(word, called.words))} for {called.value.text}"


def _declaration(declared: ast.Declaration) -> Iterator[str]:
    yield head(declared.kind.value, declared.name.text, title=declared.label)
    yield from clauses(
        ("asks", prose(declared.asks)),
        ("lay", ", ".join(map(word, declared.lay))),
        *(("lay", _lay_for(called)) for called in declared.lay_for),
        ("synonyms", ", ".join(map(word, declared.synonyms))),
        *(("code", " ".join(_code(code))) for code in declared.codes),
        ("unit", declared.unit),
        ("also written", ", ".join(map(word, declared.also_written))),
        ("plausible", _said(declared.plausible, full_range)),
        ("plausible dose", _said(declared.plausible_dose, full_range)),
        ("usual dose", _said(declared.usual_dose, quantity)),
        ("molar mass", _said(declared.molar_mass, quantity)),
        ("absent", _said(declared.absent, quantity)),
        ("current for", _said(declared.current, quantity)),
        ("values", ", ".join(map(_value, declared.values))),
        *(("implies", condition_to_text(implied)) for implied in declared.implies),
    )


def _said(value: T | None, text: Callable[[T], str]) -> str | None:
    return None if value is None else text(value)


def _value(value: ast.Value) -> str:
    return value.name.text + (f" {quoted(value.label.text)}" if value.label else "")


_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def formatted(text: Text) -> str:
    """The text in the one style; each line ends with a line feed.

    It is read again and compared with what was written before it is given out.

    Raises:
        GuidelineError: The text has errors, or what was made of it would not read as it does.
    """
    file = parse(text)
    characters = text.characters.removeprefix(_BYTE_ORDER_MARK)
    characters = characters.replace("\r\n", "\n").replace("\r", "\n")
    comments = comments_in(Text(text.name, characters))
    laid_out = page(tree_of(characters), characters, comments)
    printed = Text(text.name, page_to_text(laid_out))
    if printed.characters == text.characters:
        return printed.characters
    again, diagnostics = parse_partial(printed)
    if diagnostics or not _says_the_same(file, again):
        raise _refused(text, diagnostics)
    return printed.characters


def _says_the_same(old: ast.File, new: ast.File) -> bool:
    """Whether both have the same parts, and the same comments in the same order."""
    said, says = (
        [comment.text.rstrip() for comment in file.comments] for file in (old, new)
    )
    return (
        said == says
        and old.language == new.language
        and _is_same(old.headers, new.headers)
        and _is_same(old.items, new.items)
    )


def _is_same(old: object, new: object) -> bool:
    """Whether both are equal but for the spelling of units."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_is_same, old, new))
    if not isinstance(old, ast.Node) or type(old) is not type(new):
        return old == new
    for field in fields(type(old)):
        if field.eq:
            one, other = getattr(old, field.name), getattr(new, field.name)
            if field.name == "unit" and one is not None:
                one = one_spelling(one)
            if not _is_same(one, other):
                return False
    return True


def _refused(text: Text, diagnostics: Iterable[Diagnostic]) -> GuidelineError:
    message = (
        f"`{text.name}` is left as it is: what the formatter made of it would not read as it "
        "does; please report this, it is a mistake of b12guide"
    )
    return GuidelineError(message, diagnostics)
