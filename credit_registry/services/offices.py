"""Offices: registered, renamed, given a code, closed and opened again; what they were stays in the log.

Papers keep the name under which they were issued; what is shown of a decision says the office's present name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credit_registry.domain import accounts as rules
from credit_registry.domain.errors import (
    Duplicate,
    IllegalTransition,
    InvalidInput,
    NotFound,
    StaleVersion,
)
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.steps import ENDED, State
from credit_registry.services import codes, vocabulary
from credit_registry.storage.database import Session
from credit_registry.storage.queries import accounts as queries
from credit_registry.storage.queries import audit
from credit_registry.storage.tables.accounts import OfficeRow

FIELDS = ("name", "short_name", "authority_code", "domain", "is_keeper", "subdistrict_code")
# A decided removal still has to be carried out by the office.
_DONE = tuple(state.value for state in ENDED - {State.REMOVAL_DECIDED})


@dataclass(frozen=True)
class OfficeView:
    id: int
    name: str
    short_name: str
    authority_code: str | None
    domain: str | None
    is_keeper: bool
    subdistrict_code: str | None
    version: int
    closed_at: datetime | None


@dataclass(frozen=True)
class OfficeChange:
    """One act on an office, as the log keeps it; ``changes``: field -> (before, after)."""

    verb: str
    actor: str
    at: datetime
    reason: str | None
    changes: Mapping[str, tuple[object, object]]


def create(
    session: Session,
    actor: Actor,
    name: str,
    *,
    now: datetime,
    short_name: str | None = None,
    authority_code: str | None = None,
    domain: str | None = None,
    is_keeper: bool = False,
    subdistrict_code: str | None = None,
) -> OfficeView:
    """Register a department, fire brigade or sub-district office that acts here.

    Args:
        domain: ``safety`` or ``fire`` where the office penalises in one of them.
        is_keeper: it keeps the register and may bring in other offices' records.

    Raises:
        Duplicate: the name or the code is taken.
        InvalidInput: a code with a slip in it, which no record would ever name (``invalid-uscc``).
    """
    actor.require(Permission.ACCOUNTS_MANAGE)
    name = name.strip()
    authority_code = codes.readable(authority_code) if authority_code else None
    if not name:
        raise InvalidInput("请填写部门名称。", code="office-name")
    if domain not in (None, "safety", "fire"):
        raise InvalidInput(
            "部门领域只能是 safety（安全生产）或 fire（消防），也可以不填。", code="office-domain"
        )
    for taken in filter(None, (name, authority_code)):
        if queries.find_office_named(session, taken):
            raise Duplicate(
                f"部门“{taken}”已经登记，请直接使用。", code="office-exists", facts={"office": taken}
            )
    row = OfficeRow(
        name=name,
        short_name=(short_name or name).strip()[:50],
        authority_code=authority_code,
        domain=domain,
        is_keeper=is_keeper,
        subdistrict_code=vocabulary.checked_place(subdistrict_code),
    )
    session.add(row)
    session.flush()
    facts = {"name": name, "authority_code": authority_code, "is_keeper": is_keeper}
    audit.remember(session, actor, "office:create", f"office:{row.id}", now, facts=facts)
    return _view(row)


def page(session: Session, actor: Actor) -> Page[OfficeView]:
    """All of them: a district has some dozens."""
    actor.require(Permission.ACCOUNTS_MANAGE)
    return Page(tuple(_view(row) for row in queries.offices(session)))


def require_open(office: OfficeRow) -> None:
    """Nobody new acts for an office that was closed.

    Raises:
        IllegalTransition: ``office-closed``.
    """
    if office.closed_at is not None:
        raise IllegalTransition(
            f"部门“{office.name}”已停用。请选择其他部门，或者先恢复该部门。", code="office-closed"
        )


def find(session: Session, name: str) -> OfficeView | None:
    """By full name, short name or authority code."""
    row = queries.find_office_named(session, name.strip())
    return _view(row) if row else None


def get(session: Session, actor: Actor, office_id: int) -> OfficeView:
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = queries.find_office(session, office_id)
    if row is None:
        raise _unknown(office_id)
    return _view(row)


def amend(
    session: Session,
    actor: Actor,
    office_id: int,
    changes: Mapping[str, object],
    *,
    version: int,
    reason: str,
    now: datetime,
) -> OfficeView:
    """Change what is registered of an office.

    Args:
        changes: some of `FIELDS`; an empty value takes a code, a domain or a sub-district away.

    Raises:
        StaleVersion: somebody changed it since it was read.
        Duplicate: another office has the name or the code.
        IllegalTransition: ``office-code-used``, ``office-last-keeper``, ``office-closed``.
    """
    row = _to_change(session, actor, office_id, version=version, reason=reason)
    if row.closed_at is not None:
        raise IllegalTransition("该部门已停用，不能修改。请先恢复。", code="office-closed")
    wanted = _checked(changes)
    differing = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    if not differing:
        raise InvalidInput("没有要修改的内容。请填写与原来不同的值。", code="office-unchanged")
    for name in ("name", "authority_code"):
        taken = differing.get(name)
        found = queries.find_office_named(session, str(taken)) if taken else None
        if found is not None and found.id != row.id:
            raise Duplicate(f"部门“{taken}”已经登记，请核对。", code="office-exists", facts={"office": taken})
    old_code = row.authority_code
    if "authority_code" in differing and old_code and queries.is_code_used(session, old_code):
        raise IllegalTransition(
            "已有信用记录以原代码注明处罚机关，改变代码会使这些记录失去主管部门。请另行登记部门。",
            code="office-code-used",
        )
    if differing.get("is_keeper") is False:
        _require_another_keeper(session, row)
    told = {name: [getattr(row, name), value] for name, value in differing.items()}
    for name, value in differing.items():
        setattr(row, name, value)
    return _changed(session, actor, row, "amend", reason, now, {"changes": told})


def close(
    session: Session, actor: Actor, office_id: int, *, version: int, reason: str, now: datetime
) -> OfficeView:
    """End an office that acts no more. Its records, decisions and papers stay its own.

    Raises:
        IllegalTransition: ``office-in-use``; the facts name accounts, keys and cases that still run.
    """
    row = _to_change(session, actor, office_id, version=version, reason=reason)
    if row.closed_at is not None:
        raise IllegalTransition("该部门已停用。", code="office-closed")
    if row.is_keeper:
        _require_another_keeper(session, row)
    ties = queries.ties(session, row.id, on=rules.local_day(now), ended=_DONE)
    if ties.accounts or ties.keys or ties.cases:
        raise IllegalTransition(
            f"该部门还有启用的账号 {len(ties.accounts)} 个、有效的密钥 {len(ties.keys)} 个、未办结的案件 "
            f"{len(ties.cases)} 件。请先停用账号、撤销密钥、办结案件。",
            code="office-in-use",
            facts={"accounts": list(ties.accounts), "keys": list(ties.keys), "cases": list(ties.cases)},
        )
    row.closed_at = now
    return _changed(session, actor, row, "close", reason, now, {})


def reopen(
    session: Session, actor: Actor, office_id: int, *, version: int, reason: str, now: datetime
) -> OfficeView:
    """Let a closed office act again; its accounts are enabled one by one."""
    row = _to_change(session, actor, office_id, version=version, reason=reason)
    if row.closed_at is None:
        raise IllegalTransition("该部门没有停用，不需要恢复。", code="office-open")
    row.closed_at = None
    return _changed(session, actor, row, "reopen", reason, now, {})


def history(session: Session, actor: Actor, office_id: int) -> tuple[OfficeChange, ...]:
    """What was done to the office, the oldest first."""
    get(session, actor, office_id)
    return tuple(
        OfficeChange(
            entry.verb.partition(":")[2],
            entry.actor,
            entry.at,
            entry.reason,
            _pairs(entry.facts.get("changes")),
        )
        for entry in audit.of_subject(session, f"office:{office_id}", area="office")
    )


def _pairs(told: object) -> dict[str, tuple[object, object]]:
    found = told if isinstance(told, Mapping) else {}
    return {str(name): (pair[0], pair[1]) for name, pair in found.items()}


def _checked(changes: Mapping[str, object]) -> dict[str, object]:
    unknown = sorted(set(changes) - set(FIELDS))
    assert not unknown, f"no such fields: {unknown}"
    checked: dict[str, object] = {}
    for name, value in changes.items():
        if name == "is_keeper":
            checked[name] = bool(value)
            continue
        text = " ".join(str(value or "").split())
        match name:
            case "name" | "short_name":
                longest = 200 if name == "name" else 50
                if not 1 <= len(text) <= longest:
                    raise InvalidInput(
                        f"部门名称（简称）应为 1 至 {longest} 字。请改正。", code="office-name"
                    )
                checked[name] = text
            case "authority_code":
                checked[name] = codes.readable(text) if text else None
            case "domain":
                if text not in ("", "safety", "fire"):
                    raise InvalidInput(
                        "部门领域只能是 safety（安全生产）或 fire（消防），也可以不填。", code="office-domain"
                    )
                checked[name] = text or None
            case _:
                checked[name] = vocabulary.checked_place(text)
    return checked


def _require_another_keeper(session: Session, row: OfficeRow) -> None:
    others = [each for each in queries.offices(session) if each.is_keeper and each.closed_at is None]
    if others == [row]:
        raise IllegalTransition(
            "这是唯一的登记机关，不能取消或者停用。请先指定另一个登记机关。", code="office-last-keeper"
        )


def _to_change(session: Session, actor: Actor, office_id: int, *, version: int, reason: str) -> OfficeRow:
    actor.require(Permission.ACCOUNTS_MANAGE)
    row = queries.find_office_to_change(session, office_id)
    if row is None:
        raise _unknown(office_id)
    if row.version != version:
        raise StaleVersion("部门已被他人修改，请刷新后再试。", facts={"version": row.version})
    if not reason.strip():
        raise InvalidInput("请写明理由。", code="reason-missing")
    return row


def _unknown(office_id: int) -> NotFound:
    return NotFound("没有这个部门，请先登记部门。", code="unknown-office", facts={"office_id": office_id})


def _changed(
    session: Session,
    actor: Actor,
    row: OfficeRow,
    verb: str,
    reason: str,
    now: datetime,
    facts: Mapping[str, object],
) -> OfficeView:
    row.version += 1
    session.flush()
    audit.remember(
        session, actor, f"office:{verb}", f"office:{row.id}", now, reason=reason.strip(), facts=facts
    )
    return _view(row)


def _view(row: OfficeRow) -> OfficeView:
    return OfficeView(
        id=row.id,
        name=row.name,
        short_name=row.short_name,
        authority_code=row.authority_code,
        domain=row.domain,
        is_keeper=row.is_keeper,
        subdistrict_code=row.subdistrict_code,
        version=row.version,
        closed_at=row.closed_at,
    )
