"""`credit-registry ruleset …`: check a rule set, run it over plain files, print its schema: all without a database.

`impact` alone looks at the register.
"""

from datetime import date
from pathlib import Path
from typing import Any

import click

import scoring_rules
from credit_registry.cli import context
from credit_registry.cli.impact import impact
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import drafts
from scoring_rules.analysis import cases, completeness, files
from scoring_rules.language.schema import json_schema

FOLDER = click.Path(path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def ruleset() -> None:
    """评分规则：检查、试算、比较影响、编辑器用的模式。"""


ruleset.add_command(impact)


@ruleset.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
@context.json_option
def check(folder: Path, is_json: bool) -> None:
    """检查规则集 DIR：语法、来源、算例、完备性。

    有错误（不能装入，或者算例不符）时退出码为 2；只有提示时为 0。
    """
    try:
        loaded = scoring_rules.load_ruleset(folder)
    except scoring_rules.RuleSetError as error:
        _malformed(error, is_json=is_json)
    failed = [difference for case in loaded.cases for difference in cases.differences(loaded, case)]
    remarks = completeness.remarks(loaded)
    document = {
        "id": loaded.id,
        "digest": loaded.digest,
        "items": len(loaded.items),
        "cases": len(loaded.cases),
        "failed": [vars(one) for one in failed],
        "remarks": [vars(one) for one in remarks],
    }
    lines = [f"{loaded.id}（{loaded.title}），自 {loaded.effective_from.isoformat()} 起"]
    lines += [
        f"项目 {len(loaded.items)} 个，算例 {len(loaded.cases)} 个，不符 {len(failed)} 处",
        f"指纹 {loaded.digest}",
    ]
    lines += [f"不符：{one}" for one in failed]
    lines += [f"提示：{one}" for one in remarks] or ["完备性：没有提示"]
    context.say(document, "\n".join(lines), is_json=is_json)
    if failed:
        click.echo(f"规则集 {loaded.id} 有 {len(failed)} 处与算例不符，请改正规则或算例。", err=True)
        raise SystemExit(context.REFUSED)


def _malformed(error: scoring_rules.RuleSetError, *, is_json: bool) -> Any:
    context.refuse(drafts.malformed(error.problems), is_json=is_json)


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，应写成 2026-04-01", param, ctx)


@ruleset.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("--records", "records_file", type=FILE, required=True, help="记录：CSV 或 JSON，一行一条。")
@click.option("--subjects", "subjects_file", type=FILE, required=True, help="主体：CSV 或 JSON，一行一个。")
@click.option("--on", type=_Day(), required=True, help="计算日。")
@click.option("--conditions", "with_conditions", is_flag=True, help="一并给出每个主体符合的名单情形。")
@context.json_option
@context.refusals_explained
def run(
    folder: Path, records_file: Path, subjects_file: Path, on: date, with_conditions: bool, is_json: bool
) -> None:
    """用规则集 DIR 计算普通文件，不用数据库。

    记录文件的列为 subject、record、event 和规则集声明的属性；主体文件的列为 subject 和声明的属性。
    """
    try:
        loaded = scoring_rules.load_ruleset(folder)
    except scoring_rules.RuleSetError as error:
        _malformed(error, is_json=is_json)
    try:
        records, subjects = files.read_table(records_file), files.read_table(subjects_file)
        facts = files.facts_of(loaded, records, subjects)
        answers = files.run(loaded, facts, on=on, with_conditions=with_conditions)
    except scoring_rules.InputError as error:
        raise InvalidInput(str(error), code="facts-unreadable") from None
    for line in (*facts.remarks, *files.unscored(answers)):
        click.echo(line, err=True)
    context.say(answers, "\n".join(_lines(answers)), is_json=is_json)


def _lines(answers: list[dict[str, Any]]) -> list[str]:
    lines = []
    for answer in answers:
        score = "无得分" if answer["score"] is None else f"{answer['score']} 分"
        change = f"，{answer['next_change']} 起变化" if answer["next_change"] else ""
        lines.append(f"{answer['subject']}：{answer['grade']}，{score}{change}")
        for finding in answer["findings"]:
            step = (
                f"{finding['grade_before']} → {finding['grade_after']}"
                if finding["grade_before"]
                else finding["points"]
            )
            record = f"记录 {'、'.join(map(str, finding['records']))}" if finding["records"] else ""
            parts = [finding["domain"], finding["item"], finding["title"], record, step, finding["note"]]
            lines.append("  " + "  ".join(part for part in parts if part))
        for met in answer.get("conditions", ()):
            records = f"记录 {'、'.join(met['records'])}" if met["records"] else ""
            parts = ["名单情形", met["domain"], met["condition"], met["title"], records]
            lines.append("  " + "  ".join(part for part in parts if part))
    return lines


@ruleset.command()
@click.argument("folder", type=FOLDER, metavar="[DIR]", required=False)
def schema(folder: Path | None) -> None:
    """打印规则文件的 JSON Schema；给出 DIR 时，条件中只允许该规则集声明的属性。"""
    try:
        loaded = None if folder is None else scoring_rules.load_ruleset(folder)
    except scoring_rules.RuleSetError as error:
        _malformed(error, is_json=False)
    context.say(json_schema(loaded), "", is_json=True)
