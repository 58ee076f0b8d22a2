"""The yearly announcement of grades: drafted by one officer, announced at once by another."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.permissions import Permission
from credit_registry.services import announcements
from credit_registry.services.announcements import AnnouncementView
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms, proof
from credit_registry.web.console.console import blueprint


@blueprint.get("/announcements", endpoint="announcements")
@access.needs(Permission.REGISTER_READ)
def page() -> str:
    actor = context.actor()
    found = context.read(lambda session: announcements.page(session, actor))
    return render_template(
        "console/announcements.html",
        acts=found,
        years=(context.today().year - 1, context.today().year),
        may_draft=actor.is_keeper
        and actor.may(Permission.LISTINGS_PROPOSE)
        and all(each.state != "DRAFTED" for each in found),
    )


@blueprint.get("/announcements/<int:announcement_id>")
@access.needs(Permission.REGISTER_READ)
def announcement(announcement_id: int) -> str:
    actor = context.actor()
    act = context.read(lambda session: announcements.get(session, actor, announcement_id))
    return render_template(
        "console/announcement.html",
        act=act,
        may_make=actor.is_keeper
        and actor.may(Permission.LISTINGS_DECIDE)
        and actor.account_id != act.drafter_id,
        may_withdraw=actor.is_keeper and actor.may(Permission.LISTINGS_PROPOSE),
    )


@blueprint.post("/announcements")
@access.needs(Permission.LISTINGS_PROPOSE)
def draft_announcement() -> Response:
    actor, now = context.actor(), context.now()
    year = int(str(forms.choice(request.form.get("year"), "年度", _years(), is_required=True)))
    act = context.write(lambda session: announcements.draft(session, actor, year=year, now=now))
    flash(f"已锁定 {act.total} 家企业的等级，请由另一名人员核对后公布。", "success")
    return redirect(url_for("console.announcement", announcement_id=act.announcement_id), 303)


@blueprint.post("/announcements/<int:announcement_id>/make")
@access.needs(Permission.LISTINGS_DECIDE)
@proof.proved()
def make_announcement(announcement_id: int) -> Response:
    actor, now = context.actor(), context.now()
    version, reason = _version_and_reason()
    return _done(
        announcement_id,
        "年度等级已公布。",
        lambda session: announcements.make(
            session, actor, announcement_id, version=version, reason=reason, now=now
        ),
    )


@blueprint.post("/announcements/<int:announcement_id>/withdraw")
@access.needs(Permission.LISTINGS_PROPOSE)
def withdraw_announcement(announcement_id: int) -> Response:
    actor, now = context.actor(), context.now()
    version, reason = _version_and_reason()
    return _done(
        announcement_id,
        "已撤回拟公布的年度等级。",
        lambda session: announcements.withdraw(
            session, actor, announcement_id, version=version, reason=reason, now=now
        ),
    )


def _done(announcement_id: int, said: str, act: Callable[[Session], AnnouncementView]) -> Response:
    context.write(act)
    flash(said, "success")
    return redirect(url_for("console.announcement", announcement_id=announcement_id), 303)


def _version_and_reason() -> tuple[int, str]:
    return forms.version(request.form.get("version")), forms.text(
        request.form.get("reason"), "理由", limit=4000
    )


def _years() -> tuple[str, str]:
    return str(context.today().year - 1), str(context.today().year)
