"""The regimens that a guideline advises, by the rules that advise them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from b12guide.arguments import choice, instance, keywords, keywords_of
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.extras import load
from b12guide.graph.model import Decision, Loaded, Regimens, RuleGraph
from b12guide.regimen.model import Regimen
from b12guide.regimens.comparison import RegimenComparison
from b12guide.regimens.counting import compare

__all__ = ["GuidelineRegimens"]


@frozen(eq=False, repr=False)
class GuidelineRegimens(Mapping[str, Regimen]):
    """The regimens of a guideline by the names of their rules.

    A rule that gives several to choose from has them as `name`, `name/2` and so on, in the order in
    which the source names them.

    Attributes:
        loaded: The guideline.
        evaluator: Its compiled form.
    """

    loaded: Loaded = field(repr=False)
    evaluator: Evaluator = field(repr=False)

    @property
    def graph(self) -> RuleGraph:
        """The rule graph of the guideline."""
        return self.loaded.graph

    def of(self, decision: Decision | str) -> dict[str, Regimen]:
        """Those that rules advise about one decision, `loading` or `maintenance`.

        Raises:
            UnknownNameError: There is no such decision.
        """
        wanted = choice(Decision, decision, "decision")
        return {
            name: regimen
            for name, about, regimen in _named(self.graph)
            if about is wanted
        }

    def __getitem__(self, name: str) -> Regimen:
        known = {one: regimen for one, _, regimen in _named(self.graph)}
        if name not in known:
            kind = "rule with a regimen"
            raise UnknownNameError(kind, str(name), known)
        return known[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _, _ in _named(self.graph))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"GuidelineRegimens({self.graph.name!r}: {', '.join(self)})"

    def compare(
        self, regimens: Any = None, *, patients: Any = None, **how: Any
    ) -> RegimenComparison:
        """Regimens over years; with patients, what is recommended to each of them as well.

        Args:
            regimens: As for `b12guide.regimens.compare`, or names of rules. Without patients, all
                that rules advise for maintenance if left out.
            patients: A frame of patients, as for `Guideline.study`.
            how: As for `b12guide.regimens.compare`; and with patients, `patient`, `units`, `keep`,
                `ignore`, `otherwise`, `on_bad`, `assume`, `fuzzy_threshold`, `truths` and
                `decimal`, as for `Guideline.study`.

        Raises:
            ArgumentError: As for `b12guide.regimens.compare`.
            DosageError: As for `b12guide.regimens.compare`.
            UnknownNameError: No rule with a regimen is so called, or there is no such argument.
            CohortError: This kind of frame is not taken.
            PatientError: The patients cannot be used.
            MissingExtraError: There are patients, and the extra `cohort` is not installed.

        >>> from b12guide import load
        >>> found = load("mecobalamin_im").regimens.compare(["maintenance_standard"], years=2)
        >>> found.regimens[0].maintenance
        '1000 µg by intramuscular injection every 2 to 3 months for life'
        """
        own = keywords_of(compare)
        keywords(how, "compare", (*own, "patient", *_READING))
        chosen = self._chosen(regimens)
        if patients is None:
            needless = [name for name in how if name not in own]
            if needless:
                expected = f"a frame of patients where there is `{needless[0]}`"
                argument = "patients"
                raise ArgumentError(argument, expected, None, is_told=True)
            everything = self.of(Decision.MAINTENANCE) if chosen is None else chosen
            return compare(everything, guideline=self.graph, **how)
        study = load("b12guide.cohort.study", extra="cohort")
        options = load("b12guide.cohort.options", extra="cohort")
        reading = {name: how.pop(name) for name in _READING if name in how}
        patient = how.pop("patient", None)
        if patient is not None:
            instance(patient, str, "patient", "the name of the column of ids")
        asked = study.study_of(
            self.loaded, self.evaluator, patients, options.Options(**reading), patient
        )
        found: RegimenComparison = asked.regimens(chosen, **how)
        return found

    def _chosen(self, regimens: Any) -> Any:
        """The regimens, those of rules in the place of their names."""
        if isinstance(regimens, str):
            regimens = [regimens]
        if isinstance(regimens, Mapping):
            return {name: self._of_rule(one) for name, one in regimens.items()}
        if isinstance(regimens, Iterable) and not isinstance(regimens, tuple):
            several = list(regimens)
            if any(map(self._is_name, several)):
                return {
                    one if isinstance(one, str) else f"regimen {number}": self._of_rule(
                        one
                    )
                    for number, one in enumerate(several, start=1)
                }
            return several
        return regimens

    def _of_rule(self, one: Any) -> Any:
        return self[one] if self._is_name(one) else one

    def _is_name(self, one: Any) -> bool:
        """Whether it is meant to be the name of a rule; a single word is no regimen in English."""
        return isinstance(one, str) and (one in self or one.isidentifier())


_READING = (
    *("units", "keep", "ignore", "otherwise", "on_bad", "assume"),
    *("fuzzy_threshold", "truths", "decimal", "divider", "encoding"),
)


def _named(graph: RuleGraph) -> Iterator[tuple[str, Decision, Regimen]]:
    """Each regimen that a rule advises, under its name, with what it is about."""
    for rule in graph.rules.values():
        if isinstance(rule.value, Regimens):
            for number, regimen in enumerate(rule.value.regimens, start=1):
                name = rule.name if number == 1 else f"{rule.name}/{number}"
                yield name, rule.decision, regimen
