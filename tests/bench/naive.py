"""The way one would first write it: for each enterprise its rows by the ORM, and the rules in a loop over them.

`haidian-default-1` by hand for penalties and inspections, which are nine records in ten; what other kinds do is not
here, and the register that it is timed on has none.
"""

import calendar
from datetime import date, timedelta

from sqlalchemy import select

from credit_registry.storage.database import Session
from credit_registry.storage.tables.enterprises import EnterpriseRow
from credit_registry.storage.tables.records import RecordVersionRow

GRADES = ("A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D")
BOUNDS = (95, 90, 85, 80, 75, 70, 65, 60)
KINDS = ("penalty", "inspection")
_SERIOUS = {
    "suspension",
    "licence_suspended",
    "licence_revoked",
    "downgrade",
    "restriction",
    "closure",
    "detention",
}
_POINTS = {"minor": (2, 3, 3), "general": (6, 3, 12), "serious": (20, 12, 36)}
_FAILED = {"not_fixed": (8, 12, 12), "fixed_late": (4, 12, 12), "obstructed": (15, 12, 24)}


def later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def class_of(row: RecordVersionRow) -> str:
    kinds = set((row.penalty_kinds or "").split(";")) - {""}
    if row.breach_class is not None:
        return row.breach_class
    if row.is_simple_procedure or (kinds and kinds <= {"warning", "criticism"}):
        return "minor"
    return "serious" if kinds & _SERIOUS or (row.fine_fen or 0) >= 100_000_000 else "general"


def grade_everybody(session: Session, on: date) -> dict[int, dict[str, tuple[int | None, str]]]:
    """Per enterprise and domain, tenths of points and the grade."""
    found = {}
    for enterprise in session.scalars(select(EnterpriseRow)):
        rows = session.scalars(
            select(RecordVersionRow).where(
                RecordVersionRow.enterprise_id == enterprise.id,
                RecordVersionRow.superseded_at.is_(None),
            )
        ).all()
        known = [row for row in rows if row.dated_on <= on]
        since = enterprise.registered_on or min((row.dated_on for row in known), default=None)
        is_new = since is not None and later(since, 12) >= on
        found[enterprise.id] = {
            domain: grade([row for row in known if row.domain == domain], on, is_new=is_new)
            for domain in ("safety", "fire")
        }
    return found


def grade(rows: list[RecordVersionRow], on: date, *, is_new: bool) -> tuple[int | None, str]:
    def within(row: RecordVersionRow, months: int) -> bool:
        return later(row.dated_on, months) >= on

    live = [row for row in rows if row.state == "live"]
    penalties = sorted(
        (row for row in live if row.kind == "penalty"),
        key=lambda row: (row.dated_on, row.document_no or "", row.record_id),
    )
    deducted, running = 0.0, set()
    for at, row in enumerate(penalties):
        nth = 0
        for before in penalties[:at] if row.cause is not None else ():
            nth += before.cause == row.cause and later(before.dated_on, 12) >= row.dated_on
        points, whole, half = _POINTS[class_of(row)]
        if within(row, half):
            deducted += points * (1, 1.5, 2)[min(nth, 2)] * (1 if within(row, whole) else 0.5)
            running.add(class_of(row))
    bonus, is_obstructed = 0, False
    for row in live:
        if row.kind != "inspection":
            continue
        if row.result in _FAILED:
            points, whole, half = _FAILED[row.result]
            if within(row, half):
                deducted += points * (1 if within(row, whole) else 0.5)
                running.add(row.result)
                is_obstructed |= row.result == "obstructed" and within(row, 12)
        elif row.result == "clean" and row.method == "random" and within(row, 12):
            bonus = min(bonus + 1, 3)
    unpaid = sum(is_unpaid(row, on) for row in penalties)
    units = int(10 * min(max(100 + bonus - deducted - 5 * unpaid, 0), 100) + 0.5)
    counted = [row for row in rows if row.state in ("live", "pending", "not_responsible")]
    if is_new or not any(within(row, 24) for row in counted):
        return None, "N"
    place = sum(units < bound * 10 for bound in BOUNDS)
    place = max(place, 2 if running & {"general", "not_fixed"} else 0, 5 if "serious" in running else 0)
    place = max(place, 7 if is_obstructed else 0, 4 if unpaid else 0)
    recent = [row for row in penalties if class_of(row) != "minor" and within(row, 12)]
    if len({row.document_no or row.record_id for row in recent}) >= 2:
        place = min(place + 1, 8)
    return units, GRADES[place]


def is_unpaid(row: RecordVersionRow, on: date) -> bool:
    if row.fine_state != "unpaid" or (row.fine_paid_on is not None and row.fine_paid_on <= on):
        return False
    return (row.fine_due_on or row.dated_on + timedelta(days=15)) < on
