"""What an editor shows beside the text: what a word means, what follows, what examples say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import frozen

from b12guide.editor.analysis import Analysis, Depth
from b12guide.editor.keywords import about_decision, about_keyword
from b12guide.editor.words import Named, entry_of
from b12guide.graph.model import Regimens
from b12guide.graph.value_from_syntax import lower_action
from b12guide.say.schedules import dose_count
from b12guide.say.words import plural
from b12guide.semantics.draft import Use, names_used, statement_range
from b12guide.semantics.scope import (
    Misfit,
    Namespace,
    Scope,
    in_unit_of,
    limits_of,
    printed_unit,
    text_of,
    with_unit_of,
)
from b12guide.syntax import ast
from b12guide.text import Span, Text
from b12guide.trial.result import Trial
from b12guide.values.equation import EQUATIONS
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind

_MOST_NAMED = 12
_READ = {Use.TRUTH, Use.ON_RECORD, Use.MEASURE, Use.CHOICE, Use.VALUED}


def about(named: Named, analysis: Analysis) -> str:
    """What to show about something, in Markdown; empty where there is nothing to show."""
    if named.space == "keyword":
        return about_keyword(named.name)
    if named.space == "decision":
        return about_decision(named.name)
    if named.space == "statement":
        said = about_statement(named.name, analysis)
    elif named.space.startswith("value of "):
        choice = analysis.scope.fact(named.space.removeprefix("value of "))
        said = (
            paragraph
            for value in (choice.values if isinstance(choice, ast.Declaration) else ())
            if isinstance(choice, ast.Declaration) and value.name.text == named.name
            for paragraph in (
                f"**value** `{named.name}`{_titled(value.label)}",
                f"of the choice `{choice.name.text}`{_titled(choice.label)}",
            )
        )
    else:
        entry = entry_of(named, analysis.scope)
        said = iter(())
        if entry is not None:
            said = about_item(entry.item, entry.text, analysis)
    return "\n\n".join(paragraph for paragraph in said if paragraph)


def about_item(item: ast.Item, text: Text, analysis: Analysis) -> Iterator[str]:
    """What to show about something that was declared."""
    match item:
        case ast.Declaration():
            yield from about_word(item)
            yield from _currency(item.name, analysis)
            yield from _derivation(item.name, analysis)
            yield _readers(item.name.text, analysis)
        case ast.Definition():
            yield f"**definition** `{item.name.text}`{_titled(item.title)}"
            yield _as_written(item.condition, text)
            yield from _grounds(item.grounds, analysis)
            yield _readers(item.name.text, analysis)
        case ast.Rule():
            yield f"**rule** `{item.name.text}`{_titled(item.title)}"
            for action in item.actions:
                yield _as_written(action, text)
            for condition in item.conditions:
                yield "when " + _as_written(condition, text)
            yield _list("stands before", (name.text for name in item.exception_to))
            others = (
                other.name.text
                for _, other in analysis.draft.each(ast.Rule)
                if item.name.text in {name.text for name in other.exception_to}
            )
            yield _list("overridden by", others)
            yield from _grounds(item.grounds, analysis)
            yield _notice(analysis)
        case ast.Source():
            yield f"**source** `{item.name.text}`: {item.title.text}"
            by = item.authors or ""
            yield f"{by}, {item.year}" if by and item.year else by
            if item.printed is not None:
                inferred = ", a number that the page does not print"
                yield f"printed as {item.printed}{inferred if item.inferred else ''}"
            if item.missing:
                yield "does not resolve: the page cites it and does not list it"
            yield item.link or ""
        case ast.Assumption():
            yield f"**assumption** `{item.name.text}`"
            yield item.text.text
        case ast.Challenge():
            yield f"**challenge** `{item.name.text}`"
            yield item.text.text
            yield _list("by", [name.text for name in item.by])
        case _:
            return


def _titled(title: ast.Prose | None) -> str:
    return "" if title is None else f": {title.text}"


def _as_written(node: ast.Node, text: Text) -> str:
    words = " ".join(text.slice(node.span).split())
    return f"```gdl\n{words}\n```"


def _list(title: str, names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    shown = ", ".join(f"`{name}`" for name in every[:_MOST_NAMED])
    more = len(every) - _MOST_NAMED
    return f"{title}: {shown}{f' and {more} more' if more > 0 else ''}" if every else ""


# ------------------------------------------------------------------------------ words


def about_word(item: ast.Declaration) -> Iterator[str]:
    """What to show about a word of a vocabulary."""
    yield f"**{item.kind.value}** `{item.name.text}`{_titled(item.label)}"
    if item.kind is Kind.MEASURE:
        yield f"unit: {printed_unit(item.unit) or 'none, a plain number'}"
    if item.plausible is not None:
        yield f"plausible between {limits_of(with_unit_of(item, item.plausible))}"
    if item.absent is not None:
        nothing = text_of(with_unit_of(item, item.absent))
        yield f"`otherwise absent` means {nothing}"
    if item.current is not None:
        yield f"a value counts for {text_of(item.current)}"
    if item.plausible_dose is not None:
        yield f"a single dose is plausible between {limits_of(item.plausible_dose)}"
    yield "\n".join(
        f"- `{value.name.text}`{_titled(value.label)}" for value in item.values
    )
    yield f"ask: {item.asks.text}" if item.asks else ""
    yield _list("patients call it", item.lay)
    yield _list("also called", item.synonyms)
    codes = [
        f"{code.system.text} {code.code}{f' ({code.value.text})' if code.value else ''}"
        for code in item.codes
    ]
    yield f"codes: {', '.join(codes)}" if codes else ""


def _currency(name: ast.Name, analysis: Analysis) -> Iterator[str]:
    """How long the guideline lets a value count."""
    for _, item in analysis.draft.each(ast.Currency):
        if name.text in {fact.text for fact in item.facts}:
            resting = "".join(f", assuming {each.text}" for each in item.assuming)
            yield f"here, a value counts for {text_of(item.length)}{resting}"


def _derivation(name: ast.Name, analysis: Analysis) -> Iterator[str]:
    """How a measure is worked out where it is not stated, and by whose equation."""
    for _, item in analysis.draft.each(ast.Derivation):
        equation = EQUATIONS.get(item.equation.text)
        if item.measure.text == name.text and equation is not None:
            parts = ", ".join(f"`{part.text}`" for part in item.parts)
            yield f"where it is not stated: {equation.title} from {parts}"
            yield f"{equation.formula} ({equation.citation})"


def _readers(name: str, analysis: Analysis) -> str:
    """The rules and definitions that read a fact, directly or through definitions."""
    readers: list[str] = []
    for _, item in analysis.draft.each_item():
        match item:
            case ast.Rule(conditions=conditions):
                pass
            case ast.Definition(condition=condition):
                conditions = (condition,)
            case _:
                continue
        if any(name in facts_read(each, analysis.scope) for each in conditions):
            readers.append(item.name.text)
    return _list("read by", readers)


def facts_read(condition: ast.Condition, scope: Scope) -> frozenset[str]:
    """The facts and definitions that a condition reads, directly or through others."""
    found: set[str] = set()
    waiting = [condition]
    while waiting:
        for use in names_used(waiting.pop()):
            known = scope.name(Namespace.FACT, use.name.text)
            if use.use in _READ and known not in found:
                found.add(known)
                fact = scope.fact(known)
                waiting += [fact.condition] if isinstance(fact, ast.Definition) else []
    return frozenset(found)


# ------------------------------------------------------------------------------ rules


def _grounds(grounds: ast.Grounds, analysis: Analysis) -> Iterator[str]:
    if grounds.strength is not None:
        yield f"strength: {grounds.strength.value}"
    if grounds.certainty is not None:
        yield f"certainty of the evidence: {grounds.certainty.value}"
    yield "" if grounds.grade is None else f"grade: {grounds.grade}"
    yield _list("people call it", grounds.lay)
    yield _list("states", (name.text for name in grounds.states))
    cited: list[str] = []
    for name in grounds.cites:
        entry = analysis.scope.find(Namespace.SOURCE, name.text)
        if entry is None or not isinstance(entry.item, ast.Source):
            cited.append(f"`{name.text}` (not declared)")
            continue
        source = entry.item
        printed = "" if source.printed is None else f" [{source.printed}]"
        state = " (does not resolve)" if source.missing else ""
        cited.append(f"`{name.text}`{printed} {source.title.text}{state}")
    yield f"cites: {'; '.join(cited)}" if cited else ""
    if grounds.section is not None:
        yield f"section: {grounds.section.text}"
    if grounds.because is not None:
        yield grounds.because.text
    yield _list("assumes", (name.text for name in grounds.assumes))
    yield _list("challenged by", (name.text for name in grounds.challenged))


def _notice(analysis: Analysis) -> str:
    header = analysis.draft.header
    if header is None:
        return ""
    status = f"The guideline is {header.status or 'submitted'}."
    if header.approval is not None:
        who, when = header.approval.by, header.approval.on
        status = f"Its head says that {who} approved the guideline on {when}."
    if header.retired is not None:
        status = f"Retired as of {header.retired}. {status}"
    if header.superseded_by is not None:
        status = f"Superseded by {header.superseded_by.text}. {status}"
    return f"*For education and research. {status}*"


# ------------------------------------------------------------------------- statements


def about_statement(statement: str, analysis: Analysis) -> Iterator[str]:
    """What to show about a statement of the source: what encodes it."""
    yield f"**statement** `{statement}` of the source"
    found = [
        f"- {_encoding(item)}"
        for _, item in analysis.draft.each_item()
        if isinstance(item, ast.Rule | ast.Definition | ast.Silent)
        and statement in {name.text for name in item.grounds.states}
    ]
    known = statement_range(analysis.draft.header)
    if found:
        yield "encoded by"
        yield "\n".join(found)
        yield _notice(analysis)
    elif not known or statement in known:
        yield "not encoded yet"
    else:
        yield f"unknown statement; they run from {known[0]} to {known[-1]}"


def _encoding(item: ast.Rule | ast.Definition | ast.Silent) -> str:
    if isinstance(item, ast.Silent):
        return "silent on " + ", ".join(f"`{topic.text}`" for topic in item.topics)
    noun = "rule" if isinstance(item, ast.Rule) else "definition"
    because = item.grounds.because
    reason = "" if because is None else f" {because.text}"
    return (
        f"{noun} `{item.name.text}`{_titled(item.title)}{'.' if reason else ''}{reason}"
    )


@frozen
class Hint:
    """Words to be shown behind an offset of a file."""

    offset: int
    words: str
    why: str


def hints(analysis: Analysis, file: str, within: Span) -> Iterator[Hint]:
    """The hints in a stretch of a file."""
    reading = analysis.draft.readings.get(file)
    for piece in () if reading is None else reading.pieces:
        if piece.span.end < within.start or piece.span.start > within.end:
            continue
        nodes = (*piece.known.parts.headers, *piece.known.parts.items)
        for part in (part for node in nodes for part in ast.descendants(node)):
            found: Iterator[Hint] = iter(())
            match part:
                case ast.Load() | ast.Maintain() | ast.Give() | ast.Change():
                    found = dose_hints(part, analysis.scope)
                case (
                    ast.Comparison(name=name, bound=quantity)
                    | ast.Between(name=name, bound=quantity)
                    | ast.LastValues(name=name, bound=quantity)
                    | ast.RoseOrFell(name=name, by=quantity)
                    | ast.Target(measure=name, bound=quantity)
                    | ast.Given(name=name, value=ast.Quantity() as quantity)
                ):
                    found = unit_hints(analysis.scope.fact(name.text), quantity)
                case _:
                    pass
            for hint in found:
                offset = hint.offset + piece.offset
                if within.start <= offset <= within.end:
                    yield Hint(offset, hint.words, hint.why)


def dose_hints(
    action: ast.Load | ast.Maintain | ast.Give | ast.Change, scope: Scope
) -> Iterator[Hint]:
    """How many doses each phase has."""
    said = action.to if isinstance(action, ast.Change) else action
    if isinstance(said, ast.Form | ast.Route):
        return
    written = [phase for regimen in said.plan.regimens for phase in regimen.phases]
    try:
        value = lower_action(said, scope)
    except ValueError:  # the checks say what is wrong with it
        return
    if isinstance(value, Regimens):
        meant = [phase for regimen in value.regimens for phase in regimen.phases]
        for phase, meaning in zip(written, meant, strict=True):
            count = dose_count(meaning)
            if count is not None:
                why = "how often and how long, multiplied"
                yield Hint(phase.span.end, f"= {plural(count, 'dose')}", why)


def unit_hints(
    measure: ast.Declaration | ast.Definition | None, quantity: ast.Quantity
) -> Iterator[Hint]:
    """A number in the unit of its measure, where it is written in another."""
    if not isinstance(measure, ast.Declaration) or measure.unit is None:
        return
    own = printed_unit(measure.unit)
    ends = in_unit_of(measure, quantity)
    if isinstance(ends, Misfit) or printed_unit(quantity.unit) == own:
        return
    if ends == (Fraction(quantity.low), Fraction(quantity.high)):
        return
    # Three digits count, so that a converted number looks no more exact than it is.
    low, high = (rounded(end, digits=3) for end in ends)
    sign = "=" if (low, high) == ends else "≈"
    first = "" if low == high else f"{format_quantity(low, None)} to "
    words = f"{sign} {first}{format_quantity(high, own)}"
    yield Hint(quantity.span.end, words, f"in the unit of `{measure.name.text}`")


def rounded(number: Fraction, *, digits: int) -> Fraction:
    """The number with so many digits that count."""
    places = 0
    while number and abs(number) * 10**places < 10 ** (digits - 1):
        places += 1
    return Fraction(round(number, places))


@frozen
class Lens:
    """A line above a rule or example; empty words where nothing was tried yet."""

    at: Span
    words: str
    rule: str = ""
    example: str = ""


def lenses(analysis: Analysis, depth: Depth | None, file: str) -> Iterator[Lens]:
    """The lines above the rules and examples of a file."""
    reading = analysis.draft.readings.get(file)
    knows = depth is not None and depth.graph is not None
    decisive = depth.decisive if depth is not None else {}
    trials = {r.title: r.trial for r in depth.results} if depth is not None else {}
    for piece in () if reading is None else reading.pieces:
        for item in piece.known.parts.items:
            match item:
                case ast.Rule(name=name):
                    count = len(decisive.get(name.text, ()))
                    reached = f"{plural(count, 'example')}, covered" if count else ""
                    words = reached or "no example reaches this rule"
                    at = name.span.shifted(piece.offset)
                    yield Lens(at, words if knows else "", rule=name.text)
                case ast.Example(title=title):
                    trial = trials.get(title.text)
                    at = title.span.shifted(piece.offset)
                    words = "" if trial is None else trial.value
                    yield Lens(at, words, example=title.text)
                case _:
                    pass


@frozen
class Tried:
    """What came of trying examples, in a sentence."""

    sentence: str
    failed: bool


def tried(depth: Depth, rule: str, example: str) -> Tried:
    """What came of the examples that reach a rule, of one of them, or of all."""
    if depth.graph is None:
        return Tried(
            "the guideline has errors, so no example can be tried", failed=True
        )
    titles = depth.decisive.get(rule, ())
    chosen = [
        result
        for result in depth.results
        if (not rule or result.title in titles)
        and (not example or result.title == example)
    ]
    of = f" of the rule `{rule}`" if rule else ""
    if not chosen:
        return Tried(f"no example reaches the rule `{rule}`", failed=True)
    good = [result for result in chosen if result.trial is Trial.PASSED]
    count = f"{len(good)} of {plural(len(chosen), 'example')}{of} passed"
    bad = [f"`{r.title}`: {r.trial.value}" for r in chosen if r not in good]
    return Tried("; ".join((count, *bad)), failed=bool(bad))
