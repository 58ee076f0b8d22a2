"""A whole case through the interface: two officers with names, versions told and demanded, refusals that explain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from credit_registry.domain.accounts import local_day
from credit_registry.domain.permissions import Role
from credit_registry.storage.database import Database
from tests.api.conftest import Caller, settle_in, sign_in
from tests.factories import (
    RED_CONDITIONS,
    Team,
    a_candidate,
    a_case,
    a_penalty,
    a_red_case,
    a_team,
    an_actor,
    an_enterprise,
    an_exemplar,
    papers_for,
)


@dataclass
class Hands:
    """Officer and decider at the interface, and the clock that both read."""

    database: Database
    client: FlaskClient
    team: Team
    travel: Any

    def of(self, person: str) -> Caller:
        return sign_in(self.client, getattr(self.team, person))

    def move_to(self, at: datetime) -> None:
        self.travel.move_to(at)


@pytest.fixture
def hands(client: FlaskClient, database: Database, now: datetime) -> Iterator[Hands]:
    team = a_team(database, now=now)
    for person in team.people():
        settle_in(database, person, now)
    with time_machine.travel(now, tick=True) as travel:
        yield Hands(database, client, team, travel)


def _step(by: Caller, case: dict[str, Any], action: str, at: datetime, **body: Any) -> Any:
    wanted = next(each for each in case["next"] if each["action"] == action)
    day = local_day(at)
    handed = papers_for([paper["kind"] for paper in wanted["papers"]], day)
    papers = {kind: {name: str(value) for name, value in fields.items()} for kind, fields in handed.items()}
    return by.post(
        f"/cases/{case['case']}/steps",
        json={"action": action, "reason": "事实清楚", "papers": papers, **body},
        headers={"If-Match": f'"{case["version"]}"'},
    )


def test_a_black_case_from_proposal_to_publication(hands: Hands, now: datetime) -> None:
    enterprise = an_enterprise(hands.database, address="海淀区示例路1号")
    penalty = a_penalty(
        hands.database, enterprise.uscc or "", dated_on=(now - timedelta(days=30)).date().isoformat(),
        authority_code=hands.team.office.authority_code, authority_name=hands.team.office.name,
    )  # fmt: skip
    officer = hands.of("officer")
    opened = officer.post(
        "/cases",
        json={
            "uscc": enterprise.uscc,
            "series": "safety-order-11",
            "reason": "性质恶劣",
            "grounds": [{"condition": "7-4", "record": penalty.record.record_id}],
        },
    )
    assert (opened.status_code, opened.headers["ETag"]) == (201, '"1"')
    assert opened.headers["Location"] == f"/api/v1/cases/{opened.get_json()['case']}"
    case = _step(officer, opened.get_json(), "notify", now).get_json()
    assert case["state"] == "NOTIFIED"

    # The window runs: nothing goes on, and the case says until when.
    early = next(each for each in case["next"] if each["action"] == "close_window")
    assert (early["is_allowed"], early["obstacle"]["code"]) == (False, "window-open")
    hands.move_to(
        later := datetime.fromisoformat(f"{case['window_until']}T02:00:00+00:00") + timedelta(days=1)
    )
    officer = hands.of("officer")
    case = _step(officer, case, "close_window", later).get_json()
    case = _step(hands.of("reviewer"), case, "review", later).get_json()

    mine = _step(officer, case, "decide", later)
    assert (mine.status_code, mine.get_json()["code"]) == (403, "not-allowed")
    case = _step(hands.of("decider"), case, "decide", later).get_json()
    case = _step(officer, case, "serve", later).get_json()
    case = _step(hands.of("publisher"), case, "publish", later).get_json()

    assert (case["state"], case["from"]) == ("ACTIVE", local_day(later).isoformat())
    public = hands.client.get("/api/v1/lists/black").get_json()
    assert [entry["uscc"] for entry in public["items"]] == [enterprise.uscc]
    assert [step["action"] for step in case["steps"]] == [
        "propose", "notify", "close_window", "review", "decide", "serve", "publish",
    ]  # fmt: skip
    decision = next(paper for paper in case["papers"] if paper["kind"] == "listing_decision")
    assert decision["document_no"] == case["decision_no"]
    assert all(clock["is_late"] is False for clock in case["clocks"])


def test_no_key_acts_in_due_process(hands: Hands, caller_with: Any, now: datetime) -> None:
    case = a_candidate(hands.database, hands.team)
    key = caller_with("register:read", is_keeper=True)
    read = key.get(f"/cases/{case.case_id}")
    assert read.status_code == 200
    assert {each["obstacle"]["code"] for each in read.get_json()["next"]} == {"person-required"}

    answers = [
        _step(key, read.get_json(), "notify", now),
        key.post("/cases", json={"uscc": case.uscc, "series": "safety-order-11"}),
        key.post(f"/cases/{case.case_id}/annotations", json={"kind": "objection"}),
        key.post("/repairs", json={"record": 1}),
        key.get("/cases?mine=true"),
    ]

    assert {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {
        (403, "person-required")
    }


def test_who_prepared_is_told_before_and_refused_after(hands: Hands, now: datetime) -> None:
    both = an_actor(hands.database, Role.OFFICER, Role.REVIEWER, Role.DECIDER, office=hands.team.office)
    settle_in(hands.database, both, now)
    case = a_candidate(hands.database, hands.team)
    officer = sign_in(hands.client, both)
    document = _step(officer, officer.get(f"/cases/{case.case_id}").get_json(), "notify", now).get_json()
    hands.move_to(later := now + timedelta(days=20))
    document = _step(hands.of("officer"), document, "close_window", later).get_json()

    again = sign_in(hands.client, both)
    seen = again.get(f"/cases/{case.case_id}").get_json()
    review = next(each for each in seen["next"] if each["action"] == "review")
    assert review["obstacle"]["code"] == "second-officer"
    refused = _step(again, document, "review", later)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "second-officer")


@pytest.mark.parametrize(
    ("tag", "answer"),
    [
        (None, (428, "A-IF-MATCH-MISSING")),
        ("*", (400, "A-IF-MATCH")),
        ('W/"1"', (400, "A-IF-MATCH")),
        ('"1", "2"', (400, "A-IF-MATCH")),
        ('"7"', (412, "stale-version")),
    ],
)
def test_a_step_names_the_version_it_was_made_against(
    hands: Hands, tag: str | None, answer: tuple[int, str]
) -> None:
    case = a_candidate(hands.database, hands.team)

    refused = hands.of("officer").post(
        f"/cases/{case.case_id}/steps",
        json={"action": "drop", "reason": "证据不足"},
        headers={"If-Match": tag} if tag else {},
    )

    assert (refused.status_code, refused.get_json()["code"]) == answer


def test_a_version_in_the_body_is_refused(hands: Hands) -> None:
    case = a_candidate(hands.database, hands.team)
    refused = hands.of("officer").post(
        f"/cases/{case.case_id}/steps",
        json={"action": "drop", "reason": "证据不足", "version": 1},
        headers={"If-Match": '"1"'},
    )
    assert (refused.status_code, refused.get_json()["code"]) == (422, "A-UNKNOWN-FIELD")


def test_a_step_sent_twice_is_taken_once(hands: Hands, now: datetime) -> None:
    case = a_candidate(hands.database, hands.team)
    officer = hands.of("officer")
    seen = officer.get(f"/cases/{case.case_id}").get_json()

    answers = [_step(officer, seen, "drop", now).status_code for _ in range(2)]

    assert answers == [200, 412]
    assert len(officer.get(f"/cases/{case.case_id}").get_json()["steps"]) == 2


def test_the_worklist_is_by_deadline_and_of_whom_it_is_asked_for(hands: Hands, now: datetime) -> None:
    waiting = a_case(hands.database, "DECIDED", team=hands.team, begun=now - timedelta(days=20))
    a_red_case(hands.database, "APPLIED", team=hands.team)
    officer, decider = hands.of("officer"), hands.of("decider")

    def cases(by: Caller, query: str = "") -> list[int]:
        return [each["case"] for each in by.get(f"/cases{query}").get_json()["items"]]

    assert cases(officer, "?list=black") == [waiting.case_id]
    (line,) = officer.get("/cases?list=black").get_json()["items"]
    assert cases(officer, f"?due_until={line['due_on']}") == [waiting.case_id]
    assert cases(officer, f"?due_until={local_day(now) - timedelta(days=400)}") == []
    assert cases(officer, f"?uscc={waiting.uscc}&state=DECIDED") == [waiting.case_id]
    assert (len(cases(officer, "?mine=true")), cases(decider, "?mine=true")) == (2, [waiting.case_id])
    page = officer.get("/cases?limit=1").get_json()
    assert len(officer.get(f"/cases?limit=1&after={page['after']}").get_json()["items"]) == 1


def test_persons_are_named_and_shown_masked(hands: Hands) -> None:
    case = a_candidate(hands.database, hands.team, condition="6-5")
    officer = hands.of("officer")

    named = officer.post(
        f"/cases/{case.case_id}/persons",
        json={"role": "principal", "condition": "6-5", "name": "王小明", "number": "11010519491231002X"},
    )

    assert (named.status_code, named.get_json()["number"]) == (201, "110***********002X")
    text = officer.get(f"/cases/{case.case_id}").get_data(as_text=True)
    assert "王小明" not in text
    assert "11010519491231002X" not in text


def test_an_objection_that_is_upheld_revokes_the_listing(hands: Hands, now: datetime) -> None:
    case = a_case(hands.database, team=hands.team, begun=now - timedelta(days=60))
    today = local_day(now).isoformat()
    body = {"kind": "objection", "filed_on": today, "content": "处罚决定已被撤销"}
    filed = hands.of("officer").post(f"/cases/{case.case_id}/annotations", json=body)
    assert (filed.status_code, filed.get_json()["state"]) == (201, "open")
    outsider = an_actor(hands.database, Role.DECIDER, office=hands.team.office)
    settle_in(hands.database, outsider, now)
    path = f"/annotations/{filed.get_json()['annotation']}/answer"
    said = {"outcome": "upheld", "answer": "经核查，异议成立"}

    took_part = hands.of("decider").post(path, json=said, headers={"If-Match": filed.headers["ETag"]})
    assert (took_part.status_code, took_part.get_json()["code"]) == (403, "second-officer")
    assert sign_in(hands.client, outsider).post(path, json=said).status_code == 428
    answered = sign_in(hands.client, outsider).post(
        path, json=said, headers={"If-Match": filed.headers["ETag"]}
    )

    assert (answered.status_code, answered.get_json()["state"]) == (200, "upheld")
    document = hands.of("officer").get(f"/cases/{case.case_id}").get_json()
    assert (document["state"], document["annotations"][0]["answer"]) == ("REVOKED", "经核查，异议成立")
    assert hands.client.get("/api/v1/lists/black").get_json()["items"] == []


def test_a_red_application_is_opened_with_its_papers(hands: Hands, now: datetime) -> None:
    enterprise = an_exemplar(hands.database)
    papers = papers_for(("red_application", "commitment"), local_day(now))
    body = {
        "uscc": enterprise.uscc,
        "series": "safety-red-133",
        "papers": {kind: {n: str(v) for n, v in fields.items()} for kind, fields in papers.items()},
    }
    officer = hands.of("officer")
    opened = officer.post("/cases", json=body)
    again = officer.post("/cases", json=body)

    assert (opened.status_code, opened.get_json()["state"]) == (201, "APPLIED")
    assert (again.status_code, again.get_json()["code"]) == (409, "open-case")
    assert again.get_json()["facts"]["case_id"] == opened.get_json()["case"]
    checked = _step(officer, opened.get_json(), "check", now, met=list(RED_CONDITIONS)).get_json()
    assert (checked["state"], checked["steps"][-1]["facts"]["met"]) == ("CHECKED", list(RED_CONDITIONS))


def test_a_penalty_is_repaired_by_two_people(hands: Hands, now: datetime) -> None:
    enterprise = an_enterprise(hands.database)
    penalty = a_penalty(
        hands.database, enterprise.uscc or "", dated_on=(now - timedelta(days=500)).date().isoformat(),
        authority_code=hands.team.office.authority_code, authority_name=hands.team.office.name,
    )  # fmt: skip
    officer, decider = hands.of("officer"), hands.of("decider")
    kinds = ("repair_application", "duties_proof", "commitment")
    papers = {k: {n: str(v) for n, v in f.items()} for k, f in papers_for(kinds, local_day(now)).items()}

    opened = officer.post("/repairs", json={"record": penalty.record.record_id, "papers": papers})
    path = opened.headers["Location"].removeprefix("/api/v1") + "/steps"
    accepted = officer.post(path, json={"action": "accept"}, headers={"If-Match": opened.headers["ETag"]})
    tag = {"If-Match": accepted.headers["ETag"]}
    mine = next(each for each in accepted.get_json()["next"] if each["action"] == "allow")
    assert (mine["is_allowed"], mine["obstacle"]["code"]) == (False, "not-allowed")
    allowed = decider.post(path, json={"action": "allow"}, headers=tag)

    document = allowed.get_json()
    assert (allowed.status_code, document["state"]) == (200, "ALLOWED")
    assert [(step["action"], step["to"]) for step in document["steps"]] == [
        ("apply", "APPLIED"), ("accept", "ACCEPTED"), ("allow", "ALLOWED"),
    ]  # fmt: skip
    assert [paper["kind"] for paper in document["papers"]] == [*kinds, "repair_acceptance", "repair_decision"]
    assert [clock["met_on"] is not None for clock in document["clocks"]] == [True, True]
    assert officer.get("/repairs?state=ALLOWED").get_json()["items"][0]["repair"] == document["repair"]
    assert decider.get(f"/enterprises/{enterprise.uscc}/records").get_json()["items"] == []
