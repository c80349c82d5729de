"""What doses and visits cost, by unit costs that are the caller's own or a published source's.

A cost is known only where every dose and every visit of it has a price. What has none is named as
missing, and the cost is then unknown; it is never nothing. Money stays in the currency and in the
prices of its source.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from attrs import field, fields, frozen

from b12guide import resources
from b12guide.arguments import ends, instance
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.frozen import FrozenMap, Record
from b12guide.graph.model import RuleGraph, Word
from b12guide.regimen.burden import INJECTED, NONE, CountRange, Year
from b12guide.regimen.model import Phase
from b12guide.say.words import listing

__all__ = ["UnitCosts", "published_costs", "unit_costs"]

SHIPPED = "b12.costs.toml"
DEFAULT = "ontario_2013"
"""The published costs that are taken where a caller names none: they tell schedules apart."""

Prices: TypeAlias = Mapping[str, CountRange]

_MOST = 10**9
_PRICE = "a price, or a pair of the lowest and the highest, none below 0"
_CURRENCY = re.compile(r"[A-Z]{3}")


def _price(value: Any, name: str) -> CountRange:
    """A price as a range.

    Raises:
        ArgumentError: It is none.
    """
    if isinstance(value, CountRange):
        return value
    return CountRange(*ends(value, name, _PRICE, most=_MOST))


def _prices(value: Any, name: str) -> Prices:
    if not isinstance(value, Mapping):
        expected = "a mapping of drugs, routes or `drug/route` to prices"
        raise ArgumentError(name, expected, value)
    return FrozenMap(
        {str(key): _price(one, f"{name}[{key!r}]") for key, one in value.items()}
    )


def _per_dose(value: Any) -> Prices:
    return _prices(value, "per_dose")


def _per_mg(value: Any) -> Prices:
    return _prices(value, "per_mg")


def _per_year(value: Any) -> Prices:
    return _prices(value, "per_year")


def _per_visit(value: Any) -> CountRange | None:
    return None if value is None else _price(value, "per_visit")


for _converter in (_per_dose, _per_mg, _per_year, _per_visit):
    _converter.__annotations__.update(value=Any)  # attrs copies it to `__init__`


@frozen(kw_only=True, repr=False)
class UnitCosts(Record):
    """What a dose, a visit or a year costs.

    A price is a number, or a pair of the lowest and the highest. A key is the name of a drug, a
    route such as `oral`, or both as `cyanocobalamin/oral`; the most particular one counts. A dose
    has its price by `per_dose`, by `per_mg` or both together, or it is covered by `per_year`, which
    includes its visits.

    Attributes:
        currency: Three letters, such as `EUR`.
        year: That of the prices.
        source: Where they are from, in words.
        seen: The page on which they were seen.
        per_dose: Of one dose, whatever its amount.
        per_mg: Of each milligram.
        per_visit: Of a day with an injection; None where it is not known. 0 is to be said.
        per_year: Of each year in which there is such a dose, however many there are.
        payer: Who pays.
        note: What the prices leave out.
        title: What they are called.
    """

    currency: str
    year: int | None = None
    source: str
    seen: str = ""
    per_dose: Prices = field(factory=dict, converter=_per_dose)
    per_mg: Prices = field(factory=dict, converter=_per_mg)
    per_visit: CountRange | None = field(default=None, converter=_per_visit)
    per_year: Prices = field(factory=dict, converter=_per_year)
    payer: str = ""
    note: str = ""
    title: str = ""

    def __attrs_post_init__(self) -> None:
        for name in ("currency", "source", "seen", "payer", "note", "title"):
            instance(getattr(self, name), str, name, "text")
        self._must(
            bool(_CURRENCY.fullmatch(self.currency)),
            "currency",
            "three capital letters, such as `EUR`",
        )
        self._must(
            bool(self.source.strip()),
            "source",
            "words that say where the prices are from",
        )
        is_year = isinstance(self.year, int) and not isinstance(self.year, bool)
        self._must(
            self.year is None or (is_year and 1900 <= self.year <= 2200),
            "year",
            "the year of the prices",
        )
        for key in self.per_year:
            self._must(
                key not in self.per_dose and key not in self.per_mg,
                "per_year",
                f"prices of which each stands once; `{key}` has one for a year, which covers "
                "its doses, and one for a dose",
            )

    def _must(self, is_so: bool, name: str, expected: str) -> None:
        if not is_so:
            raise ArgumentError(name, expected, getattr(self, name))

    @property
    def told(self) -> str:
        """What the costs are and where they are from, in one line."""
        year = "" if self.year is None else f", prices of {self.year}"
        title = f"{self.title}. " if self.title else ""
        return f"{title}{self.source} ({self.currency}{year})"


CostsLike: TypeAlias = UnitCosts | Mapping[str, Any] | str | Path | bool | None
"""Unit costs, their fields as a mapping, the name of published ones, or a TOML file."""

# ------------------------------------------------------------------------ reading them


@lru_cache(maxsize=1)
def published_costs() -> Mapping[str, UnitCosts]:
    """The unit costs that ship, each of one publication, by name."""
    text = resources.read("guidelines", SHIPPED)
    return FrozenMap(
        {name: _of_mapping(one, name) for name, one in tomllib.loads(text).items()}
    )


def unit_costs(cost: CostsLike) -> UnitCosts | None:
    """The unit costs that a caller named or gave.

    Args:
        cost: `UnitCosts`, their fields as a mapping, the name of published ones such as
            `ontario_2013`, or a TOML file with these fields. None takes `ontario_2013`, and False
            none at all.

    Raises:
        ArgumentError: It is none of these, or a field has no such value.
        UnknownNameError: No published costs are so called, and there is no such file.
    """
    if cost is False:
        return None
    if cost is None:
        return published_costs()[DEFAULT]
    if isinstance(cost, UnitCosts):
        return cost
    if isinstance(cost, Mapping):
        return _of_mapping(cost, "cost")
    if isinstance(cost, str) and cost in published_costs():
        return published_costs()[cost]
    if isinstance(cost, str | Path):
        return _of_file(cost)
    expected = "unit costs, a mapping of their fields, a name, or a TOML file"
    argument = "cost"
    raise ArgumentError(argument, expected, cost, is_told=True)


def _of_file(cost: str | Path) -> UnitCosts:
    if isinstance(cost, str) and not cost.endswith(".toml"):
        kind = "set of published costs, and no TOML file,"
        raise UnknownNameError(kind, cost, published_costs())
    argument = "cost"
    try:
        told = tomllib.loads(Path(cost).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = [f"`{name}`" for name in published_costs()]
        expected = f"a TOML file that is there, or one of the published {listing(known, 'and')}"
        raise ArgumentError(argument, expected, str(cost), is_told=True) from error
    except OSError as error:
        expected = f"a TOML file that can be read ({error.strerror})"
        raise ArgumentError(argument, expected, str(cost), is_told=True) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        expected = f"a file of TOML ({error})"
        raise ArgumentError(argument, expected, str(cost), is_told=True) from error
    return _of_mapping(told, str(cost))


def _of_mapping(told: Mapping[str, Any], name: str) -> UnitCosts:
    known = [one.name for one in fields(UnitCosts)]
    for key in told:
        if key not in known:
            kind = f"field of the costs in `{name}`"
            raise UnknownNameError(kind, str(key), known)
    missing = [key for key in ("currency", "source") if key not in told]
    if missing:
        expected = f"costs that say their `{missing[0]}`"
        argument = "cost"
        raise ArgumentError(argument, expected, told)
    return UnitCosts(**told)


def refuse_unknown_keys(
    costs: UnitCosts, graph: RuleGraph, phases: Iterable[Phase]
) -> None:
    """Refuse prices under names that are neither of the vocabulary nor of a regimen.

    Raises:
        UnknownNameError: There is such a price; nobody would ever pay it.
    """
    words = graph.vocabulary
    drugs, routes = dict.fromkeys(words.drugs), dict.fromkeys(words.routes)
    for phase in phases:
        drugs |= dict.fromkeys(phase.drugs)
        routes |= dict.fromkeys((phase.route,) if phase.route else ())
    for name in ("per_dose", "per_mg", "per_year"):
        for key in getattr(costs, name):
            drug, slash, route = key.partition("/")
            if slash and drug in drugs and route in routes:
                continue
            if not slash and (key in drugs or key in routes):
                continue
            known = {**drugs, **routes}
            several = (*words.drugs.values(), *words.routes.values())
            kind = f"drug or route, for a price in `{name}`,"
            raise UnknownNameError(kind, key, known, _meant(key, several))


def _meant(key: str, words: Iterable[Word]) -> Iterator[str]:
    """The names of which a key is another name."""
    said = key.casefold()
    for word in words:
        others = (word.label, *word.synonyms, *word.lay)
        if said in (other.casefold() for other in others):
            yield word.name


# ----------------------------------------------------------------------------- costing


def missing_of(phases: Iterable[Phase], costs: UnitCosts) -> tuple[str, ...]:
    """The prices without which the cost of these phases is not known, in words."""
    return tuple(dict.fromkeys(m for phase in phases for m in _missing(phase, costs)))


def _missing(phase: Phase, costs: UnitCosts) -> Iterator[str]:
    for keys in _keys(phase):
        if _found(costs.per_year, keys) is not None:
            continue
        if _found(costs.per_dose, keys) is None and _found(costs.per_mg, keys) is None:
            yield _price_of(keys)
        elif _found(costs.per_mg, keys) is not None and _in_mg(phase) is None:
            yield f"the price of a dose in {phase.dose.unit}"
        if phase.route in INJECTED and costs.per_visit is None:
            yield "the cost of a visit"


def _price_of(keys: Sequence[str]) -> str:
    """The price that would stand under the first of some keys, in words."""
    drug, _, route = keys[0].rpartition("/")
    return f"the price of {drug or 'a dose'} ({route.replace('_', ' ')})"


def _keys(phase: Phase) -> Iterator[tuple[str, ...]]:
    """The keys under which a price may stand, for each drug, the most particular first."""
    route = phase.route or "a route that is not stated"
    for drug in phase.drugs:
        yield (f"{drug}/{route}", drug, route)
    if not phase.drugs:
        yield (route,)


def _found(prices: Prices, keys: Sequence[str]) -> CountRange | None:
    return next((prices[key] for key in keys if key in prices), None)


def _in_mg(phase: Phase) -> CountRange | None:
    dose = phase.dose.given
    ends = dose.in_unit("mg")
    if ends is None:
        return None
    low = Fraction(0) if dose.limit is not None else ends[0] or Fraction(0)
    return CountRange(low, ends[1])


def cost_of_year(
    phases: Sequence[Phase], asked: Sequence[Year], costs: UnitCosts
) -> CountRange:
    """What a year costs in which the phases ask so much; every price is known."""
    total = NONE
    covered: dict[str, CountRange] = {}
    for phase, year in zip(phases, asked, strict=True):
        if year.doses.high == 0:
            continue
        choices = []
        for keys in _keys(phase):
            whole = _found(costs.per_year, keys)
            if whole is not None:
                key = next(key for key in keys if key in costs.per_year)
                once = _at_most_once(year.doses, whole)
                if key not in covered or once.low > covered[key].low:
                    covered[key] = once
                choices.append(NONE)
                continue
            choices.append(_of_doses(phase, year, costs, keys))
        total += _either(choices)
    return sum(covered.values(), total)


def _of_doses(
    phase: Phase, year: Year, costs: UnitCosts, keys: Sequence[str]
) -> CountRange:
    """What the doses of a phase cost, with their visits."""
    found = NONE
    each = _found(costs.per_dose, keys)
    by_mg = _found(costs.per_mg, keys)
    if each is not None:
        found += year.doses.times(each)
    if by_mg is not None:
        found += year.doses.times((_in_mg(phase) or NONE).times(by_mg))
    if phase.route in INJECTED and costs.per_visit is not None:
        found += year.visits.times(costs.per_visit)
    return found


def _at_most_once(doses: CountRange, price: CountRange) -> CountRange:
    """The price of a year, in which there may be no dose at all."""
    return price if doses.low else CountRange(Fraction(0), price.high)


def _either(choices: Sequence[CountRange]) -> CountRange:
    first, *others = choices
    for other in others:
        first = first.or_(other)
    return first


def discounted(
    years: Iterable[CountRange], rates: tuple[Fraction, Fraction]
) -> CountRange:
    """The sum of costs of years, discounted to the first; the first is not discounted.

    Args:
        years: What each year costs, from the first on.
        rates: The lowest and the highest rate for a year, such as 0 and 3/100.
    """
    low_rate, high_rate = rates
    total = NONE
    for number, cost in enumerate(years):
        high = None if cost.high is None else cost.high / (1 + low_rate) ** number
        total += CountRange(cost.low / (1 + high_rate) ** number, high)
    return total
