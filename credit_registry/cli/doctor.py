"""`credit-registry doctor`: is this installation sound?"""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from credit_registry.cli import context
from credit_registry.exports import pdf
from credit_registry.services import soundness, standings
from credit_registry.settings import Settings
from credit_registry.storage import backups, migrations
from credit_registry.storage.database import Database

# Older ones may corrupt a database in WAL mode when a checkpoint meets a reset of the log.
_SOUND_SQLITE = (3, 51, 3)


@dataclass(frozen=True)
class Check:
    """One question; ``level``: ok, warning (works, could be better), fault (mend it)."""

    name: str
    level: str
    message: str


@click.command()
@context.json_option
@context.refusals_explained
def doctor(is_json: bool) -> None:
    """检查数据库、审计链、附件和设置；只读，有故障时以 3 退出。"""
    settings = context.settings()
    with context.database(migrated=False) as database:
        checks = [*_settings(settings), *_database(database), *_content(database, settings)]
    is_sound = all(check.level != "fault" for check in checks)
    signs = {"ok": "✓", "warning": "!", "fault": "✗"}
    text = "\n".join(f"{signs[check.level]} {check.name}：{check.message}" for check in checks)
    context.say({"is_sound": is_sound, "checks": [asdict(check) for check in checks]}, text, is_json=is_json)
    if not is_sound:
        sys.exit(context.WITH_PROBLEMS)


def _settings(settings: Settings) -> Iterator[Check]:
    mode = "生产" if settings.is_production else "演示" if settings.is_demonstration else "普通"
    yield Check("运行方式", "ok", f"{mode}；数据目录 {settings.var}；监听 {settings.bind}")
    if settings.is_production and settings.is_demonstration:
        yield Check("演示标记", "fault", "生产环境不应设置 CREDIT_REGISTRY_DEMONSTRATION，请取消。")
    if settings.is_production and not settings.trusted_hosts:
        yield Check("主机名", "warning", "未设置 CREDIT_REGISTRY_TRUSTED_HOSTS，请填写对外域名。")
    kept = [name for name in ("secret.key", "identity.key") if (settings.var / name).exists()]
    if kept and not settings.is_production:
        yield Check(
            "密钥",
            "warning",
            f"密钥自动生成并保存在数据目录（{'、'.join(kept)}）；生产环境请另行设置和保管。",
        )

    yield _pdf()


def _pdf() -> Check:
    if not pdf.is_available():
        return Check("PDF", "ok", "没有安装 PDF 组件；文书用浏览器打印（安装方法见部署手册）")
    if not pdf.has_chinese_font():
        return Check("PDF", "warning", "没有中文字体，不能生成 PDF；请安装中文字体（如 fonts-noto-cjk）")
    return Check("PDF", "ok", "可以生成")


def _database(database: Database) -> Iterator[Check]:
    found, wanted = migrations.current(database), migrations.head()
    version = backups.engine_version(database)
    if database.dialect == "sqlite":
        is_old = tuple(int(part) for part in version.split(".")[:3]) < _SOUND_SQLITE
        advice = "；早于 3.51.3，写前日志有已知缺陷，请安装 pysqlite3" if is_old else ""
        yield Check("SQLite", "warning" if is_old else "ok", version + advice)
    else:
        yield Check("PostgreSQL", "ok", version)
    if found != wanted:
        yield Check(
            "数据库结构", "fault", f"当前 {found or '空'}，应为 {wanted}。请运行 credit-registry migrate。"
        )
        return
    yield Check("数据库结构", "ok", str(found))
    faults = backups.faults(database)
    yield Check("完整性", "fault" if faults else "ok", "；".join(faults[:5]) or "页、索引和外键都完好")


def _content(database: Database, settings: Settings) -> Iterator[Check]:
    if migrations.current(database) != migrations.head():
        return
    with database.read() as session:
        found = soundness.check(session, context.operator(), settings.attachments)
        breaches = standings.due_process_breaches(session, context.operator())
    broken = (
        f"第 {found.broken_at} 条起不相连或被改动" if found.broken_at else f"{found.entries} 条，首尾相连"
    )
    yield Check("审计日志", "fault" if found.broken_at else "ok", broken)
    listed_wrongly = "、".join(f"案件 {case_id}（{what}）" for case_id, what in breaches[:5])
    yield Check("名单程序", "fault" if breaches else "ok", listed_wrongly or "在列记录的程序和文书都齐全")
    if found.missing:
        listed = "、".join(digest[:12] for digest in found.missing[:5])
        yield Check("附件", "fault", f"{len(found.missing)} 个附件缺失或损坏（{listed}），请从备份恢复。")
    else:
        yield Check("附件", "ok", f"{found.attachments} 个，内容与记录一致")
    if found.orphans:
        yield Check(
            "无主文件", "warning", f"{len(found.orphans)} 个文件没有对应记录（未完成的上传），可以删除。"
        )
