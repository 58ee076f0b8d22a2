"""Persons named in a case: sealed on the way in, masked on the way out, opened only for a reason that is logged.

Law:
    个人信息保护法(2021-08-20) 第六条、第三十四条
"""

from datetime import datetime

from credit_registry.domain.errors import Duplicate, IllegalTransition, InvalidInput, NotFound
from credit_registry.domain.identity import mask_name, mask_number
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.domain.series import find
from credit_registry.domain.steps import State
from credit_registry.services.case_views import PersonView, person_view
from credit_registry.services.listings import account_of, locked_case
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit
from credit_registry.storage.queries import listings as cases
from credit_registry.storage.tables.listings import ListingPersonRow
from importers.checks.persons import is_identity_number

ROLE_TITLES = {
    "principal": "主要负责人",
    "responsible": "有关责任人员",
    "direct": "直接责任人员",
    "other": "其他责任人员",
}


def name_person(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    role: str,
    condition: str,
    name: str,
    number: str,
    now: datetime,
) -> PersonView:
    """Name a person who is to be listed in a case, before the notice: nobody is added to a notice once served.

    Args:
        number: identity number of a resident; it is kept sealed and never printed in full.

    Raises:
        IllegalTransition: ``notice-served``.
        InvalidInput: the condition does not list persons of this role, or the number is not one.
        Duplicate: the person is named for this condition already.
    """
    actor.require(Permission.LISTINGS_PROPOSE)
    account_of(actor)
    case, _ = locked_case(session, actor, case_id)
    actor.require_office(case.office_id)
    if State(case.state) is not State.CANDIDATE:
        raise IllegalTransition(
            "列入告知书送达后不能再增加人员。如确有遗漏，请先撤回告知，再重新提出。", code="notice-served"
        )
    listed = find(case.series).condition(condition)
    grounds = {ground.condition for ground in cases.grounds(session, case_id)}
    if condition not in grounds or role not in listed.persons:
        allowed = "、".join(ROLE_TITLES[each] for each in listed.persons) or "无"
        raise InvalidInput(
            f"第 {condition} 项情形可以一并列入的人员：{allowed}；且须为本案的情形。请核对。",
            code="role-not-listed",
            facts={"roles": list(listed.persons), "conditions": sorted(grounds)},
        )
    plain, bare = name.strip(), number.strip().upper()
    if not plain or not is_identity_number(bare):
        raise InvalidInput(
            "请填写姓名和有效的居民身份证号码（18 位，末位校验码正确）。", code="identity-invalid"
        )
    row = ListingPersonRow(
        case_id=case_id,
        role=role,
        condition=condition,
        name_sealed=session.vault.seal(plain),
        name_masked=mask_name(plain),
        id_kind="resident",
        id_sealed=session.vault.seal(bare),
        id_digest=session.vault.digest(bare),
        id_masked=mask_number(bare),
        recorded_at=now,
    )
    known = {(person.id_digest, person.condition) for person in cases.persons(session, case_id)}
    if (row.id_digest, condition) in known:
        raise Duplicate("该人员已在本案同一情形下登记，无需重复登记。", code="person-known")
    session.add(row)
    session.flush()
    facts = {"person": row.id, "role": role, "condition": condition}
    audit.remember(session, actor, "listing:name-person", f"case:{case_id}", now, facts=facts)
    return person_view(row)


def reveal(
    session: Session, actor: Actor, case_id: int, person_id: int, *, reason: str, now: datetime
) -> tuple[str, str]:
    """Name and number in full, for an officer who says what for; each time is in the audit log.

    Returns:
        name, number.
    """
    actor.require(Permission.PERSONAL_REVEAL)
    account_of(actor)
    case, _ = locked_case(session, actor, case_id)
    actor.require_office(case.office_id)
    if not reason.strip():
        raise InvalidInput("请写明查看完整证件号码的用途。", code="reason-missing")
    found = next((person for person in cases.persons(session, case.id) if person.id == person_id), None)
    if found is None:
        raise NotFound("本案没有这名人员。请核对。", code="unknown-person")
    audit.remember(
        session, actor, "personal:reveal", f"case:{case_id}", now, reason=reason, facts={"person": person_id}
    )
    return session.vault.open(found.name_sealed), session.vault.open(found.id_sealed)
