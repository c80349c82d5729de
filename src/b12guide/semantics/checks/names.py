"""Checks of names: each is declared and used, fits its place, and is not defined by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.semantics.checks.report import did_you_mean, finding, remark
from b12guide.semantics.checks.vocabulary import declared_here
from b12guide.semantics.draft import Draft, NameUse, Use, names_used
from b12guide.semantics.scope import Declared, Namespace, Scope
from b12guide.syntax import ast
from b12guide.syntax.phrases import quoted
from b12guide.text import Span, Text
from b12guide.values.term import CODED_OF, Kind


@frozen
class _Expected:
    """What a use looks for: where, of which kinds, and what to say when it is not there."""

    namespaces: tuple[Namespace, ...]
    code: str
    noun: str
    kinds: frozenset[Kind | None] | None = None


_TRUTHS = frozenset({Kind.FINDING, Kind.EVENT, None})
"""What is true or false; None stands for a definition."""

_FACTS = frozenset({*_TRUTHS, Kind.MEASURE, Kind.CHOICE})
"""What a patient file may state; what is concluded is worked out."""

_EXPECTED: Mapping[Use, _Expected] = {
    Use.TRUTH: _Expected((Namespace.FACT,), "GDL202", "fact", _TRUTHS),
    Use.MEASURE: _Expected(
        (Namespace.FACT,), "GDL202", "measure", frozenset({Kind.MEASURE})
    ),
    Use.CHOICE: _Expected(
        (Namespace.FACT,), "GDL202", "choice", frozenset({Kind.CHOICE})
    ),
    Use.VALUED: _Expected(
        (Namespace.FACT,), "GDL202", "choice", frozenset({Kind.CHOICE, Kind.CONCLUSION})
    ),
    Use.CONCLUSION: _Expected(
        (Namespace.FACT,), "GDL234", "conclusion", frozenset({Kind.CONCLUSION})
    ),
    Use.FACT: _Expected((Namespace.FACT,), "GDL202", "fact", _FACTS),
    Use.ON_RECORD: _Expected((Namespace.FACT,), "GDL202", "fact", _FACTS),
    Use.TREATMENT: _Expected(
        (Namespace.FACT, Namespace.DRUG), "GDL202", "treatment", _TRUTHS | {Kind.DRUG}
    ),
    Use.ORDER: _Expected(
        (Namespace.FACT, Namespace.DRUG), "GDL202", "event", _TRUTHS | {Kind.DRUG}
    ),
    Use.DRUG: _Expected((Namespace.DRUG,), "GDL203", "drug"),
    Use.TEST: _Expected((Namespace.TEST,), "GDL204", "test"),
    Use.ROUTE: _Expected((Namespace.ROUTE,), "GDL205", "route"),
    Use.SITE: _Expected((Namespace.SITE,), "GDL206", "site"),
    Use.SERVICE: _Expected((Namespace.SERVICE,), "GDL334", "service"),
    Use.SOURCE: _Expected((Namespace.SOURCE,), "GDL207", "source"),
    Use.ASSUMPTION: _Expected((Namespace.ASSUMPTION,), "GDL208", "assumption"),
    Use.CHALLENGE: _Expected((Namespace.CHALLENGE,), "GDL209", "challenge"),
    Use.RULE: _Expected((Namespace.RULE,), "GDL210", "rule"),
}


def namespaces_of(use: Use) -> tuple[Namespace, ...]:
    """Where a name is looked up that is used so; nowhere for values and decisions."""
    expected = _EXPECTED.get(use)
    return () if expected is None else expected.namespaces


def fits(entry: Declared, use: Use) -> bool:
    """Whether what was declared can be used so."""
    expected = _EXPECTED.get(use)
    return expected is not None and _is_expected(entry, expected)


DECISIONS = (
    "conclusion",
    "form",
    "loading",
    "maintenance",
    "route",
    "adjunct",
    "permission",
    "technique",
    "monitoring",
    "targets",
    "continuation",
    "change",
    "referral",
    "note",
)


def unknown_name(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """A name is what it is used as.

    GDL202 to GDL210, GDL212, GDL227, GDL234, GDL301 to GDL303, GDL327, GDL334.
    """
    for text, reference, around in draft.each_reference():
        if reference.use is Use.DECISION:
            if reference.name.text not in DECISIONS:
                near = get_close_matches(reference.name.text, DECISIONS, n=2)
                yield finding(
                    "GDL227",
                    f"there is no decision `{reference.name.text}`",
                    (text, reference.name),
                    help_=did_you_mean(near, (text, reference.name))
                    or "there are " + ", ".join(DECISIONS),
                )
        elif reference.use in _EXPECTED:
            yield from _unless_fitting(text, reference, around, scope)


def _unless_fitting(
    text: Text, reference: NameUse, around: ast.Header | ast.Item, scope: Scope
) -> Iterator[Diagnostic]:
    own = getattr(around, "name", None)
    inside = own.text if isinstance(own, ast.Name) else ""
    expected, name = _EXPECTED[reference.use], reference.name
    found = [scope.find(space, name.text) for space in expected.namespaces]
    entries = [entry for entry in found if entry is not None]
    if any(_is_expected(entry, expected) for entry in entries):
        return
    if entries:
        yield _unfit(text, reference, entries[0])
        return
    elsewhere = scope.elsewhere(expected.namespaces[0], name.text)
    if elsewhere is not None and elsewhere.namespace not in _PAPERS:
        near = scope.nearest(expected.namespaces[0], name.text)
        yield finding(
            "GDL212",
            f"`{name.text}` is {elsewhere.noun}; here {reference.use.value} is needed",
            (text, name),
            others=(declared_here(elsewhere),),
            help_=did_you_mean(near, (text, name)),
        )
        return
    near = tuple(
        n
        for n in scope.nearest(expected.namespaces[0], name.text)
        if n != inside
        and _is_expected(scope.entries[expected.namespaces[0]][n], expected)
    )
    yield finding(
        expected.code,
        f"there is no {expected.noun} `{name.text}`",
        (text, name),
        help_=did_you_mean(near, (text, name))
        or _how_to_declare(expected, (text, name), around),
    )


_PAPERS = frozenset(
    {Namespace.SOURCE, Namespace.ASSUMPTION, Namespace.CHALLENGE, Namespace.RULE}
)
"""A rule may well be called like a fact; that it has the name says nothing."""


def _how_to_declare(
    expected: _Expected, place: tuple[Text, ast.Name], around: ast.Header | ast.Item
) -> Help | str:
    """How a word is declared, and where a name and a label suffice, the edit that does it."""
    if expected.noun == "rule":
        return ""
    text, name = place
    word = "finding" if expected.noun in {"fact", "treatment"} else expected.noun
    message = f'declare it: `{word} {name.text} "..."`'
    if word not in _DECLARED_BY_LABEL or isinstance(around, ast.Header | ast.Example):
        return message
    label = name.text.replace("_", " ").strip() or name.text
    edit = Edit(
        text=text,
        span=Span(around.span.start, around.span.start),
        replacement=f"{word} {name.text} {quoted(label)}\n\n",
    )
    return Help(message=message, edits=(edit,), is_offer=True)


_DECLARED_BY_LABEL = frozenset(
    {"finding", "event", "drug", "test", "route", "site", "service"}
)


def _is_expected(entry: Declared, expected: _Expected) -> bool:
    return expected.kinds is None or _kind(entry) in expected.kinds


def _kind(entry: Declared) -> Kind | None:
    return entry.item.kind if isinstance(entry.item, ast.Declaration) else None


def _unfit(text: Text, reference: NameUse, entry: Declared) -> Diagnostic:
    """A fact of another kind than its use asks for."""
    name = reference.name
    declared = (declared_here(entry),)
    match reference.use, entry.item:
        case Use.MEASURE, _:
            code = "GDL301"
            message = f"`{name.text}` is {entry.noun} and cannot be compared"
            help_: str = f"write `{name.text}` alone"
            if _kind(entry) is Kind.CHOICE:
                help_ = f"write `{name.text} is ...`"
        case Use.CONCLUSION, _:
            code = "GDL212"
            message = f"`{name.text}` is {entry.noun}, and is told, not concluded"
            help_ = f"declare a conclusion: `conclusion {name.text}_found values ...`"
        case Use.CHOICE, ast.Declaration(kind=Kind.CONCLUSION):
            code = "GDL327"
            message = f"`{name.text}` is a conclusion: it is worked out, not told"
            help_ = (
                "give the facts from which the rules conclude it, and write "
                f"`expect conclude {name.text} ...`"
            )
        case _, ast.Declaration(kind=Kind.CONCLUSION, values=values):
            code = "GDL327"
            message = f"`{name.text}` is a conclusion, and is asked for by its value"
            example = values[0].name.text if values else "..."
            help_ = f"such as `{name.text} is {example}`"
        case Use.CHOICE | Use.VALUED, _:
            code = "GDL316"
            message = f"`{name.text}` is {entry.noun} and has no values to name"
            help_ = (
                "`is` asks for the value of a choice; "
                f"`{name.text} is recorded` asks whether it is known"
            )
        case _, ast.Declaration(kind=Kind.MEASURE, unit=unit):
            code = "GDL302"
            message = f"`{name.text}` is a measure and has to be compared"
            help_ = f"such as `{name.text} < ... {unit or ''}".rstrip() + "`"
        case _, ast.Declaration(kind=Kind.CHOICE, values=values):
            code = "GDL303"
            message = f"`{name.text}` is a choice and needs a value"
            example = values[0].name.text if values else "..."
            help_ = f"such as `{name.text} is {example}`"
        case _:
            code = "GDL212"
            message = (
                f"`{name.text}` is {entry.noun}; here {reference.use.value} is needed"
            )
            help_ = ""
    return finding(code, message, (text, name), others=declared, help_=help_)


_WITH_VALUES = frozenset({Kind.CHOICE, Kind.CONCLUSION})


def _codes_of_values(text: Text, declaration: ast.Declaration) -> Iterator[Diagnostic]:
    """GDL211: codes for values of a word that has none."""
    may_be_of = CODED_OF if declaration.kind in {Kind.FINDING, Kind.EVENT} else ()
    for code in declaration.codes:
        if code.value is not None and code.value.text not in may_be_of:
            leave = "a code stands for the whole word: leave out `for` and the name"
            listed = ", ".join(f"`for {of}`" for of in may_be_of)
            yield finding(
                "GDL211",
                f"`{declaration.name.text}` is no choice, so it has no value"
                f" `{code.value.text}`",
                (text, code.value),
                help_=f"{leave}, or write {listed}" if may_be_of else leave,
            )


def unknown_value(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL211: a choice has the value that is named, and nothing else has values."""
    for text, declaration in draft.each(ast.Declaration):
        if declaration.kind not in _WITH_VALUES:
            yield from _codes_of_values(text, declaration)
    for text, reference, _ in draft.each_reference():
        if reference.use is not Use.VALUE or reference.of is None:
            continue
        choice = scope.fact(reference.of.text)
        if isinstance(choice, ast.Declaration) and choice.kind in _WITH_VALUES:
            values = [value.name.text for value in choice.values]
            if reference.name.text not in values:
                near = get_close_matches(reference.name.text, values, n=2)
                yield finding(
                    "GDL211",
                    f"`{choice.name.text}` has no value `{reference.name.text}`",
                    (text, reference.name),
                    help_=did_you_mean(near, (text, reference.name))
                    or "its values are " + ", ".join(f"`{v}`" for v in values),
                )


_TOPICS = tuple(n for n in Namespace if n not in _PAPERS)


def unknown_topic(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL228: what a guideline is silent on is a word, and an example names such a topic."""
    topics = {
        name.text for _, silent in draft.each(ast.Silent) for name in silent.topics
    }
    for text, silent in draft.each(ast.Silent):
        if silent.conditions:
            continue
        words = {
            name
            for name in silent.topics
            if any(scope.find(space, name.text) for space in _TOPICS)
        }
        for name in silent.topics:
            # A decision says beside which part of the answer the other topics are shown.
            if name not in words and not (words and name.text in DECISIONS):
                yield finding(
                    "GDL228",
                    f"`{name.text}` is not a word of the vocabulary, so no patient can have it",
                    (text, name),
                    help_=did_you_mean(
                        scope.nearest(Namespace.FACT, name.text), (text, name)
                    )
                    or "say with `when` which patients it concerns",
                )
    for text, example in draft.each(ast.Example):
        for expectation in example.expectations:
            if (
                isinstance(expectation, ast.ExpectMention)
                and expectation.kind == "silent"
            ):
                name = expectation.name
                if name.text not in topics:
                    near = get_close_matches(name.text, sorted(topics), n=2)
                    yield finding(
                        "GDL228",
                        f"the guideline is not silent on `{name.text}` in so many words",
                        (text, name),
                        help_=did_you_mean(near, (text, name)),
                    )


_LOOKED_UP = {
    Use.DRUG: Namespace.DRUG,
    Use.TEST: Namespace.TEST,
    Use.ROUTE: Namespace.ROUTE,
    Use.SITE: Namespace.SITE,
    Use.SERVICE: Namespace.SERVICE,
    Use.SOURCE: Namespace.SOURCE,
    Use.ASSUMPTION: Namespace.ASSUMPTION,
    Use.CHALLENGE: Namespace.CHALLENGE,
    Use.RULE: Namespace.RULE,
}


def _used(draft: Draft, scope: Scope) -> frozenset[tuple[Namespace, str]]:
    """What the guideline refers to; examples and invariants ask, they do not use."""
    found: set[tuple[Namespace, str]] = set()
    uses = {
        (reference.use, reference.name.text)
        for _, reference, around in draft.each_reference()
        if not isinstance(around, ast.Example | ast.Invariant)
    }
    for _, item in draft.each_item():
        if isinstance(item, ast.Silent):
            topics = [name.text for name in item.topics]
            found |= {(n, scope.name(n, topic)) for n in Namespace for topic in topics}
        if isinstance(item, ast.Silent | ast.ExpectedConflict):
            noted = [name.text for name in item.noted_as]
            found |= {(Namespace.ASSUMPTION, name) for name in noted}
            found |= {(Namespace.CHALLENGE, name) for name in noted}
    for use, name in uses:
        namespaces = [_LOOKED_UP.get(use, Namespace.FACT)]
        if use is Use.TREATMENT:
            namespaces.append(Namespace.DRUG)
        for namespace in namespaces:
            found.add((namespace, scope.name(namespace, name)))
    return frozenset(found)


def unused(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL402 and GDL403: what the guideline itself declares is used; shared words need not be."""
    if draft.header is None:
        return
    used = _used(draft, scope)
    for entry in scope.declared:
        if isinstance(entry.item, ast.Rule) or (entry.namespace, entry.name) in used:
            continue
        if isinstance(entry.item, ast.Declaration):
            if entry.text.name == draft.main.text.name:
                yield finding(
                    "GDL402",
                    f"the {entry.item.kind.value} `{entry.name}` is not used",
                    (entry.text, entry.item.name),
                    severity=Severity.INFO,
                )
        else:
            noun = type(entry.item).__name__.lower()
            yield remark(
                "GDL403",
                f"the {noun} `{entry.name}` is not used",
                (entry.text, entry.item.name),
                "use it or leave it out",
            )


_DEEPEST = 300
"""Conditions inside conditions, those of definitions included."""


def exception_cycle(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL213: no rule is an exception to itself, directly or in a circle."""
    rules = {rule.name.text: (text, rule) for text, rule in draft.each(ast.Rule)}
    edges = {
        name: tuple(scope.name(Namespace.RULE, n.text) for n in rule.exception_to)
        for name, (_, rule) in rules.items()
    }
    for cycle in cycles(edges):
        yield in_a_circle(
            "GDL213",
            " is an exception to ",
            cycle,
            {name: (text, rule.name) for name, (text, rule) in rules.items()},
            "leave one `exception to` out: the more special rule is the exception",
        )


def definition_cycle(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL214: no definition uses itself, directly or in a circle."""
    definitions = {d.name.text: (text, d) for text, d in draft.each(ast.Definition)}
    edges = {
        name: _uses(definition.condition, scope)
        for name, (_, definition) in definitions.items()
    }
    for cycle in cycles(edges):
        yield in_a_circle(
            "GDL214",
            " is defined by ",
            cycle,
            {name: (text, d.name) for name, (text, d) in definitions.items()},
            "define one of them by facts alone",
        )


def conclusion_cycle(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL233: no conclusion depends on itself, directly or in a circle."""
    items: dict[str, tuple[Text, ast.Definition | ast.Declaration]] = {
        d.name.text: (text, d) for text, d in draft.each(ast.Definition)
    }
    behind = _behind_conclusions(draft, scope)
    for text, one in draft.each(ast.Declaration):
        if one.name.text in behind:
            items[one.name.text] = text, one
    if not behind:
        return
    edges = {
        name: _uses(one.condition, scope)
        for name, (_, one) in items.items()
        if isinstance(one, ast.Definition)
    }
    for name, nodes in behind.items():
        edges[name] = tuple(used for node in nodes for used in _uses(node, scope))
    for cycle in cycles(edges):
        if not behind.keys().isdisjoint(cycle):
            yield in_a_circle(
                "GDL233",
                " depends on ",
                cycle,
                {name: (text, one.name) for name, (text, one) in items.items()},
                "conclude from facts, or from what is concluded before",
            )


def _behind_conclusions(
    draft: Draft, scope: Scope
) -> dict[str, list[ast.Condition | ast.Action]]:
    """For each conclusion the conditions on which it depends, those of exceptions among them.

    An action can hold a part of its rule's condition: `until`, `unless`.
    """
    conclusions = {
        one.name.text: list[ast.Condition | ast.Action]()
        for _, one in draft.each(ast.Declaration)
        if one.kind is Kind.CONCLUSION
    }
    by: dict[str, set[str]] = {}
    rules = [rule for _, rule in draft.each(ast.Rule)] if conclusions else []
    for rule in rules:
        for action in rule.actions:
            if isinstance(action, ast.Conclude):
                name = scope.name(Namespace.FACT, action.name.text)
                by.setdefault(rule.name.text, set()).add(name)
    for rule in rules:
        gives_way = {scope.name(Namespace.RULE, n.text) for n in rule.exception_to}
        for one in {rule.name.text, *gives_way} & by.keys():
            for name in by[one] & conclusions.keys():
                conclusions[name] += [*rule.conditions, *rule.actions]
                if any(isinstance(x, ast.Check) and x.during for x in rule.actions):
                    # Whether doses are advised depends on any rule, for all that is known here.
                    conclusions[name] += [c for r in rules for c in r.conditions]
    return conclusions


def value_is_concluded(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL329, GDL330: some rule concludes each value that is asked for, or declared here."""
    if draft.header is None:
        return
    concluded = {
        (scope.name(Namespace.FACT, action.name.text), action.value.text)
        for _, rule in draft.each(ast.Rule)
        for action in rule.actions
        if isinstance(action, ast.Conclude) and not action.optional
    }
    for text, node in draft.each_node(ast.Is):
        if not isinstance(node, ast.Is):
            continue
        entry = scope.find(Namespace.FACT, node.name.text)
        if entry is None or _kind(entry) is not Kind.CONCLUSION:
            continue
        for value in node.values:
            if (entry.name, value.text) not in concluded:
                yield remark(
                    "GDL329",
                    f"no rule concludes `{entry.name} {value.text}`, so this is so of nobody",
                    (text, node),
                    "let a rule conclude it; what a rule with `may` offers does not count",
                )
    asked_of = {name for name, _ in concluded}
    for text, declaration in draft.each(ast.Declaration):
        name = declaration.name.text
        if text.name != draft.main.text.name or name not in asked_of:
            continue
        for one in declaration.values:
            if (name, one.name.text) not in concluded:
                yield finding(
                    "GDL330",
                    f"no rule concludes `{name} {one.name.text}`",
                    (text, one.name),
                    severity=Severity.INFO,
                )


def definition_depth(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL230: with its definitions written out, a condition is not nested beyond reading.

    What a conclusion depends on is written out as well.
    """
    items: dict[str, tuple[Text, ast.Definition | ast.Declaration]] = {
        d.name.text: (text, d) for text, d in draft.each(ast.Definition)
    }
    nodes: dict[str, list[ast.Condition | ast.Action]] = {
        name: [d.condition]
        for name, (_, d) in items.items()
        if isinstance(d, ast.Definition)
    }
    for text, one in draft.each(ast.Declaration):
        if one.kind is Kind.CONCLUSION:
            items[one.name.text] = text, one
    nodes |= _behind_conclusions(draft, scope)
    for name, depth in _depths(nodes, scope).items():
        if depth > _DEEPEST:
            text, item = items[name]
            yield finding(
                "GDL230",
                f"with its definitions written out, `{name}` is nested {depth} deep",
                (text, item.name),
                notes=(f"a condition may be nested {_DEEPEST} deep",),
                help_="define fewer things by one another",
            )


def _depths(
    nodes: Mapping[str, list[ast.Condition | ast.Action]], scope: Scope
) -> dict[str, int]:
    """How deep each definition is, those that it uses included; none for a circle."""
    depths: dict[str, int] = {}
    uses = {
        name: tuple(used for node in some for used in _uses(node, scope))
        for name, some in nodes.items()
    }
    for start in nodes:
        waiting, opened = [start], set[str]()
        while waiting:
            name = waiting[-1]
            below = uses[name]
            missing = [n for n in below if n in nodes and n not in depths]
            if name in depths or (missing and name in opened):
                waiting.pop()
            elif missing:
                opened.add(name)
                waiting += missing
            else:
                # A conclusion joins its rules with `or`, and each with the denial of exceptions.
                own = max(map(_depth, nodes[name]), default=0)
                joined = 0 if len(nodes[name]) == 1 else 3
                deepest = max((depths.get(n, 0) for n in below), default=0)
                depths[name] = joined + own + deepest
                waiting.pop()
    return depths


def _uses(node: ast.Condition | ast.Action, scope: Scope) -> tuple[str, ...]:
    return tuple(
        scope.name(Namespace.FACT, reference.name.text)
        for reference in names_used(node)
        if reference.use in {Use.TRUTH, Use.ON_RECORD, Use.VALUED}
    )


def _depth(condition: ast.Condition | ast.Action) -> int:
    """How many conditions stand inside one another; parentheses alone do not count."""
    match condition:
        case ast.Not(operand=operand):
            return 1 + _depth(operand)
        case ast.Group(operand=operand, assuming=assuming):
            return (1 if assuming else 0) + _depth(operand)
        case (
            ast.And(operands=operands)
            | ast.Or(operands=operands)
            | ast.Listed(operands=operands)
        ):
            return 1 + max(_depth(each) for each in operands)
        case _:
            return 1


def in_a_circle(
    code: str,
    verb: str,
    cycle: tuple[str, ...],
    items: Mapping[str, tuple[Text, ast.Name]],
    help_: str,
) -> Diagnostic:
    """The diagnostic of a circle of items, whose names are given."""
    text, first = items[cycle[0]]
    others = [items[name] for name in cycle[1:]]
    return finding(
        code,
        f", which{verb}".join(f"`{n}`" for n in (*cycle, cycle[0])).replace(
            ", which", "", 1
        ),
        (text, first),
        others=[(t, name, "and this one") for t, name in others],
        help_=help_,
    )


def cycles(edges: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """One cycle through each group of names that lead to one another, least name first."""
    done: set[str] = set()
    for start in sorted(edges):
        if start in done:
            continue
        path: list[str] = [start]
        waiting = [iter(edges[start])]
        on_path = {start: 0}
        while waiting:
            name = next(waiting[-1], None)
            if name is None:
                waiting.pop()
                left = path.pop()
                del on_path[left]
                done.add(left)
            elif name in on_path:
                cycle = tuple(path[on_path[name] :])
                at = cycle.index(min(cycle))
                turned = (*cycle[at:], *cycle[:at])
                yield turned
            elif name in edges and name not in done:
                on_path[name] = len(path)
                path.append(name)
                waiting.append(iter(edges[name]))
