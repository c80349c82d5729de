"""Checks of what is worked out: a known equation takes what it was made for, in its units."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.names import cycles, in_a_circle
from b12guide.semantics.checks.report import did_you_mean, finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Misfit, Namespace, Scope, one_in_unit_of
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.values.equation import EQUATIONS, Argument, Equation
from b12guide.values.term import Kind


def _known(draft: Draft) -> Iterator[tuple[Text, ast.Derivation, Equation]]:
    """The derivations whose equation is known."""
    for text, item in draft.each(ast.Derivation):
        equation = EQUATIONS.get(item.equation.text)
        if equation is not None:
            yield text, item, equation


def _whole(draft: Draft) -> Iterator[tuple[Text, ast.Derivation, Equation]]:
    """Those that give it as many facts as it takes."""
    for text, item, equation in _known(draft):
        if len(item.parts) == len(equation.takes):
            yield text, item, equation


def signature(equation: Equation) -> str:
    """How an equation is written: `body_mass_index(weight, height)`."""
    return f"{equation.name}({', '.join(one.name for one in equation.takes)})"


def equation_is_known(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL240: an equation is one of those that b12guide knows."""
    for text, item in draft.each(ast.Derivation):
        name = item.equation
        if name.text in EQUATIONS:
            continue
        near = get_close_matches(name.text.casefold(), sorted(EQUATIONS), n=2)
        yield finding(
            "GDL240",
            f"there is no equation `{name.text}`",
            (text, name),
            notes=(
                "the equations are "
                + ", ".join(f"`{signature(one)}`" for one in EQUATIONS.values()),
            ),
            help_=did_you_mean(near, (text, name))
            or "name one of these, or let the value come with the patient",
        )


def equation_has_its_parts(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL241: an equation is given as many facts as it takes."""
    for text, item, equation in _known(draft):
        given, taken = len(item.parts), len(equation.takes)
        if given != taken:
            yield finding(
                "GDL241",
                f"`{equation.name}` takes {taken} facts, and here it is given {given}",
                (text, item.equation),
                help_=f"write it like `{signature(equation)}`",
            )


def _fits(
    argument: Argument, part: ast.Name, declared: ast.Declaration
) -> tuple[str, str, str] | None:
    """Code, message and remedy, where a fact is not what an equation takes."""
    is_choice = argument.unit is None
    wanted = Kind.CHOICE if is_choice else Kind.MEASURE
    if declared.kind is not wanted:
        message = (
            f"the equation takes a {wanted.value} for `{argument.name}`, "
            f"and `{part.text}` is {_article(declared.kind)}"
        )
        if not is_choice:
            return "GDL242", message, f"give a measure in `{argument.unit}`"
        values = " and ".join(f"`{value}`" for value in argument.values)
        return "GDL242", message, f"give a choice with the values {values}"
    if argument.unit is None:
        there = {value.name.text for value in declared.values}
        missing = [f"`{value}`" for value in argument.values if value not in there]
        if not missing:
            return None
        listed = ", ".join(f"`{value}`" for value in argument.values)
        message = (
            f"`{part.text}` has no value {' and no value '.join(missing)}, "
            f"by which the equation tells people apart"
        )
        return "GDL244", message, f"give it the values {listed}, beside any others"
    found = one_in_unit_of(declared, argument.unit)
    if not isinstance(found, Misfit):
        return None
    own = f"in `{declared.unit}`" if declared.unit else "a plain number"
    message = (
        f"the equation takes `{argument.name}` in `{argument.unit}`, "
        f"and `{part.text}` is {own}"
    )
    remedy = (
        "give the facts in the order of the equation, in units that convert to its own"
    )
    return "GDL243", message, remedy


def _article(kind: Kind) -> str:
    return f"an {kind.value}" if kind is Kind.EVENT else f"a {kind.value}"


def parts_fit(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL242, GDL243, GDL244: each fact is what the equation takes in its place."""
    for text, item, equation in _whole(draft):
        for argument, part in zip(equation.takes, item.parts, strict=True):
            match scope.fact(part.text):
                case ast.Declaration() as declared:
                    wrong = _fits(argument, part, declared)
                case ast.Definition():
                    kind = "choice" if argument.unit is None else "measure"
                    said = (
                        f"the equation takes a {kind} for `{argument.name}`, "
                        f"and `{part.text}` is a definition"
                    )
                    wrong = ("GDL242", said, "give a fact of the vocabulary")
                case _:  # unknown, and told so elsewhere
                    wrong = None
            if wrong is not None:
                code, message, remedy = wrong
                yield finding(
                    code,
                    message,
                    (text, part),
                    notes=(f"it is written `{signature(equation)}`",),
                    help_=remedy,
                )
        yield from _result_fits(text, item, equation, scope)


def _result_fits(
    text: Text, item: ast.Derivation, equation: Equation, scope: Scope
) -> Iterator[Diagnostic]:
    measure = scope.fact(item.measure.text)
    if isinstance(measure, ast.Declaration) and measure.kind is Kind.MEASURE:
        if isinstance(one_in_unit_of(measure, equation.unit), Misfit):
            own = f"in `{measure.unit}`" if measure.unit else "a plain number"
            yield finding(
                "GDL243",
                f"`{equation.name}` comes to a number in `{equation.unit}`, "
                f"and `{item.measure.text}` is {own}",
                (text, item.measure),
                help_=f'give the measure that unit, or `also written "{equation.unit}"` '
                "where it means the same",
            )
    elif measure is not None:
        noun = "a definition"
        if isinstance(measure, ast.Declaration):
            noun = _article(measure.kind)
        yield finding(
            "GDL242",
            f"`derive` works out a measure, and `{item.measure.text}` is {noun}",
            (text, item.measure),
            help_=f"name a measure in `{equation.unit}`",
        )


def derived_in_a_circle(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL245: nothing is worked out from itself."""
    items = {
        scope.name(Namespace.FACT, item.measure.text): (text, item)
        for text, item in draft.each(ast.Derivation)
    }
    edges = {
        name: tuple(scope.name(Namespace.FACT, part.text) for part in item.parts)
        for name, (_, item) in items.items()
    }
    for cycle in cycles(edges):
        yield in_a_circle(
            "GDL245",
            " is worked out from ",
            cycle,
            {name: (text, item.measure) for name, (text, item) in items.items()},
            "leave one `derive` out, so that its value comes with the patient",
        )


def derived_once(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL246: a measure is worked out in one way."""
    first: dict[str, tuple[Text, ast.Name, str]] = {}
    for text, item in draft.each(ast.Derivation):
        name = scope.name(Namespace.FACT, item.measure.text)
        here = (text, item.measure, "it is said here first")
        before = first.setdefault(name, here)
        if before is not here:
            yield finding(
                "GDL246",
                f"how `{name}` is worked out is said twice",
                (text, item.measure),
                others=(before,),
                help_="keep one of the two",
            )
