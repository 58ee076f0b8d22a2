"""The enterprise's blueprint and its side bar; the pages are in the files beside this one."""

from flask import Blueprint, url_for

blueprint = Blueprint("portal", __name__, url_prefix="/my")

# Title, endpoint, further endpoints that it stands for.
_ENTRIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("我的信用", "overview", ()),
    ("等级和依据", "grade", ()),
    ("我的案件", "cases", ("case", "paper", "take_step", "object_to_case")),
    ("我的记录", "records", ("record", "object_to_record", "apply_repair")),
    ("我的申请", "filings", ("filing",)),
    ("修改密码", "password", ("change_password",)),
)


def entries() -> list[tuple[str, str, frozenset[str]]]:
    """(title, address, endpoints) of each line of the side bar."""
    return [
        (title, url_for(f"portal.{name}"), frozenset(f"portal.{each}" for each in (name, *rooms)))
        for title, name, rooms in _ENTRIES
    ]


blueprint.add_app_template_global(entries, "portal_entries")
