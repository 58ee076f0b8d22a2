"""Enterprises: found by code or name, entered, amended, renamed; every state of our knowledge kept."""

from collections.abc import Mapping
from datetime import date, datetime

from credit_registry.domain.errors import Duplicate, InvalidInput, NotAllowed, NotFound, StaleVersion
from credit_registry.domain.names import folded_name, parent_names, searchable
from credit_registry.domain.paging import Page
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import enterprise_views
from credit_registry.services.enterprise_views import (
    ATTRIBUTES,
    EnterpriseSummary,
    EnterpriseVersion,
    EnterpriseView,
    attributes_of,
)
from credit_registry.storage.database import Session
from credit_registry.storage.queries import audit, enterprises
from credit_registry.storage.queries import search as names
from credit_registry.storage.tables.enterprises import (
    EnterpriseCodeRow,
    EnterpriseNameRow,
    EnterpriseRow,
    EnterpriseVersionRow,
)
from importers import uscc as codes

_AMENDABLE = frozenset(ATTRIBUTES) - {"uscc", "name", "parent_id"}


def get(session: Session, actor: Actor, uscc: str, *, on: date | None = None) -> EnterpriseView:
    """The enterprise that bears or bore a code.

    Args:
        on: accepted so that all readers of an enterprise are called alike; what is shown is today's knowledge.

    Raises:
        NotFound: ``unknown-enterprise``; not the same as an enterprise without records.
        NotAllowed: ``out-of-scope``.
    """
    return enterprise_views.view(session, fetch(session, actor, uscc))


def find_by_uscc(session: Session, actor: Actor, uscc: str) -> EnterpriseView | None:
    actor.require(Permission.REGISTER_READ)
    row = enterprises.find(session, codes.normalise(uscc))
    if row is None or not actor.sees(row.subdistrict_code):
        return None
    return enterprise_views.view(session, row)


def fetch(session: Session, actor: Actor, uscc: str) -> EnterpriseRow:
    """For services: the row behind a code, within the actor's scope."""
    actor.require(Permission.REGISTER_READ)
    row = enterprises.find(session, codes.normalise(uscc))
    if row is None:
        raise unknown(uscc)
    if not actor.sees(row.subdistrict_code):
        raise NotAllowed(
            "该企业不在您负责的街镇范围内。如工作需要，请联系登记主管部门。", code="out-of-scope"
        )
    return row


def unknown(uscc: str) -> NotFound:
    """The register does not hold this code: says what was searched and what to do."""
    code = codes.normalise(uscc)
    if codes.is_valid(code):
        sentence = f"名册中没有统一社会信用代码为 {code} 的企业。请先登记该企业，或核对代码。"
    else:
        sentence = f"“{code[:18]}”不是有效的统一社会信用代码（应为18位且校验码正确）。请对照营业执照核对。"
    return NotFound(
        sentence, code="unknown-enterprise", facts={"uscc": code[:32], "is_valid": codes.is_valid(code)}
    )


def search(
    session: Session, actor: Actor, text: str, *, after: str | None = None, limit: int = 20
) -> Page[EnterpriseSummary]:
    """Enterprises by name, former name or code, two characters being enough.

    The first page begins with those that bear exactly what was asked.

    Raises:
        InvalidInput: fewer than two characters, or a cursor that is not ours.
    """
    actor.require(Permission.REGISTER_READ)
    text = "".join(char for char in text if char.isprintable())
    folded, limit = searchable(text), max(1, min(limit, 100))
    if len(folded) < 2:
        raise InvalidInput("请至少输入两个字或两位代码。", code="search-too-short")
    within = actor.subdistricts
    exact = names.exact(session, folded_name(text), codes.normalise(text), within=within)
    shown = {row.id for row in exact}
    found = [] if after is not None else [enterprise_views.summary(row) for row in exact]
    by_code = _looks_like_code(folded)
    cursor = after or ""
    if by_code and not cursor.startswith("n"):
        hits = names.by_code_prefix(session, folded, after=cursor[1:], limit=limit + 1, within=within)
        for code, row in hits[:limit]:
            cursor = "c" + code
            if row.id not in shown:
                shown.add(row.id)
                found.append(enterprise_views.summary(row))
        if len(hits) > limit:
            return Page(tuple(found), cursor)
        cursor = ""
    hits_by_name = names.containing(session, folded, after=_name_id(cursor), limit=limit + 1, within=within)
    for name_id, row in hits_by_name[:limit]:
        cursor = f"n{name_id}"
        if row.id not in shown:
            shown.add(row.id)
            found.append(enterprise_views.summary(row))
    return Page(tuple(found), cursor if len(hits_by_name) > limit else None)


def page(
    session: Session,
    actor: Actor,
    *,
    grade: str | None = None,
    subdistrict: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[EnterpriseSummary]:
    actor.require(Permission.REGISTER_READ)
    limit = max(1, min(limit, 500))
    rows = enterprises.page(
        session,
        after=_number(after),
        limit=limit + 1,
        grade=grade,
        subdistrict=subdistrict,
        within=actor.subdistricts,
    )
    more = str(rows[limit - 1].id) if len(rows) > limit else None
    return Page(tuple(enterprise_views.summary(row) for row in rows[:limit]), more)


def versions(session: Session, actor: Actor, uscc: str) -> tuple[EnterpriseVersion, ...]:
    """How the enterprise was known, oldest first."""
    return enterprise_views.history(session, fetch(session, actor, uscc))


def register(
    session: Session, actor: Actor, values: Mapping[str, object], *, now: datetime
) -> EnterpriseView:
    """Enter one enterprise by hand.

    Raises:
        InvalidInput: the code's check character is wrong, or the name is missing.
        Duplicate: the register already holds the code.
    """
    actor.require(Permission.RECORDS_ENTER)
    name = str(values.get("name") or "").strip()
    code = codes.normalise(str(values.get("uscc") or "")) or None
    _refuse_unknown(values, frozenset(ATTRIBUTES) - {"parent_id"})
    if not name:
        raise InvalidInput("请填写企业名称。", code="name-missing")
    if code is not None and not codes.is_valid(code):
        raise InvalidInput("统一社会信用代码校验码不正确。请对照营业执照核对。", code="uscc-invalid")
    if code is not None and enterprises.find(session, code) is not None:
        raise Duplicate(
            "名册中已有这个统一社会信用代码的企业。", code="enterprise-known", facts={"uscc": code}
        )
    row = EnterpriseRow(**{**values, "uscc": code, "name": name}, name_key=folded_name(name), recorded_at=now)
    row.status = row.status or "active"
    session.add(row)
    session.flush()
    row.parent_id = _parent_of(session, row)
    born = EnterpriseNameRow(enterprise_id=row.id, name=name, name_key=row.name_key, recorded_at=now)
    session.add(born)
    if code is not None:
        session.add(EnterpriseCodeRow(uscc=code, enterprise_id=row.id, recorded_at=now))
    session.add(_version(row, actor, None, 1, now))
    session.flush()
    names.index(session, [(born.id, searchable(name))])
    enterprises.mark_dirty(session, [row.id], now)
    audit.remember(session, actor, "enterprise:register", f"enterprise:{row.id}", now, facts={"uscc": code})
    return enterprise_views.view(session, row)


def amend(
    session: Session,
    actor: Actor,
    uscc: str,
    changes: Mapping[str, object],
    *,
    version: int,
    reason: str,
    now: datetime,
) -> EnterpriseView:
    """Change attributes of an enterprise; the state before is kept as a version."""
    actor.require(Permission.RECORDS_CORRECT)
    row = _locked(session, actor, uscc, version)
    _refuse_unknown(changes, _AMENDABLE)
    _require_reason(reason)
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if changed:
        revise(session, actor.label, row, changed, reason=reason, now=now)
        enterprises.mark_dirty(session, [row.id], now)
        facts = {"changed": sorted(changed)}
        audit.remember(
            session, actor, "enterprise:amend", f"enterprise:{row.id}", now, reason=reason, facts=facts
        )
    return enterprise_views.view(session, row)


def rename(
    session: Session,
    actor: Actor,
    uscc: str,
    name: str,
    *,
    changed_on: date,
    version: int,
    reason: str,
    now: datetime,
) -> EnterpriseView:
    """Give an enterprise its new registered name; the old one keeps finding it.

    Raises:
        InvalidInput: the name is empty or the one it bears.
    """
    actor.require(Permission.RECORDS_CORRECT)
    row = _locked(session, actor, uscc, version)
    _require_reason(reason)
    key = folded_name(name)
    if not key or key == row.name_key:
        raise InvalidInput("新名称为空，或与现名称相同。", code="name-unchanged")
    all_borne = enterprises.names_of(session, row.id)
    for borne in all_borne:
        if borne.valid_until is None:
            borne.valid_until = changed_on
    again = next((borne for borne in all_borne if borne.name_key == key), None)
    if again is not None:
        again.valid_until = None
    else:
        added = EnterpriseNameRow(
            enterprise_id=row.id, name=name.strip(), name_key=key, valid_from=changed_on, recorded_at=now
        )
        session.add(added)
        session.flush()
        names.index(session, [(added.id, searchable(name))])
    row.name_key = key
    revise(session, actor.label, row, {"name": name.strip()}, reason=reason, now=now)
    facts = {"changed_on": changed_on.isoformat()}
    audit.remember(
        session, actor, "enterprise:rename", f"enterprise:{row.id}", now, reason=reason, facts=facts
    )
    return enterprise_views.view(session, row)


def change_code(
    session: Session,
    actor: Actor,
    uscc: str,
    new: str,
    *,
    changed_on: date,
    version: int,
    reason: str,
    now: datetime,
) -> EnterpriseView:
    """Give an enterprise its new code; the old one keeps finding it.

    Raises:
        InvalidInput: the new code is not valid.  Duplicate: another enterprise bears it.
    """
    actor.require(Permission.RECORDS_CORRECT)
    row = _locked(session, actor, uscc, version)
    _require_reason(reason)
    code = codes.normalise(new)
    if not codes.is_valid(code):
        raise InvalidInput("新的统一社会信用代码校验码不正确。请对照营业执照核对。", code="uscc-invalid")
    if enterprises.find(session, code) is not None:
        raise Duplicate(
            "名册中已有这个统一社会信用代码的企业。", code="enterprise-known", facts={"uscc": code}
        )
    for borne in enterprises.codes_of(session, row.id):
        borne.valid_until = borne.valid_until or changed_on
    session.add(EnterpriseCodeRow(uscc=code, enterprise_id=row.id, valid_from=changed_on, recorded_at=now))
    revise(session, actor.label, row, {"uscc": code}, reason=reason, now=now)
    facts = {"changed_on": changed_on.isoformat()}
    audit.remember(session, actor, "enterprise:code", f"enterprise:{row.id}", now, reason=reason, facts=facts)
    return enterprise_views.view(session, row)


def revise(
    session: Session,
    actor_label: str,
    row: EnterpriseRow,
    changes: Mapping[str, object],
    *,
    reason: str | None,
    now: datetime,
    batch_id: int | None = None,
) -> None:
    """For services: append a version with ``changes`` to a locked enterprise."""
    for version in enterprises.versions_of(session, row.id):
        if version.superseded_at is None:
            version.superseded_at = now
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.recorded_at = now
    added = EnterpriseVersionRow(
        enterprise_id=row.id, version=row.version, recorded_at=now, actor=actor_label, reason=reason,
        batch_id=batch_id, attributes=attributes_of(row),
    )  # fmt: skip
    session.add(added)
    session.flush()


def _version(
    row: EnterpriseRow, actor: Actor, reason: str | None, version: int, now: datetime
) -> EnterpriseVersionRow:
    return EnterpriseVersionRow(
        enterprise_id=row.id, version=version, recorded_at=now, actor=actor.label, reason=reason,
        attributes=attributes_of(row),
    )  # fmt: skip


def _parent_of(session: Session, row: EnterpriseRow) -> int | None:
    """The one enterprise that bears the name from which a branch's name is made, if there is exactly one."""
    candidates = parent_names(row.name_key)
    bearers = enterprises.bearers_of(session, candidates) if candidates else {}
    for name in candidates:
        ids = {bearer.enterprise_id for bearer in bearers.get(name, []) if not bearer.is_former} - {row.id}
        if ids:
            return ids.pop() if len(ids) == 1 else None
    return None


def _locked(session: Session, actor: Actor, uscc: str, version: int) -> EnterpriseRow:
    row = enterprises.lock(session, fetch(session, actor, uscc).id)
    if row is None:
        raise unknown(uscc)
    if row.version != version:
        raise StaleVersion(
            "企业信息已被他人更新，请刷新后再试。", facts={"version": row.version, "given": version}
        )
    return row


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("请填写变更理由。", code="reason-missing")


def _refuse_unknown(values: Mapping[str, object], known: frozenset[str]) -> None:
    if foreign := sorted(set(values) - known):
        raise InvalidInput(
            f"不能填写或修改这些字段：{'、'.join(foreign)}。", code="unknown-field", facts={"fields": foreign}
        )


def _looks_like_code(folded: str) -> bool:
    return folded.isascii() and len(folded) <= 18 and any(char.isdigit() for char in folded)


def _name_id(cursor: str) -> int:
    return _number(cursor[1:] if cursor.startswith("n") else None)


def _number(after: str | None) -> int:
    if not after:
        return 0
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise InvalidInput("翻页标记不正确。请从第一页重新查询。", code="cursor-invalid")
    return int(after)
