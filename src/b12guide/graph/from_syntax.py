"""Lowers the conditions of a checked draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from attrs import evolve

from b12guide.graph import conclusions, series
from b12guide.graph import model as m
from b12guide.graph.ages import age, fact_of, name_of, sorted_ages, ties
from b12guide.graph.condition import (
    ALWAYS,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
    so_many_of,
)
from b12guide.graph.data import digest_of
from b12guide.graph.query import assumptions_behind
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.semantics.draft import Draft, statement_range
from b12guide.semantics.scope import (
    Namespace,
    Scope,
    dose,
    dose_unit_of,
    duration,
    in_unit_of,
    meant,
    measure_named,
    molar_mass_of,
    one_in_unit_of,
    printed_unit,
    with_unit_of,
)
from b12guide.syntax import ast
from b12guide.syntax.ast import Quantifier
from b12guide.text import Text
from b12guide.values.duration import Duration
from b12guide.values.equation import EQUATIONS
from b12guide.values.term import Kind, Operator, Strength


def truth_of(name: ast.Name, scope: Scope) -> Has | Defined:
    """The leaf for a finding, event or definition."""
    match scope.fact(name.text):
        case ast.Definition() as definition:
            return Defined(definition.name.text)
        case _:
            return Has(scope.name(Namespace.FACT, name.text))


def lower_condition(condition: ast.Condition, scope: Scope) -> Condition:
    """The meaning of a condition whose names and units are known to be right."""
    match condition:
        case ast.Reference():
            lowered: Condition = truth_of(condition.name, scope)
            return _resting(lowered, condition.assuming, scope)
        case ast.OnRecord(word=ast.RecordWord.ESTABLISHED | ast.RecordWord.KNOWN):
            lowered = Established(truth_of(condition.name, scope))
            if condition.negated:
                lowered = Not(lowered)
            return _resting(lowered, condition.assuming, scope)
        case ast.OnRecord():
            match scope.fact(condition.name.text):
                case ast.Declaration(kind=Kind.MEASURE | Kind.CHOICE):
                    fact = scope.name(Namespace.FACT, condition.name.text)
                    lowered = Recorded(HasValue(fact))
                case _:  # what is true or false
                    lowered = Recorded(truth_of(condition.name, scope))
            if condition.negated:
                lowered = Not(lowered)
            return _resting(lowered, condition.assuming, scope)
        case ast.Comparison():
            measure = measure_named(condition.name.text, scope)
            low, high = meant(in_unit_of(measure, condition.bound))
            name = measure.name.text
            lowered = Compare(name, condition.operator, low, high)
            return _resting(lowered, condition.assuming, scope)
        case ast.Between():
            measure = measure_named(condition.name.text, scope)
            low, high = meant(in_unit_of(measure, condition.bound))
            name = measure.name.text
            lowered = AllOf(
                (
                    Compare(name, Operator.AT_LEAST, low, low),
                    Compare(name, Operator.AT_MOST, high, high),
                )
            )
            return _resting(lowered, condition.assuming, scope)
        case ast.Aged():
            lowered = Has(name_of(age_of(condition, scope)))
            return _resting(lowered, condition.assuming, scope)
        case ast.LastValues() | ast.RoseOrFell():
            lowered = Has(series.name_of(series_of(condition, scope)))
            return _resting(lowered, condition.assuming, scope)
        case ast.Is():
            name = scope.name(Namespace.FACT, condition.name.text)
            values = tuple(v.text for v in condition.values)
            match scope.fact(name):
                case ast.Declaration(kind=Kind.CONCLUSION):
                    one_of = conclusions.is_any_of(name, values)
                case _:
                    one_of = OneOf(name, values)
            lowered = Not(one_of) if condition.negated else one_of
            return _resting(lowered, condition.assuming, scope)
        case ast.Not():
            return Not(lower_condition(condition.operand, scope))
        case ast.And():
            return AllOf(_each(condition.operands, scope))
        case ast.Or():
            return AnyOf(_each(condition.operands, scope))
        case ast.Listed(quantifier=Quantifier.ALL):
            return AllOf(_each(condition.operands, scope))
        case ast.Listed(quantifier=Quantifier.ANY):
            return AnyOf(_each(condition.operands, scope))
        case ast.Listed(quantifier=Quantifier.NONE):
            return Not(AnyOf(_each(condition.operands, scope)))
        case ast.Listed(count=count):
            return so_many_of(count, _each(condition.operands, scope))
        case ast.Group():
            lowered = lower_condition(condition.operand, scope)
            return _resting(lowered, condition.assuming, scope)


def age_of(condition: ast.Aged, scope: Scope) -> m.Age:
    """What a condition asks of the age of a finding or event."""
    fact = scope.name(Namespace.FACT, condition.name.text)
    declared = scope.fact(fact)
    is_event = isinstance(declared, ast.Declaration) and declared.kind is Kind.EVENT
    length = _length(condition.length)
    return age(fact, condition.operator, length, is_ago=is_event)


def series_of(condition: ast.OverTime, scope: Scope) -> m.Series:
    """What a condition asks of several values of a measure, in the measure's own unit."""
    measure = measure_named(condition.name.text, scope)
    name, unit = measure.name.text, printed_unit(measure.unit)
    match condition:
        case ast.LastValues(count=count, operator=operator):
            bound, _ = meant(in_unit_of(measure, condition.bound))
            return m.Repeated(
                fact=name, count=count, operator=operator, bound=bound, unit=unit
            )
        case ast.RoseOrFell(fell=fell, operator=operator):
            by, _ = meant(in_unit_of(measure, condition.by))
            length = meant(duration(condition.length)).canonical
            return m.RoseOrFell(
                fact=name, fell=fell, operator=operator, by=by, length=length, unit=unit
            )


def conjunction(operands: Iterable[Condition]) -> Condition:
    """All of `operands`; the operand itself when there is one only."""
    listed = tuple(operands)
    return listed[0] if len(listed) == 1 else AllOf(listed)


def _each(conditions: Iterable[ast.Condition], scope: Scope) -> tuple[Condition, ...]:
    return tuple(lower_condition(c, scope) for c in conditions)


def _resting(
    condition: Condition, assuming: Iterable[ast.Name], scope: Scope
) -> Condition:
    names = tuple(scope.name(Namespace.ASSUMPTION, n.text) for n in assuming)
    return Resting(condition, names) if names else condition


def prose(written: ast.Prose | None) -> str | None:
    """What is said, if something is."""
    return None if written is None else written.text


def as_title(name: str) -> str:
    """A name in words, where its author gave it no title."""
    return name.replace("_", " ")


def lower_vocabulary(draft: Draft) -> m.Vocabulary:
    """Every word that the files of a draft declare."""
    facts: dict[str, m.Fact] = {}
    concluded: dict[str, m.Conclusion] = {}
    words: dict[Kind, dict[str, m.Word]] = {
        kind: {} for kind in (Kind.DRUG, Kind.TEST, Kind.ROUTE, Kind.SITE, Kind.SERVICE)
    }
    for text, declaration in draft.each(ast.Declaration):
        name = declaration.name.text
        if declaration.kind in words:
            plausible: tuple[Fraction, Fraction] | None = None
            unit: str | None = None
            if declaration.plausible_dose is not None:
                low, high, unit = meant(dose(declaration.plausible_dose, declaration))
                plausible = (low, high)
            elif declaration.kind is Kind.DRUG:
                unit = dose_unit_of(declaration)
            words[declaration.kind][name] = m.Word(
                kind=declaration.kind,
                name=declaration.name.text,
                label=prose(declaration.label) or as_title(declaration.name.text),
                lay=declaration.lay,
                synonyms=declaration.synonyms,
                codes=_codes(declaration),
                plausible_dose=plausible,
                dose_unit=unit,
                place=m.Place(text=text, span=declaration.name.span),
            )
        elif declaration.kind is Kind.CONCLUSION:
            concluded[name] = _lowered_conclusion(text, declaration)
        else:
            facts[name] = _lowered_fact(text, declaration)
    return m.Vocabulary(
        facts=facts,
        drugs=words[Kind.DRUG],
        tests=words[Kind.TEST],
        routes=words[Kind.ROUTE],
        sites=words[Kind.SITE],
        services=words[Kind.SERVICE],
        conclusions=concluded,
    )


def _codes(declaration: ast.Declaration) -> tuple[m.Code, ...]:
    return tuple(
        m.Code(
            system=code.system.text,
            code=code.code,
            value=None if code.value is None else code.value.text,
            seen=code.seen,
        )
        for code in declaration.codes
    )


def _lowered_conclusion(text: Text, declaration: ast.Declaration) -> m.Conclusion:
    return m.Conclusion(
        name=declaration.name.text,
        label=prose(declaration.label) or as_title(declaration.name.text),
        lay=declaration.lay,
        synonyms=declaration.synonyms,
        codes=_codes(declaration),
        values=tuple(value.name.text for value in declaration.values),
        value_labels=tuple(_value_label(value) for value in declaration.values),
        place=m.Place(text=text, span=declaration.name.span),
    )


def _value_label(value: ast.Value) -> str:
    return prose(value.label) or as_title(value.name.text)


def _lowered_fact(text: Text, declaration: ast.Declaration) -> m.Fact:
    absent = _in_own_unit(declaration, declaration.absent)
    return m.Fact(
        kind=declaration.kind,
        name=declaration.name.text,
        label=prose(declaration.label) or as_title(declaration.name.text),
        asks=prose(declaration.asks),
        lay=declaration.lay,
        lay_for=tuple((c.value.text, c.words) for c in declaration.lay_for),
        synonyms=declaration.synonyms,
        codes=_codes(declaration),
        unit=printed_unit(declaration.unit),
        also_written=declaration.also_written,
        plausible=_in_own_unit(declaration, declaration.plausible),
        molar_mass=molar_mass_of(declaration),
        absent=None if absent is None else absent[0],
        current=None if declaration.current is None else _length(declaration.current),
        values=tuple(value.name.text for value in declaration.values),
        value_labels=tuple(_value_label(value) for value in declaration.values),
        place=m.Place(text=text, span=declaration.name.span),
    )


def _length(quantity: ast.Quantity) -> Duration:
    length = meant(duration(quantity))
    return Duration(length.low, length.unit)


def lower_ages(
    draft: Draft, vocabulary: m.Vocabulary, scope: Scope
) -> tuple[m.Vocabulary, Mapping[str, m.Age], tuple[m.Implication, ...]]:
    """The vocabulary with a fact for each age that is asked for, these ages, and their ties."""
    asked = [age_of(node, scope) for _, node in draft.ages_asked()]
    if not asked:
        return vocabulary, {}, ()
    facts = vocabulary.facts
    ages = sorted_ages((one for one in asked if one.fact in facts), tuple(facts))
    own = {name_of(one): fact_of(one, facts[one.fact]) for one in ages}
    named = {name_of(one): one for one in ages}
    return evolve(vocabulary, facts={**facts, **own}), named, tuple(ties(ages))


def lower_series(
    draft: Draft, vocabulary: m.Vocabulary, scope: Scope
) -> tuple[m.Vocabulary, Mapping[str, m.Series], tuple[m.Implication, ...]]:
    """The vocabulary with a fact for all that asks for several values, these, and their ties."""
    asked = [series_of(node, scope) for _, node in draft.over_time_asked()]
    if not asked:
        return vocabulary, {}, ()
    facts = vocabulary.facts
    own = series.in_order((one for one in asked if one.fact in facts), tuple(facts))
    named = {series.name_of(one): one for one in own}
    made = {name: series.fact_of(one, facts[one.fact]) for name, one in named.items()}
    return evolve(vocabulary, facts={**facts, **made}), named, tuple(series.ties(own))


def _lower_days(
    draft: Draft, scope: Scope
) -> tuple[m.Vocabulary, dict[str, Any], tuple[m.Implication, ...]]:
    """The vocabulary with what follows from days, by the fields of a graph, and their ties."""
    own = lower_vocabulary(draft)
    several, named, tied = lower_series(draft, own, scope)
    vocabulary, ages, more = lower_ages(draft, own, scope)
    facts = {**vocabulary.facts, **several.facts}
    fields = {"ages": ages, "series": named}
    return evolve(vocabulary, facts=facts), fields, (*more, *tied)


def _currencies(
    draft: Draft, vocabulary: m.Vocabulary, scope: Scope
) -> Iterator[tuple[str, m.Currency]]:
    """How long values count: what the vocabulary says, and the guideline where it says more."""
    for name, fact in vocabulary.facts.items():
        if fact.current is not None:
            yield name, m.Currency(length=fact.current)
    for _, item in draft.each(ast.Currency):
        assumptions = _names(Namespace.ASSUMPTION, item.assuming, scope)
        own = m.Currency(length=_length(item.length), assumptions=assumptions)
        for name in _names(Namespace.FACT, item.facts, scope):
            yield name, own


def derivations(draft: Draft, scope: Scope) -> Iterator[tuple[str, m.Derivation]]:
    """How measures are worked out, each after those that it takes."""
    waiting: dict[str, m.Derivation] = {}
    for _, item in draft.each(ast.Derivation):
        name = scope.name(Namespace.FACT, item.measure.text)
        waiting[name] = _derivation(item, scope)
    while waiting:
        ready = [n for n, one in waiting.items() if not waiting.keys() & set(one.parts)]
        for name in ready:
            yield name, waiting.pop(name)


def _derivation(item: ast.Derivation, scope: Scope) -> m.Derivation:
    equation = EQUATIONS[item.equation.text]
    measures = [scope.fact(part.text) for part in item.parts]
    return m.Derivation(
        equation=equation.name,
        parts=tuple(scope.name(Namespace.FACT, part.text) for part in item.parts),
        factors=tuple(
            None
            if argument.unit is None or not isinstance(measure, ast.Declaration)
            else 1 / meant(one_in_unit_of(measure, argument.unit))
            for argument, measure in zip(equation.takes, measures, strict=True)
        ),
        factor=meant(
            one_in_unit_of(measure_named(item.measure.text, scope), equation.unit)
        ),
        assumptions=_names(Namespace.ASSUMPTION, item.assuming, scope),
    )


def _in_own_unit(
    measure: ast.Declaration, quantity: ast.Quantity | None
) -> tuple[Fraction, Fraction] | None:
    """Both ends of a quantity of a declaration, in the unit declared with it."""
    if quantity is None:
        return None
    return meant(in_unit_of(measure, with_unit_of(measure, quantity)))


def lower_implications(draft: Draft, scope: Scope) -> Iterator[m.Implication]:
    """What the files say follows from what, in the order written."""
    for _, item in draft.each(ast.Implication):
        yield m.Implication(
            name=item.name.text,
            premise=lower_condition(item.premise, scope),
            conclusion=lower_condition(item.conclusion, scope),
        )
    for _, declaration in draft.each(ast.Declaration):
        name = declaration.name.text
        for number, conclusion in enumerate(declaration.implies, start=1):
            suffix = "" if number == 1 else f"_{number}"
            # It starts from the finding, or from any value of a choice but `none`.
            values = (value.name.text for value in declaration.values)
            one_of = OneOf(name, tuple(value for value in values if value != "none"))
            is_choice = declaration.kind is Kind.CHOICE
            yield m.Implication(
                name=f"{name}_implies{suffix}",
                premise=one_of if is_choice else truth_of(declaration.name, scope),
                conclusion=lower_condition(conclusion, scope),
            )


OPTIONAL_STRENGTHS = frozenset(
    {Strength.MAY, Strength.ACCEPTABLE_ALTERNATIVE, Strength.SHOULD_CONSIDER}
)
"""Strengths that offer something beside the default."""


def lower(draft: Draft, scope: Scope) -> m.RuleGraph:
    """The rule graph of a draft that passed its checks."""
    header = draft.header
    if header is None:
        message = "a draft without a guideline cannot be lowered"
        raise ValueError(message)
    rules = _with_exceptions({rule.name: rule for rule in _rules(draft, scope)})
    rules, parts = _within_treatment(rules)
    vocabulary, of_days, tied = _lower_days(draft, scope)
    definitions = {d.name: d for d in (*_definitions(draft, scope), *parts)}
    for one in conclusions.concluded(vocabulary.conclusions.values(), rules):
        definitions[one.name] = one
    given_scope = (
        ALWAYS if header.scope is None else lower_condition(header.scope, scope)
    )
    graph = m.RuleGraph(
        name=header.name.text,
        title=prose(header.title) or as_title(header.name.text),
        version=header.version or "0.0.0",
        revised=header.revised,
        status=m.Status.SUBMITTED if header.status is None else m.Status(header.status),
        approved_by=header.approval.by if header.approval else None,
        approved_on=header.approval.on if header.approval else None,
        imprint=m.Imprint(
            authors=header.authors,
            reviewers=header.reviewers,
            licence=header.licence,
            contact=header.contact,
            intended_for=prose(header.intended_for),
            effective=header.effective,
            retired=header.retired,
            supersedes=tuple(name.text for name in header.supersedes),
            superseded_by=None
            if header.superseded_by is None
            else header.superseded_by.text,
        ),
        scope=given_scope,
        scope_assumptions=assumptions_behind(given_scope, definitions),
        vocabulary=vocabulary,
        implications=(*lower_implications(draft, scope), *tied),
        **of_days,
        derivations=dict(derivations(draft, scope)),
        currencies=dict(_currencies(draft, vocabulary, scope)),
        definitions=definitions,
        rules=_with_assumptions(rules, definitions),
        sources={
            item.name.text: m.Source(
                name=item.name.text,
                title=item.title.text,
                authors=item.authors,
                year=item.year,
                kind=None if item.kind is None else item.kind.text,
                printed=item.printed,
                inferred=item.inferred,
                missing=item.missing,
                link=item.link,
            )
            for _, item in draft.each(ast.Source)
        },
        assumptions={
            a.name.text: m.Assumption(name=a.name.text, text=a.text.text)
            for _, a in draft.each(ast.Assumption)
        },
        challenges={
            c.name.text: m.Challenge(
                name=c.name.text, text=c.text.text, by=tuple(n.text for n in c.by)
            )
            for _, c in draft.each(ast.Challenge)
        },
        silences=tuple(_silences(draft, scope)),
        conflicts=tuple(
            m.ExpectedConflict(
                first=scope.name(Namespace.RULE, item.first.text),
                second=scope.name(Namespace.RULE, item.second.text),
                noted_as=tuple(name.text for name in item.noted_as),
                because=prose(item.because) or "",
            )
            for _, item in draft.each(ast.ExpectedConflict)
        ),
        statements=statement_range(header),
    )
    return evolve(graph, digest=digest_of(graph))


def lower_facts(draft: Draft, scope: Scope) -> m.RuleGraph:
    """The facts, definitions and implications alone, of a vocabulary or a part, too."""
    vocabulary, of_days, tied = _lower_days(draft, scope)
    graph = m.RuleGraph(
        name=draft.main.text.name,
        title="",
        version="",
        vocabulary=vocabulary,
        implications=(*lower_implications(draft, scope), *tied),
        **of_days,
        derivations=dict(derivations(draft, scope)),
        definitions={d.name: d for d in _definitions(draft, scope)},
    )
    return conclusions.with_conclusions(graph)


def _names(
    namespace: Namespace, names: Iterable[ast.Name], scope: Scope
) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scope.name(namespace, n.text) for n in names))


# --------------------------------------------------------------------------- rules


def _grounds(grounds: ast.Grounds, scope: Scope) -> m.Grounds:
    return m.Grounds(
        lay=grounds.lay,
        strength=grounds.strength,
        certainty=grounds.certainty,
        grade=grounds.grade,
        statements=tuple(dict.fromkeys(name.text for name in grounds.states)),
        sources=_names(Namespace.SOURCE, grounds.cites, scope),
        section=prose(grounds.section),
        because=prose(grounds.because),
        patient=prose(grounds.patient),
        assumptions=_names(Namespace.ASSUMPTION, grounds.assumes, scope),
        challenges=_names(Namespace.CHALLENGE, grounds.challenged, scope),
    )


def _definitions(draft: Draft, scope: Scope) -> Iterator[m.Definition]:
    for text, item in draft.each(ast.Definition):
        name = item.name.text
        yield m.Definition(
            name=name,
            label=prose(item.title) or as_title(name),
            asks=prose(item.asks),
            condition=lower_condition(item.condition, scope),
            grounds=_grounds(item.grounds, scope),
            place=m.Place(text=text, span=item.name.span),
        )


def _rules(draft: Draft, scope: Scope) -> Iterator[m.Rule]:
    for text, item in draft.each(ast.Rule):
        (action,) = item.actions
        grounds = _grounds(item.grounds, scope)
        offered = getattr(action, "optional", False)
        if offered and grounds.strength is None:
            grounds = evolve(grounds, strength=Strength.MAY)
        yield m.Rule(
            name=item.name.text,
            title=prose(item.title) or as_title(item.name.text),
            decision=decision_of(action),
            condition=_rule_condition(item, action, scope),
            value=lower_action(action, scope),
            # What advises against a test offers nothing, however weak its words (M26, M79).
            optional=not isinstance(action, ast.DoNotCheck)
            and (offered or grounds.strength in OPTIONAL_STRENGTHS),
            exception_to=_names(Namespace.RULE, item.exception_to, scope),
            outside_scope=item.outside_scope,
            grounds=grounds,
            place=m.Place(text=text, span=item.span),
        )


def _rule_condition(rule: ast.Rule, action: ast.Action, scope: Scope) -> Condition:
    """The rule's condition; it ends with what a prohibition (M39) or a visit (M43) waits for."""
    written = tuple(lower_condition(c, scope) for c in rule.conditions)
    ends: tuple[ast.Name | None, ...] = ()
    match action:
        case ast.Withhold(until=until, unless=unless):
            ends = (until, unless)
        case ast.Check(until=until):
            ends = (until,)
        case _:
            pass
    over = (Established(truth_of(n, scope)) for n in ends if n is not None)
    return conjunction((*written, *(Not(one) for one in over)))


def _within_treatment(
    rules: Mapping[str, m.Rule],
) -> tuple[dict[str, m.Rule], tuple[m.Definition, ...]]:
    """Rules that hold during loading or maintenance, with a definition of when that is (M98)."""
    asked = {
        rule.name: rule.value.during
        for rule in rules.values()
        if isinstance(rule.value, m.Monitoring) and rule.value.during is not None
    }
    if not asked:
        return dict(rules), ()
    advised = {
        part: [
            _applies(rule, rules) for rule in rules.values() if _doses_in(rule, part)
        ]
        for part in dict.fromkeys(asked.values())
    }
    names = {part: f"{part.value}{ADVISED}" for part in advised}
    found = dict(rules)
    for name, part in asked.items():
        rule = rules[name]
        lasting = conjunction((rule.condition, Defined(names[part])))
        found[name] = evolve(rule, condition=lasting)
    return found, tuple(
        m.Definition(
            name=names[part],
            label=f"{part.value} is advised",
            condition=one[0] if len(one) == 1 else AnyOf(tuple(one)),
        )
        for part, one in advised.items()
    )


ADVISED = ".advised"
"""How the name of a definition ends that no author wrote: some rule gives these doses."""


def _doses_in(rule: m.Rule, part: m.Decision) -> bool:
    """Whether a rule gives doses in a part of the treatment."""
    return rule.decision is part and isinstance(rule.value, m.Regimens)


def _applies(rule: m.Rule, rules: Mapping[str, m.Rule]) -> Condition:
    """That a rule applies, and none of its exceptions defeats it."""
    defeating = (e.condition for e in rules.values() if rule.name in e.exception_to)
    return conjunction((rule.condition, *map(Not, defeating)))


def _with_exceptions(rules: Mapping[str, m.Rule]) -> dict[str, m.Rule]:
    exceptions: dict[str, list[str]] = {}
    for rule in rules.values():
        for parent in rule.exception_to:
            exceptions.setdefault(parent, []).append(rule.name)
    found = dict(rules)
    for name, own in exceptions.items():
        found[name] = evolve(rules[name], exceptions=tuple(sorted(own)))
    return found


def _with_assumptions(
    rules: Mapping[str, m.Rule], definitions: Mapping[str, m.Definition]
) -> dict[str, m.Rule]:
    found = dict(rules)
    for name, rule in rules.items():
        assumed = (
            *rule.grounds.assumptions,
            *assumptions_behind(rule.condition, definitions),
        )
        if assumed:  # most rules of a large guideline have none
            found[name] = evolve(rule, assumptions=tuple(dict.fromkeys(assumed)))
    return found


# --------------------------------------------------------------------- other items


def _silences(draft: Draft, scope: Scope) -> Iterator[m.Silence]:
    for _, item in draft.each(ast.Silent):
        conditions = tuple(lower_condition(c, scope) for c in item.conditions)
        named = []
        for word in (name.text for name in item.topics):
            found = (scope.find(namespace, word) for namespace in Namespace)
            entry = next((entry for entry in found if entry is not None), None)
            named.append(word if entry is None else entry.name)
        # The decisions that are named among the topics; a word of that name wins.
        decisions = tuple(
            decision
            for decision in m.Decision
            if decision.value in named
            and not any(scope.find(space, decision.value) for space in _WORDS)
        )
        beside = {decision.value for decision in decisions}
        yield m.Silence(
            topics=tuple(n for n in named if n not in beside) or tuple(named),
            decisions=decisions,
            noted_as=tuple(name.text for name in item.noted_as),
            text=prose(item.text) or "",
            condition=conjunction(conditions) if conditions else None,
            grounds=_grounds(item.grounds, scope),
        )


_WORDS = (
    Namespace.FACT,
    Namespace.DRUG,
    Namespace.TEST,
    Namespace.ROUTE,
    Namespace.SITE,
    Namespace.SERVICE,
)
