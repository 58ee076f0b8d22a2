"""One office: what is registered of it, its changes, and the forms that change, close and reopen it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.services import offices, vocabulary
from credit_registry.services.offices import OfficeView
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint
from credit_registry.web.errors import refused

_TITLES = {
    "name": "名称",
    "short_name": "简称",
    "authority_code": "统一社会信用代码",
    "domain": "处罚领域",
    "is_keeper": "登记机关",
    "subdistrict_code": "街镇",
}
_VERBS = {"create": "登记", "amend": "修改", "close": "停用", "reopen": "恢复"}


@blueprint.get("/offices/<int:office_id>")
@access.needs(Permission.ACCOUNTS_MANAGE)
def office(office_id: int) -> str:
    return _office_page(office_id, None, None)


@blueprint.post("/offices/<int:office_id>/<any(amend, close, reopen):act>")
@access.needs(Permission.ACCOUNTS_MANAGE)
def change_office(office_id: int, act: str) -> Response:
    """Amend, close or reopen; a refusal comes back with what was typed."""
    try:
        made = context.write(_change(office_id, act))
    except Refusal as refusal:
        return refused(_office_page(office_id, act, refusal), refusal)
    flash(f"已{_VERBS[act]}部门：{made.name}。", "success")
    return redirect(url_for("console.office", office_id=office_id), 303)


def _change(office_id: int, act: str) -> Callable[[Session], OfficeView]:
    actor, now = context.actor(), context.now()
    version = forms.version(request.form.get("version"))
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    if act != "amend":
        perform = offices.close if act == "close" else offices.reopen
        return lambda session: perform(session, actor, office_id, version=version, reason=reason, now=now)
    changes: dict[str, object] = {
        name: forms.text(request.form.get(name), title, limit=200, is_required=False)
        for name, title in _TITLES.items()
        if name != "is_keeper"
    }
    changes["is_keeper"] = request.form.get("is_keeper") == "true"
    return lambda session: offices.amend(
        session, actor, office_id, changes, version=version, reason=reason, now=now
    )


def _office_page(office_id: int, tried: str | None, refusal: Refusal | None) -> str:
    actor = context.actor()
    with context.database().read() as session:
        view = offices.get(session, actor, office_id)
        history = offices.history(session, actor, office_id)
    registered = {name: getattr(view, name) or "" for name in _TITLES}
    return render_template(
        "console/office.html",
        office=view,
        history=history,
        values=request.form if tried == "amend" else registered,
        is_keeper=request.form.get("is_keeper") == "true" if tried == "amend" else view.is_keeper,
        titles=_TITLES,
        verbs=_VERBS,
        places=vocabulary.places(),
        tried=tried,
        refusal=refusal,
        given=request.form,
    )
