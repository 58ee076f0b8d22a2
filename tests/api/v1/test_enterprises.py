from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from credit_registry.services import records
from credit_registry.storage.database import Database
from tests.api.conftest import Caller
from tests.factories import a_case, a_code, a_penalty, a_record, a_team, an_enterprise

LONG_AGO = date(2015, 3, 1)
EARLIER = datetime(2026, 8, 3, 2, tzinfo=UTC)


def test_an_enterprise_is_shown_with_its_grade_and_lists(caller: Caller, database: Database) -> None:
    case = a_case(database, begun=datetime(2026, 9, 1, 2, tzinfo=UTC), registered_on=LONG_AGO)

    response = caller.get(f"/enterprises/{case.uscc}")

    answer = response.get_json()
    assert response.status_code == 200
    assert (answer["uscc"], answer["name"], answer["registered_on"]) == (case.uscc, case.name, "2015-03-01")
    assert (answer["grade"]["grade"], answer["grade"]["provisional"]) == ("D", True)
    assert [entry["list"] for entry in answer["lists"]] == ["black"]
    assert answer["measures"]


def test_an_unknown_enterprise_is_not_found(caller: Caller) -> None:
    response = caller.get(f"/enterprises/{a_code()}")

    assert (response.status_code, response.get_json()["code"]) == (404, "unknown-enterprise")


def test_two_characters_of_a_name_find_it(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database, "北京示例云杉科技有限公司")
    an_enterprise(database, "北京示例白桦科技有限公司")

    found = caller.get("/enterprises?text=云杉").get_json()

    assert [item["uscc"] for item in found["items"]] == [enterprise.uscc]
    assert found["after"] is None


def test_all_enterprises_are_walked_page_by_page(caller: Caller, database: Database) -> None:
    made = {an_enterprise(database).uscc for _ in range(5)}
    walked: list[str] = []
    after = None
    for _ in range(3):
        answer = caller.get(
            "/enterprises", query_string={"limit": 2, **({"after": after} if after else {})}
        ).get_json()
        walked += [item["uscc"] for item in answer["items"]]
        after = answer["after"]

    assert (len(walked), set(walked), after) == (5, made, None)


def test_an_assessment_names_records_items_points_and_sources(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    penalty = a_penalty(database, enterprise.uscc or "")

    answer = caller.get(f"/enterprises/{enterprise.uscc}/assessment").get_json()

    line = next(finding for finding in answer["findings"] if finding["record"])
    assert (line["record"], line["item"], line["points"]) == (penalty.record.record_id, "P2", "-3")
    assert line["source"]
    assert (answer["grade"], answer["score"], answer["ruleset"]) == ("B+", "97.0", "haidian-default-1")
    assert (answer["known_at"], answer["is_complete"]) == (None, True)


def test_the_way_out_of_a_grade_is_told_with_its_days(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    a_record(database, "inspection", enterprise.uscc or "", dated_on="2026-10-01")
    penalty = a_penalty(database, enterprise.uscc or "", dated_on="2026-09-20").record.record_id

    response = caller.get(f"/enterprises/{enterprise.uscc}/prospects")

    answer = response.get_json()
    assert response.status_code == 200
    assert (answer["grade"], answer["better_on"], answer["until"]) == ("B+", "2027-09-21", "2028-11-24")
    assert [(way["acts"], way["reached_on"], way["grade"]) for way in answer["ways"]] == [
        ([f"repair_penalty:{penalty}"], "2026-12-20", "A")
    ]
    assert caller.get(f"/enterprises/{enterprise.uscc}/prospects?on=2027-01-01").status_code == 400


def test_a_replay_tells_what_was_known_then_but_nothing_that_ended(
    caller: Caller, database: Database, now: datetime
) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO, now=EARLIER)
    kept = a_penalty(database, enterprise.uscc or "", dated_on="2026-06-20", now=EARLIER)
    gone = a_penalty(
        database, enterprise.uscc or "", dated_on="2026-07-20", now=EARLIER, cause="未设置警示标志"
    )
    path = f"/enterprises/{enterprise.uscc}/assessment?on=2026-08-05&known_at=2026-08-10"
    before = caller.get(path).get_json()
    officer = a_team(database).officer
    database.run(
        lambda session: records.revoke(
            session, officer, gone.record.record_id, version=1, reason="复议撤销", now=now - timedelta(days=1)
        )
    )

    after = caller.get(path).get_json()

    assert {f["record"] for f in before["findings"] if f["record"]} == {
        kept.record.record_id,
        gone.record.record_id,
    }
    assert {f["record"] for f in after["findings"] if f["record"]} == {kept.record.record_id}
    assert after["known_at"] == "2026-08-10T23:59:59.999999+08:00"


def test_a_replay_needs_its_scope(caller_with: Callable[..., Caller], database: Database) -> None:
    enterprise = an_enterprise(database)

    response = caller_with("register:read").get(
        f"/enterprises/{enterprise.uscc}/assessment?known_at=2026-11-24"
    )

    assert (response.status_code, response.get_json()["facts"]) == (403, {"permission": "history:read"})


def test_days_that_are_none_are_refused(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database)

    for query in (
        "on=2026-13-01",
        "on=2099-01-01",
        "known_at=yesterday",
        "known_at=2026-07-15T09:00:00",
        "on=",
    ):
        response = caller.get(f"/enterprises/{enterprise.uscc}/assessment?{query}")
        assert (response.status_code, response.get_json()["code"]) == (422, "A-AS-OF"), query


def test_the_same_assessment_is_not_sent_twice(caller: Caller, database: Database, now: datetime) -> None:
    enterprise = an_enterprise(database, registered_on=LONG_AGO)
    path = f"/enterprises/{enterprise.uscc}/assessment"
    tag = caller.get(path).headers["ETag"]

    again = caller.get(path, headers={"If-None-Match": tag})
    a_penalty(database, enterprise.uscc or "", now=now)
    changed = caller.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    assert changed.headers["Cache-Control"] == "private, no-cache"


def test_records_leave_without_what_has_ended_and_without_numbers(
    caller: Caller, database: Database, now: datetime
) -> None:
    enterprise = an_enterprise(database)
    kept = a_penalty(database, enterprise.uscc or "", facts="负责人联系电话13812345678")
    gone = a_penalty(database, enterprise.uscc or "", cause="未设置警示标志")
    officer = a_team(database).officer
    database.run(
        lambda session: records.revoke(
            session, officer, gone.record.record_id, version=1, reason="撤销", now=now
        )
    )

    answer = caller.get(f"/enterprises/{enterprise.uscc}/records").get_json()

    assert [item["record"] for item in answer["items"]] == [kept.record.record_id]
    assert answer["items"][0]["facts"] == "负责人联系电话138****5678"
    assert answer["items"][0]["fine_fen"] == 2_000_000
    assert {"details", "document_no_raw"} & set(answer["items"][0]) == set()


def test_other_offices_get_penalties_and_no_supervision_facts(
    caller: Caller, caller_with: Callable[..., Caller], database: Database
) -> None:
    enterprise = an_enterprise(database)
    penalty = a_penalty(database, enterprise.uscc or "")
    a_record(database, "inspection", enterprise.uscc or "")
    a_record(database, "hazard", enterprise.uscc or "")
    a_record(database, "accident", enterprise.uscc or "")
    other = caller_with("register:read", name="某审批部门", domain=None)

    inside, outside = (
        each.get(f"/enterprises/{enterprise.uscc}/records").get_json()["items"] for each in (caller, other)
    )

    assert {item["kind"] for item in inside} == {"penalty", "inspection", "hazard", "accident"}
    assert [item["record"] for item in outside] == [penalty.record.record_id]
    # A class that nobody has confirmed is not told on.
    assert ("breach_class" in inside[-1], "breach_class" in outside[0]) == (
        False,
        False,
    ) or "breach_class" not in outside[0]


def test_records_are_asked_by_kind_and_page(caller: Caller, database: Database) -> None:
    enterprise = an_enterprise(database)
    for number in range(3):
        a_penalty(database, enterprise.uscc or "", cause=f"违法行为{number}")
    a_record(database, "inspection", enterprise.uscc or "")

    first = caller.get(f"/enterprises/{enterprise.uscc}/records?kind=penalty&limit=2").get_json()
    rest = caller.get(
        f"/enterprises/{enterprise.uscc}/records?kind=penalty&limit=2&after={first['after']}"
    ).get_json()

    assert (len(first["items"]), len(rest["items"]), rest["after"]) == (2, 1, None)
