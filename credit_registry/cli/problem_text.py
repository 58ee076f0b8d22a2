"""Problems of a file as lines at the terminal: what needs somebody first, then what is only to be known."""

from collections.abc import Mapping, Sequence

from credit_registry.services.problems import told_apart

_SHOWN = 20
_DISPOSITIONS = {"hold": "待处理", "refuse_row": "拒绝", "refuse_file": "拒绝"}


def problem_lines(told: Sequence[Mapping[str, object]]) -> list[str]:
    problems = told_apart(told)
    stopping = problems.needed
    lines = [
        f"  {_DISPOSITIONS[str(p['disposition'])]}　{p['message']}。{p['hint']}" for p in stopping[:_SHOWN]
    ]
    if len(stopping) > _SHOWN:
        lines.append(f"  ……另有{len(stopping) - _SHOWN}个问题；用 --json 查看全部。")
    for note in problems.notes:
        more = "以上" if note.is_more else ""
        lines.append(
            f"  提示　{note.code} {note.count}条{more}，例：{note.first['message']}。{note.first['hint']}"
        )
    return lines
