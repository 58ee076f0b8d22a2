from importers import read, suggest_layout
from importers.layouts import load_layout
from tests.importers.files import CODE, TODAY, csv_bytes, xlsx_bytes

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


def test_a_draft_can_be_loaded_and_reads_the_file_it_was_drawn_from():
    data = csv_bytes(ROWS)
    draft, problems = suggest_layout(data, filename="a.csv")
    layout = load_layout(draft.encode(), name="draft")
    batch = read(data, filename="a.csv", kind=layout.kind, layout=layout, today=TODAY)

    assert problems == []
    assert layout.kind == "penalties"
    assert (batch.rows, len(batch.refused)) == (2, 0)
    assert batch.frame["document_no"][0] == "京罚〔2026〕1号"
    assert batch.frame["details"][0] == {"column_8": 3, "column_9": "2026-03-18"}


def test_a_draft_names_what_it_does_not_know_and_asks_a_person():
    draft, _ = suggest_layout(xlsx_bytes(ROWS[1:]), filename="a.xlsx")

    assert "须由人工核对" in draft
    assert "不认识的列" in draft
    assert "order: dmy" in draft


def test_a_draft_shows_no_number_of_a_person():
    draft, _ = suggest_layout(csv_bytes([["姓名", "号码"], ["张某", "11010519491231002X"]]), filename="a.csv")

    assert "11010519491231002X" not in draft


def test_a_file_that_cannot_be_opened_has_a_problem_and_no_draft():
    draft, problems = suggest_layout(b"", filename="a.csv")

    assert draft == ""
    assert [problem.code for problem in problems] == ["F-EMPTY"]


def test_titles_that_seem_one_column_off_are_pointed_out():
    data = csv_bytes([["編號", "單位", "日期"], ["台北市", "106/08/04", ""], ["高雄市", "108/12/09", ""]])
    draft, _ = suggest_layout(data, filename="a.csv")
    straight, _ = suggest_layout(csv_bytes([["編號", "單位"], ["1", "台北市"]]), filename="a.csv")

    assert "# phantoms: ['編號']" in draft
    assert "phantoms" not in straight


def test_a_quoted_amount_at_the_beginning_of_a_line_breaks_no_draft():
    data = '罚款（元）,企业,社会信用代码\n"25,000.00",示例科技有限公司,91110108551385082Q\n'.encode()

    drawn, problems = suggest_layout(data, filename="a.csv")

    assert problems == []
    assert "separator" not in drawn and "uscc:" in drawn
