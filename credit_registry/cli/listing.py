"""`credit-registry listing`: the step tables, printed for a lawyer or a script."""

from typing import Any

import click

from credit_registry.cli import context
from credit_registry.domain.listing import printed
from credit_registry.domain.series import LIST_TITLES, ListKind


@click.group()
def listing() -> None:
    """名单：办理步骤一览。"""


@listing.command()
@click.option(
    "--list", "list_kind", type=click.Choice([kind.value for kind in ListKind]), help="只打印一种名单。"
)
@context.json_option
def steps(list_kind: str | None, is_json: bool) -> None:
    """打印名单办理的全部步骤：谁可以办、须满足什么条件、须有什么文书、期限和依据。"""
    kinds = [ListKind(list_kind)] if list_kind else list(ListKind)
    rows = [row for kind in kinds for row in printed(kind)]
    context.say(rows, "\n\n".join(_text(kind) for kind in kinds), is_json=is_json)


def _text(kind: ListKind) -> str:
    rows = printed(kind)
    return "\n".join([f"{LIST_TITLES[kind]}（{len(rows)} 步）", *(_line(row) for row in rows)])


def _line(row: dict[str, Any]) -> str:
    titles = row["titles"]
    parts = [f"  {titles['from']} —{titles['action']}→ {titles['to']}　办理：{titles['who']}"]
    for label, values in (("条件", titles["guards"]), ("文书", row["paper"]), ("期限", row["clock"])):
        if values:
            parts.append(f"      {label}：{'；'.join(values)}")
    parts.append(f"      依据：{row['law']}")
    return "\n".join(parts)
