"""`credit-registry layout …`: the shapes of file that imports know, and a new office's."""

from pathlib import Path

import click

from credit_registry.cli import context
from credit_registry.services import layouts
from credit_registry.services.layouts import LayoutView


@click.group()
def layout() -> None:
    """版式：查看，检查本单位自己的版式。"""


@layout.command("list")
@context.json_option
@context.refusals_explained
def list_(is_json: bool) -> None:
    """列出全部版式；本单位的版式放在数据目录的 layouts 文件夹中。"""
    folder = context.settings().layouts
    found = layouts.page(folder)
    context.say(
        {"folder": str(folder), "layouts": [each.as_dict() for each in found]},
        "\n".join(map(_line, found)),
        is_json=is_json,
    )


@layout.command("check")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@context.json_option
@context.refusals_explained
def check(file: Path, is_json: bool) -> None:
    """检查一个版式文件能否使用，并说明放到哪里。"""
    view = layouts.check(file)
    folder = context.settings().layouts
    text = (
        f"版式 {view.name}（{view.title}，{view.kind}）可以使用。放入 {folder} 即启用（网页服务须重新启动），"
        f"先用 credit-registry import {view.kind} 文件 --layout {view.name} --dry-run 试运行。"
    )
    context.say({"layout": view.as_dict(), "folder": str(folder)}, text, is_json=is_json)


def _line(view: LayoutView) -> str:
    if view.problem is not None:
        return f"{view.name}　不能使用：{view.problem}"
    return f"{view.kind}　{view.name}　{view.title}{'（本单位）' if view.is_own else ''}"
