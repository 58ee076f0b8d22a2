import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import scoring_rules
from credit_registry.demonstration.facts import BRIGADE, EMERGENCY
from credit_registry.demonstration.loading import Loaded, load
from credit_registry.demonstration.material import Material, make_material
from credit_registry.domain.errors import NotAllowed
from credit_registry.domain.permissions import Actor, Permission, Role, terminal_operator
from credit_registry.domain.steps import State
from credit_registry.services import (
    announcements,
    assessments,
    demonstration,
    facts,
    journal,
    keys,
    listings,
    penalty_repairs,
    publications,
    records,
    sessions,
)
from credit_registry.services.case_views import CaseSummary
from credit_registry.storage.database import Database
from tests.conftest import VAULT

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Demo:
    database: Database
    material: Material
    loaded: Loaded
    reader: Actor


def reader_of(database: Database) -> Actor:
    """The bureau as its officer sees things."""
    base = terminal_operator("tests")
    return Actor(base.label, base.name, base.permissions | {Permission.AUDIT_READ}, is_keeper=True)


@pytest.fixture(scope="module")
def demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    file = tmp_path_factory.mktemp("demo") / "registry.sqlite3"
    shutil.copy(sqlite_template, file)
    database = Database(f"sqlite:///{file}", VAULT)
    material = make_material()
    yield Demo(database, material, load(database, material, now=NOW), reader_of(database))
    database.dispose()


def cases_of(demo: Demo, list_kind: str) -> list[CaseSummary]:
    with demo.database.read() as session:
        return list(listings.page(session, demo.reader, now=NOW, list_kind=list_kind, limit=500).items)


def test_every_item_of_the_rules_fires_and_every_grade_is_given(demo: Demo) -> None:
    ruleset = scoring_rules.ruleset_in_force(TODAY)
    with demo.database.read() as session:
        material = facts.of(session, None, on=TODAY, now=NOW)
    scores = scoring_rules.score(ruleset, material.records, material.subjects, on=TODAY, findings=True)

    fired = set(scores.findings["item"])
    assert {item.code for item in ruleset.items} - fired == set()
    assert {"K1", "K2", "K3", "K4", "K5", "S1", "V1", "V2", "V3", "V4", "V5", "V6"} - fired == set()
    assert scores.findings["repeat"].nunique() > 2
    assert set(demo.loaded.grades) == {"A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D", "N"}


def test_records_stand_in_every_state_and_carry_every_kind(demo: Demo) -> None:
    with demo.database.read() as session:
        known = [
            record
            for subject in demo.material.enterprises[:120]
            for record in records.page_of(session, demo.reader, subject.uscc, on=TODAY, limit=500).items
        ]

    assert {record.state for record in known} == {
        "live", "pending", "repaired", "revoked", "withdrawn", "not_responsible",
    }  # fmt: skip
    assert {record.kind for record in known} == {
        "penalty", "inspection", "accident", "hazard", "honour",
        "sealing", "false_commitment", "false_report", "order_breach",
    }  # fmt: skip
    assert {record.domain for record in known} == {"safety", "fire"}
    assert {record.change for record in known} >= {
        "original",
        "completion",
        "correction",
        "repair",
        "revocation",
    }


def test_black_list_cases_stand_at_every_stage(demo: Demo) -> None:
    states = {case.state for case in cases_of(demo, "black")}

    assert states == {
        State.CANDIDATE, State.NOTIFIED, State.STATED, State.NO_STATEMENT, State.REVIEWED, State.DECIDED, State.SERVED,
        State.ACTIVE, State.REPAIR_APPLIED, State.REPAIR_ACCEPTED, State.REMOVAL_DECIDED, State.REMOVED, State.REVOKED,
        State.RESTORED, State.CLOSED,
    }  # fmt: skip


def test_red_list_cases_stand_at_every_stage(demo: Demo) -> None:
    states = {case.state for case in cases_of(demo, "red")}

    assert states == {
        State.APPLIED, State.CHECKED, State.OPEN_COMMENT, State.APPROVED, State.ACTIVE, State.REFUSED, State.WITHDRAWN,
        State.REMOVED, State.EXPIRED,
    }  # fmt: skip


def test_every_case_has_honest_days_and_more_than_one_officer(demo: Demo) -> None:
    with demo.database.read() as session:
        views = [
            listings.get(session, demo.reader, case.case_id, now=NOW) for case in cases_of(demo, "black")
        ]

    for view in views:
        instants = [step.at for step in view.steps]
        assert instants == sorted(instants)
        assert all(step.at <= NOW for step in view.steps)
        assert view.origin == "rules"
        if view.listed_from is not None:
            taken = {step.action: step.actor for step in view.steps}
            assert len({taken["notify"], taken["review"], taken["decide"]}) == 3
            assert view.window_until is not None
            assert view.reviewed_on is not None
            assert view.reviewed_on > view.window_until
            assert view.grounds
            assert all(paper.text for paper in view.papers if paper.document_no)


def test_the_public_lists_show_those_in_force_and_nobody_else(demo: Demo) -> None:
    with demo.database.read() as session:
        black = {entry.uscc for entry in publications.rows(session, "black", on=TODAY)}
        red = {entry.uscc for entry in publications.rows(session, "red", on=TODAY)}

    ended = {
        "expired",
        "revoked",
        "removed-early",
        "removal-decided",
        "dropped",
        "restored",
        "candidate",
        "served",
    }
    by_name = {offence.name: subject.uscc for offence, subject in demo.material.offences}
    assert black == {code for name, code in by_name.items() if name.startswith(("listed", "repair"))}
    assert not black & {by_name[name] for name in ended}
    assert len(red) == 3
    assert not black & red


def test_people_are_named_masked_and_challenges_are_noted(demo: Demo) -> None:
    with demo.database.read() as session:
        entries = publications.rows(session, "black", on=TODAY)

    assert {person.name for entry in entries for person in entry.persons} == {"示***"}
    assert all(
        person.number.startswith("110") and person.number[3:14] == "*" * 11
        for entry in entries
        for person in entry.persons
    )
    assert sorted(note for entry in entries for note in entry.notes) == ["异议处理中", "行政诉讼中"]


def test_files_leave_rows_that_are_held_refused_and_duplicate(demo: Demo) -> None:
    rows = demo.loaded.rows

    assert rows["rows"] == rows["accepted"] + rows["duplicate"] + rows["held"] + rows["refused"]
    assert rows["held"] == 4
    assert rows["refused"] == 3
    assert rows["duplicate"] > 0
    assert rows["accepted"] > 4_000


def test_there_is_one_officer_per_role_whose_printed_password_works_today(demo: Demo) -> None:
    for credential in demo.loaded.credentials:

        def enter(
            session: object, login: str = credential.login, password: str = credential.password
        ) -> object:
            attempt = sessions.weigh(session, login, password, address="127.0.0.1", now=NOW)  # type: ignore[arg-type]
            return sessions.sign_in(session, attempt, now=NOW)  # type: ignore[arg-type]

        signed = demo.database.run(enter)
        assert isinstance(signed, sessions.SignIn)
        assert signed.actor is not None

    assert {role.value for role in Role} <= {credential.login for credential in demo.loaded.credentials}


def test_the_printed_key_opens_look_ups(demo: Demo) -> None:
    with demo.database.read() as session:
        actor = keys.actor_of_key(session, demo.loaded.key, now=NOW)

    assert actor.may(Permission.LOOKUPS_READ)


def test_the_audit_chain_holds_from_the_mark_on(demo: Demo) -> None:
    with demo.database.read() as session:
        verdict = journal.verify(session, demo.reader)
        last = journal.page(session, demo.reader, limit=1).items[0]

    assert verdict.broken_at is None
    assert verdict.entries == last.number > 400


def test_repairs_of_penalties_are_granted_and_pending(demo: Demo) -> None:
    with demo.database.read() as session:
        found = penalty_repairs.page(session, demo.reader).items

    assert sorted(repair.state for repair in found) == ["ALLOWED", "APPLIED"]


def test_it_can_be_read_as_it_was_known_then(demo: Demo) -> None:
    subject = demo.material.stories["serious-penalty-repaired"]
    with demo.database.begin() as session:
        before = assessments.get(
            session,
            demo.reader,
            subject.uscc,
            on=date(2026, 6, 1),
            known_at=datetime(2026, 6, 1, tzinfo=UTC),
            now=NOW,
        )
        today = assessments.get(session, demo.reader, subject.uscc, now=NOW)

    assert before.grade != "A"
    assert today.grade == "A"


def test_offices_report_in_their_own_domain(demo: Demo) -> None:
    with demo.database.read() as session:
        seen = {
            (record.values["authority_code"], record.domain)
            for subject in demo.material.enterprises[:120]
            for record in records.page_of(session, demo.reader, subject.uscc, kind="penalty", on=TODAY).items
        }

    assert (EMERGENCY.code, "safety") in seen
    assert (BRIGADE.code, "fire") in seen
    assert (EMERGENCY.code, "fire") not in seen


def test_a_database_with_content_never_becomes_a_demonstration(demo: Demo) -> None:
    with pytest.raises(NotAllowed) as refused:
        load(demo.database, make_material(ordinary=1), now=NOW)

    assert refused.value.code == "database-not-empty"


def test_an_interrupted_load_leaves_nothing(sqlite_database: Database) -> None:
    class PowerCutError(Exception):
        pass

    def cut(done: int, _total: int) -> None:
        if done == 20:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        load(sqlite_database, make_material(ordinary=1), now=NOW, progress=cut)

    with sqlite_database.read() as session:
        assert demonstration.is_empty(session)
        assert not demonstration.is_demonstration(session)


def test_the_whole_load_works_on_both_engines(database: Database) -> None:
    loaded = load(database, make_material(ordinary=3), now=NOW)

    with database.read() as session:
        assert demonstration.is_demonstration(session)
        assert len(publications.rows(session, "black", on=TODAY)) == 7
    assert loaded.rows["refused"] == 3


def test_a_yearly_act_waits_for_the_second_officer(demo: Demo) -> None:
    with demo.database.read() as session:
        (act,) = announcements.page(session, demo.reader)

    assert (act.state, act.year, act.computed_on) == ("DRAFTED", 2026, TODAY)
    graded = {grade: count for grade, count in demo.loaded.grades.items() if grade != "N"}
    frozen = {grade: sum(each.count for each in act.frozen if each.grade == grade) for grade in graded}
    assert sum(graded.values()) >= act.total > 100
    assert all(frozen.values())
    assert any(each.is_fall for each in act.frozen)
