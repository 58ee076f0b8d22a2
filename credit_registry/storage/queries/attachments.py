"""Attachments: rows about files."""

from collections.abc import Sequence

from sqlalchemy import select

from credit_registry.storage.database import Session
from credit_registry.storage.tables.attachments import AttachmentRow
from credit_registry.storage.tables.listings import ListingCaseRow


def find(session: Session, attachment_id: int) -> AttachmentRow | None:
    return session.get(AttachmentRow, attachment_id)


def page(session: Session, *, record_id: int | None, case_id: int | None) -> Sequence[AttachmentRow]:
    """Of a record or of a case, oldest first."""
    query = select(AttachmentRow).order_by(AttachmentRow.id)
    if record_id is not None:
        query = query.where(AttachmentRow.record_id == record_id)
    if case_id is not None:
        query = query.where(AttachmentRow.case_id == case_id)
    return session.scalars(query).all()


def enterprise_of_case(session: Session, case_id: int) -> int | None:
    return session.scalar(select(ListingCaseRow.enterprise_id).where(ListingCaseRow.id == case_id))


def digests(session: Session) -> Sequence[str]:
    """The hashes of all files that rows speak of."""
    return session.scalars(select(AttachmentRow.sha256).distinct()).all()
