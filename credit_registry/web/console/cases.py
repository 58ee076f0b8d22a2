"""Listing cases: the worklist, one case with everything in it, and the forms of what may be done next.

The forms are made from the procedure's own table: papers, reasons and persons are asked for as the row says, so
a changed row changes the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain import listing
from credit_registry.domain.errors import InvalidInput, Refusal
from credit_registry.domain.guards import GUARD_TITLES
from credit_registry.domain.papers import FIELD_TITLES, PAPERS, SERVICE_METHODS
from credit_registry.domain.permissions import PERMISSION_TITLES, Actor, Permission
from credit_registry.domain.series import ListKind, Series, all_series
from credit_registry.domain.steps import ACTION_TITLES, STATE_TITLES, Action, State
from credit_registry.domain.weight import CASE_ACTS
from credit_registry.services import (
    accounts,
    annotations,
    dossiers,
    enterprises,
    listings,
    persons,
    records,
    reports,
)
from credit_registry.services.case_views import CaseView
from credit_registry.services.next_steps import NextStep
from credit_registry.web import access, context, forms, proof
from credit_registry.web.console.console import blueprint, may_attach
from credit_registry.web.console.invitations import printed_notice
from credit_registry.web.console.paper_forms import PaperForm, handed_in, paper_form
from credit_registry.web.errors import refused

_SHOWN = 50
_DUE = {"overdue": "已超期", "week": "七日内到期"}


@dataclass(frozen=True)
class Act:
    """What the table offers next, and what stands against this person's doing it.

    Attributes:
        by: who else may, where this person may not.
        obstacle: why it cannot be done today, where the person could.
    """

    action: Action
    title: str
    to_state: str
    law: str
    needs_reason: bool
    papers: tuple[PaperForm, ...]
    guards: tuple[str, ...]
    apart_from: tuple[str, ...]
    by: str | None
    obstacle: str | None


@blueprint.get("/cases")
@access.needs(Permission.REGISTER_READ)
def cases() -> str:
    """The worklist by deadline; open cases unless asked otherwise."""
    actor, now, today = context.actor(), context.now(), context.today()
    state = request.args.get("state") or "open"
    list_kind = forms.choice(request.args.get("list"), "名单", tuple(ListKind))
    due = forms.choice(request.args.get("due"), "期限", tuple(_DUE))
    until = {"overdue": today - timedelta(days=1), "week": today + timedelta(days=7)}.get(due or "")
    after = forms.cursor(request.args.get("after"))
    page = context.read(
        lambda session: listings.page(
            session,
            actor,
            now=now,
            state=None if state == "all" else state,
            list_kind=list_kind,
            due_until=until,
            after=after,
            limit=_SHOWN,
        )
    )
    kept: dict[str, Any] = {"state": state, "list": list_kind, "due": due}
    return render_template(
        "console/cases.html",
        page=page,
        state=state,
        states=STATE_TITLES,
        list_kind=list_kind,
        due=due,
        dues=_DUE,
        first=url_for("console.cases", **kept) if after else None,
        following=url_for("console.cases", **kept, after=page.after),
    )


@blueprint.get("/cases/<int:case_id>")
@access.needs(Permission.REGISTER_READ)
def case(case_id: int) -> str:
    return case_page(case_id, None, None)


@blueprint.post("/cases/<int:case_id>/<action>")
@access.needs(
    Permission.LISTINGS_PROPOSE,
    Permission.LISTINGS_NOTIFY,
    Permission.LISTINGS_REVIEW,
    Permission.LISTINGS_DECIDE,
    Permission.LISTINGS_PUBLISH,
)
@proof.proved(CASE_ACTS)
def advance_case(case_id: int, action: str) -> Response:
    """Take one step; a refusal comes back on the case with its reason and what was typed."""
    actor, now = context.actor(), context.now()
    try:
        view = context.write(
            lambda session: listings.advance(
                session,
                actor,
                case_id,
                action,
                version=forms.version(request.form.get("version")),
                reason=forms.text(request.form.get("reason"), "理由", limit=4000, is_required=False) or None,
                papers=handed_in(),
                facts=_facts(action),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(case_page(case_id, action, refusal), refusal)
    flash(f"已办理“{ACTION_TITLES[Action(action)]}”，案件现为“{view.state_title}”。", "success")
    if action in (Action.NOTIFY, Action.NOTIFY_GRADE):
        return printed_notice(case_id)
    return redirect(url_for("console.case", case_id=case_id), 303)


@blueprint.post("/cases/<int:case_id>/persons")
@access.needs(Permission.LISTINGS_PROPOSE)
def name_person(case_id: int) -> Response:
    """Name a person who is to be listed with the enterprise; the number is sealed and shown masked."""
    actor, now = context.actor(), context.now()
    condition, _, role = request.form.get("as", "").partition(" ")
    try:
        context.write(
            lambda session: persons.name_person(
                session,
                actor,
                case_id,
                role=role,
                condition=condition,
                name=forms.text(request.form.get("name"), "姓名", limit=100),
                number=forms.text(request.form.get("number"), "居民身份证号码", limit=18),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(case_page(case_id, None, refusal), refusal)
    flash("人员已登记。", "success")
    return redirect(url_for("console.case", case_id=case_id) + "#grounds-title", 303)


@blueprint.post("/cases/<int:case_id>/persons/<int:person_id>/reveal")
@access.needs(Permission.PERSONAL_REVEAL)
def reveal_person(case_id: int, person_id: int) -> Response:
    """Show one number in full, once, in the answer to this form: it is in no address and no history."""
    actor, now = context.actor(), context.now()
    try:
        opened = context.write(
            lambda session: persons.reveal(
                session, actor, case_id, person_id, reason=request.form.get("reason", ""), now=now
            )
        )
    except Refusal as refusal:
        return refused(case_page(case_id, None, refusal), refusal)
    return make_response(case_page(case_id, None, None, revealed={person_id: opened}))


@blueprint.get("/enterprises/<uscc>/propose")
@access.needs(Permission.LISTINGS_PROPOSE)
def propose(uscc: str) -> str:
    return _proposal_page(uscc, None)


@blueprint.post("/enterprises/<uscc>/propose")
@access.needs(Permission.LISTINGS_PROPOSE)
def save_proposal(uscc: str) -> Response:
    """Begin a case by hand."""
    actor, now = context.actor(), context.now()
    try:
        series = _series(request.form.get("series"))
        view = context.write(
            lambda session: listings.propose(
                session,
                actor,
                uscc,
                series=series.series,
                reason=forms.text(request.form.get("reason"), "理由", limit=4000, is_required=False),
                grounds=_grounds(series),
                papers=handed_in(),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_proposal_page(uscc, refusal), refusal)
    flash("已立案。", "success")
    return redirect(url_for("console.case", case_id=view.case_id), 303)


def case_page(
    case_id: int,
    tried: str | None,
    refusal: Refusal | None,
    revealed: Mapping[int, tuple[str, str]] | None = None,
) -> str:
    actor = context.actor()
    with context.database().read() as session:
        dossier = dossiers.of_case(session, actor, case_id, now=context.now())
        view = dossier.case
        told = reports.of_case(session, actor, case_id, now=context.now())
        untold = reports.unreported(session, actor, now=context.now(), case_id=case_id)
        colleagues = accounts.colleagues(session, actor) if actor.office_id == view.office_id else ()
    return render_template(
        "console/case.html",
        case=view,
        evidence=_evidence(view),
        names=dossier.names,
        files=dossier.files,
        may_attach=may_attach(),
        attach_address=url_for("console.attach_to_case", case_id=case_id),
        notes=dossier.notes,
        may_annotate=actor.may(Permission.LISTINGS_NOTIFY) and actor.office_id == view.office_id,
        may_answer=actor.office_id == view.office_id
        and any(
            map(
                actor.may,
                (Permission.LISTINGS_NOTIFY, Permission.LISTINGS_REVIEW, Permission.LISTINGS_DECIDE),
            )
        ),
        annotate_address=url_for("console.annotate_case", case_id=case_id),
        note_kinds=annotations.KIND_TITLES,
        outcomes=annotations.OUTCOMES,
        recused=dossier.recusals,
        reports=told,
        untold=untold,
        may_report=actor.office_id == view.office_id and actor.may(Permission.LISTINGS_PUBLISH),
        colleagues=colleagues,
        may_recuse=actor.office_id == view.office_id and actor.account_id is not None,
        may_order=actor.office_id == view.office_id and actor.may(Permission.LISTINGS_DECIDE),
        namable=_namable(actor, view),
        revealed=revealed or {},
        may_reveal=actor.may(Permission.PERSONAL_REVEAL) and actor.office_id == view.office_id,
        acts=[_act(view, next_step) for next_step in dossier.next_steps],
        tried=tried,
        refusal=refusal,
        series=all_series()[view.series],
        paper_titles={kind: paper.title for kind, paper in PAPERS.items()},
        field_titles=FIELD_TITLES,
        methods=SERVICE_METHODS,
        given=request.form,
    )


def _evidence(view: CaseView) -> Mapping[str, object] | None:
    """What the last check of the red list's conditions found: attested by the officer, seen by the register."""
    checks = [step.facts for step in view.steps if "examined" in step.facts]
    return checks[-1] if checks else None


def _namable(actor: Actor, view: CaseView) -> list[tuple[str, str]]:
    """(condition, role) that may still be named: before the notice, by the office of the case."""
    if view.state is not State.CANDIDATE or actor.office_id != view.office_id:
        return []
    if not actor.may(Permission.LISTINGS_PROPOSE):
        return []
    series = all_series()[view.series]
    conditions = dict.fromkeys(ground.condition for ground in view.grounds)
    return [(code, role) for code in conditions for role in series.condition(code).persons]


def _act(view: CaseView, next_step: NextStep) -> Act:
    row, refusal = next_step.step, next_step.refusal
    return Act(
        action=next_step.action,
        title=next_step.title,
        to_state=STATE_TITLES[row.to],
        law=row.law,
        needs_reason=row.needs_reason,
        papers=tuple(paper_form(kind, sectors=all_series()[view.series].sectors) for kind in row.papers),
        guards=tuple(GUARD_TITLES[guard] for guard in row.guards),
        apart_from=tuple(ACTION_TITLES[earlier] for earlier in row.apart_from),
        by=_others(view, next_step) if next_step.is_for_others else None,
        obstacle=refusal.message if refusal else None,
    )


def _others(view: CaseView, next_step: NextStep) -> str:
    """Who takes a step that this person may not take."""
    assert next_step.refusal is not None, "asked for a step of others"
    match next_step.refusal.code:
        case "not-own-office":
            return f"由{view.authority}办理"
        case "not-allowed":
            return f"由有“{PERMISSION_TITLES[next_step.who]}”权限的人员办理"
        case _:
            return next_step.refusal.message


def _facts(action: str) -> dict[str, object]:
    """Details that belong to the act and to no paper."""
    if action in (Action.CHECK, Action.REVIEW_YEARLY):
        return {"met": sorted(set(request.form.getlist("met")))}
    until = forms.day(request.form.get("ban_until"), "禁入截止日期")
    return {"ban_until": until.isoformat()} if until else {}


def _series(name: str | None) -> Series:
    found = all_series().get(name or "")
    if found is None:
        raise InvalidInput("请选择名单。", code="series-missing")
    return found


def _grounds(series: Series) -> list[tuple[str, int]]:
    """Fields named ``ground.<record>`` hold the condition that the record meets."""
    found = []
    for name, condition in request.form.items():
        prefix, _, number = name.partition(".")
        if prefix == "ground" and condition and number.isascii() and number.isdigit():
            found.append((series.condition(condition).code, int(number)))
    return found


def _proposal_page(uscc: str, refusal: Refusal | None) -> str:
    actor, today = context.actor(), context.today()
    with context.database().read() as session:
        enterprise = enterprises.get(session, actor, uscc)
        penalties = records.page_of(session, actor, uscc, kind="penalty", limit=100, on=today)
    enabled = [
        series
        for series in all_series().values()
        if series.is_enabled and (series.kind is not ListKind.GRADE or actor.is_keeper)
    ]
    chosen = all_series().get(request.values.get("series", "")) or enabled[0]
    opening = {action: row for (begin, action), row in listing.STEPS[chosen.kind].items() if begin is None}
    return render_template(
        "console/propose.html",
        enterprise=enterprise,
        refusal=refusal,
        serieses=enabled,
        chosen=chosen,
        penalties=[one for one in penalties.items if _is_own(actor, one.values) and one.state == "live"],
        papers={
            action.value: [paper_form(kind, sectors=chosen.sectors) for kind in row.papers]
            for action, row in opening.items()
            if row.who is not None
        },
        actions=ACTION_TITLES,
        given=request.form,
    )


def _is_own(actor: Actor, values: Mapping[str, object]) -> bool:
    """谁处罚、谁决定: only penalties of the officer's own office can be grounds."""
    return actor.authority_code is not None and values.get("authority_code") == actor.authority_code
