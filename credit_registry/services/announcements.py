"""The yearly announcement: everybody's computed grade frozen at once, announced at once by a second officer.

Whoever would fall to 中 or 差 is not announced with the others: a case is opened for each, with notice and reply.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import scoring_rules
from credit_registry.domain import clocks, grades, letters, papers
from credit_registry.domain.answers import beijing_day
from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import ListKind, of_grades
from credit_registry.domain.steps import Action, State
from credit_registry.services import grade_cases, gradings
from credit_registry.storage import bulk
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, audit, recusals
from credit_registry.storage.queries import grades as announced
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.accounts import AccountRow
from credit_registry.storage.tables.grades import AnnouncedGradeRow, AnnouncementRow
from credit_registry.storage.tables.listings import ListingCaseRow, ListingPaperRow, ListingStepRow

STATE_TITLES = {"DRAFTED": "拟公布", "MADE": "已公布", "WITHDRAWN": "已撤回"}
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Frozen:
    """So many enterprises of a yearly act: their frozen grade, the one announced before, and whether it is a fall."""

    grade: str
    previous: str | None
    is_fall: bool
    count: int


@dataclass(frozen=True)
class AnnouncementView:
    """A yearly act.

    Attributes:
        frozen: what the decider decides about.
        counts: what came of it: ``announced``, ``cases`` opened for those who would fall, ``left`` where the grade
            moved meanwhile or a case is under way.
    """

    announcement_id: int
    version: int
    year: int
    state: str
    state_title: str
    authority: str
    computed_on: date
    due_on: date
    drafted_at: datetime
    drafter_id: int
    drafter: str
    made_on: date | None
    document_no: str | None
    reason: str | None
    counts: Mapping[str, int]
    frozen: tuple[Frozen, ...]
    text: str | None = None

    @property
    def total(self) -> int:
        return sum(each.count for each in self.frozen)


def draft(
    session: Session, actor: Actor, *, year: int, now: datetime, progress: Progress | None = None
) -> AnnouncementView:
    """Freeze today's computed grades of all enterprises that exist, for a second officer to announce.

    Raises:
        Duplicate: a draft is open already.
        InvalidInput: a year that is not over and not the present one.
    """
    account_id, office_id = require_possible(session, actor, year=year, now=now)
    on = beijing_day(now)
    row = AnnouncementRow(
        year=year,
        office_id=office_id,
        state="DRAFTED",
        version=1,
        computed_on=on,
        due_on=clocks.start("yearly_grade", date(year, 12, 31)).due_on,
        drafted_at=now,
        drafter_id=account_id,
        counts={},
    )
    session.add(row)
    session.flush()
    _freeze(session, row, now=now, progress=progress)
    _remember(session, actor, row, "draft", now)
    return _view(session, row)


def require_possible(session: Session, actor: Actor, *, year: int, now: datetime) -> tuple[int, int]:
    """Refuse what `draft` would refuse, before anything is computed; the account and the office that draft.

    Raises:
        Duplicate, InvalidInput: as `draft`.
    """
    actor.require(Permission.LISTINGS_PROPOSE)
    account_id, office_id = _officer(actor)
    on = beijing_day(now)
    if year not in (on.year, on.year - 1):
        raise InvalidInput(
            f"只能公布上一年度或者本年度的等级，请填写 {on.year - 1} 或 {on.year}。", code="announcement-year"
        )
    if announced.drafted_by(session, office_id) is not None:
        raise Duplicate("已有一份拟公布的年度等级。请先公布或者撤回。", code="announcement-open")
    return account_id, office_id


def _freeze(session: Session, row: AnnouncementRow, *, now: datetime, progress: Progress | None) -> None:
    on = row.computed_on
    ruleset = scoring_rules.ruleset_in_force(on)
    ids = announced.active_ids(session)
    before = {number: each.grade for number, each in announced.in_force(session, ids).items()}
    done = 0
    for chunk in gradings.of(session, ids, ruleset, on=on, now=now):
        kept = [
            grade_cases.frozen(each, ruleset, before.get(each.enterprise_id), on=on, announcement_id=row.id)
            for each in chunk
            # Nobody is told that there is nothing to tell.
            if each.grade != grades.NOT_GRADED or each.enterprise_id in before
        ]
        if kept:
            columns = {name: [each[name] for each in kept] for name in kept[0]}
            ids_of = list(bulk.next_ids(session, AnnouncedGradeRow, len(kept)))
            bulk.insert(session, AnnouncedGradeRow, {"id": ids_of, **columns}, len(kept))
        done += len(chunk)
        if progress is not None:
            progress(done, len(ids))


def make(
    session: Session, actor: Actor, announcement_id: int, *, version: int, reason: str, now: datetime
) -> AnnouncementView:
    """Announce the frozen grades: all at once that fall nowhere; for the others a case each.

    Left out: whose computed grade has moved since, who has a case about the grade under way, and whom the drafter or
    the second officer keeps out of; the grade of those is announced one by one, by others. A case that opens here is
    carried by officers who are asked themselves.

    Raises:
        NotAllowed: ``second-officer``; the drafter does not announce.
    """
    actor.require(Permission.LISTINGS_DECIDE)
    account_id, _ = _officer(actor)
    row = _drafted(session, actor, announcement_id, version)
    if row.drafter_id in accounts.same_person(session, account_id):
        raise NotAllowed("这份年度等级由您拟定，须由其他人员公布。请交由另一名同事。", code="second-officer")
    reason = _reason(reason)
    today = beijing_day(now)
    office = cases.office(session, row.office_id)
    serial = cases.next_serial(session, office.id, "yearly_announcement", today.year)
    row.document_no = papers.document_no(office.short_name, "yearly_announcement", today.year, serial)
    row.state, row.version = "MADE", row.version + 1
    row.approver_id, row.made_on, row.reason = account_id, today, reason
    session.flush()
    falling = announced.falling(session, row.id, drafted_on=row.computed_on)
    both = {*accounts.same_person(session, row.drafter_id), *accounts.same_person(session, account_id)}
    kept_out = recusals.enterprises_of(session, both)
    done = announced.announce_frozen(session, row.id, drafted_on=row.computed_on, on=today, but=kept_out)
    _open_cases(session, actor, row, falling, now)
    total = sum(count for *_, count in announced.frozen_counts(session, row.id))
    row.counts = {"announced": done, "cases": len(falling), "left": total - done - len(falling)}
    session.flush()
    _write(session, row, serial, now)
    _remember(session, actor, row, "make", now)
    return _view(session, row)


def withdraw(
    session: Session, actor: Actor, announcement_id: int, *, version: int, reason: str, now: datetime
) -> AnnouncementView:
    """Give a draft up; what was frozen stays on file and is announced by nobody."""
    actor.require(Permission.LISTINGS_PROPOSE)
    _officer(actor)
    row = _drafted(session, actor, announcement_id, version)
    row.state, row.version, row.reason = "WITHDRAWN", row.version + 1, _reason(reason)
    session.flush()
    _remember(session, actor, row, "withdraw", now)
    return _view(session, row)


def get(session: Session, actor: Actor, announcement_id: int) -> AnnouncementView:
    actor.require(Permission.REGISTER_READ)
    return _view(session, _found(announced.get_announcement(session, announcement_id), announcement_id))


def page(session: Session, actor: Actor, *, limit: int = 20) -> tuple[AnnouncementView, ...]:
    """The yearly acts, newest first."""
    actor.require(Permission.REGISTER_READ)
    return tuple(_view(session, row) for row in announced.page_announcements(session, limit=limit))


def _officer(actor: Actor) -> tuple[int, int]:
    if actor.account_id is None or actor.office_id is None:
        raise NotAllowed("年度等级须由具名工作人员公布。请用本人账号登录后办理。", code="person-required")
    grade_cases.require_keeper(actor)
    return actor.account_id, actor.office_id


def _found(row: AnnouncementRow | None, announcement_id: int) -> AnnouncementRow:
    if row is None:
        raise NotFound(
            f"没有编号为 {announcement_id} 的年度等级公布。请核对编号。", code="unknown-announcement"
        )
    return row


def _drafted(session: Session, actor: Actor, announcement_id: int, version: int) -> AnnouncementRow:
    row = _found(announced.lock_announcement(session, announcement_id), announcement_id)
    actor.require_office(row.office_id)
    if row.version != version:
        raise StaleVersion("这份年度等级已被他人更新，请刷新后再试。", facts={"version": row.version})
    if row.state != "DRAFTED":
        raise IllegalTransition(
            f"这份年度等级{STATE_TITLES[row.state]}，不能再办理。", code="announcement-closed"
        )
    return row


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("请写明理由后重试。", code="reason-missing")
    return reason.strip()


def _open_cases(
    session: Session, actor: Actor, row: AnnouncementRow, falling: Sequence[tuple[int, int]], now: datetime
) -> None:
    """A candidate case for each who would fall, thousands in three statements; nobody has prepared it yet."""
    on, count = beijing_day(now), len(falling)
    series = of_grades()
    ids = list(bulk.next_ids(session, ListingCaseRow, count)) if count else []
    bulk.insert(
        session,
        ListingCaseRow,
        {
            "id": ids,
            "enterprise_id": [enterprise_id for _, enterprise_id in falling],
            "office_id": bulk.Same(row.office_id),
            "list_kind": bulk.Same(ListKind.GRADE.value),
            "series": bulk.Same(series.series),
            "domain": bulk.Same(series.domain),
            "state": bulk.Same(State.CANDIDATE.value),
            "version": bulk.Same(1),
            "origin": bulk.Same("rules"),
            "opened_at": bulk.Same(now),
            "opened_on": bulk.Same(on),
            "window_is_provisional": bulk.Same(False),
        },
        count,
    )
    bulk.insert(
        session,
        ListingStepRow,
        {
            "id": list(bulk.next_ids(session, ListingStepRow, count)) if count else [],
            "case_id": ids,
            "number": bulk.Same(1),
            "action": bulk.Same(Action.DEFER_GRADE.value),
            "to_state": bulk.Same(State.CANDIDATE.value),
            "actor": bulk.Same(actor.label),
            "actor_name": bulk.Same(actor.name),
            "at": bulk.Same(now),
            "on": bulk.Same(on),
            "reason": bulk.Same(f"{row.year}年度等级公布（{row.document_no}）"),
            "facts": bulk.Same({"announcement": row.id}),
            "is_hidden": bulk.Same(False),
        },
        count,
    )
    announced.to_cases(session, {number: case for (number, _), case in zip(falling, ids, strict=True)})


def _write(session: Session, row: AnnouncementRow, serial: int, now: datetime) -> None:
    """The act as a numbered paper: how many stand where, no names."""
    on = beijing_day(now)
    standing = announced.announced_counts(session, row.id)
    counts = "、".join(f"{grade} 级 {count} 家" for grade, count in standing) or "无"
    letter = letters.render(
        "yearly_announcement",
        on,
        {
            "authority": cases.office(session, row.office_id).name,
            "today": letters.spelled(on),
            "year": str(row.year),
            "computed_on": letters.spelled(row.computed_on),
            "counts": f"{counts}（共公布 {row.counts['announced']} 家）",
            "reason": row.reason,
        },
    )
    session.add(
        ListingPaperRow(
            office_id=row.office_id,
            kind="yearly_announcement",
            title=papers.PAPERS["yearly_announcement"].title,
            year=on.year,
            serial=serial,
            document_no=row.document_no,
            dated_on=on,
            fields={"announcement": row.id},
            template=letter.template,
            text=letter.text,
            recorded_at=now,
        )
    )
    session.flush()


def _remember(session: Session, actor: Actor, row: AnnouncementRow, verb: str, now: datetime) -> None:
    facts = {"year": row.year, "state": row.state, **row.counts}
    audit.remember(
        session, actor, f"announcement:{verb}", f"announcement:{row.id}", now, reason=row.reason, facts=facts
    )


def _view(session: Session, row: AnnouncementRow) -> AnnouncementView:
    return AnnouncementView(
        announcement_id=row.id,
        version=row.version,
        year=row.year,
        state=row.state,
        state_title=STATE_TITLES[row.state],
        authority=cases.office(session, row.office_id).name,
        computed_on=row.computed_on,
        due_on=row.due_on,
        drafted_at=row.drafted_at,
        drafter_id=row.drafter_id,
        drafter=session.get_one(AccountRow, row.drafter_id).name,
        made_on=row.made_on,
        document_no=row.document_no,
        reason=row.reason,
        counts=dict(row.counts),
        frozen=tuple(
            Frozen(*each)
            for each in sorted(
                announced.frozen_counts(session, row.id), key=lambda each: (each[0], each[1] or "")
            )
        ),
        text=announced.text_of(session, row.id),
    )
