"""`credit-registry lookup CODE`: what applies to a code, for a matter, today."""

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.domain.answers import MATTERS, LookupView
from credit_registry.domain.other_lists import COLOURS
from credit_registry.services import lookups

_LISTS = {"black": "严重失信主体名单", "red": "守信激励名单"}


@click.command()
@click.argument("uscc")
@click.option("--matter", help=f"查询事项：{'、'.join(MATTERS)}。")
@click.option("--purpose", help="案号或事由，记入查询日志。")
@context.json_option
@context.refusals_explained
def lookup(uscc: str, matter: str | None, purpose: str | None, is_json: bool) -> None:
    """查询一个统一社会信用代码的信用状况。"""
    now = clock.now()
    with context.database() as database:
        view = database.run(
            lambda session: lookups.answer(
                session, context.operator(), uscc, matter=matter, purpose=purpose, now=now
            )
        )
    context.say(view.as_dict(), _text(view), is_json=is_json)


def _text(view: LookupView) -> str:
    if not view.is_known:
        notes = [note["text"] for note in view.annotations]
        return "\n".join([f"{view.query}：本登记没有这个代码。", *_elsewhere(view), *notes])
    lines = [f"{view.name}（{view.uscc}）  {view.on.isoformat()}"]
    if view.grade:
        score = f"，{view.grade['score']} 分" if view.grade["score"] is not None else ""
        lines.append(f"等级：{view.grade['grade']}{score}（系统计算，未经正式公布）")
    lines += [
        f"名单：{_LISTS[entry['list']]}，{entry['from']} 至 {entry['until']}，{entry['authority']}"
        for entry in view.lists
    ] or ["名单：不在任何名单。"]
    lines += [f"措施：{measure['title']}（{measure['basis']}）" for measure in view.measures]
    lines += [*_elsewhere(view), *(f"说明：{note['text']}" for note in view.annotations)]
    return "\n".join(lines)


def _elsewhere(view: LookupView) -> list[str]:
    """Entries of other departments' lists, as they told them."""
    lines = []
    for entry in view.other_lists:
        end = entry["listed_until"]
        since = f"，{entry['listed_on']} 起" if entry["listed_on"] else "，列入日期不详"
        since += f"至 {end}" if end else ""
        source = f"，来源：{entry['source']}" if entry["source"] else ""
        told = f"{entry['list_name']}（{COLOURS[entry['list_colour']]}）{since}，{entry['authority'] or '机关不详'}"
        lines.append(f"其他部门名单：{told}{source}，{entry['recorded_on']} 收到")
    return lines
