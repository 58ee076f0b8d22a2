import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers import check_record, layouts, read
from tests.importers.files import (
    ACCIDENT,
    CODE,
    ENTERPRISE,
    GOOD,
    PENALTY,
    TODAY,
    codes,
    csv_bytes,
    grid,
    taken,
    titled,
    xlsx_bytes,
)

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_good_row_of_each_kind_is_accepted_without_a_word(kind):
    batch = taken(kind, {})

    assert batch.problems == []
    assert (batch.rows, list(batch.frame["disposition"])) == (1, ["accept"])
    assert batch.frame["kind"][0] == batch.layout.record


@pytest.mark.parametrize("kind", sorted({layout.kind for layout in layouts()}))
def test_a_file_under_the_wrong_kind_is_told_its_own(kind):
    own = layouts(kind)[0]
    data = csv_bytes(
        [[column.title for column in own.columns], [column.example or "x" for column in own.columns]]
    )

    for other in {layout.kind for layout in layouts()} - {kind}:
        batch = read(data, filename="a.csv", kind=other, today=TODAY)

        assert [problem.code for problem in batch.problems] == ["H-OTHER-KIND"]
        assert own.title in batch.problems[0].hint
        assert batch.rows == 0


def test_a_file_that_no_kind_fits_is_told_what_its_own_lacks():
    batch = read(csv_bytes([["单位", "天气"], ["甲", "晴"]]), filename="a.csv", kind="penalties", today=TODAY)

    assert [problem.code for problem in batch.problems] == ["H-MISSING"]


def test_a_penalty_becomes_typed_columns():
    row = taken("penalties", {"details.remark": "附注", "event_key": "SG-1"}).frame.iloc[0]

    assert row["uscc"] == CODE
    assert (row["dated_on"], row["valid_until"]) == (date(2026, 3, 18), None)
    assert (row["fine_fen"], row["confiscated_fen"]) == (2_500_000, None)
    assert (row["penalty_kinds"], row["state"], row["domain"]) == ("fine", "live", "safety")
    assert (row["event_key"], row["details"]) == ("SG-1", {"remark": "附注"})
    assert row["document_no_raw"] == "京海应急罚〔2026〕18号"
    assert row["raw"]["罚款金额（万元）"] == "2.5"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_says_the_same(encoding):
    rows = grid("penalties", [{"name": "𠮷㐂示例有限公司"}])
    batch = read(csv_bytes(rows, encoding=encoding), filename="a.csv", kind="penalties", today=TODAY)

    assert batch.frame["name"][0] == "𠮷㐂示例有限公司"
    assert batch.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)


def test_a_workbook_says_the_same_as_text():
    rows = grid("penalties", [{}])
    day_cell = [
        [date(2026, 3, 18) if cell == "2026-03-18" else 2.5 if cell == "2.5" else cell for cell in row]
        for row in rows
    ]
    from_text = read(csv_bytes(rows), filename="a.csv", kind="penalties", today=TODAY)
    from_book = read(xlsx_bytes(day_cell), filename="a.xlsx", kind="penalties", today=TODAY)

    left, right = (batch.frame.drop(columns=["sheet", "raw"]) for batch in (from_text, from_book))
    assert from_book.problems == []
    assert left.to_dict("records") == right.to_dict("records")


def test_columns_may_stand_in_any_order_under_any_known_title():
    rows = [
        [
            "CF_WSH",
            "CF_XDR_SHXYM",
            "CF_NR",
            "CF_XDR_MC",
            "CF_JDRQ",
            "CF_CFJG",
            "CF_WFXW",
            "CF_CFLB",
            "CF_NR_FK",
        ],
        [
            "京罚〔2026〕1号",
            CODE,
            "罚款2000元",
            "示例公司",
            "2026/1/5",
            "某区消防救援支队",
            "占用消防通道",
            "2",
            "0.2",
        ],
    ]
    row = read(csv_bytes(rows), filename="a.csv", kind="penalties", today=TODAY).frame.iloc[0]

    assert (row["name"], row["uscc"], row["fine_fen"], row["penalty_kinds"]) == (
        "示例公司",
        CODE,
        200_000,
        "fine",
    )
    assert (row["dated_on"], row["domain"]) == (date(2026, 1, 5), "fire")


def test_each_row_is_accounted_for_once():
    batch = taken(
        "penalties", {}, {"uscc": ""}, {"uscc": "91110108551385083Q"}, {"dated_on": "2026-13-01"}, {}
    )

    assert batch.rows == 5
    assert [row.row for row in batch.refused] == [4, 5]
    assert list(zip(batch.frame["row"], batch.frame["disposition"], strict=True)) == [
        (2, "accept"),
        (3, "hold"),
        (6, "accept"),
    ]


def test_line_numbers_are_those_of_the_editor():
    rows = grid("penalties", [{"facts": "一行\n两行"}, {"uscc": "91110108551385083Q"}])
    batch = read(csv_bytes(rows, newline="\n"), filename="a.csv", kind="penalties", today=TODAY)

    assert codes(batch) == [(4, "R-USCC-CHECK", "refuse_row")]


def test_what_is_refused_keeps_its_original_cells_and_shows_none_of_them():
    batch = taken("penalties", {"uscc": "11010519491231002X"})

    (row,) = batch.refused
    assert row.raw["行政相对人代码_1(统一社会信用代码)"] == "11010519491231002X"
    assert "11010519491231002X" not in repr(row)
    assert "11010519491231002X" not in json.dumps([p.as_dict() for p in batch.problems], ensure_ascii=False)


def test_the_number_of_a_representative_is_typed_and_never_shown():
    batch = taken(
        "penalties",
        {"legal_representative_id": "110105194912310021", "legal_representative_id_kind": "身份证"},
    )

    assert batch.frame["legal_representative_id"][0] == "110105194912310021"
    assert batch.frame["legal_representative_id_kind"][0] == "identity_card"


def test_the_digest_covers_bytes_and_layout():
    data = csv_bytes(grid("enterprises", [{}]))
    first = read(data, filename="a.csv", kind="enterprises", today=TODAY)
    again = read(data, filename="b.csv", kind="enterprises", today=TODAY)
    other = read(data + b"\r\n", filename="a.csv", kind="enterprises", today=TODAY)

    assert first.digest == again.digest
    assert first.digest != other.digest
    assert first.digest != first.file_digest


def test_a_layout_that_does_not_exist_is_the_callers_mistake():
    with pytest.raises(KeyError):
        read(b"a", filename="a.csv", kind="weather", today=TODAY)


def test_an_address_names_its_subdistrict_in_full_or_not_at_all():
    batch = taken(
        "enterprises", {"address": "北京市海淀区四季青镇闵庄路3号"}, {"address": "北京市海淀区中关村大街27号"}
    )

    assert list(batch.frame["subdistrict_code"]) == ["110108027", None]


def test_an_accident_charges_nobody_before_the_report_is_approved():
    batch = taken("accidents", {}, {"responsibility": "主要责任"}, {"responsibility": "无责任"})

    assert list(batch.frame["state"]) == ["pending", "live", "not_responsible"]
    assert list(batch.frame["occurred_on"]) == [date(2026, 3, 18)] * 3
    assert batch.frame["loss_fen"][0] == 12_500_000


def test_an_amount_that_only_the_text_states_is_taken_with_a_note():
    batch = taken("penalties", {"fine_fen": ""})

    assert batch.frame["fine_fen"][0] == 2_500_000
    assert codes(batch) == [(2, "N-AMOUNT-FROM-TEXT", "normalised")]


def test_an_amount_that_the_text_contradicts_is_held():
    batch = taken("penalties", {"fine_fen": "25000"}, {"fine_fen": "3"})

    assert codes(batch) == [(2, "R-AMOUNT-SCALE", "hold"), (3, "R-AMOUNT-MISMATCH", "hold")]


def test_paid_follows_from_a_day_of_payment_and_unpaid_from_nothing():
    batch = taken("penalties", {"fine_paid_on": "2026-04-01"}, {}, {"fine_state": "未缴"})

    assert list(batch.frame["fine_state"]) == ["paid", None, "unpaid"]


@pytest.mark.parametrize(
    ("content", "expected", "disposition"),
    [
        ("吊销安全生产许可证", "licence_revoked", "accept"),
        ("暂扣安全生产许可证三个月", "licence_suspended", "accept"),
        ("处罚", None, "hold"),
    ],
)
def test_the_joint_category_of_licences_is_told_by_the_text(content, expected, disposition):
    batch = taken(
        "penalties",
        {"penalty_kinds": "暂扣或者吊销许可证、暂扣或者吊销执照", "content": content, "fine_fen": ""},
    )

    assert (batch.frame["penalty_kinds"][0], batch.frame["disposition"][0]) == (expected, disposition)


def test_one_record_goes_through_the_same_columns_as_a_file():
    values, problems = check_record("penalties", PENALTY, today=TODAY)
    row = taken("penalties", {}).frame.iloc[0]

    assert problems == []
    assert {name: row[name] for name in values} == values


def test_one_record_takes_codes_and_typed_values():
    values, problems = check_record(
        "accidents",
        {**ACCIDENT, "domain": "safety", "deaths": 2, "dated_on": date(2026, 3, 18), "is_fire": True},
        today=TODAY,
    )

    assert problems == []
    assert (values["domain"], values["deaths"], values["is_fire"], values["state"]) == (
        "safety",
        2,
        True,
        "pending",
    )


def test_one_record_with_a_field_of_no_column_is_refused():
    _, problems = check_record("accidents", {**ACCIDENT, "score": 5}, today=TODAY)

    assert [(problem.code, problem.disposition) for problem in problems] == [
        ("A-UNKNOWN-FIELD", "refuse_row")
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from(["a.csv", "a.xlsx", "a.xls", "noname"]),
    st.sampled_from(sorted(GOOD)),
)
def test_any_bytes_end_in_a_batch(data, filename, kind):
    batch = read(data, filename=filename, kind=kind, today=TODAY)

    assert batch.rows == len(batch.frame) + len(batch.refused)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=3, max_size=3))
def test_any_texts_in_cells_end_in_a_batch(cells):
    rows = [*grid("enterprises", [{}]), cells]
    data = csv_bytes([[str(cell).encode("utf-8", "ignore").decode() for cell in row] for row in rows])
    batch = read(data, filename="a.csv", kind="enterprises", today=TODAY)

    assert batch.is_refused or batch.rows == len(batch.frame) + len(batch.refused)


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_the_real_enterprises_of_the_district_are_all_accepted():
    data = (SHARED / "real" / "haidian_enterprises.csv").read_bytes()
    batch = read(data, filename="haidian_enterprises.csv", kind="enterprises", today=TODAY)

    assert batch.layout.name == "haidian_enterprises"
    assert (batch.rows, len(batch.frame)) == (10_303, 10_303)
    assert {(p.value, p.code) for p in batch.problems} <= {
        (name, "W-TRADITIONAL") for name in batch.frame["name"] if "億" in name or "臺" in name
    }
    assert set(batch.frame["disposition"]) == {"accept"}
    assert set(batch.frame["industry_code"]) == {None}
    assert batch.frame["uscc"].is_unique


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_real_penalties_give_the_amounts_they_expect():
    samples = json.loads((SHARED / "samples" / "cn_penalties.json").read_text(encoding="utf-8"))
    batch = read(_double_publication(samples), filename="a.csv", kind="penalties", today=TODAY)

    assert batch.rows == len(samples) == len(batch.frame)
    for sample, (_, row) in zip(samples, batch.frame.iterrows(), strict=True):
        expected = sample["expect"]
        assert row["fine_fen"] == _fen(expected.get("fine_wan")), sample
        assert row["confiscated_fen"] == _fen(expected.get("confiscated_wan")), sample
        assert bool(row["is_simple_procedure"]) == expected.get("simple_procedure", False)
        has_party = bool(sample.get("uscc") or sample.get("CF_XDR_SHXYM")) and bool(
            sample.get("name") or sample.get("CF_XDR_MC")
        )
        assert row["disposition"] == ("accept" if has_party else "hold")


def _fen(ten_thousands):
    from decimal import Decimal

    return None if ten_thousands is None else int(Decimal(ten_thousands) * 1_000_000)


def _double_publication(samples):
    names = {
        "doc_no": "document_no",
        "decision_date": "dated_on",
        "authority": "authority_name",
        "type": "cause",
    }
    names |= {"name": "name", "uscc": "uscc", "content": "content", "reg_no": "details.registration_no"}
    layout = layouts("penalties")[0]
    columns = {column.name: column.title for column in layout.columns}
    by_code = {alias: column.title for column in layout.columns for alias in column.aliases}
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, fieldnames=list(columns.values()), restval="")
    writer.writeheader()
    for sample in samples:
        row = {columns[names[key]]: value for key, value in sample.items() if key in names}
        writer.writerow(row | {by_code[key]: value for key, value in sample.items() if key in by_code})
    return target.getvalue().encode("utf-8")


def test_titles_of_a_good_enterprise_are_those_of_the_template():
    assert list(titled("enterprises", ENTERPRISE)) == ["企业名称", "统一社会信用代码", "成立日期"]
