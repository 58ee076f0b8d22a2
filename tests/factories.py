"""Rows for tests, made through the services, so that test data obeys the rules.

Each room adds its own section.
"""

import csv
import io
import itertools
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import importers
from credit_registry.clock import local_day
from credit_registry.domain.listing import STEPS
from credit_registry.domain.papers import PAPERS
from credit_registry.domain.permissions import Actor, Permission, Role, terminal_operator
from credit_registry.domain.steps import Action
from credit_registry.services import (
    accounts,
    enterprises,
    imports,
    invitations,
    listings,
    offices,
    record_views,
    records,
)
from credit_registry.services.case_views import CaseView
from credit_registry.services.enterprise_views import EnterpriseView
from credit_registry.storage.database import Database
from importers import uscc as uscc_rules
from scoring_rules import shipped_rulesets

# --- offices and accounts -----------------------------------------------------------------------------------

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PASSWORD = "Grüne-Wiese-77-Tor"  # noqa: S105 - of test accounts only

_numbers = itertools.count(1)


def an_operator() -> Actor:
    """The terminal operator, who may create offices and accounts."""
    return terminal_operator("tests")


def an_office(
    database: Database,
    name: str = "海淀区应急管理局（演示）",
    *,
    authority_code: str | None = None,
    domain: str | None = "safety",
    is_keeper: bool = False,
    subdistrict_code: str | None = None,
    now: datetime = NOW,
) -> offices.OfficeView:
    """The office of that name; made on first use."""
    with database.read() as session:
        found = offices.find(session, name)
    if found:
        return found
    return database.run(
        lambda session: offices.create(
            session,
            an_operator(),
            name,
            now=now,
            authority_code=authority_code,
            domain=domain,
            is_keeper=is_keeper,
            subdistrict_code=subdistrict_code,
        )
    )


def an_account(
    database: Database,
    *roles: Role,
    login: str | None = None,
    name: str = "张三",
    office: offices.OfficeView | None = None,
    subdistricts: Iterable[str] = (),
    now: datetime = NOW,
) -> accounts.AccountView:
    """An account whose first password is `PASSWORD`, still to be changed by its owner."""
    office_id = (office or an_office(database)).id
    account, _ = database.run(
        lambda session: accounts.create(
            session,
            an_operator(),
            login or f"officer{next(_numbers)}",
            name=name,
            office_id=office_id,
            roles=roles or (Role.OFFICER,),
            subdistricts=subdistricts,
            password=PASSWORD,
            now=now,
        )
    )
    return account


def an_actor(
    database: Database,
    *roles: Role,
    login: str | None = None,
    office: offices.OfficeView | None = None,
    subdistricts: Iterable[str] = (),
    now: datetime = NOW,
) -> Actor:
    """A person with these roles, as the doors would hand it to a service."""
    account = an_account(database, *roles, login=login, office=office, subdistricts=subdistricts, now=now)
    with database.read() as session:
        return accounts.actor_of(session, account.login, now=now)


# --- rules ---------------------------------------------------------------------------------------------------------


def a_draft(
    folder: Path, file: str = "items.yaml", old: str = "points: 6\n", new: str = "points: 10\n"
) -> Path:
    """The rule set in force, copied into a folder, with one text of one file replaced."""
    shutil.copytree(shipped_rulesets()[-1].folder, folder, dirs_exist_ok=True)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


# --- registry: enterprises, records, files ----------------------------------------------------------------------


def a_code(number: int | None = None) -> str:
    """A valid unified code of a Haidian enterprise that nobody bears."""
    number = next(_numbers) if number is None else number
    body = f"9111010{8}MA{number:06d}"
    first17 = body + uscc_rules.organisation_check_character(body[8:16])
    return first17 + uscc_rules.check_character(first17)


def an_enterprise(
    database: Database,
    name: str | None = None,
    *,
    uscc: str | None = None,
    now: datetime = NOW,
    **values: object,
) -> EnterpriseView:
    """A registered enterprise under a plainly fictional name."""
    number = next(_numbers)
    said = {"name": name or f"示例第{number}号制造有限公司", "uscc": uscc or a_code(number), **values}
    return database.run(lambda session: enterprises.register(session, an_operator(), said, now=now))


def a_record(
    database: Database,
    kind: str,
    uscc: str,
    *,
    actor: Actor | None = None,
    now: datetime = NOW,
    **values: object,
) -> record_views.RecordHistory:
    """One fact entered by hand; what is not given is an ordinary example of its kind."""
    number = next(_numbers)
    said = {**_EXAMPLES[kind], "document_no": f"京海应急〔2026〕{number}号", **values}
    by = actor or an_operator()
    return database.run(lambda session: records.enter(session, by, kind, uscc, said, now=now))


def a_penalty(database: Database, uscc: str, **values: Any) -> record_views.RecordHistory:
    return a_record(database, "penalty", uscc, **values)


_OWN = {
    "authority_name": "海淀区应急管理局（演示）",
    "authority_code": "11110108000000000F",
    "domain": "safety",
}
_EXAMPLES: dict[str, dict[str, object]] = {
    "penalty": {
        **_OWN, "cause": "未按规定进行安全生产教育和培训", "penalty_kinds": "罚款", "content": "罚款20000元",
        "fine_fen": "2", "dated_on": "2026-05-20", "facts": "新上岗人员未经培训", "basis": "安全生产法第九十七条",
    },
    "inspection": {**_OWN, "dated_on": "2026-06-10", "method": "双随机", "result": "合格"},
    "accident": {
        **_OWN, "dated_on": "2026-04-02", "deaths": "0", "serious_injuries": "1", "responsibility": "待认定",
    },
    "hazard": {**_OWN, "dated_on": "2026-07-01", "found_by": "执法检查", "hazard_grade": "重大隐患", "due_on": "2026-09-01"},
    "sealing": {**_OWN, "dated_on": "2026-06-01", "cause": "占用疏散通道", "basis": "消防法第五十四条"},
    "honour": {**_OWN, "dated_on": "2025-03-01", "honour_kind": "安全生产标准化", "honour_level": "二级"},
}  # fmt: skip

# A row of the double-publication layout, by column.
PENALTY_ROW: dict[str, str] = {
    "party_type": "法人及非法人组织", "cause": "未按规定进行安全生产教育和培训", "facts": "新上岗人员未经培训",
    "basis": "安全生产法第九十七条", "penalty_kinds": "罚款", "content": "罚款20000元", "fine_fen": "2",
    "dated_on": "2026-05-20", "valid_until": "2099-12-31", "authority_name": "海淀区应急管理局（演示）",
    "authority_code": "11110108000000000F", "source_name": "海淀区应急管理局（演示）", "source_code": "11110108000000000F",
}  # fmt: skip


def a_penalty_row(enterprise: EnterpriseView, document_no: str, **cells: str) -> dict[str, str]:
    party = {"name": enterprise.name, "uscc": enterprise.uscc or ""}
    return {**PENALTY_ROW, **party, "document_no": document_no, **cells}


def a_person_row(document_no: str, **cells: str) -> dict[str, str]:
    """A penalty of a natural person, as the layout of 2018 has it."""
    person = {"name": "赵示例", "person_id_kind": "身份证", "person_id": "11010519491231002X", **cells}
    own = {
        f"details.{key}": person.pop(key)
        for key in ("person_id_kind", "person_id", "remark")
        if key in person
    }
    said = {key: value for key, value in PENALTY_ROW.items() if key not in ("uscc", "party_type")}
    return {**said, "document_no": document_no, **person, **own}


def a_person_file(rows: Sequence[Mapping[str, str]]) -> bytes:
    return a_file("penalties", rows, layout="penalties_2018_person")


def a_file(kind: str, rows: Sequence[Mapping[str, str]], *, layout: str | None = None) -> bytes:
    """A CSV file in the main (or a named) layout of a kind, from rows by column name."""
    return _written(next(each for each in importers.layouts(kind) if layout in (None, each.name)), rows)


def _written(layout: importers.Layout, rows: Sequence[Mapping[str, str]]) -> bytes:
    told = {name for row in rows for name in row}
    columns = [column for column in layout.columns if column.header or column.name in told]
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([column.title for column in columns])
    writer.writerows([[row.get(column.name, "") for column in columns] for row in rows])
    return target.getvalue().encode()


def an_import(
    database: Database,
    kind: str,
    data: bytes | Path,
    *,
    actor: Actor | None = None,
    filename: str = "文件.csv",
    now: datetime = NOW,
    **options: Any,
) -> imports.ImportResult:
    by = actor or an_operator()
    return database.run(lambda session: imports.take(session, by, kind, data, filename, now=now, **options))


# --- lists: an office's people, cases carried to a state ----------------------------------------------------------

BLACK_ROAD = ("notify", "close_window", "review", "decide", "serve", "publish")


@dataclass(frozen=True)
class Team:
    """The people of one office who carry a case between them."""

    office: offices.OfficeView
    officer: Actor
    reviewer: Actor
    decider: Actor
    publisher: Actor

    def who(self, permission: Permission | None) -> Actor:
        able = [actor for actor in self.people() if permission is None or actor.may(permission)]
        return able[0]

    def people(self) -> tuple[Actor, ...]:
        return (self.officer, self.reviewer, self.decider, self.publisher)


def a_team(database: Database, *, office: offices.OfficeView | None = None, now: datetime = NOW) -> Team:
    office = office or an_office(database, authority_code=_OWN["authority_code"], now=now)
    roles = (Role.OFFICER, Role.REVIEWER, Role.DECIDER, Role.PUBLISHER)
    return Team(office, *(an_actor(database, role, office=office, now=now) for role in roles))


def papers_for(kinds: Iterable[str], day: date) -> dict[str, dict[str, object]]:
    """Every paper of these kinds that somebody has to hand in, filled in plainly."""
    filled: dict[str, dict[str, object]] = {}
    plain: dict[str, object] = {
        "content": "已核实，内容见附件。", "attendees": "张三、李四", "recipient": "单位收发人员", "method": "direct",
        "sector": "机械", "received_on": day, "held_on": day, "served_on": day,
    }  # fmt: skip
    for kind in kinds:
        if fields := PAPERS[kind].fields:
            filled[kind] = {name: plain[name] for name in fields}
    return filled


def a_candidate(
    database: Database, team: Team, *, now: datetime = NOW, condition: str = "7-4", **enterprise: Any
) -> CaseView:
    """A black case that an officer proposed on a penalty of the team's own office."""
    made = an_enterprise(database, now=now, **{"address": "海淀区示例路1号", **enterprise})
    uscc = made.uscc or ""
    penalty = a_penalty(
        database, uscc, dated_on=(now - timedelta(days=30)).date().isoformat(),
        authority_code=team.office.authority_code, authority_name=team.office.name, now=now,
    )  # fmt: skip
    grounds = [(condition, penalty.record.record_id)]
    return database.run(
        lambda session: listings.propose(
            session, team.officer, uscc, series="safety-order-11", grounds=grounds, reason="性质恶劣", now=now
        )
    )


def carry(
    database: Database,
    team: Team,
    case: CaseView,
    action: str,
    now: datetime,
    *,
    actor: Actor | None = None,
    **kwargs: Any,
) -> CaseView:
    """Take one step of a case with everything it needs, by a person who may take it."""
    row = STEPS[case.list_kind][(case.state, Action(action))]
    given: dict[str, Any] = {
        "version": case.version, "reason": "事实清楚，证据充分", "papers": papers_for(row.papers, local_day(now)), **kwargs,
    }  # fmt: skip
    by = actor or team.who(row.who)
    return database.run(lambda session: listings.advance(session, by, case.case_id, action, now=now, **given))


def a_case(
    database: Database,
    state: str = "ACTIVE",
    *,
    team: Team | None = None,
    begun: datetime = NOW,
    **enterprise: Any,
) -> CaseView:
    """A black case carried along the road without statement, one honest day after the other.

    Args:
        begun: when it was proposed and the notice served; the window closes a few working days later, the rest
            follows on the day after.
    """
    team = team or a_team(database, now=begun)
    case = a_candidate(database, team, now=begun, **enterprise)
    now = begun
    for action in BLACK_ROAD:
        if case.state == state:
            break
        if action == "close_window":
            assert case.window_until is not None
            now = datetime.combine(case.window_until + timedelta(days=1), time(2), UTC)
        case = carry(database, team, case, action, now)
    return case


RED_ROAD = ("check", "open_comment", "approve", "publish")
RED_CONDITIONS = ("r-1", "r-2", "r-3", "r-4", "r-5", "r-6")


def an_exemplar(database: Database, *, now: datetime = NOW, **values: Any) -> EnterpriseView:
    """An enterprise that meets every condition of the red list: a first-level certificate and nothing else."""
    made = an_enterprise(database, now=now, **{"address": "海淀区模范路1号", **values})
    begun = (now - timedelta(days=200)).date()
    a_record(
        database, "honour", made.uscc or "", honour_level="一级", dated_on=begun.isoformat(),
        valid_until=(begun + timedelta(days=3 * 365)).isoformat(), now=now,
    )  # fmt: skip
    return made


def a_red_application(database: Database, team: Team, uscc: str, *, now: datetime = NOW) -> CaseView:
    papers = papers_for(("red_application", "commitment"), local_day(now))
    return database.run(
        lambda session: listings.propose(
            session,
            team.officer,
            uscc,
            series="safety-red-133",
            reason="企业自愿申请",
            papers=papers,
            now=now,
        )
    )


def a_red_case(
    database: Database,
    state: str = "ACTIVE",
    *,
    team: Team | None = None,
    begun: datetime = NOW,
    uscc: str | None = None,
) -> CaseView:
    """A red case of an exemplary enterprise, carried along the road with everything attested."""
    team = team or a_team(database, now=begun)
    case = a_red_application(database, team, uscc or an_exemplar(database, now=begun).uscc or "", now=begun)
    now = begun
    for action in RED_ROAD:
        if case.state == state:
            break
        if action == "approve":
            assert case.window_until is not None
            now = datetime.combine(case.window_until + timedelta(days=1), time(2), UTC)
        facts = {"met": list(RED_CONDITIONS)} if action == "check" else None
        # Whoever checked does not decide; the officer checks, others go on.
        case = carry(database, team, case, action, now, facts=facts)
    return case


# --- enterprises at their own door --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Representative:
    """A person of an enterprise, enrolled with a code; ``token`` of the session that the enrolment began."""

    actor: Actor
    login: str
    token: str


def a_representative(
    database: Database,
    officer: Actor,
    uscc: str,
    *,
    name: str = "陈晓明",
    role: str = "agent",
    password: str = PASSWORD,
    now: datetime = NOW,
) -> Representative:
    """Somebody who opened an account for the enterprise with a code that the officer gave out."""
    _, code = database.run(lambda session: invitations.issue(session, officer, uscc=uscc, now=now))
    with database.read() as session:
        attempt = invitations.weigh(
            session, uscc, code, name=name, role=role, password=password, address="192.0.2.7", now=now
        )
    made = database.run(lambda session: invitations.enrol(session, attempt, now=now))
    assert made.login is not None and made.token is not None, "a fresh code opens an account"
    with database.read() as session:
        return Representative(accounts.actor_of(session, made.login, now=now), made.login, made.token)
