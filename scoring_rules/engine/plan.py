"""What the engine works out once per rule set: walking a tree of rules for every look-up costs more than the look-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from weakref import WeakKeyDictionary

from scoring_rules.language.checking import walk
from scoring_rules.language.conditions import (
    BY_CALENDAR,
    All,
    AttributeTest,
    Compare,
    Condition,
    Live,
    Term,
    ValueTest,
)
from scoring_rules.language.items import GroupShape, Item
from scoring_rules.language.quantities import Literal, Table
from scoring_rules.language.shapes import RuleSet


@dataclass(frozen=True)
class Split:
    """A condition's parts: ``first``, a plain test of words that begins many others as well (its ``key`` is the same
    for the same test wherever it is written), then those that never turn, then those that the calendar can turn."""

    first: AttributeTest | None
    key: int
    still: tuple[Condition, ...]
    moving: tuple[Condition, ...]


@dataclass
class Plan:
    """``telling`` are the ids of items that can move a result; the others are worth nothing and only explain.
    ``reads`` are the attributes of records whose names stand anywhere in the rules.

    ``moving`` says of a condition, by identity, whether the calendar alone can turn it.
    """

    telling: frozenset[str]
    reads: frozenset[str]
    moving: dict[int, bool] = field(default_factory=dict)
    splits: dict[int, Split] = field(default_factory=dict)
    tests: dict[tuple[object, ...], int] = field(default_factory=dict)

    def split(self, condition: Condition, terms: dict[str, Condition]) -> Split:
        key = id(condition)
        if key not in self.splits:
            parts = condition.parts if isinstance(condition, All) else (condition,)
            still = tuple(part for part in parts if not self.moves(part, terms))
            moving = tuple(part for part in parts if self.moves(part, terms))
            first, number = None, -1
            if still and isinstance(still[0], AttributeTest):
                first = still[0]
                if all(isinstance(compare.operand, tuple) for compare in first.compares):
                    number = self.tests.setdefault((first.attribute, first.compares), len(self.tests))
                    still = still[1:]
                else:
                    first = None
            self.splits[key] = Split(first, number, still, moving)
        return self.splits[key]

    def moves(self, condition: Condition, terms: dict[str, Condition]) -> bool:
        key = id(condition)
        if key not in self.moving:
            self.moving[key] = any(self._moves_itself(part, terms) for part in walk(condition))
        return self.moving[key]

    def _moves_itself(self, part: object, terms: dict[str, Condition]) -> bool:
        if isinstance(part, Term):
            return self.moves(terms[part.name], terms)
        return isinstance(part, ValueTest) or (isinstance(part, Compare) and part.op in BY_CALENDAR)


def _leaves_zeros_alone(group: GroupShape, ruleset: RuleSet) -> bool:
    """A line of 0 cannot move the total: no mean, no count, no "latest", no floor, and nothing below 0 to win from."""
    takes = {group.take, *(step.take for step in group.steps)}
    if takes - {"sum", "largest"} or any(step.floor is not None for step in group.steps):
        return False
    mine = [item for item in ruleset.items if item.group == group.id]
    return "largest" not in takes or all(_is_never_negative(item) for item in mine)


def _is_never_negative(item: Item) -> bool:
    match item.points:
        case Literal(value):
            return value >= 0 and not item.increments
        case Table(_, values, otherwise, _):
            return min(values.values(), default=0) >= 0 and (otherwise or 0) >= 0 and not item.increments
    return False


def attributes_read(ruleset: RuleSet) -> frozenset[str]:
    """The declared attributes of records that a rule could ask for: no other column changes a result."""
    return plan_of(ruleset).reads


def _words(ruleset: RuleSet) -> Iterator[str]:
    """Every text of the rules: names of attributes among them."""
    for part in walk(ruleset):
        for each in fields(part):
            value = getattr(part, each.name)
            for word in value if isinstance(value, tuple) else (value,):
                if isinstance(word, str):
                    yield word


_PLANS: WeakKeyDictionary[RuleSet, Plan] = WeakKeyDictionary()


def plan_of(ruleset: RuleSet) -> Plan:
    if ruleset not in _PLANS:
        watched = {name for part in walk(ruleset) if isinstance(part, Live) for name in part.items}
        zeros = {group.id for group in ruleset.groups if _leaves_zeros_alone(group, ruleset)}
        telling = frozenset(
            item.id
            for item in ruleset.items
            if item.group not in zeros
            or item.increments
            or not (isinstance(item.points, Literal) and item.points.value == 0)
            or item.id in watched
            or item.code in watched
        )
        reads = frozenset(_words(ruleset)) & ruleset.attributes.records.keys()
        _PLANS[ruleset] = Plan(telling, reads)
    return _PLANS[ruleset]
