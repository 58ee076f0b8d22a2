"""Codes, representatives and filings of enterprises: find, page, count."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from credit_registry.storage.database import Session
from credit_registry.storage.tables.accounts import AccountRow, OfficeRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import AnnotationRow, ListingPaperRow
from credit_registry.storage.tables.records import RecordRow
from credit_registry.storage.tables.representatives import FilingRow, InvitationRow, RepresentativeRow


def find(session: Session, account_id: int) -> RepresentativeRow | None:
    return session.get(RepresentativeRow, account_id)


def of_enterprise(session: Session, enterprise_id: int) -> Sequence[tuple[RepresentativeRow, AccountRow]]:
    """The oldest first."""
    query = (
        select(RepresentativeRow, AccountRow)
        .join(AccountRow, AccountRow.id == RepresentativeRow.account_id)
        .where(RepresentativeRow.enterprise_id == enterprise_id)
        .order_by(RepresentativeRow.account_id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def invitation(session: Session, invitation_id: int) -> InvitationRow | None:
    """The code's row as it stands now, locked until the transaction ends."""
    query = select(InvitationRow).where(InvitationRow.id == invitation_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def invitations(session: Session, enterprise_id: int) -> Sequence[InvitationRow]:
    """All of an enterprise, the newest first."""
    query = select(InvitationRow).where(InvitationRow.enterprise_id == enterprise_id)
    return session.scalars(query.order_by(InvitationRow.id.desc())).all()


def open_invitations(session: Session, enterprise_id: int, on: date) -> Sequence[InvitationRow]:
    """Those that may still be used on the day ``on``, locked until the transaction ends."""
    query = (
        select(InvitationRow)
        .where(
            InvitationRow.enterprise_id == enterprise_id,
            InvitationRow.used_at.is_(None),
            InvitationRow.voided_at.is_(None),
            InvitationRow.expires_on >= on,
        )
        .order_by(InvitationRow.id)
        .with_for_update()
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def filing(session: Session, filing_id: int) -> FilingRow | None:
    return session.get(FilingRow, filing_id)


def filings(
    session: Session, *, enterprise_id: int | None = None, office_id: int | None = None, limit: int
) -> Sequence[tuple[FilingRow, AccountRow, OfficeRow, EnterpriseRow]]:
    """The newest first, of an enterprise or to an office."""
    query = (
        select(FilingRow, AccountRow, OfficeRow, EnterpriseRow)
        .join(AccountRow, AccountRow.id == FilingRow.account_id)
        .join(OfficeRow, OfficeRow.id == FilingRow.office_id)
        .join(EnterpriseRow, EnterpriseRow.id == FilingRow.enterprise_id)
        .order_by(FilingRow.id.desc())
        .limit(limit)
    )
    if enterprise_id is not None:
        query = query.where(FilingRow.enterprise_id == enterprise_id)
    if office_id is not None:
        query = query.where(FilingRow.office_id == office_id)
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def count_filings_since(session: Session, enterprise_id: int, since: datetime) -> int:
    query = select(func.count()).where(FilingRow.enterprise_id == enterprise_id, FilingRow.filed_at > since)
    return session.scalar(query) or 0


def paper(session: Session, paper_id: int) -> ListingPaperRow | None:
    return session.get(ListingPaperRow, paper_id)


def papers_of_annotations(session: Session, annotation_ids: Sequence[int]) -> Sequence[ListingPaperRow]:
    """The numbered papers of objections to records, which lie on their own."""
    wanted = ListingPaperRow.fields["annotation"].as_integer().in_(tuple(annotation_ids))
    query = select(ListingPaperRow).where(
        ListingPaperRow.kind.in_(("objection_receipt", "objection_answer")), wanted
    )
    return session.scalars(query.order_by(ListingPaperRow.id)).all()


def enterprise_of_annotation(session: Session, fields: Mapping[str, Any]) -> int | None:
    """Whose record the annotation behind a paper's fields is about."""
    query = (
        select(RecordRow.enterprise_id)
        .join(AnnotationRow, AnnotationRow.record_id == RecordRow.id)
        .where(AnnotationRow.id == fields.get("annotation"))
    )
    return session.scalar(query)
