"""Look-ups: another department asks about a code, for a matter; the answer is logged before it is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import scoring_rules
from credit_registry.domain import answers
from credit_registry.domain.answers import LookupView, beijing_day
from credit_registry.domain.errors import InvalidInput, Refusal, TooMuch
from credit_registry.domain.identity import mask_text
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import assessments, codes, listings, other_lists
from credit_registry.services.case_views import EntryView
from credit_registry.storage.database import Session
from credit_registry.storage.queries import lookups
from scoring_rules import RuleSet

LARGEST_BATCH = 1000
LONGEST_PURPOSE = 200
_STATUSES = {"deregistered": "该企业已注销登记。", "revoked": "该企业已被吊销营业执照。"}


@dataclass(frozen=True)
class Drafted:
    """Answers that are not given yet: whoever gives them keeps their log first.

    Attributes:
        answers: in the order of the questions.
        refused: what was asked and is no code.
        log: one row for each answer.
    """

    answers: tuple[LookupView, ...]
    refused: tuple[tuple[str, Refusal], ...]
    log: tuple[Mapping[str, Any], ...]


def answer(
    session: Session,
    actor: Actor,
    uscc: str,
    *,
    matter: str | None = None,
    purpose: str | None = None,
    on: date | None = None,
    now: datetime,
) -> LookupView:
    """What the register says of one code today, and the log of it in the same transaction.

    Args:
        matter: what it is asked for; only the measures that apply to it are answered.
        purpose: case number or reason of the asking office; kept with the log.
        on: today; any other day is refused, since visibility is decided at the moment of the answer.

    Raises:
        InvalidInput: ``invalid-uscc`` for what is no code at all, ``unknown-matter``.
    """
    drafted = draft(session, actor, uscc, matter=matter, purpose=purpose, on=on, now=now)
    record(session, drafted.log)
    return drafted.answers[0]


def answer_many(
    session: Session,
    actor: Actor,
    usccs: Sequence[str],
    *,
    matter: str | None = None,
    purpose: str | None = None,
    now: datetime,
) -> Drafted:
    """The same for up to 1,000 codes in one reading; malformed codes are told apart, the others answered."""
    drafted = draft_many(session, actor, usccs, matter=matter, purpose=purpose, now=now)
    record(session, drafted.log)
    return drafted


def draft(
    session: Session,
    actor: Actor,
    uscc: str,
    *,
    matter: str | None = None,
    purpose: str | None = None,
    on: date | None = None,
    now: datetime,
) -> Drafted:
    """An answer whose log is still to be kept, for a door that keeps many in one transaction."""
    _permit(actor, matter, purpose, on, now)
    return _drafted(session, actor, [codes.readable(uscc)], (), matter, purpose, now)


def draft_many(
    session: Session,
    actor: Actor,
    usccs: Sequence[str],
    *,
    matter: str | None = None,
    purpose: str | None = None,
    now: datetime,
) -> Drafted:
    """Answers whose log is still to be kept.

    Raises:
        TooMuch: more than 1,000 codes.
    """
    _permit(actor, matter, purpose, None, now)
    if len(usccs) > LARGEST_BATCH:
        raise TooMuch(
            f"一次最多查询 {LARGEST_BATCH} 个代码。请分批查询。",
            code="batch-too-large",
            facts={"limit": LARGEST_BATCH, "given": len(usccs)},
        )
    readable: list[str] = []
    refused: list[tuple[str, Refusal]] = []
    for uscc in usccs:
        try:
            readable.append(codes.readable(uscc))
        except InvalidInput as refusal:
            refused.append((str(refusal.facts["query"]), refusal))
    return _drafted(session, actor, readable, tuple(refused), matter, purpose, now)


def record(session: Session, log: Iterable[Mapping[str, Any]]) -> None:
    """Keep the log of drafted answers; only after that may they be given."""
    lookups.log(session, [dict(row) for row in log])


def measures_of(
    ruleset: RuleSet, kinds: set[str], matter: str | None, on: date
) -> tuple[dict[str, Any], ...]:
    """The measures in force for lists of these kinds, for one matter or all."""
    return tuple(
        {
            "id": measure.id,
            "title": measure.title,
            "list": measure.list_kind,
            "kind": measure.kind,
            "matters": list(measure.matters),
            "basis": measure.basis,
            "department": measure.department,
            "is_weak_basis": measure.is_weak_basis,
        }
        for measure in ruleset.measures
        if measure.list_kind in kinds
        and (matter is None or matter in measure.matters)
        and measure.valid_from <= on
        and (measure.valid_until is None or on < measure.valid_until)
    )


def _permit(actor: Actor, matter: str | None, purpose: str | None, on: date | None, now: datetime) -> None:
    actor.require(Permission.LOOKUPS_READ)
    if matter is not None and matter not in answers.MATTERS:
        shown = "、".join(f"{code}（{title}）" for code, title in answers.MATTERS.items())
        raise InvalidInput(
            f"没有这个事项。请从以下事项中选择：{shown}。",
            code="unknown-matter",
            facts={"matter": matter, "known": list(answers.MATTERS)},
        )
    if purpose is not None and len(purpose) > LONGEST_PURPOSE:
        raise InvalidInput(f"查询事由不超过 {LONGEST_PURPOSE} 个字。", code="purpose-too-long")
    if on is not None and on != beijing_day(now):
        raise InvalidInput(
            "查询只回答当天的情况。回看历史请用信用评价的 known_at。",
            code="A-AS-OF",
            facts={"on": on.isoformat(), "today": beijing_day(now).isoformat()},
        )


def _drafted(
    session: Session,
    actor: Actor,
    wanted: Sequence[str],
    refused: tuple[tuple[str, Refusal], ...],
    matter: str | None,
    purpose: str | None,
    now: datetime,
) -> Drafted:
    if not wanted:
        return Drafted((), refused, ())
    on = beijing_day(now)
    ruleset = scoring_rules.ruleset_in_force(on)
    bearers = lookups.bearers(session, list(dict.fromkeys(wanted)), on=on)
    grades = grades_of(session, bearers.values(), on=on, now=now)
    listed = sorted({bearer.enterprise_id for bearer in bearers.values() if bearer.is_listed})
    entries = listings.entries_of(session, listed, on=on) if listed else {}
    version = lookups.list_version(session)
    # A code that the register does not hold may still stand on somebody else's list.
    elsewhere = [code for code in wanted if code not in bearers or bearers[code].is_listed_elsewhere]
    others = other_lists.standing(session, elsewhere, on=on) if elsewhere else {}
    found = []
    for code in wanted:
        bearer = bearers.get(code)
        if bearer is None:
            searched = {"code": "searched", "text": f"已查：{answers.SEARCHED['text']}，没有该代码。"}
            told = tuple(entry.as_dict() for entry in others.get(code, ()))
            found.append(
                LookupView(code, False, on, matter, version, other_lists=told, annotations=(searched,))
            )
            continue
        mine = entries.get(bearer.enterprise_id, ())
        kinds = {str(entry.list_kind) for entry in mine}
        measures = measures_of(ruleset, kinds, matter, on) if kinds else ()
        found.append(
            LookupView(
                query=code,
                is_known=True,
                on=on,
                matter=matter,
                list_version=version,
                uscc=bearer.uscc,
                name=bearer.name,
                grade=grades[bearer.enterprise_id],
                lists=tuple(entry_document(entry) for entry in mine),
                measures=measures,
                other_lists=tuple(entry.as_dict() for entry in others.get(code, ())),
                annotations=_annotations(code, bearer, mine, is_unmeasured=bool(mine) and not measures),
            )
        )
    return Drafted(tuple(found), refused, _log(actor, found, bearers, purpose, now))


def grades_of(
    session: Session, bearers: Iterable[lookups.Bearer], *, on: date, now: datetime
) -> dict[int, dict[str, Any]]:
    """Per enterprise the grade as it is told: the announced one where there is one, else the computed one."""
    told, unannounced = {}, []
    for bearer in bearers:
        if bearer.announced is None:
            unannounced.append(bearer)
        else:
            told[bearer.enterprise_id] = _announced(bearer.announced, on)
    if unannounced:
        computed = assessments.standing(session, unannounced, on=on, now=now)
        told |= {number: _computed(standing, on) for number, standing in computed.items()}
    return told


def _computed(standing: tuple[str, str | None], on: date) -> dict[str, Any]:
    """Marked provisional, since no formal act announced it."""
    grade, score = standing
    return {"grade": grade, "score": score, "provisional": True, "on": on.isoformat()}


def _announced(announced: lookups.Announced, on: date) -> dict[str, Any]:
    """With the day since which it holds, and the day it was computed for."""
    return {
        "grade": announced.grade,
        "score": assessments.decimal(announced.score, announced.scale),
        "provisional": False,
        "on": on.isoformat(),
        "announced_on": announced.announced_on.isoformat(),
        "computed_on": announced.computed_on.isoformat(),
    }


def entry_document(entry: EntryView) -> dict[str, Any]:
    """An entry in force as it is told to other departments: persons are not part of it."""
    return {
        "list": str(entry.list_kind),
        "series": entry.series,
        "title": entry.title,
        "authority": entry.authority,
        "decision_no": entry.decision_no,
        "from": entry.listed_from.isoformat(),
        "until": entry.listed_until.isoformat(),
        "conditions": list(entry.conditions),
        "reasons": list(entry.reasons),
        "basis": list(entry.basis),
        "notes": list(entry.notes),
    }


def _annotations(
    code: str, bearer: lookups.Bearer, entries: Sequence[EntryView], *, is_unmeasured: bool
) -> tuple[dict[str, str], ...]:
    found = []
    if bearer.is_former_code:
        found.append(
            {"code": "former-code", "text": f"{code} 是该企业的曾用代码，现用代码为 {bearer.uscc}。"}
        )
    if bearer.status in _STATUSES:
        found.append({"code": bearer.status, "text": _STATUSES[bearer.status]})
    # An open objection or lawsuit is told beside the entry that it challenges.
    found += [
        {"code": "challenge", "text": f"{each.title}：{note}"} for each in entries for note in each.notes
    ]
    if is_unmeasured:
        found.append(
            {"code": "no-measure", "text": "该企业在名单上，但没有法律、法规规定适用于这一事项的措施。"}
        )
    return tuple(found)


def _log(
    actor: Actor,
    found: Sequence[LookupView],
    bearers: Mapping[str, lookups.Bearer],
    purpose: str | None,
    now: datetime,
) -> tuple[Mapping[str, Any], ...]:
    kept = mask_text(purpose) if purpose else None
    return tuple(
        {
            "at": now,
            "actor": actor.label,
            "office_id": actor.office_id,
            "matter": view.matter,
            "purpose": kept,
            "query": view.query if view.is_known else codes.shown(view.query),
            "enterprise_id": bearers[view.query].enterprise_id if view.is_known else None,
            "is_known": view.is_known,
            "list_version": view.list_version,
            "answer": {
                "grade": view.grade,
                "lists": list(view.lists),
                "other_lists": list(view.other_lists),
            },
        }
        for view in found
    )
