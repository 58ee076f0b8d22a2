"""`credit-registry backup` and `credit-registry restore`: the whole store in one archive, and back."""

from pathlib import Path

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.storage import backups


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@context.json_option
@context.refusals_explained
def backup(target: Path, is_json: bool) -> None:
    """把数据库和附件备份到一个文件；TARGET 是文件夹时自动取名。服务不必停止。"""
    now, settings = clock.now(), context.settings()
    file = target / f"credit-registry-{now:%Y%m%dT%H%M%SZ}.tar.gz" if target.is_dir() else target
    with context.database() as database:
        manifest = backups.back_up(database, settings.attachments, file, now=now)
    document = {
        "file": str(file),
        "engine": manifest.engine,
        "revision": manifest.revision,
        "attachments": len(manifest.members) - 1,
        "audit_entries": manifest.audit_entries,
        "audit_hash": manifest.audit_hash,
    }
    text = (
        f"已备份到 {file}：附件 {document['attachments']} 个，审计日志 {manifest.audit_entries} 条。\n"
        "密钥（SECRET_KEY、IDENTITY_KEY）不在备份中，请另行保管；没有密钥，证件号码无法还原。"
    )
    context.say(document, text, is_json=is_json)


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", "is_replacing", is_flag=True, help="数据库已有内容时，用备份替换它。")
@context.json_option
@context.refusals_explained
def restore(source: Path, is_replacing: bool, is_json: bool) -> None:
    """从备份文件恢复数据库和附件。请先停止服务。"""
    settings = context.settings()
    with context.database(migrated=False) as database:
        manifest = backups.restore(
            database, settings.attachments, source, is_replacing=is_replacing, now=clock.now()
        )
        found = backups.faults(database)
    document = {
        "made_at": manifest.made_at,
        "engine": manifest.engine,
        "revision": manifest.revision,
        "attachments": len(manifest.members) - 1,
        "audit_entries": manifest.audit_entries,
        "faults": found,
    }
    text = (
        f"已恢复 {manifest.made_at} 的备份（结构 {manifest.revision}，审计日志 {manifest.audit_entries} 条，验证通过）。\n"
        "如软件版本较新，请接着运行 credit-registry migrate。"
    )
    context.say(document, text, is_json=is_json)
