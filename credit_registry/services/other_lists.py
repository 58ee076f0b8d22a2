"""Other departments' lists as they are told: beside our own answers, with their source, never as ours."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from credit_registry.domain import other_lists
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.identity import mask_text
from credit_registry.storage.database import Session
from credit_registry.storage.queries import other_lists as queries
from credit_registry.storage.tables.other_lists import OtherListingRow


@dataclass(frozen=True)
class OtherListingView:
    """An enterprise on a list of another department; free texts masked.

    Attributes:
        is_standing: on the list on the day that was asked about.
        batch: the file it came with.
    """

    uscc: str
    name: str
    list_colour: str
    list_name: str
    authority_name: str | None
    source_name: str | None
    document_no: str | None
    grounds: str | None
    basis: str | None
    listed_on: date | None
    listed_until: date | None
    removed_on: date | None
    recorded_on: date
    batch: int
    is_standing: bool

    def stood_between(self, since: date, on: date) -> bool:
        """Whether the entry was on its list on some day from ``since`` to ``on``."""
        first = max(since, self.listed_on or since)
        return first <= on and other_lists.stands(self.listed_on, self.listed_until, self.removed_on, first)

    def as_dict(self) -> dict[str, Any]:
        """As it is told to other departments: the words of the other list, and when we took them in."""
        return {
            "list_name": self.list_name,
            "list_colour": self.list_colour,
            "authority": self.authority_name,
            "document_no": self.document_no,
            "grounds": self.grounds,
            "basis": self.basis,
            "listed_on": _iso(self.listed_on),
            "listed_until": _iso(self.listed_until),
            "source": self.source_name,
            "recorded_on": self.recorded_on.isoformat(),
        }


def of_enterprise(session: Session, enterprise_id: int, *, on: date) -> tuple[OtherListingView, ...]:
    """Everything that is known of an enterprise, what has ended included, standing entries first."""
    views = [_view(row, on) for row in queries.of_enterprise(session, enterprise_id)]
    return tuple(sorted(views, key=lambda view: not view.is_standing))


def standing(session: Session, codes: Iterable[str], *, on: date) -> dict[str, tuple[OtherListingView, ...]]:
    """Code -> the entries that stand on the day; codes without any are absent.

    Found under the code, and under every other code of the enterprise that bears it.
    """
    found: dict[str, list[OtherListingView]] = defaultdict(list)
    for code, row in queries.of_codes(session, sorted(set(codes))):
        view = _view(row, on)
        if view.is_standing:
            found[code].append(view)
    return {code: tuple(views) for code, views in found.items()}


def _view(row: OtherListingRow, on: date) -> OtherListingView:
    return OtherListingView(
        row.uscc, row.name, row.list_colour, row.list_name, row.authority_name, row.source_name, row.document_no,
        _masked(row.grounds or row.facts or row.cause), _masked(row.basis), row.listed_on, row.listed_until,
        row.removed_on, beijing_day(row.recorded_at), row.batch_id,
        other_lists.stands(row.listed_on, row.listed_until, row.removed_on, on),
    )  # fmt: skip


def _masked(text: str | None) -> str | None:
    return mask_text(text) if text else text


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
