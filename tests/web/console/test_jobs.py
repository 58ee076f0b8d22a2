"""The wizard: a preview that stores nothing, a confirmation, progress, the batch."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from werkzeug.test import TestResponse

from credit_registry.domain.permissions import Role
from credit_registry.jobs import worker
from credit_registry.services import offices
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.storage.database import Database
from tests.factories import a_file, a_penalty_row, an_enterprise, an_office
from tests.web.conftest import Browser

FORM = "/console/imports/new"
NUMBER = "11010119800307867X"


@pytest.fixture
def enterprise(sqlite_database: Database) -> EnterpriseView:
    return an_enterprise(sqlite_database, "示例青松机械有限公司")


@pytest.fixture
def clerk(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.CLERK)


def _preview(clerk: Browser, data: bytes, **fields: str) -> TestResponse:
    given = {"kind": "penalties", "file": (io.BytesIO(data), "处罚.csv"), **fields}
    return clerk.post("/console/imports/preview", given, on=FORM, content_type="multipart/form-data")


def _a_file(enterprise: EnterpriseView) -> bytes:
    rows = [
        a_penalty_row(
            enterprise, "京海应急罚〔2026〕1号", legal_representative="张三", legal_representative_id=NUMBER
        ),
        a_penalty_row(enterprise, "京海应急罚〔2026〕3号", dated_on="2026-02-30"),
    ]
    return a_file("penalties", rows)


def _uploads(folder: Path) -> list[Path]:
    return [file for file in (folder / "uploads").rglob("*") if file.is_file()]


def _job(page: TestResponse) -> str:
    found = re.search(r"/console/imports/jobs/[0-9]+", page.text)
    assert found
    return found.group()


def test_a_preview_shows_rows_counts_and_problems_and_registers_nothing(
    clerk: Browser, enterprise: EnterpriseView
) -> None:
    page = _preview(clerk, _a_file(enterprise))

    assert page.status_code == 200
    assert "京海应急罚〔2026〕1号" in page.text
    assert "R-DATE-FORMAT" in page.text
    assert NUMBER not in page.text
    assert "元" in page.text.partition("前 1 行的读取结果")[2].partition("</table>")[0]
    assert "还没有导入过文件" in clerk.get("/console/imports").text


def test_a_confirmed_file_goes_through_the_worker_to_its_batch(
    clerk: Browser, enterprise: EnterpriseView, sqlite_database: Database, tmp_path: Path
) -> None:
    job = _job(_preview(clerk, _a_file(enterprise)))
    unconfirmed = worker.run_next(sqlite_database, tmp_path / "uploads")
    assert clerk.post(f"{job}/confirm", on=job).location == job
    waiting = clerk.get(job)
    part = clerk.get(job, headers={"HX-Request": "true"})
    worker.run_next(sqlite_database, tmp_path / "uploads")
    done = clerk.get(job)
    told = clerk.get(job, headers={"HX-Request": "true"})
    sent_on = clerk.get(f"{job}?end=1", headers={"HX-Request": "true"})

    assert not unconfirmed
    assert "正在排队" in waiting.text
    assert 'hx-trigger="every 1s"' in part.text
    assert "<html" not in part.text
    assert done.status_code == 303
    # The page that is told of the end asks no more every second: each answer would stop the way to a slow batch.
    assert "HX-Redirect" not in told.headers and "every" not in told.text
    assert 'hx-trigger="load"' in told.text and f"{job}?end=1" in told.text
    assert sent_on.headers["HX-Redirect"] == done.location
    assert "读到" in clerk.get(done.location).text
    assert "京海应急罚〔2026〕1号" in clerk.get(f"/console/enterprises/{enterprise.uscc}").text
    assert _uploads(tmp_path) == []


def test_a_file_that_was_looked_at_can_be_dropped(
    clerk: Browser, enterprise: EnterpriseView, tmp_path: Path
) -> None:
    job = _job(_preview(clerk, _a_file(enterprise)))
    assert "还没有确认" in clerk.get(job).text
    dropped = clerk.post(f"{job}/drop", on=job)

    assert dropped.location == FORM
    assert clerk.get(job).status_code == 404
    assert _uploads(tmp_path) == []


def test_what_cannot_be_read_is_told_on_the_form_and_not_kept(clerk: Browser, tmp_path: Path) -> None:
    refused = _preview(clerk, b"PK\x03\x04 broken")

    assert (refused.status_code, "没有导入" in refused.text) == (422, True)
    assert "请选择“信息类别”" in _preview(clerk, b"x", kind="").text
    assert _uploads(tmp_path) == []


def test_a_refusal_of_the_worker_is_told(
    clerk: Browser, enterprise: EnterpriseView, sqlite_database: Database, tmp_path: Path
) -> None:
    job = _job(_preview(clerk, _a_file(enterprise)))
    clerk.post(f"{job}/confirm", on=job)
    for file in _uploads(tmp_path):
        file.unlink()
    worker.run_next(sqlite_database, tmp_path / "uploads")

    page = clerk.get(job)
    assert "请重新提交文件" in page.text
    assert "hx-trigger" not in page.text


def test_a_job_that_nobody_takes_says_whom_to_ask(
    clerk: Browser, enterprise: EnterpriseView, clock: time_machine.Traveller
) -> None:
    job = _job(_preview(clerk, _a_file(enterprise)))
    clerk.post(f"{job}/confirm", on=job)
    soon = clerk.get(job).text
    clock.shift(timedelta(minutes=2))

    assert "排队时间较长" not in soon
    assert "排队时间较长" in clerk.get(job).text


def test_another_office_neither_sees_nor_confirms(
    signed_in: Callable[..., Browser], enterprise: EnterpriseView, sqlite_database: Database
) -> None:
    def an_ordinary(name: str) -> offices.OfficeView:
        return an_office(sqlite_database, name, domain=None)

    job = _job(_preview(signed_in(Role.CLERK, office=an_ordinary("甲局")), _a_file(enterprise)))
    stranger = signed_in(Role.CLERK, office=an_ordinary("乙局"))

    assert stranger.get(job).status_code == 403
    assert stranger.post(f"{job}/confirm", on=FORM).status_code == 403


def test_the_jobs_are_listed_with_their_state_and_a_waiting_one_can_be_cancelled(
    clerk: Browser, enterprise: EnterpriseView, sqlite_database: Database, tmp_path: Path
) -> None:
    empty = clerk.get("/console/imports/jobs").text
    done, waiting = (_job(_preview(clerk, _a_file(enterprise) + b"\n" * n)) for n in (0, 1))
    for job in (done, waiting):
        clerk.post(f"{job}/confirm", on=job)
    before = clerk.get("/console/imports/jobs").text
    worker.run_next(sqlite_database, tmp_path / "uploads")

    page = clerk.get("/console/imports/jobs").text
    cancelled = clerk.post(f"{waiting}/cancel", on="/console/imports/jobs")
    after = clerk.get("/console/imports/jobs").text

    assert "没有后台任务" in empty
    assert before.count("排队中") == 2 and "hx-trigger" in before
    assert page.count("排队中") == 1 and "批次 1" in page
    assert cancelled.status_code == 303
    assert "任务已取消" in after and "hx-trigger" not in after
    assert _uploads(tmp_path) == []
    rows = clerk.get("/console/imports/jobs", headers={"HX-Request": "true"}).text
    assert "任务列表" in rows and "<html" not in rows
    assert clerk.post(f"{done}/cancel", on="/console/imports/jobs").status_code == 409
