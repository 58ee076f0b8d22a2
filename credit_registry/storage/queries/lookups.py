"""Look-ups: from codes to what is known of their bearers in one read, and the log of what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Date, bindparam, exists, func, insert, select
from sqlalchemy.orm import aliased

from credit_registry.storage import bulk
from credit_registry.storage.database import Session
from credit_registry.storage.queries import entries, grades, members
from credit_registry.storage.tables.assessments import AssessmentRow, DirtyRow
from credit_registry.storage.tables.enterprises import EnterpriseCodeRow, EnterpriseRow, EnterpriseVersionRow
from credit_registry.storage.tables.grades import AnnouncedGradeRow
from credit_registry.storage.tables.listings import ListingCaseRow, ListVersionRow
from credit_registry.storage.tables.lookups import LookupRow
from credit_registry.storage.tables.other_lists import OtherListingRow


@dataclass(frozen=True, slots=True)
class Grade:
    """A stored grade with what tells whether it still holds."""

    on: date
    ruleset: str
    ruleset_digest: str
    engine: str
    scale: int
    score: int | None
    grade: str
    next_change_on: date | None


@dataclass(frozen=True, slots=True)
class Announced:
    """The grade that was announced by a formal act and holds."""

    grade: str
    score: int | None
    scale: int
    announced_on: date
    computed_on: date


@dataclass(frozen=True, slots=True)
class Bearer:
    """The enterprise that bears or bore a code.

    Attributes:
        is_listed: an entry of some list is to be seen today; which one is asked only then.
        is_listed_elsewhere: some list of another department names one of its codes; whether it stands is asked then.
    """

    enterprise_id: int
    uscc: str | None
    name: str
    status: str
    subdistrict_code: str | None
    is_former_code: bool
    is_listed: bool
    is_listed_elsewhere: bool
    grade: Grade | None
    announced: Announced | None


_BORNE = aliased(EnterpriseCodeRow)
_ON = cast(date, bindparam("on", type_=Date))
_COLUMNS: tuple[Any, ...] = (
    EnterpriseCodeRow.uscc,
    EnterpriseRow.id,
    EnterpriseRow.uscc,
    EnterpriseRow.name,
    EnterpriseRow.status,
    EnterpriseRow.subdistrict_code,
    exists().where(ListingCaseRow.enterprise_id == EnterpriseRow.id, entries.shown(_ON)),
    exists().where(
        _BORNE.enterprise_id == EnterpriseRow.id,
        OtherListingRow.uscc == _BORNE.uscc,
        OtherListingRow.superseded_at.is_(None),
    ),
    DirtyRow.enterprise_id,
    AssessmentRow.on,
    AssessmentRow.ruleset,
    AssessmentRow.ruleset_digest,
    AssessmentRow.engine,
    AssessmentRow.scale,
    AssessmentRow.score,
    AssessmentRow.grade,
    AssessmentRow.next_change_on,
    AnnouncedGradeRow.grade,
    AnnouncedGradeRow.score,
    AnnouncedGradeRow.scale,
    AnnouncedGradeRow.announced_on,
    AnnouncedGradeRow.computed_on,
)


def _with_all(query: Any) -> Any:
    return (
        query.join(EnterpriseRow, EnterpriseRow.id == EnterpriseCodeRow.enterprise_id)
        .outerjoin(AssessmentRow, AssessmentRow.enterprise_id == EnterpriseRow.id)
        .outerjoin(DirtyRow, DirtyRow.enterprise_id == EnterpriseRow.id)
        .outerjoin(AnnouncedGradeRow, AnnouncedGradeRow.id == grades.newest_in_force(EnterpriseRow.id))
    )


# Built once: most look-ups ask for one code, and building the statement costs more than running it.
_ONE = _with_all(
    select(*_COLUMNS).select_from(EnterpriseCodeRow).where(EnterpriseCodeRow.uscc == bindparam("code"))
)


def bearers(session: Session, codes: Sequence[str], *, on: date) -> dict[str, Bearer]:
    """Code -> its bearer, for the codes that the register holds; one statement for any number."""
    session.flush()  # what follows goes past the ORM
    connection = session.connection()
    if len(codes) == 1:
        rows = connection.execute(_ONE, {"code": codes[0], "on": on})
    else:
        wanted = members.texts(session, codes)
        many = select(*_COLUMNS).select_from(EnterpriseCodeRow)
        rows = connection.execute(
            _with_all(many.join(wanted, EnterpriseCodeRow.uscc == wanted.c.value)), {"on": on}
        )
    found = {}
    for (
        code,
        enterprise_id,
        uscc,
        name,
        status,
        subdistrict,
        is_listed,
        elsewhere,
        dirty,
        *both,
    ) in rows.all():
        grade, announced = both[:8], both[8:]
        holds = grade[0] is not None and dirty is None
        found[code] = Bearer(
            enterprise_id,
            uscc,
            name,
            status,
            subdistrict,
            code != uscc,
            bool(is_listed),
            bool(elsewhere),
            Grade(*grade) if holds else None,
            Announced(*announced) if announced[0] is not None else None,
        )
    return found


def first_known_at(session: Session, enterprise_id: int) -> datetime | None:
    """When the register first heard of the enterprise."""
    query = select(func.min(EnterpriseVersionRow.recorded_at))
    return session.scalar(query.where(EnterpriseVersionRow.enterprise_id == enterprise_id))


_VERSION = select(func.coalesce(func.max(ListVersionRow.number), 0))
_LOG = insert(LookupRow)
# A batch; what single callers asked at one time is fewer.
_FEW = 50


def list_version(session: Session) -> int:
    """The number of the newest visible change of any list."""
    return session.connection().execute(_VERSION).scalar_one()


def log(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write down what was asked and answered; the answer leaves only after this transaction has ended well."""
    if len(rows) > _FEW:
        bulk.insert(session, LookupRow, {name: [row[name] for row in rows] for name in rows[0]}, len(rows))
    elif rows:
        session.connection().execute(_LOG, list(rows))
