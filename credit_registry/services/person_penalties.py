"""Penalties of persons: a held row of a file, kept with the enterprise that an officer names.

They stand beside the records and are none: see `storage/tables/person_penalties`. Nobody is linked automatically; who
bears the number of a known legal representative is only proposed.

Law:
    安全生产法(2021-06-10) 第九十三条至第九十六条; 个人信息保护法(2021-08-20) 第六条、第三十四条
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from credit_registry.domain import person_roles
from credit_registry.domain.answers import plain
from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound
from credit_registry.domain.identity import mask_name, mask_number, mask_text
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.records import CONTENT, content_digest, natural_key
from credit_registry.services import enterprises
from credit_registry.services.deciding import Columns
from credit_registry.services.subjects import Proposal
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, imports
from credit_registry.storage.queries import enterprises as register
from credit_registry.storage.queries import person_penalties as queries
from credit_registry.storage.tables.person_penalties import PersonPenaltyRow

_SAID = (*CONTENT["penalty"], "authority_name", "authority_code", "source_name", "source_code")
# The strongest ground first.
_GROUNDS = ("legal_representative", "person_penalty", "listed_person")


@dataclass(frozen=True)
class PersonPenaltyView:
    """A penalty of a person; the person masked, free texts masked.

    Attributes:
        said: by column of the record vocabulary, empty columns left out.
    """

    person_penalty_id: int
    role: str
    role_title: str
    name: str
    id_kind: str | None
    number: str | None
    dated_on: date
    said: Mapping[str, Any]
    batch: int
    source_row: int
    recorded_at: datetime
    actor: str
    reason: str


def may_read(actor: Actor) -> bool:
    """Officers who enter records, and the auditor. No key has either permission: no other system is told."""
    return actor.may(Permission.RECORDS_ENTER) or actor.may(Permission.AUDIT_READ)


def of_enterprise(
    session: Session, actor: Actor, uscc: str, *, known_at: datetime | None = None
) -> tuple[PersonPenaltyView, ...]:
    """Penalties of persons that concern an enterprise, youngest first.

    Args:
        known_at: as known at that instant; for those who may replay history.

    Raises:
        NotAllowed: the actor may not read them.
    """
    if not may_read(actor):
        raise NotAllowed("有关人员的处罚只供录入信用信息的工作人员和审计员查看。", code="persons-not-shown")
    enterprise = enterprises.fetch(session, actor, uscc)
    if known_at is not None:
        actor.require(Permission.HISTORY_READ)
    return tuple(_view(row) for row in queries.of_enterprise(session, enterprise.id, known_at=known_at))


def rows_of(columns: Columns) -> list[int]:
    """The rows of a table that are about persons."""
    parties = columns.get("party_type", ())
    return [row for row, party in enumerate(parties) if party == "person"] if "person" in parties else []


def known(session: Session, columns: Columns, rows: Iterable[int]) -> dict[int, PersonPenaltyRow]:
    """Row -> the penalty of a person that it tells again."""
    keys = {row: key for row in rows if (key := _key(session, columns, row)) is not None}
    standing = queries.standing_of_keys(session, sorted(set(keys.values()))) if keys else {}
    return {row: standing[key] for row, key in keys.items() if key in standing}


def is_same(penalty: PersonPenaltyRow, columns: Columns, row: int) -> bool:
    """Whether the row says of the penalty what is known of it."""
    return penalty.content_digest == content_digest("penalty", _values(columns, row))


def propose(session: Session, columns: Columns, rows: Iterable[int]) -> dict[int, tuple[Proposal, ...]]:
    """For each row the enterprises where the bearer of its number has been named, each with the ground."""
    digests = {row: session.vault.digest(number) for row in rows if (number := _person(columns, row)[2])}
    grounds: dict[str, dict[int, str]] = defaultdict(dict)
    named = queries.enterprises_of_persons(session, sorted(set(digests.values()))) if digests else []
    for digest, enterprise_id, how in sorted(named, key=lambda each: _GROUNDS.index(each[2])):
        grounds[digest].setdefault(enterprise_id, how)
    bearers = register.rows_of_ids(session, sorted({each for ids in grounds.values() for each in ids}))
    return {
        row: tuple(
            Proposal(each, bearers[each].uscc, bearers[each].name, how, 100)
            for each, how in grounds[digest].items()
        )
        for row, digest in digests.items()
        if digest in grounds
    }


def keep(
    session: Session,
    actor: Actor,
    columns: Columns,
    *,
    enterprise_id: int,
    role: str | None,
    batch_id: int,
    reason: str,
    now: datetime,
) -> int:
    """For services: keep the one row of a table with the enterprise; told again, it is the one that is known.

    Returns:
        the number of the penalty.

    Raises:
        InvalidInput: ``person-role-missing``, ``person-unnamed``.
        IllegalTransition: ``person-penalty-differs``; it is known with another content, enterprise or role.
        NotAllowed: the enterprise is out of the actor's scope.
    """
    chosen = person_roles.find(role)
    concerned = register.find_by_id(session, enterprise_id)
    if concerned is None:
        raise NotFound("没有所选的企业。请重新选择。", code="unknown-enterprise")
    if not actor.sees(concerned.subdistrict_code):
        raise NotAllowed("所选企业不在您负责的街镇范围内。请由登记主管部门处理此行。", code="out-of-scope")
    name, id_kind, number = _person(columns, 0)
    key, dated_on = _key(session, columns, 0), columns["dated_on"][0]
    if key is None or not name or dated_on is None:
        raise InvalidInput("此行没有姓名或处罚决定日期。请更正后再登记，或放弃此行。", code="person-unnamed")
    earlier = queries.standing_of_keys(session, [key]).get(key)
    if earlier is not None:
        is_alike = earlier.enterprise_id == enterprise_id and earlier.role == chosen.role
        if not is_alike or not is_same(earlier, columns, 0):
            raise IllegalTransition(
                f"该人员的这项处罚已登记（编号{earlier.id}），内容、企业或身份不同。"
                "原登记有误的，请先在企业页面撤下，再处理此行；否则放弃此行。",
                code="person-penalty-differs",
                facts={"person_penalty": earlier.id},
            )
        return earlier.id
    values, vault = _values(columns, 0), session.vault
    row = PersonPenaltyRow(
        enterprise_id=enterprise_id,
        role=chosen.role,
        natural_key=key,
        content_digest=content_digest("penalty", values),
        dated_on=dated_on,
        said={column: plain(value) for column, value in values.items() if value is not None},
        name_sealed=vault.seal(name),
        name_masked=mask_name(name),
        id_kind=id_kind,
        id_sealed=vault.seal(number) if number else None,
        id_digest=vault.digest(number) if number else None,
        id_masked=mask_number(number) if number else None,
        batch_id=batch_id,
        source_row=columns["row"][0],
        recorded_at=now,
        actor=actor.label,
        reason=reason,
    )
    session.add(row)
    session.flush()
    return row.id


def withdraw(
    session: Session, actor: Actor, person_penalty_id: int, *, reason: str, now: datetime
) -> PersonPenaltyView:
    """Take one back: the wrong enterprise, the wrong person, revoked by its authority.

    Its row waits again: for the right enterprise, or to be dropped.

    Raises:
        IllegalTransition: ``person-penalty-ended``.
    """
    actor.require(Permission.RECORDS_CORRECT)
    if not reason.strip():
        raise InvalidInput("请填写撤下理由。", code="reason-missing")
    row = queries.lock(session, person_penalty_id)
    concerned = register.find_by_id(session, row.enterprise_id) if row is not None else None
    if row is None or concerned is None or not actor.sees(concerned.subdistrict_code):
        raise NotFound("没有这项人员处罚。请从企业页面重新打开。", code="unknown-person-penalty")
    if row.ended_at is not None:
        raise IllegalTransition("这项人员处罚已经撤下。请刷新页面。", code="person-penalty-ended")
    _end(row, actor, reason, now)
    _let_wait_again(session, row)
    session.flush()
    facts = {"enterprise": row.enterprise_id}
    audit.remember(
        session, actor, "person-penalty:withdraw", f"person-penalty:{row.id}", now, reason=reason, facts=facts
    )
    return _view(row)


def withdraw_batch(session: Session, actor: Actor, batch_id: int, *, reason: str, now: datetime) -> int:
    """For services: take back what came with a batch; the batch's own entry in the log tells of it."""
    rows = queries.standing_of_batch(session, batch_id)
    for row in rows:
        _end(row, actor, reason, now)
    return len(rows)


def _let_wait_again(session: Session, penalty: PersonPenaltyRow) -> None:
    row = imports.lock_resolved(session, penalty.batch_id, penalty.source_row)
    if row is not None:
        row.state, row.resolved_at, row.resolved_by, row.reason = "held", None, None, None


def _end(row: PersonPenaltyRow, actor: Actor, reason: str, now: datetime) -> None:
    row.ended_at, row.ended_by, row.end_reason = now, actor.label, reason


def _person(columns: Columns, row: int) -> tuple[str | None, str | None, str | None]:
    """Name, kind of number, number."""
    details = columns["details"][row] or {}
    return columns["name"][row], details.get("person_id_kind"), details.get("person_id")


def _key(session: Session, columns: Columns, row: int) -> str | None:
    """None where the row names nobody."""
    name, _, number = _person(columns, row)
    if not (number or name):
        return None
    return session.vault.digest(f"{natural_key('penalty', _values(columns, row))}:{number or name}")


def _values(columns: Columns, row: int) -> dict[str, Any]:
    return {name: columns[name][row] if name in columns else None for name in (*_SAID, "state")}


def _view(row: PersonPenaltyRow) -> PersonPenaltyView:
    said = {name: mask_text(value) if isinstance(value, str) else value for name, value in row.said.items()}
    role = person_roles.roles().get(row.role)
    return PersonPenaltyView(
        row.id, row.role, role.title if role else row.role, row.name_masked, row.id_kind, row.id_masked, row.dated_on,
        said, row.batch_id, row.source_row, row.recorded_at, row.actor, row.reason,
    )  # fmt: skip
