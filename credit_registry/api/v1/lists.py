"""`/lists`: who stands on a list today, as everybody may know it."""

from typing import Any

from flask import Response

from credit_registry.api import context
from credit_registry.api.auth import public
from credit_registry.api.list_schemas import ListDocument, ListQuery
from credit_registry.api.resources import Resource, answered
from credit_registry.services import publications
from credit_registry.services.publications import PublicEntry

blueprint = Resource("lists", __name__, url_prefix="/api/v1/lists", description="公示的名单")


@blueprint.route("/<any(black, red):list>")
@public
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ListDocument)
def page_list(query: dict[str, Any], list: str) -> Response:
    """名单：`black` 为严重失信主体名单，`red` 为守信激励名单

    只有今天仍在公示期内的条目；`list_version` 随每次可见的变化增长。
    """
    on = context.today()
    with context.database().read() as session:
        found = publications.page(session, list, on=on, **query)
        version = publications.list_version(session)
    return answered(
        {
            "list": list,
            "on": on.isoformat(),
            "list_version": version,
            "items": [_entry(entry) for entry in found.items],
            "after": found.after,
        }
    )


def _entry(entry: PublicEntry) -> dict[str, Any]:
    return {
        "uscc": entry.uscc,
        "name": entry.name,
        "address": entry.address,
        "series": entry.series,
        "title": entry.title,
        "authority": entry.authority,
        "decision_no": entry.decision_no,
        "decided_on": entry.decided_on.isoformat(),
        "from": entry.listed_from.isoformat(),
        "until": entry.listed_until.isoformat(),
        "conditions": [*entry.conditions],
        "reasons": [*entry.reasons],
        "basis": [*entry.basis],
        "notes": [*entry.notes],
        "persons": [
            {"role": person.role, "name": person.name, "number": person.number} for person in entry.persons
        ],
    }
