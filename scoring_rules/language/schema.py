"""JSON Schema of a rule file, made from the same grammar that reads it."""

from __future__ import annotations

from typing import Any

from scoring_rules.language.grammar import Schema
from scoring_rules.language.shapes import RULESET, RuleSet


def json_schema(ruleset: RuleSet | None = None) -> Schema:
    """Draft 2020-12. A folder's keys may stand in any of its files, so no single file must have them all.

    With a rule set, conditions know its attributes and refuse others while they are typed.
    """
    named: dict[str, Schema] = {}
    RULESET.schema(named)
    root = named.pop("ruleset")
    if ruleset is not None:
        _close(named["record_condition"], [*ruleset.attributes.records, *ruleset.derived_records])
        _close(named["subject_condition"], [*ruleset.attributes.subjects, *ruleset.derived_subjects])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "规则集文件" if ruleset is None else f"规则集 {ruleset.id}",
        "description": "必须的键（可分在各文件中）：" + "、".join(root["required"]),
        "type": "object",
        "additionalProperties": False,
        "properties": root["properties"],
        "$defs": named,
    }


def _close(condition: Schema, names: list[str]) -> None:
    tests: Any = condition["additionalProperties"]
    condition["properties"] = condition["properties"] | dict.fromkeys(names, tests)
    condition["additionalProperties"] = False
