"""The register by hand: a new enterprise, changed facts, a new name, a new code."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.services import enterprises, vocabulary
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.web import access, context, forms, words
from credit_registry.web.console.console import blueprint
from credit_registry.web.errors import refused

_FLAGS = {"true": True, "false": False}
_TEXTS = {
    "enterprise_type": 100,
    "registered_capital": 100,
    "address": 500,
    "scope": 20000,
    "region_code": 6,
    "industry_code": 10,
}


@blueprint.get("/enterprises/new")
@access.needs(Permission.RECORDS_ENTER)
def register_enterprise() -> str:
    return _page(None, None)


@blueprint.post("/enterprises/new")
@access.needs(Permission.RECORDS_ENTER)
def save_enterprise() -> Response:
    """Enter one enterprise that no file has brought."""
    actor, now = context.actor(), context.now()
    try:
        values = {
            "name": forms.text(request.form.get("name"), "名称", limit=200),
            "uscc": forms.text(request.form.get("uscc"), "统一社会信用代码", limit=18),
            **_facts(),
        }
        made = context.write(lambda session: enterprises.register(session, actor, values, now=now))
    except Refusal as refusal:
        return refused(_page(None, refusal), refusal)
    flash("企业已登记。", "success")
    return redirect(url_for("console.enterprise", uscc=made.uscc), 303)


@blueprint.get("/enterprises/<uscc>/amend")
@access.needs(Permission.RECORDS_CORRECT)
def amend_enterprise(uscc: str) -> str:
    return _page(uscc, None)


@blueprint.post("/enterprises/<uscc>/amend/<any(facts, name, code):what>")
@access.needs(Permission.RECORDS_CORRECT)
def save_amendment(uscc: str, what: str) -> Response:
    """Change facts, name or code; what was known before stays as a version and goes on finding it."""
    actor, now = context.actor(), context.now()
    try:
        version = forms.version(request.form.get("version"))
        reason = forms.text(request.form.get("reason"), "理由", limit=2000)
        given: dict[str, Any] = {"version": version, "reason": reason, "now": now}
        if what == "facts":
            changes = _facts()
            view = context.write(lambda session: enterprises.amend(session, actor, uscc, changes, **given))
        else:
            changed_on = forms.required_day(request.form.get("changed_on"), "变更日期")
            new = forms.text(request.form.get("new"), "新名称" if what == "name" else "新代码", limit=200)
            perform = enterprises.rename if what == "name" else enterprises.change_code
            view = context.write(
                lambda session: perform(session, actor, uscc, new, changed_on=changed_on, **given)
            )
    except Refusal as refusal:
        return refused(_page(uscc, refusal), refusal)
    flash("企业信息已变更，原信息保留可查。", "success")
    return redirect(url_for("console.enterprise", uscc=view.uscc or uscc), 303)


def _facts() -> dict[str, object]:
    """The attributes on the form, typed; an empty field is unknown, never guessed."""
    form = request.form
    facts: dict[str, object] = {
        name: forms.text(form.get(name), words.ATTRIBUTES[name], limit=limit, is_required=False) or None
        for name, limit in _TEXTS.items()
    }
    facts["registered_on"] = forms.day(form.get("registered_on"), words.ATTRIBUTES["registered_on"])
    facts["status"] = forms.required_choice(
        form.get("status"), words.ATTRIBUTES["status"], tuple(words.ENTERPRISE_STATUSES)
    )
    facts["size"] = forms.choice(form.get("size"), words.ATTRIBUTES["size"], tuple(words.SIZES))
    facts["subdistrict_code"] = forms.choice(
        form.get("subdistrict_code"), words.ATTRIBUTES["subdistrict_code"], tuple(vocabulary.places())
    )
    for name in ("is_high_risk", "is_fire_key_unit"):
        chosen = forms.choice(form.get(name), words.ATTRIBUTES[name], tuple(_FLAGS))
        facts[name] = _FLAGS[chosen] if chosen else None
    return facts


def _page(uscc: str | None, refusal: Refusal | None) -> str:
    actor = context.actor()
    enterprise = context.read(lambda session: enterprises.get(session, actor, uscc)) if uscc else None
    return render_template(
        "console/enterprise_form.html",
        enterprise=enterprise,
        given=request.form if refusal else _shown(enterprise),
        places=vocabulary.places(),
        refusal=refusal,
    )


def _shown(enterprise: EnterpriseView | None) -> dict[str, str]:
    """The present facts as the form's fields hold them."""
    if enterprise is None:
        return {"status": "active", "region_code": "110108"}
    shown = {}
    for name in (
        *_TEXTS,
        "registered_on",
        "status",
        "size",
        "subdistrict_code",
        "is_high_risk",
        "is_fire_key_unit",
    ):
        value = getattr(enterprise, name)
        if value is not None:
            shown[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return shown
