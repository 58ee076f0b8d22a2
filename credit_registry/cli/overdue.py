"""`credit-registry listing overdue`: the duties of all offices whose day has passed."""

import click

from credit_registry import clock
from credit_registry.cli import context
from credit_registry.services import overdue as duties
from credit_registry.services.office_documents import overdue_document


@click.command()
@context.json_option
@context.refusals_explained
def overdue(is_json: bool) -> None:
    """超期事项，最久的在前：全区各部门的。"""
    with context.database() as database, database.read() as session:
        document = overdue_document(duties.report(session, context.operator(), now=clock.now()))
    lines = [
        f"{duty['matter']:>14}  {duty['due_on']}（超期 {duty['days']} 天）  {duty['title']}  {duty['name']}"
        f"  {duty['office']} {duty['officer'] or '尚无人经办'}"
        for duty in document["items"]
    ]
    context.say(document, "\n".join(lines) or "没有超期事项。", is_json=is_json)
