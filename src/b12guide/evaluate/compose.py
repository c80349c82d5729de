"""What the rules that apply say together about one decision, everything being known.

Rules on one decision must agree: forms and routes intersect, interval ranges intersect, and an
empty intersection is a conflict with both sides shown. Instructions, tests, targets and
prohibitions add up. Rules marked optional stand beside the default and never restrict it.
"""

from __future__ import annotations

from collections.abc import Sequence

from b12guide.evaluate.addition import added_up, items, tightest_targets, visits
from b12guide.evaluate.agreement import agreed_adjuncts, agreed_regimens, agreed_routes
from b12guide.evaluate.composed import Composed
from b12guide.evaluate.form_choice import chosen_form
from b12guide.graph.model import Decision, Rule

__all__ = ["compose"]


def compose(decision: Decision, rules: Sequence[Rule]) -> Composed:
    """What `rules`, all of which apply, say about `decision`."""
    match decision:
        case Decision.LOADING | Decision.MAINTENANCE:
            return agreed_regimens(rules)
        case Decision.ADJUNCT:
            return agreed_adjuncts(rules)
        case Decision.FORM:
            return chosen_form(rules)
        case Decision.ROUTE:
            return agreed_routes(rules)
        case Decision.MONITORING:
            return added_up(visits(rules))
        case Decision.TARGETS:
            return tightest_targets(rules)
        case (
            Decision.PERMISSION
            | Decision.TECHNIQUE
            | Decision.CONTINUATION
            | Decision.NOTE
        ):
            return added_up(items(rules))
