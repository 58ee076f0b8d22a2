"""`credit-registry demo`: fill an empty database with the demonstration, once."""

from pathlib import Path

import click
from rich.progress import Progress

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.demonstration.loading import Loaded, load
from credit_registry.demonstration.material import make_material
from credit_registry.domain.errors import NotAllowed
from credit_registry.services import demonstration
from credit_registry.settings import Settings
from credit_registry.storage.database import Database


@click.command()
@context.json_option
@context.refusals_explained
def demo(is_json: bool) -> None:
    """在空数据库中装入演示数据（虚构企业、六年记录、各阶段案件）；已装入的不再改动。"""
    settings = context.settings()
    _require_demonstration(settings)
    folder = settings.var / "demonstration"
    with context.database() as database:
        with database.read() as session:
            is_loaded = demonstration.is_demonstration(session)
        if is_loaded:
            context.say(
                {"loaded": False, "files": str(folder)}, "演示数据已经装入，没有改动。", is_json=is_json
            )
            return
        loaded = _load(database, folder)
    context.say(_document(loaded, folder), _text(loaded, folder), is_json=is_json)


def _require_demonstration(settings: Settings) -> None:
    """Refuse to put fictional enterprises, dated acts and printed passwords into a register in use."""
    if settings.is_production or not settings.is_demonstration:
        raise NotAllowed(
            "演示数据只能装入演示环境。请设置 CREDIT_REGISTRY_DEMONSTRATION=1，且不要设置 CREDIT_REGISTRY_PRODUCTION。",
            code="not-a-demonstration",
        )


def _load(database: Database, folder: Path) -> Loaded:
    material = make_material()
    now = clock.now()
    if not context.is_terminal():
        click.echo("正在装入演示数据（约半分钟）……", err=True)
        loaded = load(database, material, now=now)
    else:
        with Progress(transient=True) as bar:
            task = bar.add_task("装入演示数据", total=None)
            loaded = load(
                database,
                material,
                now=now,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    material.write(folder)
    return loaded


def _document(loaded: Loaded, folder: Path) -> dict[str, object]:
    return {
        "loaded": True,
        "enterprises": loaded.enterprises,
        **loaded.rows,
        "grades": dict(loaded.grades),
        "files": str(folder),
        "accounts": [
            {"login": one.login, "name": one.name, "office": one.office, "password": one.password}
            for one in loaded.credentials
        ],
        "key": loaded.key,
        "enterprise": {
            "login": loaded.invited.representative.login,
            "name": loaded.invited.representative.office,
            "password": loaded.invited.representative.password,
        },
        "invitation": {
            "uscc": loaded.invited.uscc,
            "name": loaded.invited.name,
            "code": loaded.invited.code,
        },
    }


def _text(loaded: Loaded, folder: Path) -> str:
    keeper = loaded.credentials[0].office
    shown = [one for one in loaded.credentials if one.office == keeper]
    others = [one for one in loaded.credentials if one.office != keeper]
    grades = "  ".join(f"{grade} {count}" for grade, count in loaded.grades.items())
    rows, invited = loaded.rows, loaded.invited
    lines = [
        f"已装入演示数据：虚构企业 {loaded.enterprises} 家，各部门文件 {rows['rows']} 行。",
        f"接收 {rows['accepted']} 行，重复 {rows['duplicate']} 行，待核 {rows['held']} 行，拒收 {rows['refused']} 行。",
        f"信用等级：{grades}",
        f"各部门报送的文件：{folder}",
        "",
        "演示账号（口令只显示这一次）：",
        *(f"  {one.login:<14} {one.password}  {one.name}" for one in shown),
        "其他部门账号：",
        *(f"  {one.login:<14} {one.password}  {one.name}" for one in others),
        "",
        "企业账号（在 /my 登录）：",
        f"  {invited.representative.login:<14} {invited.representative.password}  {invited.representative.office}",
        "已送达的告知书上的开通码（在 /my/enrol 开通）：",
        f"  {invited.uscc}  {invited.code}  {invited.name}",
        "",
        f"接口密钥（只显示这一次）：{loaded.key}",
        "",
    ]
    return "\n".join(lines)
