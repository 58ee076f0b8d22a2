"""The enterprise's blueprint and its side bar; the pages are in the files beside this one."""

from flask import Blueprint

from credit_registry.web.side_bar import Entry

blueprint = Blueprint("portal", __name__, url_prefix="/my")

_ENTRIES = tuple(
    Entry(title, endpoint, rooms=rooms, door="portal")
    for title, endpoint, rooms in (
        ("我的信用", "overview", ()),
        ("等级和依据", "grade", ()),
        ("我的案件", "cases", ("case", "paper", "take_step", "object_to_case")),
        ("我的记录", "records", ("record", "object_to_record", "apply_repair")),
        ("我的申请", "filings", ("filing",)),
        ("修改密码", "password", ("change_password",)),
    )
)


def entries() -> tuple[Entry, ...]:
    return _ENTRIES


blueprint.add_app_template_global(entries, "portal_entries")
