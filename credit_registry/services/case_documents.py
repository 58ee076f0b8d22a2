"""The parts of a dossier as JSON documents, alike at every door; numbers of persons are masked wherever they stand."""

from collections.abc import Mapping
from typing import Any

from credit_registry.domain.answers import plain, stamp
from credit_registry.domain.identity import mask_text
from credit_registry.domain.steps import STATE_TITLES
from credit_registry.services.annotations import AnnotationView
from credit_registry.services.attachments import AttachmentView
from credit_registry.services.case_views import CaseSummary, ClockView, GradeMatter, PaperView, PersonView
from credit_registry.services.penalty_repairs import RepairView
from credit_registry.services.record_views import RecordView
from credit_registry.services.recusals import RecusalView


def summary_document(case: CaseSummary) -> dict[str, Any]:
    """A line of the worklist."""
    return {
        "case": case.case_id,
        "version": case.version,
        "list": case.list_kind.value,
        "series": case.series,
        "state": case.state.value,
        "state_title": STATE_TITLES[case.state],
        "uscc": case.uscc,
        "name": case.name,
        "opened_on": case.opened_on.isoformat(),
        "due_on": plain(case.due_on),
        "is_overdue": case.is_overdue,
        "waits_until": plain(case.waits_until),
    }


def repair_summary(repair: RepairView) -> dict[str, Any]:
    """A line of the list of applications."""
    return {
        "repair": repair.repair_id,
        "version": repair.version,
        "record": repair.record_id,
        "state": repair.state,
        "state_title": repair.state_title,
        "applied_on": repair.applied_on.isoformat(),
        "decided_on": plain(repair.decided_on),
    }


def person_document(person: PersonView) -> dict[str, Any]:
    """Somebody who is to be listed with the enterprise, masked."""
    return {
        "person": person.person_id,
        "role": person.role,
        "condition": person.condition,
        "name": person.name,
        "number": person.number,
    }


def annotation_document(note: AnnotationView, names: Mapping[str, str]) -> dict[str, Any]:
    """An objection, a reconsideration or a lawsuit."""
    return {
        "annotation": note.annotation_id,
        "version": note.version,
        "case": note.case_id,
        "record": note.record_id,
        "kind": note.kind,
        "title": note.title,
        "state": note.state,
        "filed_on": note.filed_on.isoformat(),
        "content": note.content,
        "due_on": plain(note.due_on),
        "answered_on": plain(note.answered_on),
        "answered_by": named(note.answered_by, names),
        "answer": note.answer,
    }


def paper_document(paper: PaperView) -> dict[str, Any]:
    return {
        "paper": paper.paper_id,
        "step": paper.step_number,
        "kind": paper.kind,
        "title": paper.title,
        "document_no": paper.document_no,
        "dated_on": paper.dated_on.isoformat(),
        "fields": {name: masked(str(value)) for name, value in paper.fields.items()},
        "text": paper.text,
    }


def clock_document(clock: ClockView) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "title": clock.title,
        "starts_on": clock.starts_on.isoformat(),
        "length": clock.length,
        "unit": clock.unit,
        "basis": clock.basis,
        "due_on": clock.due_on.isoformat(),
        "is_provisional": clock.is_provisional,
        "met_on": plain(clock.met_on),
        "stopped_on": plain(clock.stopped_on),
        "is_late": clock.is_late,
    }


def attachment_document(file: AttachmentView, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "attachment": file.attachment_id,
        "title": file.title,
        "filename": file.filename,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "actor": named(file.actor, names),
        "recorded_at": stamp(file.recorded_at),
    }


def named(label: str | None, names: Mapping[str, str]) -> str | None:
    return names.get(label, label) if label else None


def masked(text: str | None) -> str | None:
    return mask_text(text) if text else text


def matter_document(matter: GradeMatter) -> dict[str, Any]:
    """What a case about the announced grade is about."""
    return {
        "grade": matter.grade,
        "score": matter.score,
        "computed_on": matter.computed_on.isoformat(),
        "ruleset": matter.ruleset,
        "previous": matter.previous,
        "is_fall": matter.is_fall,
        "announced_on": plain(matter.announced_on),
        "is_withheld": matter.is_withheld,
        "findings": [dict(finding) for finding in matter.findings],
    }


def recusal_document(recusal: RecusalView, names: Mapping[str, str]) -> dict[str, Any]:
    """Who keeps out of a case, and why."""
    return {
        "recusal": recusal.recusal_id,
        "name": recusal.name,
        "scope": recusal.scope,
        "origin": recusal.origin,
        "reason": masked(recusal.reason),
        "recorded_at": stamp(recusal.recorded_at),
        "recorded_by": named(recusal.recorded_by, names),
    }


def standing_document(record: RecordView) -> dict[str, Any]:
    """How a record stands after it was stopped or resumed."""
    return {"record": record.record_id, "version": record.version, "state": record.state}
