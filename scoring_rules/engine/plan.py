"""What the engine works out once per rule set: walking a tree of rules for every look-up costs more than the look-up."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from scoring_rules.language.checking import walk
from scoring_rules.language.conditions import BY_CALENDAR, Compare, Condition, Live, Term, ValueTest
from scoring_rules.language.quantities import Literal
from scoring_rules.language.shapes import RuleSet


@dataclass
class Plan:
    """``telling`` are the ids of items that can move a result; the others are worth nothing and only explain.

    ``moving`` says of a condition, by identity, whether the calendar alone can turn it.
    """

    telling: frozenset[str]
    moving: dict[int, bool] = field(default_factory=dict)

    def moves(self, condition: Condition, terms: dict[str, Condition]) -> bool:
        key = id(condition)
        if key not in self.moving:
            self.moving[key] = any(self._moves_itself(part, terms) for part in walk(condition))
        return self.moving[key]

    def _moves_itself(self, part: object, terms: dict[str, Condition]) -> bool:
        if isinstance(part, Term):
            return self.moves(terms[part.name], terms)
        return isinstance(part, ValueTest) or (isinstance(part, Compare) and part.op in BY_CALENDAR)


_PLANS: WeakKeyDictionary[RuleSet, Plan] = WeakKeyDictionary()


def plan_of(ruleset: RuleSet) -> Plan:
    if ruleset not in _PLANS:
        watched = {name for part in walk(ruleset) if isinstance(part, Live) for name in part.items}
        telling = frozenset(
            item.id
            for item in ruleset.items
            if item.increments
            or not (isinstance(item.points, Literal) and item.points.value == 0)
            or item.id in watched
            or item.code in watched
        )
        _PLANS[ruleset] = Plan(telling)
    return _PLANS[ruleset]
