"""The yearly announcement through the interface: drafted by one, made by another, each on the version seen."""

from datetime import date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from credit_registry.jobs import worker
from credit_registry.services import assessments, yearly_drafts
from credit_registry.storage.database import Database
from tests.api.conftest import settle_in, sign_in
from tests.factories import a_record, a_team, an_enterprise, an_office, an_operator


def test_a_yearly_act_is_withdrawn_drafted_again_and_made_by_another(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    place = an_office(database, authority_code="11110108000000000F", is_keeper=True)
    team = a_team(database, office=place, now=now)
    for person in (team.officer, team.decider):
        settle_in(database, person, now)
    subject = an_enterprise(database, registered_on=date(2015, 3, 1), address="海淀区示例路1号")
    for domain in ("safety", "fire"):
        a_record(database, "inspection", subject.uscc or "", domain=domain)
    database.run(lambda session: assessments.assess(session, an_operator(), on=now.date(), now=now))
    officer, decider = sign_in(client, team.officer), sign_in(client, team.decider)
    year = {"year": now.year}

    first = officer.post("/announcements", json=year)
    assert (first.status_code, first.get_json()["state"], first.headers["ETag"]) == (201, "DRAFTED", '"1"')
    again = officer.post("/announcements", json=year)
    assert (again.status_code, again.get_json()["code"]) == (409, "announcement-open")
    path = first.headers["Location"].removeprefix("/api/v1")
    said, tag = {"reason": "年度公布"}, {"If-Match": '"1"'}
    assert officer.post(f"{path}/withdraw", json=said).status_code == 428
    assert officer.post(f"{path}/withdraw", json=said, headers=tag).get_json()["state"] == "WITHDRAWN"
    assert decider.post(f"{path}/make", json=said, headers=tag).status_code == 412

    path = officer.post("/announcements", json=year).headers["Location"].removeprefix("/api/v1")
    mine = officer.post(f"{path}/make", json=said, headers=tag)
    assert (mine.status_code, mine.get_json()["code"]) == (403, "not-allowed")
    made = decider.post(f"{path}/make", json=said, headers=tag)
    assert (made.status_code, made.get_json()["state"], made.headers["ETag"]) == (200, "MADE", '"2"')
    assert sum(made.get_json()["counts"].values()) == made.get_json()["total"] == 1
    assert officer.get(path).get_json() == made.get_json()
    acts = officer.get("/announcements").get_json()["items"]
    assert [act["state"] for act in acts] == ["MADE", "WITHDRAWN"]


def test_over_a_large_register_the_draft_is_left_to_the_worker(
    client: FlaskClient, database: Database, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = an_office(database, authority_code="11110108000000000F", is_keeper=True)
    team = a_team(database, office=place, now=now)
    settle_in(database, team.officer, now)
    an_enterprise(database, registered_on=date(2015, 3, 1))
    officer = sign_in(client, team.officer)
    monkeypatch.setattr(yearly_drafts, "AT_ONCE", 0)

    begun = officer.post("/announcements", json={"year": now.year})
    assert (begun.status_code, begun.headers["Location"]) == (202, "/api/v1/announcements")
    assert officer.get("/announcements").get_json() == {"items": [], "drafting": begun.get_json()}
    assert officer.post("/announcements", json={"year": now.year}).status_code == 409

    worker.run_next(database, tmp_path)

    after = officer.get("/announcements").get_json()
    assert (after["drafting"], [act["state"] for act in after["items"]]) == (None, ["DRAFTED"])
