"""`credit-registry ruleset impact A B`: whom another rule set would move, and by which rules. Writes nothing."""

import shutil
import sys
from pathlib import Path

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.cli.grade import read_day
from credit_registry.domain.errors import InvalidInput
from credit_registry.exports.csv import csv_bytes
from credit_registry.exports.impacts import impact_table
from credit_registry.services import drafts, impacts, vocabulary

# A file has no width of its own.
_WIDTH = 160


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--on", "on", metavar="DAY", help="测算日，形如 2026-06-30；默认今天。")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把全部有变动的企业写入 CSV 文件。",
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="屏幕上列出的企业数。")
@context.json_option
@context.refusals_explained
def impact(before: str, after: str, on: str | None, csv_file: Path | None, limit: int, is_json: bool) -> None:
    """比较规则集 A 和 B 对全部企业的影响；只作比较，不改动任何内容。

    A、B 是现有规则的编号（如 haidian-default-1），或者规则文件夹的路径。
    """
    now = clock.now()
    day = read_day(on) if on else clock.local_day(now)
    one, other = drafts.read(before), drafts.read(after)
    with context.database() as database, database.read() as session:
        found = impacts.compare(session, context.operator(), one, other, on=day, now=now)
    if csv_file is not None:
        table = impact_table(found, found.moves, places=vocabulary.places())
        try:
            csv_file.write_bytes(csv_bytes(table))
        except OSError as error:
            raise InvalidInput(
                f"不能写入 {csv_file}：{error.strerror}。请换一个可以写入的位置。",
                code="file-unwritable",
                facts={"file": str(csv_file)},
            ) from error
    # Imported late: drawing tables takes longer to load than small registers take to compare.
    from credit_registry.cli.impact_text import report

    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if is_terminal else _WIDTH
    text = "" if is_json else report(found, width=width, is_terminal=is_terminal, limit=limit)
    context.say(found.as_dict(), text, is_json=is_json)
    if csv_file is not None:
        click.echo(f"已写入 {csv_file}（{len(found.moves)} 家）。", err=True)
