"""`credit-registry assess` and `credit-registry daily`: grade everybody; move what facts and calendar moved."""

from datetime import date, timedelta

import click
from rich.progress import Progress

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.grade import read_day
from credit_registry.services import assessments, clockwork, jobs
from credit_registry.services.assessments import Assessed
from credit_registry.services.clockwork import ClockRun


@click.command()
@click.option("--on", "on", metavar="DAY", help="评价日，形如 2026-06-30；默认今天。")
@context.json_option
@context.refusals_explained
def assess(on: str | None, is_json: bool) -> None:
    """评价全部企业。"""
    result = _assess(read_day(on) if on else clock.local_day(clock.now()), only_due=False, is_json=is_json)
    context.say(result.as_dict(), _text(result), is_json=is_json)


@click.command()
@context.json_option
@context.refusals_explained
def daily(is_json: bool) -> None:
    """每日运行：走完到期的名单期限，评价信息或日期有变化的企业，清理早已结束的导入任务。

    晚运行、重复运行都无害：名单是否显示由日期决定，不由本命令决定。
    """
    now, operator = clock.now(), context.operator()
    with context.database() as database:
        # Two transactions: what the clocks did stands even where the grading after it is refused.
        clocks = database.run(lambda session: clockwork.run_clocks(session, operator, now=now))
        ended_before = now - timedelta(days=context.settings().jobs_kept_days)
        forgotten = database.run(lambda session: jobs.forget(session, before=ended_before))
    result = _assess(clock.local_day(now), only_due=True, is_json=is_json)
    document = {**result.as_dict(), "clocks": clocks.as_dict(), "forgotten_jobs": forgotten}
    lines = [
        _clocks_text(clocks),
        *([f"清理已结束的导入任务 {forgotten} 个。"] if forgotten else []),
        _text(result),
    ]
    context.say(document, "\n".join(lines), is_json=is_json)


def _assess(on: date, *, only_due: bool, is_json: bool) -> Assessed:
    now, operator = clock.now(), context.operator()
    with (
        context.database() as database,
        Progress(transient=True, disable=is_json or not context.is_terminal()) as bar,
    ):
        task = bar.add_task("评价", total=None)
        return database.run(
            lambda session: assessments.assess(
                session,
                operator,
                on=on,
                now=now,
                only_due=only_due,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        )


def _text(result: Assessed) -> str:
    grades = "  ".join(f"{grade} {count}" for grade, count in result.grades.items()) or "没有企业"
    return (
        f"{result.on.isoformat()}：评价 {result.assessed} 家，{result.changed} 家有变化，"
        f"新开拟列入案件 {result.candidates} 件（规则 {result.ruleset}）。\n{grades}"
    )


def _clocks_text(clocks: ClockRun) -> str:
    return (
        f"名单：{len(clocks.closed_windows)} 件申辩期届满，{len(clocks.expired)} 件期满，"
        f"{len(clocks.expiring)} 件将在三十日内期满，{len(clocks.overdue)} 件超过法定期限，"
        f"{len(clocks.unfit)} 件不再符合守信激励条件。"
    )
