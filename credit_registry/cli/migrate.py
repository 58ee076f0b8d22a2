"""`credit-registry migrate`: bring the schema to this version."""

import click

from credit_registry.cli import context
from credit_registry.storage import migrations


@click.command()
@click.option("--message", "-m", help="开发用：按表定义与数据库的差异生成一个新的迁移文件。")
@context.json_option
@context.refusals_explained
def migrate(message: str | None, *, is_json: bool) -> None:
    """建立或升级数据库结构。"""
    with context.database(migrated=False) as database:
        if message:
            migrations.new_revision(database, message)
            return
        before = migrations.current(database)
        migrations.migrate(database)
        after = migrations.current(database)
    text = (
        f"数据库结构已是最新（{after}）。" if before == after else f"数据库结构：{before or '空'} → {after}。"
    )
    context.say({"before": before, "after": after}, text, is_json=is_json)
