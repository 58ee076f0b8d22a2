"""Waiting rows: rows of a file that did not become records, kept for a person; sealed, and masked for the eye."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credit_registry.domain.identity import Vault, mask_number, mask_text
from credit_registry.exports.problems import LINE, REASONS
from credit_registry.services.subjects import Proposal
from credit_registry.storage import bulk
from credit_registry.storage.bulk import Same
from credit_registry.storage.database import Session
from credit_registry.storage.tables.imports import ImportRowRow
from importers import Layout, Problem
from importers.layouts import fold_title


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row to be kept for a person: held or refused, with its cells."""

    row: int
    sheet: str | None
    state: str
    raw: Mapping[str, object]
    problems: tuple[Problem, ...]
    proposals: tuple[Proposal, ...] = ()


def keep(session: Session, waiting: Sequence[Waiting], *, batch_id: int, layout: Layout) -> None:
    """Keep rows that did not become records: the cells sealed, and masked for the eye."""
    personal = layout.personal_titles
    vault: Vault = session.vault
    bulk.insert(
        session,
        ImportRowRow,
        {
            "batch_id": Same(batch_id),
            "sheet": [each.sheet or "" for each in waiting],
            "row": [each.row for each in waiting],
            "state": [each.state for each in waiting],
            "raw_sealed": [vault.seal(json.dumps(dict(each.raw), ensure_ascii=False)) for each in waiting],
            "cells_digest": [cells_digest(vault, each.raw) for each in waiting],
            "shown": [shown(each.raw, personal) for each in waiting],
            "problems": [[problem.as_dict() for problem in each.problems] for each in waiting],
            "proposals": [[proposal.as_dict() for proposal in each.proposals] for each in waiting],
        },
        len(waiting),
    )


def cells_digest(vault: Vault, raw: Mapping[str, object]) -> str:
    """By which a row that is sent again, in a problems workbook too, is recognised.

    Keyed, since the cells may hold identity numbers.
    """
    cells = {title: cell for title, cell in raw.items() if title not in (REASONS, LINE)}
    return vault.digest(json.dumps(cells, ensure_ascii=False, sort_keys=True))


def shown(raw: Mapping[str, object], personal: frozenset[str]) -> dict[str, str]:
    """The cells as an officer may see them in a list: numbers of persons starred."""
    cells = {}
    for title, cell in raw.items():
        # PostgreSQL's texts cannot hold a NUL, and a row that is refused for one is shown with it.
        title, text = title.replace("\0", "␀"), "" if cell is None else str(cell).replace("\0", "␀")
        cells[title] = mask_number(text) if fold_title(title) in personal and text else mask_text(text)
    return cells
