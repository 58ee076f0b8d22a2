"""Accounts, offices and keys: the administrator's pages. First passwords and keys are shown once, on the answer."""

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain.errors import Refusal
from credit_registry.domain.permissions import KEY_SCOPES, Permission, Role
from credit_registry.services import accounts, delegations, keys, offices, vocabulary
from credit_registry.web import access, context, forms
from credit_registry.web.console.console import blueprint
from credit_registry.web.errors import refused

_SHOWN = 50


@blueprint.get("/accounts", endpoint="accounts")
@access.needs(Permission.ACCOUNTS_MANAGE)
def page() -> str:
    return _accounts_page()


@blueprint.post("/accounts")
@access.needs(Permission.ACCOUNTS_MANAGE)
def create_account() -> Response:
    actor, now = context.actor(), context.now()
    try:
        made, password = context.write(
            lambda session: accounts.create(
                session,
                actor,
                request.form.get("login", ""),
                name=forms.text(request.form.get("name"), "姓名", limit=100),
                office_id=forms.number(request.form.get("office_id"), "部门") or 0,
                roles=request.form.getlist("roles"),
                subdistricts=request.form.getlist("subdistricts"),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_accounts_page(refusal), refusal)
    return make_response(_accounts_page(told=(f"已开通账号 {made.login}（{made.name}）。", password)))


@blueprint.get("/accounts/<login>")
@access.needs(Permission.ACCOUNTS_MANAGE)
def account(login: str) -> str:
    return _account_page(login)


@blueprint.post("/accounts/<login>/roles")
@access.needs(Permission.ACCOUNTS_MANAGE)
def set_account_roles(login: str) -> Response:
    actor, now = context.actor(), context.now()
    try:
        context.write(
            lambda session: accounts.set_roles(
                session,
                actor,
                login,
                roles=request.form.getlist("roles"),
                subdistricts=request.form.getlist("subdistricts"),
                version=forms.version(request.form.get("version")),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_account_page(login, refusal), refusal)
    flash("角色已调整，立即生效；该账号已退出登录。", "success")
    return redirect(url_for("console.account", login=login), 303)


@blueprint.post("/accounts/<login>/reset")
@access.needs(Permission.ACCOUNTS_MANAGE)
def reset_account(login: str) -> Response:
    actor, now = context.actor(), context.now()
    try:
        changed, password = context.write(lambda session: accounts.reset(session, actor, login, now=now))
    except Refusal as refusal:
        return refused(_account_page(login, refusal), refusal)
    return make_response(_account_page(login, told=(f"已重置账号 {changed.login} 的密码。", password)))


@blueprint.post("/accounts/<login>/<any(disable, enable):act>")
@access.needs(Permission.ACCOUNTS_MANAGE)
def switch_account(login: str, act: str) -> Response:
    """Close the account at once, or open it again."""
    actor, now = context.actor(), context.now()
    perform = accounts.disable if act == "disable" else accounts.enable
    try:
        reason = forms.text(request.form.get("reason"), "理由", limit=2000)
        context.write(lambda session: perform(session, actor, login, reason=reason, now=now))
    except Refusal as refusal:
        return refused(_account_page(login, refusal), refusal)
    flash("账号已停用，已登录的立即退出。" if act == "disable" else "账号已启用。", "success")
    return redirect(url_for("console.account", login=login), 303)


@blueprint.post("/accounts/<login>/identify")
@access.needs(Permission.ACCOUNTS_MANAGE)
def identify_account(login: str) -> Response:
    """Say which person is behind the account, once."""
    actor, now = context.actor(), context.now()
    try:
        person = forms.text(request.form.get("person"), "工号或证件号码", limit=32)
        context.write(lambda session: accounts.identify(session, actor, login, person=person, now=now))
    except Refusal as refusal:
        return refused(_account_page(login, refusal), refusal)
    flash("人员已登记。", "success")
    return redirect(url_for("console.account", login=login), 303)


@blueprint.post("/accounts/<login>/delegate")
@access.needs(Permission.ACCOUNTS_MANAGE)
def delegate_role(login: str) -> Response:
    """Lend a role of this account to a colleague."""
    actor, now = context.actor(), context.now()
    try:
        until = forms.required_day(request.form.get("until"), "截止日")
        context.write(
            lambda session: delegations.delegate(
                session,
                actor,
                login,
                request.form.get("borrower", ""),
                role=request.form.get("role", ""),
                until=until,
                reason=request.form.get("reason", ""),
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_account_page(login, refusal), refusal)
    flash("委托已登记。", "success")
    return redirect(url_for("console.account", login=login), 303)


@blueprint.post("/accounts/<login>/delegations/<int:delegation_id>/end")
@access.needs(Permission.ACCOUNTS_MANAGE)
def end_delegation(login: str, delegation_id: int) -> Response:
    actor, now = context.actor(), context.now()
    context.write(lambda session: delegations.end(session, actor, delegation_id, now=now))
    flash("委托已终止。", "success")
    return redirect(url_for("console.account", login=login), 303)


@blueprint.post("/offices")
@access.needs(Permission.ACCOUNTS_MANAGE)
def create_office() -> Response:
    actor, now = context.actor(), context.now()
    try:
        made = context.write(
            lambda session: offices.create(
                session,
                actor,
                forms.text(request.form.get("name"), "部门名称", limit=200),
                short_name=forms.text(request.form.get("short_name"), "简称", limit=50, is_required=False)
                or None,
                authority_code=forms.text(
                    request.form.get("authority_code"), "代码", limit=18, is_required=False
                )
                or None,
                domain=request.form.get("domain") or None,
                subdistrict_code=request.form.get("subdistrict_code") or None,
                is_keeper=request.form.get("is_keeper") == "true",
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_accounts_page(refusal), refusal)
    flash(f"已登记部门：{made.name}。", "success")
    return redirect(url_for("console.accounts"), 303)


@blueprint.get("/keys", endpoint="keys")
@access.needs(Permission.KEYS_MANAGE)
def keys_page() -> str:
    return _keys_page()


@blueprint.post("/keys")
@access.needs(Permission.KEYS_MANAGE)
def create_key() -> Response:
    actor, now = context.actor(), context.now()
    try:
        expires_on = forms.required_day(request.form.get("expires_on"), "到期日")
        made, secret = context.write(
            lambda session: keys.create_key(
                session,
                actor,
                title=forms.text(request.form.get("title"), "用途", limit=200),
                office_id=forms.number(request.form.get("office_id"), "部门") or 0,
                scopes=request.form.getlist("scopes"),
                expires_on=expires_on,
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(_keys_page(refusal), refusal)
    return make_response(_keys_page(told=(f"已新建密钥 {made.prefix}。", secret)))


@blueprint.post("/keys/<prefix>/revoke")
@access.needs(Permission.KEYS_MANAGE)
def revoke_key(prefix: str) -> Response:
    actor, now = context.actor(), context.now()
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    context.write(lambda session: keys.revoke_key(session, actor, prefix, reason=reason, now=now))
    flash(f"密钥 {prefix} 已撤销，立即失效。", "success")
    return redirect(url_for("console.keys"), 303)


def _accounts_page(refusal: Refusal | None = None, told: tuple[str, str] | None = None) -> str:
    actor, after = context.actor(), forms.cursor(request.args.get("after"))
    with context.database().read() as session:
        found = accounts.page(session, actor, after=after, limit=_SHOWN)
        known = offices.page(session, actor)
    return render_template(
        "console/accounts.html",
        page=found,
        offices=known.items,
        roles=tuple(Role),
        places=vocabulary.places(),
        refusal=refusal,
        told=told,
        given=request.form,
        now=context.now(),
        first=url_for("console.accounts") if after else None,
        following=url_for("console.accounts", after=found.after),
    )


def _account_page(login: str, refusal: Refusal | None = None, told: tuple[str, str] | None = None) -> str:
    actor = context.actor()
    with context.database().read() as session:
        view = accounts.get(session, actor, login)
        lent = delegations.page(session, actor, on=context.today()).items
    return render_template(
        "console/account.html",
        account=view,
        delegations=[one for one in lent if view.login in (one.lender, one.borrower)],
        roles=tuple(Role),
        places=vocabulary.places(),
        refusal=refusal,
        told=told,
        now=context.now(),
    )


def _keys_page(refusal: Refusal | None = None, told: tuple[str, str] | None = None) -> str:
    actor = context.actor()
    with context.database().read() as session:
        found = keys.page_keys(session, actor)
        known = offices.page(session, actor)
    return render_template(
        "console/keys.html",
        page=found,
        offices=known.items,
        scopes=sorted(KEY_SCOPES),
        refusal=refusal,
        told=told,
        given=request.form,
        latest=context.today() + timedelta(days=365),
    )
