"""Refusals and HTTP errors as pages: the sentence, the remedy, a number to quote.

The table from refusal to status is complete (a test walks the subclasses).
"""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from credit_registry.domain import errors
from credit_registry.domain.errors import Refusal
from credit_registry.web import context

STATUSES: dict[type[Refusal], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IllegalTransition: HTTPStatus.CONFLICT,
    errors.StaleVersion: HTTPStatus.CONFLICT,
    errors.Duplicate: HTTPStatus.CONFLICT,
    errors.TooMuch: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

TITLES: dict[int, str] = {
    400: "请求不完整",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    409: "当前不能办理",
    413: "文件过大",
    422: "填写有误",
    429: "操作过于频繁",
    500: "系统出错",
    503: "暂时不可用",
}

REMEDIES: dict[int, str] = {
    400: "请返回上一页，刷新后重新提交。",
    404: "请核对网址，或从首页重新进入。",
    405: "请从页面上的按钮或链接进入，不要直接修改网址。",
    413: "请将文件拆分后再上传。",
    500: "请稍后再试。如仍然出错，请把下面的编号告诉系统管理员。",
    503: "请稍后再试。",
}


@dataclass(frozen=True)
class Explanation:
    status: int
    title: str
    sentence: str
    code: str


def explain(error: Refusal | HTTPException | None, request_id: str) -> Response:
    """The page for ``error``; None is a defect of ours."""
    if isinstance(error, errors.NotSignedIn) and request.method == "GET":
        return _to_sign_in()
    if isinstance(error, Refusal) and error.code == "password-due":
        own = "portal.password" if context.representative() else "console.my_password"
        return make_response(redirect(url_for(own)))
    if isinstance(error, HTTPException) and error.response is not None:
        return make_response(error.response)  # a redirect of the routing
    told = _told(error)
    page = render_template("errors/page.html", told=told, request_id=request_id, **_way_back())
    response = make_response(page, told.status)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                response.headers[name] = value
    return response


_SHORT = 256 * 1024
# Where people write: the officers' console and the enterprises' own pages.
_OURS = ("/console/", "/my/")
# What people type at length; never passwords, names or numbers.
_WRITTEN = {"reason": "理由", "answer": "答复", "content": "内容", "title": "说明"}


def _way_back() -> dict[str, object]:
    """Where a refused form stood and what was written in it, so that nothing has to be written twice."""
    if request.method != "POST" or not request.path.startswith(_OURS):
        return {"back": None, "written": {}}
    # Of the address only the path: whatever stood before it, the link stays on this site.
    came_from = urlsplit(request.referrer or "")
    is_ours = came_from.path.startswith(_OURS)
    back = came_from.path + (f"?{came_from.query}" if came_from.query else "") if is_ours else None
    # What is too large was not read, and asking for it again would fail again.
    is_read = request.content_length is not None and request.content_length <= _SHORT
    form = request.form if is_read else {}
    written = {title: form[name] for name, title in _WRITTEN.items() if form.get(name, "").strip()}
    return {"back": back, "written": written}


def status_of(refusal: Refusal) -> HTTPStatus:
    return next(
        (STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES), HTTPStatus.BAD_REQUEST
    )


def refused(page: str, refusal: Refusal) -> Response:
    """The page with the form again, which says why it was refused."""
    return make_response(page, int(status_of(refusal)))


def _told(error: Refusal | HTTPException | None) -> Explanation:
    if isinstance(error, Refusal):
        status = int(status_of(error))
        return Explanation(status, TITLES[status], error.message, error.code)
    if isinstance(error, CSRFError):
        sentence = "页面已过期（可能打开太久，或在别的窗口重新登录过）。请返回上一页，刷新后重新提交。"
        return Explanation(400, TITLES[400], sentence, "form-expired")
    status = int(error.code or 500) if error else 500
    title = TITLES.get(status, "请求未能完成")
    return Explanation(status, title, REMEDIES.get(status, "请返回上一页重试。"), f"http-{status}")


def _to_sign_in() -> Response:
    here = request.full_path.rstrip("?")
    door = url_for("portal.form" if here.startswith("/my") else "sign_in.form")
    target = f"{door}?next={quote(here)}" if here.startswith(("/console", "/my")) else door
    if request.headers.get("HX-Request"):
        # htmx follows a redirect silently and would put the whole sign-in page into a table cell.
        response = make_response("", 200)
        response.headers["HX-Redirect"] = target
        return response
    return make_response(redirect(target))
