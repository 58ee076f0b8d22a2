"""The yearly announcement of grades: drafted by one officer, announced at once by another."""

from collections.abc import Callable

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.permissions import Permission
from credit_registry.services import announcements, yearly_drafts
from credit_registry.services.announcements import AnnouncementView
from credit_registry.services.yearly_drafts import DraftJob
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms, proof
from credit_registry.web.console.console import blueprint


@blueprint.get("/announcements", endpoint="announcements")
@access.needs(Permission.REGISTER_READ)
def page() -> Response:
    """The acts, and how far the worker is with a draft; htmx asks for that alone, and is sent on to the act."""
    actor = context.actor()
    with context.database().read() as session:
        found = announcements.page(session, actor)
        drafting = yearly_drafts.latest(session, actor)
    if drafting is not None and "HX-Request" in request.headers:
        if drafting.state != "done":
            return make_response(render_template("console/yearly_progress.html", drafting=drafting))
        response = make_response("")
        response.headers["HX-Redirect"] = url_for(
            "console.announcement", announcement_id=drafting.announcement
        )
        return response
    is_under_way = drafting is not None and not drafting.is_over
    is_shown = is_under_way or (drafting is not None and _is_fresh_refusal(drafting, found))
    page = render_template(
        "console/announcements.html",
        acts=found,
        drafting=drafting if is_shown else None,
        years=(context.today().year - 1, context.today().year),
        may_draft=actor.is_keeper
        and actor.may(Permission.LISTINGS_PROPOSE)
        and not is_under_way
        and all(each.state != "DRAFTED" for each in found),
    )
    return make_response(page)


def _is_fresh_refusal(drafting: DraftJob, acts: tuple[AnnouncementView, ...]) -> bool:
    """Whether the last draft failed and none was made since."""
    return drafting.state == "refused" and all(act.drafted_at < drafting.created_at for act in acts)


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
    year = int(forms.required_choice(request.form.get("year"), "年度", _years()))
    act = context.write(lambda session: yearly_drafts.begin(session, actor, year=year, now=now))
    if isinstance(act, DraftJob):
        return redirect(url_for("console.announcements"), 303)
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
