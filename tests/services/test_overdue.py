"""Overdue duties: seen by those who answer for them, and by nobody else."""

from datetime import UTC, datetime

import pytest

from credit_registry.domain.permissions import Role
from credit_registry.services import annotations, overdue
from credit_registry.services.overdue import OverdueReport
from credit_registry.storage.database import Database
from tests.factories import NOW, Team, a_case, a_team, an_actor, an_office

LATE = datetime(2027, 3, 1, 2, tzinfo=UTC)


@pytest.fixture
def team(database: Database) -> Team:
    return a_team(database)


def report(database: Database, actor: object) -> OverdueReport:
    with database.read() as session:
        return overdue.report(session, actor, now=LATE)  # type: ignore[arg-type]


def test_a_decision_not_served_in_time_is_seen_by_officer_head_keeper_and_sub_district(
    database: Database, team: Team
) -> None:
    case = a_case(database, "DECIDED", team=team, subdistrict_code="110108014")
    keeper = an_actor(
        database, Role.CLERK, office=an_office(database, "登记主管部门（演示）", is_keeper=True)
    )
    street = an_office(database, "某街道（演示）")
    inside = an_actor(database, Role.CLERK, office=street, subdistricts=["110108014"])
    outside = an_actor(database, Role.CLERK, office=street, subdistricts=["110108015"])
    colleague = an_actor(database, Role.OFFICER, office=team.office)

    seen = report(database, team.decider)
    assert {duty.title for duty in seen.duties} == {
        "送达列入决定", "录入安全生产信用信息管理系统", "公布名单",
    }  # fmt: skip
    assert all(duty.case_id == case.case_id and duty.days > 0 for duty in seen.duties)
    assert [duty.due_on for duty in seen.duties] == sorted(duty.due_on for duty in seen.duties)
    assert dict(seen.by_officer) == {team.officer.name: 3}
    assert dict(seen.by_subdistrict) == {"110108014": 3}
    assert dict(seen.by_office) == {team.office.name: 3}
    assert [
        (each.scope, len(each.duties))
        for each in (report(database, actor) for actor in (team.officer, keeper, inside, outside, colleague))
    ] == [("own", 3), ("all", 3), ("subdistrict", 3), ("subdistrict", 0), ("own", 0)]


def test_an_objection_not_answered_in_time_is_overdue_too(database: Database, team: Team) -> None:
    case = a_case(database, team=team)
    now = datetime(2026, 12, 10, 2, tzinfo=UTC)
    note = database.run(
        lambda session: annotations.file(
            session,
            team.officer,
            kind="objection",
            filed_on=NOW.date(),
            content="不服",
            case_id=case.case_id,
            now=now,
        )
    )

    titles = {(duty.title, duty.matter) for duty in report(database, team.decider).duties}
    assert ("答复异议", f"annotation:{note.annotation_id}") in titles
