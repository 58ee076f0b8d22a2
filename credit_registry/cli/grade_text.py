"""An assessment and its way out as a person reads them: tables on a terminal, plain lines in a file."""

from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from credit_registry.domain.answers import DOMAIN_TITLES, AssessmentView, FindingView, NamedRecord
from credit_registry.domain.prospects import LineOutlook, ProspectView, Way


def explained(assessment: AssessmentView, prospect: ProspectView, *, width: int | None) -> str:
    """The whole explanation.

    Args:
        width: of the terminal; None for plain lines that a file or another program gets.
    """
    parts = _Parts(width)
    parts.say(f"{assessment.name}（{assessment.uscc or '无代码'}）")
    parts.say(
        f"{assessment.on.isoformat()}：{_grade(assessment.grade)}，{_points(assessment.score)}"
        f"（规则 {assessment.ruleset}）"
    )
    for domain, lines in groupby(assessment.findings, key=lambda finding: finding.domain):
        _findings(parts, assessment, domain, list(lines))
    if not assessment.is_complete:
        parts.say("监管信息未列出，所列各行之和不等于得分。")
    _forecast(parts, prospect)
    _outlooks(parts, prospect.lines)
    _ways(parts, prospect)
    return parts.text()


class _Parts:
    """Headings, lines and tables, drawn for a width or written as lines with two spaces between the cells."""

    def __init__(self, width: int | None) -> None:
        self._file = StringIO()
        self._is_drawn = width is not None
        self._console = Console(
            file=self._file, width=width or 200, force_terminal=self._is_drawn, highlight=False
        )

    def say(self, line: str) -> None:
        self._console.print(Text(line)) if self._is_drawn else self._file.write(line + "\n")

    def head(self, line: str) -> None:
        self._console.print(Text("\n" + line, style="bold")) if self._is_drawn else self._file.write(
            f"\n{line}\n"
        )

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        if not self._is_drawn:
            for row in rows:
                self._file.write("  " + "  ".join(cell for cell in row if cell) + "\n")
            return
        drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title in titles:
            drawn.add_column(title, justify="right" if title in _NUMBERS else "left", overflow="fold")
        for row in rows:
            drawn.add_row(*(Text(cell) for cell in row))
        self._console.print(drawn)

    def text(self) -> str:
        return self._file.getvalue().rstrip("\n")


_NUMBERS = {"基础分", "重复", "时间", "得失分", "得分", "现得失分"}


def _findings(parts: _Parts, assessment: AssessmentView, domain: str, lines: list[FindingView]) -> None:
    result = assessment.domains.get(domain)
    told = f"：{_grade(result.grade)}，{_points(result.score)}" if result else ""
    parts.head(f"{DOMAIN_TITLES.get(domain, domain)}{told}")
    scored = [line for line in lines if line.grade_after is None]
    graded = [line for line in lines if line.grade_after is not None]
    parts.table(
        ("代号", "评分项", "记录", "基础分", "重复", "时间", "得失分", "说明"),
        (
            (
                line.item,
                line.title,
                _records(line.records),
                line.base or "",
                line.repeat or "",
                line.decay or "",
                f"{line.points} 分" if line.points is not None else "",
                line.note or "",
            )
            for line in scored
        ),
    )
    if graded:
        parts.table(
            ("代号", "等级限制、降级和直接定级", "记录", "等级", "说明"),
            (
                (
                    line.item,
                    line.title,
                    _records(line.records),
                    f"{line.grade_before or '—'} → {line.grade_after}",
                    line.note or "",
                )
                for line in graded
            ),
        )


def _forecast(parts: _Parts, view: ProspectView) -> None:
    parts.head(f"如无新信息，今后的等级（至 {view.until.isoformat()}）")
    parts.table(
        ("起", "等级", "得分", "各领域"),
        (
            (
                step.on.isoformat(),
                _grade(step.grade),
                _points(step.score),
                "，".join(
                    f"{DOMAIN_TITLES.get(name, name)} {_grade(domain.grade)}"
                    for name, domain in step.domains.items()
                ),
            )
            for step in view.forecast
        ),
    )
    if view.is_stable:
        parts.say("此后不再随日期变化。")


def _outlooks(parts: _Parts, lines: Sequence[LineOutlook]) -> None:
    if not lines:
        return
    parts.head("现在计入的各项何时减轻、何时结束")
    parts.table(
        ("代号", "评分项", "记录", "现得失分", "以后"),
        (
            (
                line.item,
                line.title,
                _records(line.records),
                f"{line.points} 分" if line.grade_after is None else f"至 {line.grade_after}",
                "，".join(_later(line)),
            )
            for line in lines
        ),
    )


def _later(line: LineOutlook) -> Iterator[str]:
    for on, points in line.changes:
        yield f"{on.isoformat()} 起 {points} 分"
    yield f"{line.ends_on.isoformat()} 起不再计入" if line.ends_on else "展望期内不会自行结束"


def _ways(parts: _Parts, view: ProspectView) -> None:
    parts.head("怎样提高等级")
    if view.is_best:
        parts.say("暂不评定，这不是负面评价。" if view.grade == "N" else "已是最好的等级。")
        return
    if view.better_on:
        parts.say(f"只需等待：如无新信息，{view.better_on.isoformat()} 起等级提高。")
    for number, way in enumerate(view.ways):
        parts.say(_told(way, is_quicker=number > 0))
        parts.table(
            ("最早", "事项", "记录", "依据", "说明"),
            (
                (
                    act.earliest_on.isoformat(),
                    act.title,
                    act.document_no or f"记录 {act.record}",
                    act.basis,
                    act.note or "",
                )
                for act in way.acts
            ),
        )
    if not view.ways:
        parts.say("没有比等待更早的办法。" if view.better_on else "在展望期内没有找到可以提高等级的办法。")
    if not view.is_complete:
        parts.say("监管信息及其可办事项未列出。")


def _told(way: Way, *, is_quicker: bool) -> str:
    count = f"办理以下 {len(way.acts)} 项"
    kind = "更快的办法" if is_quicker else "事项最少的办法" if way.is_shortest else "可行的办法（未逐一试遍）"
    score = f"，{way.score} 分" if way.score is not None else ""
    return (
        f"{kind}：{count}，{way.reached_on.isoformat()} 起可达到 {way.grade}{score}（以主管部门的决定为准）："
    )


def _records(records: Sequence[NamedRecord]) -> str:
    return "、".join(
        record.document_no or (f"记录 {record.record}" if record.record > 0 else f"案件 {-record.record}")
        for record in records
    )


def _grade(grade: str) -> str:
    return "N 未评定" if grade == "N" else grade


def _points(score: str | None) -> str:
    return f"{score} 分" if score is not None else "没有得分"
