"""`credit-registry import` and `template`, as an operator types them."""

import io
import json

import openpyxl
import pytest
from click.testing import CliRunner

from credit_registry.cli import main
from tests.factories import a_code, a_file


@pytest.fixture
def run(tmp_path, monkeypatch, sqlite_template):
    # The terminal door reads the environment itself; that is its job and cannot be handed in.
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path))
    (tmp_path / "registry.sqlite3").write_bytes(sqlite_template.read_bytes())
    return lambda *arguments: CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def good(tmp_path):
    file = tmp_path / "good.csv"
    file.write_bytes(a_file("enterprises", [{"name": "示例甲有限公司", "uscc": a_code(1)}]))
    return file


@pytest.fixture
def bad(tmp_path):
    rows = [
        {"name": "示例甲有限公司", "uscc": a_code(1)},
        {"name": "示例乙有限公司", "uscc": "91110108MA01KPGC87"},
    ]
    file = tmp_path / "bad.csv"
    file.write_bytes(a_file("enterprises", rows))
    return file


def test_json_is_one_document_with_exactly_the_named_keys(run, good):
    result = run("import", "enterprises", good, "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "batch": 1, "source": "good.csv", "rows": 1, "accepted": 1, "duplicate": 0, "held": 0, "refused": 0,
        "problems": [], "replayed": False,
    }  # fmt: skip


def test_problem_rows_exit_with_three_and_name_their_line(run, bad):
    result = run("import", "enterprises", bad, "--json")

    document = json.loads(result.stdout)
    assert result.exit_code == 3
    (problem,) = document["problems"]
    assert set(problem) == {"sheet", "row", "column", "code", "disposition", "value", "message", "hint"}
    assert (problem["row"], problem["code"]) == (3, "R-USCC-CHECK")


def test_people_read_sentences(run, bad):
    result = run("import", "enterprises", bad)

    assert "入库 1　重复 0　待人工处理 0　拒绝 1" in result.stdout
    assert "第3行“统一社会信用代码”" in result.stdout
    assert "读取文件" in result.stderr


def test_a_second_run_replays(run, good):
    run("import", "enterprises", good)
    result = run("import", "enterprises", good)

    assert result.exit_code == 0
    assert "未重复入库" in result.stdout


def test_a_dry_run_leaves_the_register_as_it_was(run, good):
    dry = run("import", "enterprises", good, "--dry-run", "--json")
    real = run("import", "enterprises", good, "--json")

    assert json.loads(dry.stdout) == {**json.loads(real.stdout), "batch": None}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("fines", "good.csv"), "unknown-kind"), (("enterprises", "none.csv"), "no-such-file"),
        (("enterprises", "empty.csv"), "file-refused"), (("enterprises", "good.csv", "--layout", "x"), "unknown-layout"),
        (("enterprises", "good.csv", "--key", "a b"), "key-invalid"),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence_on_stderr_a_document_on_stdout_and_two(run, good, tmp_path, arguments, code):
    (tmp_path / "empty.csv").touch()
    kind, file, *more = arguments
    result = run("import", kind, tmp_path / file, *more, "--json")

    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["code"] == code
    assert result.stderr.strip() == error["message"]


def test_a_template_is_a_workbook_that_imports_as_it_is_once_filled(run, tmp_path):
    out = tmp_path / "模板.xlsx"
    made = run("template", "enterprises", out)

    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    sheet = book.worksheets[0]
    titles = [str(cell.value).lstrip("*") for cell in sheet[1]]
    sheet.cell(3, titles.index("企业名称") + 1, "示例甲有限公司")
    sheet.cell(3, titles.index("统一社会信用代码") + 1, a_code(1))
    book.save(out)
    result = run("import", "enterprises", out, "--json", "--sheet", sheet.title)
    assert made.exit_code == 0
    document = json.loads(result.stdout)
    assert (document["rows"], document["accepted"]) == (1, 1)


def test_a_layout_is_drafted_from_an_unknown_file_without_an_import(run, good):
    result = run("import", "enterprises", "--suggest-layout", good)

    assert (result.exit_code, result.stderr) == (0, "")
    assert "kind: enterprises" in result.stdout
    assert "须由人工核对" in result.stdout


def test_a_file_that_gives_no_draft_is_refused_with_its_sentence(run, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    result = run("import", "--suggest-layout", tmp_path / "empty.csv")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "不能起草版式" in result.stderr


def test_a_template_is_told_as_one_document(run, tmp_path):
    out = tmp_path / "form.xlsx"
    assert json.loads(run("template", "penalties", out, "--json").stdout) == {
        "kind": "penalties",
        "file": str(out),
    }


def test_a_draft_is_of_the_kind_that_was_named(run, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("Notice;Served\nN1;14 Sep 2020\n", encoding="utf-8")

    assert "kind: penalties" in run("import", "penalties", "--suggest-layout", file).stdout
    assert (
        "kind: hazards"
        in json.loads(run("import", "hazards", "--suggest-layout", file, "--json").stdout)["layout"]
    )
    unknown = run("import", "misdeeds", "--suggest-layout", file, "--json")
    assert (unknown.exit_code, json.loads(unknown.stdout)["error"]["code"]) == (2, "unknown-kind")


def test_an_import_without_a_file_says_what_to_write(run):
    assert "请写明类别和文件" in run("import", "penalties").stderr


def test_notes_are_one_line_per_code_for_people_and_complete_for_programs(run, tmp_path):
    rows = [{"name": f"示例{n}有限公司", "uscc": a_code(n).lower()} for n in range(1, 4)]
    (tmp_path / "lower.csv").write_bytes(a_file("enterprises", rows))

    text = run("import", "enterprises", tmp_path / "lower.csv", "--dry-run").stdout
    document = json.loads(run("import", "enterprises", tmp_path / "lower.csv", "--json").stdout)

    assert text.count("N-USCC") == 1
    assert "提示　N-USCC 3条，例：第2行" in text
    assert [problem["code"] for problem in document["problems"]] == ["N-USCC"] * 3
