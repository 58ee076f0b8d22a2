"""`credit-registry grade CODE`: one enterprise's assessment with its reasons, for any day, as known at any instant."""

import shutil
import sys
from datetime import date, datetime, timedelta

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.domain.answers import AssessmentView, FindingView
from credit_registry.domain.errors import InvalidInput
from credit_registry.services import assessments, prospects


@click.command()
@click.argument("uscc")
@click.option("--on", "on", metavar="DAY", help="评价日，形如 2026-06-30；默认今天。")
@click.option("--known-at", metavar="DAY|INSTANT", help="回看时点：日期（该日终了）或带时区的时刻。")
@click.option("--explain", "is_explained", is_flag=True, help="逐条说明，并给出提高等级的途径（只按今天）。")
@context.json_option
@context.refusals_explained
def grade(uscc: str, on: str | None, known_at: str | None, is_explained: bool, is_json: bool) -> None:
    """评价一家企业，列出每一条依据。"""
    if is_explained and (on or known_at):
        raise InvalidInput(
            "--explain 只说明今天的等级，不能与 --on、--known-at 同用。请去掉其中一项。",
            code="explain-of-today",
        )
    day = read_day(on) if on else None
    instant = read_instant(known_at) if known_at else None
    now = clock.now()
    by = context.operator()
    if not is_explained:
        with context.database() as database:
            view = database.run(
                lambda session: assessments.get(session, by, uscc, on=day, known_at=instant, now=now)
            )
        context.say(view.as_dict(), _text(view), is_json=is_json)
        return
    with context.database() as database, database.read() as session:
        view, prospect = prospects.with_assessment(session, by, uscc, now=now)
    # Imported late: drawing tables takes longer to load than a grade takes to compute.
    from credit_registry.cli.grade_text import explained

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    document = view.as_dict() | {"way_out": prospect.as_dict()}
    context.say(document, explained(view, prospect, width=width), is_json=is_json)


def read_day(text: str) -> date:
    """A day written ``YYYY-MM-DD``."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInput(f"“{text}”不是日期。请写成 2026-06-30 的形式。", code="A-AS-OF", facts={"value": text})


def read_instant(text: str) -> datetime:
    """An instant with its zone, or a day, which means its last moment in Beijing."""
    if len(text) == 10:
        return clock.day_end(read_day(text)) - timedelta(microseconds=1)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput(
            f"“{text}”不是带时区的时刻。请写成 2026-07-15 或 2026-07-15T09:00:00+08:00 的形式。",
            code="A-AS-OF",
            facts={"value": text},
        )
    return found


def _text(view: AssessmentView) -> str:
    score = f"{view.score} 分" if view.score is not None else "没有得分"
    lines = [
        f"{view.name}（{view.uscc or '无代码'}）",
        f"{view.on.isoformat()}：{view.grade}，{score}（规则 {view.ruleset}）",
    ]
    for name, domain in view.domains.items():
        lines.append(f"  {name}：{domain.grade}，{domain.score if domain.score is not None else '没有得分'}")
    lines += [f"  {_line(finding)}" for finding in view.findings]
    if view.next_change_on:
        lines.append(f"如无新的信息，{view.next_change_on.isoformat()} 起结果变化。")
    return "\n".join(lines)


def _line(finding: FindingView) -> str:
    parts = [finding.domain, finding.item, finding.title]
    parts += [record.document_no or f"记录 {record.record}" for record in finding.records]
    if finding.points is not None:
        parts.append(f"{finding.points} 分")
    if finding.grade_after:
        parts.append(f"{finding.grade_before or '—'} → {finding.grade_after}")
    if finding.note:
        parts.append(finding.note)
    return "  ".join(parts)
