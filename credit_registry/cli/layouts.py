"""`credit-registry layout …`: the shapes of file that imports know, and a new office's."""

from pathlib import Path

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.problem_text import problem_lines
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
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@context.json_option
@context.refusals_explained
def check(file: Path, data: Path | None, is_json: bool) -> None:
    """检查一个版式文件能否使用、还有什么没有写完，并说明放到哪里；写明数据文件 DATA 的，按它试读（不入库）。"""
    view = layouts.check(file)
    folder = context.settings().layouts
    document: dict[str, object] = {"layout": view.as_dict(), "folder": str(folder)}
    lines = [f"版式 {view.name}（{view.title}，{view.kind}）可以使用。"]
    if view.left:
        lines += ["还有下列各项没有写完："] + [f"  {each}。" for each in view.left]
    if data is not None:
        trial = layouts.try_out(file, data.read_bytes(), data.name, now=clock.now())
        document["trial"] = trial.as_dict()
        lines.append(
            f"试读 {data.name}：共{trial.rows}行，可读 {trial.readable}　待人工处理 {trial.held}　拒绝 {trial.refused}"
        )
        lines += problem_lines(trial.problems)
    lines.append(
        f"写完后放入 {folder} 即启用（网页服务须重新启动），"
        f"先用 credit-registry import {view.kind} 文件 --layout {view.name} --dry-run 试运行。"
    )
    context.say(document, "\n".join(lines), is_json=is_json)


def _line(view: LayoutView) -> str:
    if view.problem is not None:
        return f"{view.name}　不能使用：{view.problem}"
    return f"{view.kind}　{view.name}　{view.title}{'（本单位）' if view.is_own else ''}"
