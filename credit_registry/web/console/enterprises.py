"""Enterprises: search, browse by grade and place, and the whole picture of one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.answers import AssessmentView
from credit_registry.domain.errors import InvalidInput, Refusal
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.prospects import ProspectView
from credit_registry.services import (
    accounts,
    assessments,
    enterprises,
    grade_cases,
    invitations,
    listings,
    other_lists,
    person_penalties,
    prospects,
    records,
    representatives,
    rulesets,
    vocabulary,
)
from credit_registry.services.enterprise_views import EnterpriseSummary, EnterpriseVersion
from credit_registry.services.record_views import RecordView
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms, words
from credit_registry.web.console.console import blueprint

GRADES = ("A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D", "N")
_SHOWN = 50
_TIMELINE = 20


@dataclass(frozen=True)
class Happening:
    """One line of the timeline: what the registry learned, and when."""

    at: datetime
    title: str
    text: str
    actor: str
    address: str | None = None


@blueprint.get("/enterprises", endpoint="enterprises")
@access.needs(Permission.REGISTER_READ)
def page() -> str:
    """Search by name or code, or browse by grade and sub-district; htmx asks for the rows alone."""
    text = request.args.get("text", "").strip()[:100]
    grade, subdistrict = request.args.get("grade") or None, request.args.get("subdistrict") or None
    after = forms.cursor(request.args.get("after"))
    forms.choice(grade, "等级", GRADES)
    refusal, found = _found(context.actor(), text, grade, subdistrict, after)
    template = (
        "console/enterprise_rows.html" if request.headers.get("HX-Request") else "console/enterprises.html"
    )
    kept: dict[str, Any] = {
        key: value for key, value in (("text", text), ("grade", grade), ("subdistrict", subdistrict)) if value
    }
    return render_template(
        template,
        page=found,
        text=text,
        grade=grade,
        subdistrict=subdistrict,
        grades=GRADES,
        places=vocabulary.places(),
        refusal=refusal,
        first=url_for("console.enterprises", **kept) if after else None,
        following=url_for("console.enterprises", **kept, after=found.after),
    )


@blueprint.get("/enterprises/<uscc>")
@access.needs(Permission.REGISTER_READ)
def enterprise(uscc: str) -> str:
    """Facts, grade with its explanation, lists, cases, records of all kinds, timeline."""
    actor, now, today = context.actor(), context.now(), context.today()
    kind = forms.choice(request.args.get("kind"), "类别", tuple(words.KINDS))
    on, known_at = _moment(actor)

    def read(session: Session) -> dict[str, object]:
        view = enterprises.get(session, actor, uscc)
        code = view.uscc or uscc
        found = records.page_of(
            session,
            actor,
            code,
            kind=kind,
            after=forms.cursor(request.args.get("after")),
            limit=_SHOWN,
            on=today,
        )
        cases = listings.page(session, actor, now=now, uscc=code, limit=_SHOWN)
        versions = enterprises.versions(session, actor, code)
        return {
            "enterprise": view,
            "records": found,
            "cases": cases.items,
            "entries": listings.entries_of(session, [view.enterprise_id], on=today).get(
                view.enterprise_id, ()
            ),
            "other_lists": other_lists.of_enterprise(session, view.enterprise_id, on=today),
            "person_penalties": person_penalties.of_enterprise(session, actor, code, known_at=known_at)
            if person_penalties.may_read(actor)
            else (),
            "announced": grade_cases.in_force(session, [view.enterprise_id]).get(view.enterprise_id),
            "names": accounts.names(session, actor),
            "timeline": _timeline(versions, found.items),
            **_own_accounts(session, actor, code, now),
        }

    shown = context.read(read)
    assessment, prospect, refusal = _assessed(actor, uscc, on, known_at)
    return render_template(
        "console/enterprise.html",
        **shown,
        kind=kind,
        assessment=assessment,
        anchors=rulesets.anchors(assessment.ruleset) if assessment else frozenset(),
        assessment_refusal=refusal,
        prospect=prospect,
        on=on,
        known_at=known_at,
        may_enter=actor.may(Permission.RECORDS_ENTER),
        entry_kinds=vocabulary.kinds(),
    )


@blueprint.post("/enterprises/<uscc>/person-penalties/<int:person_penalty_id>/withdraw")
@access.needs(Permission.RECORDS_CORRECT)
def withdraw_person_penalty(uscc: str, person_penalty_id: int) -> Response:
    """Take back a penalty of a person: the wrong enterprise or person, or revoked by its authority."""
    actor, now = context.actor(), context.now()
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    context.write(
        lambda session: person_penalties.withdraw(session, actor, person_penalty_id, reason=reason, now=now)
    )
    flash("已撤下这项有关人员的处罚；该行回到导入批次的待处理行，可以改认企业或者放弃。", "success")
    return redirect(url_for("console.enterprise", uscc=uscc), 303)


def _own_accounts(session: Session, actor: Actor, uscc: str, now: datetime) -> dict[str, object]:
    """Codes and accounts of the enterprise itself, for those who give them out."""
    if not actor.may(Permission.LISTINGS_NOTIFY):
        return {}
    return {
        "representatives": representatives.page_of(session, actor, uscc),
        "invitations": invitations.page_of(session, actor, uscc, now=now),
        "invitation_states": invitations.STATE_TITLES,
    }


def _found(
    actor: Actor, text: str, grade: str | None, subdistrict: str | None, after: str | None
) -> tuple[InvalidInput | None, Page[EnterpriseSummary]]:
    def read(session: Session) -> Page[EnterpriseSummary]:
        if text:
            return enterprises.search(session, actor, text, after=after, limit=_SHOWN)
        return enterprises.page(
            session, actor, grade=grade, subdistrict=subdistrict, after=after, limit=_SHOWN
        )

    try:
        return None, context.read(read)
    except InvalidInput as refusal:
        return refusal, Page(())


def _moment(actor: Actor) -> tuple[date | None, datetime | None]:
    """The day and the instant that an auditor asks about; everybody else sees the present."""
    if not actor.may(Permission.HISTORY_READ):
        return None, None
    on = forms.day(request.args.get("on"), "评价日期")
    known = forms.day(request.args.get("known_on"), "当时已知截至")
    return on, context.end_of(known) if known else None


def _assessed(
    actor: Actor, uscc: str, on: date | None, known_at: datetime | None
) -> tuple[AssessmentView | None, ProspectView | None, Refusal | None]:
    """The assessment, and the way out of the present one: what could be done is done from today.

    A page about an enterprise must not fail because a grade cannot be computed.
    """
    now = context.now()

    def look_back(session: Session) -> AssessmentView:
        return assessments.get(session, actor, uscc, on=on, known_at=known_at, now=now)

    try:
        if on is None and known_at is None:
            found = context.read(lambda session: prospects.with_assessment(session, actor, uscc, now=now))
            return *found, None
        # A replay is logged, so it writes.
        return (context.write(look_back) if known_at else context.read(look_back)), None, None
    except Refusal as refusal:
        return None, None, refusal


def _timeline(versions: tuple[EnterpriseVersion, ...], found: tuple[RecordView, ...]) -> list[Happening]:
    happenings = [
        Happening(
            version.recorded_at,
            "登记企业" if version.version == 1 else "变更企业信息",
            "、".join(words.ATTRIBUTES.get(name, name) for name in version.changed),
            version.actor,
        )
        for version in versions
    ]
    happenings += [
        Happening(
            record.recorded_at,
            f"{words.KINDS.get(record.kind, record.kind)}：{words.CHANGES.get(record.change, record.change)}",
            f"{record.values.get('document_no') or '无文号'}，日期 {record.dated_on}",
            record.actor,
            url_for("console.record", record_id=record.record_id),
        )
        for record in found
    ]
    return sorted(happenings, key=lambda one: one.at, reverse=True)[:_TIMELINE]
