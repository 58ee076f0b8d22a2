"""Previews: what a file would become, before anybody says that it shall."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import importers
from credit_registry.domain.accounts import local_day
from credit_registry.domain.identity import mask_number, mask_text
from credit_registry.domain.permissions import Actor
from credit_registry.services import imports
from credit_registry.services.imports import ImportResult
from credit_registry.storage.database import Session
from importers import Batch, Layout

_SHOWN = 8


@dataclass(frozen=True)
class Preview:
    """A trial of the whole file, and its first rows as they were understood.

    Attributes:
        layout: its title.
        record: the kind of record that the rows become, whose words name the codes.
        columns: name -> title, of the columns in which the shown rows have anything.
        rows: by column, under ``row`` the line of the file; days and amounts typed, numbers of persons masked.
    """

    result: ImportResult
    layout: str
    record: str
    columns: Mapping[str, str]
    rows: tuple[Mapping[str, object], ...] = field(repr=False)


def look(
    session: Session,
    actor: Actor,
    kind: str,
    data: bytes,
    filename: str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    is_confirmed: bool = False,
    now: datetime,
) -> Preview:
    """Decide about every row and write nothing.

    Raises:
        Refusal: as `imports.take`.
    """
    result = imports.take(
        session, actor, kind, data, filename, sheet=sheet, encoding=encoding, is_confirmed=is_confirmed, dry_run=True,
        now=now,
    )  # fmt: skip
    parts = importers.read_parts(
        data, filename=filename, kind=kind, sheet=sheet, encoding=encoding, today=local_day(now), rows=_SHOWN
    )
    first = next(parts)
    assert first.layout is not None, "the trial above refuses a file without a layout"
    return Preview(result, first.layout.title, first.layout.record, *_understood(first, first.layout))


def _understood(first: Batch, layout: Layout) -> tuple[dict[str, str], tuple[dict[str, object], ...]]:
    head = first.frame.head(_SHOWN)
    columns = {
        column.name: column.title
        for column in layout.columns
        if column.name in head.columns and head[column.name].notna().any()
    }
    personal = {column.name for column in layout.columns if column.personal}
    rows = tuple(
        {"row": line["row"]} | {name: _shown(line[name], is_personal=name in personal) for name in columns}
        for line in head.to_dict("records")
    )
    return columns, rows


def _shown(value: object, *, is_personal: bool) -> object:
    if isinstance(value, str):
        return mask_number(value) if is_personal else mask_text(value)
    return value if isinstance(value, bool | int | date) else None
