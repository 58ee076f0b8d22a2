"""Execution of a penalty stopped during reconsideration or lawsuit (停止执行), and resumed.

The penalty stays on file and counts nowhere while it is stopped: not in the score, not as the ground of a list, not
in an outward answer. It is tied to an open reconsideration or lawsuit, and ends with it at the latest.

Law:
    行政复议法(2023-09-01) 第四十二条; 行政诉讼法(2017-06-27) 第五十六条
"""

from datetime import date, datetime

from credit_registry.domain import papers
from credit_registry.domain.answers import beijing_day, plain
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.records import Change
from credit_registry.services import listings, records
from credit_registry.storage.database import Session
from credit_registry.storage.queries import annotations, audit, enterprises
from credit_registry.storage.queries import records as record_queries
from credit_registry.storage.tables.listings import AnnotationRow, ListingPaperRow
from credit_registry.storage.tables.records import RecordVersionRow


def suspend(
    session: Session, actor: Actor, annotation_id: int, *, received_on: date, content: str, now: datetime
) -> int:
    """Stop a penalty by the order of the court or the reviewing authority, which is put on file.

    Args:
        annotation_id: the open reconsideration or lawsuit against it.

    Returns:
        the penalty's record id.

    Raises:
        IllegalTransition: ``no-open-challenge``; ``record-ended``, ``effect-suspended``.
        NotAllowed: another office's penalty.
    """
    actor.require(Permission.LISTINGS_NOTIFY)
    listings.account_of(actor)
    row = annotations.lock(session, annotation_id)
    if row is None or row.record_id is None:
        raise NotFound(f"没有编号为 {annotation_id} 的针对处罚的复议或者诉讼。", code="unknown-annotation")
    actor.require_office(row.office_id)
    if row.state != "open" or row.kind == "objection":
        raise IllegalTransition(
            "只有正在办理的行政复议或者行政诉讼可以停止执行。请先登记复议或者诉讼。", code="no-open-challenge"
        )
    if not row.filed_on <= received_on <= beijing_day(now):
        raise InvalidInput("收到日期应在提出复议、诉讼之后、今天之前。请核对。", code="day-out-of-order")
    fields = papers.checked("suspension_order", {"received_on": received_on, "content": content})
    newest = _newest(session, row.record_id)
    if newest.kind != "penalty" or newest.state not in ("live", "pending"):
        raise IllegalTransition(
            "只有有效的行政处罚可以停止执行。", code="record-ended", facts={"state": newest.state}
        )
    if records.is_suspended(newest):
        raise IllegalTransition("该处罚已经停止执行。", code="effect-suspended")
    _file(session, row, "suspension_order", fields, received_on, now)
    _append(session, actor, row.record_id, Change.SUSPENSION, content.strip(), now)
    return row.record_id


def resume(session: Session, actor: Actor, record_id: int, *, reason: str, now: datetime) -> None:
    """Let a stopped penalty take effect again, before its challenge is over: for a decider, with the reason.

    Raises:
        IllegalTransition: ``effect-not-suspended``.
    """
    actor.require(Permission.LISTINGS_DECIDE)
    listings.account_of(actor)
    newest = _newest(session, record_id)
    if actor.authority_code is None or newest.authority_code != actor.authority_code:
        raise NotAllowed("该处罚由其他单位作出，由该单位恢复执行。", code="not-own-office")
    if not records.is_suspended(newest):
        raise IllegalTransition("该处罚没有停止执行，不需要恢复。请核对记录。", code="effect-not-suspended")
    if not reason.strip():
        raise InvalidInput("请写明恢复执行的依据。", code="reason-missing")
    _append(session, actor, record_id, Change.RESUMPTION, reason.strip(), now)


def resume_after(session: Session, actor: Actor, record_id: int, *, reason: str, now: datetime) -> None:
    """When a challenge has ended without success: effective again, unless another one still runs."""
    still_open = [
        row
        for row in annotations.of_records(session, [record_id])
        if row.state == "open" and row.kind != "objection"
    ]
    if not still_open and records.is_suspended(_newest(session, record_id)):
        _append(session, actor, record_id, Change.RESUMPTION, reason, now)


def _newest(session: Session, record_id: int) -> RecordVersionRow:
    record = record_queries.lock(session, record_id)
    if record is None:
        raise NotFound(f"没有编号为 {record_id} 的记录。请核对编号。", code="unknown-record")
    return record_queries.newest(session, record)


def _append(
    session: Session, actor: Actor, record_id: int, change: Change, reason: str, now: datetime
) -> None:
    record = record_queries.lock(session, record_id)
    assert record is not None, "found before"
    newest = record_queries.newest(session, record)
    records.append(session, actor, record, newest, change, reason=reason, now=now)
    enterprises.mark_dirty(session, [record.enterprise_id], now)
    verb = "record:suspend" if change is Change.SUSPENSION else "record:resume"
    audit.remember(session, actor, verb, f"record:{record_id}", now, reason=reason)


def _file(
    session: Session, row: AnnotationRow, kind: str, fields: dict[str, object], on: date, now: datetime
) -> None:
    said = {name: plain(value) for name, value in fields.items()}
    session.add(
        ListingPaperRow(
            office_id=row.office_id,
            kind=kind,
            title=papers.PAPERS[kind].title,
            dated_on=on,
            fields={**said, "annotation": row.id, "record": row.record_id},
            recorded_at=now,
        )
    )
    session.flush()
