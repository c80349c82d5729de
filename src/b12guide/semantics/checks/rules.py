"""Checks of items as wholes: what a rule, a head and an example have to say."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.report import did_you_mean, finding, remark
from b12guide.semantics.draft import Draft, is_range, statement_range
from b12guide.semantics.scope import Namespace, Scope, in_unit_of, measure_named
from b12guide.syntax import ast
from b12guide.syntax.ast import Definition, Rule, Silent
from b12guide.text import Text
from b12guide.values.calendar import days_within
from b12guide.values.term import Certainty, Strength

# -------------------------------------------------------------------------- clauses


def one_action(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL215 and GDL216: a rule does one thing."""
    for text, rule in draft.each(Rule):
        if not rule.actions:
            yield finding(
                "GDL215",
                f"the rule `{rule.name.text}` does nothing",
                (text, rule.name),
                help_="say what follows: `load`, `maintain`, `form`, `check`, `note` ...",
            )
        for second in rule.actions[1:]:
            yield finding(
                "GDL216",
                f"the rule `{rule.name.text}` does two things",
                (text, second),
                others=((text, rule.actions[0], "the first is here"),),
                help_="write a rule for each, so that each has its own strength and citation",
            )


def one_condition(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL217: a rule or silence has one `when`."""
    for text, item in draft.each_item():
        if isinstance(item, Rule | Silent):
            what = f"the rule `{item.name.text}`" if isinstance(item, Rule) else "this"
            for second in item.conditions[1:]:
                yield finding(
                    "GDL217",
                    f"{what} has two conditions",
                    (text, second),
                    others=((text, item.conditions[0], "the first is here"),),
                    help_="join them with `and` or `or`",
                )


def form_agrees_with_itself(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL416: a drug is not chosen and excluded by one rule."""
    for text, rule in draft.each(Rule):
        for action in rule.actions:
            if isinstance(action, ast.Form):
                chosen = {scope.name(Namespace.DRUG, n.text) for n in action.drugs}
                for name in action.excluded:
                    if scope.name(Namespace.DRUG, name.text) in chosen:
                        yield finding(
                            "GDL416",
                            f"`{rule.name.text}` both chooses and excludes `{name.text}`",
                            (text, name),
                            help_="leave it out on one side",
                        )


# -------------------------------------------------------------------------- grounds


def _is_a_note(rule: Rule) -> bool:
    return all(isinstance(action, ast.Note) for action in rule.actions)


def has_citation(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL404: a rule that does something cites its source."""
    for text, rule in draft.each(Rule):
        if not rule.grounds.cites and not _is_a_note(rule):
            yield remark(
                "GDL404",
                f"the rule `{rule.name.text}` cites no source",
                (text, rule.name),
                "name it: `cites ...`",
            )


def has_strength(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL405: a rule says how strongly the source puts it."""
    for text, rule in draft.each(Rule):
        if rule.grounds.strength is None and not any(map(_is_optional, rule.actions)):
            yield remark(
                "GDL405",
                f"the rule `{rule.name.text}` does not say how strong it is",
                (text, rule.name),
                "such as `strength should`",
            )


def has_statement(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL406: where the source is divided into statements, a rule says which it states."""
    if draft.header is None or draft.header.statements is None:
        return
    for text, rule in draft.each(Rule):
        if not rule.grounds.states:
            yield remark(
                "GDL406",
                f"the rule `{rule.name.text}` does not say which statement it stands for",
                (text, rule.name),
                f"such as `states {draft.header.statements[0].text}`",
            )


def statement_exists(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL409: a statement that is stated is one of the source."""
    known = statement_range(draft.header)
    ids = frozenset(known)
    if not known:
        return
    for text, item in draft.each_item():
        if isinstance(item, Rule | Definition | Silent):
            for name in item.grounds.states:
                if name.text not in ids:
                    near = get_close_matches(name.text, known, n=2, cutoff=0.7)
                    yield finding(
                        "GDL409",
                        f"there is no statement `{name.text}`",
                        (text, name),
                        notes=(f"the statements run from {known[0]} to {known[-1]}",),
                        help_=did_you_mean(near, (text, name)),
                    )


def _is_optional(action: ast.Action) -> bool:
    match action:
        case (
            ast.Load()
            | ast.Maintain()
            | ast.Give()
            | ast.Form()
            | ast.Route()
            | ast.Check()
        ):
            return action.optional
        case ast.Stop() | ast.Change() | ast.Refer():
            return action.optional
        case _:
            return False


_OFFERS = frozenset(
    {Strength.MAY, Strength.ACCEPTABLE_ALTERNATIVE, Strength.SHOULD_CONSIDER}
)


def may_agrees_with_strength(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL411: `may` permits, so its strength does not oblige."""
    for text, rule in draft.each(Rule):
        strength = rule.grounds.strength
        for action in rule.actions:
            if (
                strength is not None
                and strength not in _OFFERS
                and _is_optional(action)
            ):
                yield finding(
                    "GDL411",
                    f"`may` permits, but the strength of `{rule.name.text}` is"
                    f" `{strength.value}`",
                    (text, action),
                    help_="leave `may` out, or make the strength `may`",
                )


def claim_is_noted(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL414: a claim says something; it does not act."""
    for text, rule in draft.each(Rule):
        if rule.grounds.strength is Strength.CLAIM and not _is_a_note(rule):
            yield finding(
                "GDL414",
                f"`{rule.name.text}` is a claim, but it acts",
                (text, rule.actions[0]),
                help_="write what is claimed with `note`, or give the strength of the advice",
            )


_CERTAINTIES = {certainty.value for certainty in Certainty}


def grade_is_the_sources(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL238: a grade is a letter or number that the source prints, and no certainty."""
    for text, item in draft.each_item():
        if not isinstance(item, Rule | Definition | Silent):
            continue
        grade = item.grounds.grade
        if grade is not None and grade.strip().lower() in _CERTAINTIES:
            yield remark(
                "GDL238",
                f"the grade `{grade}` is a certainty of the evidence",
                (text, item.grounds),
                f"write `certainty {grade.strip().lower()}`",
            )


# --------------------------------------------------------------------------- header


def statements_are_a_range(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL415: the statements of a source run from one id to a later one."""
    for text, header in draft.headers():
        if not is_range(header) and header.statements is not None:
            first, last = header.statements
            yield finding(
                "GDL415",
                f"`{first.text} to {last.text}` is not a range of statements",
                (text, last),
                help_="use one stem and rising numbers, such as `S01 to S51`",
            )


def head_is_of_the_guideline(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL417: the scope, statements and review of a guideline stand in its own head."""
    for text, header in draft.headers():
        if header.kind == "guideline":
            continue
        for clause, written in (
            ("scope", header.scope),
            ("statements", header.statements),
            ("status", header.status),
            ("author", header.authors),
            ("reviewed by", header.reviewers),
            ("licence", header.licence),
            ("contact", header.contact),
            ("intended for", header.intended_for),
            ("effective", header.effective),
            ("retired", header.retired),
            ("supersedes", header.supersedes),
            ("superseded by", header.superseded_by),
        ):
            if written:
                yield finding(
                    "GDL417",
                    f"`{clause}` does not belong in the head of a {header.kind}",
                    (text, header.name),
                    help_="write it in the head of the guideline",
                )


def replaces_another(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL236: a guideline takes the place of others, and another takes its place."""
    header = draft.header
    if header is None:
        return
    replaced = [name for name in (header.superseded_by,) if name is not None]
    for name in (*header.supersedes, *replaced):
        if name.text == header.name.text:
            yield finding(
                "GDL236",
                f"`{name.text}` cannot take its own place",
                (draft.main.text, name),
                help_="name the other guideline; versions of one are told apart by "
                "`version`",
            )
    for name in replaced:
        if name.text in {other.text for other in header.supersedes}:
            yield finding(
                "GDL236",
                f"`{name.text}` cannot come both before and after `{header.name.text}`",
                (draft.main.text, name),
                help_="keep `supersedes` for the older one, `superseded by` for the newer",
            )


def holds_before_it_ends(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL237: a guideline takes effect before it is retired."""
    header = draft.header
    if header is None or header.effective is None or header.retired is None:
        return
    begins, ends = days_within(header.effective), days_within(header.retired)
    if begins is not None and ends is not None and begins[0] >= ends[1]:
        yield finding(
            "GDL237",
            f"the guideline is retired ({header.retired}) before it takes effect"
            f" ({header.effective})",
            (draft.main.text, header.name),
            help_="correct one of the two dates",
        )


def is_dated(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL413: a guideline says its version, and when it was revised."""
    header = draft.header
    if header is None:
        return
    for clause, value, example in (
        ("version", header.version, "1.0.0"),
        ("revised", header.revised, "2026-02-24"),
    ):
        if value is None:
            yield remark(
                "GDL413",
                f"the guideline does not say `{clause}`",
                (draft.main.text, header.name),
                f"such as `{clause} {example}`",
            )


def example_agrees_with_itself(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL422: what an example gives of a fact, it gives once, or each time with a date."""
    for text, example in draft.each(ast.Example):
        said: dict[str, ast.Given] = {}
        for entry in example.given:
            if not isinstance(entry, ast.Given):
                continue
            fact = scope.name(Namespace.FACT, entry.name.text)
            before = said.setdefault(fact, entry)
            if before is entry:
                continue
            if None in {entry.on, before.on} or entry.on == before.on:
                yield _twice(text, before, entry, scope)


def _twice(text: Text, before: ast.Given, entry: ast.Given, scope: Scope) -> Diagnostic:
    first, second = _written(text, before), _written(text, entry)
    others = ((text, before, "it is given here first"),)
    if _value(before, scope) == _value(entry, scope) and before.on == entry.on:
        message, help_ = f"`{second}` is given twice", "leave one of the two out"
        return finding("GDL422", message, (text, entry), others=others, help_=help_)
    if before.on is not None and entry.on is not None:
        message = f"`{first}` and `{second}` are of one day"
        help_ = "keep the one that counts, or correct a date"
    elif ast.Presence.UNKNOWN in {before.value, entry.value}:
        message, help_ = (
            f"`{first}` and `{second}` cannot both be so",
            "keep one of them",
        )
    elif before.on is None and entry.on is None:
        message = f"`{first}` and `{second}` cannot both be so"
        help_ = (
            f"keep one of them, or give each its date, such as `{second} on 2026-01-01`"
        )
    else:
        dated, undated = (first, second) if before.on else (second, first)
        message = f"of `{dated}` and `{undated}` only one has a date"
        help_ = (
            f"give both a date, such as `{undated} on 2026-01-01`, or keep one of them"
        )
    return finding("GDL422", message, (text, entry), others=others, help_=help_)


def _written(text: Text, entry: ast.Given) -> str:
    return " ".join(text.slice(entry.span).split())


def _value(entry: ast.Given, scope: Scope) -> object:
    """What is given, the same for `1 g/L` and `100 mg/dL`."""
    match entry.value:
        case ast.Quantity() as quantity if isinstance(
            scope.fact(entry.name.text), ast.Declaration
        ):
            return in_unit_of(measure_named(entry.name.text, scope), quantity)
        case ast.Name(text=name):
            return name
        case other:
            return other
