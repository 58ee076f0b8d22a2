"""Points that may come out otherwise than meant: values no table lists, and a minus twice."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from scoring_rules.analysis.remark import Remark, remark
from scoring_rules.language.conditions import All, AttributeTest, Condition, Term
from scoring_rules.language.items import Item
from scoring_rules.language.quantities import (
    Choose,
    Combined,
    Group,
    Key,
    Literal,
    Lookup,
    Part,
    Rounded,
    Table,
)
from scoring_rules.language.shapes import RuleSet


def of_points(item: Item, ruleset: RuleSet) -> Iterator[Remark]:
    name = item.code or item.id
    given = tuple(together(item.when, ruleset))
    for quantity in (item.points, *(increment.points for increment in item.increments)):
        for table, conditions in _tables(quantity, given, ruleset):
            for message in _unlisted(table, conditions, ruleset):
                yield remark(
                    "unlisted",
                    f"项目 {name} 的表{message}，遇到时没有分值；请补上，或写 otherwise",
                    table.place,
                )
    if item.group in subtracted(ruleset) and not item.note and _may_be_negative(item):
        message = f"项目 {name} 的分值可为负，而组 {item.group} 在得分中被减去，负分反而加分；有意如此请在 note 中说明"
        yield remark("negative", message, item.place)


def together(condition: Condition, ruleset: RuleSet) -> Iterator[Condition]:
    """What must hold at the same time, named conditions written out."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from together(part, ruleset)
    elif isinstance(condition, Term):
        yield from together(ruleset.terms[condition.name], ruleset)
    else:
        yield condition


def _tables(
    quantity: Any, given: tuple[Condition, ...], ruleset: RuleSet
) -> Iterator[tuple[Table, tuple[Condition, ...]]]:
    """Tables without ``otherwise``, each with what is known of the record where it is read."""
    match quantity:
        case Table(_, _, None, _):
            yield quantity, given
        case Lookup(of) | Rounded(of):
            yield from _tables(of, given, ruleset)
        case Combined(op, parts, _) if op not in ("greatest", "least"):
            for part in parts:
                yield from _tables(part, given, ruleset)
        case Choose(cases, _):
            for case in cases:
                yield from _tables(case.value, (*given, *together(case.when, ruleset)), ruleset)


def _unlisted(table: Table, given: tuple[Condition, ...], ruleset: RuleSet) -> Iterator[str]:
    for at, key in enumerate(table.keys):
        listed = {names[at] for names in table.values}
        gone = [value for value in _possible(key, given, ruleset) if value not in listed]
        if gone:
            yield f"没有 {key.name} 的取值{'、'.join(f'“{value}”' for value in gone)}"


def _possible(key: Key, given: tuple[Condition, ...], ruleset: RuleSet) -> list[str]:
    """The declared values that the conditions leave; none where no values are declared."""
    if key.scope == "value":
        return []
    own, derived = ruleset.attributes.records, ruleset.derived_records
    if key.scope == "subject":
        own, derived = ruleset.attributes.subjects, ruleset.derived_subjects
    shape = own.get(key.name) or derived[key.name]
    values = ["false", "true"] if shape.type == "flag" else list(shape.values)
    for part in given if key.scope == "record" else ():
        if isinstance(part, AttributeTest) and part.attribute == key.name:
            for compare in part.compares:
                if compare.op == "is":
                    values = [value for value in values if value in compare.operand]
                elif compare.op == "other_than":
                    values = [value for value in values if value not in compare.operand]
                elif compare.op == "missing" and compare.operand:
                    values = []
    return values


def subtracted(ruleset: RuleSet) -> set[str]:
    """The groups whose totals lower the score."""
    return set() if ruleset.score is None else set(_below(ruleset.score.of, ruleset, is_minus=False))


def _below(quantity: Any, ruleset: RuleSet, *, is_minus: bool) -> Iterator[str]:
    match quantity:
        case Group(name, _) if is_minus:
            yield name
        case Part(name, _):
            part = next(part for part in ruleset.parts if part.id == name)
            yield from _below(part.value, ruleset, is_minus=is_minus)
        case Combined("difference", parts, _):
            yield from _below(parts[0], ruleset, is_minus=is_minus)
            for part in parts[1:]:
                yield from _below(part, ruleset, is_minus=not is_minus)
        case Combined(op, parts, _):
            turns = op == "product" and sum(_is_below_zero(part) for part in parts) % 2 == 1
            for part in parts:
                yield from _below(part, ruleset, is_minus=is_minus != turns)
        case Rounded(of):
            yield from _below(of, ruleset, is_minus=is_minus)


def _is_below_zero(quantity: Any) -> bool:
    return isinstance(quantity, Literal) and quantity.value < 0


def _may_be_negative(item: Item) -> bool:
    """By the numbers written; what a record brings is not known here."""
    return any(
        value < 0
        for quantity in (item.points, *(increment.points for increment in item.increments))
        for value in _written(quantity)
    )


def _written(quantity: Any) -> Iterator[Fraction]:
    match quantity:
        case Literal(value):
            yield value
        case Table(_, values, otherwise, _):
            yield from values.values()
            yield otherwise or Fraction(0)
        case Lookup(_, points, _, _):
            yield from (y for _, y in points)
        case Choose(cases, otherwise):
            for value in (*(case.value for case in cases), otherwise):
                yield from _written(value)
