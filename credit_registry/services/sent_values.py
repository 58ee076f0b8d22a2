"""One record said by hand, in the form in which a sender writes it: checked as a row of a file, and back to it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import importers
from credit_registry.domain.accounts import local_day
from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.records import CONTENT, state_of
from credit_registry.services import intake, versions
from credit_registry.services.deciding import Columns

# The files' word for a kind (penalties) and the records' (penalty).
_FILES = {
    "honour": "honours",
    "penalty": "penalties",
    "inspection": "inspections",
    "accident": "accidents",
    "hazard": "hazards",
    "sealing": "sealings",
    "false_commitment": "false_commitments",
    "false_report": "false_reports",
    "order_breach": "order_breaches",
}


def checked(kind: str, values: Mapping[str, object], now: datetime) -> dict[str, Any]:
    """Typed columns of one record by the importers' own declarations, defaults and conclusions filled."""
    if kind not in _FILES:
        known = "、".join(_FILES)
        raise InvalidInput(
            f"不能录入“{kind}”。可以录入：{known}。", code="unknown-kind", facts={"kinds": list(_FILES)}
        )
    typed, problems = importers.check_record(_FILES[kind], values, today=local_day(now))
    worst = [problem for problem in problems if problem.disposition in ("refuse_row", "hold", "refuse_file")]
    if worst:
        sentences = "；".join(f"{problem.message}（{problem.hint}）" for problem in worst[:3])
        raise InvalidInput(
            f"{sentences}。",
            code="record-refused",
            facts={"problems": [problem.as_dict() for problem in problems]},
        )
    details = {
        name.removeprefix("details."): v
        for name, v in typed.items()
        if name.startswith("details.") and v is not None
    }
    details.update(mapping(typed.get("details")))
    table: Columns = {name: [None] for name in {*versions.STORED, *CONTENT[kind]}}
    table |= {name: [value] for name, value in typed.items() if not name.startswith("details.")}
    table["details"], table["row"] = [details], [0]
    if typed.get("document_no") is not None:
        table["document_no_raw"] = [values.get("document_no")]
    intake.settle(kind, table)
    columns = {name: column[0] for name, column in table.items()}
    for name, title in (("domain", "领域"), ("dated_on", "日期")):
        if columns[name] is None:
            raise InvalidInput(
                f"请填写{title}。", code="record-refused", facts={"problems": [], "column": name}
            )
    columns["state"] = state_of(kind, columns)
    return columns


def as_sent(kind: str, values: Mapping[str, Any]) -> dict[str, object]:
    """Stored values in the form in which a sender writes them: amounts in the column's unit, days as text."""
    layout = importers.layouts(_FILES[kind])[0]
    sent: dict[str, object] = {}
    for name, value in values.items():
        column = layout.column(name)
        if column is None or value is None:
            continue
        if column.type == "money":
            fen = 1_000_000 if column.unit == "wan_yuan" else 100
            sent[name] = f"{Decimal(value) / fen:f}"
        elif column.type == "choice":
            sent[name] = str(value)
        elif isinstance(value, date):
            sent[name] = value.isoformat()
        else:
            sent[name] = value
    return sent


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
