from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

import scoring_rules
from scoring_rules import RuleSetError, load_ruleset

FORM = Path(scoring_rules.__file__).parent / "rulesets" / "examples" / "2016-01-01_suzhou-form"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FORM, tmp_path / "form")
    return tmp_path / "form"


def broken(folder: Path, old: str, new: str) -> list[tuple[int, str, str]]:
    """Problems after one replacement: line, message, suggestion."""
    path = folder / "ruleset.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(folder)
    return [(problem.line, problem.message, problem.suggestion) for problem in caught.value.problems]


def line_of(text: str) -> int:
    lines = (FORM / "ruleset.yaml").read_text(encoding="utf-8").splitlines()
    return next(at for at, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "message", "suggestion"),
    [
        ("scale: 10", "scalle: 10", "规则集没有键 scalle", "是否应为 scale？"),
        ('points: "0.1"', "points: 0.1", "小数 0.1 未加引号，会失去精度", '请写成 "0.1"'),
        ("group: hazards\n", "group: hazard\n", "groups 中没有 hazard", "是否应为 hazards？"),
        ("deaths: {at_least: 1}", "death: {at_least: 1}", "记录没有属性 death", "是否应为 deaths？"),
        ("deaths: {at_least: 1}", "deaths: {atleast: 1}", "没有比较 atleast", "是否应为 at_least？"),
        ("deaths: {at_least: 1}", "deaths: {includes: a}", "属性 deaths（integer）不能用 includes 比较", ""),
        (
            "when: {kind: complaint}",
            "when: {kind: complaints}",
            "“complaints”不在声明的取值之内",
            "是否应为 complaint？",
        ),
        ("source: [form]", "source: [from]", "sources 中没有 from", "是否应为 form？"),
        (
            "until: ended_on",
            "until: deaths",
            "属性 deaths 的类型是 integer，此处需要 date",
            "可用：dated_on、ended_on",
        ),
        ("grade: good, at_least: 75", "grade: god, at_least: 75", "grades 中没有 god", "是否应为 good？"),
        ("rounding: half_up", "rounding: halfup", "“halfup”不在允许的取值之内", "是否应为 half_up？"),
        ("effective_from: 2016-01-01", "effective_from: 2016-13-01", "“2016-13-01”不是日期", ""),
        ("id: suzhou-form", "id: suzhou-form\nid: again", "键 id 重复", ""),
        ("scale: 10", "scale: &ten 10", "规则文件不得使用锚点和别名（& 与 *）", ""),
        ("scale: 10", "scale: !!python/name:os.system 10", "规则文件不得使用标签", ""),
        ("scale: 10", "scale: !!str 10", "规则文件不得使用标签", "请删除标签"),
        ("points: 10\n", "points: 010\n", "“010”以 0 开头，读法不一", "请写成 10"),
        ("language: 1", "language: 2", "规则语言版本 2 不受支持", ""),
        ("{part: others}", "{part: other}", "parts 中没有 other", "是否应为 others？"),
        ("stages: [{years: 3}]", "stages: [{years: 3, open: true}]", "阶段须恰有一个终点", ""),
        (
            "grade: good, class",
            f"grade: {'好' * 33}, class",
            f"“{'好' * 33}”不是合格的等级名称",
            "至多 32 个字符",
        ),
        ("points: {attribute: points}", "points: {attribute: element}", "属性 element 的类型是 text", ""),
    ],
)
def test_a_defect_is_named_with_its_line_and_a_remedy(
    folder: Path, old: str, new: str, message: str, suggestion: str
) -> None:
    problems = broken(folder, old, new)

    line, found, hint = next(problem for problem in problems if problem[1].startswith(message))
    assert abs(line - line_of(old.splitlines()[0])) <= 3 or line == 1
    assert suggestion in hint


def test_every_defect_is_named_in_one_run(folder: Path) -> None:
    path = folder / "ruleset.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("deaths: {at_least: 1}", "dead: {at_least: 1}").replace(
        "group: rest\n", "group: rst\n", 1
    )
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RuleSetError) as caught:
        load_ruleset(folder)

    assert {problem.message for problem in caught.value.problems} >= {
        "记录没有属性 dead",
        "groups 中没有 rst",
    }


def test_a_key_stands_in_one_file_only(folder: Path) -> None:
    (folder / "more.yaml").write_text("scale: 10\n", encoding="utf-8")

    with pytest.raises(RuleSetError, match=r"ruleset\.yaml:\d+: 键 scale 重复"):
        load_ruleset(folder)


def test_terms_that_speak_of_themselves_are_refused(folder: Path) -> None:
    (folder / "terms.yaml").write_text("terms: {one: {term: two}, two: {term: one}}\n", encoding="utf-8")

    with pytest.raises(RuleSetError, match="terms 中的 one 引用了自己"):
        load_ruleset(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"a: [", b"- 1", b"a: b: c"])
def test_a_file_that_is_no_mapping_is_refused(folder: Path, content: bytes) -> None:
    (folder / "broken.yaml").write_bytes(content)

    with pytest.raises(RuleSetError, match=r"broken\.yaml"):
        load_ruleset(folder)


def test_a_folder_without_a_rule_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleSetError, match=r"没有 ruleset\.yaml"):
        load_ruleset(tmp_path / "absent")


def test_the_error_survives_a_worker_process() -> None:
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(Path("absent"))

    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_the_digest_changes_with_any_byte(folder: Path) -> None:
    before = load_ruleset(folder).digest
    (folder / "SOURCE.md").write_text("changed\n", encoding="utf-8")

    assert load_ruleset(folder).digest != before


def test_a_file_that_is_no_yaml_is_named_without_the_noise_of_missing_keys(folder: Path) -> None:
    problems = broken(folder, "groups:\n", "groups: [{\n")

    assert len(problems) == 1
    assert "YAML 语法错误" in problems[0][1]


@pytest.mark.parametrize("name", ["绿", "Ⅲ级", "★★★", "一等-甲", "A+"])
def test_a_grade_is_called_what_the_published_text_calls_it(folder: Path, name: str) -> None:
    path = folder / "ruleset.yaml"
    text = path.read_text(encoding="utf-8").replace("grade: good", f"grade: {name}")
    path.write_text(text, encoding="utf-8")

    assert name in [shape.grade for shape in load_ruleset(folder).grades]


@pytest.mark.parametrize("name", ["优 良", "优、良", "（优）", "-优"])
def test_a_name_has_no_spaces_and_no_marks(folder: Path, name: str) -> None:
    (problem, *_) = broken(folder, "grade: good, class", f"grade: {name}, class")

    assert problem[1] == f"“{name}”不是合格的等级名称"


CYCLES = Path(__file__).parent / "schemes" / "points-by-cycle" / "ruleset.yaml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("every: {years: 1}, ", "every: {days: 90}, ", "周期须为若干整月或整年"),
        ("every: {years: 1}, ", "every: {calendar_years: 1}, ", "周期须为若干整月或整年"),
        (", subject: licensed_on}", "}", "周期须恰有一个起点"),
        (", subject: licensed_on}", ", subject: licensed_on, day: 2020-01-01}", "周期须恰有一个起点"),
        (", subject: licensed_on}", ", subject: licenced_on}", "主体没有属性 licenced_on"),
        (
            "after: decided_on, every: {y",
            "after: points, every: {y",
            "属性 points 的类型是 integer，此处需要 date",
        ),
        (
            "cycle_end: {type: date",
            "cycle_end: {type: integer",
            "cycle_end 的类型是 integer，recurring 得日期",
        ),
        (
            "recurring: {after: decided_on, every: {months: 3}, day: 2021-01-01}",
            "earliest: [decided_on], plus: {calendar_years: 1}",
            "日期不能加减 calendar_years",
        ),
        (
            "quarter_end: {reached: false}",
            "quarter_end: {above: {attribute: decided_on, minus: {calendar_years: 1}}}",
            "日期不能加减 calendar_years",
        ),
    ],
)
def test_a_cycle_or_a_moved_date_that_cannot_be_meant_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = CYCLES.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "ruleset.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(RuleSetError) as caught:
        load_ruleset(tmp_path)

    assert message in [problem.message for problem in caught.value.problems]
