"""Files from other offices: upload, what came of each row, templates."""

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit_registry.domain import person_roles
from credit_registry.domain.errors import InvalidInput, NotFound, Refusal
from credit_registry.domain.permissions import Permission
from credit_registry.exports.problems import problems_workbook
from credit_registry.exports.tables import Column, Table
from credit_registry.exports.xlsx import xlsx_bytes
from credit_registry.services import accounts, batches, enterprises, imports, resolutions, withdrawals
from credit_registry.services.batches import ImportRowView
from credit_registry.services.imports import ImportResult
from credit_registry.services.problems import told_apart
from credit_registry.storage.database import Session
from credit_registry.web import access, context, forms, proof, words
from credit_registry.web.console.console import blueprint
from credit_registry.web.downloads import as_download
from credit_registry.web.errors import refused

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 50
ENCODINGS = ("", "utf-8", "gb18030")
_PROBLEM_COLUMNS = (
    Column("sheet", "工作表"),
    Column("row", "行号", 8),
    Column("column", "栏目", 20),
    Column("value", "原值", 30),
    Column("message", "问题", 40),
    Column("hint", "怎么改", 40),
    Column("disposition", "处理", 18),
    Column("code", "代码", 20),
)


@blueprint.get("/imports/new")
@access.needs(Permission.RECORDS_IMPORT)
def import_form() -> str:
    return form_page(None, request.args.get("kind", ""))


@blueprint.post("/imports/new")
@access.needs(Permission.RECORDS_IMPORT)
def take_import() -> Response:
    """Take a file in, or try it without storing anything."""
    actor, now = context.actor(), context.now()
    kind = request.form.get("kind", "")
    try:
        forms.required_choice(kind, "信息类别", imports.kinds())
        encoding = forms.choice(request.form.get("encoding"), "文件编码", ENCODINGS)
        filename, data = forms.upload(request.files.get("file"), "文件")
        sheet = forms.text(request.form.get("sheet"), "工作表", limit=100, is_required=False)
        is_trial = request.form.get("act") == "try"
        result = context.write(
            lambda session: imports.take(
                session,
                actor,
                kind,
                data,
                filename,
                sheet=sheet or None,
                encoding=encoding or None,
                dry_run=is_trial,
                is_confirmed=request.form.get("is_confirmed") == "true",
                now=now,
            )
        )
    except Refusal as refusal:
        return refused(form_page(refusal, kind), refusal)
    if result.batch is None:
        return make_response(_result_page(result, kind))
    flash(_told(result), "warning" if result.has_problem_rows else "success")
    return redirect(url_for("console.batch", batch_id=result.batch), 303)


@blueprint.get("/imports", endpoint="batches")
@access.needs(Permission.REGISTER_READ)
def page() -> str:
    actor = context.actor()
    kind = forms.choice(request.args.get("kind"), "信息类别", imports.kinds())
    after = forms.cursor(request.args.get("after"))
    with context.database().read() as session:
        found = batches.page(session, actor, kind=kind, after=after, limit=_SHOWN)
        names = accounts.names(session, actor)
    return render_template(
        "console/batches.html",
        names=names,
        page=found,
        kind=kind,
        kinds=_kinds(),
        first=url_for("console.batches", kind=kind) if after else None,
        following=url_for("console.batches", kind=kind, after=found.after),
    )


@blueprint.get("/imports/<int:batch_id>")
@access.needs(Permission.REGISTER_READ)
def batch(batch_id: int) -> str:
    """One batch: its counts, its problems, the rows that wait or were refused."""
    actor, after = context.actor(), forms.cursor(request.args.get("after"))
    state = forms.choice(request.args.get("state"), "状态", ("held", "refused", "resolved", "dropped"))
    show = forms.choice(request.args.get("show"), "问题", ("needed", "noted"))
    with context.database().read() as session:
        view = batches.get(session, actor, batch_id)
        page = batches.rows(session, actor, batch_id, state, after=after, limit=_SHOWN)
        alike = batches.waiting_by_problem(session, actor, batch_id)
        names = accounts.names(session, actor)
    return render_template(
        "console/batch.html",
        alike=alike,
        person_roles=tuple(person_roles.roles().values()),
        names=names,
        batch=view,
        may_import=actor.may(Permission.RECORDS_IMPORT),
        problems=told_apart(view.problems),
        show=show or "needed",
        rows=page,
        state=state,
        first=url_for("console.batch", batch_id=batch_id, state=state) if after else None,
        following=url_for("console.batch", batch_id=batch_id, state=state, after=page.after),
    )


@blueprint.get("/imports/<int:batch_id>/problems.xlsx")
@access.needs(Permission.REGISTER_READ)
def batch_problems(batch_id: int) -> FlaskResponse:
    """The problems as a workbook for the sender: one line per problem, places as the sender's file has them."""
    actor = context.actor()
    view = context.read(lambda session: batches.get(session, actor, batch_id))
    table = Table(
        name="problems",
        title="导入问题清单",
        columns=_PROBLEM_COLUMNS,
        rows=[
            {**problem, "disposition": words.DISPOSITIONS.get(str(problem["disposition"]), ("",))[0]}
            for problem in view.problems
        ],
        as_of=context.today(),
        version=view.batch,
        notes=(f"文件：{view.filename}", "证件号码已遮盖。请按“怎么改”一栏更正后重新报送。"),
    )
    return as_download(xlsx_bytes(table), f"批次{batch_id}-问题清单.xlsx", _XLSX)


@blueprint.get("/imports/<int:batch_id>/rows.xlsx")
@access.needs(Permission.REGISTER_READ)
def batch_rows(batch_id: int) -> FlaskResponse:
    """The rows that did not come in as they were sent, with the reasons: corrected, the file is sent back as it is."""
    actor = context.actor()
    rows, titles = context.read(lambda session: batches.problem_rows(session, actor, batch_id))
    return as_download(problems_workbook(rows, titles=titles), f"批次{batch_id}-问题行.xlsx", _XLSX)


@blueprint.post("/imports/rows/<int:row_id>/resolve")
@access.needs(Permission.RECORDS_IMPORT)
def resolve_row(row_id: int) -> Response:
    """Let a held row go on: with the enterprise a person chose, with corrected cells, or as a correction."""
    actor, now = context.actor(), context.now()
    code = forms.text(request.form.get("uscc"), "企业", limit=18, is_required=False)
    cells = {
        name.removeprefix("cell."): forms.text(
            value, name.removeprefix("cell."), limit=20000, is_required=False
        )
        for name, value in request.form.items()
        if name.startswith("cell.")
    }
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)

    def resolve(session: Session) -> ImportRowView:
        chosen = enterprises.get(session, actor, code).enterprise_id if code else None
        decision = resolutions.Decision(
            enterprise_id=chosen,
            cells=cells or None,
            is_correction=request.form.get("is_correction") == "true",
            role=request.form.get("role") or None,
        )
        return resolutions.resolve(session, actor, row_id, decision, reason=reason, now=now)

    row = context.write(resolve)
    flash(f"第 {row.row} 行已登记。", "success")
    return redirect(url_for("console.batch", batch_id=row.batch, _anchor="rows-title"), 303)


@blueprint.post("/imports/rows/<int:row_id>/drop")
@access.needs(Permission.RECORDS_IMPORT)
def drop_row(row_id: int) -> Response:
    """Decide that a held row becomes nothing."""
    actor, now = context.actor(), context.now()
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    (row,) = context.write(lambda session: resolutions.drop(session, actor, [row_id], reason=reason, now=now))
    flash(f"第 {row.row} 行已放弃。", "success")
    return redirect(url_for("console.batch", batch_id=row.batch, _anchor="rows-title"), 303)


@blueprint.post("/imports/<int:batch_id>/rows/drop")
@access.needs(Permission.RECORDS_IMPORT)
def drop_rows(batch_id: int) -> Response:
    """Decide that all rows that wait with one problem become nothing."""
    actor, now = context.actor(), context.now()
    code = forms.text(request.form.get("code"), "问题", limit=64)
    reason = forms.text(request.form.get("reason"), "理由", limit=2000)
    keep_proposed = request.form.get("keep_proposed") == "true"
    dropped = context.write(
        lambda session: resolutions.drop_all(
            session, actor, batch_id, code=code, keep_proposed=keep_proposed, reason=reason, now=now
        )
    )
    flash(f"已放弃 {dropped} 行。", "success")
    return redirect(url_for("console.batch", batch_id=batch_id, _anchor="rows-title"), 303)


@blueprint.post("/imports/<int:batch_id>/withdrawal/<any(ask, confirm, decline):act>")
@access.needs(Permission.RECORDS_IMPORT)
@proof.proved(("confirm",))
def withdraw_batch(batch_id: int, act: str) -> Response:
    """One officer asks that a batch be withdrawn, another confirms."""
    actor, now = context.actor(), context.now()
    if act == "confirm":
        done = context.write(lambda session: withdrawals.confirm(session, actor, batch_id, now=now))
        left = f"；{len(done.left)} 条此后另有改动，请逐条核对" if done.left else ""
        flash(f"批次已撤回：撤回 {done.withdrawn} 条，恢复原版本 {done.set_back} 条{left}。", "success")
    else:
        reason = forms.text(request.form.get("reason"), "理由", limit=2000)
        perform = withdrawals.ask if act == "ask" else withdrawals.decline
        context.write(lambda session: perform(session, actor, batch_id, reason=reason, now=now))
        flash("已申请撤回，等待另一人确认。" if act == "ask" else "已决定不予撤回。", "success")
    return redirect(url_for("console.batch", batch_id=batch_id), 303)


@blueprint.get("/imports/templates/<kind>.xlsx")
@access.signed_in
def template(kind: str) -> FlaskResponse:
    """The workbook to fill in, with an example line and a sheet that explains the columns."""
    if kind not in imports.kinds():
        raise NotFound("没有这种模板，请从导入页面下载。", code="unknown-template")
    return as_download(imports.template(kind), f"{kind}-template.xlsx", _XLSX)


def _kinds() -> list[str]:
    """The kinds in the order in which an office thinks of them: who, what happened, what came of it."""
    order = list(words.FILES)
    return sorted(imports.kinds(), key=lambda kind: order.index(kind) if kind in order else len(order))


def form_page(refusal: Refusal | None, kind: str) -> str:
    """The form, with what was wrong with the last try; the wizard shows it too."""
    listed = refusal.facts.get("problems", []) if refusal else []
    return render_template(
        "console/import_form.html",
        kinds=_kinds(),
        kind=kind,
        refusal=refusal,
        problems=told_apart(listed if isinstance(listed, list) else []),
        may_confirm=isinstance(refusal, InvalidInput) and refusal.code == "confirmation-needed",
        limit_mb=context.settings().upload_limit_mb,
    )


def _result_page(result: ImportResult, kind: str) -> str:
    return render_template(
        "console/trial.html", result=result, kind=kind, problems=told_apart(result.problems)
    )


def _told(result: ImportResult) -> str:
    if result.replayed:
        return "这个文件以前已经导入过，没有重复登记；下面是当时的结果。"
    waiting = f"，待处理 {result.held} 行" if result.held else ""
    refused = f"，未接收 {result.refused} 行" if result.refused else ""
    return f"共 {result.rows} 行：登记 {result.accepted} 行，重复 {result.duplicate} 行{waiting}{refused}。"
