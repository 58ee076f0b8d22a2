"""A new office's layout, in another language even, is a YAML file and no Python."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from importers import Layout, read
from importers.layouts import load_layout
from tests.importers.files import TODAY, csv_bytes

SHARED = Path(__file__).parents[3] / "shared" / "data" / "samples"
HERE = Path(__file__).parent / "foreign"

HEADER = [
    "編號",
    "縣市／單位別",
    "公告日期",
    "事業單位名稱(負責人)\n自然人姓名",
    "處分日期",
    "處分字號",
    "違反法規條款",
    "法條敘述",
    "罰鍰金額",
    "備註",
]


def layout_of(name: str) -> Layout:
    return load_layout((HERE / f"{name}.yaml").read_bytes(), name=name)


def labour(*rows: list[str]):
    data = csv_bytes([HEADER, *rows])
    return read(data, filename="a.csv", kind="penalties", layout=layout_of("labour_penalties"), today=TODAY)


def test_a_header_one_column_off_is_put_right_by_the_layout():
    batch = labour(
        [
            "花蓮縣",
            "110/05/06",
            "示例通運有限公司(阮某)",
            "110/04/19",
            "府社勞字第1100071848C號",
            "第36條",
            "未休假",
            "40,000",
            "附註",
            "",
        ]
    )
    row = batch.frame.iloc[0]

    assert (row["authority_name"], row["name"], row["legal_representative"]) == (
        "花蓮縣",
        "示例通運有限公司",
        "阮某",
    )
    assert (row["dated_on"], row["fine_fen"]) == (date(2021, 4, 19), 4_000_000)
    assert row["details"] == {"announced_on": "2021-05-06", "remark": "附註"}


def test_a_cell_with_only_a_person_in_brackets_names_no_enterprise():
    batch = labour(["桃園市", "105/02/06", "(趙某)", "105/01/21", "字1050017355號", "第24條", "", "", "", ""])

    assert batch.frame["name"][0] is None
    assert batch.frame["legal_representative"][0] == "趙某"
    assert batch.frame["disposition"][0] == "hold"


def test_what_an_export_lost_of_a_name_is_held():
    batch = labour(
        ["台北市", "106/01/26", "?亭停車事業股份有限公司", "105/11/03", "1號", "第32條", "", "", "", ""],
        [
            "高雄市",
            "108/12/09",
            "&#2013268056;師傅企業股份有限公司",
            "108/10/17",
            "2號",
            "第24條",
            "",
            "",
            "",
            "",
        ],
    )

    assert [p.code for p in batch.problems if p.disposition == "hold"] == ["R-LOST-CHAR"] * 2


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_real_notices_of_another_country_are_read_without_python():
    data = (SHARED / "tw_labour_penalties.csv").read_bytes()
    batch = read(data, filename="tw.csv", kind="penalties", layout=layout_of("labour_penalties"), today=TODAY)

    assert not batch.is_refused, batch.problems[0]
    assert (batch.rows, len(batch.refused)) == (31, 0)
    assert batch.frame["dated_on"].map(lambda day: 2015 <= day.year <= 2023).all()
    assert Counter(batch.frame["fine_fen"].dropna()) == {
        2_000_000: 4,
        3_000_000: 1,
        4_000_000: 1,
        10_000_000: 1,
    }
    assert batch.frame.set_index("document_no").loc["府勞條字第1050886318號", "name"] == "佲峯貿易有限公司"
    assert batch.frame["name"].isna().sum() == 1
    assert "(馬宗)毅通運有限公司" in batch.frame["name"].tolist()


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_a_real_legacy_workbook_is_read_without_python():
    data = (SHARED / "legacy_inspections.xls").read_bytes()
    batch = read(
        data, filename="legacy.xls", kind="inspections", layout=layout_of("premise_inspections"), today=TODAY
    )

    assert not batch.is_refused, batch.problems[0]
    assert batch.rows == 3_286
    first = batch.frame.iloc[0]
    assert (first["name"], first["dated_on"], first["result"]) == (
        "#1 CHINA BUFFET",
        date(2013, 5, 16),
        "open",
    )
    assert first["details"]["score"] == 88
    assert {problem.code for problem in batch.problems} >= {"W-MACRO-SHEET"}
