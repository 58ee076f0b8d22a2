"""Records: read, entered by hand, corrected, revoked, repaired, withdrawn; each act appends a version.

Nothing of an older version changes but the end of its validity.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from credit_registry.domain import penalties
from credit_registry.domain.accounts import local_day
from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.records import (
    STATE_OF_CHANGE,
    Change,
    content_digest,
    natural_key,
)
from credit_registry.services import enterprises as subjects
from credit_registry.services import fallen_grounds, record_views, sent_values, versions
from credit_registry.services.record_views import RecordHistory, RecordView, values_of
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, records
from credit_registry.storage.tables.records import RecordRow, RecordVersionRow

# Corrected as they are: no cell of a file holds them.
_NO_CELL = frozenset({"details", "condition_tags"})
_NOT_CORRECTABLE = frozenset({"state", "breach_class_origin", "accident_level", "document_no_raw"})
_PERSONS = ("legal_representative", "legal_representative_id_kind", "legal_representative_id")


def page_of(
    session: Session,
    actor: Actor,
    uscc: str,
    *,
    kind: str | None = None,
    known_at: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
    on: date,
) -> Page[RecordView]:
    """Records of an enterprise, youngest first.

    Args:
        known_at: as known at that instant; for those who may replay history.
    """
    enterprise = subjects.fetch(session, actor, uscc)
    if known_at is not None:
        actor.require(Permission.HISTORY_READ)
    limit = max(1, min(limit, 500))
    found = records.page(
        session, enterprise.id, kind=kind, known_at=known_at, after=_cursor(after), limit=limit + 1
    )
    more = (
        f"{found[limit - 1].dated_on.isoformat()}.{found[limit - 1].record_id}"
        if len(found) > limit
        else None
    )
    return Page(tuple(record_views.view(row, on) for row in found[:limit]), more)


def get(session: Session, actor: Actor, record_id: int, *, on: date) -> RecordHistory:
    """A record with every version of it.

    Raises:
        NotFound: ``unknown-record``.
    """
    actor.require(Permission.REGISTER_READ)
    return record_views.history(session, _visible(session, actor, records.find(session, record_id)), on)


def enter(
    session: Session, actor: Actor, kind: str, uscc: str, values: Mapping[str, object], *, now: datetime
) -> RecordHistory:
    """Enter one fact by hand, through the same checks as a file.

    Raises:
        InvalidInput: ``record-refused``; the facts hold the problems.
        Duplicate: ``record-known``; the facts name the record.
    """
    actor.require(Permission.RECORDS_ENTER)
    enterprise = subjects.fetch(session, actor, uscc)
    said = {name: value for name, value in values.items() if name not in ("uscc", "name")}
    columns = sent_values.checked(kind, {**said, "uscc": enterprise.uscc, "name": enterprise.name}, now)
    _require_own(actor, columns)
    records.lock_writers(session)
    enterprises.lock(session, enterprise.id)
    key = natural_key(kind, columns)
    known = records.find_by_key(session, enterprise.id, key)
    if known is not None:
        raise Duplicate(
            f"这条记录已在库中（编号{known.id}）。如需更正，请在原记录上操作。",
            code="record-known",
            facts={"record": known.id},
        )
    record = RecordRow(enterprise_id=enterprise.id, kind=kind, natural_key=key, version=1, created_at=now)
    session.add(record)
    session.flush()
    persons = _persons(columns)
    _add_version(session, actor, record, columns, Change.ORIGINAL, None, now)
    versions.insert_persons(session, [(record.id, role, *person) for role, person in persons], now)
    enterprises.mark_dirty(session, [enterprise.id], now)
    audit.remember(session, actor, "record:enter", f"record:{record.id}", now, facts={"kind": kind})
    return record_views.history(session, record, local_day(now))


def correct(
    session: Session,
    actor: Actor,
    record_id: int,
    changes: Mapping[str, object],
    *,
    version: int,
    reason: str,
    now: datetime,
) -> RecordHistory:
    """Append a version with other values; what was said before stays readable.

    Raises:
        StaleVersion: somebody corrected it since it was read.
        InvalidInput: ``record-refused``, ``reason-missing``, ``nothing-changed``.
        Duplicate: the correction would make it the same fact as another record.
    """
    actor.require(Permission.RECORDS_CORRECT)
    record, newest = _locked(session, actor, record_id, version)
    _require_reason(reason)
    kind = record.kind
    before = values_of(newest)
    if foreign := sorted(set(changes) - set(versions.STORED) | set(changes) & _NOT_CORRECTABLE):
        raise InvalidInput(
            f"不能更正这些字段：{'、'.join(foreign)}。", code="unknown-field", facts={"fields": foreign}
        )
    enterprise = enterprises.find_by_id(session, record.enterprise_id)
    assert enterprise is not None
    base = {name: value for name, value in before.items() if name not in (*_NOT_CORRECTABLE, "details")}
    if newest.breach_class_origin != "department":
        base["breach_class"] = before["breach_class"] = None
    said = {
        **sent_values.as_sent(kind, base),
        **{name: value for name, value in changes.items() if name not in _NO_CELL},
    }
    columns = sent_values.checked(kind, {**said, "uscc": enterprise.uscc, "name": enterprise.name}, now)
    columns["details"] = {**newest.details, **dict(sent_values.mapping(changes.get("details")))}
    columns["document_no_raw"] = changes.get("document_no", newest.document_no_raw)
    columns["condition_tags"] = changes.get("condition_tags", newest.condition_tags)
    is_kept = newest.state in ("repaired", "revoked", "withdrawn") or is_suspended(newest)
    columns["state"] = newest.state if is_kept else columns["state"]
    key = natural_key(kind, columns)
    other = records.find_by_key(session, record.enterprise_id, key)
    if other is not None and other.id != record.id:
        raise Duplicate(
            f"更正后与另一条记录（编号{other.id}）是同一件事。",
            code="record-known",
            facts={"record": other.id},
        )
    changed = sorted(
        name for name in versions.STORED if columns.get(name) != before.get(name) and name not in _COMPUTED
    )
    if not changed:
        raise InvalidInput("没有任何改动。请修改后再保存。", code="nothing-changed")
    _supersede(session, newest, now)
    record.natural_key = key
    # A person's confirmation stands while what it judged stands.
    is_judged = newest.breach_class_origin == "confirmed" and not set(changed) & _JUDGED
    confirmed = newest.breach_class if is_judged else None
    _add_version(session, actor, record, columns, Change.CORRECTION, reason, now, confirmed=confirmed)
    _finish(session, actor, "record:correct", record, now, reason, {"changed": changed})
    return record_views.history(session, record, local_day(now))


_JUDGED = frozenset({"breach_class", "penalty_kinds", "fine_fen", "is_simple_procedure"})
_COMPUTED = frozenset({"accident_level", "breach_class_origin", "document_no_raw"})


def revoke(
    session: Session, actor: Actor, record_id: int, *, version: int, reason: str, now: datetime
) -> RecordHistory:
    """The authority revoked its act: the record counts nowhere from now on."""
    return _change_state(
        session, actor, record_id, Change.REVOCATION, version=version, reason=reason, now=now
    )


def repair(
    session: Session, actor: Actor, record_id: int, *, version: int, reason: str, now: datetime
) -> RecordHistory:
    """Credit repair was granted: the record leaves score, lists and answers; the file keeps it.

    Raises:
        IllegalTransition: ``repair-too-early``; the facts name the first possible day.
    """
    return _change_state(session, actor, record_id, Change.REPAIR, version=version, reason=reason, now=now)


def withdraw(
    session: Session, actor: Actor, record_id: int, *, version: int, reason: str, now: datetime
) -> RecordHistory:
    """The record should never have been here (a wrong company, a wrong file)."""
    return _change_state(
        session, actor, record_id, Change.WITHDRAWAL, version=version, reason=reason, now=now
    )


def confirm_class(
    session: Session,
    actor: Actor,
    record_id: int,
    breach_class: str,
    *,
    version: int,
    reason: str,
    now: datetime,
) -> RecordHistory:
    """A person confirms (or decides otherwise than) the class that was only proposed; then it may be published.

    Raises:
        IllegalTransition: ``class-is-departments``; the department's own class is not ours to change.
    """
    actor.require(Permission.RECORDS_CORRECT)
    record, newest = _locked(session, actor, record_id, version)
    _require_reason(reason)
    if record.kind != "penalty" or breach_class not in penalties.CLASSES:
        raise InvalidInput("只能为行政处罚确认“轻微”“一般”或“严重”。", code="class-invalid")
    if newest.breach_class_origin == "department":
        raise IllegalTransition(
            "失信程度由作出处罚的部门认定。如有异议，请该部门更正。", code="class-is-departments"
        )
    columns = {**values_of(newest), "breach_class": breach_class, "breach_class_origin": "confirmed"}
    _supersede(session, newest, now)
    _add_version(
        session, actor, record, columns, Change.CONFIRMATION, reason, now, digest=newest.content_digest
    )
    _finish(session, actor, "record:confirm-class", record, now, reason, {"breach_class": breach_class})
    return record_views.history(session, record, local_day(now))


def append(
    session: Session,
    actor: Actor,
    record: RecordRow,
    newest: RecordVersionRow,
    change: Change,
    *,
    reason: str,
    now: datetime,
    batch_id: int | None = None,
) -> None:
    """For services: the newest version again, in another state; no audit entry of its own."""
    columns = {**values_of(newest), "state": STATE_OF_CHANGE[change]}
    _supersede(session, newest, now)
    _add_version(
        session, actor, record, columns, change, reason, now, digest=newest.content_digest, batch_id=batch_id
    )
    # A listing that rests on it disappears, or comes back, with it, in this transaction.
    if change in (Change.REVOCATION, Change.WITHDRAWAL):
        fallen_grounds.ground_fell(session, actor, record.id, reason=reason, now=now)
    elif change in (Change.SUSPENSION, Change.RESUMPTION):
        fallen_grounds.ground_stopped(
            session, actor, record.id, is_stopped=change is Change.SUSPENSION, reason=reason, now=now
        )


def is_suspended(version: RecordVersionRow) -> bool:
    """Whether a court or the reviewing authority has stopped the penalty: of a penalty, pending means only that."""
    return version.kind == "penalty" and version.state == "pending"


def _change_state(
    session: Session,
    actor: Actor,
    record_id: int,
    change: Change,
    *,
    version: int,
    reason: str,
    now: datetime,
) -> RecordHistory:
    actor.require(Permission.RECORDS_CORRECT)
    record, newest = _locked(session, actor, record_id, version)
    _require_reason(reason)
    if newest.state in ("revoked", "withdrawn") or newest.state == STATE_OF_CHANGE[change]:
        raise IllegalTransition(
            f"记录当前状态为“{_STATES[newest.state]}”，不能再作此处理。",
            code="record-ended",
            facts={"state": newest.state},
        )
    if change is Change.REPAIR and newest.kind == "penalty":
        clocks = record_views.clocks_of(newest, local_day(now))
        if clocks is not None and local_day(now) < clocks.repair_from:
            first = clocks.repair_from.isoformat()
            raise IllegalTransition(
                f"未满最短公示期，最早可于{first}修复。", code="repair-too-early", facts={"earliest": first}
            )
    append(session, actor, record, newest, change, reason=reason, now=now)
    _finish(session, actor, f"record:{_VERBS[change]}", record, now, reason, {"from": newest.state})
    return record_views.history(session, record, local_day(now))


_VERBS = {Change.REVOCATION: "revoke", Change.REPAIR: "repair", Change.WITHDRAWAL: "withdraw"}
_STATES = {
    "live": "有效", "pending": "待认定", "repaired": "已修复", "revoked": "已撤销", "withdrawn": "已撤回",
    "not_responsible": "无责任",
}  # fmt: skip


def _add_version(
    session: Session,
    actor: Actor,
    record: RecordRow,
    columns: Mapping[str, Any],
    change: Change,
    reason: str | None,
    now: datetime,
    *,
    digest: str | None = None,
    confirmed: str | None = None,
    batch_id: int | None = None,
) -> None:
    """Append the version after the newest.

    Args:
        digest: of what the sources said, where the version says nothing new; else computed.
        confirmed: a class that a person has confirmed and that still stands.
    """
    stored = {name: columns.get(name) for name in versions.STORED}
    stored["details"] = {k: v for k, v in (stored["details"] or {}).items() if not k.startswith("person_id")}
    said = digest or content_digest(record.kind, columns)
    if record.kind == "penalty" and digest is None:
        given = columns.get("breach_class")
        stored["breach_class_origin"] = "department" if given else "confirmed" if confirmed else "proposed"
        stored["breach_class"] = (
            given
            or confirmed
            or penalties.proposed_class(
                columns.get("penalty_kinds"), columns.get("fine_fen"), columns.get("is_simple_procedure")
            )
        )
    number = 1 if change is Change.ORIGINAL else record.version + 1
    record.version = number
    session.add(
        RecordVersionRow(
            record_id=record.id, enterprise_id=record.enterprise_id, version=number, recorded_at=now,
            change=change.value, actor=actor.label, reason=reason, batch_id=batch_id, content_digest=said,
            kind=record.kind, **stored,
        )
    )  # fmt: skip
    session.flush()


def _supersede(session: Session, newest: RecordVersionRow, now: datetime) -> None:
    newest.superseded_at = now
    session.flush()


def _persons(columns: Mapping[str, Any]) -> list[tuple[str, tuple[Any, Any, Any]]]:
    name, id_kind, number = (columns.get(column) for column in _PERSONS)
    return [("legal_representative", (name, id_kind, number))] if name or number else []


def _require_own(actor: Actor, columns: Mapping[str, Any]) -> None:
    if actor.is_keeper:
        return
    source = columns.get("source_code") or columns.get("authority_code")
    if source is None or source != actor.authority_code:
        raise NotAllowed("只能录入本单位作出的处理。其他单位的记录请由该单位报送。", code="not-own-office")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("请填写理由。", code="reason-missing")


def _visible(session: Session, actor: Actor, record: RecordRow | None) -> RecordRow:
    if record is None:
        raise NotFound("没有这条记录。请核对记录编号。", code="unknown-record")
    enterprise = enterprises.find_by_id(session, record.enterprise_id)
    if enterprise is None or not actor.sees(enterprise.subdistrict_code):
        raise NotAllowed(
            "该企业不在您负责的街镇范围内。如工作需要，请联系登记主管部门。", code="out-of-scope"
        )
    return record


def _locked(
    session: Session, actor: Actor, record_id: int, version: int
) -> tuple[RecordRow, RecordVersionRow]:
    """The record and its newest version, for change by somebody who has seen version ``version``."""
    record = _visible(session, actor, records.lock(session, record_id))
    if record.version != version:
        raise StaleVersion(
            "记录已被他人更新，请刷新后再试。", facts={"version": record.version, "given": version}
        )
    newest = records.newest(session, record)
    if not actor.is_keeper and newest.authority_code != actor.authority_code:
        raise NotAllowed("该记录由其他单位作出。谁作出、谁更正，请联系该单位。", code="not-own-office")
    return record, newest


def _finish(
    session: Session,
    actor: Actor,
    verb: str,
    record: RecordRow,
    now: datetime,
    reason: str,
    facts: Mapping[str, object],
) -> None:
    session.flush()
    enterprises.mark_dirty(session, [record.enterprise_id], now)
    told = {**facts, "version": record.version}
    audit.remember(session, actor, verb, f"record:{record.id}", now, reason=reason, facts=told)


def _cursor(after: str | None) -> tuple[str, int] | None:
    if after is None:
        return None
    day, _, number = after.partition(".")
    try:
        return date.fromisoformat(day).isoformat(), int(number)
    except ValueError as error:
        raise InvalidInput("翻页标记不正确。请从第一页重新查询。", code="cursor-invalid") from error
