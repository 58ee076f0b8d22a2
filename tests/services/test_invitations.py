"""One-time codes: for one enterprise, once, in time, within few tries; and what never becomes readable."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from credit_registry.domain.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, TooMuch
from credit_registry.domain.permissions import Permission, Role
from credit_registry.services import (
    accounts,
    delegations,
    enterprises,
    invitations,
    representatives,
    sessions,
)
from credit_registry.storage.database import Database
from tests.factories import (
    PASSWORD,
    Team,
    a_case,
    a_representative,
    a_team,
    an_actor,
    an_enterprise,
    an_office,
    an_operator,
)
from tests.services.test_list_races import together


def _code(database: Database, team: Team, uscc: str, now: datetime) -> str:
    return database.run(lambda session: invitations.issue(session, team.officer, uscc=uscc, now=now))[1]


def _enrol(
    database: Database, uscc: str, code: str, now: datetime, *, address: str = "192.0.2.9", **given: str
) -> invitations.Enrolled:
    said = {"name": "陈晓明", "role": "agent", "password": PASSWORD, **given}
    with database.read() as session:
        attempt = invitations.weigh(session, uscc, code, address=address, now=now, **said)
    return database.run(lambda session: invitations.enrol(session, attempt, now=now))


def _refusal(made: invitations.Enrolled) -> str:
    assert made.refusal is not None and made.token is None
    return made.refusal.code


def test_a_code_opens_an_account_of_its_enterprise_once(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    code = _code(database, team, uscc, now)

    made = _enrol(database, uscc.lower(), code.lower().replace("-", " "), now)

    assert made.refusal is None and made.login is not None and made.token is not None
    with database.read() as session:
        live = sessions.find_session(session, made.token, now=now)
        assert live is not None
        assert live.actor.permissions == frozenset({Permission.OWN_FILE})
        assert representatives.own(session, live.actor).uscc == uscc
        assert (live.actor.name, live.actor.office_id) == ("陈**（企业经办人）", None)
    assert _refusal(_enrol(database, uscc, code, now)) == "invitation-refused"


def test_what_fails_says_the_same_whatever_is_wrong(database: Database, now: datetime) -> None:
    team = a_team(database)
    uscc, other = an_enterprise(database).uscc or "", an_enterprise(database).uscc or ""
    code, lost = _code(database, team, uscc, now), _code(database, team, other, now)
    with database.read() as session:
        (view,) = invitations.page_of(session, team.officer, other, now=now)
    database.run(
        lambda session: invitations.void(session, team.officer, view.invitation_id, reason="遗失", now=now)
    )

    refused = [
        _enrol(database, other, code, now),
        _enrol(database, uscc, "AAAA-BBBB-CCCC-DDDD", now),
        _enrol(database, "91110108MA00000000", code, now),
        _enrol(database, other, lost, now),
        _enrol(database, uscc, code, now + timedelta(days=93)),
    ]

    assert {(made.refusal.code, made.refusal.message) for made in refused if made.refusal} == {
        ("invitation-refused", refused[0].refusal.message if refused[0].refusal else "")
    }
    assert len([made for made in refused if made.refusal]) == 5
    assert _enrol(database, uscc, code, now + timedelta(days=92)).login is not None


def test_five_wrong_tries_lock_the_codes_of_the_enterprise_for_a_while(
    database: Database, now: datetime
) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    code = _code(database, team, uscc, now)
    for number in range(5):
        _enrol(database, uscc, f"AAAA-BBBB-CCCC-DDD{number}", now, address=f"192.0.2.{number}")

    assert _refusal(_enrol(database, uscc, code, now + timedelta(minutes=14))) == "invitation-refused"
    assert _enrol(database, uscc, code, now + timedelta(minutes=16)).login is not None


def test_an_address_that_tries_too_often_is_not_heard(database: Database, now: datetime) -> None:
    team = a_team(database)
    for number in range(20):
        _enrol(database, f"91110108MA{number:08d}", "AAAA-BBBB-CCCC-DDDD", now, address="198.51.100.1")
    uscc = an_enterprise(database).uscc or ""
    code = _code(database, team, uscc, now)

    assert _refusal(_enrol(database, uscc, code, now, address="198.51.100.1")) == "address-locked"
    assert _enrol(database, uscc, code, now, address="198.51.100.2").login is not None


def test_a_poor_password_or_capacity_costs_no_try(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    code = _code(database, team, uscc, now)
    for number in range(6):
        with pytest.raises(InvalidInput) as refused:
            _enrol(database, uscc, code, now, **({"password": "kurz"} if number % 2 else {"role": "officer"}))
        assert refused.value.code in ("password-length", "representative-role")
    with pytest.raises(InvalidInput) as refused:
        _enrol(database, uscc, code, now, name="陈")
    assert refused.value.code == "representative-name"

    assert _enrol(database, uscc, code, now).login is not None


def test_neither_code_nor_name_is_readable_in_the_store(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    code = _code(database, team, uscc, now)
    _enrol(database, uscc, code, now)

    with database.read() as session:
        kept = "".join(
            str(row)
            for table in ("invitations", "representatives", "accounts", "audit_entries", "sessions")
            for row in session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - constants
        )
    assert "陈晓明" not in kept
    assert code not in kept and code.replace("-", "") not in kept
    assert "invitation:issue" in kept and "invitation:enrol" in kept


def test_reissuing_for_a_case_voids_the_code_that_was_not_used(database: Database, now: datetime) -> None:
    team = a_team(database)
    case = a_case(database, "NOTIFIED", team=team)

    def issue() -> str:
        return database.run(
            lambda session: invitations.issue(session, team.officer, case_id=case.case_id, now=now)
        )[1]

    first, second = issue(), issue()

    assert _refusal(_enrol(database, case.uscc or "", first, now)) == "invitation-refused"
    assert _enrol(database, case.uscc or "", second, now).login is not None
    with database.read() as session:
        states = [each.state for each in invitations.page_of(session, team.officer, case.uscc or "", now=now)]
    assert states == ["used", "voided"]


def test_no_code_goes_out_before_the_notice_nor_from_another_office(
    database: Database, now: datetime
) -> None:
    team = a_team(database)
    candidate = a_case(database, "CANDIDATE", team=team)
    notified = a_case(database, "NOTIFIED", team=team)
    stranger = an_actor(database, Role.OFFICER, office=an_office(database, "另一个局（演示）"))

    with pytest.raises(IllegalTransition) as early:
        database.run(
            lambda session: invitations.issue(session, team.officer, case_id=candidate.case_id, now=now)
        )
    assert early.value.code == "notice-not-served"
    with pytest.raises(NotAllowed) as foreign:
        database.run(lambda session: invitations.issue(session, stranger, case_id=notified.case_id, now=now))
    assert foreign.value.code == "not-own-office"
    with pytest.raises(NotAllowed):
        database.run(
            lambda session: invitations.issue(session, team.reviewer, case_id=notified.case_id, now=now)
        )


def test_codes_are_not_heaped_up(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    for _ in range(5):
        _code(database, team, uscc, now)

    with pytest.raises(TooMuch) as refused:
        _code(database, team, uscc, now)
    assert refused.value.code == "invitations-open"


def test_a_used_code_cannot_be_voided_and_an_unknown_one_not_found(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    a_representative(database, team.officer, uscc)
    with database.read() as session:
        (view,) = invitations.page_of(session, team.officer, uscc, now=now)

    with pytest.raises(IllegalTransition) as ended:
        database.run(
            lambda session: invitations.void(
                session, team.officer, view.invitation_id, reason="遗失", now=now
            )
        )
    assert ended.value.code == "invitation-ended"
    with pytest.raises(NotFound):
        database.run(lambda session: invitations.void(session, team.officer, 987654, reason="遗失", now=now))


def test_an_enterprise_that_ceased_to_be_opens_no_account(database: Database, now: datetime) -> None:
    team, made = a_team(database), an_enterprise(database)
    uscc = made.uscc or ""
    code = _code(database, team, uscc, now)
    database.run(
        lambda session: enterprises.amend(
            session,
            team.officer,
            uscc,
            {"status": "deregistered"},
            version=made.version,
            reason="注销",
            now=now,
        )
    )

    assert _refusal(_enrol(database, uscc, code, now)) == "enterprise-deregistered"
    with pytest.raises(IllegalTransition) as refused:
        _code(database, team, uscc, now)
    assert refused.value.code == "enterprise-deregistered"


def test_a_closed_account_sees_nothing_from_the_next_request(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    person = a_representative(database, team.officer, uscc)

    def switch(*, is_open: bool, login: str = person.login, who: Team = team) -> None:
        database.run(
            lambda session: representatives.switch(
                session, who.officer, uscc, login, is_open=is_open, reason="人员离职", now=now
            )
        )

    switch(is_open=False)
    with database.read() as session:
        assert sessions.find_session(session, person.token, now=now) is None
    switch(is_open=True)
    with database.read() as session:
        assert sessions.find_session(session, person.token, now=now) is None, "an ended session stays ended"
        assert accounts.actor_of(session, person.login, now=now).enterprise_id is not None
    with pytest.raises(NotFound):
        switch(is_open=False, login=team.officer.label.removeprefix("account:"))


def test_an_idle_or_old_session_of_an_enterprise_ends(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    person = a_representative(database, team.officer, uscc)

    with database.read() as session:
        assert sessions.find_session(session, person.token, now=now + timedelta(minutes=29)) is not None
        assert sessions.find_session(session, person.token, now=now + timedelta(minutes=31)) is None


def test_an_enterprises_account_never_becomes_an_officers(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    person = a_representative(database, team.officer, uscc)
    officer = team.officer.label.removeprefix("account:")

    with pytest.raises(NotAllowed) as roles:
        database.run(
            lambda session: accounts.set_roles(
                session, an_operator(), person.login, roles=[Role.DECIDER], version=1, now=now
            )
        )
    with pytest.raises(NotAllowed) as lent:
        database.run(
            lambda session: delegations.delegate(
                session, an_operator(), officer, person.login, role=Role.OFFICER,
                until=now.date() + timedelta(days=3), reason="休假", now=now,
            )
        )  # fmt: skip
    assert {roles.value.code, lent.value.code} == {"enterprise-account"}
    with database.read() as session:
        listed = {view.login for view in accounts.page(session, an_operator()).items}
    assert person.login not in listed and officer in listed


def test_the_account_follows_its_enterprise_through_a_change_of_name_and_code(
    database: Database, now: datetime
) -> None:
    team, made = a_team(database), an_enterprise(database)
    person = a_representative(database, team.officer, made.uscc or "")
    later = now + timedelta(hours=1)
    database.run(
        lambda session: enterprises.rename(
            session, team.officer, made.uscc or "", "示例更名后有限公司",
            version=made.version, reason="更名", now=later, changed_on=later.date(),
        )
    )  # fmt: skip

    with database.read() as session:
        actor = accounts.actor_of(session, person.login, now=later)
        assert representatives.own(session, actor).id == made.enterprise_id
        assert actor.office_name == "示例更名后有限公司"


def test_two_who_use_one_code_at_one_moment_open_one_account(database: Database, now: datetime) -> None:
    team, uscc = a_team(database), an_enterprise(database).uscc or ""
    code = _code(database, team, uscc, now)
    with database.read() as session:
        attempts = [
            invitations.weigh(
                session, uscc, code, name=name, role="agent", password=PASSWORD, address="192.0.2.9", now=now
            )
            for name in ("陈晓明", "王小红", "李大伟")
        ]

    made = together(
        database, *(lambda session, each=each: invitations.enrol(session, each, now=now) for each in attempts)
    )

    logins = [each.login for each in made if isinstance(each, invitations.Enrolled)]
    assert len(logins) == 3 and sum(login is not None for login in logins) == 1
    with database.read() as session:
        assert len(representatives.page_of(session, team.officer, uscc)) == 1
