"""Attachments: scans and proofs of a record or a case; type, size and hash checked, never believed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from credit_registry.domain.attachments import kept_name, type_of
from credit_registry.domain.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.storage import files
from credit_registry.storage.database import Session
from credit_registry.storage.queries import attachments, audit, enterprises, records
from credit_registry.storage.tables.attachments import AttachmentRow

# Whoever works on records or cases may add papers to them.
_MAY_ATTACH = (
    Permission.RECORDS_ENTER,
    Permission.RECORDS_CORRECT,
    Permission.LISTINGS_PROPOSE,
    Permission.LISTINGS_NOTIFY,
    Permission.LISTINGS_REVIEW,
    Permission.LISTINGS_DECIDE,
)
_TITLE_LENGTH = 200


@dataclass(frozen=True)
class AttachmentView:
    attachment_id: int
    record_id: int | None
    case_id: int | None
    title: str
    filename: str
    media_type: str
    size: int
    sha256: str
    actor: str
    recorded_at: datetime


def attach(
    session: Session,
    actor: Actor,
    *,
    record_id: int | None = None,
    case_id: int | None = None,
    title: str,
    filename: str,
    data: bytes,
    folder: Path,
    now: datetime,
) -> AttachmentView:
    """Keep a file with a record or a case. The bytes are on the disk before the transaction can end.

    Args:
        folder: where the installation keeps the bytes.

    Raises:
        InvalidInput: ``attachment-type``, ``attachment-empty``, ``title-missing``.
        TooMuch: ``attachment-too-large``.
    """
    if not any(actor.may(permission) for permission in _MAY_ATTACH):
        actor.require(Permission.RECORDS_ENTER)
    _require_owner(session, actor, record_id, case_id)
    return keep(
        session,
        actor,
        record_id=record_id,
        case_id=case_id,
        title=title,
        filename=filename,
        data=data,
        folder=folder,
        now=now,
    )


def keep(
    session: Session,
    actor: Actor,
    *,
    record_id: int | None,
    case_id: int | None,
    title: str,
    filename: str,
    data: bytes,
    folder: Path,
    now: datetime,
) -> AttachmentView:
    """For services that have found out whether the actor may: check the file and keep it."""
    title = " ".join(title.split())
    if not 1 <= len(title) <= _TITLE_LENGTH:
        raise InvalidInput("请填写附件名称（例如“送达回证”），不超过200字。", code="title-missing")
    found = type_of(data)
    row = AttachmentRow(
        record_id=record_id, case_id=case_id, title=title, filename=kept_name(filename, found),
        media_type=found.media_type, size=len(data), sha256=files.keep(folder, data), actor=actor.label, recorded_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    subject = f"record:{record_id}" if record_id is not None else f"case:{case_id}"
    facts = {"attachment": row.id, "sha256": row.sha256, "size": row.size, "title": title}
    audit.remember(session, actor, "attachment:attach", subject, now, facts=facts)
    return view_of(row)


def open(session: Session, actor: Actor, attachment_id: int, folder: Path) -> tuple[AttachmentView, bytes]:
    """An attachment and its bytes.

    Raises:
        NotFound: ``unknown-attachment``.
        Unavailable: ``attachment-damaged``: the bytes are missing or no longer those that were kept.
    """
    actor.require(Permission.REGISTER_READ)
    row = attachments.find(session, attachment_id)
    if row is None:
        raise NotFound("没有这个附件。请刷新后再试。", code="unknown-attachment")
    _require_owner(session, actor, row.record_id, row.case_id)
    return view_of(row), read(row, folder)


def read(row: AttachmentRow, folder: Path) -> bytes:
    """For services: the bytes, or the refusal that says they are damaged."""
    data = files.read(folder, row.sha256)
    if data is None:
        raise Unavailable(
            "附件文件缺失或已损坏。请联系系统管理员从备份恢复。",
            code="attachment-damaged",
            facts={"sha256": row.sha256},
        )
    return data


def page(
    session: Session, actor: Actor, *, record_id: int | None = None, case_id: int | None = None
) -> tuple[AttachmentView, ...]:
    """The attachments of one record or one case, oldest first."""
    actor.require(Permission.REGISTER_READ)
    _require_owner(session, actor, record_id, case_id)
    return tuple(view_of(row) for row in attachments.page(session, record_id=record_id, case_id=case_id))


def _require_owner(session: Session, actor: Actor, record_id: int | None, case_id: int | None) -> None:
    """The record or case exists and lies within the actor's sub-districts."""
    if (record_id is None) == (case_id is None):
        raise InvalidInput("附件应属于一条记录或一个案件。", code="attachment-owner")
    if record_id is not None:
        record = records.find(session, record_id)
        if record is None:
            raise NotFound("没有这条记录。请核对记录编号。", code="unknown-record")
        enterprise_id: int | None = record.enterprise_id
    else:
        enterprise_id = attachments.enterprise_of_case(session, case_id or 0)
        if enterprise_id is None:
            raise NotFound("没有这个案件。请核对案件编号。", code="unknown-case")
    enterprise = enterprises.find_by_id(session, enterprise_id) if enterprise_id is not None else None
    if enterprise is None or not actor.sees(enterprise.subdistrict_code):
        raise NotAllowed(
            "该企业不在您负责的街镇范围内。如工作需要，请联系登记主管部门。", code="out-of-scope"
        )


def view_of(row: AttachmentRow) -> AttachmentView:
    return AttachmentView(
        row.id, row.record_id, row.case_id, row.title, row.filename, row.media_type, row.size, row.sha256, row.actor,
        row.recorded_at,
    )  # fmt: skip
