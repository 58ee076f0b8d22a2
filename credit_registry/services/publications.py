"""The lists as everybody sees them: who stands on one today, until when, by whose decision, on what ground.

No actor: what is shown here is for all. Whether a row is shown is asked of its dates at the moment of the
answer, so that a late daily run can never expose anybody.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credit_registry.domain.errors import InvalidInput, NotFound
from credit_registry.domain.names import folded_name
from credit_registry.domain.paging import Page
from credit_registry.domain.series import LIST_TITLES, PUBLIC_LISTS, ListKind, find
from credit_registry.services.notes import notes_of_cases
from credit_registry.services.standings import basis_of, grounds_by_case
from credit_registry.storage.database import Session
from credit_registry.storage.queries import entries
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.accounts import OfficeRow
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.listings import ListingCaseRow, ListingPersonRow


@dataclass(frozen=True)
class PublicPerson:
    """A person listed beside the enterprise: role, name and number masked."""

    role: str
    name: str
    number: str


@dataclass(frozen=True)
class PublicEntry:
    """One public row; nothing personal beyond what the instrument orders, and that masked.

    Attributes:
        listed_until: the last day of the period.
        reasons: what the conditions say, in the words of the instrument.
        notes: open challenges, such as 异议处理中.
    """

    case_id: int
    list_kind: ListKind
    series: str
    title: str
    name: str
    uscc: str | None
    address: str | None
    authority: str
    decision_no: str | None
    decided_on: date
    listed_from: date
    listed_until: date
    conditions: tuple[str, ...]
    reasons: tuple[str, ...]
    basis: tuple[str, ...]
    persons: tuple[PublicPerson, ...]
    notes: tuple[str, ...] = ()


def page(
    session: Session,
    list_kind: str,
    *,
    on: date,
    text: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[PublicEntry]:
    """Entries of a list on the day ``on``; ``text`` is part of a name, or a whole code."""
    limit = max(1, min(limit, 500))
    rows = entries.public_entries(
        session,
        kind_of(list_kind),
        on=on,
        name_key=folded_name(text) if text and text.strip() else None,
        after=_number(after),
        limit=limit + 1,
    )
    items = _entries(session, rows[:limit])
    return Page(items, str(items[-1].case_id) if len(rows) > limit else None)


def get(session: Session, list_kind: str, uscc: str, *, on: date) -> tuple[PublicEntry, ...]:
    """All entries of one enterprise on a list: more than one where several offices or instruments list it.

    Raises:
        NotFound: it is not on this list on that day, whether or not it ever was.
    """
    code = uscc.strip().upper()
    rows = entries.public_entries(session, kind_of(list_kind), on=on, uscc=code)
    if not rows:
        title = LIST_TITLES[ListKind(list_kind)]
        raise NotFound(
            f"{title}上没有统一社会信用代码为 {code[:32]} 的企业。未在列不等于没有其他信用记录。",
            code="not-listed",
            facts={"uscc": code[:32], "list": list_kind, "on": on.isoformat()},
        )
    return _entries(session, rows)


def rows(session: Session, list_kind: str, *, on: date) -> tuple[PublicEntry, ...]:
    """The whole list of the day, for downloads."""
    return _entries(session, entries.public_entries(session, kind_of(list_kind), on=on))


def list_version(session: Session) -> int:
    """Grows by one with each change of what the public sees."""
    return entries.list_version(session)


def kind_of(list_kind: str) -> ListKind:
    found = next((kind for kind in PUBLIC_LISTS if kind == list_kind), None)
    if found is None:
        raise InvalidInput(
            "名单只有两种：black（严重失信主体名单）和 red（守信激励名单）。", code="unknown-list"
        )
    return found


def _number(after: str | None) -> int:
    if after is None:
        return 0
    if not after.isdecimal() or len(after) > 18:
        raise InvalidInput("翻页参数无效，请回到第一页。", code="bad-cursor")
    return int(after)


def _entries(
    session: Session, found: Sequence[tuple[ListingCaseRow, EnterpriseRow, OfficeRow]]
) -> tuple[PublicEntry, ...]:
    grounds = grounds_by_case(session, [case for case, _, _ in found])
    notes = notes_of_cases(session, [case.id for case, _, _ in found])
    persons: dict[int, list[ListingPersonRow]] = defaultdict(list)
    for person in cases.persons_of(session, [case.id for case, _, _ in found]):
        persons[person.case_id].append(person)
    shown = []
    for case, enterprise, office in found:
        series = find(case.series)
        decided_on, listed_from, listed_until = case.decided_on, case.listed_from, case.listed_until
        if decided_on is None or listed_from is None or listed_until is None:
            raise AssertionError("an entry in force has its days")
        named = persons[case.id] if series.shows_persons else []
        shown.append(
            PublicEntry(
                case_id=case.id,
                list_kind=series.kind,
                series=case.series,
                title=series.title,
                name=enterprise.name,
                uscc=enterprise.uscc,
                address=enterprise.address,
                authority=office.name,
                decision_no=case.decision_no,
                decided_on=decided_on,
                listed_from=listed_from,
                listed_until=listed_until,
                conditions=tuple(dict.fromkeys(ground.condition for ground in grounds[case.id])),
                reasons=tuple(dict.fromkeys(ground.title for ground in grounds[case.id])),
                basis=basis_of(case, grounds[case.id]),
                persons=tuple(PublicPerson(each.role, each.name_masked, each.id_masked) for each in named),
                notes=notes.get(case.id, ()),
            )
        )
    return tuple(shown)
