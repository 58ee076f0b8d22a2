"""Look-ups: from codes to what is known of their bearers in one read, and the log of what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select

from credit_registry.storage.database import Session
from credit_registry.storage.queries import members
from credit_registry.storage.tables.assessments import AssessmentRow, DirtyRow
from credit_registry.storage.tables.enterprises import EnterpriseCodeRow, EnterpriseRow, EnterpriseVersionRow
from credit_registry.storage.tables.lookups import LookupRow


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
class Bearer:
    """The enterprise that bears or bore a code."""

    enterprise_id: int
    uscc: str | None
    name: str
    status: str
    subdistrict_code: str | None
    is_former_code: bool
    recorded_at: datetime
    grade: Grade | None


def bearers(session: Session, codes: Sequence[str]) -> dict[str, Bearer]:
    """Code -> its bearer, for the codes that the register holds; one statement for any number."""
    wanted = members.texts(session, codes)
    query = (
        select(
            EnterpriseCodeRow.uscc,
            EnterpriseRow.id,
            EnterpriseRow.uscc,
            EnterpriseRow.name,
            EnterpriseRow.status,
            EnterpriseRow.subdistrict_code,
            EnterpriseRow.recorded_at,
            AssessmentRow.on,
            AssessmentRow.ruleset,
            AssessmentRow.ruleset_digest,
            AssessmentRow.engine,
            AssessmentRow.scale,
            AssessmentRow.score,
            AssessmentRow.grade,
            AssessmentRow.next_change_on,
            DirtyRow.enterprise_id,
        )
        .join(wanted, EnterpriseCodeRow.uscc == wanted.c.value)
        .join(EnterpriseRow, EnterpriseRow.id == EnterpriseCodeRow.enterprise_id)
        .outerjoin(AssessmentRow, AssessmentRow.enterprise_id == EnterpriseRow.id)
        .outerjoin(DirtyRow, DirtyRow.enterprise_id == EnterpriseRow.id)
    )
    found = {}
    for row in session.execute(query):
        code, enterprise_id, uscc, name, status, subdistrict, recorded_at, *grade, dirty = row
        holds = grade[0] is not None and dirty is None
        found[code] = Bearer(
            enterprise_id,
            uscc,
            name,
            status,
            subdistrict,
            code != uscc,
            recorded_at,
            Grade(*grade) if holds else None,
        )
    return found


def first_known_at(session: Session, enterprise_id: int) -> datetime | None:
    """When the register first heard of the enterprise."""
    query = select(func.min(EnterpriseVersionRow.recorded_at))
    return session.scalar(query.where(EnterpriseVersionRow.enterprise_id == enterprise_id))


def log(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write down what was asked and answered; the answer leaves only after this transaction has ended well."""
    session.execute(insert(LookupRow), list(rows))
