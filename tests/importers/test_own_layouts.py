"""Layouts of an installation: dialects, eras, months in letters, the folder they are adopted from."""

from datetime import date
from pathlib import Path

import pytest

from importers import LayoutError, adopt, layouts, own_layout, read, suggest_layout
from importers.layouts import load_layout
from tests.importers.files import TODAY

NOTICES = """
kind: inspections
record: inspection
title: Notices
version: "1"
separator: ";"
set: {result: not_fixed, domain: safety, method: special, authority_name: HSE}
columns:
  document_no: {title: Notice, header: true}
  name: {title: Recipient, header: true, missing: hold}
  dated_on: {title: Served, header: true, missing: refuse}
  facts: {title: Breach}
"""
ENGLISH = (
    "Notice;Recipient;Served;Breach\n"
    "N1;Example Widgets Ltd;14 Sep 2020;Height, reg 4\n"
    "N2;Sample Bakery Ltd;October 3rd, 2020;Guard\n"
    "Total;2;;\n"
)
JAPANESE = """
kind: inspections
record: inspection
title: 公表事案
version: "1"
encoding: shift_jis
header_row: 2
set: {result: not_fixed, domain: safety, method: special, authority_name: 労働局}
columns:
  name: {title: 企業名称, header: true, missing: hold}
  dated_on: {title: 公表日, header: true, missing: refuse, eras: {令和: 2018, R: 2018, 昭和: 1925}}
  facts: {title: 事案概要}
"""


@pytest.fixture
def folder(tmp_path: Path):
    yield tmp_path
    adopt(tmp_path / "none")


def test_a_layout_tells_the_separator_of_its_office():
    layout = load_layout(NOTICES.encode(), name="notices")
    batch = read(ENGLISH.encode(), filename="a.csv", kind="inspections", layout=layout, today=TODAY)

    assert list(batch.frame["dated_on"]) == [date(2020, 9, 14), date(2020, 10, 3)]
    assert list(batch.frame["facts"]) == ["Height, reg 4", "Guard"]
    assert [problem.code for problem in batch.problems if problem.row == 4] == ["R-TOTAL-LINE"]


def test_a_layout_tells_the_encoding_and_the_eras_of_its_office():
    text = "公表事案,,\n企業名称,公表日,事案概要\n見本建設,令和2年9月14日,足場\n例示商事,R2.10.5,賃金\n昔商店,昭和元年12月25日,\n"
    layout = load_layout(JAPANESE.encode(), name="jp")
    batch = read(text.encode("cp932"), filename="a.csv", kind="inspections", layout=layout, today=TODAY)

    assert list(batch.frame["dated_on"]) == [date(2020, 9, 14), date(2020, 10, 5)]
    assert list(batch.frame["name"]) == ["見本建設", "例示商事"]
    assert [
        (problem.row, problem.code) for problem in batch.problems if problem.disposition == "refuse_row"
    ] == [(5, "R-DATE-RANGE")]


def test_an_adopted_layout_is_found_by_its_titles_without_being_named(folder: Path):
    (folder / "notices.yaml").write_text(NOTICES, encoding="utf-8")
    assert adopt(folder) == {}

    batch = read(ENGLISH.encode(), filename="a.csv", kind="inspections", today=TODAY)
    usual = read("企业名称;检查日期\n甲;乙\n".encode(), filename="a.csv", kind="inspections", today=TODAY)

    assert batch.layout is not None
    assert (batch.layout.name, batch.rows) == ("notices", 2)
    assert [problem.code for problem in usual.problems] == ["H-DELIMITER"]


def test_what_cannot_be_adopted_is_left_out_with_its_reason(folder: Path):
    (folder / "fit.yaml").write_text(NOTICES, encoding="utf-8")
    (folder / "inspections.yaml").write_text(NOTICES, encoding="utf-8")
    (folder / "numbers.yaml").write_text(NOTICES + "header_row: first\n", encoding="utf-8")
    (folder / "kind.yaml").write_text(NOTICES.replace("kind: inspections", "kind: visits"), encoding="utf-8")
    (folder / "record.yaml").write_text(
        NOTICES.replace("record: inspection", "record: penalty"), encoding="utf-8"
    )
    (folder / "main.yaml").write_text(NOTICES + "main: true\n", encoding="utf-8")
    (folder / "wide.yaml").write_text(NOTICES.replace('";"', '";;"'), encoding="utf-8")
    (folder / "code.yaml").write_text(NOTICES + "encoding: klingon\n", encoding="utf-8")
    (folder / "list.yaml").write_text("[]", encoding="utf-8")
    (folder / "short.yaml").write_text("kind: inspections\nrecord: inspection\n", encoding="utf-8")

    broken = adopt(folder)

    assert "fit" in {layout.name for layout in layouts("inspections")}
    assert set(broken) == {
        f"{name}.yaml"
        for name in ("inspections", "numbers", "kind", "record", "main", "wide", "code", "list", "short")
    }
    with pytest.raises(LayoutError, match="shipped layout has this name"):
        own_layout(folder / "inspections.yaml")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_draft_finds_the_separator_and_reads_the_file_back(separator: str):
    data = ENGLISH.replace(";", separator).encode()
    found = suggest_layout(data, filename="a.csv", kind="inspections", today=TODAY)
    layout = load_layout(found.draft.encode(), name="draft")

    assert found.problems == ()
    assert (layout.kind, layout.dialect.separator) == ("inspections", separator)
    assert [column.title for column in layout.columns] == ["Notice", "Recipient", "Served", "Breach"]
    assert layout.columns[2].type == "date"


def test_a_draft_keeps_the_encoding_it_was_told_and_offers_the_eras():
    text = "企業名称,公表日\n見本建設,令和2年9月14日\n例示商事,R2.10.5\n"
    draft = suggest_layout(
        text.encode("cp932"), filename="a.csv", kind="inspections", encoding="shift_jis", today=TODAY
    ).draft
    layout = load_layout(draft.encode(), name="draft")

    assert layout.dialect.encoding == "cp932"
    assert layout.columns[1].eras == {"R": 2018, "令和": 2018}
    assert "uscc（" in draft.partition("通常还须有")[2]
