"""The yearly act at the console: a large one is left to the worker, and its page tells how far it is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.jobs import worker
from credit_registry.services import yearly_drafts
from credit_registry.storage.database import Database
from tests.factories import an_enterprise
from tests.web.conftest import Browser

PAGE = "/console/announcements"
HTMX = {"HX-Request": "true"}


def test_a_large_act_is_followed_until_it_is_there(
    signed_in: Callable[..., Browser],
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(yearly_drafts, "AT_ONCE", 0)
    an_enterprise(sqlite_database)
    officer = signed_in(Role.OFFICER)

    begun = officer.post(PAGE, {"year": "2026"}, on=PAGE)
    assert (begun.status_code, begun.location) == (303, PAGE)
    waiting = officer.get(PAGE).text
    assert "等待锁定 2026 年度的等级" in waiting.replace("</strong>", "") and "拟定年度等级" not in waiting
    part = officer.get(PAGE, headers=HTMX).text
    assert "等待锁定" in part and "<html" not in part

    worker.run_next(sqlite_database, tmp_path)

    over = officer.get(PAGE, headers=HTMX)
    assert over.headers["HX-Redirect"] == f"{PAGE}/1"
    assert "等待锁定" not in officer.get(PAGE).text
    assert "拟公布" in officer.get(f"{PAGE}/1").text


def test_a_failed_one_says_why_until_another_is_made(
    signed_in: Callable[..., Browser],
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(yearly_drafts, "AT_ONCE", 0)
    an_enterprise(sqlite_database)
    officer, administrator = signed_in(Role.OFFICER), signed_in(Role.ADMINISTRATOR)
    officer.post(PAGE, {"year": "2026"}, on=PAGE)
    account = f"/console/accounts/{officer.login}"
    administrator.post(f"{account}/disable", {"reason": "离岗"}, on=account)

    worker.run_next(sqlite_database, tmp_path)

    other = signed_in(Role.OFFICER)
    assert "没有锁定 2026 年度的等级" in other.get(PAGE).text
    monkeypatch.setattr(yearly_drafts, "AT_ONCE", 10)
    other.post(PAGE, {"year": "2026"}, on=PAGE)
    assert "没有锁定" not in other.get(PAGE).text
