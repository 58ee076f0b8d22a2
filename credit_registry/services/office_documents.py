"""Yearly announcements, overdue duties and reports as JSON documents, alike at the interface and the terminal."""

from typing import Any

from credit_registry.domain.answers import plain
from credit_registry.services.announcements import AnnouncementView
from credit_registry.services.case_documents import masked
from credit_registry.services.overdue import OverdueReport
from credit_registry.services.reports import Receipts, ReportView, Unreported
from credit_registry.services.yearly_drafts import DraftJob


def announcement_document(act: AnnouncementView) -> dict[str, Any]:
    """A yearly act: what was frozen, and what came of it."""
    return {
        "announcement": act.announcement_id,
        "version": act.version,
        "year": act.year,
        "state": act.state,
        "state_title": act.state_title,
        "authority": act.authority,
        "computed_on": act.computed_on.isoformat(),
        "due_on": act.due_on.isoformat(),
        "drafter": act.drafter,
        "made_on": plain(act.made_on),
        "document_no": act.document_no,
        "reason": masked(act.reason),
        "total": act.total,
        "counts": dict(act.counts),
        "frozen": [
            {"grade": each.grade, "previous": each.previous, "is_fall": each.is_fall, "count": each.count}
            for each in act.frozen
        ],
        "text": act.text,
    }


def drafting_document(drafting: DraftJob) -> dict[str, Any]:
    """A yearly act in the hands of the worker."""
    return {
        "year": drafting.year,
        "state": drafting.state,
        "done": drafting.done,
        "total": drafting.total,
    }


def overdue_document(report: OverdueReport) -> dict[str, Any]:
    """The overdue duties that somebody answers for, the oldest first."""
    return {
        "on": report.on.isoformat(),
        "scope": report.scope,
        "items": [
            {
                "matter": duty.matter,
                "case": duty.case_id,
                "title": duty.title,
                "due_on": duty.due_on.isoformat(),
                "days": duty.days,
                "office": duty.office,
                "officer": duty.officer,
                "subdistrict_code": duty.subdistrict_code,
                "uscc": duty.uscc,
                "name": duty.name,
            }
            for duty in report.duties
        ],
    }


def report_document(report: ReportView) -> dict[str, Any]:
    """A report to one receiver, its receipt and feedback."""
    return {
        "report": report.report_id,
        "version": report.version,
        "case": report.case_id,
        "list_version": report.list_version,
        "receiver": report.receiver,
        "receiver_title": report.receiver_title,
        "attempt": report.attempt,
        "state": report.state,
        "state_title": report.state_title,
        "document_no": report.document_no,
        "sent_on": report.sent_on.isoformat(),
        "receipt_no": report.receipt_no,
        "receipt_on": plain(report.receipt_on),
        "error": masked(report.error),
        "feedback": masked(report.feedback),
        "feedback_on": plain(report.feedback_on),
    }


def unreported_document(due: Unreported) -> dict[str, Any]:
    """A change that a receiver is still to be told of."""
    return {
        "case": due.case_id,
        "uscc": due.uscc,
        "name": due.name,
        "change": due.change,
        "change_title": due.change_title,
        "receiver": due.receiver,
        "receiver_title": due.receiver_title,
        "has_failed": due.has_failed,
    }


def receipts_document(taken: Receipts) -> dict[str, Any]:
    """What became of a receipt file, problems by the row of the file."""
    return {
        "accepted": taken.accepted,
        "rejected": taken.rejected,
        "duplicate": taken.duplicate,
        "problems": [{"row": row, "message": problem} for row, problem in taken.problems.items()],
    }
