"""What a layout still leaves open, told before the first file comes: Chinese sentences for whoever writes it."""

from __future__ import annotations

from importers.drafts import wanted_of
from importers.layouts import UNCLEAR, Layout, layouts
from importers.shapes import TO_FILL


def left_open(layout: Layout) -> tuple[str, ...]:
    """What somebody should still settle; none where the layout is finished."""
    found = []
    if TO_FILL in layout.title:
        found.append("title 还是“待填写”，请写明这是哪个单位的什么文件")
    for name, value in layout.fixed.items():
        if TO_FILL in str(value):
            found.append(f"set 中的 {name} 还是“待填写”")
    for column in layout.columns:
        words = [word for word, code in column.choices.items() if code == UNCLEAR and word != UNCLEAR.upper()]
        if words:
            found.append(
                f"“{column.title}”（{column.name}）的{_list(words)}还没有归到代码下，有这些词的行都转人工"
            )
    known = {column.name for column in layout.columns} | set(layout.fixed) | set(layout.derive)
    for column in wanted_of(layouts(layout.kind)[0]):
        if column.name not in known:
            found.append(f"{column.name}（{column.title}）没有列，set 和 derive 中也没有，每一行都会缺这一项")
    return tuple(found)


def _list(words: list[str]) -> str:
    return "、".join(f"“{word}”" for word in words[:6]) + ("等" if len(words) > 6 else "")
