"""Refusals and HTTP errors as problem details (RFC 9457): one table, one shape."""

import json
from collections.abc import Mapping

from flask import Response
from werkzeug.exceptions import HTTPException

from credit_registry.domain import errors
from credit_registry.domain.errors import Refusal

STATUS: dict[type[Refusal], int] = {
    errors.Refusal: 400,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.NotSignedIn: 401,
    errors.InvalidInput: 422,
    errors.IllegalTransition: 409,
    errors.StaleVersion: 412,
    errors.Duplicate: 409,
    errors.TooMuch: 413,
    errors.Unavailable: 503,
}

# Faults of the request's form that HTTP knows a more exact number for than "its content cannot be used".
STATUS_OF_CODE: dict[str, int] = {
    "A-JSON": 400,
    "A-EMPTY": 400,
    "A-PARAM": 400,
    "A-KEY-IN-QUERY": 400,
    "A-MEDIA-TYPE": 415,
    "A-IF-MATCH": 400,
    "A-IF-MATCH-MISSING": 428,
    "A-RATE": 429,
    "address-locked": 429,
}

# What the framework itself raises: code and sentence by HTTP status.
HTTP_ERRORS: dict[int, tuple[str, str]] = {
    400: ("A-REQUEST", "请求格式有误，无法读取。请检查请求行、首部和正文。"),
    404: ("A-NOT-FOUND", "没有这个接口地址。接口目录见 /api/v1/openapi.json。"),
    405: ("A-METHOD", "该地址不支持这个请求方法。可用的方法见响应首部 Allow。"),
    413: ("A-TOO-LARGE", "请求正文过大。请分批发送。"),
    415: ("A-MEDIA-TYPE", "正文类型不对。请用 Content-Type: application/json（UTF-8）。"),
    429: ("A-RATE", "请求过于频繁。请按响应首部 Retry-After 所示的秒数等待后再试。"),
}
DEFECT = ("defect", "系统内部错误，已记录。请把请求编号告知系统管理员。")


def status_of(refusal: Refusal) -> int:
    """The HTTP number of a refusal: of its code where the code has one of its own, else of its class."""
    return STATUS_OF_CODE.get(refusal.code) or STATUS[type(refusal)]


def explain(error: Refusal | HTTPException | None, request_id: str) -> Response:
    """The answer to an error below ``/api/``; ``None`` is a defect, of which nothing is told but its number."""
    if error is None:
        return _problem(*DEFECT, 500, {}, request_id)
    if isinstance(error, Refusal):
        response = _problem(error.code, error.message, status_of(error), error.facts, request_id)
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = 'Bearer realm="credit-registry"'
        if response.status_code == 503:
            response.headers["Retry-After"] = "5"
        if "retry_after_seconds" in error.facts:
            response.headers["Retry-After"] = str(error.facts["retry_after_seconds"])
        return response
    return _http_problem(error, request_id)


def _http_problem(error: HTTPException, request_id: str) -> Response:
    status = error.code or 500
    code, title = HTTP_ERRORS.get(status, DEFECT if status >= 500 else (f"http-{status}", "请求无法完成。"))
    response = _problem(code, title, status, {}, request_id)
    # Allow, Retry-After and WWW-Authenticate belong to the answer; its content type and length do not.
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _problem(code: str, title: str, status: int, facts: Mapping[str, object], request_id: str) -> Response:
    document = {
        "type": f"urn:credit-registry:problem:{code}",
        "code": code,
        "title": title,
        "status": status,
        "facts": facts,
        "request_id": request_id,
    }
    # "replace": a sentence may quote what was sent, which may hold a lone surrogate.
    body = json.dumps(document, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return Response(body, status, content_type="application/problem+json")
