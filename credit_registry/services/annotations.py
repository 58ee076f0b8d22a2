"""Objections, reconsiderations and lawsuits: shown beside the case or record at once, answered in time.

An objection is answered by somebody who took no part in the case. What another body decides (a court, the
reviewing authority) is carried through: an annulled listing is revoked, an annulled penalty with all that rests
on it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from credit_registry.domain import clocks, letters, listing, papers
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.identity import mask_text
from credit_registry.domain.objection_steps import ANSWER, FILE, KIND_TITLES, OUTCOMES
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import ListKind
from credit_registry.domain.steps import Action, State
from credit_registry.services import casework, listings, records, recusals, situations, suspensions
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, annotations, audit, enterprises
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import AnnotationRow, ListingPaperRow

_UNDOING = {
    ListKind.BLACK: Action.REVOKE,
    ListKind.RED: Action.REMOVE,
    ListKind.GRADE: Action.REVOKE_GRADE,
}


@dataclass(frozen=True)
class AnnotationView:
    """``content`` and ``answer`` are masked; ``is_repeat``: noted before, nothing was done now."""

    annotation_id: int
    version: int
    case_id: int | None
    record_id: int | None
    kind: str
    title: str
    state: str
    filed_on: date
    content: str
    due_on: date | None
    answered_on: date | None
    answered_by: str | None
    answer: str | None
    is_repeat: bool = False


def file(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    filed_on: date,
    content: str,
    now: datetime,
    case_id: int | None = None,
    record_id: int | None = None,
) -> AnnotationView:
    """Note an objection, a reconsideration or a lawsuit against a case or a record of the actor's office.

    It shows from this moment on. The effect goes on unless it is suspended (`listings.advance`, ``suspend``).
    Sent again (a lost answer, a second click, a colleague with the same letter), it is answered as it was noted.
    """
    actor.require(FILE.who)
    listings.account_of(actor)
    if kind not in KIND_TITLES or (case_id is None) == (record_id is None):
        raise InvalidInput(
            "请选择异议、行政复议或者行政诉讼，并指明一件案件或者一条记录。", code="annotation-object"
        )
    office_id, enterprise = _object(session, actor, case_id, record_id)
    before = annotations.sent_before(
        session, case_id=case_id, record_id=record_id, kind=kind, filed_on=filed_on, content=content.strip()
    )
    if before is not None:
        return replace(_view(session, before), is_repeat=True)
    return note(
        session,
        actor,
        office_id,
        enterprise,
        kind=kind,
        filed_on=filed_on,
        content=content,
        now=now,
        case_id=case_id,
        record_id=record_id,
    )


def note(
    session: Session,
    actor: Actor,
    office_id: int,
    enterprise: EnterpriseRow,
    *,
    kind: str,
    filed_on: date,
    content: str,
    now: datetime,
    case_id: int | None,
    record_id: int | None,
) -> AnnotationView:
    """For services that have found out who files and which office answers: note it, start its clock, confirm it."""
    if not content.strip() or filed_on > beijing_day(now):
        raise InvalidInput("请填写内容和不晚于今天的提出日期。", code="annotation-incomplete")
    row = AnnotationRow(
        case_id=case_id,
        record_id=record_id,
        office_id=office_id,
        kind=kind,
        state="open",
        version=1,
        filed_on=filed_on,
        content=content.strip(),
        recorded_at=now,
        recorded_by=actor.label,
        account_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    if kind == "objection":
        clock = clocks.start(FILE.clock, filed_on)
        session.add(casework.clock_row(clock, annotation_id=row.id))
        _issue(session, row, enterprise, FILE.paper, now, answer_until=letters.spelled(clock.due_on))
    _mark(session, enterprise.id, now)
    _remember(session, actor, row, "file", now, None)
    return _view(session, row)


def answer(
    session: Session,
    actor: Actor,
    annotation_id: int,
    *,
    outcome: str,
    answer: str,
    version: int,
    now: datetime,
) -> AnnotationView:
    """Answer an objection, or enter how a reconsideration or lawsuit ended.

    Where it is upheld against a decided case, the case is revoked in the same transaction, which takes a decider;
    where a reconsideration or lawsuit annuls a penalty, the record is revoked, which takes the right to correct.

    Raises:
        NotAllowed: ``second-officer``; the actor took part in what is objected to.
        IllegalTransition: it has been answered.
    """
    actor.require(ANSWER.who)
    account_id = listings.account_of(actor)
    row = annotations.lock(session, annotation_id)
    if row is None:
        raise _unknown(annotation_id)
    actor.require_office(row.office_id)
    if row.version != version:
        raise StaleVersion("该标注已被他人更新，请刷新后再试。", facts={"version": row.version})
    if row.state != "open":
        raise _answered()
    if outcome not in OUTCOMES or not answer.strip():
        raise InvalidInput("请选择处理结果，并写明理由。", code="answer-incomplete")
    _require_outsider(session, actor, row)
    _, enterprise = _object(session, actor, row.case_id, row.record_id)
    row.state, row.version = outcome, row.version + 1
    row.answered_on, row.answered_by, row.answerer_id = beijing_day(now), actor.label, account_id
    row.answer = answer.strip()
    for clock in annotations.clocks(session, row.id):
        clock.met_on = max(beijing_day(now), clock.starts_on)
    if row.kind == "objection":
        _issue(session, row, enterprise, ANSWER.paper, now, outcome=OUTCOMES[outcome], reason=answer)
    if outcome != "upheld" and row.record_id is not None and row.kind != "objection":
        suspensions.resume_after(
            session, actor, row.record_id, reason=f"{KIND_TITLES[row.kind]}办结：{row.answer}", now=now
        )
    if outcome == "upheld":
        _carry_through(session, actor, row, enterprise, now)
    _mark(session, enterprise.id, now)
    _remember(session, actor, row, "answer", now, answer)
    return _view(session, row)


def withdraw(
    session: Session, actor: Actor, row: AnnotationRow, enterprise: EnterpriseRow, *, now: datetime
) -> AnnotationView:
    """For services that have found out that it is the actor's own: take an open objection back.

    Raises:
        IllegalTransition: ``annotation-answered``.
    """
    if row.state != "open":
        raise _answered()
    row.state, row.version = "withdrawn", row.version + 1
    for clock in annotations.clocks(session, row.id):
        clock.stopped_on = max(beijing_day(now), clock.starts_on)
    _mark(session, enterprise.id, now)
    _remember(session, actor, row, "withdraw", now, None)
    return _view(session, row)


def _answered() -> IllegalTransition:
    return IllegalTransition("该标注已经办结，不能再次答复或者撤回。", code="annotation-answered")


def get(session: Session, actor: Actor, annotation_id: int, *, now: datetime) -> AnnotationView:
    """One of them, for whoever may see what it is about.

    Raises:
        NotFound: ``unknown-annotation``.
    """
    row = annotations.find(session, annotation_id)
    if row is None:
        raise _unknown(annotation_id)
    if row.case_id is not None:
        listings.get(session, actor, row.case_id, now=now)
    else:
        assert row.record_id is not None, "an annotation is about one of the two"
        records.get(session, actor, row.record_id, on=beijing_day(now))
    return _view(session, row)


def of_case(session: Session, actor: Actor, case_id: int, *, now: datetime) -> tuple[AnnotationView, ...]:
    listings.get(session, actor, case_id, now=now)
    return tuple(_view(session, row) for row in annotations.of_cases(session, [case_id]))


def of_record(session: Session, actor: Actor, record_id: int, *, now: datetime) -> tuple[AnnotationView, ...]:
    records.get(session, actor, record_id, on=beijing_day(now))
    return tuple(_view(session, row) for row in annotations.of_records(session, [record_id]))


def _unknown(annotation_id: int) -> NotFound:
    return NotFound(
        f"没有编号为 {annotation_id} 的异议、复议或者诉讼。请核对编号。", code="unknown-annotation"
    )


def _object(
    session: Session, actor: Actor, case_id: int | None, record_id: int | None
) -> tuple[int, EnterpriseRow]:
    """The office that answers for the thing, which must be the actor's, and the enterprise."""
    if case_id is not None:
        case, enterprise = listings.locked_case(session, actor, case_id)
        actor.require_office(case.office_id)
        return case.office_id, enterprise
    assert record_id is not None
    present = cases.present_records(session, [record_id]).get(record_id)
    if present is None:
        raise NotFound(f"没有编号为 {record_id} 的记录。请核对编号。", code="unknown-record")
    if actor.office_id is None or present.authority_code != actor.authority_code:
        raise NotAllowed("该记录由其他单位作出，异议由该单位答复。请转交该单位。", code="not-own-office")
    enterprise_row = enterprises.lock(session, present.enterprise_id)
    assert enterprise_row is not None
    return actor.office_id, enterprise_row


def _require_outsider(session: Session, actor: Actor, row: AnnotationRow) -> None:
    """An objection is not answered by those who made what it is about, nor by whoever keeps out of the case."""
    assert actor.account_id is not None, "asked before"
    if row.case_id is not None:
        case = cases.get(session, row.case_id)
        assert case is not None, "cases are never deleted"
        recusals.require_free(
            session,
            actor,
            case_id=case.id,
            enterprise_id=case.enterprise_id,
            who=Permission.LISTINGS_DECIDE,
        )
    if row.kind != "objection":
        return
    selves = accounts.same_person(session, actor.account_id)
    if row.case_id is not None:
        took_part = bool(selves & {step.account_id for step in cases.steps(session, row.case_id)})
    else:
        assert row.record_id is not None
        labels = annotations.actors_of_record(session, row.record_id)
        took_part = any(f"account:{accounts.get_account(session, each).login}" in labels for each in selves)
    if took_part:
        raise NotAllowed(
            "您办理过被提出异议的事项，不能答复该异议。请交由未参与办理的同事答复。", code="second-officer"
        )


def _carry_through(
    session: Session, actor: Actor, row: AnnotationRow, enterprise: EnterpriseRow, now: datetime
) -> None:
    reason = f"{KIND_TITLES[row.kind]}成立：{row.answer}"
    if row.case_id is not None:
        _revoke_case(session, actor, row.case_id, enterprise, reason, now)
    elif row.record_id is not None and row.kind != "objection":
        present = cases.present_records(session, [row.record_id])[row.record_id]
        records.revoke(session, actor, row.record_id, version=present.version, reason=reason, now=now)


def _revoke_case(
    session: Session, actor: Actor, case_id: int, enterprise: EnterpriseRow, reason: str, now: datetime
) -> None:
    """Revoke (or remove from the red list) where something was decided; an open procedure is for its officers."""
    case = cases.lock(session, case_id)
    assert case is not None
    kind, before = ListKind(case.list_kind), State(case.state)
    action = _UNDOING[kind]
    found = listing.STEPS[kind].get((before, action))
    if found is None:
        return
    assert found.who is not None
    actor.require(found.who)
    move = casework.prepare(found, action, now=now, reason=reason, handed_in=None)
    step = listing.step(kind, before, action, situations.situation(session, case, actor, move), reason=reason)
    casework.take(session, case, enterprise, actor, move, step, account_id=actor.account_id)
    casework.remember(session, actor, case, move, before)


def _issue(
    session: Session,
    row: AnnotationRow,
    enterprise: EnterpriseRow,
    kind: str,
    now: datetime,
    **places: str | None,
) -> None:
    """A numbered paper of the annotation; it lies with the case, or on its own for a record."""
    on = beijing_day(now)
    office = cases.office(session, row.office_id)
    serial = cases.next_serial(session, office.id, kind, on.year)
    subject = f"名单案件 {row.case_id}" if row.case_id is not None else f"信用记录 {row.record_id}"
    letter = letters.render(
        kind,
        on,
        {
            "name": enterprise.name,
            "uscc": enterprise.uscc,
            "authority": office.name,
            "today": letters.spelled(on),
            "subject": subject,
            **places,
        },
    )
    session.add(
        ListingPaperRow(
            case_id=row.case_id,
            office_id=office.id,
            kind=kind,
            title=papers.PAPERS[kind].title,
            year=on.year,
            serial=serial,
            document_no=papers.document_no(office.short_name, kind, on.year, serial),
            dated_on=on,
            fields={"annotation": row.id},
            template=letter.template,
            text=letter.text,
            recorded_at=now,
        )
    )


def _mark(session: Session, enterprise_id: int, now: datetime) -> None:
    enterprises.mark_dirty(session, [enterprise_id], now)


def _remember(
    session: Session, actor: Actor, row: AnnotationRow, verb: str, now: datetime, reason: str | None
) -> None:
    subject = f"case:{row.case_id}" if row.case_id is not None else f"record:{row.record_id}"
    facts = {"annotation": row.id, "kind": row.kind, "state": row.state}
    told = mask_text(reason) if reason else None
    session.flush()
    audit.remember(session, actor, f"annotation:{verb}", subject, now, reason=told, facts=facts)


def _view(session: Session, row: AnnotationRow) -> AnnotationView:
    running = annotations.clocks(session, row.id)
    return AnnotationView(
        annotation_id=row.id,
        version=row.version,
        case_id=row.case_id,
        record_id=row.record_id,
        kind=row.kind,
        title=KIND_TITLES[row.kind],
        state=row.state,
        filed_on=row.filed_on,
        content=mask_text(row.content),
        due_on=running[0].due_on if running else None,
        answered_on=row.answered_on,
        answered_by=row.answered_by,
        answer=mask_text(row.answer) if row.answer else None,
    )


__all__ = ["KIND_TITLES", "OUTCOMES", "AnnotationView", "answer", "file", "get", "of_case", "of_record"]
