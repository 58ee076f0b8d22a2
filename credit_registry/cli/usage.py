"""A command line that cannot be read, said in Chinese: what is wrong with which word, and where the help is."""

import difflib
import re
from typing import IO, Any

import click

_IN_BRACKETS = re.compile(r"\((.*)\)")


class Unreadable(click.UsageError):
    """`click`'s own refusal, in our words."""

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(sentence(error), error.ctx)

    def show(self, file: IO[Any] | None = None) -> None:
        if self.ctx is not None:
            click.echo(
                f"用法：{self.ctx.command_path} {' '.join(self.ctx.command.collect_usage_pieces(self.ctx))}",
                err=True,
            )
            click.echo(f"查看帮助：{self.ctx.command_path} --help", err=True)
        click.echo(f"错误：{self.message}", err=True)


def sentence(error: click.UsageError) -> str:
    """What is wrong, with the remedy."""
    match error:
        case click.MissingParameter():
            return f"缺少{_what(error)}。{_expected(error.param, '请给出：')}"
        case click.BadParameter():
            return f"{_what(error)}的值不能用。{_expected(error.param, '应为 ')}"
        case click.NoSuchOption():
            return f"没有 {error.option_name} 这个选项。{_meant(error.possibilities)}"
        case click.NoSuchCommand():
            return f"没有“{error.command_name}”这个命令。{_meant(_like(error))}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 的用法不对：它须带一个值，或者不能带值。请查看帮助。"
    found = _IN_BRACKETS.search(error.message)
    if error.message.startswith("Got unexpected extra argument") and found:
        return f"多余的参数：{found.group(1)}。请删去，含空格的文本请加引号。"
    if error.message.startswith("Missing command"):
        return "请给出要执行的命令。可用的命令见帮助。"
    return f"命令行读不懂（{error.message}）。请查看帮助。"


def _what(error: click.BadParameter) -> str:
    param = error.param
    if isinstance(param, click.Option):
        return f"选项 {max(param.opts, key=len)} "
    return f"参数 {param.make_metavar(error.ctx) if param and error.ctx else error.param_hint or ''} "


def _expected(param: click.Parameter | None, lead: str) -> str:
    match param.type if param is not None else None:
        case click.Choice() as choice:
            return f"{lead}{'、'.join(str(each) for each in choice.choices if each != '')} 之一。"
        case click.IntRange() as limits:
            least, most = limits.min, limits.max
            until = f"不大于 {most} 的" if most is not None else ""
            return f"{lead}{f'不小于 {least} 的' if least is not None else ''}{until}整数。"
        case click.types.IntParamType():
            return f"{lead}整数。"
        case click.DateTime():
            return f"{lead}日期，形如 2026-06-30。"
        case click.Path() | click.File():
            return "请核对路径：文件或者目录须存在且可以读取。"
    return "请查看帮助。"


def _like(error: click.NoSuchCommand) -> list[str]:
    group = error.ctx.command if error.ctx else None
    known = group.list_commands(error.ctx) if isinstance(group, click.Group) and error.ctx else []
    return difflib.get_close_matches(error.command_name, known)


def _meant(possibilities: Any) -> str:
    found = "、".join(sorted(possibilities or ()))
    return f"是否要用：{found}？" if found else "请查看帮助。"
