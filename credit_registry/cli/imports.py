"""`credit-registry import`: a file into the register."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.problem_text import problem_lines
from credit_registry.domain.errors import NotFound
from credit_registry.services import imports, layouts
from credit_registry.services.imports import ImportResult, Progress

_STAGES = {"read": "读取文件", "check": "核对名册", "store": "写入", "done": "完成"}


@click.command("import")
@click.option(
    "--suggest-layout",
    "unknown",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="根据陌生的文件起草一个版式（YAML），由人工核对后使用；不导入。写明 KIND 的，按该类别起草。",
)
@click.argument("kind", required=False)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@context.json_option
@click.option("--dry-run", is_flag=True, help="只检查并报告，不写入。")
@click.option("--key", help="幂等键：用同一个键重复提交，只入库一次。")
@click.option("--layout", help="版式名称；不写时按标题自动选择。")
@click.option("--sheet", help="工作表名称；文件有几个可见工作表时必须指定。")
@click.option("--encoding", help="CSV 的编码，例如 gb18030；不写时自动判断。")
@click.option("--confirm", "is_confirmed", is_flag=True, help="已人工核对需要确认的文件（例如含隐藏行）。")
@click.option("--create-unknown", is_flag=True, help="名册中没有的企业，按文件中的名称和代码先行登记。")
@context.refusals_explained
def import_(
    kind: str | None,
    file: Path | None,
    *,
    unknown: Path | None,
    is_json: bool,
    dry_run: bool,
    key: str | None,
    layout: str | None,
    sheet: str | None,
    encoding: str | None,
    is_confirmed: bool,
    create_unknown: bool,
) -> None:
    """导入一个文件。KIND 为类别（enterprises、penalties、inspections、accidents、hazards、honours 等），FILE 为文件。

    退出码：0 完成；2 文件被拒绝；3 完成，但有待人工处理或被拒绝的行。
    """
    if unknown is not None:
        drawn = layouts.draft(
            _found(unknown).read_bytes(),
            unknown.name,
            kind=kind,
            sheet=sheet,
            encoding=encoding,
            now=clock.now(),
        )
        context.say(drawn.as_dict(), drawn.layout.rstrip("\n"), is_json=is_json)
        return
    if kind is None or file is None:
        raise click.UsageError("请写明类别和文件，例如：credit-registry import penalties 处罚.xlsx")
    _found(file)
    with context.database() as database, _progress(is_quiet=is_json) as progress:
        result = database.run(
            lambda session: imports.take(
                session,
                context.operator(),
                kind,
                file,
                file.name,
                key=key,
                layout=layout,
                sheet=sheet,
                encoding=encoding,
                dry_run=dry_run,
                is_confirmed=is_confirmed,
                create_unknown=create_unknown,
                now=clock.now(),
                progress=progress,
            )
        )
    context.say(result.as_dict(), _sentences(result, is_dry=dry_run), is_json=is_json)
    if result.has_problem_rows:
        sys.exit(context.WITH_PROBLEMS)


def _found(file: Path) -> Path:
    if not file.is_file():
        raise NotFound(f"找不到文件 {file}。请核对路径。", code="no-such-file", facts={"file": str(file)})
    return file


@contextmanager
def _progress(*, is_quiet: bool) -> Iterator[Progress | None]:
    """A moving bar for people at a terminal, plain lines on standard error otherwise, silence for `--json`."""
    if is_quiet:
        yield None
        return
    if not context.is_terminal():
        yield lambda stage, _done, rows: click.echo(
            f"{_STAGES[stage]}……" + (f"（{rows}行）" if rows else ""), err=True
        )
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_STAGES["read"], total=None)

        def tell(stage: str, done: int, rows: int) -> None:
            bar.update(task, description=_STAGES[stage], total=rows or None, completed=done)

        yield tell


def _sentences(result: ImportResult, *, is_dry: bool) -> str:
    head = f"{result.source}：共{result.rows}行"
    if result.replayed:
        head += f"；此前已导入（批次{result.batch}），未重复入库，当时的结果是"
    elif is_dry:
        head += "；试运行，未写入"
    else:
        head += f"，批次{result.batch}"
    counts = (
        f"入库 {result.accepted}　重复 {result.duplicate}　待人工处理 {result.held}　拒绝 {result.refused}"
    )
    lines = [head, counts]
    return "\n".join([*lines, *problem_lines(result.problems)])
