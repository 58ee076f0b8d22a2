"""The comparison of two rule sets as tables for a terminal or a file."""

from collections.abc import Iterable, Sequence
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from credit_registry.domain.impacts import (
    ASPECT_TITLES,
    UNKNOWN_SUBDISTRICT,
    Comparison,
    Move,
    Share,
    industry_title,
)
from credit_registry.services import vocabulary

_SHARES = ("企业", "有变动", "等级下降", "等级上升")


def report(comparison: Comparison, *, width: int, is_terminal: bool, limit: int) -> str:
    """Everything but the long tail of enterprises, of which the first ``limit`` are shown."""
    page = _Page(width, is_terminal=is_terminal)
    for name, side in (("调整前", comparison.before), ("调整后", comparison.after)):
        page.say(f"{name}：{side.title}（{side.id}，自 {side.effective_from} 起，指纹 {side.digest[:12]}）")
    page.say(f"测算日 {comparison.on}。只作比较，没有改动任何记录、等级或者名单。")
    moving = "，".join(f"{title} {comparison.moving(aspect)}" for aspect, title in ASPECT_TITLES.items())
    page.say(f"共 {comparison.count} 家企业，{len(comparison.moves)} 家有变动：{moving}。")
    if not comparison.moves:
        return page.text()
    _matrix(page, comparison)
    page.table(
        "由哪些规则引起",
        ("代号", "规则"),
        ("企业",),
        ((item, title, str(count)) for item, title, count in comparison.rules()),
    )
    page.table(
        "按行业门类",
        ("行业",),
        _SHARES,
        (_share(industry_title(each.code), each) for each in comparison.industries),
    )
    page.table(
        "按街镇",
        ("街镇",),
        _SHARES,
        (
            _share(vocabulary.place(each.code) or UNKNOWN_SUBDISTRICT, each)
            for each in comparison.subdistricts
        ),
    )
    shown = comparison.moves[:limit]
    if shown:
        page.table(
            "有变动的企业（下降多的在前）",
            ("企业", "等级", "得分", "其他变动", "原因"),
            (),
            map(_enterprise, shown),
        )
    if len(shown) < len(comparison.moves):
        page.say(f"另有 {len(comparison.moves) - len(shown)} 家没有列出；全部名单见 --csv 或者 --json。")
    return page.text()


class _Page:
    def __init__(self, width: int, *, is_terminal: bool) -> None:
        self._file = StringIO()
        self._console = Console(file=self._file, width=width, force_terminal=is_terminal, highlight=False)

    def say(self, line: str) -> None:
        self._console.print(Text(line))

    def table(
        self, head: str, titles: Sequence[str], numbers: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> None:
        self._console.print(Text(f"\n{head}", style="bold"))
        drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title in titles:
            drawn.add_column(title, overflow="fold")
        for title in numbers:
            drawn.add_column(title, justify="right", no_wrap=True)
        for row in rows:
            drawn.add_row(*map(Text, row))
        self._console.print(drawn)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._file.getvalue().rstrip().splitlines())


def _matrix(page: _Page, comparison: Comparison) -> None:
    """From which grade to which; only grades that somebody has."""
    columns = [grade for grade, count in comparison.standing(1).items() if count]
    rows = [grade for grade, count in comparison.standing(0).items() if count]
    page.table(
        "等级变动（行为调整前，列为调整后）",
        ("",),
        columns,
        ([one, *(str(comparison.grades.get((one, other), "") or "·") for other in columns)] for one in rows),
    )


def _share(title: str, share: Share) -> tuple[str, ...]:
    return title, *map(str, (share.count, share.moved, share.lowered, share.raised))


def _enterprise(move: Move) -> tuple[str, ...]:
    others = [f"情形 {code} 成立" for code in move.opened] + [f"情形 {code} 不再成立" for code in move.closed]
    if move.moves("supervision"):
        others.append(f"监管：{move.supervision_before or '未规定'} → {move.supervision_after or '未规定'}")
    return (
        f"{move.name}\n{move.uscc or '无代码'}",
        _arrow(move.grade_before, move.grade_after),
        _arrow(move.score_before or "无", move.score_after or "无"),
        "\n".join(others),
        "\n".join(reason.text for reason in move.reasons),
    )


def _arrow(one: str, other: str) -> str:
    return one if one == other else f"{one} → {other}"
