"""`/sessions`: an officer signs in, for the acts that only persons with a name may do."""

from typing import Any

from flask import Response, request

from credit_registry.api import context
from credit_registry.api.auth import person, public
from credit_registry.api.case_schemas import SessionBody, SessionDocument
from credit_registry.api.resources import Resource, answered
from credit_registry.api.schemas import NoQuery
from credit_registry.services import sessions

blueprint = Resource("sessions", __name__, url_prefix="/api/v1/sessions", description="具名登录")


@blueprint.route("", methods=["POST"])
@public
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(SessionBody)
@blueprint.response(201, SessionDocument)
def open_session(_query: dict[str, Any], body: dict[str, Any]) -> Response:
    """以本人账号登录，得到令牌

    名单案件须由具名工作人员办理，接口密钥不能代替。令牌与网页登录同样受限：闲置或到时失效，停用账号、
    修改密码即失效；放在 `Authorization: Bearer` 之后使用，用毕以 `DELETE` 退出。
    """
    now, address = context.now(), request.remote_addr or "unknown"
    attempt = context.read(
        lambda session: sessions.weigh(
            session, body["login"], body["password"], address=address, now=now, code=body.get("code", "")
        )
    )
    result = context.write(lambda session: sessions.sign_in(session, attempt, now=now))
    if result.refusal is not None:
        raise result.refusal
    actor = result.actor
    assert actor is not None, "who is signed in is somebody"
    return answered(
        {
            "token": result.token,
            "name": actor.name,
            "office": actor.office_name,
            "roles": [role.value for role in actor.roles],
            "permissions": sorted(permission.value for permission in actor.permissions),
        },
        201,
    )


@blueprint.route("", methods=["DELETE"])
@person
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(204)
def close_session(_query: dict[str, Any]) -> Response:
    """退出：令牌立即失效"""
    actor, now = context.actor(), context.now()
    context.write(lambda session: sessions.sign_out(session, actor, context.token(), now=now))
    return Response(status=204)
