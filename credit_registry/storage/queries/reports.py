"""Reports of list changes, by case and by number."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import ListingCaseRow, ListVersionRow
from credit_registry.storage.tables.reports import ReportRow


def of_case(session: Session, case_id: int) -> Sequence[ReportRow]:
    query = select(ReportRow).where(ReportRow.case_id == case_id)
    return session.scalars(query.order_by(ReportRow.id)).all()


def lock(session: Session, report_id: int) -> ReportRow | None:
    query = select(ReportRow).where(ReportRow.id == report_id).execution_options(populate_existing=True)
    return session.scalar(query if session.dialect == "sqlite" else query.with_for_update())


def by_numbers(session: Session, office_id: int, numbers: Iterable[str]) -> dict[str, ReportRow]:
    query = select(ReportRow).where(
        ReportRow.office_id == office_id, ReportRow.document_no.in_(sorted(set(numbers)))
    )
    return {row.document_no: row for row in session.scalars(query)}


def holder(session: Session, receiver: str, receipt_no: str) -> ReportRow | None:
    """The report that a receipt number answers already."""
    query = select(ReportRow).where(ReportRow.receiver == receiver, ReportRow.receipt_no == receipt_no)
    return session.scalar(query)


def newest_changes(
    session: Session, *, office_id: int | None, case_id: int | None, within: Iterable[str]
) -> Sequence[tuple[ListingCaseRow, ListVersionRow, EnterpriseRow]]:
    """Each case that the public has seen, with its newest change."""
    newest = select(func.max(ListVersionRow.number)).group_by(ListVersionRow.case_id)
    query = (
        select(ListingCaseRow, ListVersionRow, EnterpriseRow)
        .join(ListVersionRow, ListVersionRow.case_id == ListingCaseRow.id)
        .join(EnterpriseRow, EnterpriseRow.id == ListingCaseRow.enterprise_id)
        .where(ListVersionRow.number.in_(newest))
        .order_by(ListingCaseRow.id)
    )
    if office_id is not None:
        query = query.where(ListingCaseRow.office_id == office_id)
    if case_id is not None:
        query = query.where(ListingCaseRow.id == case_id)
    if allowed := sorted(within):
        query = query.where(EnterpriseRow.subdistrict_code.in_(allowed))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def of_cases(session: Session, case_ids: Iterable[int]) -> Sequence[ReportRow]:
    wanted = members.numbers(session, sorted(set(case_ids)))
    query = select(ReportRow).join(wanted, ReportRow.case_id == wanted.c.value)
    return session.scalars(query.order_by(ReportRow.id)).all()
