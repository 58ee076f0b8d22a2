"""The version that a change was made against: told as an `ETag`, demanded as `If-Match`."""

import re
from collections.abc import Mapping

from flask import Response
from marshmallow import Schema

from credit_registry.api import fields as strict
from credit_registry.domain.errors import InvalidInput

# How an operation declares that its answer carries one.
TAG = {"ETag": {"schema": {"type": "string"}}}
_TAG = re.compile(r'"([1-9][0-9]{0,8})"')


class VersionHeader(Schema):
    """Of every act on something that others may change meanwhile."""

    if_match = strict.Text(
        longest=200,
        data_key="If-Match",
        metadata={"description": "必须：读取时所得的 ETag；没有回答 428，已被他人更新回答 412"},
    )


def demanded(headers: Mapping[str, str]) -> int:
    """The version that the caller saw.

    Raises:
        InvalidInput: ``A-IF-MATCH-MISSING``, or ``A-IF-MATCH`` for anything but one tag of ours.
    """
    given = headers.get("if_match", "").strip()
    if not given:
        raise InvalidInput(
            "请求没有带 If-Match。请先读取，再以所得 ETag 作为 If-Match 提交，以免覆盖他人的办理。",
            code="A-IF-MATCH-MISSING",
        )
    found = _TAG.fullmatch(given)
    if found is None:
        raise InvalidInput(
            'If-Match 应为读取时所得的 ETag，如 "3"。不接受 *、弱标签或多个标签。', code="A-IF-MATCH"
        )
    return int(found.group(1))


def marked(response: Response, version: int) -> Response:
    """The answer with the version that a next change must name."""
    response.set_etag(str(version))
    return response
