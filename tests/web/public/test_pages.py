import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import time_machine
from flask.testing import FlaskClient

from credit_registry.clock import local_day
from credit_registry.domain.permissions import GRANTS, Actor, Permission, Role
from credit_registry.services import (
    accounts,
    batches,
    enterprises,
    imports,
    journal,
    listings,
    offices,
    person_penalties,
    publications,
    resolutions,
    rulesets,
)
from credit_registry.storage.database import Database, Session
from tests.factories import a_person_file, a_person_row, an_import
from tests.web.public.conftest import NOW, app_over

PAGES = ("/", "/lists/black", "/lists/red", "/search?text=示例", "/rules", "/downloads", "/help")
DOWNLOADS = tuple(
    f"/downloads/{kind}.{form}" for kind in ("black", "red") for form in ("csv", "xlsx", "json")
)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def entries(database: Database, kind: str = "black") -> tuple[publications.PublicEntry, ...]:
    with database.read() as session:
        return publications.rows(session, kind, on=local_day(NOW))


def a_decider(database: Database) -> Actor:
    """A second decider of the bureau, who has acted in no case yet."""
    with database.read() as session:
        office = offices.find(session, "区应急局")
    assert office is not None
    return Actor(
        label="account:decider", name="审批人", permissions=GRANTS[Role.DECIDER] | {Permission.REGISTER_READ},
        account_id=_account_id(database, "decider"), office_id=office.id, is_keeper=True,
    )  # fmt: skip


def _account_id(database: Database, login: str) -> int:
    with database.read() as session:
        found = accounts.page(session, _administrator())
    return next(account.id for account in found.items if account.login == login)


def _administrator() -> Actor:
    return Actor("terminal:tests", "管理员", frozenset({Permission.ACCOUNTS_MANAGE}))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_everybody_and_says_that_this_is_a_demonstration(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert "演示环境" in answer.text
    assert '<html lang="zh-CN">' in answer.text


@pytest.mark.parametrize("path", [*PAGES, *DOWNLOADS])
def test_caches_must_ask_again_and_are_told_when_nothing_changed(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noarchive"
    assert again.status_code == 304
    assert again.data == b""


def test_the_list_names_each_listed_enterprise_once_with_authority_and_period(
    client: FlaskClient, demo_database: Database
) -> None:
    page = client.get("/lists/black").text

    for entry in entries(demo_database):
        assert page.count(f">{entry.name}</a>") == 1
        assert entry.listed_until.isoformat() in page
        assert entry.authority in page


def test_an_entry_states_ground_law_decision_period_measures_and_the_ways_out(
    client: FlaskClient, demo_database: Database
) -> None:
    entry = entries(demo_database)[0]

    page = text_of(client.get(f"/lists/black/{entry.uscc}").text)

    for said in (
        entry.name, entry.address, entry.reasons[0], "第六条第一项", entry.authority, entry.decision_no,
        entry.decided_on.isoformat(), entry.listed_from.isoformat(), entry.listed_until.isoformat(),
        "加大执法检查频次", "第七十八条", "60 日内申请行政复议", "列入满 12 个月",
    ):  # fmt: skip
        assert str(said) in page


def test_persons_are_masked_and_an_open_objection_stands_beside_the_entry(
    client: FlaskClient, demo_database: Database
) -> None:
    contested = next(entry for entry in entries(demo_database) if "异议处理中" in entry.notes)

    page = text_of(client.get(f"/lists/black/{contested.uscc}").text)

    assert "主要负责人：示***，证件号码 110***********" in page
    assert "异议处理中：当事人对列入提出了不同意见" in page
    assert "异议处理中" in client.get("/lists/black").text
    assert "异议处理中" in client.get("/downloads/black.csv").text


def test_who_has_left_the_list_is_nowhere(client: FlaskClient, demo_database: Database) -> None:
    with demo_database.read() as session:
        reader = Actor("terminal:tests", "本机", frozenset({Permission.REGISTER_READ}), is_keeper=True)
        everybody = listings.page(session, reader, now=NOW, list_kind="black", limit=500).items
    shown = {entry.uscc for entry in entries(demo_database)}
    gone = [case for case in everybody if case.uscc not in shown]

    assert len(gone) > 10
    pages = "".join(client.get(path).text for path in ("/", "/lists/black", "/search?text=示例"))
    for case in gone:
        assert str(case.uscc) not in pages
        assert client.get(f"/lists/black/{case.uscc}").status_code == 404
        assert case.name not in client.get(f"/search?text={case.name}").text.replace(
            f'value="{case.name}"', ""
        ).replace(f"与“{case.name}”相符", "")


def test_an_entry_that_is_revoked_vanishes_at_once_from_page_search_and_file(
    client: FlaskClient, demo_database: Database
) -> None:
    entry = entries(demo_database)[-1]
    etag = client.get("/lists/black").headers["ETag"]
    actor = a_decider(demo_database)
    demo_database.run(
        lambda session: listings.advance(
            session, actor, entry.case_id, "revoke", reason="依据已被撤销。", now=NOW,
            version=listings.get(session, actor, entry.case_id, now=NOW).version,
        )
    )  # fmt: skip

    after = client.get("/lists/black", headers={"If-None-Match": etag})

    assert after.status_code == 200
    assert entry.name not in after.text
    assert client.get(f"/lists/black/{entry.uscc}").status_code == 404
    assert entry.name not in client.get("/downloads/black.csv").text
    assert entry.name not in client.get("/").text


def test_an_entry_whose_period_is_over_vanishes_without_anybody_doing_anything(
    demo_database: Database, tmp_path: Path
) -> None:
    first_to_end = min(entries(demo_database), key=lambda entry: entry.listed_until)
    last_day = datetime.combine(first_to_end.listed_until, NOW.time(), UTC)
    client = app_over(demo_database, tmp_path).test_client()

    with time_machine.travel(last_day, tick=False):
        assert first_to_end.name in client.get("/lists/black").text
    with time_machine.travel(last_day.replace(hour=16, minute=30), tick=False):
        # 00:30 of the next day in Beijing.
        assert first_to_end.name not in client.get("/lists/black").text
        assert first_to_end.name not in client.get("/downloads/black.json").text


@pytest.mark.parametrize("text", ["示例新桥", "新桥", "91110108XX0000"])
def test_search_finds_by_part_of_a_name_but_only_by_a_whole_code(
    client: FlaskClient, demo_database: Database, text: str
) -> None:
    entry = entries(demo_database)[0]

    found = entry.name in client.get(f"/search?text={text}").text

    assert found == (text in entry.name)
    assert entry.name in client.get(f"/search?text={entry.uscc}").text


def test_finding_nothing_is_not_called_a_certificate(client: FlaskClient) -> None:
    page = text_of(client.get("/search?text=没有这家企业").text)

    assert "没有正在公示的名单记录" in page
    assert "没有查到，不等于信用良好的证明" in page


@pytest.mark.parametrize("path", ["/search", "/lists/black"])
def test_a_mistyped_code_is_told_from_one_that_is_not_listed(
    client: FlaskClient, demo_database: Database, path: str
) -> None:
    right = entries(demo_database)[0].uscc or ""
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")

    page = text_of(client.get(f"{path}?text={wrong}").text)

    assert "输入的代码有误：校验码不正确" in page
    assert "请对照营业执照核对" in page
    assert "输入的代码有误" not in client.get(f"{path}?text={right}").text


@pytest.mark.parametrize("path", ["/search", "/lists/black"])
def test_a_persons_number_is_not_repeated(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}?text=11010519491231002X").text

    assert "请勿输入个人证件号码" in page
    assert "11010519491231002X" not in page


def test_what_a_visitor_types_is_shown_as_text(client: FlaskClient) -> None:
    page = client.get("/search?text=<script>alert(1)</script>").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("path", ["/lists/green", "/lists/black?after=x", "/downloads/black.pdf", "/downloads/grey.csv",
                                  "/downloads/templates/nothing.xlsx", "/rules/nothing", "/lists/red/91110108XX000001XX"])  # fmt: skip
def test_what_does_not_exist_is_refused_with_a_page_in_words(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in (404, 422)
    assert "错误代码" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_files_hold_the_same_rows_as_the_page(client: FlaskClient, demo_database: Database) -> None:
    codes = [entry.uscc for entry in entries(demo_database)]

    lines = list(
        csv.reader(io.StringIO(client.get("/downloads/black.csv").data.decode("utf-8-sig"), newline=""))
    )
    document = json.loads(client.get("/downloads/black.json").data)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/downloads/black.xlsx").data))["名单"]

    assert [line[1] for line in lines[1:]] == codes
    assert [entry["uscc"] for entry in document["entries"]] == codes
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == codes
    assert document["list_version"] == int(lines[1][-1]) > 0
    assert document["as_of"] == lines[1][-2] == "2026-11-24"


def test_a_file_is_named_by_list_day_and_version(client: FlaskClient) -> None:
    answer = client.get("/downloads/red.xlsx")

    assert re.fullmatch(
        r'attachment; filename="red-20261124-v\d+\.xlsx"', answer.headers["Content-Disposition"]
    )


def test_the_templates_that_offices_fill_in_can_be_downloaded(client: FlaskClient) -> None:
    page = client.get("/downloads").text
    links = re.findall(r'href="(/downloads/templates/[^"]+)"', page)

    assert {link.removeprefix("/downloads/templates/").removesuffix(".xlsx") for link in links} == set(
        imports.kinds()
    )
    for link in links:
        book = openpyxl.load_workbook(io.BytesIO(client.get(link).data))
        assert len(book.sheetnames) >= 2


def test_the_rules_page_shows_every_item_with_its_source(client: FlaskClient) -> None:
    page = client.get("/rules").text

    for code in ("P1", "P2", "P3", "A4", "H4", "T1", "B1", "B8", "K1", "V6", "6-1", "7-4"):
        assert f">{code}</td>" in page
    assert "第七十八条" in page


def test_every_rule_has_its_place_on_the_page_and_says_how_it_counts(client: FlaskClient) -> None:
    page = client.get("/rules/haidian-default-1").text
    places = re.findall(r'id="rule-([^"]+)"', page)

    assert sorted(places) == sorted(rulesets.anchors("haidian-default-1"))
    assert len(set(places)) == len(places) > 50
    row = page.partition('id="rule-P2"')[2].partition("</tr>")[0]
    assert "一般失信行政处罚" in row
    assert "扣 6 分；12 个月内违法行为类型（案由）相同的" in row
    assert "记录种类为行政处罚，状态为有效，失信程度为一般。" in row
    assert "《" in row


_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def is_identity_number(number: str) -> bool:
    """By the check character of GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def test_nothing_personal_is_in_any_public_byte(client: FlaskClient, demo_database: Database) -> None:
    paths = [*PAGES, *DOWNLOADS, *(f"/lists/{kind}/{entry.uscc}" for kind in ("black", "red")
                                   for entry in entries(demo_database, kind))]  # fmt: skip
    for path in paths:
        answer = client.get(path)
        # Tag and number of a request are hashes, in which any eleven digits may stand.
        told = {name: value for name, value in answer.headers if name not in ("ETag", "X-Request-Id")}
        bodies = [answer.data.decode("utf-8", errors="ignore"), str(told)]
        if path.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(answer.data))
            cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
            bodies = [" ".join([*cells, str(book.properties)])]
        for body in bodies:
            assert not [number for number in _ID_NUMBER.findall(body) if is_identity_number(number)]
            assert not _MOBILE.findall(body)
    assert "等级" not in text_of(client.get("/lists/black").text)


def test_no_public_byte_tells_of_the_penalty_of_a_person(
    client: FlaskClient, demo_database: Database
) -> None:
    (entry, *_) = entries(demo_database)
    file = a_person_file([a_person_row("京海应急罚〔2026〕77号", cause="未履行人员职责")])
    batch = an_import(demo_database, "penalties", file, now=NOW).batch
    officer = Actor("account:officer", "经办人", GRANTS[Role.CLERK], is_keeper=True)

    def keep(session: Session) -> tuple[person_penalties.PersonPenaltyView, ...]:
        (row,) = batches.rows(session, officer, batch, "held").items
        named = enterprises.get(session, officer, entry.uscc).enterprise_id
        decision = resolutions.Decision(enterprise_id=named, role="principal")
        resolutions.resolve(session, officer, row.id, decision, reason="核对", now=NOW)
        return person_penalties.of_enterprise(session, officer, entry.uscc)

    (kept,) = demo_database.run(keep)
    assert (kept.name, kept.number) == ("赵**", "110***********002X")
    for path in (*PAGES, *DOWNLOADS, f"/lists/black/{entry.uscc}"):
        answer = client.get(path)
        told = answer.data.decode("utf-8", errors="ignore")
        if path.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(answer.data))
            told = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        assert answer.status_code == 200
        for word in ("赵示例", "赵**", "002X", "〔2026〕77号", "未履行人员职责"):
            assert word not in told, (path, word)


def test_the_scanner_would_find_an_identity_number() -> None:
    assert is_identity_number("11010519491231002X")
    assert _ID_NUMBER.findall("号码11010519491231002X。") == ["11010519491231002X"]


def test_public_pages_write_nothing(client: FlaskClient, demo_database: Database) -> None:
    reader = Actor("terminal:tests", "本机", frozenset({Permission.AUDIT_READ}))
    with demo_database.read() as session:
        before = journal.verify(session, reader).entries
    for path in (*PAGES, *DOWNLOADS):
        client.get(path)
    with demo_database.read() as session:
        assert journal.verify(session, reader).entries == before
