"""`credit-registry template`: the workbook to fill in."""

from pathlib import Path

import click

from credit_registry.cli import context
from credit_registry.services import imports


@click.command()
@click.argument("kind")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--layout", help="版式名称；不写时用该类别的主版式。")
@context.json_option
@context.refusals_explained
def template(kind: str, out: Path, *, layout: str | None, is_json: bool) -> None:
    """把某一类别的填报模板（含示例行和填写说明）写到 OUT.xlsx。"""
    out.write_bytes(imports.template(kind, layout))
    context.say({"kind": kind, "file": str(out)}, f"模板已写入 {out}。", is_json=is_json)
