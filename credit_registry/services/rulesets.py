"""Rule sets as anybody may read them: items, points, bands and sources, since a score must be explicable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import scoring_rules
from credit_registry.domain.errors import NotFound
from scoring_rules import RuleSet
from scoring_rules.analysis import wording
from scoring_rules.engine.exact import text_of
from scoring_rules.language.grades import Effect


@dataclass(frozen=True)
class RuleSetSummary:
    id: str
    title: str
    effective_from: date
    digest: str
    is_in_force: bool


def page(*, on: date) -> tuple[RuleSetSummary, ...]:
    """The rule sets that ship with this registry, the newest first."""
    present = scoring_rules.ruleset_in_force(on).id
    found = [scoring_rules.shipped_ruleset(info) for info in scoring_rules.shipped_rulesets()]
    return tuple(
        RuleSetSummary(
            ruleset.id, ruleset.title, ruleset.effective_from, ruleset.digest, ruleset.id == present
        )
        for ruleset in sorted(found, key=lambda ruleset: (ruleset.effective_from, ruleset.id), reverse=True)
    )


def get(ruleset_id: str) -> dict[str, Any]:
    """One rule set as a JSON-ready document.

    Raises:
        NotFound: ``unknown-ruleset``, with the ids that there are.
    """
    known = {info.id: info for info in scoring_rules.shipped_rulesets()}
    if ruleset_id not in known:
        raise unknown(ruleset_id, known)
    return _document(scoring_rules.shipped_ruleset(known[ruleset_id]))


def unknown(ruleset_id: str, known: Iterable[str]) -> NotFound:
    """For services: there is no such rule set, but these."""
    ids = list(known)
    return NotFound(
        f"没有编号为“{ruleset_id[:64]}”的评分规则。现有：{'、'.join(ids)}。",
        code="unknown-ruleset",
        facts={"known": ids},
    )


def codes(ruleset: RuleSet) -> frozenset[str]:
    """What the rules of a rule set are called; lines of the engine's own making are called by nothing."""
    effects = (*ruleset.not_graded, *ruleset.caps, *ruleset.step_downs, *ruleset.vetoes)
    found = {effect.code for effect in effects} | {item.code or item.id for item in ruleset.items}
    return frozenset(found | {condition.code for condition in ruleset.list_conditions})


def anchors(ruleset_id: str) -> frozenset[str]:
    """The codes that the public page of a rule set tells of; none where there is no such page."""
    shipped = (info for info in scoring_rules.shipped_rulesets() if info.id == ruleset_id)
    return next((codes(scoring_rules.shipped_ruleset(info)) for info in shipped), frozenset())


def load() -> None:
    """Read every shipped rule set, before the first request rather than in sixteen of them at once.

    Raises:
        RuleSetError: a rule set cannot be used; better now than at the first question.
    """
    for info in scoring_rules.shipped_rulesets():
        scoring_rules.shipped_ruleset(info)


def _document(ruleset: RuleSet) -> dict[str, Any]:
    return {
        "id": ruleset.id,
        "title": ruleset.title,
        "effective_from": ruleset.effective_from.isoformat(),
        "digest": ruleset.digest,
        "engine": scoring_rules.ENGINE_VERSION,
        "scale": ruleset.scale,
        "rounding": ruleset.rounding,
        "domains": [{"id": domain.id, "title": domain.title} for domain in ruleset.domains],
        "items": [
            {
                "id": item.id,
                "code": item.code,
                "title": item.title,
                "group": item.group,
                "points": number(getattr(item.points, "value", None)),
                "applies": wording.applies(ruleset, item),
                "counts": wording.counts(ruleset, item),
                "domains": list(item.domains),
                "is_internal": item.is_internal,
                "source": ruleset.source_text(item.source),
                "note": item.note,
            }
            for item in ruleset.items
        ],
        "groups": [
            {"id": group.id, "title": group.title, "role": group.role, "cap": number(group.cap)}
            for group in ruleset.groups
        ],
        "grades": [
            {"grade": grade.grade, "class": grade.class_, "title": grade.title} for grade in ruleset.grades
        ],
        "bands": [
            {
                "grade": band.grade,
                "at_least": number(band.at_least),
                "at_most": number(band.at_most),
                "above": number(band.above),
                "below": number(band.below),
            }
            for band in ruleset.bands
        ],
        "not_graded": _effects(ruleset, ruleset.not_graded),
        "caps": _effects(ruleset, ruleset.caps),
        "step_downs": _effects(ruleset, ruleset.step_downs),
        "vetoes": _effects(ruleset, ruleset.vetoes),
        "list_conditions": [
            {
                "code": condition.code,
                "title": condition.title,
                "series": condition.series,
                "source": ruleset.source_text(condition.source),
                "note": condition.note,
            }
            for condition in ruleset.list_conditions
        ],
        "measures": [
            {
                "id": measure.id,
                "title": measure.title,
                "list": measure.list_kind,
                "kind": measure.kind,
                "matters": list(measure.matters),
                "basis": measure.basis,
                "department": measure.department,
                "valid_from": measure.valid_from.isoformat(),
                "valid_until": measure.valid_until.isoformat() if measure.valid_until else None,
                "is_weak_basis": measure.is_weak_basis,
            }
            for measure in ruleset.measures
        ],
        "sources": {
            key: {
                "title": source.title,
                "dated": source.dated.isoformat() if source.dated else None,
                "issuer": source.issuer,
                "is_choice": source.is_choice,
            }
            for key, source in ruleset.sources.items()
        },
    }


def _effects(ruleset: RuleSet, effects: Iterable[Effect]) -> list[dict[str, Any]]:
    return [
        {
            "code": effect.code,
            "title": effect.title,
            "grade": effect.grade,
            "domains": list(effect.domains),
            "source": ruleset.source_text(effect.source),
            "note": effect.note,
        }
        for effect in effects
    ]


def number(value: object) -> str | None:
    """A number of a rule as exact text; None where it is computed from the record."""
    return text_of(value) if isinstance(value, Fraction) else None
