"""How requests are read: strictly. What is unknown, doubled or of another type is refused, never guessed."""

from collections.abc import Iterable
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from credit_registry.api.bodies import read_json, refuse_unstorable
from credit_registry.domain.errors import InvalidInput

KEY_NAMES = frozenset(
    {"key", "api_key", "apikey", "token", "access_token", "authorization", "bearer", "secret"}
)


class StrictParser(FlaskParser):
    """Reads query strings and JSON bodies and raises refusals instead of HTTP exceptions."""

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The parameters, each at most once."""
        values: dict[str, str] = {}
        for name, found in req.args.lists():
            if len(found) > 1:
                raise InvalidInput(
                    f"参数 {_shown(name)} 出现了多次。请只保留一个。",
                    code="A-PARAM",
                    facts={"parameter": name},
                )
            if name not in schema.fields:
                raise InvalidInput(
                    f"不认识的参数 {_shown(name)}。请对照接口说明。",
                    code="A-PARAM",
                    facts={"parameter": name, "known": sorted(schema.fields)},
                )
            refuse_unstorable(found[0])
            values[name] = found[0]
        return values

    def load_form(self, req: Request, schema: Schema) -> Any:
        """The fields of a multipart body beside its file, each at most once."""
        if req.mimetype != "multipart/form-data":
            raise InvalidInput(
                "正文类型不对。请用 Content-Type: multipart/form-data 发送文件。",
                code="A-MEDIA-TYPE",
                facts={"content_type": req.content_type},
            )
        return _single(req.form.lists(), "字段")

    def load_files(self, req: Request, schema: Schema) -> Any:
        """The files of a multipart body, each name at most once."""
        found = {}
        for name, files in req.files.lists():
            if name not in schema.fields:
                raise InvalidInput(
                    f"不认识的字段 {_shown(name)}。请对照接口说明。",
                    code="A-UNKNOWN-FIELD",
                    facts={"field": name, "known": sorted(schema.fields)},
                )
            if len(files) > 1:
                raise InvalidInput("一次只能提交一个文件。", code="A-SHAPE", facts={"field": name})
            found[name] = files[0]
        return found

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body, which must call itself JSON in UTF-8 and be it."""
        charset = req.mimetype_params.get("charset", "utf-8").lower()
        if req.mimetype != "application/json" or charset not in {"utf-8", "utf8"}:
            raise InvalidInput(
                "正文类型不对。请用 Content-Type: application/json（UTF-8）。",
                code="A-MEDIA-TYPE",
                facts={"content_type": req.content_type},
            )
        value = read_json(req.get_data(cache=False))
        if not isinstance(value, dict):
            raise InvalidInput("正文应为一个 JSON 对象。", code="A-SHAPE")
        return value

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_kwargs: Any) -> NoReturn:
        problems = [problem for found in _locations(error) for problem in _flat(found, "")]
        code = problems[0]["code"]
        sentence = "；".join(
            f"{problem['field']}：{problem['message'].rstrip('。')}" for problem in problems[:5]
        )
        raise InvalidInput(f"{sentence}。", code=code, facts={"problems": problems[:50]}) from error


def refuse_key_in_query(req: Request) -> None:
    """A key in an address ends up in logs and histories; refuse it, wherever it would have been accepted.

    Raises:
        InvalidInput: `A-KEY-IN-QUERY`; the value is not repeated.
    """
    for name, values in req.args.lists():
        if name.lower() in KEY_NAMES or any(value.startswith("hd_") for value in values):
            raise InvalidInput(
                "密钥不得写在地址里。请放在请求首部 Authorization: Bearer 之后，并更换已经泄露的密钥。",
                code="A-KEY-IN-QUERY",
                facts={"parameter": name},
            )


def _single(lists: Iterable[tuple[str, list[str]]], what: str) -> dict[str, str]:
    """Name -> value, for names that stand once and values that can be kept."""
    values: dict[str, str] = {}
    for name, found in lists:
        if len(found) > 1:
            raise InvalidInput(
                f"{what} {_shown(name)} 出现了多次。请只保留一个。", code="A-PARAM", facts={"parameter": name}
            )
        refuse_unstorable(found[0])
        values[name] = found[0]
    return values


def _locations(error: ValidationError) -> list[Any]:
    messages = error.messages
    return list(messages.values()) if isinstance(messages, dict) else [messages]


def _flat(messages: Any, path: str) -> list[dict[str, str]]:
    if isinstance(messages, dict):
        return [
            problem
            for name, found in messages.items()
            for problem in _flat(found, path if name == "_schema" else f"{path}.{name}".lstrip("."))
        ]
    if isinstance(messages, list):
        return [problem for found in messages for problem in _flat(found, path)]
    code, _, message = str(messages).partition(" ")
    return [{"field": path or "body", "code": code, "message": message}]


def _shown(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:40]}…"
