"""The dossier (案卷) of a case or of a penalty's repair: who did what, when, why, on what papers, and what it met.

One document for every door: what the interface answers, the terminal prints and a printed history is made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credit_registry.domain import repair_steps
from credit_registry.domain.answers import beijing_day, plain, stamp
from credit_registry.domain.audit import AuditEntry
from credit_registry.domain.permissions import Actor
from credit_registry.domain.steps import ACTION_TITLES, STATE_TITLES
from credit_registry.services import (
    accounts,
    annotations,
    attachments,
    listings,
    next_steps,
    penalty_repairs,
    recusals,
)
from credit_registry.services.annotations import AnnotationView
from credit_registry.services.attachments import AttachmentView
from credit_registry.services.case_documents import (
    annotation_document,
    attachment_document,
    clock_document,
    masked,
    matter_document,
    paper_document,
    person_document,
    recusal_document,
)
from credit_registry.services.case_views import (
    CaseView,
    ClockView,
    PaperView,
    clock_view,
    paper_views,
)
from credit_registry.services.next_steps import NextStep, RepairStep
from credit_registry.services.penalty_repairs import RepairView
from credit_registry.services.recusals import RecusalView
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises, repairs
from credit_registry.storage.queries import listings as cases


@dataclass(frozen=True)
class Dossier:
    """Everything on file about a case, with what this person may do next.

    Attributes:
        names: label of an actor -> name of the person.
    """

    case: CaseView
    notes: tuple[AnnotationView, ...]
    files: tuple[AttachmentView, ...]
    recusals: tuple[RecusalView, ...]
    next_steps: tuple[NextStep, ...]
    names: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        case = self.case
        return {
            **_heading(case),
            **{name: plain(getattr(case, name)) for name in _SINGLE},
            "from": plain(case.listed_from),
            "until": plain(case.listed_until),
            "matter": matter_document(case.matter) if case.matter else None,
            "grounds": [
                {
                    "condition": ground.condition,
                    "title": ground.title,
                    "basis": ground.basis,
                    "record": ground.record_id,
                    "document_no": ground.document_no,
                    "has_fallen": ground.has_fallen,
                }
                for ground in case.grounds
            ],
            "persons": [person_document(person) for person in case.persons],
            "steps": [
                {
                    "number": step.number,
                    "action": step.action.value,
                    "title": ACTION_TITLES[step.action],
                    "from": step.from_state.value if step.from_state else None,
                    "to": step.to_state.value,
                    "to_title": STATE_TITLES[step.to_state],
                    "actor": step.actor,
                    "at": stamp(step.at),
                    "on": step.on.isoformat(),
                    "reason": masked(step.reason),
                    "facts": dict(step.facts),
                }
                for step in case.steps
            ],
            "papers": [paper_document(paper) for paper in case.papers],
            "clocks": [clock_document(clock) for clock in case.clocks],
            "annotations": [annotation_document(note, self.names) for note in self.notes],
            "attachments": [attachment_document(file, self.names) for file in self.files],
            "recusals": [recusal_document(each, self.names) for each in self.recusals],
            "next": [step.as_dict() for step in self.next_steps],
        }


_SINGLE = (
    "series_title", "domain", "state_title", "origin", "noticed_on", "window_until", "window_is_provisional",
    "reviewed_on", "decided_on", "decision_no", "served_on", "entered_on", "ended_on", "ended_by", "ban_until",
    "hidden_since", "repair_from",
)  # fmt: skip


def of_case(session: Session, actor: Actor, case_id: int, *, now: datetime) -> Dossier:
    """The whole case: for its own office, the keeper of the register, and the auditor."""
    view = listings.get(session, actor, case_id, now=now)
    return Dossier(
        case=view,
        notes=annotations.of_case(session, actor, case_id, now=now),
        files=attachments.page(session, actor, case_id=case_id),
        recusals=recusals.of_case(session, case_id),
        next_steps=next_steps.of_case(session, actor, view, now=now),
        names=accounts.names(session, actor),
    )


@dataclass(frozen=True)
class Deed:
    """One act of a repair, as the audit log keeps it."""

    action: str
    title: str
    to: str
    actor: str
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class RepairDossier:
    """Everything on file about an application to repair a penalty."""

    repair: RepairView
    uscc: str | None
    name: str
    document_no: str | None
    deeds: tuple[Deed, ...]
    papers: tuple[PaperView, ...]
    clocks: tuple[ClockView, ...]
    next_steps: tuple[RepairStep, ...]

    def as_dict(self) -> dict[str, Any]:
        repair = self.repair
        return {
            "repair": repair.repair_id,
            "version": repair.version,
            "state": repair.state,
            "state_title": repair.state_title,
            "record": repair.record_id,
            "document_no": self.document_no,
            "uscc": self.uscc,
            "name": self.name,
            "regime": repair.regime,
            "applied_on": repair.applied_on.isoformat(),
            "accepted_on": plain(repair.accepted_on),
            "decided_on": plain(repair.decided_on),
            "steps": [
                {
                    "action": deed.action,
                    "title": deed.title,
                    "to": deed.to,
                    "to_title": repair_steps.STATE_TITLES[deed.to],
                    "actor": deed.actor,
                    "at": stamp(deed.at),
                    "reason": masked(deed.reason),
                }
                for deed in self.deeds
            ],
            "papers": [paper_document(paper) for paper in self.papers],
            "clocks": [clock_document(clock) for clock in self.clocks],
            "next": [step.as_dict() for step in self.next_steps],
        }


def of_repair(session: Session, actor: Actor, repair_id: int, *, now: datetime) -> RepairDossier:
    """The whole application: for its own office, the keeper of the register, and the auditor."""
    view = penalty_repairs.get(session, actor, repair_id)
    enterprise = enterprises.find_by_id(session, view.enterprise_id)
    assert enterprise is not None, "an application belongs to an enterprise"
    names = accounts.names(session, actor)
    told = audit.of_subject(session, f"record:{view.record_id}", area="repair")
    return RepairDossier(
        repair=view,
        uscc=enterprise.uscc,
        name=enterprise.name,
        document_no=cases.present_records(session, [view.record_id])[view.record_id].document_no,
        deeds=tuple(_deed(entry, names) for entry in told if entry.facts.get("repair") == repair_id),
        papers=paper_views(repairs.papers(session, repair_id), ()),
        clocks=tuple(clock_view(clock, beijing_day(now)) for clock in repairs.clocks(session, repair_id)),
        next_steps=next_steps.of_repair(session, actor, view),
    )


def _deed(entry: AuditEntry, names: Mapping[str, str]) -> Deed:
    action = entry.verb.partition(":")[2]
    title = repair_steps.ACTION_TITLES[action]
    return Deed(
        action, title, str(entry.facts["state"]), names.get(entry.actor, entry.actor), entry.at, entry.reason
    )


def _heading(case: CaseView) -> dict[str, Any]:
    return {
        "case": case.case_id,
        "version": case.version,
        "list": case.list_kind.value,
        "series": case.series,
        "state": case.state.value,
        "uscc": case.uscc,
        "name": case.name,
        "authority": case.authority,
        "opened_on": case.opened_on.isoformat(),
    }
