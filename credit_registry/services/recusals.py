"""Recusal (回避): who has an interest in an enterprise or a case takes no step in it.

Declared by oneself, or ordered by a decider of the office; only a decider lifts it, never the person concerned.

Law:
    行政处罚法(2021-01-22) 第四十三条
"""

from dataclasses import dataclass
from datetime import datetime

from credit_registry.domain import accounts as rules
from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
)
from credit_registry.domain.permissions import GRANTS, Actor, Permission, Role
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts, audit, recusals
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.accounts import AccountRow
from credit_registry.storage.tables.listings import ListingCaseRow
from credit_registry.storage.tables.recusals import RecusalRow

SCOPES = {"case": "本案", "enterprise": "该企业的全部案件"}


@dataclass(frozen=True)
class RecusalView:
    recusal_id: int
    account_id: int
    login: str
    name: str
    scope: str
    origin: str
    reason: str
    recorded_at: datetime
    recorded_by: str


def recuse(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    scope: str,
    reason: str,
    now: datetime,
    login: str | None = None,
) -> RecusalView:
    """Keep somebody out of a case, or of every case of its enterprise; oneself where no login is given.

    Raises:
        NotAllowed: another office's case; ordering takes a decider.
        Duplicate: the person keeps out already.
    """
    case = _case(session, actor, case_id)
    if scope not in SCOPES or not reason.strip():
        raise InvalidInput("请选择回避的范围并写明理由。", code="recusal-incomplete")
    account = _colleague(session, actor, case, login)
    is_own = account.id == actor.account_id
    if not is_own:
        actor.require(Permission.LISTINGS_DECIDE)
    if _kept_out(session, account.id, case_id=case.id, enterprise_id=case.enterprise_id) is not None:
        raise Duplicate(f"{account.name}已经回避，无需重复登记。", code="recused-already")
    row = RecusalRow(
        account_id=account.id,
        case_id=case.id if scope == "case" else None,
        enterprise_id=case.enterprise_id if scope == "enterprise" else None,
        origin="declared" if is_own else "ordered",
        reason=reason.strip(),
        recorded_at=now,
        recorded_by=actor.label,
    )
    session.add(row)
    session.flush()
    _remember(session, actor, row, "declare" if is_own else "order", case, row.reason, now)
    return _view(session, row)


def lift(
    session: Session, actor: Actor, case_id: int, recusal_id: int, *, reason: str, now: datetime
) -> None:
    """End a recusal: a decider, never the person concerned under whatever account."""
    case = _case(session, actor, case_id)
    actor.require(Permission.LISTINGS_DECIDE)
    row = recusals.lock(session, recusal_id)
    if (
        row is None
        or case.id != (row.case_id or case.id)
        or row.enterprise_id not in (None, case.enterprise_id)
    ):
        raise NotFound(f"本案没有编号为 {recusal_id} 的回避。请刷新后核对。", code="unknown-recusal")
    if row.ended_at is not None:
        raise IllegalTransition("该回避已经解除。", code="recusal-ended")
    if not reason.strip():
        raise InvalidInput("请写明解除回避的理由。", code="reason-missing")
    assert actor.account_id is not None, "asked by _case"
    if row.account_id in accounts.same_person(session, actor.account_id):
        raise NotAllowed("不能解除本人的回避。请由另一名审批人决定。", code="own-recusal")
    row.ended_at, row.ended_by_id, row.end_reason = now, actor.account_id, reason.strip()
    session.flush()
    _remember(session, actor, row, "lift", case, row.end_reason, now)


def of_case(session: Session, case_id: int) -> tuple[RecusalView, ...]:
    """Who keeps out of a case; for pages that have asked whether the reader may see the case."""
    case = cases.get(session, case_id)
    assert case is not None, "cases are never deleted"
    found = recusals.holding(session, case_id=case_id, enterprise_id=case.enterprise_id)
    return tuple(_view(session, row) for row in found)


def require_free(
    session: Session, actor: Actor, *, case_id: int | None, enterprise_id: int, who: Permission
) -> None:
    """Refuse a step to somebody who keeps out, and name those who may take it.

    Raises:
        NotAllowed: ``recused``.
    """
    if actor.account_id is None:
        return
    if _kept_out(session, actor.account_id, case_id=case_id, enterprise_id=enterprise_id) is None:
        return
    others = [
        row.name
        for row in accounts.of_office(session, actor.office_id or 0)
        if any(who in GRANTS[Role(role)] for role in row.roles)
        and _kept_out(session, row.id, case_id=case_id, enterprise_id=enterprise_id) is None
    ]
    may = (
        f"可以办理的同事：{'、'.join(dict.fromkeys(others))}。"
        if others
        else "本部门没有其他可以办理的人员，请报告负责人指定。"
    )
    raise NotAllowed(
        f"您与该企业或者本案有利害关系，已经回避，不能办理。{may}",
        code="recused",
        facts={"case_id": case_id, "colleagues": list(dict.fromkeys(others))},
    )


def _kept_out(
    session: Session, account_id: int, *, case_id: int | None, enterprise_id: int
) -> RecusalRow | None:
    selves = accounts.same_person(session, account_id)
    return recusals.of_persons(session, selves, case_id=case_id, enterprise_id=enterprise_id)


def _case(session: Session, actor: Actor, case_id: int) -> ListingCaseRow:
    actor.require(Permission.REGISTER_READ)
    case = cases.lock(session, case_id)
    if case is None:
        raise NotFound(f"没有编号为 {case_id} 的名单案件。请核对编号。", code="unknown-case")
    if actor.account_id is None:
        raise NotAllowed("回避须由具名工作人员办理。请用本人账号登录后办理。", code="person-required")
    actor.require_office(case.office_id)
    return case


def _colleague(session: Session, actor: Actor, case: ListingCaseRow, login: str | None) -> AccountRow:
    if login is None:
        assert actor.account_id is not None, "asked by _case"
        return accounts.get_account(session, actor.account_id)
    found = accounts.find_account(session, rules.checked_login(login))
    if found is None or found.office_id != case.office_id:
        raise NotFound("本部门没有这个账号。请从名单中选择。", code="unknown-account")
    return found


def _view(session: Session, row: RecusalRow) -> RecusalView:
    account = accounts.get_account(session, row.account_id)
    return RecusalView(
        recusal_id=row.id,
        account_id=row.account_id,
        login=account.login,
        name=account.name,
        scope=SCOPES["case" if row.case_id is not None else "enterprise"],
        origin=row.origin,
        reason=row.reason,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )


def _remember(
    session: Session,
    actor: Actor,
    row: RecusalRow,
    verb: str,
    case: ListingCaseRow,
    reason: str,
    now: datetime,
) -> None:
    facts = {"recusal": row.id, "account": row.account_id, "whole_enterprise": row.case_id is None}
    audit.remember(session, actor, f"recusal:{verb}", f"case:{case.id}", now, reason=reason, facts=facts)
