"""Unknown files of offices to the end: the draft, finished by editing its YAML alone, takes the file into the register."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

import importers
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import layouts
from credit_registry.storage.tables.records import RecordVersionRow
from tests.factories import NOW, an_import
from tests.importers.offices import LATER, OFFICES

OFFICE = {office.name: office for office in (*OFFICES, *LATER)}
SAFETY = "{state: live, domain: safety, authority_name: 北京市海淀区应急管理局"

# What a person writes into each draft, and how many rows of the file are then in the register.
FINISHED: Mapping[str, tuple[Mapping[str, str], int]] = {
    "inspection-ledger": ({"{state: live}": SAFETY + ", method: routine}", "unclear: [": "not_fixed: ["}, 12),
    "fire-checks-merged": (
        {
            "{state: live}": "{state: live, domain: fire, method: routine, authority_name: 北京市海淀区消防救援支队}",
            "unclear: [": "not_fixed: [",
        },
        8,
    ),
    "hazard-ledger": (
        {"{state: live}": SAFETY + ", found_by: authority}", "details.是否完成整改": "details.done"},
        10,
    ),
    "accidents": ({"{state: live}": SAFETY + "}"}, 5),
    "insurance": ({}, 7),
    "penalty-month": ({}, 6),
    "sealings": (
        {"{state: live}": "{state: live, domain: fire, authority_name: 北京市海淀区消防救援支队}"},
        4,
    ),
    "wage-blacklist": (
        {"set: {": "set: {list_name: 拖欠农民工工资失信联合惩戒对象名单, "},
        6,
    ),
    "taiwan-penalties": ({"{state: live}": "{state: live, domain: safety}"}, 0),
}


@pytest.fixture
def folder(tmp_path: Path):
    yield tmp_path
    importers.adopt(tmp_path / "none")


@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_draft_takes_the_file_to_the_end_and_accounts_for_every_row(
    sqlite_database, folder: Path, name: str
):
    office, (changes, accepted) = OFFICE[name], FINISHED[name]
    text = layouts.draft(office.data, office.filename, now=NOW).layout
    for old, new in {"title: 待填写": f"title: {name}", **changes}.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / f"own-{name}.yaml").write_text(text, encoding="utf-8")

    view = layouts.check(folder / f"own-{name}.yaml")
    layouts.adopt(folder)
    result = an_import(
        sqlite_database,
        office.kind,
        office.data,
        filename=office.filename,
        layout=f"own-{name}",
        create_unknown=True,
    )

    assert view.left == () or name == "taiwan-penalties" or "content" in "".join(view.left)
    assert result.rows == result.accepted + result.duplicate + result.held + result.refused > 0
    # An enterprise of another country has no code here: each row waits for a person, and that is right.
    assert (result.accepted, result.refused) == (accepted, 0), [p["message"] for p in result.problems]
    assert result.held == (result.rows if name == "taiwan-penalties" else 0)


def test_amounts_of_a_two_line_header_in_ten_thousands_arrive_in_the_register(sqlite_database, folder: Path):
    office = OFFICE["penalty-month"]
    (folder / "month.yaml").write_text(
        layouts.draft(office.data, office.filename, now=NOW).layout, encoding="utf-8"
    )
    layouts.adopt(folder)
    an_import(
        sqlite_database,
        "penalties",
        office.data,
        filename=office.filename,
        layout="month",
        create_unknown=True,
    )

    with sqlite_database.read() as session:
        fines = session.scalar(select(func.sum(RecordVersionRow.fine_fen)))
    # 1.5 万元 times 1 to 6, as its 合计 line says: 31.5.
    assert fines == 31_500_000


def test_an_unclear_file_is_refused_with_what_speaks_for_each_kind():
    office = OFFICE["street-checks"]

    with pytest.raises(InvalidInput) as caught:
        layouts.draft(office.data, office.filename, now=NOW)

    refusal = caught.value
    assert refusal.code == "kind-unclear"
    assert [each["kind"] for each in refusal.facts["candidates"][:2]] == ["inspections", "enterprises"]
    assert "不作猜测" in refusal.message and "--suggest-layout" in refusal.message
    assert "kind: inspections" in layouts.draft(office.data, "a.xlsx", kind="inspections", now=NOW).layout
