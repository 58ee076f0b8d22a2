"""`ruleset check | run | schema`, as an official and a script use them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import scoring_rules
from credit_registry.cli import main

ROOM = Path(scoring_rules.__file__).parent / "rulesets"
DEFAULT = ROOM / "2019-01-01_haidian-default-1"
FORM = ROOM / "examples" / "2016-01-01_suzhou-form"
HOURS = ROOM / "examples" / "2025-01-01_us-hours-of-service"
SCHEMES = Path(__file__).resolve().parents[1] / "scoring_rules" / "schemes"
FOREIGN = Path(__file__).resolve().parents[3] / "shared" / "data" / "samples" / "foreign_scheme.json"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["ruleset", *map(str, arguments)], catch_exceptions=False)


def run_files(folder: Path, tmp_path: Path, records: str, subjects: str, on: str, *options: str) -> Result:
    (tmp_path / "records.csv").write_text(records, encoding="utf-8")
    (tmp_path / "subjects.csv").write_text(subjects, encoding="utf-8")
    files = ("--records", tmp_path / "records.csv", "--subjects", tmp_path / "subjects.csv")
    return invoke("run", folder, *files, "--on", on, *options)


def test_a_good_rule_set_is_checked_without_a_remark() -> None:
    result = invoke("check", DEFAULT, "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (found["failed"], found["remarks"]) == ([], [])


def test_a_malformed_rule_set_names_file_line_and_remedy(tmp_path: Path) -> None:
    shutil.copytree(FORM, tmp_path / "form")
    text = (tmp_path / "form" / "ruleset.yaml").read_text(encoding="utf-8")
    (tmp_path / "form" / "ruleset.yaml").write_text(
        text.replace("kind: penalty}", "kind: penality}", 1), "utf-8"
    )

    result = invoke("check", tmp_path / "form", "--json")

    problems = json.loads(result.stdout)["error"]["facts"]["problems"]
    line = next(at for at, row in enumerate(text.splitlines(), 1) if "when: {kind: penalty}" in row)
    assert result.exit_code == 2
    assert [(p["file"], p["line"], p["suggestion"]) for p in problems] == [
        ("ruleset.yaml", line, "是否应为 penalty？")
    ]


def test_a_case_that_does_not_hold_fails_the_check(tmp_path: Path) -> None:
    shutil.copytree(FORM, tmp_path / "form")
    path = tmp_path / "form" / "ruleset.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('score: "99.7"', 'score: "99.8"'), encoding="utf-8"
    )

    result = invoke("check", tmp_path / "form")

    assert result.exit_code == 2
    assert "不符：tenths: 得分 应为 99.8，实为 99.7" in result.stdout


def test_plain_files_are_scored_and_numbers_stay_exact(tmp_path: Path) -> None:
    records = (
        "subject,record,kind,dated_on,ended_on,element,points\n"
        "甲公司,r1,hazard,2025-12-01,,,\n"
        "甲公司,r2,shortfall,2025-12-01,,rules,0.3\n"
    )
    result = run_files(FORM, tmp_path, records, "subject\n甲公司\n乙公司\n", "2026-01-01", "--json")

    first, second = json.loads(result.stdout)
    assert list(first) == ["subject", "score", "grade", "domains", "findings", "next_change"]
    assert (first["subject"], first["score"], first["grade"]) == ("甲公司", "89.6", "good")
    assert (second["score"], second["next_change"]) == ("90.0", None)
    line = next(line for line in first["findings"] if line["record"] == "r2")
    assert (line["item"], line["points"], line["base"]) == ("rules-shortfall", "-0.3", "0.3")
    assert first["next_change"] == "2026-12-02"


def test_the_same_facts_as_json_give_the_same_answer(tmp_path: Path) -> None:
    rows = [
        {"subject": "1", "record": 7, "event": None, "kind": "shortfall", "element": "rest", "points": 0.1}
    ]
    rows[0] |= {"dated_on": "2025-12-01"}
    (tmp_path / "records.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "subjects.json").write_text(json.dumps([{"subject": 1}]), encoding="utf-8")

    files = ("--records", tmp_path / "records.json", "--subjects", tmp_path / "subjects.json")
    result = invoke("run", FORM, *files, "--on", "2026-01-01", "--json")

    (answer,) = json.loads(result.stdout)
    assert (answer["subject"], answer["score"]) == ("1", "89.9")


@pytest.mark.parametrize(
    ("records", "subjects", "message"),
    [
        ("subject,record,kind,dated_on\n丙,1,hazard,2025-01-01\n", "subject\n甲\n", "丙 不在主体文件中"),
        ("subject,record,kind,dated_on\n甲,1,hazard,2025/01/01\n", "subject\n甲\n", "不是日期"),
        ("subject,record,kind,dated_on,points\n甲,1,shortfall,2025-01-01,一\n", "subject\n甲\n", "不是数字"),
        ("subject,record,kind,dated_on\n甲,1,hazard\n", "subject\n甲\n", "第 2 行有 3 列"),
        ("subject,record,kind\n甲,1,hazard\n甲,1,hazard\n", "subject\n甲\n", "记录 1 在记录文件中重复"),
        ("subject,record\n", "subject\n甲\n甲\n", "主体 甲 在主体文件中重复"),
    ],
)
def test_facts_that_cannot_be_read_are_refused(
    tmp_path: Path, records: str, subjects: str, message: str
) -> None:
    result = run_files(FORM, tmp_path, records, subjects, "2026-01-01", "--json")

    assert result.exit_code == 2
    assert message in json.loads(result.stdout)["error"]["message"]


def test_an_undeclared_column_is_named_on_standard_error(tmp_path: Path) -> None:
    records = "subject,record,kind,dated,dated_on\n甲,1,hazard,x,2025-12-01\n"
    result = run_files(FORM, tmp_path, records, "subject\n甲\n", "2026-01-01", "--json")

    assert "列 dated 未在规则集中声明" in result.stderr
    assert json.loads(result.stdout)[0]["score"] == "89.9"


def test_the_schema_knows_the_attributes_of_a_rule_set() -> None:
    general = json.loads(invoke("schema").stdout)
    closed = json.loads(invoke("schema", FORM).stdout)

    assert "items" in general["properties"]
    assert general["$defs"]["record_condition"]["additionalProperties"] is not False
    assert closed["$defs"]["record_condition"]["additionalProperties"] is False
    assert "deaths" in closed["$defs"]["record_condition"]["properties"]


@pytest.mark.skipif(not FOREIGN.exists(), reason="needs ../shared")
def test_the_published_worked_example_of_hours_of_service_comes_out_to_the_digit(tmp_path: Path) -> None:
    example = json.loads(FOREIGN.read_text(encoding="utf-8"))["example"]
    rows = []
    for inspection in example["inspections"]:
        about = {"subject": example["id"], "event": inspection["id"], "inspected_on": inspection["date"]}
        rows.append({**about, "kind": "inspection"})
        rows += [
            {**about, "kind": "violation", "code": code, "is_out_of_service": stopped}
            for code, stopped in inspection["violations"]
        ]
    rows = [{**row, "record": at} for at, row in enumerate(rows, 1)]
    (tmp_path / "records.json").write_text(json.dumps(rows), encoding="utf-8")
    carrier = [{"subject": example["id"], "carrier": example["carrier"]}]
    (tmp_path / "subjects.json").write_text(json.dumps(carrier), encoding="utf-8")

    files = ("--records", tmp_path / "records.json", "--subjects", tmp_path / "subjects.json")
    result = invoke("run", HOURS, *files, "--on", example["snapshot"], "--json")

    (answer,) = json.loads(result.stdout)
    expected = example["expected"]
    parts = answer["domains"]["all"]["parts"]
    assert answer["score"] == str(expected["measure"])
    assert (parts["numerator"], parts["denominator"], parts["measure"]) == (
        str(expected["numerator"]),
        str(expected["denominator"]),
        expected["exact"],
    )


def test_the_day_of_an_event_holds_for_every_row_of_it(tmp_path: Path) -> None:
    records = (
        "subject,record,event,kind,inspected_on,code,is_out_of_service\n"
        "甲,1,a,inspection,2026-05-01,,\n"
        "甲,2,a,violation,,395.8(e),true\n"
        "甲,3,b,inspection,2026-05-02,,\n"
        "甲,4,c,inspection,2026-05-03,,\n"
        "甲,5,d,inspection,2026-06-01,,\n"
        "甲,6,d,violation,,395.8(e),\n"
        "乙,7,a,inspection,2024-01-01,,\n"
    )
    result = run_files(
        HOURS, tmp_path, records, "subject,carrier\n甲,general\n乙,general\n", "2026-05-29", "--json"
    )

    first, second = json.loads(result.stdout)
    # (7 + 2) × 3 over three inspections of weight 3; the inspection of June has not been yet.
    assert (first["score"], first["next_change"], second["score"]) == ("3.00", "2026-06-01", None)
    assert [one["record"] for one in first["findings"] if one["item"] == "violation"] == ["2"]


PLACES = """
id: places
title: 名次
language: 1
effective_from: 2025-01-01
series: places
scale: 1
rounding: floor
records:
  day: {type: date, column: 检查日期}
  count: {type: decimal}
dated: day
sources: {s: {title: 试}}
groups: [{id: points, title: 分}]
items:
  - {id: p, title: 分, group: points, when: {day: {missing: false}}, points: {attribute: measured},
     validity: {from: day, stages: [{months: 12}]}, source: [s]}
ranks: [{id: place, title: 名次, of: {difference: [{group: points}, "0.5"]}, method: position, ties: lowest}]
parts: [{id: place, title: 名次, value: {rank: place}}]
score: {of: {difference: [{group: points}, "0.5"]}}
grades: [{grade: last}, {grade: other}]
bands: [{grade: last, when: {value: {of: {part: place}, at_most: 1}}}, {grade: other}]
"""


@pytest.mark.parametrize(
    ("day", "message"),
    [("2026/1/10", "列 检查日期 的值“2026/1/10”不是日期"), ("", "没有日期 检查日期，未参加计算")],
)
def test_a_column_is_called_by_its_heading_in_messages(tmp_path: Path, day: str, message: str) -> None:
    folder = tmp_path / "places"
    folder.mkdir()
    text = PLACES.replace("  count:", "  measured:").replace("decimal}", "decimal, column: count}")
    (folder / "ruleset.yaml").write_text(text, encoding="utf-8")
    records = f"subject,检查日期,count\n甲,{day},2\n"

    result = run_files(folder, tmp_path, records, "subject\n甲\n", "2026-02-28")

    assert message in result.stderr


def test_a_place_changes_on_the_day_that_a_peer_does(tmp_path: Path) -> None:
    folder = tmp_path / "places"
    folder.mkdir()
    text = PLACES.replace("  count:", "  measured:").replace("decimal}", "decimal, column: count}")
    (folder / "ruleset.yaml").write_text(text, encoding="utf-8")
    records = "subject,检查日期,count\n甲,2026-01-10,2\n乙,2025-03-01,3\n乙,2026-02-01,1\n丙,2026-05-01,5\n"

    result = run_files(folder, tmp_path, records, "subject\n甲\n乙\n丙\n丁\n", "2026-02-28", "--json")

    found = {one["subject"]: one for one in json.loads(result.stdout)}
    # 丁 has nothing: 0 − 0.5, floored; it is last until the others' points end.
    assert {name: (one["score"], one["grade"]) for name, one in found.items()} == {
        "甲": ("1", "other"),
        "乙": ("3", "other"),
        "丙": ("-1", "last"),
        "丁": ("-1", "last"),
    }
    assert {name: one["next_change"] for name, one in found.items()} == {
        "甲": "2027-01-11",
        "乙": "2026-03-02",
        "丙": "2026-05-01",
        "丁": None,
    }
    *_, rounding, band = [(f["title"], f["points"], f["grade_after"]) for f in found["丁"]["findings"]]
    assert rounding == ("向下取整", "-0.5", None)
    assert band == ("符合等级 last 的条件", "0", "last")


def test_a_name_of_the_language_is_refused_with_the_way_to_read_that_column(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text(PLACES, encoding="utf-8")

    result = invoke("check", tmp_path, "--json")

    problems = json.loads(result.stdout)["error"]["facts"]["problems"]
    line = next(at for at, row in enumerate(PLACES.splitlines(), 1) if "count:" in row)
    assert ("ruleset.yaml", line) in [
        (p["file"], p["line"]) for p in problems if "column: count" in p["suggestion"]
    ]


def test_a_defect_of_the_head_is_named_where_it_stands(tmp_path: Path) -> None:
    shutil.copytree(FORM, tmp_path / "form")
    path = tmp_path / "form" / "ruleset.yaml"
    path.write_text(path.read_text("utf-8").replace("dated: dated_on\n", ""), encoding="utf-8")
    (tmp_path / "form" / "dates.yaml").write_text("order: [dated_on]\ndated: happened_on\n", encoding="utf-8")

    result = invoke("check", tmp_path / "form", "--json")

    found = [(p["file"], p["line"]) for p in json.loads(result.stdout)["error"]["facts"]["problems"]]
    assert ("dates.yaml", 2) in found


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        ("甲,2,hazard,2025/12/1,", 2, "文件 records.csv 第 4 行：列 dated_on 的值“2025/12/1”不是日期"),
        ("甲,2,shortfall,2025-12-01,many", 2, "文件 records.csv 第 4 行：列 points 的值“many”不是数字"),
        ("乙,2,hazard,2025-12-01,", 2, "文件 records.csv 第 4 行：记录中的主体 乙 不在主体文件中"),
        (",2,hazard,2025-12-01,", 2, "文件 records.csv 第 4 行没有 subject"),
        ("甲,2,hazrd,2025-12-01,", 0, "第 4 行：列 kind 的值“hazrd”不在声明的取值之内（是否应为 hazard？）"),
        ("甲,2,hazard,,", 0, "文件 records.csv 第 4 行没有日期 dated_on，未参加计算"),
    ],
)
def test_what_a_file_says_otherwise_than_declared_is_named_with_its_row(
    tmp_path: Path, row: str, code: int, message: str
) -> None:
    records = f"subject,record,kind,dated_on,points\n甲,1,hazard,2025-12-01,\n\n{row}\n"

    result = run_files(FORM, tmp_path, records, "subject\n甲\n", "2026-01-01")

    assert result.exit_code == code
    assert message in result.stderr


def test_list_conditions_are_given_where_they_are_asked_for(tmp_path: Path) -> None:
    records = "subject,record,kind,happened_on\n甲,r7,report,2024-01-10\n乙,r7,accident,2026-01-10\n"
    arguments = (SCHEMES / "classes-without-score", tmp_path, records, "subject\n甲\n乙\n", "2026-09-30")

    plain = json.loads(run_files(*arguments, "--json").stdout)
    asked = json.loads(run_files(*arguments, "--conditions", "--json").stdout)
    shown = run_files(*arguments, "--conditions").stdout

    assert [sorted(one) for one in plain] == [
        ["domains", "findings", "grade", "next_change", "score", "subject"]
    ] * 2
    assert [(one["score"], one["grade"]) for one in asked] == [(None, "D"), (None, "C")]
    assert [
        [(met["condition"], met["domain"], met["series"], met["records"]) for met in one["conditions"]]
        for one in asked
    ] == [[("L1", "all", "black", ["r7"])], []]
    assert "名单情形  all  L1  瞒报  记录 r7" in shown


def test_a_class_without_a_score_names_its_condition_and_records(tmp_path: Path) -> None:
    records = "subject,record,kind,happened_on\n甲,one,accident,2025-11-30\n甲,two,accident,2026-02-10\n"
    result = run_files(
        SCHEMES / "classes-without-score", tmp_path, records, "subject\n甲\n", "2026-09-30", "--json"
    )

    (answer,) = json.loads(result.stdout)
    (finding,) = answer["findings"]
    assert (finding["item"], finding["title"], finding["records"]) == ("D", "一票否决", ["one", "two"])
    assert (finding["points"], finding["grade_after"]) == ("0", "D")


def test_a_value_that_no_table_holds_is_named_beside_the_answers(tmp_path: Path) -> None:
    records = "subject,record,kind,severity,issued_on\n甲,1,stop_work,serious,2026-08-01\n"
    result = run_files(SCHEMES / "demerit-points", tmp_path, records, "subject\n甲\n", "2026-09-30", "--json")

    said = "缺少计分所需的数据：kind 为“stop_work”、severity 为“serious”，表中未列"
    assert result.exit_code == 0
    assert f"记录 1 的项目 demerit 没有分值：{said}" in result.stderr
    assert [finding["note"] for finding in json.loads(result.stdout)[0]["findings"]] == [said]


def test_the_lines_of_a_product_are_those_of_its_items(tmp_path: Path) -> None:
    """A coefficient that stands first carries nothing: its records would have no points of their own."""
    records = "subject,record,event,kind,gravity,checked_on\n甲,1,e1,breach,SI,2026-01-10\n"
    result = run_files(
        SCHEMES / "risk-rating", tmp_path, records, "subject,fleet,share\n甲,12,60\n", "2026-09-30", "--json"
    )

    (answer,) = json.loads(result.stdout)
    assert [(one["item"], one["points"]) for one in answer["findings"] if one["points"] != "0"] == [
        ("breach", "24")
    ]
