"""Drafts of layouts: what kind an unknown file is, or what speaks for each; a draft that a person can finish."""

from collections.abc import Mapping

import pytest

from importers import Suggestion, layouts, left_open, read, suggest_layout
from importers.layouts import fold_title, load_layout
from tests.importers.files import CODE, TODAY, csv_bytes, xlsx_bytes
from tests.importers.offices import HTML, LATER, OFFICES, Office, code

ALL = {office.name: office for office in (*OFFICES, *LATER)}
# What the file itself does not tell well enough; nothing is guessed, the first candidate is the right one.
UNSURE = {"street-checks", "osha", "labour-bureau"}

ROWS = [
    ["某区某局报表"],
    [
        "企业名称",
        "统一社会信用代码",
        "决定日期",
        "处罚决定书文号",
        "处罚机关",
        "违法行为类型",
        "处罚内容",
        "承办时长",
        "到访日",
    ],
    ["示例公司", CODE, "2026-03-18", "京罚〔2026〕1号", "某局", "某行为", "警告", "3", "18/03/2026"],
    ["示例二公司", CODE, "2026-03-19", "京罚〔2026〕2号", "某局", "某行为", "警告", "4", "19/03/2026"],
]


def drawn(data: bytes, filename: str = "a.csv", kind: str | None = None) -> Suggestion:
    return suggest_layout(data, filename=filename, kind=kind, today=TODAY)


def drawn_of(name: str, kind: str | None = None) -> Suggestion:
    return drawn(ALL[name].data, ALL[name].filename, kind)


@pytest.mark.parametrize("office", [pytest.param(each, id=each.name) for each in ALL.values()])
def test_the_kind_is_told_rightly_or_not_at_all(office: Office):
    found = drawn(office.data, office.filename)
    told = found.candidates[0].kind if found.is_told else None

    assert told == (None if office.name in UNSURE else office.kind)
    assert bool(found.draft) is (told is not None)
    if office.name in UNSURE:
        assert found.candidates[0].kind == office.kind


@pytest.mark.parametrize("office", [pytest.param(each, id=each.name) for each in ALL.values() if each.kind])
def test_a_draft_loads_has_every_column_once_and_reads_its_own_file(office: Office):
    found = drawn(office.data, office.filename, office.kind)
    layout = load_layout(found.draft.encode(), name="draft")
    batch = read(office.data, filename=office.filename, kind=layout.kind, layout=layout, today=TODAY)

    assert not batch.is_refused, batch.problems[0].message
    assert batch.rows == len(batch.frame) + len(batch.refused) > 0
    titles = [title for title in batch.header if title]
    assert titles
    for title in titles:
        assert (fold_title(title) in layout.titles) != layout.ignores(fold_title(title)), title


def test_near_kinds_are_ranked_with_their_grounds():
    found = drawn_of("street-checks")

    assert [each.kind for each in found.candidates[:2]] == ["inspections", "enterprises"]
    assert found.candidates[0].grounds == ("标题行有“检查情况”", "列“存在的问题”")
    assert found.draft == ""


def test_two_kinds_that_both_fit_well_are_not_told_apart_by_a_hair():
    rows = [
        ["单位名称", "社会信用代码", "处罚文号", "罚款金额（元）", "缴纳日期", "缴款期限"],
        *(
            ["示例公司", code(n), f"京罚〔2026〕{n}号", "5000", "2026-03-18", "2026-04-01"]
            for n in range(1, 6)
        ),
    ]
    found = drawn(csv_bytes(rows))

    assert {each.kind for each in found.candidates[:2]} == {"payments", "penalties"}
    assert min(each.points for each in found.candidates[:2]) > 3
    assert not found.is_told


def test_a_title_line_alone_makes_no_kind_of_a_list_of_people():
    data = xlsx_bytes([["安全生产执法检查人员名单"], ["工号", "性别"], *([str(n), "女"] for n in range(9))])

    assert not drawn(data, "a.xlsx").is_told


def test_a_draft_says_why_and_where_and_how_the_file_is_written():
    draft = drawn_of("hazard-ledger").draft

    assert "依据：标题行有“事故隐患”" in draft
    assert "编码gb18030，以制表符分隔；标题在第2行" in draft
    assert 'separator: "\\t"' in draft


def test_the_unit_of_an_amount_is_that_of_its_title_or_of_the_lines_above_or_said_to_be_a_guess():
    units = {
        name: load_layout(drawn_of(name).draft.encode(), name=name).column(column).unit
        for name, column in {
            "two-lines": "fine_fen",
            "penalty-month": "fine_fen",
            "accidents": "loss_fen",
        }.items()
    }

    assert units == {"two-lines": "yuan", "penalty-month": "wan_yuan", "accidents": "wan_yuan"}
    assert "标题没有写明单位" in drawn_of("big5-notices").draft
    assert "像是外币" in drawn_of("taiwan-penalties").draft


def test_words_that_no_choice_has_are_listed_to_be_sorted_and_hold_their_rows_until_then():
    office = ALL["inspection-ledger"]
    draft = drawn_of("inspection-ledger").draft
    batch = read_by(draft, office)
    sorted_out = read_by(draft.replace("unclear: [", "not_fixed: ["), office)

    assert "words: {unclear: [移交属地处理]}" in draft
    assert "not_fixed 未改正" in draft
    assert [p.code for p in batch.problems if p.disposition == "hold"] == ["R-CATEGORY-UNCLEAR"] * 3
    assert list(sorted_out.frame["result"]).count("not_fixed") == 3


def read_by(draft: str, office: Office):
    layout = load_layout(draft.encode(), name="draft")
    return read(office.data, filename=office.filename, kind=layout.kind, layout=layout, today=TODAY)


def test_a_header_of_two_lines_is_found_with_and_without_its_merges():
    merged, plain = drawn_of("penalty-month").draft, drawn_of("two-lines").draft

    assert "header_rows: 2" in merged and "title: 处罚情况/罚款数额" in merged
    assert "header_rows: 2" in plain and "title: 处罚/文书号" in plain
    assert "header_rows" not in drawn_of("accidents").draft


def test_a_draft_shows_nothing_of_persons():
    drafts = {name: drawn_of(name, ALL[name].kind).draft for name in ALL if ALL[name].kind}

    assert "11010119900101001X" not in drafts["wage-blacklist"]
    for name, person in {
        "inspection-ledger": "张某",
        "hazard-ledger": "王某",
        "wage-blacklist": "钱某",
    }.items():
        assert person not in drafts[name]
    assert "1380000" not in drafts["enterprise-list"]
    assert "ignore: [序号, 联系电话]" in drafts["enterprise-list"]


def test_a_column_whose_cells_are_numbers_of_persons_is_masked_whatever_its_title():
    rows = [
        ["单位名称", "检查日期", "资料"],
        *(["示例公司", "2026-03-18", f"1380013800{n}"] for n in range(9)),
    ]

    draft = drawn(csv_bytes(rows), kind="inspections").draft

    assert "1380013800" not in draft
    assert "像是个人信息" in draft


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("taiwan-penalties", "republic: true"),
        ("japanese-dispositions", "eras: {令和: 2018}"),
        ("english-penalties", "order: mdy"),
        ("big5-notices", "encoding: big5"),
    ],
)
def test_files_of_other_places_are_drafted_with_their_days_and_encoding(name: str, said: str):
    draft = drawn_of(name).draft
    layout = load_layout(draft.encode(), name=name)

    assert said in draft
    assert {"name", "dated_on"} <= {column.name for column in layout.columns}


def test_what_a_record_needs_and_the_file_has_not_is_asked_for_with_what_may_be_written():
    wanted = drawn_of("inspection-ledger").draft.partition("通常还须有")[2]

    assert "domain（领域）：safety 安全生产、fire 消防安全" in wanted
    assert "authority_name（检查机关）：标题行写着“海淀区应急管理局”" in wanted


def test_what_is_left_open_is_told_until_it_is_settled():
    draft = drawn_of("inspection-ledger").draft
    finished = edited(
        draft,
        {
            "title: 待填写": "title: 海淀应急局检查台账",
            "unclear: [": "not_fixed: [",
            "{state: live}  #": "{state: live, domain: safety, method: routine, authority_name: 海淀区应急管理局}  #",
        },
    )

    told = "\n".join(left_open(load_layout(draft.encode(), name="draft")))
    for word in ("title", "移交属地处理", "domain", "method", "authority_name"):
        assert word in told
    assert left_open(load_layout(finished.encode(), name="draft")) == ()


def edited(draft: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in draft, old
        draft = draft.replace(old, new, 1)
    return draft


def test_columns_without_a_title_and_with_the_same_one_keep_their_own_places():
    rows = [
        ["检查结果记录"],
        ["单位名称", "统一社会信用代码", "检查日期", "检查结果", "日期", "日期", ""],
        *(
            ["示例公司", code(n), "2026-03-18", "合格", "2026-03-19", "2026-03-20", "附页"]
            for n in range(1, 6)
        ),
    ]
    draft = drawn(csv_bytes(rows)).draft
    layout = load_layout(draft.encode(), name="draft")
    batch = read(csv_bytes(rows), filename="a.csv", kind="inspections", layout=layout, today=TODAY)

    assert batch.frame["details"][0] == {"日期": "2026-03-19", "日期_2": "2026-03-20", "第7列": "附页"}
    assert batch.frame["disposition"][0] == "accept"


def test_every_shipped_layout_is_told_by_its_own_titles():
    """The evidence is drawn from these very layouts; whatever is not told here would never be told."""
    told = {}
    for layout in layouts():
        header = [column.title for column in layout.columns]
        cells = [column.example or (column.shown[0] if column.shown else "") for column in layout.columns]
        found = drawn(csv_bytes([header, *[cells] * 4]))
        told[layout.name] = found.candidates[0].kind if found.candidates else None

    assert told == {layout.name: layout.kind for layout in layouts()}


def test_a_draft_can_be_loaded_and_reads_the_file_it_was_drawn_from():
    data = csv_bytes(ROWS)
    draft = drawn(data).draft
    layout = load_layout(draft.encode(), name="draft")
    batch = read(data, filename="a.csv", kind=layout.kind, layout=layout, today=TODAY)

    assert layout.kind == "penalties"
    assert (batch.rows, len(batch.refused)) == (2, 0)
    assert batch.frame["document_no"][0] == "京罚〔2026〕1号"
    assert batch.frame["details"][0] == {"承办时长": 3, "到访日": "2026-03-18"}
    assert "不认识的列" in draft and "order: dmy" in draft and "须由人工核对" in draft


def test_a_file_that_cannot_be_opened_has_a_problem_and_no_draft():
    empty, page = drawn(b""), drawn(HTML, "表.xls")

    assert (empty.draft, [problem.code for problem in empty.problems]) == ("", ["F-EMPTY"])
    assert [problem.code for problem in page.problems] == ["F-TYPE-MISMATCH"]


def test_titles_that_seem_one_column_off_are_pointed_out():
    data = csv_bytes([["編號", "單位", "日期"], ["台北市", "106/08/04", ""], ["高雄市", "108/12/09", ""]])
    draft = drawn(data, kind="penalties").draft
    straight = drawn(csv_bytes([["編號", "單位"], ["1", "台北市"]]), kind="penalties").draft

    assert "# phantoms: ['編號']" in draft
    assert "phantoms" not in straight


def test_a_quoted_amount_at_the_beginning_of_a_line_breaks_no_draft():
    data = '罚款（元）,企业,社会信用代码\n"25,000.00",示例科技有限公司,91110108551385082Q\n'.encode()

    found = drawn(data, kind="penalties")

    assert found.problems == ()
    assert "separator" not in found.draft and "uscc:" in found.draft
